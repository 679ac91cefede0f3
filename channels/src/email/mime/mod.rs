//! Reads a message into its tree of parts (RFC 5322, RFC 2045-2049), for every input however broken.
//!
//! Our own reader rather than a crate: a helpdesk gets raw 8-bit headers, malformed base64, leading
//! blanks and wrong charsets daily, and attachments must come out byte for byte. It knows parts, not
//! what they mean to a reader: which are shown, quoted or automatic is decided by its callers.

pub(crate) mod charset;
mod code_page;
pub(crate) mod date;
pub(crate) mod encoded_word;
pub(crate) mod header;
pub(crate) mod parameter;
mod seven_bit;
pub(crate) mod transfer;
mod utf7;

use std::borrow::Cow;
use std::io::BufRead as _;

use header::Headers;
use parameter::Parameterised;

/// Nesting beyond this is shown as one opaque part; no mail program nests so deep.
const MAX_DEPTH: usize = 30;
/// Parts beyond this number are left within their parent.
pub(crate) const MAX_PARTS: usize = 2_000;

/// Octets that are searched for boundaries, all levels together: so many times the message.
const SEARCHES: usize = 10;
const LEAST_SEARCHED: usize = 1 << 20;

/// Every part remembers the name of the message's charset.
const LONGEST_CHARSET: usize = 60;

/// One node of the tree. Its body is still transfer-encoded.
#[derive(Debug, Clone)]
pub(crate) struct Part<'a> {
    pub(crate) headers: Headers<'a>,
    pub(crate) content_type: Parameterised,
    pub(crate) disposition: Parameterised,
    pub(crate) body: &'a [u8],
    pub(crate) children: Vec<Part<'a>>,
}

/// Reads a whole message.
pub(crate) fn parse(raw: &[u8]) -> Part<'_> {
    let mut budget = Budget {
        parts: MAX_PARTS,
        octets: raw.len().saturating_mul(SEARCHES).max(LEAST_SEARCHED),
    };
    let mut root = part(raw, "text/plain", 0, &mut budget);
    let hint = first_charset(&root);
    set_hint(&mut root, hint.as_deref());
    root
}

/// What taking a message apart may still cost.
struct Budget {
    parts: usize,
    octets: usize,
}

impl Budget {
    /// Whether a body may be searched; what is not is shown as one part.
    fn allows(&mut self, body: &[u8]) -> bool {
        let left = self.octets.checked_sub(body.len());
        self.octets = left.unwrap_or(0);
        left.is_some()
    }
}

fn part<'a>(raw: &'a [u8], default_type: &str, depth: usize, budget: &mut Budget) -> Part<'a> {
    let (headers, body_start) = if depth == 0 {
        header::split(raw)
    } else {
        header::split_part(raw)
    };
    let mut content_type = parameter::parse(&headers.raw("content-type").unwrap_or_default());
    if content_type.value == "multipart" {
        content_type.value = String::from("multipart/mixed");
    } else if !content_type.value.contains('/') {
        // `application-x-gzip; name=a.gz` is a file; text without a type of its own has no name.
        let is_file = !content_type.value.is_empty() && content_type.get("name").is_some();
        content_type.value = String::from(if is_file {
            "application/octet-stream"
        } else {
            default_type
        });
    }
    let disposition = parameter::parse(&headers.raw("content-disposition").unwrap_or_default());
    let mut part = Part {
        headers,
        content_type,
        disposition,
        body: &raw[body_start..],
        children: Vec::new(),
    };
    if part.is_multipart() && depth < MAX_DEPTH && budget.allows(part.body) {
        part.children = children(&part, depth, budget);
    }
    part
}

fn children<'a>(parent: &Part<'a>, depth: usize, budget: &mut Budget) -> Vec<Part<'a>> {
    let declared = parent
        .content_type
        .get("boundary")
        .map(|boundary| boundary.trim_end().as_bytes().to_vec());
    let sections = declared
        .filter(|boundary| !boundary.is_empty())
        .map(|boundary| sections(parent.body, &boundary, budget.parts))
        .filter(|found| !found.is_empty())
        .or_else(|| {
            guessed_boundary(parent.body).map(|boundary| sections(parent.body, &boundary, budget.parts))
        })
        .unwrap_or_default();
    let default_type = if parent.content_type.value == "multipart/digest" {
        "message/rfc822"
    } else {
        "text/plain"
    };
    let mut children = Vec::new();
    for section in sections {
        if budget.parts == 0 {
            break;
        }
        budget.parts -= 1;
        children.push(part(section, default_type, depth + 1, budget));
    }
    children
}

/// The slices between the boundary lines; the line break before a boundary belongs to it.
fn sections<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut position = 0;
    while let Some(start) = next_dashes(body, position) {
        let rest = &body[start + 2..];
        let length = line_length(rest);
        position = start + 2 + length;
        let Some(rest) = rest[..length].strip_prefix(boundary) else {
            continue;
        };
        let closing = rest.starts_with(b"--");
        if !closing && !rest.trim_ascii().is_empty() {
            continue;
        }
        if let Some(from) = open.take() {
            found.push(without_last_break(&body[from..start]));
        }
        if closing || found.len() >= most {
            return found;
        }
        open = Some(position);
    }
    if let Some(from) = open
        && from < body.len()
    {
        found.push(&body[from..]);
    }
    found
}

/// Where the next line begins that starts with two dashes; lines begin at `from`.
fn next_dashes(body: &[u8], from: usize) -> Option<usize> {
    let mut start = from;
    loop {
        let rest = body.get(start..).filter(|rest| !rest.is_empty())?;
        if rest.starts_with(b"--") {
            return Some(start);
        }
        start += line_length(rest);
    }
}

