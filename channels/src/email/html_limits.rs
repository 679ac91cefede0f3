//! HTML that would cost more to read than its size is worth is cut down first: tags with thousands of
//! attributes and thousands of elements within each other, which make every HTML parser take time (and
//! memory) by the square. What people write stays as it is, byte for byte.

use std::borrow::Cow;

const MOST_ATTRIBUTES: usize = 300;
/// Elements within each other; newsletters reach some sixty.
const DEEPEST: usize = 250;
/// Bold within italic within …: each one is opened again in every paragraph that follows.
const MOST_FORMATTING: usize = 60;

/// The same HTML, without what is beyond the limits.
pub(super) fn bounded(html: &str) -> Cow<'_, str> {
    let mut scanner = Scanner::default();
    let mut kept = String::new();
    let mut copied = 0;
    let mut position = 0;
    while let Some(at) = html[position..].find('<').map(|at| position + at) {
        let (length, cut) = scanner.tag(html.as_bytes(), at);
        position = at + length;
        if let Some(cut) = cut {
            kept.push_str(&html[copied..at + cut]);
            if cut > 0 {
                kept.push('>');
            }
            copied = position;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    kept.push_str(&html[copied..]);
    Cow::Owned(kept)
}

#[derive(Default)]
struct Scanner {
    depth: usize,
    formatting: usize,
    /// Up to here stands the content of an element that holds no markup.
    raw_until: usize,
    /// Within some elements a parser does take that content for markup: once there is one, it counts.
    doubtful: bool,
    /// Raw elements that are closed nowhere further on.
    unclosed: Vec<Vec<u8>>,
}

impl Scanner {
    /// The length of what begins with the `<` there, and where to cut it: at 0 it goes altogether.
    fn tag(&mut self, html: &[u8], at: usize) -> (usize, Option<usize>) {
        let bytes = &html[at..];
        let raw = at < self.raw_until;
        if raw && !self.doubtful {
            return (self.raw_until - at, None);
        }
        match bytes.get(1) {
            Some(b'!') if bytes.starts_with(b"<!--") && !raw => (comment(bytes), None),
            Some(b'/') if raw => (2, None),
            Some(b'/') => {
                self.close(&name(&bytes[2..]));
                (2, None)
            }
            Some(first) if first.is_ascii_alphabetic() => self.open(html, at),
            _ => (1, None),
        }
    }

    fn open(&mut self, html: &[u8], at: usize) -> (usize, Option<usize>) {
        let bytes = match self.raw_until {
            until if at < until => &html[at..until],
            _ => &html[at..],
        };
        let name = name(&bytes[1..]);
        let attributes = attributes(bytes, 1 + name.len());
        self.doubtful |= matches!(name.as_slice(), b"svg" | b"math" | b"select" | b"frameset");
        let goes = if is_formatting(&name) {
            self.formatting += 1;
            self.formatting > MOST_FORMATTING
        } else if nests(&name) {
            self.depth += 1;
            self.depth > DEEPEST
        } else {
            false
        };
        if goes {
            return (attributes.end, Some(0));
        }
        if at >= self.raw_until && is_raw(&name) {
            self.depth = self.depth.saturating_sub(1);
            self.enter_raw(html, at + attributes.end, name);
        }
        (attributes.end, attributes.cut)
    }

    fn enter_raw(&mut self, html: &[u8], from: usize, name: Vec<u8>) {
        if self.unclosed.contains(&name) {
            return;
        }
        match end_of_raw(html, from, &name) {
            Some(end) => self.raw_until = end,
            None => self.unclosed.push(name),
        }
    }

    fn close(&mut self, name: &[u8]) {
        if is_formatting(name) {
            self.formatting = self.formatting.saturating_sub(1);
        } else if nests(name) && !is_raw(name) {
            self.depth = self.depth.saturating_sub(1);
        }
    }
}

/// Where the content of a raw element ends.
fn end_of_raw(html: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let mut rest = html.get(from..).unwrap_or_default();
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

/// By the rules of the standard, so that nothing is hidden in what only looks like a comment.
fn comment(bytes: &[u8]) -> usize {
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

fn name(bytes: &[u8]) -> Vec<u8> {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let end = bytes
        .iter()
        .take(40)
        .position(is_end)
        .unwrap_or(bytes.len().min(40));
    bytes[..end].to_ascii_lowercase()
}

struct Attributes {
    end: usize,
    /// Where the first attribute too many begins.
    cut: Option<usize>,
}

/// Walks over the attributes of a tag as the standard's tokenizer does.
fn attributes(bytes: &[u8], start: usize) -> Attributes {
    let (mut count, mut cut, mut at) = (0, None, start);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return Attributes { end: at + 1, cut },
            b'/' => at += 1,
            _ if byte.is_ascii_whitespace() => at += 1,
            _ => {
                count += 1;
                if count > MOST_ATTRIBUTES && cut.is_none() {
                    cut = Some(at);
                }
                at = attribute_end(bytes, at);
            }
        }
    }
    Attributes {
        end: bytes.len(),
        cut,
    }
}

fn attribute_end(bytes: &[u8], start: usize) -> usize {
    let until = |from: usize, is_end: &dyn Fn(u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|&byte| is_end(byte)).unwrap_or(rest.len())
    };
    let is_blank = |byte: u8| byte.is_ascii_whitespace();
    // An equals sign at the start belongs to the name.
    let name_end = until(start + 1, &|byte| {
        is_blank(byte) || matches!(byte, b'/' | b'>' | b'=')
    });
    let equals = until(name_end, &|byte| !is_blank(byte));
    if bytes.get(equals) != Some(&b'=') {
        return equals;
    }
    let value = until(equals + 1, &|byte| !is_blank(byte));
    match bytes.get(value) {
        Some(&quote @ (b'"' | b'\'')) => (until(value + 1, &|byte| byte == quote) + 1).min(bytes.len()),
        Some(b'>') | None => value,
        Some(_) => until(value, &|byte| is_blank(byte) || byte == b'>'),
    }
}

