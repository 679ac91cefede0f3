//! Judges topic, kind, signals and tone on the desk messages labelled by hand and writes `desk/REPORT.md`:
//! `cargo run --release -p shouwen-core --example judge_desk -- DATA [--misses]`.
//!
//! With `--misses` it shows what was misread, of the part for tuning only.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a program for the maker of the rules, not a part of the server"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use shouwen_core::complaint::{TicketKind, Topic, read, suggest_kind};
use shouwen_core::tone::Tone;

#[derive(serde::Deserialize)]
struct Labelled {
    lang: String,
    part: String,
    kind: TicketKind,
    topics: Vec<Topic>,
    tone: Tone,
    signals: Vec<String>,
    text: String,
}

/// Said and meant (hit), said only, meant only.
#[derive(Default, Clone, Copy)]
struct Tally {
    hit: u32,
    false_alarm: u32,
    missed: u32,
}

impl Tally {
    fn add(&mut self, said: bool, meant: bool) {
        match (said, meant) {
            (true, true) => self.hit += 1,
            (true, false) => self.false_alarm += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    fn precision(self) -> f64 {
        f64::from(self.hit) / f64::from((self.hit + self.false_alarm).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.hit) / f64::from((self.hit + self.missed).max(1))
    }

    fn f1(self) -> f64 {
        2.0 * f64::from(self.hit) / f64::from((2 * self.hit + self.false_alarm + self.missed).max(1))
    }
}

const HEAD: &str = "# How well desk messages are read\n\n\
Written by the example `judge_desk`; do not edit. All messages were written and labelled by hand for this project, none \
is a shop's. The parts: `tune` was looked at while words were added to the lexicon and is learned from by the tone; \
`held` was written at the same time by the same hand, but its misses were never looked at; `second` was written after \
the first lexicon and showed how little that covered (of 33 English messages with a topic it knew 3), and the second \
list of words was written with it in mind; `blind` was written after that list was finished, and nothing was changed \
since. The numbers of `blind` are the ones to believe, and real customers will be harder.\n";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let data = PathBuf::from(arguments.next().unwrap());
    let shows_misses = arguments.next().is_some();
    let lines = std::fs::read_to_string(data.join("desk/messages.jsonl")).unwrap();
    let all: Vec<Labelled> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut report = HEAD.to_owned();
    for part in ["tune", "held", "second", "blind"] {
        for lang in ["en", "zh"] {
            let own: Vec<&Labelled> = all
                .iter()
                .filter(|one| one.part == part && one.lang == lang)
                .collect();
            if !own.is_empty() {
                let misses = shows_misses && part == "tune";
                section(&mut report, &format!("{part}, {lang}"), &own, misses);
            }
        }
    }
    std::fs::write(data.join("desk/REPORT.md"), report).unwrap();
}

fn section(report: &mut String, title: &str, messages: &[&Labelled], misses: bool) {
    let mut table: BTreeMap<(&str, String), Tally> = BTreeMap::new();
    let mut all: BTreeMap<&str, Tally> = BTreeMap::new();
    let (mut first_topic, mut with_topic) = (0u32, 0u32);
    for message in messages {
        let found = read(&message.text, if message.lang == "zh" { "CNY" } else { "GBP" });
        let kind = suggest_kind(&found);
        let mut tally = |what: &'static str, name: &str, said: bool, meant: bool| {
            table.entry((what, name.to_owned())).or_default().add(said, meant);
            all.entry(what).or_default().add(said, meant);
        };
        for topic in Topic::ALL.iter().filter(|topic| **topic != Topic::Other) {
            let said = found.topics.iter().any(|(known, _)| known == topic);
            tally("topic", topic.as_str(), said, message.topics.contains(topic));
        }
        for one in TicketKind::ALL {
            tally("kind", one.as_str(), kind == *one, message.kind == *one);
        }
        for tone in Tone::ALL {
            let said = found.tone.is_some_and(|(known, _)| known == *tone);
            tally("tone", tone.as_str(), said, message.tone == *tone);
        }
        let harm = found.signals.contains_key("safety") || found.signals.contains_key("health");
        let large = found.amount.as_ref().is_some_and(|money| money.minor >= 30_000);
        for (name, said) in [
            ("media", found.signals.contains_key("media")),
            (
                "lawyer",
                found.signals.contains_key("lawyer") || found.signals.contains_key("legal_words"),
            ),
            ("authority", found.signals.contains_key("authority")),
            ("safety", harm),
            ("amount", large),
        ] {
            tally(
                "signal",
                name,
                said,
                message.signals.iter().any(|signal| signal == name),
            );
        }
        with_topic += u32::from(!message.topics.is_empty());
        first_topic += u32::from(found.topic().is_some_and(|topic| message.topics.contains(&topic)));
        let wrong = found.topic().map_or(!message.topics.is_empty(), |topic| {
            !message.topics.contains(&topic)
        });
        if misses
            && (wrong || kind != message.kind || found.tone.is_some_and(|(tone, _)| tone != message.tone))
        {
            println!(
                "{}\n    kind {} / {kind}, topics {:?} / {:?}, tone {} / {:?}, complains {}, signals {:?}",
                message.text,
                message.kind,
                message.topics,
                found.topics,
                message.tone,
                found.tone,
                found.complains,
                found.signals
            );
        }
    }
    let _ = writeln!(
        report,
        "\n## {title}: {} messages\n\nThe first topic is right for {first_topic} of {with_topic} that have one.",
        messages.len()
    );
    tables(report, &table, &all);
}

fn tables(report: &mut String, table: &BTreeMap<(&str, String), Tally>, all: &BTreeMap<&str, Tally>) {
    report.push_str("\n| | precision | recall | F1 | messages |\n|---|---|---|---|---|\n");
    for (what, tally) in all {
        let own: Vec<&Tally> = table
            .iter()
            .filter(|((of, _), _)| of == what)
            .map(|(_, tally)| tally)
            .collect();
        let known: Vec<f64> = own
            .iter()
            .filter(|tally| tally.hit + tally.missed > 0)
            .map(|tally| tally.f1())
            .collect();
        let macro_f1 = known.iter().sum::<f64>() / (known.len().max(1) as f64);
        row(report, &format!("**{what}** (macro-F1 {macro_f1:.2})"), *tally);
        for ((_, name), tally) in table.iter().filter(|((of, _), _)| of == what) {
            row(report, name, *tally);
        }
    }
}

fn row(report: &mut String, name: &str, tally: Tally) {
    let _ = writeln!(
        report,
        "| {name} | {:.2} | {:.2} | {:.2} | {} |",
        tally.precision(),
        tally.recall(),
        tally.f1(),
        tally.hit + tally.missed
    );
}
