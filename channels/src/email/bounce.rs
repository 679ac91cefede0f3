//! Reports that something we sent was not delivered: the standard form (RFC 3464) and the usual
//! forms of servers that do not know it.

use crate::email::address::{self, parse_list};
use crate::email::automatic::Automatic;
use crate::email::bounce_text;
use crate::email::mime::header::{self, Headers};
use crate::email::mime::{self, Part};
use crate::email::notice;
use crate::email::parse::{Mail, from_headers, ids};

/// What a delivery report says of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounce {
    pub recipient: Option<String>,
    /// Enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// Without brackets.
    pub original_message_id: Option<String>,
    /// The address will not work tomorrow either; a full mailbox, for one, is not permanent.
    pub permanent: bool,
}

pub(crate) fn detect(root: &Part<'_>, mail: &Mail) -> Option<Automatic> {
    let report = delivery_status(root)
        .or_else(|| rejection_notice(root, mail))
        .or_else(|| notice::read(root, mail));
    let looks = report.is_none() && bounce_text::looks_like_bounce(root, mail);
    if report.is_none()
        && (looks || mail.text.trim().is_empty())
        && let Some(inner) = wrapped_report(root)
    {
        return Some(inner);
    }
    let mut outcome = match report {
        Some(report) if report.action == Action::Succeeded => return Some(Automatic::Machine),
        Some(report) => report,
        None if looks => bounce_text::read(&root.headers, mail),
        None => return None,
    };
    complete(&mut outcome.bounce, root, mail);
    Some(match outcome.action {
        Action::Delayed => Automatic::Delay(outcome.bounce),
        Action::Failed => Automatic::Bounce(outcome.bounce),
        Action::Succeeded => Automatic::Machine,
    })
}

/// A gateway that puts a whole report into an attachment of its own notice.
fn wrapped_report(root: &Part<'_>) -> Option<Automatic> {
    let parts = root.walk();
    let wrapped = parts.iter().skip(1).find(|part| part.is_message())?.bytes();
    let inner = mime::parse(&wrapped);
    if inner.content_type.value != "multipart/report" {
        return None;
    }
    let mail = from_headers(&inner.headers);
    let outcome = delivery_status(&inner).filter(|outcome| outcome.action == Action::Failed)?;
    let mut bounce = outcome.bounce;
    complete(&mut bounce, &inner, &mail);
    Some(Automatic::Bounce(bounce))
}

