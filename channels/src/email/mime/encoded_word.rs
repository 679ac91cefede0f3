//! RFC 2047 encoded words, including the usual ways of getting them wrong: split characters,
//! missing padding, blanks inside, encoded words within quotes. Not the parameters of RFC 2231.

use super::{charset, transfer};

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Decodes every encoded word of a header's text. Blanks between two encoded words disappear, and
/// neighbours of the same charset are joined before decoding, so that split characters survive.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<Word<'_>> = None;
    let mut rest = text;
    // Behind the last end nothing is a word, however it begins.
    let last = text.rfind("?=").map_or(text.len(), |at| text.len() - at);
    while let Some(start) = rest.find("=?").filter(|at| rest.len() - at > last) {
        let (before, from_start) = rest.split_at(start);
        let Some((word, length)) = word_at(from_start) else {
            settle(&mut out, &mut pending);
            out.push_str(before);
            out.push_str("=?");
            rest = &from_start[2..];
            continue;
        };
        if pending.is_some() && before.trim().is_empty() {
            join(&mut out, &mut pending, word);
        } else {
            settle(&mut out, &mut pending);
            out.push_str(before);
            pending = Some(word);
        }
        rest = &from_start[length..];
    }
    settle(&mut out, &mut pending);
    out.push_str(rest);
    out
}

/// Byte length of the encoded word that `text` starts with, if it does.
pub(crate) fn length_at(text: &str) -> Option<usize> {
    word_at(text).map(|(_, length)| length)
}

fn word_at(text: &str) -> Option<(Word<'_>, usize)> {
    let inner = text.strip_prefix("=?")?;
    let (charset, after_charset) = inner.split_once('?')?;
    if charset.len() > 60 || charset.contains(char::is_whitespace) {
        return None;
    }
    let (encoding, after_encoding) = after_charset.split_once('?')?;
    if !matches!(encoding.trim(), "B" | "b" | "Q" | "q") {
        return None;
    }
    let end = after_encoding.find("?=")?;
    let payload = &after_encoding[..end];
    let bytes = match encoding.trim() {
        "B" | "b" => transfer::base64(payload.as_bytes()),
        _ => q_bytes(payload),
    };
    let length = text.len() - after_encoding.len() + end + 2;
    let charset = charset.split_once('*').map_or(charset, |(name, _language)| name);
    Some((Word { charset, bytes }, length))
}

fn q_bytes(payload: &str) -> Vec<u8> {
    let spaced: Vec<u8> = payload
        .bytes()
        .map(|b| if b == b'_' { b' ' } else { b })
        .collect();
    let mut out = Vec::with_capacity(spaced.len());
    let mut index = 0;
    while index < spaced.len() {
        let escaped = (spaced[index] == b'=')
            .then(|| spaced.get(index + 1..index + 3))
            .flatten()
            .and_then(transfer::hex_pair);
        out.push(escaped.unwrap_or(spaced[index]));
        index += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

fn join<'a>(out: &mut String, pending: &mut Option<Word<'a>>, word: Word<'a>) {
    match pending {
        Some(held) if held.charset.eq_ignore_ascii_case(word.charset) => {
            held.bytes.extend_from_slice(&word.bytes);
        }
        _ => {
            settle(out, pending);
            *pending = Some(word);
        }
    }
}

fn settle(out: &mut String, pending: &mut Option<Word<'_>>) {
    if let Some(word) = pending.take() {
        out.push_str(&charset::decode(&word.bytes, Some(word.charset)));
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encoded_words_are_decoded() {
        for (input, wanted) in [
            ("plain", "plain"),
            ("=?UTF-8?B?5L2g5aW9?=", "你好"),
            ("=?utf-8?q?caf=C3=A9_au_lait?= now", "café au lait now"),
            ("=?UTF-8?B?5L2g?= \t=?UTF-8?B?5aW9?=", "你好"),
            ("=?UTF-8?B?5L0=?= =?UTF-8?B?oA==?=", "你"),
            ("a =?utf-8?q?b?= c =?utf-8?q?d?=", "a b c d"),
            ("=?gb2312?B?xOO6ww==?=", "你好"),
            ("=?utf-8*en?Q?hi?=", "hi"),
            ("=?utf-8?Q?with blanks inside?=", "with blanks inside"),
            ("=?broken", "=?broken"),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?iso-8859-1?Q?a?= =?utf-8?Q?=C3=A9?=", "aé"),
        ] {
            assert_eq!(decode(input), wanted);
        }
    }
}
