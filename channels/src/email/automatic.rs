//! Whether a person wrote a message (RFC 3834). It classifies, it drops nothing: what follows from
//! an automatic message is the rules' business.

use crate::email::bounce::{self, Bounce};
use crate::email::mime::Part;
use crate::email::mime::header::Headers;
use crate::email::parse::Mail;

/// Who or what sent a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Automatic {
    /// A person, as far as one can tell.
    #[default]
    No,
    /// Out of office, vacation, "we have received your message".
    AutoReply,
    /// A mailing list or newsletter.
    Bulk,
    /// Read receipts, complaint reports, delivery confirmations, generated notices.
    Machine,
    /// Something was not delivered, and nobody tries any more.
    Bounce(Bounce),
    /// Something was not delivered yet, and the sender's server still tries.
    Delay(Bounce),
}

impl Automatic {
    /// It must never be answered automatically.
    pub fn forbids_answer(&self) -> bool {
        !matches!(self, Automatic::No)
    }
}

pub(crate) fn classify(root: &Part<'_>, mail: &Mail) -> Automatic {
    if let Some(report) = bounce::detect(root, mail) {
        return report;
    }
    let headers = &root.headers;
    if is_report(root) {
        Automatic::Machine
    } else if is_auto_reply(headers, mail) {
        Automatic::AutoReply
    } else if is_machine(headers, mail) {
        Automatic::Machine
    } else if is_bulk(headers) {
        Automatic::Bulk
    } else {
        Automatic::No
    }
}

/// Read receipts (RFC 8098) and complaint reports (RFC 5965).
fn is_report(root: &Part<'_>) -> bool {
    let is_typed = |part: &&Part<'_>| {
        matches!(
            part.content_type.value.as_str(),
            "message/disposition-notification" | "message/feedback-report" | "message/delivery-status"
        )
    };
    let kind = root
        .content_type
        .get("report-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let named = root.content_type.value == "multipart/report"
        && matches!(
            kind.as_str(),
            "disposition-notification" | "feedback-report" | "delivery-status"
        );
    named || root.walk().iter().any(is_typed)
}

fn lower(headers: &Headers<'_>, name: &str) -> String {
    headers.text(name).unwrap_or_default().to_lowercase()
}

fn is_auto_reply(headers: &Headers<'_>, mail: &Mail) -> bool {
    let submitted = lower(headers, "auto-submitted");
    let precedence = lower(headers, "precedence");
    let marked = [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-vacation",
        "x-auto-reply-from",
    ]
    .iter()
    .any(|name| headers.has(name) && lower(headers, name) != "no");
    submitted.starts_with("auto-replied")
        || submitted.starts_with("auto-notified") && is_vacation_subject(&mail.subject)
        || matches!(precedence.as_str(), "auto_reply" | "auto-reply")
        || marked
        || lower(headers, "x-precedence").starts_with("auto")
        || is_vacation_subject(&mail.subject)
}

/// Beginnings of subjects that automatic answers bear, in lower case.
const VACATION_STARTS: [&str; 36] = [
    "out of office",
    "out-of-office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "automatic response",
    "vacation reply",
    "away from my mail",
    "i am out of",
    "i'm out of",
    "abwesenheit",
    "automatische antwort",
    "abwesend",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "risposta automatica",
    "resposta automática",
    "automatisch antwoord",
    "autosvar",
    "automatyczna odpowied",
    "automatická odpověď",
    "自动回复",
    "自動回覆",
    "自動回復",
    "自动答复",
    "自動応答",
    "不在通知",
];
const VACATION_PARTS: [&str; 10] = [
    "out of office auto",
    "out of office reply",
    "(out of office)",
    "[auto-reply]",
    "vacation auto",
    "自动回复",
    "自動返信",
    "不在のお知らせ",
    "abwesenheitsnotiz",
    "is out of the office",
];

fn is_vacation_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    let subject = subject
        .trim_start_matches("auto:")
        .trim_start_matches(['[', '(', ' ']);
    VACATION_STARTS.iter().any(|start| subject.starts_with(start))
        || VACATION_PARTS.iter().any(|part| subject.contains(part))
}

fn is_machine(headers: &Headers<'_>, mail: &Mail) -> bool {
    let submitted = lower(headers, "auto-submitted");
    let generated = !submitted.is_empty() && !submitted.starts_with("no");
    let suppressed = lower(headers, "x-auto-response-suppress");
    let suppressed = !suppressed.is_empty() && suppressed != "none";
    let null_sender = headers.has("return-path") && mail.return_path.as_deref() == Some("");
    generated
        || suppressed
        || null_sender
        || headers.has("x-loop")
        || headers.has("x-ms-exchange-inbox-rules-loop")
        || is_machine_sender(mail)
}

fn is_machine_sender(mail: &Mail) -> bool {
    let Some(from) = &mail.from else { return false };
    let local = from
        .address
        .split('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let local = local.replace(['-', '_', '.'], "");
    matches!(
        local.as_str(),
        "mailerdaemon"
            | "postmaster"
            | "noreply"
            | "donotreply"
            | "noreplies"
            | "bounce"
            | "bounces"
            | "mailersystem"
            | "maildaemon"
    ) || local.starts_with("noreply")
        || local.starts_with("donotreply")
}

fn is_bulk(headers: &Headers<'_>) -> bool {
    let precedence = lower(headers, "precedence");
    matches!(precedence.as_str(), "bulk" | "list" | "junk")
        || headers.has("list-id")
        || headers.has("list-unsubscribe")
        || headers.has("list-post")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::parse::parse;

    #[test]
    fn signals_decide_who_wrote() {
        for (header, wanted) in [
            ("Subject: hello", Automatic::No),
            ("Auto-Submitted: no", Automatic::No),
            ("Auto-Submitted: auto-replied", Automatic::AutoReply),
            ("Auto-Submitted: auto-generated", Automatic::Machine),
            ("Subject: Out of Office: hello", Automatic::AutoReply),
            ("Subject: 自动回复：您好", Automatic::AutoReply),
            ("Subject: Automatische Antwort: Rechnung", Automatic::AutoReply),
            ("X-Autoreply: yes", Automatic::AutoReply),
            ("Precedence: bulk", Automatic::Bulk),
            ("List-Id: <x.y>", Automatic::Bulk),
            ("Return-Path: <>", Automatic::Machine),
            ("From: No Reply <no-reply@x.y>", Automatic::Machine),
            ("X-Auto-Response-Suppress: All", Automatic::Machine),
            ("Subject: Question about your out of office rules", Automatic::No),
        ] {
            let raw = format!("From: a@b.c\r\n{header}\r\n\r\nhello");
            let raw = if header.starts_with("From") {
                format!("{header}\r\n\r\nhello")
            } else {
                raw
            };
            assert_eq!(parse(raw.as_bytes()).automatic, wanted, "{header}");
        }
    }

    #[test]
    fn a_read_receipt_is_a_machine() {
        let raw = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\n\r\nread\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n--b--\r\n";
        assert_eq!(parse(raw.as_bytes()).automatic, Automatic::Machine);
    }
}
