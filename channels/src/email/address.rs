//! Email addresses: read from headers as people write them, folded for comparison, refused when they
//! could break out of a header or a command. Whether an address exists is nobody's business here.

use crate::email::mime::encoded_word;
use crate::email::mime::header::visible;

/// Mailboxes of a header that are read; no server sends to so many at once.
pub(crate) const MOST_MAILBOXES: usize = 5_000;

/// One mailbox of a header. The address is as written; compare with [`fold`].
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mailbox {
    pub address: String,
    pub name: Option<String>,
}

/// An address in the form used for comparing and storing: lower case, without blanks or brackets.
/// Internationalised domains stay as they are. `None` when it is no usable address.
pub fn fold(address: &str) -> Option<String> {
    let bare = address.trim();
    let bare = bare
        .strip_prefix('<')
        .and_then(|inner| inner.strip_suffix('>'))
        .unwrap_or(bare)
        .trim();
    let (local, domain) = bare.rsplit_once('@')?;
    let length_fits = !local.is_empty() && local.len() <= 128 && !domain.is_empty() && domain.len() <= 253;
    let domain_fits = is_literal(domain)
        || domain
            .split('.')
            .all(|label| !label.is_empty() && !label.contains(['[', ']']));
    (length_fits && domain_fits && bare.chars().all(is_safe)).then(|| bare.to_lowercase())
}

/// What may stand in an address that we put into a header or an SMTP command.
fn is_safe(c: char) -> bool {
    !c.is_control()
        && !c.is_whitespace()
        && !matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\')
}

fn is_literal(domain: &str) -> bool {
    domain.starts_with('[') && domain.ends_with(']')
}

/// The part after the last `@`, folded.
pub fn domain(address: &str) -> Option<String> {
    fold(address).and_then(|folded| folded.rsplit_once('@').map(|(_, domain)| domain.to_owned()))
}

/// Reads an address header (RFC 5322, section 3.4): names, comments, groups, routes, encoded words.
/// Entries that hold no address keep their text as the address, so that nothing is lost; entries beyond
/// thousands are.
pub(crate) fn parse_list(header: &str) -> Vec<Mailbox> {
    let mut list = List {
        words_end: header.rfind("?=").map_or(header.len(), |at| header.len() - at),
        ..List::default()
    };
    let mut rest = header;
    while let Some(c) = rest.chars().next().filter(|_| list.found.len() < MOST_MAILBOXES) {
        rest = list.take(c, rest);
    }
    list.finish_entry();
    list.found
}

#[derive(Default)]
struct List {
    found: Vec<Mailbox>,
    phrase: String,
    phrase_has_address: bool,
    angle: Option<String>,
    comment: Option<String>,
    /// Bytes of the phrase that stood before the angle.
    named_by: usize,
    /// Bytes from the end of the last encoded word to the end of the header.
    words_end: usize,
}

impl List {
    /// Consumes one token that starts with `c`; gives what is left.
    fn take<'a>(&mut self, c: char, rest: &'a str) -> &'a str {
        match c {
            '"' => self.take_quoted(rest),
            '(' => self.take_comment(rest),
            '<' => self.take_angle(rest),
            ',' | ';' => {
                self.finish_entry();
                &rest[1..]
            }
            ':' if self.angle.is_none() && !self.phrase_has_address => {
                self.phrase.clear();
                &rest[1..]
            }
            '=' if rest.starts_with("=?") && rest.len() > self.words_end => {
                let length = encoded_word::length_at(rest).unwrap_or(1);
                self.phrase_has_address |= rest[..length].contains('@');
                self.phrase.push_str(&rest[..length]);
                &rest[length..]
            }
            _ => {
                self.phrase_has_address |= c == '@';
                self.phrase.push(c);
                &rest[c.len_utf8()..]
            }
        }
    }

    fn take_quoted<'a>(&mut self, rest: &'a str) -> &'a str {
        let mut escaped = false;
        let mut text = String::new();
        let mut end = rest.len();
        for (index, c) in rest.char_indices().skip(1) {
            if c == '"' && !escaped {
                end = index + 1;
                break;
            }
            if c == '\\' && !escaped {
                escaped = true;
            } else {
                text.push(c);
                escaped = false;
            }
        }
        let is_local_part = rest[end..].starts_with('@');
        let taken = if is_local_part { &rest[..end] } else { &text };
        self.phrase_has_address |= taken.contains('@');
        self.phrase.push_str(taken);
        &rest[end..]
    }

    fn take_comment<'a>(&mut self, rest: &'a str) -> &'a str {
        let end = comment_length(rest);
        let inner = rest[1..end].strip_suffix(')').unwrap_or(&rest[1..end]);
        self.comment = Some(inner.trim().replace('\\', ""));
        &rest[end..]
    }

    fn take_angle<'a>(&mut self, rest: &'a str) -> &'a str {
        if self.angle.is_some() {
            self.split_entry();
        }
        let end = rest.find('>').unwrap_or(rest.len());
        let inner = without_comments(rest[1..end].trim_start_matches('<'));
        let inner = inner.trim();
        // A source route (RFC 5321, appendix C) stands before the address and means nothing.
        let inner = if inner.starts_with('@') {
            inner.rsplit_once(':').map_or(inner, |(_, address)| address)
        } else {
            inner
        };
        let is_quoted = inner.starts_with('"');
        self.angle = Some(
            inner
                .chars()
                .filter(|c| is_quoted || !c.is_whitespace())
                .collect(),
        );
        self.named_by = self.phrase.len();
        rest.get(end + 1..).unwrap_or_default()
    }

    /// A second address without a comma before it: what stood since the first belongs to it.
    fn split_entry(&mut self) {
        let next = self.phrase.split_off(self.named_by);
        self.finish_entry();
        self.phrase_has_address = next.contains('@');
        self.phrase = next;
    }

    fn finish_entry(&mut self) {
        self.phrase_has_address = false;
        let phrase = std::mem::take(&mut self.phrase).trim().to_owned();
        let comment = self.comment.take();
        let (address, name) = match self.angle.take() {
            Some(address) => (address, if phrase.is_empty() { comment } else { Some(phrase) }),
            None => bare_entry(&phrase, comment),
        };
        let name = name.map(|name| clean_name(&name)).filter(|name| !name.is_empty());
        if !address.is_empty() || name.is_some() {
            self.found.push(Mailbox {
                address: visible(&encoded_word::decode(&address)),
                name,
            });
        }
    }
}

