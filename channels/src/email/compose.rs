//! Writes the bytes of a message of ours (RFC 5322) with lettre's builder. The same message gives
//! the same bytes, so that a repeated attempt sends the same mail. Who receives it is the envelope's
//! business; Bcc therefore does not occur.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox as LettreMailbox, Message, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use crate::email::address::{self, Mailbox};
use crate::email::parse::hexadecimal;
use crate::email::thread::normalise_subject;

/// So many ids tell every mail program enough; servers refuse endless headers.
const MAX_REFERENCES: usize = 20;
const LONGEST_ID: usize = 250;
/// A header line may not be longer than 998 octets; readers show far less.
const LONGEST_SUBJECT: usize = 600;

/// An answer to be written. Ids without brackets.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub reply_to: Option<Mailbox>,
    pub subject: String,
    /// Chosen before the first attempt and kept: what makes an answer ours.
    pub message_id: String,
    pub in_reply_to: Option<String>,
    /// The whole chain, oldest first.
    pub references: Vec<String>,
    /// Epoch milliseconds.
    pub date_ms: i64,
    pub text: String,
    pub html: Option<String>,
    pub attachments: Vec<OutgoingFile>,
    /// Where the receiver says no to such mail by one click (RFC 8058): an https address.
    pub unsubscribe: Option<String>,
    /// Written by a rule and not by a person: other machines shall not answer (RFC 3834).
    pub automatic: bool,
}

#[derive(Debug, Clone, Default)]
pub struct OutgoingFile {
    pub name: String,
    pub media_type: String,
    /// With it the HTML can show the file as `cid:`.
    pub content_id: Option<String>,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("not an email address: {0}")]
    Address(String),
    #[error("there is no recipient")]
    NoRecipient,
    #[error("the message cannot be written: {0}")]
    Builder(#[from] lettre::error::Error),
}

/// The subject of an answer: one `Re:`, whatever stood before.
pub fn reply_subject(subject: &str) -> String {
    format!("Re: {}", normalise_subject(subject))
}

/// The message with CRLF line ends, all of it ASCII.
pub fn compose(outgoing: &Outgoing) -> Result<Vec<u8>, ComposeError> {
    if outgoing.to.is_empty() && outgoing.cc.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    let builder = headers(outgoing)?;
    let boundaries = Boundaries(hexadecimal(&Sha256::digest(&outgoing.message_id)[..12]));
    let message = match body(outgoing, &boundaries) {
        Body::Single(part) => builder.singlepart(part)?,
        Body::Multi(part) => builder.multipart(part)?,
    };
    Ok(message.formatted())
}

