//! Bounces of servers that write their report as prose: told by sender and subject, read by the
//! shapes their texts share. Conservative: a customer's mail about a bounce is not one.

use crate::email::address::{self, Mailbox};
use crate::email::bounce::{Action, Bounce, Outcome, usable};
use crate::email::bounce_words::{CUES, DELAY_SIGNS, FAILED_SUBJECTS, FAILED_TEXTS, MEANINGS, SENDERS};
use crate::email::mime::Part;
use crate::email::mime::header::Headers;
use crate::email::parse::Mail;

pub(crate) fn looks_like_bounce(root: &Part<'_>, mail: &Mail) -> bool {
    if root.headers.has("x-failed-recipients") {
        return true;
    }
    let subject = mail.subject.to_lowercase();
    let from = mail.from.as_ref().map(shown).unwrap_or_default().to_lowercase();
    let by_daemon =
        SENDERS.iter().any(|sender| from.contains(sender)) || mail.return_path.as_deref() == Some("");
    let by_subject = FAILED_SUBJECTS.iter().any(|known| subject.contains(known));
    let start = beginning(&mail.text, 3_000).to_lowercase();
    let by_text = FAILED_TEXTS.iter().any(|known| start.contains(known));
    let returns_message = root.walk().iter().skip(1).any(|part| part.is_message());
    by_daemon && (by_subject || by_text) || returns_message && by_text && is_refusal(&start)
}

fn shown(from: &Mailbox) -> String {
    format!("{} {}", from.name.as_deref().unwrap_or_default(), from.address)
}

