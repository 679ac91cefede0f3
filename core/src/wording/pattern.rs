//! A pattern over tokens, as the lists write it.
//!
//! `late` is a word in any of its forms, `off` after `came` stands right behind it. `<parcel>` is a group of wordings,
//! `(box/bag)` one made on the spot (`_` for a space in
//! it), `#` a number; `?` makes what stands before it optional. `~` lets up to four words (eight Chinese characters) stand between,
//! `~~` ten; no pattern goes over the end of a sentence.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::token::{Break, Kind, Token, tokens};

const GAP: usize = 8;
const WIDE_GAP: usize = 20;
const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "a", "several", "couple",
    "few", "many", "一", "二", "两", "三", "四", "五", "六", "七", "八", "九", "十", "几", "半", "好几",
];

/// What is denied between two words of a pattern is not what the pattern says; one that means it names it.
const DENIALS: &[&str] = &[
    "not", "never", "isn't", "wasn't", "aren't", "weren't", "hasn't", "haven't", "hadn't", "doesn't",
    "don't", "didn't",
];

static NUMBER_STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| stems(NUMBERS));
static DENIAL_STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| stems(DENIALS));

fn stems(list: &[&str]) -> HashSet<String> {
    list.iter().flat_map(|word| words(word)).collect()
}

/// Wordings by the name of their group.
#[derive(Debug, Default)]
pub struct Groups(HashMap<String, Vec<Vec<String>>>);

#[derive(Debug, Clone)]
pub struct Pattern {
    /// With and without what is optional.
    variants: Vec<Vec<Piece>>,
}

#[derive(Debug, Clone)]
struct Piece {
    /// How much may stand before it.
    gap: usize,
    choices: Vec<Vec<String>>,
    is_optional: bool,
}

impl Groups {
    /// Adds wordings, which may name groups that are known already.
    pub fn add(&mut self, name: &str, wordings: &str) {
        let wordings = wordings
            .split(',')
            .map(str::trim)
            .filter(|wording| !wording.is_empty());
        let all: Vec<_> = wordings
            .flat_map(|wording| self.choices(wording).unwrap_or_default())
            .collect();
        self.0.entry(name.to_owned()).or_default().extend(all);
    }

    /// What one wording or `<group>` may be.
    fn choices(&self, wording: &str) -> Option<Vec<Vec<String>>> {
        match wording.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(name) => self.0.get(name).cloned(),
            None => Some(vec![words(wording)]).filter(|all| !all[0].is_empty()),
        }
    }
}

impl Pattern {
    /// `None` when it names a group that is not known, or says nothing.
    pub fn read(text: &str, groups: &Groups) -> Option<Self> {
        let (mut pieces, mut gap, mut rest) = (Vec::<Piece>::new(), 0, text.trim());
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            match first {
                '~' => gap = if gap == 0 { GAP } else { WIDE_GAP },
                '?' => pieces.last_mut()?.is_optional = true,
                ' ' => {}
                _ => {
                    let (part, others) = rest.split_at(part_length(rest)?);
                    pieces.push(Piece {
                        gap: std::mem::take(&mut gap),
                        choices: choices_of(part, groups)?,
                        is_optional: false,
                    });
                    rest = others;
                    continue;
                }
            }
            rest = after;
        }
        (!pieces.is_empty()).then(|| Self {
            variants: variants(&pieces),
        })
    }

    /// The first words of what it finds; `#` for a number.
    pub fn heads(&self) -> impl Iterator<Item = &str> {
        let firsts = self.variants.iter().filter_map(|pieces| pieces.first());
        firsts
            .flat_map(|piece| &piece.choices)
            .filter_map(|choice| choice.first())
            .map(String::as_str)
    }

    /// All words that it asks for.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let pieces = self.variants.iter().flatten();
        pieces
            .flat_map(|piece| piece.choices.iter().flatten())
            .map(String::as_str)
    }

    /// Where the wording that begins at a token ends (the token after it).
    pub fn end(&self, tokens: &[Token], start: usize) -> Option<usize> {
        self.variants
            .iter()
            .find_map(|pieces| follow(pieces, tokens, start, true))
    }
}

/// How far a group, a choice or a word at the beginning goes.
fn part_length(text: &str) -> Option<usize> {
    match text.chars().next()? {
        '(' => text.find(')').map(|end| end + 1),
        '<' => text.find('>').map(|end| end + 1),
        _ => Some(text.find([' ', '~', '(', '<', '?']).unwrap_or(text.len())),
    }
}

