//! The header of a message or part: its lines, unfolded and decoded as leniently as people write them.
//! What a value means (addresses, parameters, dates) is read elsewhere.

use super::{charset, encoded_word};

/// Header fields in the order in which they stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers<'a> {
    fields: Vec<Field<'a>>,
    /// The charset that raw 8-bit values are tried in first.
    pub(crate) charset_hint: Option<String>,
}

#[derive(Debug, Clone)]
struct Field<'a> {
    /// As it was written.
    name: &'a str,
    value: &'a [u8],
}

impl Field<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Splits `raw` into its header and the offset at which the body starts.
pub(crate) fn split(raw: &[u8]) -> (Headers<'_>, usize) {
    split_within(raw, MOST_FIELDS)
}

/// The same for a part of a message, of whose header little is ever asked.
pub(super) fn split_part(raw: &[u8]) -> (Headers<'_>, usize) {
    split_within(raw, MOST_FIELDS_OF_A_PART)
}

fn split_within(raw: &[u8], most_fields: usize) -> (Headers<'_>, usize) {
    let mut lines = Lines::new(raw);
    lines.skip_preface();
    let mut headers = Headers::default();
    let mut foreign = 0;
    // Where the value of the last field begins.
    let mut value = None;
    while let Some((start, line, end)) = lines.next_line() {
        if line.is_empty() {
            return (headers, end);
        }
        let blank = line.iter().all(u8::is_ascii_whitespace);
        if blank && !lines.upcoming_belongs_to_header() {
            return (headers, end);
        }
        if matches!(line[0], b' ' | b'\t') {
            if let (Some(last), Some(from)) = (headers.fields.last_mut(), value) {
                last.value = &raw[from..end];
            }
        } else if headers.fields.len() >= most_fields {
            // Nobody's header: the rest of it is passed over, so that it costs no memory.
            value = None;
        } else if let Some((name, colon)) = field_name(line) {
            let from = start + colon + 1;
            value = Some(from);
            headers.fields.push(Field {
                name,
                value: &raw[from..end],
            });
        } else {
            foreign += 1;
            if foreign > MOST_FOREIGN_LINES || !lines.upcoming_belongs_to_header() {
                return (headers, start);
            }
        }
    }
    (headers, raw.len())
}

/// Whether a line begins a field.
pub(crate) fn is_field(line: &[u8]) -> bool {
    field_name(line).is_some()
}

/// A field's name and the place of its colon.
fn field_name(line: &[u8]) -> Option<(&str, usize)> {
    let colon = line.iter().take(200).position(|&b| b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let fits = !name.is_empty() && name.iter().all(|b| (33..=126).contains(b));
    let name = fits.then(|| std::str::from_utf8(name).ok()).flatten()?;
    Some((name, colon))
}

struct Lines<'a> {
    raw: &'a [u8],
    position: usize,
    newline: u8,
}

impl<'a> Lines<'a> {
    fn new(raw: &'a [u8]) -> Self {
        let newline = if raw.contains(&b'\n') { b'\n' } else { b'\r' };
        Lines {
            raw,
            position: 0,
            newline,
        }
    }

    /// Start, content without its ending, and end of the next line.
    fn next_line(&mut self) -> Option<(usize, &'a [u8], usize)> {
        let start = self.position;
        let rest = self.raw.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest
            .iter()
            .position(|&b| b == self.newline)
            .map_or(rest.len(), |at| at + 1);
        self.position = start + length;
        let mut line = &rest[..length];
        while let [head @ .., b'\r' | b'\n'] = line {
            line = head;
        }
        Some((start, line, self.position))
    }

    /// Empty lines, a byte order mark and an mbox separator that stand before the header.
    fn skip_preface(&mut self) {
        if self.raw.starts_with(b"\xef\xbb\xbf") {
            self.position = 3;
        }
        loop {
            let before = self.position;
            let Some((_, line, _)) = self.next_line() else {
                self.position = before;
                return;
            };
            let skipped = line.trim_ascii().is_empty() || is_separator(line);
            if !skipped {
                self.position = before;
                return;
            }
        }
    }

    /// Whether the header goes on after a line that is none: a field follows, or words that are
    /// indented like a folded value.
    fn upcoming_belongs_to_header(&self) -> bool {
        let mut ahead = Lines {
            raw: self.raw,
            position: self.position,
            newline: self.newline,
        };
        let Some((_, line, _)) = ahead.next_line() else {
            return false;
        };
        let folded = matches!(line.first(), Some(b' ' | b'\t')) && !line.trim_ascii().is_empty();
        folded || field_name(line).is_some_and(|(name, _)| !is_scheme(name)) || {
            let mut found = 0;
            for _ in 0..MOST_FOREIGN_LINES {
                match ahead.next_line() {
                    Some((_, line, _)) if !line.trim_ascii().is_empty() => {
                        found +=
                            usize::from(field_name(line).is_some_and(|(name, _)| is_of_every_message(name)));
                    }
                    _ => break,
                }
            }
            found >= 2
        }
    }
}