/// Bytes of the comment that `text` starts with, brackets within it and escaped ones included.
fn comment_length(text: &str) -> usize {
    let (mut depth, mut escaped) = (0usize, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + c.len_utf8();
        }
    }
    text.len()
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('(') {
        out.push_str(&rest[..start]);
        rest = &rest[start + comment_length(&rest[start..])..];
    }
    out + rest
}

/// An entry without angle brackets: `a@b`, `a@b (Name)`, or `Name a@b` as some programs write it.
fn bare_entry(phrase: &str, comment: Option<String>) -> (String, Option<String>) {
    let decoded = encoded_word::decode(phrase);
    let words: Vec<&str> = decoded.split_whitespace().collect();
    match words.iter().position(|word| word.contains('@')) {
        Some(at) if words.len() > 1 && !decoded.contains('"') => {
            let others: Vec<&str> = words
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != at)
                .map(|(_, word)| *word)
                .collect();
            let spaced = others
                .iter()
                .any(|word| word.starts_with('.') || word.ends_with('.'))
                || words[at] == "@";
            if spaced {
                (words.concat(), comment)
            } else {
                (words[at].to_owned(), comment.or_else(|| Some(others.join(" "))))
            }
        }
        Some(_) => (decoded.trim().to_owned(), comment),
        // A bare word is shown as a name, since it is no address.
        None => (
            decoded.trim().to_owned(),
            comment.or_else(|| Some(decoded.trim().to_owned())),
        ),
    }
}

fn clean_name(name: &str) -> String {
    let decoded = visible(&encoded_word::decode(name));
    let trimmed = decoded.trim();
    let unquoted = ['"', '\'']
        .iter()
        .find_map(|quote| trimmed.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(trimmed);
    unquoted.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(header: &str) -> Vec<String> {
        parse_list(header)
            .into_iter()
            .map(|m| format!("{}|{}", m.name.unwrap_or_default(), m.address))
            .collect()
    }

    #[test]
    fn address_lists_are_read_as_people_write_them() {
        for (header, wanted) in [
            ("a@b.c", vec!["|a@b.c"]),
            ("<a@b.c>", vec!["|a@b.c"]),
            ("Ann <a@b.c>, Bob <d@e.f>", vec!["Ann|a@b.c", "Bob|d@e.f"]),
            ("\"Last, First\" <a@b.c>", vec!["Last, First|a@b.c"]),
            ("a@b.c (Mail System)", vec!["Mail System|a@b.c"]),
            ("=?utf-8?B?5L2g5aW9?= <a@b.c>", vec!["你好|a@b.c"]),
            ("=?utf-8?Q?Li,_Wei?= <a@b.c>", vec!["Li, Wei|a@b.c"]),
            ("\"=?utf-8?B?5L2g5aW9?=\" <a@b.c>", vec!["你好|a@b.c"]),
            (
                "friends: a@b.c, Dan <d@e.f>; g@h.i",
                vec!["|a@b.c", "Dan|d@e.f", "|g@h.i"],
            ),
            ("undisclosed-recipients:;", vec![]),
            ("Ann <@relay.x,@y:a@b.c>", vec!["Ann|a@b.c"]),
            ("Ann <a@b.c", vec!["Ann|a@b.c"]),
            ("a@b.c; d@e.f", vec!["|a@b.c", "|d@e.f"]),
            ("\"quoted local\"@b.c", vec!["|\"quoted local\"@b.c"]),
            ("", vec![]),
            (
                "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
                vec!["Pete|pete@silly.test"],
            ),
            ("Bob <b@c.d> Bobby <e@f.g>", vec!["Bob|b@c.d", "Bobby|e@f.g"]),
            (
                "<\"System Administrator\"@b.c>",
                vec!["|\"System Administrator\"@b.c"],
            ),
            ("MAILER-DAEMON", vec!["MAILER-DAEMON|MAILER-DAEMON"]),
        ] {
            assert_eq!(shown(header), wanted, "{header}");
        }
    }

    #[test]
    fn folding_makes_one_form_and_refuses_injection() {
        for (input, wanted) in [
            ("Ann@Example.COM", Some("ann@example.com")),
            (" <ann@example.com> ", Some("ann@example.com")),
            ("用户@例子.公司", Some("用户@例子.公司")),
            ("a@[127.0.0.1]", Some("a@[127.0.0.1]")),
            ("no at sign", None),
            ("a@b\r\nBcc: c@d", None),
            ("a b@c.d", None),
            ("a@b..c", None),
            ("@c.d", None),
            ("a@b,c@d", None),
            ("a>b@c.d", None),
        ] {
            assert_eq!(fold(input).as_deref(), wanted, "{input}");
        }
    }
}
