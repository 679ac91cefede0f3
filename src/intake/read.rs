//! From raw octets to what the desk keeps of a mail. It touches nothing but memory.

use bytes::Bytes;
use shouwen_channels::email::{self, Attachment, Mail, marker};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::actions::files::safe_name;
use crate::blobs::hash;
use crate::db;
use crate::store::raw_mails::Sameness;

/// Larger mail is read aside, so that it holds up nobody.
const LARGE: usize = 256 * 1024;
/// So many large ones are read at once: each takes several times its size.
static LARGE_AT_ONCE: Semaphore = Semaphore::const_new(2);
/// The raw bytes of all mails that are in hand, in KiB. A larger mail is read when no other is.
const MOST_IN_MEMORY: u32 = 64 * 1024;
static IN_MEMORY: Semaphore = Semaphore::const_new(MOST_IN_MEMORY as usize);
/// What a screen shows of a text; the whole of a longer one is attached.
const LONGEST_TEXT: usize = 500_000;
const LONGEST_HTML: usize = 2_000_000;
const MOST_FILES: usize = 300;

/// A mail as the desk keeps it.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) mail: Mail,
    pub(super) same: Sameness,
    pub(super) text: String,
    /// What was newly written, where that is not all.
    pub(super) reply_text: Option<String>,
    /// Sanitised.
    pub(super) html: Option<String>,
    pub(super) files: Vec<Attachment>,
    /// The ticket of a mark of ours that the body quotes.
    pub(super) marker: Option<String>,
    /// Servers noted that it passed them (RFC 5321, section 4.4).
    pub(super) has_travelled: bool,
    /// Something could not be read or was cut: the mail itself is attached.
    pub(super) attach_whole: bool,
}

/// Waits until a mail of this size may be taken into memory, where it may stay as long as the permit is held.
pub(super) async fn may_load(size: i64) -> Option<SemaphorePermit<'static>> {
    let kibibytes = u32::try_from(size / 1024).unwrap_or(MOST_IN_MEMORY);
    IN_MEMORY
        .acquire_many(kibibytes.clamp(1, MOST_IN_MEMORY))
        .await
        .ok() // never closed
}

/// Reads the mail, a large one on another thread.
pub(super) async fn read_aside(raw: Bytes, key: [u8; 32]) -> Result<Reading, db::Error> {
    if raw.len() <= LARGE {
        return Ok(read(&raw, &key));
    }
    let _permit = LARGE_AT_ONCE.acquire().await; // never closed
    tokio::task::spawn_blocking(move || read(&raw, &key))
        .await
        .map_err(|error| db::Error::Unavailable(format!("reading a mail was broken off: {error}")))
}

pub(super) fn read(raw: &[u8], key: &[u8]) -> Reading {
    let mut mail = email::parse(raw);
    let quoted = mail.html.as_deref().and_then(|html| marker::find(key, html));
    let marker = quoted.or_else(|| marker::find(key, &mail.text));
    let same = sameness(&mail, email::body_hash(raw));
    let html = mail.html.take().map(|html| {
        if html.len() > LONGEST_HTML {
            None
        } else {
            Some(email::html::sanitise(&html))
        }
    });
    let (mut files, mut text) = (
        std::mem::take(&mut mail.attachments),
        std::mem::take(&mut mail.text),
    );
    let says_nothing = text.trim().is_empty() && html.is_none() && files.is_empty();
    let is_odd = mail.from.is_none() || (says_nothing && mail.subject.trim().is_empty());
    let is_cut = text.len() > LONGEST_TEXT || files.len() > MOST_FILES || html == Some(None);
    files.truncate(MOST_FILES);
    cut(&mut text, LONGEST_TEXT);
    let mut reply = std::mem::take(&mut mail.reply);
    cut(&mut reply, LONGEST_TEXT);
    let reply_text = (!reply.trim().is_empty() && reply.trim() != text.trim()).then_some(reply);
    Reading {
        mail,
        same,
        text,
        reply_text,
        html: html.flatten(),
        files,
        marker,
        has_travelled: has_travelled(raw),
        attach_whole: is_odd || is_cut,
    }
}

