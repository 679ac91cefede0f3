//! Which parts of a message are shown and which are attachments (RFC 2046, RFC 2183, RFC 3676).
//! It keeps quoted history: trimming is in `reply`.

use crate::email::inline_files::{self, InlineFile};
use crate::email::mime::{Part, charset, safe_name};
use crate::email::parse::Attachment;
use crate::email::{calendar, flowed, html, tnef};

pub(crate) struct Body {
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    pub(crate) attachments: Vec<Attachment>,
    /// The first event of a calendar part, in words.
    pub(crate) invitation: Option<String>,
}

/// A displayed piece, in reading order.
enum Piece {
    /// Plain text; `twin` when an HTML form of the same words stands beside it.
    Plain {
        text: String,
        twin: bool,
        /// Files that stand in the text itself.
        files: Vec<InlineFile>,
    },
    /// HTML; `twin` when a plain form of the same words stands beside it.
    Html { markup: String, twin: bool },
}

#[derive(Clone, Copy, Default)]
struct Place {
    /// The part is a direct or indirect choice of a multipart/alternative with both forms.
    twin: bool,
    /// Parts after the first of a multipart/related are resources of the first.
    resource: bool,
    root: bool,
}

pub(crate) fn read(root: &Part<'_>) -> Body {
    let mut pieces = Vec::new();
    let mut files = Vec::new();
    let at_root = Place {
        root: true,
        ..Place::default()
    };
    collect(root, at_root, &mut pieces, &mut files);
    if pieces.is_empty() {
        // A lone file of text that asks to be shown is both: an attachment and the words.
        let shown = files
            .iter()
            .find(|part| is_plain(&part.content_type.value) && part.disposition.value != "attachment");
        pieces.extend(shown.map(|part| plain(part, false)));
    }
    let attached: Vec<Attachment> = files.iter().map(|part| attachment(part)).collect();
    let wrapped = attached.iter().find(|file| tnef::is_tnef(&file.bytes));
    let mut wrapped = wrapped.map(|file| tnef::read(&file.bytes)).unwrap_or_default();
    if pieces.iter().all(Piece::is_blank) {
        pieces.extend(words_of(&mut wrapped));
    }
    let mut attachments = attached;
    attachments.extend(wrapped.files.into_iter().map(unwrapped));
    attachments.extend(pieces.iter_mut().flat_map(Piece::take_files));
    let (text, html) = words_and_markup(pieces);
    mark_inline(&mut attachments, html.as_deref());
    let invitation = files
        .iter()
        .filter(|part| is_calendar(&part.content_type.value))
        .find_map(|part| calendar::to_text(&part.text()));
    Body {
        text,
        html,
        attachments,
        invitation,
    }
}

fn collect<'p, 'a>(part: &'p Part<'a>, place: Place, pieces: &mut Vec<Piece>, files: &mut Vec<&'p Part<'a>>) {
    if !part.children.is_empty() {
        let alternative = part.content_type.value == "multipart/alternative";
        let twin = place.twin || (alternative && has(part, "text/plain") && has(part, "text/html"));
        let related = part.content_type.value == "multipart/related";
        for (index, child) in part.children.iter().enumerate() {
            let resource = place.resource || (related && index > 0);
            collect(
                child,
                Place {
                    twin,
                    resource,
                    root: false,
                },
                pieces,
                files,
            );
        }
        return;
    }
    match part.content_type.value.as_str() {
        "text/html" | "application/xhtml+xml" if is_shown(part, place) => pieces.push(Piece::Html {
            markup: part.text(),
            twin: place.twin,
        }),
        kind if is_plain(kind) && is_shown(part, place) => pieces.push(plain(part, place.twin)),
        _ if part.is_multipart() => pieces.push(Piece::Plain {
            text: part.text(),
            twin: false,
            files: Vec::new(),
        }),
        _ => files.push(part),
    }
}

fn has(part: &Part<'_>, kind: &str) -> bool {
    part.walk()
        .iter()
        .any(|inner| inner.content_type.value == kind && inner.disposition.value != "attachment")
}

fn is_plain(kind: &str) -> bool {
    matches!(
        kind,
        "text/plain" | "text/enriched" | "text/markdown" | "text/x-markdown" | "text" | "text/unknown"
    )
}

