//! Finding the words of `data/desk/lexicon.txt` in what a customer wrote.
//!
//! One automaton for all words of both languages; a Latin word must stand for itself, a Chinese one anywhere.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::signal::Signal;
use super::topic::Topic;
use crate::customer::fold;

/// What a word speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    Topic(Topic),
    Signal(Signal),
    Complaint,
    Return,
    Repair,
    /// Hides the words inside of it.
    Nothing,
}

/// A word that was found, as the customer wrote it but folded.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) weight: i64,
    pub(super) word: String,
}

struct Entry {
    /// Stands for the beginning of a word.
    is_stem: bool,
    is_latin: bool,
    speaks_for: Vec<(Class, i64)>,
}

struct Lexicon {
    automaton: AhoCorasick,
    entries: Vec<Entry>,
}

/// A longer message is read up to here.
const MOST_CHARACTERS: usize = 6_000;
const USUAL_WEIGHT: i64 = 2;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| read(include_str!("../../data/desk/lexicon.txt")));

/// Each word of the lexicon that the text has, once.
pub(super) fn find(text: &str) -> Vec<Found> {
    let head: String = text.chars().take(MOST_CHARACTERS).collect();
    let text = fold(&head.replace('’', "'"));
    let lexicon = &*LEXICON;
    let mut hits: Vec<(usize, Range<usize>)> = lexicon
        .automaton
        .find_overlapping_iter(&text)
        .map(|hit| (hit.pattern().as_usize(), hit.range()))
        .filter(|(entry, range)| stands_alone(&text, range, &lexicon.entries[*entry]))
        .collect();
    let hidden: Vec<Range<usize>> = hits
        .iter()
        .filter(|(entry, _)| lexicon.entries[*entry].is_nothing())
        .map(|(_, range)| range.clone())
        .collect();
    hits.retain(|(_, range)| {
        !hidden
            .iter()
            .any(|outer| outer.start <= range.start && range.end <= outer.end)
    });
    hits.sort_by_key(|(entry, range)| (*entry, range.start));
    hits.dedup_by_key(|(entry, _)| *entry);
    hits.sort_by_key(|(_, range)| range.start);
    let each = |(entry, range): (usize, Range<usize>)| {
        let word = text[range].to_owned();
        lexicon.entries[entry]
            .speaks_for
            .iter()
            .map(move |(class, weight)| Found {
                class: *class,
                weight: *weight,
                word: word.clone(),
            })
    };
    hits.into_iter().flat_map(each).collect()
}

impl Entry {
    fn is_nothing(&self) -> bool {
        self.speaks_for.iter().any(|(class, _)| *class == Class::Nothing)
    }
}

/// Whether the word is not a part of another: `ship` in `friendship` is none.
fn stands_alone(text: &str, range: &Range<usize>, entry: &Entry) -> bool {
    if !entry.is_latin {
        return true;
    }
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    let begins = !text[..range.start].chars().next_back().is_some_and(is_letter);
    let ends = entry.is_stem || !text[range.end..].chars().next().is_some_and(is_letter);
    begins && ends
}

fn read(file: &str) -> Lexicon {
    let (mut words, mut entries, mut places) = (Vec::new(), Vec::<Entry>::new(), HashMap::new());
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, list)) = line.split_once(':') else {
            continue;
        };
        let Some(class) = class_of(name.trim()) else {
            continue;
        };
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (word, weight) = weighed(item);
            let (word, is_stem) = (word.trim_end_matches('*'), word.ends_with('*'));
            let place = *places.entry(word.to_owned()).or_insert_with(|| {
                words.push(word.to_owned());
                entries.push(Entry {
                    is_stem,
                    is_latin: word.is_ascii(),
                    speaks_for: Vec::new(),
                });
                entries.len() - 1
            });
            entries[place].speaks_for.push((class, weight));
        }
    }
    let automaton = AhoCorasick::new(&words).expect("the lexicon in the program is small");
    Lexicon { automaton, entries }
}

/// "lost my 2" is the word "lost my" of weight 2.
fn weighed(item: &str) -> (&str, i64) {
    match item.rsplit_once(' ') {
        Some((word, weight)) => match weight.parse() {
            Ok(weight) => (word, weight),
            Err(_) => (item, USUAL_WEIGHT),
        },
        None => (item, USUAL_WEIGHT),
    }
}

fn class_of(name: &str) -> Option<Class> {
    Some(match name {
        "@complaint" => Class::Complaint,
        "@return" => Class::Return,
        "@repair" => Class::Repair,
        "@nothing" => Class::Nothing,
        name => match name.strip_prefix('@') {
            Some(signal) => Class::Signal(Signal::from_word(signal)?),
            None => Class::Topic(Topic::from_word(name)?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(text: &str) -> Vec<Signal> {
        let of = |found: Found| match found.class {
            Class::Signal(signal) => Some(signal),
            _ => None,
        };
        find(text).into_iter().filter_map(of).collect()
    }

    #[test]
    fn every_line_of_the_lexicon_has_a_name_that_we_know() {
        for line in include_str!("../../data/desk/lexicon.txt").lines() {
            if let Some((name, _)) = line.split_once(':').filter(|_| !line.starts_with('#')) {
                assert!(class_of(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_law_firm_that_orders_lamps_threatens_nobody() {
        assert_eq!(
            signals("I work at a law firm and need lamps for the tennis court"),
            []
        );
        assert_eq!(signals("我是律师事务所的，想采购台灯"), []);
        assert_eq!(signals("See you in court"), [Signal::Lawyer, Signal::Lawyer]);
        assert_eq!(signals("我要找律师"), [Signal::Lawyer]);
    }

    #[test]
    fn a_latin_word_inside_another_is_not_found() {
        assert_eq!(signals("magical silico"), []);
        assert_eq!(signals("I told the ICO"), [Signal::Authority]);
    }
}