fn choices_of(part: &str, groups: &Groups) -> Option<Vec<Vec<String>>> {
    let inner = part.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let each = |one: &str| groups.choices(&one.replace('_', " "));
    let all: Option<Vec<_>> = inner.unwrap_or(part).split(['/', '|']).map(each).collect();
    Some(all?.into_iter().flatten().collect())
}

fn variants(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let Some(place) = pieces.iter().position(|piece| piece.is_optional) else {
        return vec![pieces.to_vec()];
    };
    let (mut with, mut without) = (pieces.to_vec(), pieces.to_vec());
    with[place].is_optional = false;
    let gap = without.remove(place).gap;
    if let Some(next) = without.get_mut(place) {
        next.gap = next.gap.max(gap);
    }
    let mut all = variants(&with);
    all.extend(variants(&without));
    all
}

fn follow(pieces: &[Piece], tokens: &[Token], at: usize, is_first: bool) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else {
        return Some(at);
    };
    let (mut place, mut passed) = (at, 0);
    while place < tokens.len() {
        if !is_first && tokens[place].before == Break::Sentence {
            return None;
        }
        let mut ends = piece
            .choices
            .iter()
            .filter_map(|choice| choice_end(choice, tokens, place));
        if let Some(end) = ends.find_map(|end| follow(rest, tokens, end, false)) {
            return Some(end);
        }
        passed += tokens[place].width().max(1);
        if is_first || passed > piece.gap || DENIAL_STEMS.contains(&tokens[place].text) {
            return None;
        }
        place += 1;
    }
    None
}

fn choice_end(choice: &[String], tokens: &[Token], at: usize) -> Option<usize> {
    let found = tokens.get(at..at + choice.len())?;
    let holds = found
        .iter()
        .zip(choice)
        .enumerate()
        .all(|(place, (token, word))| {
            let is_it = if word == "#" {
                is_number(token)
            } else {
                token.text == *word
            };
            is_it && (place == 0 || token.before != Break::Sentence)
        });
    holds.then_some(at + choice.len())
}

fn is_number(token: &Token) -> bool {
    token.kind == Kind::Number || NUMBER_STEMS.contains(&token.text)
}

/// A wording of the lists as the tokens that a text would have.
fn words(wording: &str) -> Vec<String> {
    let of = |part: &str| match part {
        "#" => vec!["#".to_owned()],
        part => tokens(part, 200).into_iter().map(|token| token.text).collect(),
    };
    wording.split(' ').flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> bool {
        let mut groups = Groups::default();
        groups.add("parcel", "parcel, order, 包裹, 快递");
        groups.add("no", "not, never, hasn't, 没");
        let pattern = Pattern::read(pattern, &groups).unwrap();
        let tokens = tokens(text, 1000);
        (0..tokens.len()).any(|at| pattern.end(&tokens, at).is_some())
    }

    #[test]
    fn a_pattern_finds_its_words_in_their_order_and_near_each_other() {
        for (pattern, text, expected) in [
            (
                "<parcel> ~ <no> ~ arrive",
                "My parcels still haven't all arrived",
                false,
            ),
            (
                "<parcel> ~ <no> ~ arrive",
                "the order still hasn't quite arrived",
                true,
            ),
            (
                "<parcel> ~ <no> ~ arrive",
                "I have the order. It did not arrive",
                false,
            ),
            ("<parcel> ~ <no> ~ arrive", "never arrived, the parcel", false),
            ("come off", "the handle came off", true),
            ("come off", "the handle came right off", false),
            ("(box/gift_bag) ~ tear", "the gift bag was torn", true),
            ("# weeks", "three weeks, and", true),
            ("# week", "15 weeks", true),
            ("<parcel> ~ <no>~到", "快遞到現在還沒有到", true),
            ("<parcel> ~ <no>~到", "快递很好。没人到", false),
        ] {
            assert_eq!(finds(pattern, text), expected, "{pattern} in {text}");
        }
    }

    #[test]
    fn a_pattern_with_an_unknown_group_is_none() {
        assert!(Pattern::read("<nobody> came", &Groups::default()).is_none());
        assert!(Pattern::read(" ~ ", &Groups::default()).is_none());
    }
}
