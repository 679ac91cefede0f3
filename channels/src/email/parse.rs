//! From the bytes of a message to what an agent reads: the only entry into parsing mail.
//! Never fails and never panics; it stores nothing, resolves nothing and trusts nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sha2::{Digest, Sha256};

use crate::email::address::{MOST_MAILBOXES, Mailbox, parse_list};
use crate::email::automatic::{self, Automatic};
use crate::email::mime::header::Headers;
use crate::email::mime::{self, Part};
use crate::email::protection::{self, Protection};
use crate::email::{body, forward, reply};

/// A message as a reader sees it. Nothing in it is verified: a From is a claim.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub from: Option<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub subject: String,
    /// Without brackets, like every id here.
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    /// In the order of the header, oldest first.
    pub references: Vec<String>,
    /// Epoch milliseconds by the sender's clock.
    pub date_ms: Option<i64>,
    /// The readable body, quoted history included.
    pub text: String,
    /// As it came: never show it without [`crate::email::html::sanitise`].
    pub html: Option<String>,
    /// What the sender newly wrote: `text` without quoted history.
    pub reply: String,
    pub attachments: Vec<Attachment>,
    /// Delivered-To, X-Original-To, Envelope-To: where the mail really went.
    pub delivered_to: Vec<String>,
    pub automatic: Automatic,
    /// What the message says of its own signature or encryption; nothing is verified.
    pub protection: Option<Protection>,
    /// A person forwarded somebody else's mail.
    pub is_forward: bool,
    pub forwarded_from: Option<String>,
    /// The envelope sender as the last server noted it; empty for `<>`.
    pub return_path: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Without path separators and control characters.
    pub name: Option<String>,
    /// Lower case, without parameters.
    pub media_type: String,
    pub content_id: Option<String>,
    /// The HTML shows it by its `cid:`.
    pub inline: bool,
    /// Decoded octets, charset untouched.
    pub bytes: Vec<u8>,
}

/// Reads a message. For every input there is an answer, at worst an empty one.
pub fn parse(raw: &[u8]) -> Mail {
    catch_unwind(AssertUnwindSafe(|| read(raw))).unwrap_or_else(|_| {
        tracing::error!(
            octets = raw.len(),
            "the mail reader panicked; the message is kept as plain text"
        );
        Mail {
            text: String::from_utf8_lossy(raw).replace('\0', ""),
            ..Mail::default()
        }
    })
}

/// SHA-256 of the octets after the header, in hexadecimal: with the Message-ID, what makes two
/// deliveries the same message.
pub fn body_hash(raw: &[u8]) -> String {
    let (_, start) = mime::header::split(raw);
    hexadecimal(&Sha256::digest(&raw[start..]))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn read(raw: &[u8]) -> Mail {
    let root = mime::parse(raw);
    let mut mail = from_headers(&root.headers);
    let opened = protection::signed_content(&root);
    let inner = opened.as_deref().map(mime::parse);
    let body = body::read(inner.as_ref().unwrap_or(&root));
    mail.text = body.text;
    mail.html = body.html;
    mail.attachments = body.attachments;
    mail.protection = protection::detect(&root, &mail.text);
    if let Some(notice) = mail.protection.and_then(Protection::notice)
        && mail.text.trim().is_empty()
    {
        notice.clone_into(&mut mail.text);
    }
    mail.automatic = automatic::classify(&root, &mail);
    let forwarded = forward::detect(&root, &mail);
    mail.is_forward = forwarded.is_some();
    mail.reply = if mail.is_forward {
        mail.text.trim().to_owned()
    } else {
        reply::trim(&mail.text)
    };
    mail.forwarded_from = forwarded.and_then(|forward| forward.from);
    if let Some(invitation) = body.invitation {
        add_paragraph(&mut mail.text, &invitation);
        add_paragraph(&mut mail.reply, &invitation);
    }
    mail
}

fn add_paragraph(text: &mut String, paragraph: &str) {
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(paragraph);
}

pub(crate) fn from_headers(headers: &Headers<'_>) -> Mail {
    let list = |name: &str| {
        headers
            .raw_all(name)
            .iter()
            .flat_map(|value| parse_list(value))
            .take(MOST_MAILBOXES)
            .collect::<Vec<_>>()
    };
    Mail {
        from: list("from").into_iter().next(),
        reply_to: list("reply-to"),
        to: list("to"),
        cc: list("cc"),
        subject: headers.text("subject").unwrap_or_default(),
        message_id: headers
            .raw("message-id")
            .and_then(|value| ids(&value).into_iter().next()),
        in_reply_to: headers
            .raw("in-reply-to")
            .and_then(|value| ids(&value).into_iter().next()),
        references: headers
            .raw("references")
            .map(|value| latest(ids(&value)))
            .unwrap_or_default(),
        date_ms: headers.raw("date").and_then(|value| mime::date::parse(&value)),
        delivered_to: delivered_to(headers),
        return_path: headers
            .raw("return-path")
            .map(|value| value.trim().trim_matches(['<', '>']).trim().to_owned()),
        ..Mail::default()
    }
}

/// The newest of a thread that has more messages than anybody looks through.
fn latest(mut references: Vec<String>) -> Vec<String> {
    references.split_off(references.len().saturating_sub(MOST_REFERENCES))
}

const MOST_REFERENCES: usize = 1_000;
const MOST_DELIVERED_TO: usize = 100;

fn delivered_to(headers: &Headers<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to"] {
        for mailbox in headers.raw_all(name).iter().flat_map(|value| parse_list(value)) {
            if found.len() < MOST_DELIVERED_TO
                && mailbox.address.contains('@')
                && !found.contains(&mailbox.address)
            {
                found.push(mailbox.address);
            }
        }
    }
    found
}

