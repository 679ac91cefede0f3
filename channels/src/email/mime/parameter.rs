//! Values with parameters: Content-Type and Content-Disposition (RFC 2045, RFC 2183), with the
//! continuations and charsets of RFC 2231 and the encoded words that many senders use instead.

use super::header::visible;
use super::{charset, encoded_word, transfer};

/// A main value in lower case and its parameters, decoded; names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameterised {
    pub(crate) value: String,
    parameters: Vec<(String, String)>,
}

impl Parameterised {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads `text/plain; charset=utf-8; name*=utf-8''…`.
pub(crate) fn parse(text: &str) -> Parameterised {
    let mut pieces = Pieces { rest: Some(text) };
    let value = pieces.next().unwrap_or_default();
    let value = value
        .split(['(', ' ', ','])
        .next()
        .unwrap_or_default()
        .trim_matches('"')
        .to_ascii_lowercase();
    let raw: Vec<RawParameter> = pieces.take(MOST_PARAMETERS).filter_map(raw_parameter).collect();
    let mut parameters: Vec<(String, String)> = Vec::new();
    for parameter in &raw {
        if !parameters.iter().any(|(name, _)| *name == parameter.name) {
            parameters.push((parameter.name.clone(), assemble(&raw, &parameter.name)));
        }
    }
    Parameterised { value, parameters }
}

/// Each one is compared with all others; a file name in pieces needs some dozens.
const MOST_PARAMETERS: usize = 200;

struct RawParameter {
    name: String,
    /// `name*2` has section 2; a whole value has none.
    section: Option<u32>,
    extended: bool,
    value: String,
}

fn raw_parameter(piece: &str) -> Option<RawParameter> {
    let (key, value) = piece.split_once('=')?;
    let mut key = key.trim().to_ascii_lowercase();
    let extended = key.ends_with('*');
    key.truncate(key.trim_end_matches('*').len());
    let (name, section) = match key.split_once('*') {
        Some((name, number)) => (name.to_owned(), number.parse().ok()),
        None => (key, None),
    };
    let value = unquote(value.trim(), &name);
    Some(RawParameter {
        name,
        section,
        extended,
        value,
    })
}

fn unquote(value: &str, name: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        let is_name = matches!(name, "name" | "filename");
        let end = if is_name {
            value.len()
        } else {
            value.find([' ', '(']).unwrap_or(value.len())
        };
        return value[..end].trim_matches('"').to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => out.extend(characters.next()),
            _ => out.push(c),
        }
    }
    out
}

/// Sections in their order, bytes joined before decoding, since a character may be split.
fn assemble(raw: &[RawParameter], name: &str) -> String {
    let mut mine: Vec<&RawParameter> = raw.iter().filter(|parameter| parameter.name == name).collect();
    if let Some(whole) = mine
        .iter()
        .find(|parameter| parameter.section.is_none() && parameter.extended)
    {
        return extended_value(&[whole]);
    }
    if mine.iter().any(|parameter| parameter.section.is_some()) {
        mine.retain(|parameter| parameter.section.is_some());
        mine.sort_by_key(|parameter| parameter.section);
        return extended_value(&mine);
    }
    mine.first()
        .map(|parameter| visible(&encoded_word::decode(&parameter.value)))
        .unwrap_or_default()
}

fn extended_value(sections: &[&RawParameter]) -> String {
    let mut declared = None;
    let mut bytes = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let mut text = section.value.as_str();
        if index == 0
            && section.extended
            && let Some((charset, rest)) = text.split_once('\'')
        {
            declared = (!charset.is_empty()).then_some(charset);
            text = rest.split_once('\'').map_or(rest, |(_language, value)| value);
        }
        if section.extended {
            bytes.extend(percent_decode(text));
        } else {
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    let plain = !sections.iter().any(|section| section.extended);
    let text = charset::decode(&bytes, declared);
    visible(&if plain || text.starts_with("=?") {
        encoded_word::decode(&text)
    } else {
        text
    })
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escaped = (bytes[index] == b'%')
            .then(|| bytes.get(index + 1..index + 3))
            .flatten()
            .and_then(transfer::hex_pair);
        out.push(escaped.unwrap_or(bytes[index]));
        index += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

/// What stands between semicolons outside quotes, without blanks around.
struct Pieces<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let (mut quoted, mut escaped) = (false, false);
        for (index, byte) in text.bytes().enumerate() {
            if byte == b';' && !quoted {
                self.rest = Some(&text[index + 1..]);
                return Some(text[..index].trim());
            }
            quoted ^= byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
        }
        Some(text.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn parameters_are_read_in_every_spelling() {
        for (text, name, wanted) in [
            ("text/plain; charset=utf-8", "charset", "utf-8"),
            ("text/plain; charset=\"utf-8\"; format=flowed", "format", "flowed"),
            ("text/plain; charset=us-ascii (Plain text)", "charset", "us-ascii"),
            ("a/b; name=my file.pdf", "name", "my file.pdf"),
            (
                "a/b; name=\"semi;colon \\\"q\\\".txt\"",
                "name",
                "semi;colon \"q\".txt",
            ),
            (
                "a/b; filename*=utf-8''%E4%BD%A0%E5%A5%BD.txt",
                "filename",
                "你好.txt",
            ),
            (
                "a/b; filename*0*=utf-8''%E4%BD; filename*1*=%A0.txt",
                "filename",
                "你.txt",
            ),
            (
                "a/b; filename*1=\"two.txt\"; filename*0=\"one-\"",
                "filename",
                "one-two.txt",
            ),
            (
                "a/b; filename=\"=?utf-8?B?5L2g5aW9LnR4dA==?=\"",
                "filename",
                "你好.txt",
            ),
            ("a/b; filename=x.txt; filename*=utf-8''y.txt", "filename", "y.txt"),
            ("a/b; name=\"C:\\temp\\a.doc\"", "name", "C:tempa.doc"),
        ] {
            assert_eq!(parse(text).get(name), Some(wanted), "{text}");
        }
    }

    #[test]
    fn the_main_value_is_lower_case_and_bare() {
        assert_eq!(parse("Text/HTML (comment); a=b").value, "text/html");
        assert_eq!(parse("").value, "");
    }
}