fn is_formatting(name: &[u8]) -> bool {
    matches!(
        name,
        b"a" | b"b"
            | b"big"
            | b"code"
            | b"em"
            | b"font"
            | b"i"
            | b"nobr"
            | b"s"
            | b"small"
            | b"strike"
            | b"strong"
            | b"tt"
            | b"u"
    )
}

/// Elements that stay open until they are closed. The others end by themselves or hold nothing.
fn nests(name: &[u8]) -> bool {
    !matches!(
        name,
        b"p" | b"li"
            | b"td"
            | b"th"
            | b"tr"
            | b"tbody"
            | b"thead"
            | b"tfoot"
            | b"dt"
            | b"dd"
            | b"option"
            | b"optgroup"
            | b"br"
            | b"img"
            | b"hr"
            | b"input"
            | b"meta"
            | b"link"
            | b"area"
            | b"base"
            | b"col"
            | b"colgroup"
            | b"embed"
            | b"source"
            | b"track"
            | b"wbr"
            | b"param"
            | b"html"
            | b"head"
            | b"body"
    )
}

fn is_raw(name: &[u8]) -> bool {
    matches!(
        name,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_as_it_is() {
        for html in [
            "<p>a < b & c</p>",
            "<table><tr><td style='a>b'>x</table>",
            "<!-- <b><b> --><i>x</i><!-->",
            "<title><b></title><p a=\"1\"b='2'c=3 d>",
            "<b",
            "<a href=\"",
            "<",
            "",
        ] {
            assert!(
                matches!(bounded(html), Cow::Borrowed(same) if same == html),
                "{html}"
            );
        }
        let long = "<p><b>x</b><div>y</div><td>z".repeat(10_000);
        assert!(matches!(bounded(&long), Cow::Borrowed(_)));
    }

    #[test]
    fn floods_are_cut() {
        let attributes = format!("<p {}>x</p>", "a='>'b=1 ".repeat(5_000));
        let cut = bounded(&attributes);
        assert!(cut.len() < 6_000 && cut.ends_with(">x</p>"), "{}", cut.len());
        for (open, close) in [("<div>", "</div>"), ("<font color=1>", "</font>")] {
            let nested = format!("{}x", open.repeat(10_000));
            assert_eq!(
                bounded(&nested).matches('<').count(),
                if open == "<div>" { DEEPEST } else { MOST_FORMATTING }
            );
            let hidden = format!("<!--{0}-->", close.repeat(50));
            let nested = format!("{open}{hidden}").repeat(1_000);
            assert!(bounded(&nested).matches(open).count() <= DEEPEST, "{open}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_never_panics_and_never_grows_much(html in "[<>/=\"' a-c!é-]{0,80}") {
            proptest::prop_assert!(bounded(&html).len() <= html.len() + 1);
        }
    }
}