fn is_shown(part: &Part<'_>, place: Place) -> bool {
    if part.disposition.value == "attachment" || place.resource {
        return false;
    }
    let named = part.file_name().is_some();
    place.root || !named
}

fn plain(part: &Part<'_>, twin: bool) -> Piece {
    let bytes = part.bytes();
    Piece::Plain {
        text: shown_text(part, &bytes),
        twin,
        files: inline_files::find(&bytes),
    }
}

fn shown_text(part: &Part<'_>, bytes: &[u8]) -> String {
    let text = charset::decode(bytes, part.content_type.get("charset"));
    let is_flowed = part
        .content_type
        .get("format")
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    let drops_blank = part
        .content_type
        .get("delsp")
        .is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
    if is_flowed {
        flowed::join(&text, drops_blank)
    } else if text.contains("\r\n") {
        text.replace("\r\n", "\n")
    } else {
        text
    }
}

/// The plain pieces, else those of HTML turned into text; and all HTML in order, with the plain pieces that have no
/// HTML form between, so that showing the HTML alone loses nothing. A lone piece is moved, not copied.
fn words_and_markup(pieces: Vec<Piece>) -> (String, Option<String>) {
    if !pieces.iter().any(|piece| matches!(piece, Piece::Html { .. })) {
        let plain = pieces.into_iter().filter_map(Piece::into_plain);
        return (
            joined(plain.filter(|text| !text.trim().is_empty()).collect()),
            None,
        );
    }
    let text = plain_text(&pieces);
    let mut html = String::new();
    for piece in pieces {
        piece.append_to(&mut html);
    }
    (text, Some(html))
}

fn plain_text(pieces: &[Piece]) -> String {
    let mut twins = Vec::new();
    let mut plain = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Plain { text, .. } => plain.push(text.clone()),
            Piece::Html { markup, twin: false } => plain.push(html::to_text(markup)),
            Piece::Html { markup, .. } => twins.push(markup),
        }
    }
    plain.retain(|text| !text.trim().is_empty());
    if plain.is_empty() {
        plain = twins.into_iter().map(|markup| html::to_text(markup)).collect();
    }
    joined(plain)
}

fn joined(mut texts: Vec<String>) -> String {
    match texts.len() {
        1 => texts.swap_remove(0),
        _ => texts.join("\n"),
    }
}

impl Piece {
    fn is_blank(&self) -> bool {
        match self {
            Piece::Plain { text, files, .. } => text.trim().is_empty() && files.is_empty(),
            Piece::Html { .. } => false,
        }
    }

    fn into_plain(self) -> Option<String> {
        match self {
            Piece::Plain { text, .. } => Some(text),
            Piece::Html { .. } => None,
        }
    }

    fn append_to(self, html: &mut String) {
        let separator = if html.is_empty() { "" } else { "\n" };
        match self {
            Piece::Html { markup, .. } if html.is_empty() => *html = markup,
            Piece::Html { markup, .. } => html.extend([separator, &markup]),
            Piece::Plain {
                text, twin: false, ..
            } if !text.trim().is_empty() => {
                html.extend([separator, "<div style=\"white-space: pre-wrap\">"]);
                append_words(html, text.trim_end());
                html.push_str("</div>");
            }
            Piece::Plain { .. } => {}
        }
    }

    fn take_files(&mut self) -> Vec<Attachment> {
        let Piece::Plain { files, .. } = self else {
            return Vec::new();
        };
        let files = std::mem::take(files).into_iter().map(|file| Attachment {
            name: safe_name(&file.name),
            media_type: "application/octet-stream".to_owned(),
            content_id: None,
            inline: false,
            bytes: file.bytes,
        });
        files.collect()
    }
}

/// Only what would open a tag or a reference is escaped: a text of nothing but brackets stays about as long as it is.
fn append_words(html: &mut String, text: &str) {
    let mut copied = 0;
    for (at, mark) in text.match_indices(['&', '<']) {
        let next = text.as_bytes().get(at + 1);
        if next.is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'#' | b'/' | b'!' | b'?'))
        {
            html.push_str(&text[copied..at]);
            html.push_str(if mark == "&" { "&amp;" } else { "&lt;" });
            copied = at + 1;
        }
    }
    html.push_str(&text[copied..]);
}

