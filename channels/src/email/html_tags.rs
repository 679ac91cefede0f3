//! Tags of HTML told apart as the standard's tokenizer does: where they, their attributes, comments and the
//! contents of raw elements end. It knows no elements within each other; that is `html_limits`.

/// A tag's name in lower case; what is longer than any name that we know is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Name {
    letters: [u8; Name::LONGEST],
    length: u8,
}

impl Name {
    const LONGEST: usize = 15;

    /// The name that begins there, and how many octets it takes.
    pub(super) fn read(bytes: &[u8]) -> (Name, usize) {
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let length = bytes.iter().position(is_end).unwrap_or(bytes.len());
        let mut name = Name::default();
        for (letter, byte) in name.letters.iter_mut().zip(&bytes[..length]) {
            *letter = byte.to_ascii_lowercase();
            name.length += 1;
        }
        (name, length)
    }

    pub(super) fn letters(&self) -> &[u8] {
        &self.letters[..usize::from(self.length)]
    }

    /// Whether the content of such an element is no markup.
    pub(super) fn is_raw(&self) -> bool {
        matches!(
            self.letters(),
            b"script"
                | b"style"
                | b"title"
                | b"textarea"
                | b"xmp"
                | b"iframe"
                | b"noembed"
                | b"noframes"
                | b"noscript"
        )
    }
}

/// Where the content of a raw element ends: before the `</` of its end tag.
pub(super) fn end_of_raw(html: &[u8], from: usize, name: Name) -> Option<usize> {
    let name = name.letters();
    let mut rest = html.get(from..)?;
    let mut end = from;
    while let Some(at) = rest.iter().position(|&byte| byte == b'<') {
        let after = &rest[at + 1..];
        let closes = after.strip_prefix(b"/").and_then(|after| after.get(..name.len()));
        if closes.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(end + at);
        }
        end += at + 1;
        rest = after;
    }
    None
}

/// The length of a comment, by the rules of the standard, so that nothing is hidden in what only looks like one.
pub(super) fn comment(bytes: &[u8]) -> usize {
    let rest = &bytes[4..];
    if rest.starts_with(b">") {
        return 5;
    }
    if rest.starts_with(b"->") {
        return 6;
    }
    let mut from = 0;
    while let Some(at) = rest[from..]
        .windows(2)
        .position(|pair| pair == b"--")
        .map(|at| from + at)
    {
        let after = &rest[at + 2..];
        if after.starts_with(b">") {
            return 4 + at + 3;
        }
        if after.starts_with(b"!>") {
            return 4 + at + 4;
        }
        from = at + 1;
    }
    bytes.len()
}

/// The attributes of a tag, from the octet behind its name.
pub(super) struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Behind the last attribute; what follows it up to the end says nothing.
    last: usize,
}

/// A name and what stands behind its equals sign, both as written.
pub(super) struct Attribute<'a> {
    /// Behind the attribute before it.
    pub(super) start: usize,
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    /// Marks where none belong, each an error for a parser.
    pub(super) misplaced: usize,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Attributes { bytes, at, last: at }
    }

    /// Where the tag ends, once all attributes were read.
    pub(super) fn end(&self) -> usize {
        self.at.min(self.bytes.len())
    }

    /// What stands between the last attribute and the end of the tag, once all were read: where it begins, and its
    /// misplaced marks.
    pub(super) fn rest(&self) -> (usize, usize) {
        let rest = self.bytes.get(self.last..self.end()).unwrap_or_default();
        (self.last, count(rest, b"/").saturating_sub(1))
    }

    fn until(&self, from: usize, is_end: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|&byte| is_end(byte)).unwrap_or(rest.len())
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let is_blank = |byte: u8| byte.is_ascii_whitespace();
        self.last = self.at;
        let start = self.until(self.at, |byte| !is_blank(byte) && byte != b'/');
        if matches!(self.bytes.get(start), Some(b'>') | None) {
            self.at = start + 1;
            return None;
        }
        // An equals sign at the start belongs to the name.
        let name_end = self.until(start + 1, |byte| {
            is_blank(byte) || matches!(byte, b'/' | b'>' | b'=')
        });
        let name = &self.bytes[start..name_end];
        let equals = self.until(name_end, |byte| !is_blank(byte));
        let mut attribute = Attribute {
            start: self.last,
            name,
            value: b"",
            misplaced: count(&self.bytes[self.last..start], b"/")
                + usize::from(start == self.last)
                + count(name, b"\"'<")
                + usize::from(name.starts_with(b"=")),
        };
        if self.bytes.get(equals) != Some(&b'=') {
            self.at = name_end;
            return Some(attribute);
        }
        let value = self.until(equals + 1, |byte| !is_blank(byte));
        let (from, to) = match self.bytes.get(value) {
            Some(&quote @ (b'"' | b'\'')) => (value + 1, self.until(value + 1, |byte| byte == quote)),
            Some(b'>') | None => (value, value),
            Some(_) => (value, self.until(value, |byte| is_blank(byte) || byte == b'>')),
        };
        attribute.value = self.bytes.get(from..to).unwrap_or_default();
        if from == value {
            attribute.misplaced += count(attribute.value, b"\"'<=`");
        }
        self.at = (to + usize::from(from > value)).min(self.bytes.len());
        Some(attribute)
    }
}

fn count(bytes: &[u8], marks: &[u8]) -> usize {
    bytes.iter().filter(|byte| marks.contains(byte)).count()
}

/// The brackets that open comments within a comment, each an error for a parser.
pub(super) fn misplaced_in_comment(comment: &[u8]) -> usize {
    let within = comment.get(4..).unwrap_or_default();
    within.windows(4).filter(|four| *four == b"<!--").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misplaced_marks_are_counted() {
        for (tag, wanted) in [
            ("<p a=1 b='<\"' c=\"='\" d/>", 0),
            ("<p a=\"1\"b=2>", 1),
            ("<p a\"b c'd <e =f =g>", 4),
            ("<a href=http://x/?a=1&b=2>", 2),
            ("<p // a///>", 4),
            ("<p ////>", 3),
        ] {
            let mut attributes = Attributes::new(tag.as_bytes(), 2);
            let within: usize = attributes.by_ref().map(|one| one.misplaced).sum();
            assert_eq!(within + attributes.rest().1, wanted, "{tag}");
        }
        assert_eq!(misplaced_in_comment(b"<!-- <!-- <!-- x -->"), 2);
    }

    #[test]
    fn attributes_are_read_as_browsers_do() {
        for (tag, wanted) in [
            ("<p a=1 b='2' c=\"3\" d>x", "a=1 b=2 c=3 d="),
            ("<p a=\"1\"b='>'/c=3/>x", "a=1 b=> c=3/"),
            ("<p =a=1 = >x", "=a=1 =="),
            ("<p a = 1>x", "a=1"),
            ("<p a=", "a="),
            ("<p a=\"x", "a=x"),
            ("<p", ""),
        ] {
            let mut attributes = Attributes::new(tag.as_bytes(), 2);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let found: Vec<String> = attributes
                .by_ref()
                .map(|one| format!("{}={}", text(one.name), text(one.value)))
                .collect();
            assert_eq!(found.join(" "), wanted, "{tag}");
            assert!(attributes.end() <= tag.len(), "{tag}");
        }
    }
}
