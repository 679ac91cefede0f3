//! Finding the desk's lists in what a customer wrote.
//!
//! A heavier wording hides the lighter ones inside of it ("the refund has not arrived" is no parcel), a denial or a
//! supposition takes the grievance out of one ("what if it breaks?" asks).

use std::ops::Range;

use super::lexicon::{Class, LEXICON, Lexicon, Meaning};
use crate::wording::{Break, Kind, Token, tokens};

/// A wording that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) class: Class,
    pub(super) weight: i64,
    pub(super) grieves: bool,
    /// As the customer wrote it.
    pub(super) words: String,
}

struct Hit {
    meaning: Meaning,
    /// Tokens.
    range: Range<usize>,
}

/// A longer message is read up to here.
const MOST_CHARACTERS: usize = 6_000;
/// Words and characters that are shown of a long wording.
const SHOWN: usize = 60;

/// The wordings in the text in their order, no two of one class over each other.
pub(super) fn find(text: &str) -> Vec<Found> {
    let lexicon = &*LEXICON;
    let tokens = mended(tokens(text, MOST_CHARACTERS), lexicon);
    let mut hits = every_hit(&tokens, lexicon);
    let nothing = ranges_of(&hits, Class::Nothing);
    let supposed = ranges_of(&hits, Class::Supposed);
    let denied = ranges_of(&hits, Class::Denied);
    hits.retain(|hit| {
        !matches!(
            hit.meaning.class,
            Class::Nothing | Class::Supposed | Class::Denied
        )
    });
    hits.retain(|hit| !nothing.iter().any(|outer| holds(outer, &hit.range)));
    let hits = without_hidden(hits);
    let each = |hit: Hit| Found {
        class: hit.meaning.class,
        weight: hit.meaning.weight,
        grieves: hit.meaning.grieves && !is_taken_back(&hit.range, &tokens, &supposed, &denied),
        words: shown(text, &tokens[hit.range]),
    };
    hits.into_iter().map(each).collect()
}

fn mended(mut tokens: Vec<Token>, lexicon: &Lexicon) -> Vec<Token> {
    for token in tokens.iter_mut().filter(|token| token.kind == Kind::Word) {
        if let Some(meant) = lexicon.spelling.meant(&token.text) {
            token.text = meant.to_owned();
        }
    }
    tokens
}

fn every_hit(tokens: &[Token], lexicon: &Lexicon) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (start, token) in tokens.iter().enumerate() {
        for entry in lexicon.beginning(&token.text) {
            let (pattern, meanings) = &lexicon.entries[entry];
            let Some(end) = pattern.end(tokens, start) else {
                continue;
            };
            hits.extend(meanings.iter().map(|meaning| Hit {
                meaning: *meaning,
                range: start..end,
            }));
        }
    }
    hits
}

fn ranges_of(hits: &[Hit], class: Class) -> Vec<Range<usize>> {
    hits.iter()
        .filter(|hit| hit.meaning.class == class)
        .map(|hit| hit.range.clone())
        .collect()
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Of topics, what lies within a heavier and longer wording of another one goes; of one class that overlap, the
/// heaviest stays.
fn without_hidden(mut hits: Vec<Hit>) -> Vec<Hit> {
    let is_topic = |class| matches!(class, Class::Topic(_));
    hits.sort_by_key(|hit| {
        (
            -hit.meaning.weight,
            !hit.meaning.grieves,
            hit.range.start,
            hit.range.end,
        )
    });
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        let is_hidden = kept.iter().any(|known| {
            let overlap = known.range.start < hit.range.end && hit.range.start < known.range.end;
            if known.meaning.class == hit.meaning.class {
                overlap
            } else {
                is_topic(known.meaning.class)
                    && is_topic(hit.meaning.class)
                    && known.meaning.weight > hit.meaning.weight
                    && known.range.len() > hit.range.len()
                    && holds(&known.range, &hit.range)
            }
        });
        if !is_hidden {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| (hit.range.start, hit.range.end, hit.meaning.class));
    kept
}

/// Denied right before it, or supposed before it in the same clause.
fn is_taken_back(
    hit: &Range<usize>,
    tokens: &[Token],
    supposed: &[Range<usize>],
    denied: &[Range<usize>],
) -> bool {
    let parted = |from: usize, least: Break| {
        tokens[from..=hit.start]
            .iter()
            .skip(1)
            .any(|one| one.before >= least)
    };
    let is_before = |outer: &&Range<usize>| outer.end <= hit.start;
    denied
        .iter()
        .filter(is_before)
        .any(|no| hit.start - no.end <= 1 && !parted(no.start, Break::Clause))
        || supposed
            .iter()
            .filter(is_before)
            .any(|on| !parted(on.start, Break::Clause))
}

fn shown(text: &str, tokens: &[Token]) -> String {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return String::new();
    };
    let words = text.get(first.start..last.end).unwrap_or_default();
    let short: String = words.chars().take(SHOWN).collect();
    short.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::signal::Signal;
    use super::super::topic::Topic;
    use super::*;

    fn signals(text: &str) -> Vec<Signal> {
        let mut all: Vec<Signal> = find(text)
            .into_iter()
            .filter_map(|found| match found.class {
                Class::Signal(signal) => Some(signal),
                _ => None,
            })
            .collect();
        all.dedup();
        all
    }

    fn grievances(text: &str) -> Vec<Topic> {
        let topic = |found: Found| match found.class {
            Class::Topic(topic) if found.grieves => Some(topic),
            _ => None,
        };
        find(text).into_iter().filter_map(topic).collect()
    }

    #[test]
    fn a_law_firm_that_orders_lamps_threatens_nobody() {
        assert_eq!(
            signals("I work at a law firm and need lamps for the tennis court"),
            []
        );
        assert_eq!(signals("我是律师事务所的，想采购台灯"), []);
        assert_eq!(signals("See you in court"), [Signal::Lawyer]);
        assert_eq!(signals("我要找律师"), [Signal::Lawyer]);
    }

    #[test]
    fn a_word_inside_another_is_not_found() {
        assert_eq!(signals("magical silico"), []);
        assert_eq!(signals("I told the ICO"), [Signal::Authority]);
    }

    #[test]
    fn what_is_denied_or_supposed_is_no_grievance() {
        for text in [
            "What if it breaks?",
            "Will the colour fade?",
            "It is not broken",
            "会不会掉色",
            "没有破损",
        ] {
            assert_eq!(grievances(text), [], "{text}");
        }
        for text in ["It broke", "掉色了", "收到就破损"] {
            assert_eq!(grievances(text), [Topic::Quality], "{text}");
        }
    }

    #[test]
    fn money_that_has_not_arrived_is_no_parcel() {
        assert_eq!(grievances("退款一直没到账").first(), Some(&Topic::Refund));
        let late = grievances("My parcel has still not arrived");
        assert!(
            !late.is_empty() && late.iter().all(|topic| *topic == Topic::Logistics),
            "{late:?}"
        );
    }
}