fn has_travelled(raw: &[u8]) -> bool {
    let head = raw.split_inclusive(|byte| *byte == b'\n');
    let mut head = head.take_while(|line| !line.trim_ascii().is_empty());
    head.any(|line| {
        line.get(..9)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"received:"))
    })
}

fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        let end = (0..=most)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or_default();
        text.truncate(end);
    }
}

/// A mail without an id gets one from what does not change on its way.
fn sameness(mail: &Mail, body_hash: String) -> Sameness {
    let from = mail.from.as_ref().map(|from| from.address.as_str());
    let made = || {
        let date = mail.date_ms.unwrap_or_default();
        let what = format!(
            "{}\n{}\n{date}\n{body_hash}",
            from.unwrap_or_default(),
            mail.subject
        );
        format!("{}@raw", hash(what.as_bytes()))
    };
    let mail_id = mail.message_id.clone().filter(|id| !id.trim().is_empty());
    Sameness {
        mail_id: mail_id.unwrap_or_else(made),
        body_hash,
    }
}

/// The name under which a part is kept; a nameless one is named by its type.
pub(super) fn file_name(file: &Attachment) -> String {
    if let Some(name) = file.name.as_deref().filter(|name| !name.trim().is_empty()) {
        safe_name(name)
    } else {
        let known = mime_guess::get_mime_extensions_str(&file.media_type);
        let ending = known
            .and_then(|endings| endings.first())
            .copied()
            .unwrap_or("bin");
        format!("file.{ending}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_says_nothing_comes_whole() {
        for (raw, whole) in [
            ("From: a@b.c\r\nSubject: hi\r\n\r\nhello\r\n", false),
            ("From: a@b.c\r\nSubject: only this\r\n\r\n", false),
            ("From: a@b.c\r\n\r\n", true),
            ("Subject: nobody\r\n\r\nhello\r\n", true),
            ("\u{1}\u{2} no mail at all", true),
        ] {
            assert_eq!(read(raw.as_bytes(), b"").attach_whole, whole, "{raw:?}");
        }
    }

    #[test]
    fn a_mail_without_an_id_is_the_same_when_it_comes_again() {
        let first = read(b"Received: one\r\nFrom: a@b.c\r\nSubject: x\r\n\r\nbody\r\n", b"").same;
        let again = read(b"Received: two\r\nFrom: a@b.c\r\nSubject: x\r\n\r\nbody\r\n", b"").same;
        let other = read(b"Received: one\r\nFrom: z@b.c\r\nSubject: x\r\n\r\nbody\r\n", b"").same;
        assert_eq!(first.mail_id, again.mail_id);
        assert_ne!(first.mail_id, other.mail_id);
    }

    #[test]
    fn of_more_files_than_are_shown_none_is_lost() {
        let part = |number: usize| {
            format!(
                "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename={number}.txt\r\n\r\nx\r\n"
            )
        };
        let parts: String = (0..=MOST_FILES).map(part).collect();
        let mail = format!(
            "From: a@b.c\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"
        );
        let reading = read(mail.as_bytes(), b"");
        assert_eq!(
            (reading.files.len(), reading.attach_whole),
            (MOST_FILES, true),
            "the whole mail is listed, too"
        );
    }

    #[test]
    fn mail_that_no_server_passed_on_is_told_apart() {
        assert!(read(b"received: from x\r\nFrom: a@b.c\r\n\r\nhello\r\n", b"").has_travelled);
        assert!(!read(b"From: a@b.c\r\n\r\nReceived: from x\r\n", b"").has_travelled);
    }

    #[test]
    fn cutting_keeps_characters_whole() {
        let mut text = "灯".repeat(3);
        cut(&mut text, 5);
        assert_eq!(text, "灯");
    }
}
