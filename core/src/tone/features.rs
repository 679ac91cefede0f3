//! What a model sees of a text: its marks (`marks.rs`), and hashed words and pairs of words (English), hashed characters and runs of two and
//! three (Chinese). Latin words and numbers inside Chinese are words there, too.

use super::marks::{Hints, marks};
use super::model::{MARKS, WIDTH};
use crate::wording::simplified;

words! {
    /// Which model reads a text.
    Language { English = "en", Chinese = "zh" }
}

/// A longer text is read up to here: the matter stands at its beginning.
const MOST_CHARACTERS: usize = 3000;
/// One Chinese character says about as much as an English word.
const LETTERS_PER_WORD: usize = 5;

/// Chinese where its characters weigh more than Latin letters.
pub fn language(text: &str) -> Language {
    let (mut chinese, mut letters) = (0usize, 0usize);
    for character in text.chars().take(MOST_CHARACTERS) {
        if is_chinese(character) {
            chinese += LETTERS_PER_WORD;
        } else if character.is_alphabetic() {
            letters += 1;
        }
    }
    if chinese > letters {
        Language::Chinese
    } else {
        Language::English
    }
}

/// Places in the weights, sorted, each once.
pub fn features(text: &str, language: Language, hints: &Hints) -> Vec<u32> {
    let tokens = tokens(text);
    let mut found = Vec::with_capacity(tokens.len() * 3);
    match language {
        Language::English => english(&tokens, &mut found),
        Language::Chinese => chinese(&tokens, &mut found),
    }
    if !found.is_empty() {
        found.extend(marks(text, language, hints));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Words in lower case, single Chinese characters, and the marks `!` and `?`; numbers are all one token.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let flush = |word: &mut String, tokens: &mut Vec<String>| {
        if !word.is_empty() {
            let is_number = word.chars().all(|c| c.is_ascii_digit());
            let taken = std::mem::take(word);
            tokens.push(if is_number { "0".to_owned() } else { taken });
        }
    };
    for character in text.chars().take(MOST_CHARACTERS).map(narrow) {
        if is_chinese(character) {
            flush(&mut word, &mut tokens);
            tokens.push(simplified(character).to_string());
        } else if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        } else if character == '\'' || character == '’' {
            // don't is one word, however its apostrophe is typed
        } else {
            flush(&mut word, &mut tokens);
            if matches!(character, '!' | '?') {
                tokens.push(character.to_string());
            }
        }
    }
    flush(&mut word, &mut tokens);
    tokens
}

fn english(tokens: &[String], found: &mut Vec<u32>) {
    let mut denied = 0;
    for (place, token) in tokens.iter().enumerate() {
        found.push(hash(&[token]));
        if let Some(next) = tokens.get(place + 1) {
            found.push(hash(&[token, next]));
        }
        if denied > 0 {
            found.push(hash(&["not", "…", token]));
            denied -= 1;
        }
        if is_denial(token) {
            denied = 3;
        }
        // The end of a long word says little, its beginning much: disappointed, disappointing.
        if let Some((end, _)) = token.char_indices().nth(5) {
            found.push(hash(&[&token[..end], "-"]));
        }
    }
}

fn is_denial(token: &str) -> bool {
    matches!(
        token,
        "not" | "no" | "never" | "without" | "nobody" | "nothing" | "cannot"
    ) || token.ends_with("nt")
}

fn chinese(tokens: &[String], found: &mut Vec<u32>) {
    for place in 0..tokens.len() {
        for length in 1..=3 {
            if let Some(run) = tokens.get(place..place + length) {
                let run: Vec<&str> = run.iter().map(String::as_str).collect();
                found.push(hash(&run));
            }
        }
    }
}

/// FNV-1a over the parts, with a mark between them.
fn hash(parts: &[&(impl AsRef<str> + ?Sized)]) -> u32 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.as_ref().bytes().chain([0]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let mixed = (state ^ (state >> 29)) % (WIDTH - MARKS) as u64;
    u32::try_from(mixed).unwrap_or_default()
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Full-width forms as their ASCII ones.
fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_the_language_that_most_of_it_is_in() {
        for (text, expected) in [
            ("Where is my order?", Language::English),
            ("我的 order 20311 到哪里了", Language::Chinese),
            ("I bought 台灯 from you last week", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }

    #[test]
    fn case_width_and_apostrophes_make_no_difference() {
        let read = |text, language| features(text, language, &Hints::default());
        let plain = read("i don't like it!", Language::English);
        assert_eq!(read("I DON’T LIKE IT！", Language::English), plain);
        assert_eq!(
            read("貨不對辦", Language::Chinese),
            read("货不对办", Language::Chinese)
        );
    }
}
