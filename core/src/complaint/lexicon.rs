//! The desk's lists (`data/desk/*.txt`): which wordings speak for what, with how much weight.
//!
//! Only reads the lists; `wordings.rs` finds them in what a customer wrote.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::signal::Signal;
use super::topic::Topic;
use crate::wording::{Groups, Pattern, Spelling};

/// What a wording speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    Topic(Topic),
    Signal(Signal),
    Complaint,
    Return,
    Repair,
    Praise,
    /// Hides the wordings inside of it.
    Nothing,
    /// What follows in the clause is only supposed or asked.
    Supposed,
    /// What stands right behind it is denied.
    Denied,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    pub(super) class: Class,
    pub(super) weight: i64,
    /// It tells of something that went wrong, rather than naming a matter.
    pub(super) grieves: bool,
}

pub(super) struct Lexicon {
    pub(super) entries: Vec<(Pattern, Vec<Meaning>)>,
    /// The entries that may begin with a word.
    heads: HashMap<String, Vec<usize>>,
    /// Those that begin with a number.
    numbered: Vec<usize>,
    pub(super) spelling: Spelling,
}

const GROUPS: &str = include_str!("../../data/desk/groups.txt");
const LISTS: &[&str] = &[
    include_str!("../../data/desk/topics_en.txt"),
    include_str!("../../data/desk/topics_zh.txt"),
    include_str!("../../data/desk/signals.txt"),
    include_str!("../../data/desk/kinds.txt"),
];

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (lexicon, faults) = read(GROUPS, LISTS);
    debug_assert!(faults.is_empty(), "{faults:?}");
    lexicon
});

impl Lexicon {
    /// The entries that may begin with a token of this text.
    pub(super) fn beginning(&self, word: &str) -> impl Iterator<Item = usize> {
        let named = self.heads.get(word).map_or(&[][..], Vec::as_slice);
        named.iter().chain(&self.numbered).copied()
    }
}

/// The lists, and each line that says nothing.
fn read(groups: &str, lists: &[&str]) -> (Lexicon, Vec<String>) {
    let known = read_groups(groups);
    let mut faults = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut entries: Vec<(Pattern, Vec<Meaning>)> = Vec::new();
    for (class, line) in lists.iter().flat_map(|list| lines_of_sections(list)) {
        let Some((meaning, patterns)) = class.and_then(|class| meaning_of(class, line)) else {
            faults.push(line.to_owned());
            continue;
        };
        for text in patterns.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            if let Some(place) = places.get(text) {
                entries[*place].1.push(meaning);
            } else if let Some(pattern) = Pattern::read(text, &known) {
                places.insert(text.to_owned(), entries.len());
                entries.push((pattern, vec![meaning]));
            } else {
                faults.push(text.to_owned());
            }
        }
    }
    (index(entries), faults)
}

fn index(entries: Vec<(Pattern, Vec<Meaning>)>) -> Lexicon {
    let (mut heads, mut numbered) = (HashMap::<String, Vec<usize>>::new(), Vec::<usize>::new());
    for (place, (pattern, _)) in entries.iter().enumerate() {
        for word in pattern.heads() {
            let places = if word == "#" {
                &mut numbered
            } else {
                heads.entry(word.to_owned()).or_default()
            };
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }
    let spelling = Spelling::of(entries.iter().flat_map(|(pattern, _)| pattern.words()));
    Lexicon {
        entries,
        heads,
        numbered,
        spelling,
    }
}

fn read_groups(file: &str) -> Groups {
    let mut groups = Groups::default();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, wordings)) = line.split_once(':') {
            groups.add(name.trim(), wordings);
        }
    }
    groups
}

/// Each line that is neither empty nor a remark, with the class of its `[section]`.
fn lines_of_sections(list: &str) -> Vec<(Option<Class>, &str)> {
    let (mut class, mut lines) = (None, Vec::new());
    for line in list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => class = class_of(name),
            None => lines.push((class, line)),
        }
    }
    lines
}

/// `3! never arrived, …` weighs 3 and tells of something that went wrong.
fn meaning_of(class: Class, line: &str) -> Option<(Meaning, &str)> {
    let (head, patterns) = line.split_once(' ')?;
    let (number, grieves) = head
        .strip_suffix('!')
        .map_or((head, false), |number| (number, true));
    let weight = number.parse().ok()?;
    Some((
        Meaning {
            class,
            weight,
            grieves,
        },
        patterns,
    ))
}

fn class_of(name: &str) -> Option<Class> {
    Some(match name {
        "@complaint" => Class::Complaint,
        "@return" => Class::Return,
        "@repair" => Class::Repair,
        "@praise" => Class::Praise,
        "@nothing" => Class::Nothing,
        "@supposed" => Class::Supposed,
        "@denied" => Class::Denied,
        name => match name.strip_prefix('@') {
            Some(signal) => Class::Signal(Signal::from_word(signal)?),
            None => Class::Topic(Topic::from_word(name)?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_lists_says_something() {
        assert_eq!(read(GROUPS, LISTS).1, Vec::<String>::new());
    }

    #[test]
    fn a_line_without_a_section_a_weight_or_a_known_group_is_a_fault() {
        for list in [
            "3 lost",
            "[nonsense]\n3 lost",
            "[price]\nlost",
            "[price]\n3 <nothing> lost",
        ] {
            assert_eq!(read("parcel: box", &[list]).1.len(), 1, "{list}");
        }
    }
}