/// `From ann@shop.example Mon Jun 1 …` of mbox files; `From : Ann` is a field.
fn is_separator(line: &[u8]) -> bool {
    let line = line.strip_prefix(b">").unwrap_or(line);
    line.strip_prefix(b"From ")
        .is_some_and(|rest| !rest.trim_ascii_start().starts_with(b":"))
}

/// Fields beyond this number are not kept.
const MOST_FIELDS: usize = 10_000;
const MOST_FIELDS_OF_A_PART: usize = 100;
/// Octets of a value that are read: some thousands of addresses.
const LONGEST_VALUE: usize = 256 << 10;
/// So many lines may stand in a header that are none of it.
const MOST_FOREIGN_LINES: usize = 30;

/// Fields that every message has: they do not stand in a body's first lines.
fn is_of_every_message(name: &str) -> bool {
    [
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "received",
        "content-type",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

/// `http://…` in a body's first line looks like a field.
fn is_scheme(name: &str) -> bool {
    ["http", "https", "mailto", "ftp"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

impl Headers<'_> {
    /// The first value of that name (given in lower case), unfolded, 8-bit decoded, trimmed;
    /// encoded words stand as they are.
    pub(crate) fn raw(&self, name: &str) -> Option<String> {
        self.fields
            .iter()
            .find(|field| field.is(name))
            .map(|field| self.unfold(field.value))
    }

    pub(crate) fn raw_all(&self, name: &str) -> Vec<String> {
        self.fields
            .iter()
            .filter(|field| field.is(name))
            .map(|field| self.unfold(field.value))
            .collect()
    }

    /// The fields of any of these names in the order in which they stand, unfolded.
    pub(crate) fn named<'n>(&self, names: &[&'n str]) -> impl Iterator<Item = (&'n str, String)> {
        self.fields
            .iter()
            .filter_map(|field| Some((names.iter().find(|name| field.is(name))?, field)))
            .map(|(name, field)| (*name, self.unfold(field.value)))
    }

    /// The first value of that name as a reader sees it.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| visible(&encoded_word::decode(&value)))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.is(name))
    }

    fn unfold(&self, value: &[u8]) -> String {
        let value = value.get(..LONGEST_VALUE).unwrap_or(value);
        let mut bytes: Vec<u8> = value
            .iter()
            .copied()
            .filter(|b| !matches!(b, b'\r' | b'\n' | 0))
            .collect();
        for byte in &mut bytes {
            if *byte == b'\t' {
                *byte = b' ';
            }
        }
        self.decode(bytes.trim_ascii()).trim().to_owned()
    }

    fn decode(&self, bytes: &[u8]) -> String {
        if bytes.windows(2).any(|pair| pair == b"\x1b$") {
            return charset::decode(bytes, Some("iso-2022-jp"));
        }
        let hinted = || {
            self.charset_hint
                .as_deref()
                .and_then(|hint| charset::decode_strict(bytes, hint))
        };
        match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => hinted().unwrap_or_else(|| charset::decode(bytes, None)),
        }
    }
}

/// Control characters that an encoded word smuggled in become blanks.
pub(crate) fn visible(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(raw: &[u8]) -> Option<String> {
        split(raw).0.text("subject")
    }

    #[test]
    fn fields_are_found_however_the_header_is_written() {
        let cases: &[(&[u8], Option<&str>)] = &[
            (b"Subject: hi\r\n\r\nbody", Some("hi")),
            (b"subject : hi\n\nbody", Some("hi")),
            (b"  \r\n\r\nSubject: hi\r\n\r\n", Some("hi")),
            (b"From a@b Mon Jan 1\nSubject: hi\n\n", Some("hi")),
            (b"Subject: one\r\n two\r\n\tthree\r\n\r\n", Some("one two three")),
            (b"Subject: hi\rTo: a@b\r\rbody", Some("hi")),
            (b"garbage here\r\nSubject: hi\r\n\r\n", Some("hi")),
            (b"\xef\xbb\xbfSubject: hi\r\n\r\n", Some("hi")),
            (b"Subject: caf\xe9\r\n\r\n", Some("caf\u{e9}")),
            (b"just a body\r\nwithout header", None),
            (b"", None),
        ];
        for (raw, wanted) in cases {
            assert_eq!(
                subject(raw).as_deref(),
                *wanted,
                "{:?}",
                String::from_utf8_lossy(raw)
            );
        }
    }

    #[test]
    fn the_body_starts_after_the_first_empty_line() {
        let raw = b"A: b\r\n\r\nbody\r\n\r\nmore";
        assert_eq!(&raw[split(raw).1..], b"body\r\n\r\nmore");
        let bare = b"just a body";
        assert_eq!(split(bare).1, 0);
    }

    #[test]
    fn raw_eight_bit_values_follow_the_charset_of_the_body() {
        let (mut headers, _) = split(b"Subject: \xc4\xe3\xba\xc3\r\n\r\n");
        headers.charset_hint = Some("gb2312".into());
        assert_eq!(headers.text("subject").as_deref(), Some("你好"));
    }
}
