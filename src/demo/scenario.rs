//! The demo's conversations and customers as they stand in the TOML files beside this one.

use std::collections::BTreeMap;

use serde::Deserialize;
use shouwen_core::channel::Channel;
use shouwen_core::ticket::Priority;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) channel: Channel,
    pub(super) team: String,
    pub(super) tags: Vec<String>,
    #[serde(default = "normal")]
    pub(super) priority: Priority,
    pub(super) subjects: Vec<String>,
    /// How it stands when everything was said: solved, open, waiting or supplier.
    pub(super) end: String,
    /// What an agent writes some ten days after.
    pub(super) later: Option<String>,
    turns: Vec<String>,
}

/// What is said next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) speaker: Speaker,
    pub(super) file: Option<&'a str>,
    pub(super) status: Option<&'a str>,
    pub(super) text: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Customer,
    Agent,
    Note,
    /// A call that came in and was answered.
    Call,
    MissedCall,
    CallOut,
}

/// What is the same for one language: its name, its conversations, the customers who speak it.
pub(super) struct Language {
    pub(super) name: &'static str,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) words: BTreeMap<String, Vec<String>>,
    pub(super) customers: Vec<Person>,
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) tier: Option<String>,
}

#[derive(Deserialize)]
struct Conversations {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
struct People {
    zh: Vec<Vec<String>>,
    en: Vec<Vec<String>>,
    words: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

fn normal() -> Priority {
    Priority::Normal
}

impl Scenario {
    pub(super) fn turns(&self) -> impl Iterator<Item = Turn<'_>> {
        self.turns.iter().map(|line| read_turn(line))
    }
}

/// Reads `a+invoice>solved: words`.
pub(super) fn read_turn(line: &str) -> Turn<'_> {
    let (head, text) = line.split_once(": ").unwrap_or(("c", line));
    let (head, status) = match head.split_once('>') {
        Some((head, status)) => (head, Some(status)),
        None => (head, None),
    };
    let (speaker, file) = match head.split_once('+') {
        Some((speaker, file)) => (speaker, Some(file)),
        None => (head, None),
    };
    let speaker = match speaker {
        "a" => Speaker::Agent,
        "n" => Speaker::Note,
        "p" => Speaker::Call,
        "m" => Speaker::MissedCall,
        "o" => Speaker::CallOut,
        _ => Speaker::Customer,
    };
    Turn {
        speaker,
        file,
        status,
        text,
    }
}

/// Chinese and English. The files are compiled in, and a test reads them.
pub(super) fn languages() -> [Language; 2] {
    let people: People = read(include_str!("people.toml"));
    let language = |name, conversations: &str, customers: &[Vec<String>], host: &[&str]| Language {
        name,
        scenarios: read::<Conversations>(conversations).scenario,
        words: people.words.get(name).cloned().unwrap_or_default(),
        customers: persons(customers, host),
    };
    [
        language(
            "zh",
            include_str!("scenarios_zh.toml"),
            &people.zh,
            &["qingyou.example", "yunmail.example", "post.example"],
        ),
        language(
            "en",
            include_str!("scenarios_en.toml"),
            &people.en,
            &["example.com", "example.net", "example.org"],
        ),
    ]
}

fn persons(rows: &[Vec<String>], hosts: &[&str]) -> Vec<Person> {
    let person = |(place, row): (usize, &Vec<String>)| Person {
        name: row[0].clone(),
        address: format!("{}@{}", row[1], hosts[place % hosts.len()]),
        tier: row.get(2).cloned(),
    };
    rows.iter().enumerate().map(person).collect()
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the demo's files are valid TOML")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_conversation_names_what_the_demo_has() {
        let mut scenarios = 0;
        for language in languages() {
            scenarios += language.scenarios.len();
            for scenario in &language.scenarios {
                assert!(
                    super::super::staff::team(&scenario.team).is_some(),
                    "{}",
                    scenario.team
                );
                for tag in &scenario.tags {
                    assert!(
                        super::super::staff::TAGS.iter().any(|(key, _, _)| key == tag),
                        "{tag}"
                    );
                }
                assert!(["solved", "open", "waiting", "supplier"].contains(&scenario.end.as_str()));
                assert!(scenario.turns().count() <= 9);
            }
        }
        assert!(scenarios >= 40, "{scenarios}");
    }

    #[test]
    fn the_longest_name_has_eighty_letters() {
        let [zh, en] = languages();
        assert!(
            zh.customers
                .iter()
                .any(|person| person.name == "欧阳修明·阿卜杜拉赫曼")
        );
        assert!(
            en.customers
                .iter()
                .any(|person| person.name.chars().count() == 80)
        );
    }
}
