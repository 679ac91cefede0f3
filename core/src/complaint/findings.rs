//! What the customer's messages show, message by message: pure words, no judgement yet.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::lexicon::Class;
use super::money::{self, Money};
use super::signal::Signal;
use super::topic::{self, Topic};
use super::wordings::{self, Found};
use crate::tone::{self, Hints, Tone};

/// Holds the customer's own words: kept in a row that can be erased, never in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Each signal with the word that gave it away.
    pub signals: BTreeMap<String, String>,
    /// The greatest sum named.
    pub amount: Option<Money>,
    pub topics: Vec<(Topic, i64)>,
    /// The wording that speaks first for each topic.
    pub words: BTreeMap<Topic, String>,
    /// How strongly negative the most negative message is, in percent; 0 when none is.
    pub negative: u8,
    /// Of the last message.
    pub tone: Option<(Tone, u8)>,
    /// Where something went wrong.
    pub grievances: BTreeSet<Topic>,
    /// Wordings of anger and disappointment.
    pub complains: i64,
    pub returns: i64,
    pub repairs: i64,
    pub praises: i64,
    /// How many messages were read.
    pub messages: i64,
}

/// Reads one message. `home` is the desk's currency.
pub fn read(text: &str, home: &str) -> Findings {
    let found = wordings::find(text);
    let hints = hints_of(&found);
    let mut findings = Findings {
        topics: topic::topics(&found),
        amount: money::greatest(text, home),
        messages: 1,
        ..Findings::default()
    };
    for one in found {
        if let (true, Class::Topic(topic)) = (one.grieves, one.class) {
            findings.grievances.insert(topic);
        }
        match one.class {
            Class::Signal(signal) => {
                findings
                    .signals
                    .entry(signal.as_str().to_owned())
                    .or_insert(one.words);
            }
            Class::Return => findings.returns += 1,
            Class::Repair => findings.repairs += 1,
            Class::Praise => findings.praises += 1,
            Class::Topic(topic) => {
                findings.words.entry(topic).or_insert(one.words);
            }
            Class::Complaint => findings.complains += i64::from(one.grieves),
            Class::Nothing | Class::Supposed | Class::Denied => {}
        }
    }
    let tone = tone::read(text, &hints);
    findings.tone = Some((tone.tone, tone.strength));
    if tone.tone == Tone::Negative {
        findings.negative = tone.strength;
    }
    findings
}

/// What the lists tell the reader of the tone.
pub fn hints(text: &str) -> Hints {
    hints_of(&wordings::find(text))
}

fn hints_of(found: &[Found]) -> Hints {
    let count = |holds: fn(&Found) -> bool| found.iter().filter(|one| holds(one)).count();
    Hints {
        grievances: count(|one| one.grieves && matches!(one.class, Class::Topic(_))),
        complaints: count(|one| one.grieves && one.class == Class::Complaint),
        praises: count(|one| one.class == Class::Praise),
        signals: count(|one| matches!(one.class, Class::Signal(_))),
        topics: count(|one| matches!(one.class, Class::Topic(_))),
        requests: count(|one| matches!(one.class, Class::Return | Class::Repair)),
    }
}

impl Findings {
    /// The findings of a conversation with one more message: a threat stays one when the next message is calm.
    #[must_use]
    pub fn and(mut self, next: &Self) -> Self {
        for (signal, word) in &next.signals {
            self.signals.entry(signal.clone()).or_insert_with(|| word.clone());
        }
        self.amount = match (self.amount.take(), next.amount.clone()) {
            (Some(one), Some(other)) if money::rough_weight(&other) > money::rough_weight(&one) => {
                Some(other)
            }
            (one, other) => one.or(other),
        };
        for (topic, score) in &next.topics {
            match self.topics.iter_mut().find(|(known, _)| known == topic) {
                Some((_, known)) => *known = known.saturating_add(*score),
                None => self.topics.push((*topic, *score)),
            }
        }
        self.topics = topic::rank(std::mem::take(&mut self.topics));
        self.negative = self.negative.max(next.negative);
        self.tone = next.tone.or(self.tone);
        self.complains = self.complains.saturating_add(next.complains);
        self.returns = self.returns.saturating_add(next.returns);
        self.repairs = self.repairs.saturating_add(next.repairs);
        self.grievances.extend(&next.grievances);
        self.praises = self.praises.saturating_add(next.praises);
        for (topic, words) in &next.words {
            self.words.entry(*topic).or_insert_with(|| words.clone());
        }
        self.messages = self.messages.saturating_add(next.messages);
        self
    }

    pub fn has(&self, signal: Signal) -> bool {
        self.signals.contains_key(signal.as_str())
    }

    pub fn topic(&self) -> Option<Topic> {
        self.topics.first().map(|(topic, _)| *topic)
    }
}
