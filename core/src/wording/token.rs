//! A text as tokens: each Chinese character, each word of letters in its stem, each number, each emoji.

use super::simplified::simplified;
use super::stem::stem;

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Break {
    None,
    /// A comma, or white space between Chinese characters.
    Clause,
    Sentence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chinese,
    Word,
    Number,
    /// An emoji, `%`, or a sign of money.
    Sign,
}

#[derive(Debug, Clone)]
pub struct Token {
    /// In lower case, simplified, a word without its endings.
    pub text: String,
    pub kind: Kind,
    pub before: Break,
    /// Where it stands in the text, in bytes.
    pub start: usize,
    pub end: usize,
}

impl Token {
    /// How much of a gap it fills: a word says about as much as two Chinese characters.
    pub(super) fn width(&self) -> usize {
        match self.kind {
            Kind::Chinese => 1,
            Kind::Word | Kind::Number => 2,
            Kind::Sign => 0,
        }
    }
}

/// The tokens of the first `most` characters of a text.
pub fn tokens(text: &str, most: usize) -> Vec<Token> {
    let mut reader = Reader {
        found: Vec::new(),
        word: String::new(),
        start: 0,
        end: 0,
        before: Break::Sentence,
        is_possessive: false,
    };
    let mut rest = text.char_indices().take(most).peekable();
    while let Some((at, original)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        reader.take(at, original, next);
    }
    reader.flush();
    reader.found
}

struct Reader {
    found: Vec<Token>,
    word: String,
    start: usize,
    end: usize,
    before: Break,
    /// The `s` after an apostrophe is not read.
    is_possessive: bool,
}

impl Reader {
    fn take(&mut self, at: usize, original: char, next: Option<char>) {
        let character = narrow(original);
        let end = at + original.len_utf8();
        if is_chinese(character) {
            self.flush();
            self.push(simplified(character).to_string(), Kind::Chinese, at, end);
        } else if character.is_alphanumeric() {
            if std::mem::take(&mut self.is_possessive)
                && matches!(character, 's' | 'S')
                && !next.is_some_and(char::is_alphanumeric)
            {
                return;
            }
            if self.word.is_empty() {
                self.start = at;
            }
            self.word.extend(character.to_lowercase());
            self.end = end;
        } else if matches!(character, '\'' | '’' | '‘' | '`' | '´') && !self.word.is_empty() {
            self.is_possessive = true;
        } else if matches!(character, '.' | ',')
            && self.word.ends_with(|c: char| c.is_ascii_digit())
            && next.is_some_and(|next| next.is_ascii_digit())
        {
            self.word.push(character);
        } else {
            self.flush();
            self.mark(character, at, end, next);
        }
    }

    fn mark(&mut self, character: char, at: usize, end: usize, next: Option<char>) {
        let follows_chinese = self.found.last().is_some_and(|last| last.kind == Kind::Chinese);
        let stop = match character {
            '\n' | '!' | '?' | '。' | '…' | ';' => Break::Sentence,
            '.' if next.is_none_or(|next| !next.is_alphanumeric()) => Break::Sentence,
            ',' | ':' | '(' | ')' | '"' | '“' | '”' => Break::Clause,
            ' ' | '\t' | '\u{3000}' if follows_chinese && next.is_some_and(is_chinese) => Break::Clause,
            '%' | '$' | '£' | '€' | '¥' | '￥' => {
                self.push(character.to_string(), Kind::Sign, at, end);
                Break::None
            }
            sign if is_emoji(sign) => {
                self.push(sign.to_string(), Kind::Sign, at, end);
                Break::None
            }
            _ => Break::None,
        };
        self.before = self.before.max(stop);
    }

    fn flush(&mut self) {
        self.is_possessive = false;
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let (text, kind) = if is_number {
            (word, Kind::Number)
        } else {
            (stem(&word), Kind::Word)
        };
        self.push(text, kind, self.start, self.end);
    }

    fn push(&mut self, text: String, kind: Kind, start: usize, end: usize) {
        let before = std::mem::replace(&mut self.before, Break::None);
        self.found.push(Token {
            text,
            kind,
            before,
            start,
            end,
        });
    }
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn is_emoji(character: char) -> bool {
    matches!(character, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
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
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text, 1000).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_lose_their_endings_and_chinese_is_read_by_character() {
        for (text, expected) in [
            (
                "The parcels hadn't arrived",
                vec!["the", "parcel", "hadnt", "ariv"],
            ),
            ("customer’s lamp", vec!["customer", "lamp"]),
            ("ＰＡＩＤ £29.90!", vec!["pay", "£", "29.90"]),
            ("退貨 order 20311", vec!["退", "货", "order", "20311"]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_parts_two_tokens_is_known() {
        let breaks = |text| {
            let before = |token: Token| token.before;
            tokens(text, 1000)
                .into_iter()
                .skip(1)
                .map(before)
                .collect::<Vec<_>>()
        };
        assert_eq!(breaks("no, thanks. Bye"), [Break::Clause, Break::Sentence]);
        assert_eq!(breaks("好 的。在"), [Break::Clause, Break::Sentence]);
    }

    proptest! {
        #[test]
        fn a_token_says_where_it_stands(text in "\\PC{0,120}", odd in any::<String>()) {
            for text in [text, odd] {
                let mut last = 0;
                for token in tokens(&text, 1000) {
                    prop_assert!(token.start >= last && token.end > token.start);
                    prop_assert!(text.get(token.start..token.end).is_some());
                    last = token.end;
                }
            }
        }
    }
}
