//! The baseline beside the model: what the counting of good and bad words would say.

use std::collections::HashMap;
use std::path::Path;

use shouwen_core::tone::{Language, Tone};

pub(crate) struct Lexicon {
    language: Language,
    words: HashMap<String, f32>,
}

/// English: the 7,500 words of VADER with their ratings. Chinese: a short list written by hand.
pub(crate) fn read(language: Language, sources: &Path, data: &Path) -> Lexicon {
    let mut words = HashMap::new();
    match language {
        Language::English => {
            let file = sources.join("vader/vaderSentiment/vader_lexicon.txt");
            for line in std::fs::read_to_string(file).unwrap().lines() {
                let mut cells = line.split('\t');
                if let (Some(word), Some(Ok(value))) = (cells.next(), cells.next().map(str::parse)) {
                    words.insert(word.to_owned(), value);
                }
            }
        }
        Language::Chinese => {
            let file = std::fs::read_to_string(data.join("tone/lexicon_zh.txt")).unwrap();
            for line in file.lines() {
                let value = if line.starts_with('-') { -1.0 } else { 1.0 };
                let is_list = line.starts_with(['-', '+']);
                for word in line.split(' ').skip(1).filter(|_| is_list) {
                    words.insert(word.to_owned(), value);
                }
            }
        }
    }
    Lexicon { language, words }
}

impl Lexicon {
    pub(crate) fn tone(&self, text: &str) -> Tone {
        let sum = match self.language {
            Language::English => self.english(text),
            Language::Chinese => self.chinese(text),
        };
        if sum <= -0.5 {
            Tone::Negative
        } else if sum >= 0.5 {
            Tone::Positive
        } else {
            Tone::Neutral
        }
    }

    fn english(&self, text: &str) -> f32 {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
            .collect();
        let denies = |word: &&str| ["not", "no", "never"].contains(word) || word.ends_with("n't");
        let mut sum = 0.0;
        for (place, word) in words.iter().enumerate() {
            let value = self.words.get(*word).copied().unwrap_or(0.0);
            let before = &words[place.saturating_sub(3)..place];
            sum += if before.iter().any(denies) {
                -0.74 * value
            } else {
                value
            };
        }
        sum
    }

    /// The longest word at each place; one after 不, 没 or 无 says the opposite.
    fn chinese(&self, text: &str) -> f32 {
        let characters: Vec<char> = text.chars().collect();
        let (mut sum, mut place) = (0.0, 0);
        while place < characters.len() {
            let found = (1..=4).rev().find_map(|length| {
                let word: String = characters.get(place..place + length)?.iter().collect();
                Some((length, *self.words.get(&word)?))
            });
            let Some((length, value)) = found else {
                place += 1;
                continue;
            };
            let is_denied = place > 0 && matches!(characters[place - 1], '不' | '没' | '无');
            sum += if is_denied { -value } else { value };
            place += length;
        }
        sum
    }
}