/// Message ids in order, without brackets and inner blanks. Text around bracketed ids is comment;
/// without any bracket every word counts, as some programs leave the brackets out.
pub(crate) fn ids(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let end = after.find(['>', '<']).unwrap_or(after.len());
        let id: String = after[..end].chars().filter(|c| !c.is_whitespace()).collect();
        found.extend(Some(id).filter(|id| !id.is_empty()));
        rest = after[end..].strip_prefix('>').unwrap_or(&after[end..]);
    }
    if found.is_empty() && !value.contains('<') {
        let words = value
            .split(|c: char| c.is_whitespace() || c == ',')
            .map(|word| word.trim_matches('>'));
        found = words.filter(|id| !id.is_empty()).map(str::to_owned).collect();
    }
    found
}

impl Part<'_> {
    /// A message within this part, read by itself.
    pub(crate) fn nested_headers(&self) -> Mail {
        let bytes = self.bytes();
        from_headers(&mime::header::split(&bytes).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_with_and_without_brackets() {
        for (value, wanted) in [
            ("<a@b>", vec!["a@b"]),
            ("<a@b> <c@d>", vec!["a@b", "c@d"]),
            ("<a@b><c@d>", vec!["a@b", "c@d"]),
            ("Your message of today <a@b> (comment)", vec!["a@b"]),
            ("a@b c@d", vec!["a@b", "c@d"]),
            ("<a @b>", vec!["a@b"]),
            ("<a@b", vec!["a@b"]),
            ("<>", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(ids(value), wanted, "{value}");
        }
    }

    #[test]
    fn the_body_hash_ignores_the_header() {
        let one = body_hash(b"Received: x\r\nSubject: a\r\n\r\nbody\r\n");
        assert_eq!(one, body_hash(b"Subject: a\r\n\r\nbody\r\n"));
        assert_ne!(one, body_hash(b"Subject: a\r\n\r\nother\r\n"));
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn a_null_character_never_survives() {
        let mail = parse(b"Subject: a\0b\r\nFrom: \0x@y.z\r\n\r\nbo\0dy");
        assert_eq!((mail.subject.as_str(), mail.text.trim()), ("ab", "body"));
        assert_eq!(mail.from.unwrap().address, "x@y.z");
    }

    proptest::proptest! {
        #[test]
        fn no_octets_break_the_reader(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600)) {
            let _ = read(&raw);
        }

        /// Pieces that mean something to the reader, in every order.
        #[test]
        fn no_arrangement_of_mail_breaks_the_reader(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
            let mail = read(pieces.concat().as_bytes());
            proptest::prop_assert!(!mail.text.contains('\0'));
        }
    }

    const PIECES: &[&str] = &[
        "\r\n",
        "\n",
        "\r",
        " ",
        "\t",
        "--b",
        "--b--",
        "--",
        "From: a@b.c",
        "From: \"x\\\" <",
        "To: ,;:<>()",
        "Subject: =?utf-8?Q?=",
        "?=",
        "=?gbk?B?xOO6?=",
        "Content-Type: multipart/mixed; boundary=b",
        "Content-Type: multipart/report; boundary=\"b\"",
        "Content-Type: message/rfc822",
        "Content-Type: message/delivery-status",
        "Content-Type: text/html; charset=utf-7",
        "+AAA-",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Disposition: attachment; filename*0*=utf-8''%",
        "Status: 5.1.1",
        "Final-Recipient: rfc822;",
        "Date: 1 Jan 99999",
        "> quoted",
        "On 1 Jan 2020 a@b.c wrote:",
        "<div><blockquote>",
        "发件人：",
        "=3D=",
        "AAAA====",
        "References: <<><a@b",
        "Message-ID: >",
        "format=flowed",
        "\0",
        "é",
        "你",
    ];

    #[test]
    fn what_is_read_of_a_mail_has_an_end() {
        let header = |name: &str, piece: &str| format!("{name}: {}\r\n\r\nbody", piece.repeat(100_000));
        assert_eq!(parse(header("To", "a@b.c,").as_bytes()).to.len(), MOST_MAILBOXES);
        let fields = "To: a@b.c\r\n".repeat(9_000);
        assert_eq!(
            parse(format!("{fields}\r\nbody").as_bytes()).to.len(),
            MOST_MAILBOXES
        );
        let references = parse(header("References", "<a@b>").as_bytes()).references;
        assert_eq!(references.len(), MOST_REFERENCES);
        let parts = format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\nContent-Type: a/b\r\n\r\nx\r\n".repeat(20_000)
        );
        assert_eq!(parse(parts.as_bytes()).attachments.len(), mime::MAX_PARTS);
        let subject = parse(header("Subject", "=?utf-8?Q?x?= ").as_bytes()).subject;
        assert!(subject.len() < 100_000, "{}", subject.len());
    }

    /// However deep, the words are there: what is not taken apart is shown or attached as it is.
    #[test]
    fn parts_within_parts_are_searched_so_often_and_no_word_is_lost() {
        for depth in [1, 5, 20, 200] {
            let heads = (0..depth).map(|level| {
                format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")
            });
            let raw = heads.collect::<String>() + "\r\n" + &"words\r\n".repeat(100_000);
            let mail = parse(raw.as_bytes());
            let attached = mail
                .attachments
                .iter()
                .map(|file| file.bytes.len())
                .sum::<usize>();
            assert!(
                mail.text.len() + attached >= 600_000,
                "{depth}: {}",
                mail.text.len()
            );
        }
    }
}