/// A quoted SMTP refusal or a sentence that only servers write.
fn is_refusal(text: &str) -> bool {
    [
        "550 ",
        "552 ",
        "554 ",
        "rcpt to",
        "送信できません",
        "配信できません",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

pub(crate) fn read(headers: &Headers<'_>, mail: &Mail) -> Outcome {
    let subject = mail.subject.to_lowercase();
    let start = beginning(&mail.text, 2_000).to_lowercase();
    let delayed = DELAY_SIGNS
        .iter()
        .any(|sign| subject.contains(sign) || start.contains(sign))
        && !start.contains("giving up");
    let status = status_code(&mail.text);
    let permanent = status.as_deref().is_none_or(|code| code.starts_with('5'));
    let action = if delayed { Action::Delayed } else { Action::Failed };
    let bounce = Bounce {
        recipient: recipient(headers, mail),
        status,
        original_message_id: None,
        permanent,
    };
    Outcome { action, bounce }
}

/// So many lines after a cue still belong to it.
const CUE_REACH: usize = 6;
/// A report that says nothing in so many lines, or names so many, is none that we can use.
const LINES_OF_A_REPORT: usize = 500;
const ADDRESSES_A_LINE: usize = 20;

/// The failed address: the server's own header, else the address that the text puts forward most
/// plainly, before the copy of the message begins.
pub(crate) fn recipient(headers: &Headers<'_>, mail: &Mail) -> Option<String> {
    if let Some(found) = headers
        .raw("x-failed-recipients")
        .and_then(|value| usable(&value))
    {
        return Some(found);
    }
    let own: Vec<String> = mail
        .from
        .iter()
        .chain(&mail.to)
        .filter_map(|mailbox| address::fold(&mailbox.address))
        .collect();
    let mut best: Option<(u8, String)> = None;
    let mut since_cue = usize::MAX;
    let start = &mail.text[..mail.text.floor_char_boundary(OCTETS_OF_A_REPORT)];
    for line in start
        .lines()
        .take(LINES_OF_A_REPORT)
        .take_while(|line| !begins_copy(line))
    {
        let lower = line.trim().to_lowercase();
        let has_cue = CUES.iter().any(|cue| lower.contains(cue));
        since_cue = if has_cue { 0 } else { since_cue.saturating_add(1) };
        let said = rank(&lower, since_cue);
        for found in addresses(line).take(ADDRESSES_A_LINE) {
            // Servers list us and themselves too, but not at the head of a line of its own.
            let rank = if said < 4 && own.contains(&found) { 0 } else { said };
            if rank > best.as_ref().map_or(0, |(rank, _)| *rank) {
                best = Some((rank, found));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// How plainly a line says that the address in it failed; 0 when it does not.
fn rank(line: &str, since_cue: usize) -> u8 {
    let speaks_of_others = [
        "from:",
        "contact",
        "assistance",
        "reply to",
        "support",
        "sender",
        "accepting mail from",
    ];
    if line.starts_with("final-recipient")
        || line.starts_with("original-recipient")
        || line.contains("rcpt to:")
    {
        5
    } else if line.starts_with('<') && (line.contains(">:") || line.ends_with('>')) {
        4
    } else if speaks_of_others.iter().any(|words| line.contains(words))
        || SENDERS.iter().any(|sender| line.contains(sender))
    {
        0
    } else if since_cue == 0 && line.starts_with("to:") {
        1
    } else if since_cue <= CUE_REACH {
        3
    } else {
        1
    }
}

fn begins_copy(line: &str) -> bool {
    let lower = line.trim_start().to_lowercase();
    let rule = lower.starts_with("--") || lower.starts_with("|--");
    lower.starts_with("received: from")
        || lower.starts_with("return-path:")
        || rule
            && (lower.contains("copy of")
                || lower.contains("message text")
                || lower.contains("original message"))
}

/// Everything in the text that looks like an address, folded, in order.
fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_break = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>' | '(' | ')' | '"' | ',' | ';' | ':' | '[' | ']' | '\'' | '：' | '，' | '。'
            )
    };
    text.split(is_break)
        .filter(|word| word.contains('@'))
        .filter_map(|word| {
            // `dda:SMTP=a@b.c` of X.400 gateways.
            let word = word.rsplit_once("SMTP=").map_or(word, |(_, address)| address);
            let word = word.trim_matches(['.', '*', '=', '!']);
            address::fold(word).filter(|folded| {
                folded
                    .rsplit('@')
                    .next()
                    .is_some_and(|domain| domain.contains('.'))
            })
        })
}

/// So many of its characters.
fn beginning(text: &str, characters: usize) -> &str {
    let end = text
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// A report says its code long before.
const OCTETS_OF_A_REPORT: usize = 64 << 10;

/// The first enhanced status code (RFC 3463) that stands by itself, of class 4 or 5 (or 2).
pub(crate) fn status_code(text: &str) -> Option<String> {
    let text = &text[..text.floor_char_boundary(OCTETS_OF_A_REPORT)];
    let is_edge = |c: char| !(c.is_ascii_digit() || c == '.');
    let mut candidates = text
        .split(is_edge)
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| is_status(word));
    candidates.next().map(str::to_owned)
}

/// The status that the first lines of a report mean, where they name none.
pub(crate) fn meaning(text: &str) -> Option<String> {
    let start = beginning(text, 3_000).to_lowercase();
    let known = MEANINGS.iter().find(|(words, _)| start.contains(words));
    known.map(|(_, code)| (*code).to_owned())
}

fn is_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = parts.next().is_some_and(|class| matches!(class, "2" | "4" | "5"));
    let subject = parts.next().is_some_and(|part| (1..=2).contains(&part.len()));
    let detail = parts.next().is_some_and(|part| (1..=3).contains(&part.len()));
    class && subject && detail && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::automatic::Automatic;
    use crate::email::parse::parse;

    #[test]
    fn status_codes_are_told_from_addresses_and_versions() {
        for (text, wanted) in [
            ("550 5.1.1 no such user", Some("5.1.1")),
            ("(#5.1.1)", Some("5.1.1")),
            ("from 5.1.1.7 by x", None),
            ("version 3.2.1", None),
            ("452-4.2.2 full.", Some("4.2.2")),
            ("said: 550 5.7.26.", Some("5.7.26")),
        ] {
            assert_eq!(status_code(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn prose_reports_are_read() {
        let raw = "From: MAILER-DAEMON@mx.example\r\nTo: desk@us.example\r\nSubject: failure notice\r\n\r\nHi. This is the qmail-send program at mx.example.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n<gone@shop.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <m2@us.example>\r\n";
        let Automatic::Bounce(bounce) = parse(raw.as_bytes()).automatic else {
            panic!("not seen as a bounce")
        };
        assert_eq!(bounce.recipient.as_deref(), Some("gone@shop.example"));
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert_eq!(bounce.original_message_id.as_deref(), Some("m2@us.example"));
    }

    #[test]
    fn a_customer_writing_about_a_bounce_is_a_customer() {
        let raw = "From: Ann <ann@shop.example>\r\nSubject: Undelivered mail from you?\r\n\r\nI got this: 550 5.1.1. What is wrong?\r\n";
        assert_eq!(parse(raw.as_bytes()).automatic, Automatic::No);
    }
}
