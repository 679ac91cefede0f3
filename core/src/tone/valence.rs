//! How good or bad the words of a text are by lists of rated words, with denials, degrees and contrast.
//!
//! English: the ratings of VADER (MIT, see `data/tone/SOURCES.md`). Chinese: a short list of our own.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::features::Language;
use crate::wording::simplified;

/// Sums of ratings, each about -4 to 4 a word.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Valence {
    pub(super) all: f32,
    /// Without what is said for courtesy alone.
    pub(super) frank: f32,
    pub(super) bad: f32,
    pub(super) good: f32,
    /// After the last `but`; `all` where there is none.
    pub(super) end: f32,
}

const ENGLISH: &str = include_str!("../../data/tone/valence_en.txt");
const CHINESE: &str = include_str!("../../data/tone/lexicon_zh.txt");

static WORDS: LazyLock<HashMap<&str, f32>> = LazyLock::new(|| rated(ENGLISH).collect());
static CHARACTERS: LazyLock<HashMap<&str, f32>> = LazyLock::new(|| rated(CHINESE).collect());

/// Rated by their friendliness, said to everybody.
const COURTESY: &[&str] = &[
    "please",
    "thanks",
    "thank",
    "thx",
    "hi",
    "hello",
    "dear",
    "kind",
    "kindly",
    "regards",
    "best",
    "help",
    "like",
    "sure",
    "ok",
    "okay",
    "yes",
    "appreciate",
    "appreciated",
    "hope",
    "hoping",
    "free",
    "gift",
    "want",
    "wish",
    "care",
    "support",
    "good",
    "great",
    "well",
    "number",
    "safe",
    "original",
    "interested",
    "cheers",
    "sincerely",
    "welcome",
    "resolve",
    "resolved",
    "solution",
    "advance",
    "special",
    "value",
    "sorry",
];
const DEGREES: &[(&str, f32)] = &[
    ("very", 1.3),
    ("really", 1.3),
    ("so", 1.2),
    ("too", 1.2),
    ("extremely", 1.5),
    ("absolutely", 1.5),
    ("completely", 1.4),
    ("totally", 1.4),
    ("utterly", 1.5),
    ("incredibly", 1.4),
    ("super", 1.3),
    ("most", 1.3),
    ("slightly", 0.6),
    ("somewhat", 0.6),
    ("bit", 0.7),
    ("little", 0.7),
    ("kinda", 0.7),
    ("almost", 0.8),
    ("barely", 0.5),
];
const FACES: &[(&str, f32)] = &[
    (":(", -2.0),
    (":-(", -2.0),
    (":'(", -2.2),
    (">:(", -2.5),
    (":/", -1.4),
    (":-/", -1.4),
    ("):", -2.0),
    ("d:", -1.5),
    (":)", 2.0),
    (":-)", 2.0),
    ("(:", 2.0),
    (":d", 2.3),
    (":-d", 2.3),
    ("<3", 1.9),
    (";)", 0.9),
    ("xd", 1.5),
    ("=)", 2.0),
];
const BAD_EMOJI: &str = "😡😠🤬😤😢😭😞😔😒🙄😩😫😣👎💔🤮🤢😖😕🙁☹😱😰💩🤦😑💢";
const GOOD_EMOJI: &str = "😀😃😄😁😊🙂😍🥰😘👍👏🎉❤💕💖💗🙏😻🤗✨💯🌹😋🥳😎💪☺";

/// A word of a list says the opposite after one of these, by so much.
const DENIED: f32 = -0.74;

pub(super) fn of(text: &str, language: Language) -> Valence {
    match language {
        Language::English => english(text),
        Language::Chinese => chinese(text),
    }
}

fn english(text: &str) -> Valence {
    let lower = text.to_lowercase().replace('’', "'");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let bare: Vec<&str> = words
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .collect();
    let mut valence = Valence::default();
    for place in 0..words.len() {
        if bare[place] == "but" || bare[place] == "however" {
            valence.all *= 0.6;
            valence.frank *= 0.6;
            valence.end = 0.0;
            continue;
        }
        let rating = face(words[place]).or_else(|| WORDS.get(bare[place]).copied());
        if let Some(rating) = rating {
            let before = &bare[place.saturating_sub(3)..place];
            let rating = before
                .iter()
                .fold(rating, |rating, word| rating * influence(word));
            valence.add(rating, !COURTESY.contains(&bare[place]));
        }
    }
    valence.add(emoji(text), true);
    valence
}

fn influence(word: &str) -> f32 {
    if matches!(
        word,
        "not" | "no" | "never" | "without" | "nothing" | "hardly" | "cannot" | "nor"
    ) || word.ends_with("n't")
    {
        return DENIED;
    }
    DEGREES
        .iter()
        .find(|(degree, _)| *degree == word)
        .map_or(1.0, |(_, by)| *by)
}

fn face(word: &str) -> Option<f32> {
    FACES
        .iter()
        .find(|(face, _)| *face == word)
        .map(|(_, rating)| *rating)
}

fn emoji(text: &str) -> f32 {
    let count = |list: &str| {
        text.chars()
            .filter(|one| list.contains(*one))
            .take(3)
            .map(|_| 1.5)
            .sum::<f32>()
    };
    count(GOOD_EMOJI) - count(BAD_EMOJI)
}

/// The longest word at each place; one after 不, 没 or 无 says the opposite.
fn chinese(text: &str) -> Valence {
    let characters: Vec<char> = text.chars().map(simplified).collect();
    let (mut valence, mut place) = (Valence::default(), 0);
    while place < characters.len() {
        if characters[place] == '但' {
            valence.end = 0.0;
        }
        let found = (1..=4).rev().find_map(|length| {
            let word: String = characters.get(place..place + length)?.iter().collect();
            Some((length, *CHARACTERS.get(word.as_str())?))
        });
        let Some((length, rating)) = found else {
            place += 1;
            continue;
        };
        let before = &characters[place.saturating_sub(2)..place];
        let is_denied = before.iter().any(|one| matches!(one, '不' | '没' | '无' | '别'));
        valence.add(if is_denied { -rating } else { rating }, true);
        place += length;
    }
    valence.add(emoji(text), true);
    valence
}

impl Valence {
    fn add(&mut self, rating: f32, is_frank: bool) {
        self.all += rating;
        self.end += rating;
        if is_frank {
            self.frank += rating;
        }
        if rating < 0.0 {
            self.bad -= rating;
        } else {
            self.good += rating;
        }
    }
}

/// Lines of a rating and the words that have it.
fn rated(file: &'static str) -> impl Iterator<Item = (&'static str, f32)> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .flat_map(|(rating, words)| {
            let rating = match rating {
                "+" => 1.5,
                "-" => -1.5,
                number => number.parse().unwrap_or(0.0),
            };
            words.split_whitespace().map(move |word| (word, rating))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_degrees_and_contrast_change_what_words_say() {
        let all = |text| of(text, Language::English).frank;
        assert!(all("wonderful") > 1.0 && all("terrible") < -1.0);
        assert!(all("not wonderful") < 0.0 && all("very terrible") < all("terrible"));
        assert!(all("wonderful, but terrible") < 0.0);
        assert!(of("喜歡", Language::Chinese).all > 0.0 && of("不喜欢", Language::Chinese).all < 0.0);
        assert!(all("😡") < 0.0 && all(":)") > 0.0);
    }

    #[test]
    fn courtesy_is_no_praise() {
        let read = of("Hello, please help, thanks", Language::English);
        assert!(read.frank.abs() < 0.01 && read.all > 1.0);
    }
}
