//! Whether a person forwarded somebody else's mail, and whose: what lets an agent open a ticket for
//! a customer by forwarding. Conservative: without the forwarded header block it is no forward.

use crate::email::address::{self, parse_list};
use crate::email::forward_words::{FORWARD_MARKERS, FORWARD_PREFIXES};
use crate::email::lines::Lines;
use crate::email::mime::Part;
use crate::email::parse::Mail;
use crate::email::quote_words::folded;
use crate::email::{attribution, quote_header};

const RULES: [&str; 4] = ["--", "__", "==", "**"];
/// A marker is a few words; in bytes, since most lines are longer.
const LONGEST_TITLE: usize = 120;

pub(crate) struct Forward {
    pub(crate) from: Option<String>,
}

pub(crate) fn detect(root: &Part<'_>, mail: &Mail) -> Option<Forward> {
    if mail.automatic.forbids_answer() && !matches!(mail.automatic, crate::email::automatic::Automatic::Bulk)
    {
        return None;
    }
    let by_subject = has_forward_subject(&mail.subject);
    let lines = Lines::of(&mail.text);
    let marker = (0..lines.len()).find_map(|index| Some((index, after_marker(&lines, index)?)));
    if let Some((index, rest)) = marker {
        let from = quote_header::first_sender(&lines, index + 1).or_else(|| address_in(rest));
        // A forward within quoted history is history.
        let is_quoted = || (0..index).any(|at| attribution::length_at(&lines, at).is_some());
        return (by_subject || from.is_some() && !is_quoted()).then_some(Forward { from });
    }
    if let Some(from) = bare_forward(&lines, mail) {
        return Some(Forward { from: Some(from) });
    }
    if !by_subject {
        return None;
    }
    if let Some(start) = quote_header::find_block(&lines) {
        return Some(Forward {
            from: quote_header::first_sender(&lines, start),
        });
    }
    let attached = root
        .walk()
        .into_iter()
        .skip(1)
        .find(|part| part.is_message())?
        .nested_headers();
    Some(Forward {
        from: attached.from.and_then(|from| address::fold(&from.address)),
    })
}

fn has_forward_subject(subject: &str) -> bool {
    let subject = folded(subject.trim());
    let subject = subject.trim_start_matches('[');
    FORWARD_PREFIXES.iter().any(|prefix| {
        subject
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.trim_start().starts_with([':', '：']))
    })
}

/// What follows a line's forward marker (`---- Forwarded message ----`), if it has one.
fn after_marker<'a>(lines: &Lines<'a>, index: usize) -> Option<&'a str> {
    let line = lines.get(index)?;
    let bare = line.trim_start_matches(['>', ' ', '\t', '*']);
    let ruled = RULES.iter().any(|rule| bare.starts_with(rule));
    let inner = bare.trim_start_matches(['-', '_', '=', '*', ' ']);
    let end = if ruled {
        let ends = RULES.iter().filter_map(|rule| inner.find(rule));
        ends.min().unwrap_or(inner.len())
    } else {
        inner.len()
    };
    let title = inner[..end].trim().trim_end_matches(['*', '-', '_', ' ']);
    if title.is_empty() || title.len() > LONGEST_TITLE {
        return None;
    }
    if !(ruled || title.ends_with([':', '：']) || heads_a_block(lines, index + 1)) {
        return None;
    }
    let title = folded(title);
    let is_marker = FORWARD_MARKERS.iter().any(|marker| title.starts_with(marker));
    is_marker.then(|| inner[end..].trim_start_matches(['-', '_', '=', '*', ' ']))
}

fn heads_a_block(lines: &Lines<'_>, start: usize) -> bool {
    let below = start..start + 3;
    let first = below
        .into_iter()
        .find(|&index| lines.get(index).is_some_and(|line| !line.trim().is_empty()));
    first.is_some_and(|index| lines.field(index) == Some(quote_header::Kind::From))
}

/// The header block of somebody else's mail with no word above it. In an answer without words the
/// block would name one of the addresses that the answer goes to.
fn bare_forward(lines: &Lines<'_>, mail: &Mail) -> Option<String> {
    let is_rule = |line: &str| line.trim_start_matches(['_', '-', '=', ' ', '\t']).is_empty();
    let start = lines.from(0).position(|line| !is_rule(line))?;
    if !quote_header::is_block_start(lines, start) {
        return None;
    }
    let from = quote_header::first_sender(lines, start)?;
    let domain = address::domain(&from)?;
    let answered = mail
        .to
        .iter()
        .chain(&mail.cc)
        .any(|to| address::domain(&to.address).as_ref() == Some(&domain));
    (!answered).then_some(from)
}

/// The address within a header-like value such as `Ann <ann@shop.example> [mailto:…]`.
pub(crate) fn address_in(value: &str) -> Option<String> {
    let found = parse_list(value)
        .into_iter()
        .filter(|mailbox| !mailbox.address.contains(':'))
        .find_map(|mailbox| address::fold(&mailbox.address));
    found.or_else(|| {
        let words = value.split(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | '(' | ')' | ':' | '"' | ',' | '*' | '|')
        });
        words.filter(|word| word.contains('@')).find_map(address::fold)
    })
}

#[cfg(test)]
mod tests {
    use crate::email::parse::parse;

    #[test]
    fn a_forwarded_mail_names_its_sender() {
        for body in [
            "FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ann Li <ann@shop.example>\r\nDate: Mon, 1 Jun 2020\r\nSubject: Broken\r\nTo: <us@x.y>\r\n\r\nIt broke.\r\n",
            "Begin forwarded message:\r\n\r\n> From: \"Ann\" <ann@shop.example>\r\n> Subject: Broken\r\n> To: us@x.y\r\n>\r\n> It broke.\r\n",
            "请处理\r\n\r\n-------- 转发邮件信息 --------\r\n发件人：\"Ann\" <ann@shop.example>\r\n发送日期：2020-06-01 10:00:00\r\n收件人：us@x.y\r\n主题：坏了\r\n\r\n坏了\r\n",
            "\r\nVon: Ann [mailto:ann@shop.example]\r\nGesendet: Montag, 1. Juni 2020\r\nAn: us\r\nBetreff: Kaputt\r\n\r\nKaputt.\r\n",
        ] {
            let mail = parse(format!("From: agent@us.example\r\nContent-Type: text/plain; charset=utf-8\r\nSubject: Fwd: Broken\r\n\r\n{body}").as_bytes());
            assert!(mail.is_forward, "{body}");
            assert_eq!(mail.forwarded_from.as_deref(), Some("ann@shop.example"), "{body}");
            assert!(
                mail.reply.contains(body.trim_end().lines().last().unwrap()),
                "forwarded mail is content"
            );
        }
    }

    #[test]
    fn an_answer_is_no_forward() {
        let mail = parse(b"From: a@b.c\r\nSubject: Re: Broken\r\n\r\nOn Monday Ann <ann@shop.example> wrote:\r\n> It broke.\r\n");
        assert!(!mail.is_forward);
    }
}