/// What `winmail.dat` says where no other part says anything.
fn words_of(wrapped: &mut tnef::Contents) -> Option<Piece> {
    let html = wrapped
        .html
        .take()
        .map(|markup| Piece::Html { markup, twin: false });
    html.or_else(|| {
        wrapped.text.take().map(|text| Piece::Plain {
            text,
            twin: false,
            files: Vec::new(),
        })
    })
}

fn unwrapped(file: tnef::File) -> Attachment {
    Attachment {
        name: file.name.as_deref().and_then(safe_name),
        media_type: file.media_type.filter(|kind| kind.contains('/')).map_or_else(
            || "application/octet-stream".to_owned(),
            |kind| kind.to_lowercase(),
        ),
        content_id: file.content_id,
        inline: false,
        bytes: file.bytes,
    }
}

fn is_calendar(kind: &str) -> bool {
    matches!(kind, "text/calendar" | "application/ics" | "text/x-vcalendar")
}

fn attachment(part: &Part<'_>) -> Attachment {
    let media_type = if part.content_type.value.is_empty() {
        "application/octet-stream".to_owned()
    } else {
        part.content_type.value.clone()
    };
    Attachment {
        name: part.file_name(),
        media_type,
        content_id: part.content_id(),
        inline: false,
        bytes: part.bytes().into_owned(),
    }
}

fn mark_inline(attachments: &mut [Attachment], html: Option<&str>) {
    let shown = html.map(html::content_ids).unwrap_or_default();
    for attachment in attachments {
        attachment.inline = attachment
            .content_id
            .as_deref()
            .is_some_and(|id| shown.contains(&id.to_lowercase()));
    }
}

#[cfg(test)]
mod tests {
    use crate::email::parse::parse;

    const ALTERNATIVE: &str = "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain words\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>plain words</p><img src=\"cid:logo@x\">\r\n--b--\r\n";

    #[test]
    fn an_alternative_is_read_once() {
        let mail = parse(ALTERNATIVE.as_bytes());
        assert_eq!(mail.text.trim(), "plain words");
        assert!(mail.html.unwrap().contains("<p>"));
        assert!(mail.attachments.is_empty());
    }

    #[test]
    fn an_image_shown_by_the_html_is_inline() {
        let raw = format!(
            "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\n{ALTERNATIVE}\r\n--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--r--\r\n"
        );
        let mail = parse(raw.as_bytes());
        let [logo] = &mail.attachments[..] else {
            panic!("{:?}", mail.attachments)
        };
        assert!(logo.inline);
        assert_eq!(
            (logo.name.as_deref(), logo.bytes.as_slice()),
            (Some("logo.png"), &b"\x89PNG"[..])
        );
    }

    #[test]
    fn a_text_attachment_keeps_its_octets() {
        let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file\r\n--b\r\nContent-Type: text/plain; charset=gbk\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\nxOO6ww==\r\n--b--\r\n";
        let mail = parse(raw.as_bytes());
        assert_eq!(mail.text.trim(), "see file");
        assert_eq!(mail.attachments[0].bytes, b"\xc4\xe3\xba\xc3");
    }

    #[test]
    fn plain_words_beside_html_are_shown_with_it() {
        let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--b\r\n\r\n1 < 2 & <b> &lt; </b> <!-- <<3\r\n--b--\r\n";
        let mail = parse(raw.as_bytes());
        assert_eq!(mail.text.trim(), "x\n1 < 2 & <b> &lt; </b> <!-- <<3");
        let shown = crate::email::html::sanitise(&mail.html.unwrap());
        assert_eq!(
            shown,
            "<p>x</p>\n<div style=\"white-space:pre-wrap\">1 &lt; 2 &amp; &lt;b&gt; &amp;lt; &lt;/b&gt; &lt;!-- &lt;&lt;3</div>"
        );
    }

    #[test]
    fn a_forwarded_message_is_an_attachment() {
        let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner body\r\n--b--\r\n";
        let mail = parse(raw.as_bytes());
        assert_eq!(mail.text.trim(), "see below");
        assert_eq!(mail.attachments[0].media_type, "message/rfc822");
        assert!(mail.attachments[0].bytes.starts_with(b"Subject: inner"));
    }
}