/// Dovecot refuses a message by a read receipt that says it was rejected.
fn rejection_notice(root: &Part<'_>, mail: &Mail) -> Option<Outcome> {
    if !mail.subject.to_lowercase().contains("rejected") {
        return None;
    }
    let parts = root.walk();
    let notice = parts
        .iter()
        .find(|part| part.content_type.value == "message/disposition-notification")?;
    let bytes = notice.bytes();
    let (fields, _) = header::split(&bytes);
    let bounce = Bounce {
        recipient: recipient(&fields),
        permanent: true,
        ..Bounce::default()
    };
    Some(Outcome {
        action: Action::Failed,
        bounce,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Failed,
    Delayed,
    Succeeded,
}

pub(crate) struct Outcome {
    pub(crate) action: Action,
    pub(crate) bounce: Bounce,
}

/// The first failed recipient of a message/delivery-status part, else the first of any kind.
fn delivery_status(root: &Part<'_>) -> Option<Outcome> {
    let is_status = |part: &&&Part<'_>| {
        matches!(
            part.content_type.value.as_str(),
            "message/delivery-status" | "message/global-delivery-status"
        )
    };
    let parts = root.walk();
    let status = parts.iter().find(is_status)?;
    let body = status.bytes();
    let reported = body.get(..LONGEST_REPORT).unwrap_or(&body);
    let mut groups: Vec<Outcome> = groups(reported)
        .iter()
        .filter_map(|group| outcome(group))
        .collect();
    let failed = groups.iter().position(|group| group.action == Action::Failed);
    let delayed = groups.iter().position(|group| group.action == Action::Delayed);
    match failed
        .or(delayed)
        .or(if groups.is_empty() { None } else { Some(0) })
    {
        Some(index) => Some(groups.swap_remove(index)),
        None => Some(Outcome {
            action: Action::Failed,
            bounce: Bounce::default(),
        }),
    }
}

/// Octets of a report that are read: hundreds of recipients.
const LONGEST_REPORT: usize = 128 << 10;

/// Blocks of fields, separated by empty lines.
fn groups(body: &[u8]) -> Vec<Vec<u8>> {
    let mut groups = vec![Vec::new()];
    for line in body.split_inclusive(|&b| b == b'\n') {
        if line.trim_ascii().is_empty() {
            groups.push(Vec::new());
        } else if let Some(last) = groups.last_mut()
            && (line.starts_with(b" ") || line.starts_with(b"\t") || header::is_field(line))
        {
            // Some servers forget to indent the further lines of a diagnostic: those are left out.
            last.extend_from_slice(line);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn outcome(group: &[u8]) -> Option<Outcome> {
    let (fields, _) = header::split(group);
    let status = fields
        .raw("status")
        .and_then(|value| bounce_text::status_code(&value));
    let action = fields.raw("action").map(|value| value.to_ascii_lowercase());
    if status.is_none() && action.is_none() && !fields.has("final-recipient") {
        return None;
    }
    let action = match action
        .as_deref()
        .map(|text| text.split([' ', ';', '(']).next().unwrap_or_default())
    {
        Some("delayed") => Action::Delayed,
        Some("delivered" | "relayed" | "expanded") => Action::Succeeded,
        Some("failed") => Action::Failed,
        _ if status.as_deref().is_some_and(|code| code.starts_with('2')) => Action::Succeeded,
        Some(_) | None => Action::Failed,
    };
    let diagnostic = fields.text("diagnostic-code").unwrap_or_default();
    let status = more_exact(status, &diagnostic);
    let permanent = status.as_deref().is_none_or(|code| code.starts_with('5'));
    Some(Outcome {
        action,
        bounce: Bounce {
            recipient: recipient(&fields),
            status,
            original_message_id: None,
            permanent,
        },
    })
}

/// The reporting server guesses a Status; the diagnostic quotes what the refusing server said.
fn more_exact(status: Option<String>, diagnostic: &str) -> Option<String> {
    let said = bounce_text::status_code(diagnostic).filter(|code| !code.starts_with('2'));
    let said = said.filter(|code| !code.ends_with(".0.0") || status.is_none());
    said.or(status)
}

/// The address that we wrote to, where the report says it; the one it was rewritten to otherwise.
fn recipient(fields: &Headers<'_>) -> Option<String> {
    ["original-recipient", "final-recipient", "x-actual-recipient"]
        .iter()
        .find_map(|name| {
            let value = fields.text(name)?;
            usable(
                value
                    .rsplit_once(';')
                    .map_or(value.as_str(), |(_type, address)| address),
            )
        })
}

/// An address worth reporting, bare and folded.
pub(crate) fn usable(text: &str) -> Option<String> {
    let found = parse_list(text.trim()).into_iter().next()?;
    address::fold(&found.address)
}

/// Fills what the report itself left open from the returned message and the visible text.
fn complete(bounce: &mut Bounce, root: &Part<'_>, mail: &Mail) {
    let original = original(root);
    if bounce.recipient.is_none() {
        bounce.recipient = bounce_text::recipient(&root.headers, mail).or_else(|| {
            original
                .as_ref()
                .and_then(|inner| inner.to.first())
                .and_then(|to| address::fold(&to.address))
        });
    }
    if bounce.status.is_none() {
        bounce.status = bounce_text::status_code(&mail.text).or_else(|| bounce_text::meaning(&mail.text));
        bounce.permanent = bounce.status.as_deref().is_none_or(|code| code.starts_with('5'));
    }
    let named = bounce.original_message_id.take();
    bounce.original_message_id = named
        .or_else(|| original.and_then(|inner| inner.message_id))
        .or_else(|| quoted_message_id(&mail.text))
        .or_else(|| mail.in_reply_to.clone());
}

/// The header of the message that came back.
fn original(root: &Part<'_>) -> Option<Mail> {
    let parts = root.walk();
    let returned = parts.iter().skip(1).find(|part| {
        part.is_message()
            || matches!(
                part.content_type.value.as_str(),
                "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers"
            )
    })?;
    Some(returned.nested_headers())
}

/// The header of the returned message stands at its beginning.
const LINES_OF_A_COPY: usize = 5_000;

fn quoted_message_id(text: &str) -> Option<String> {
    let line = text.lines().take(LINES_OF_A_COPY).find(|line| {
        let line = line.trim_start_matches(['>', ' ', '|']);
        line.get(..11)
            .is_some_and(|start| start.eq_ignore_ascii_case("message-id:"))
    })?;
    ids(line.split_once(':')?.1).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::parse::parse;

    fn report(fields: &str) -> Automatic {
        let raw = format!(
            "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{fields}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <m1@desk.example>\r\nSubject: Re: order\r\n\r\nbody\r\n--b--\r\n"
        );
        parse(raw.as_bytes()).automatic
    }

    #[test]
    fn a_standard_report_names_recipient_status_and_message() {
        let found =
            report("Final-Recipient: rfc822; Ann@Shop.Example\r\nAction: failed\r\nStatus: 5.1.1\r\n");
        assert_eq!(
            found,
            Automatic::Bounce(Bounce {
                recipient: Some("ann@shop.example".into()),
                status: Some("5.1.1".into()),
                original_message_id: Some("m1@desk.example".into()),
                permanent: true
            })
        );
    }

    #[test]
    fn delays_and_confirmations_are_no_bounces() {
        assert!(matches!(
            report("Final-Recipient: rfc822; a@b.c\r\nAction: delayed\r\nStatus: 4.4.1\r\n"),
            Automatic::Delay(_)
        ));
        assert_eq!(
            report("Final-Recipient: rfc822; a@b.c\r\nAction: delivered\r\nStatus: 2.0.0\r\n"),
            Automatic::Machine
        );
    }

    #[test]
    fn a_vague_status_is_replaced_by_the_diagnostic() {
        let found = report(
            "Final-Recipient: rfc822; a@b.c\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n",
        );
        assert!(matches!(found, Automatic::Bounce(Bounce { status: Some(code), .. }) if code == "5.2.2"));
    }
}
