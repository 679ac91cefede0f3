//! Words that were mistyped by one slip: a letter too many or too few, two swapped, a wrong vowel.
//!
//! Only what is a slip away from exactly one kind of word is mended, and never the first letter.

use std::collections::{HashMap, HashSet};

/// Shorter words are too like each other.
const LEAST_LETTERS: usize = 5;
/// Ordinary words that are a slip away from one of the lists.
const ORDINARY: &str = include_str!("../../data/wording/ordinary.txt");

#[derive(Debug, Default)]
pub struct Spelling {
    known: HashSet<String>,
    /// A word less one of its letters, with the word.
    shortened: HashMap<String, String>,
}

impl Spelling {
    /// Knows the stems of the lists.
    pub fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut spelling = Self::default();
        for word in words
            .filter(|word| !spelling.known.contains(*word))
            .collect::<Vec<_>>()
        {
            spelling.known.insert(word.to_owned());
            if is_long(word) {
                for shorter in shorter(word) {
                    spelling
                        .shortened
                        .entry(shorter)
                        .or_insert_with(|| word.to_owned());
                }
            }
        }
        for word in ORDINARY
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
        {
            spelling.known.insert(super::stem(word));
        }
        spelling
    }

    /// The word of the lists that was meant, if `word` is none but nearly one.
    pub fn meant(&self, word: &str) -> Option<&str> {
        if !is_long(word) || self.known.contains(word) {
            return None;
        }
        if let Some(meant) = self.shortened.get(word) {
            return Some(meant);
        }
        let vowels = Some(word)
            .filter(|word| word.len() > LEAST_LETTERS)
            .into_iter()
            .flat_map(other_vowels);
        let candidates = shorter(word).chain(swapped(word)).chain(vowels);
        candidates
            .filter_map(|one| self.known.get(&one))
            .map(String::as_str)
            .find(|known| is_long(known))
    }
}

fn is_long(word: &str) -> bool {
    word.len() >= LEAST_LETTERS && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn shorter(word: &str) -> impl Iterator<Item = String> {
    (1..word.len()).map(|at| format!("{}{}", &word[..at], &word[at + 1..]))
}

fn swapped(word: &str) -> impl Iterator<Item = String> {
    (1..word.len() - 1).map(|at| {
        let mut letters = word.as_bytes().to_vec();
        letters.swap(at, at + 1);
        String::from_utf8_lossy(&letters).into_owned()
    })
}

fn other_vowels(word: &str) -> impl Iterator<Item = String> {
    const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];
    let at_vowel = |at: &usize| VOWELS.iter().any(|vowel| word[*at..].starts_with(*vowel));
    (1..word.len()).filter(at_vowel).flat_map(move |at| {
        VOWELS
            .iter()
            .map(move |vowel| format!("{}{vowel}{}", &word[..at], &word[at + 1..]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::stem;
    use super::*;

    #[test]
    fn a_slip_is_mended_and_an_ordinary_word_left_alone() {
        let known = [
            "delivery", "receive", "damage", "warranty", "refund", "fake", "shipping",
        ]
        .map(stem);
        let spelling = Spelling::of(known.iter().map(String::as_str));
        for (typed, meant) in [
            ("delviery", Some("delivery")),
            ("recieved", Some("receive")),
            ("damadged", Some("damage")),
            ("warrenty", Some("warranty")),
            ("reefund", Some("refund")),
            ("shopping", None),
            ("fast", None),
            ("refund", None),
        ] {
            assert_eq!(
                spelling.meant(&stem(typed)).map(str::to_owned),
                meant.map(stem),
                "{typed}"
            );
        }
    }
}