fn headers(outgoing: &Outgoing) -> Result<MessageBuilder, ComposeError> {
    let millis = Duration::from_millis(u64::try_from(outgoing.date_ms).unwrap_or(0));
    let mut builder = Message::builder()
        .from(mailbox(&outgoing.from)?)
        .date(SystemTime::UNIX_EPOCH + millis)
        .subject(
            line(&outgoing.subject)
                .chars()
                .take(LONGEST_SUBJECT)
                .collect::<String>(),
        )
        .message_id(Some(bracketed(&outgoing.message_id)));
    for recipient in &outgoing.to {
        builder = builder.to(mailbox(recipient)?);
    }
    for recipient in &outgoing.cc {
        builder = builder.cc(mailbox(recipient)?);
    }
    if let Some(reply_to) = &outgoing.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if let Some(id) = outgoing.in_reply_to.as_deref().and_then(usable_id) {
        builder = builder.in_reply_to(bracketed(&id));
    }
    let references = references(&outgoing.references);
    if !references.is_empty() {
        builder = builder.references(references);
    }
    if let Some(url) = outgoing.unsubscribe.as_deref().and_then(usable_id) {
        builder = builder
            .raw_header(raw("List-Unsubscribe", &format!("<{url}>")))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    if outgoing.automatic {
        // RFC 3834, section 5: what answers nothing was not replied.
        let how = if outgoing.in_reply_to.is_some() {
            "auto-replied"
        } else {
            "auto-generated"
        };
        builder = builder
            .raw_header(raw("Auto-Submitted", how))
            .raw_header(raw("X-Auto-Response-Suppress", "All"));
    }
    Ok(builder)
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// lettre refuses some addresses that exist (two dots in a row, as old Japanese ones have); ours
/// need only be unable to break out of a header.
fn mailbox(mailbox: &Mailbox) -> Result<LettreMailbox, ComposeError> {
    let bad = || ComposeError::Address(mailbox.address.clone());
    address::fold(&mailbox.address).ok_or_else(bad)?;
    let bare = mailbox.address.trim().trim_matches(['<', '>']);
    let (local, domain) = bare.rsplit_once('@').ok_or_else(bad)?;
    let name = mailbox.name.as_deref().map(line).filter(|name| !name.is_empty());
    Ok(LettreMailbox::new(
        name,
        lettre::Address::new_dangerous(local, domain),
    ))
}

/// One line of visible text: what cannot stand in a header is a blank.
fn line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn usable_id(id: &str) -> Option<String> {
    let id = id.trim().trim_matches(['<', '>']);
    let fits = !id.is_empty()
        && id.len() <= LONGEST_ID
        && id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    fits.then(|| id.to_owned())
}

fn bracketed(id: &str) -> String {
    let clean: String = id
        .chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'))
        .collect();
    format!("<{clean}>")
}

/// The first id, which began the thread, and the latest ones.
fn references(ids: &[String]) -> String {
    let usable: Vec<String> = ids.iter().filter_map(|id| usable_id(id)).collect();
    let skipped = usable.len().saturating_sub(MAX_REFERENCES);
    let kept = usable
        .iter()
        .enumerate()
        .filter(|(index, _)| *index == 0 || *index > skipped);
    kept.map(|(_, id)| bracketed(id)).collect::<Vec<_>>().join(" ")
}

enum Body {
    Single(SinglePart),
    Multi(MultiPart),
}

/// Boundaries that differ by level and message, and never by chance.
struct Boundaries(String);

impl Boundaries {
    fn of(&self, level: &str) -> String {
        format!("=_{level}_{}", self.0)
    }
}

fn body(outgoing: &Outgoing, boundaries: &Boundaries) -> Body {
    let (inline, files): (Vec<_>, Vec<_>) = outgoing
        .attachments
        .iter()
        .partition(|file| file.content_id.is_some() && outgoing.html.is_some());
    let readable = readable(outgoing, &inline, boundaries);
    if files.is_empty() {
        return readable;
    }
    let mixed = MultiPart::mixed().boundary(boundaries.of("mixed"));
    let mut mixed = match readable {
        Body::Single(part) => mixed.singlepart(part),
        Body::Multi(part) => mixed.multipart(part),
    };
    for file in files {
        mixed =
            mixed.singlepart(Attachment::new(line(&file.name)).body(file.bytes.clone(), media_type(file)));
    }
    Body::Multi(mixed)
}

fn readable(outgoing: &Outgoing, inline: &[&OutgoingFile], boundaries: &Boundaries) -> Body {
    let plain = SinglePart::plain(crlf(&outgoing.text));
    let Some(html) = &outgoing.html else {
        return Body::Single(plain);
    };
    let html = SinglePart::html(crlf(html));
    let alternative = MultiPart::alternative()
        .boundary(boundaries.of("alternative"))
        .singlepart(plain);
    if inline.is_empty() {
        return Body::Multi(alternative.singlepart(html));
    }
    let mut related = MultiPart::related()
        .boundary(boundaries.of("related"))
        .singlepart(html);
    for file in inline {
        let id = file.content_id.as_deref().and_then(usable_id).unwrap_or_default();
        related = related.singlepart(
            Attachment::new_inline_with_name(id, line(&file.name)).body(file.bytes.clone(), media_type(file)),
        );
    }
    Body::Multi(alternative.multipart(related))
}

fn media_type(file: &OutgoingFile) -> ContentType {
    let octets = || ContentType::parse("application/octet-stream");
    // lettre would re-encode text and write messages in ways their types do not allow.
    let is_opaque = file.media_type.starts_with("message/") || file.media_type.starts_with("multipart/");
    let parsed = if is_opaque {
        octets()
    } else {
        ContentType::parse(&file.media_type).or_else(|_| octets())
    };
    parsed.unwrap_or(ContentType::TEXT_PLAIN)
}

fn crlf(text: &str) -> String {
    let clean: String = text.chars().filter(|&c| c != '\0').collect();
    let mut out = clean
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\n', "\r\n");
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::{Automatic, parse};

    fn answer() -> Outgoing {
        Outgoing {
            from: Mailbox {
                address: "help@desk.example".into(),
                name: Some("客服 \"小美\"".into()),
            },
            to: vec![Mailbox {
                address: "ann@shop.example".into(),
                name: Some("Li, Ann".into()),
            }],
            subject: "Re: 您的订单 12345 的退款申请已经收到，请问还需要什么帮助吗？".into(),
            message_id: "t1.m1.00@desk.example".into(),
            date_ms: 1_590_000_000_000,
            text: "您好，\n\n.一行\nFrom here\n".into(),
            ..Outgoing::default()
        }
    }

    fn read(outgoing: &Outgoing) -> (String, crate::email::Mail) {
        let raw = compose(outgoing).unwrap();
        assert!(raw.is_ascii(), "{}", String::from_utf8_lossy(&raw));
        let mail = parse(&raw);
        (String::from_utf8(raw).unwrap(), mail)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let outgoing = answer();
        let (_, mail) = read(&outgoing);
        assert_eq!(mail.from.unwrap(), outgoing.from);
        assert_eq!(mail.to, outgoing.to);
        assert_eq!(mail.subject, outgoing.subject);
        assert_eq!(mail.message_id.as_deref(), Some("t1.m1.00@desk.example"));
        assert_eq!(mail.date_ms, Some(1_590_000_000_000));
        assert_eq!(mail.text, outgoing.text);
        assert_eq!(mail.automatic, Automatic::No);
    }

    #[test]
    fn the_same_message_gives_the_same_bytes() {
        let outgoing = Outgoing {
            html: Some("<p>hi</p>".into()),
            ..answer()
        };
        assert_eq!(compose(&outgoing).unwrap(), compose(&outgoing).unwrap());
    }

    #[test]
    fn html_images_and_files_come_back() {
        let file = |name: &str, kind: &str, id: Option<&str>| OutgoingFile {
            name: name.into(),
            media_type: kind.into(),
            content_id: id.map(str::to_owned),
            bytes: vec![0, 1, 2, 255],
        };
        let outgoing = Outgoing {
            html: Some("<p>您好<img src=\"cid:logo@desk\"></p>".into()),
            attachments: vec![
                file("logo.png", "image/png", Some("logo@desk")),
                file("发票 2020.pdf", "application/pdf", None),
                file("notes.txt", "text/plain", None),
                file("odd", "not a type", None),
            ],
            ..answer()
        };
        let (_, mail) = read(&outgoing);
        assert!(mail.html.unwrap().contains("您好"));
        let seen: Vec<_> = mail
            .attachments
            .iter()
            .map(|a| (a.name.as_deref().unwrap(), a.inline, a.bytes.len()))
            .collect();
        assert_eq!(
            seen,
            [
                ("logo.png", true, 4),
                ("发票 2020.pdf", false, 4),
                ("notes.txt", false, 4),
                ("odd", false, 4)
            ]
        );
    }

    #[test]
    fn the_chain_is_kept_and_bounded() {
        let ids: Vec<String> = (0..50).map(|number| format!("id{number}@x.y")).collect();
        let outgoing = Outgoing {
            references: ids,
            in_reply_to: Some("id49@x.y".into()),
            ..answer()
        };
        let (raw, mail) = read(&outgoing);
        assert_eq!(mail.references.len(), 20);
        assert_eq!(
            (mail.references[0].as_str(), mail.references[19].as_str()),
            ("id0@x.y", "id49@x.y")
        );
        assert_eq!(mail.in_reply_to.as_deref(), Some("id49@x.y"));
        assert!(raw.lines().all(|line| line.len() < 998));
    }

    #[test]
    fn nothing_breaks_out_of_a_header() {
        let evil = "x\r\nBcc: evil@e.e\r\n\r\nbody";
        let outgoing = Outgoing {
            subject: evil.into(),
            from: Mailbox {
                address: "help@desk.example".into(),
                name: Some(evil.into()),
            },
            message_id: evil.into(),
            in_reply_to: Some(evil.into()),
            references: vec![evil.into(), "ok@x.y".into()],
            html: Some("<p>".into()),
            attachments: vec![OutgoingFile {
                name: evil.into(),
                media_type: evil.into(),
                content_id: Some(evil.into()),
                bytes: vec![],
            }],
            ..answer()
        };
        let (raw, mail) = read(&outgoing);
        assert!(!raw.lines().any(|line| line.starts_with("Bcc")), "{raw}");
        assert_eq!(mail.references, ["ok@x.y"]);
        let bad = Outgoing {
            to: vec![Mailbox {
                address: "a@b.c>\r\nBcc: <d@e.f".into(),
                name: None,
            }],
            ..answer()
        };
        assert!(matches!(compose(&bad), Err(ComposeError::Address(_))));
        assert!(matches!(
            compose(&Outgoing {
                to: vec![],
                ..answer()
            }),
            Err(ComposeError::NoRecipient)
        ));
    }

    #[test]
    fn automatic_answers_say_so() {
        let (raw, mail) = read(&Outgoing {
            automatic: true,
            in_reply_to: Some("c1@shop.example".into()),
            ..answer()
        });
        assert!(raw.contains("Auto-Submitted: auto-replied\r\n"));
        assert_eq!(mail.automatic, Automatic::AutoReply);
        let (raw, mail) = read(&Outgoing {
            automatic: true,
            ..answer()
        });
        assert!(raw.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(mail.automatic.forbids_answer());
    }

    #[test]
    fn an_answer_has_one_prefix() {
        assert_eq!(reply_subject("回复：Re: 订单"), "Re: 订单");
        assert_eq!(reply_subject("Order"), "Re: Order");
    }

    proptest::proptest! {
        #[test]
        fn any_words_survive(subject in "\\PC{0,80}", name in "\\PC{0,40}", text in "(\\PC|\n){0,300}") {
            let from = Mailbox { address: "help@desk.example".into(), name: Some(name.clone()) };
            let mail = parse(&compose(&Outgoing { subject: subject.clone(), from, text: text.clone(), ..answer() }).unwrap());
            proptest::prop_assert_eq!(mail.subject, line(&subject));
            proptest::prop_assert_eq!(mail.text.trim_end(), text.trim_end());
        }
    }
}