/// Up to and with the line's end. The standard library searches for an octet fast, but only so.
fn line_length(mut rest: &[u8]) -> usize {
    rest.skip_until(b'\n').unwrap_or(rest.len())
}

fn without_last_break(section: &[u8]) -> &[u8] {
    let section = section.strip_suffix(b"\n").unwrap_or(section);
    section.strip_suffix(b"\r").unwrap_or(section)
}

/// A multipart that lost its boundary parameter still begins with the boundary itself.
fn guessed_boundary(body: &[u8]) -> Option<Vec<u8>> {
    let mut lines = body.split(|&b| b == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.find(|line| !line.is_empty())?;
    let boundary = first
        .strip_prefix(b"--")
        .filter(|boundary| !boundary.is_empty() && !boundary.contains(&b' '))?;
    lines
        .any(|line| line.starts_with(first))
        .then(|| boundary.to_vec())
}

fn first_charset(part: &Part<'_>) -> Option<String> {
    let own = part
        .content_type
        .get("charset")
        .filter(|charset| !charset.eq_ignore_ascii_case("us-ascii") && charset.len() <= LONGEST_CHARSET);
    own.map(str::to_owned)
        .or_else(|| part.children.iter().find_map(first_charset))
}

fn set_hint(part: &mut Part<'_>, hint: Option<&str>) {
    part.headers.charset_hint = hint.map(str::to_owned);
    if part
        .content_type
        .get("name")
        .or(part.disposition.get("filename"))
        .is_some_and(|name| !name.is_ascii())
    {
        // Raw 8-bit file names were read before the hint was known.
        let value = std::mem::take(&mut part.content_type.value);
        part.content_type = parameter::parse(&part.headers.raw("content-type").unwrap_or_default());
        part.content_type.value = value;
        part.disposition = parameter::parse(&part.headers.raw("content-disposition").unwrap_or_default());
    }
    for child in &mut part.children {
        set_hint(child, hint);
    }
}

impl<'a> Part<'a> {
    pub(crate) fn is_multipart(&self) -> bool {
        self.content_type.value.starts_with("multipart/")
    }

    pub(crate) fn is_message(&self) -> bool {
        matches!(
            self.content_type.value.as_str(),
            "message/rfc822" | "message/global" | "message/news"
        )
    }

    /// The body's octets without its transfer encoding, charset untouched.
    pub(crate) fn bytes(&self) -> Cow<'a, [u8]> {
        let encoding = self.headers.raw("content-transfer-encoding").unwrap_or_default();
        let encoding = encoding.split(['(', ' ', ';']).next().unwrap_or_default();
        transfer::decode(self.body, encoding)
    }

    /// The body as text, line endings as they are.
    pub(crate) fn text(&self) -> String {
        charset::decode(&self.bytes(), self.content_type.get("charset"))
    }

    /// The file name that the sender gave, made safe to show and to store.
    pub(crate) fn file_name(&self) -> Option<String> {
        let name = self
            .disposition
            .get("filename")
            .or_else(|| self.content_type.get("name"))?;
        safe_name(name)
    }

    /// The Content-ID without its brackets.
    pub(crate) fn content_id(&self) -> Option<String> {
        let id = self.headers.raw("content-id")?;
        let id = id.trim().trim_matches(['<', '>', ' ']).to_owned();
        (!id.is_empty()).then_some(id)
    }

    /// This part and all below it, in reading order.
    pub(crate) fn walk(&self) -> Vec<&Part<'a>> {
        let mut all = vec![self];
        for child in &self.children {
            all.extend(child.walk());
        }
        all
    }
}

pub(crate) fn safe_name(name: &str) -> Option<String> {
    let clean: String = name
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let clean = clean.trim();
    let nothing = clean.is_empty() || clean.chars().all(|c| c == '.');
    (!nothing).then(|| clean.chars().take(255).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf_types(raw: &str) -> Vec<String> {
        parse(raw.as_bytes())
            .walk()
            .iter()
            .filter(|part| part.children.is_empty())
            .map(|part| part.content_type.value.clone())
            .collect()
    }

    #[test]
    fn the_tree_follows_the_boundaries() {
        let raw = "Content-Type: multipart/mixed; boundary=a\r\n\r\npreamble\r\n--a\r\nContent-Type: multipart/alternative; boundary=\"ab\"\r\n\r\n--ab\r\n\r\nplain\r\n--ab\r\nContent-Type: text/html\r\n\r\n<p>\r\n--ab--\r\n--a\r\nContent-Type: image/png\r\n\r\nx\r\n--a--\r\nepilogue";
        assert_eq!(leaf_types(raw), ["text/plain", "text/html", "image/png"]);
    }

    #[test]
    fn broken_multiparts_still_give_their_parts() {
        assert_eq!(
            leaf_types(
                "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: text/html\n\ntwo"
            ),
            ["text/plain", "text/html"]
        );
        assert_eq!(
            leaf_types("Content-Type: multipart/mixed\n\n--x\n\none\n--x--\n"),
            ["text/plain"]
        );
        assert_eq!(
            leaf_types("Content-Type: multipart/mixed; boundary=a\n\nno boundary at all"),
            ["multipart/mixed"]
        );
    }

    #[test]
    fn file_names_cannot_leave_their_folder() {
        assert_eq!(safe_name("../../etc/passwd").as_deref(), Some(".._.._etc_passwd"));
        assert_eq!(safe_name("a\u{7}b\\c.txt").as_deref(), Some("ab_c.txt"));
        assert_eq!(safe_name(" .. "), None);
    }
}
