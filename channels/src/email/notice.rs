//! Notices of failed delivery in forms of their own: the JSON that Amazon SES sends by SNS, and refusals of
//! mailing lists.

use serde_json::Value;

use crate::email::address::fold;
use crate::email::bounce::{Action, Bounce, Outcome};
use crate::email::bounce_text;
use crate::email::mime::Part;
use crate::email::parse::Mail;

pub(crate) fn read(root: &Part<'_>, mail: &Mail) -> Option<Outcome> {
    amazon(&mail.text).or_else(|| mailing_list(root, mail))
}

/// `{"notificationType":"Bounce","bounce":{"bouncedRecipients":[…]}}`, an event's text below it.
fn amazon(text: &str) -> Option<Outcome> {
    let text = text.trim_start();
    if !text.starts_with('{') || !text.contains("bouncedRecipients") && !text.contains("delayedRecipients") {
        return None;
    }
    // Lines of more than 998 octets are broken with a mark on their way.
    let text = text.replace("!\n ", "");
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let notice = values.next()?.ok()?;
    // SNS may wrap it once more, as a text.
    let wrapped = notice.get("Message").and_then(Value::as_str);
    let notice = match wrapped {
        Some(inner) => serde_json::from_str(inner).ok()?,
        None => notice,
    };
    let delay = notice.get("deliveryDelay");
    let report = notice.get("bounce").or(delay)?;
    let recipients = report
        .get("bouncedRecipients")
        .or_else(|| report.get("delayedRecipients"))?;
    let first = recipients.get(0)?;
    let words = |name: &str| first.get(name).and_then(Value::as_str);
    let status = words("status").and_then(bounce_text::status_code);
    let said = words("diagnosticCode").and_then(bounce_text::status_code);
    let transient = report.get("bounceType").and_then(Value::as_str) == Some("Transient");
    Some(Outcome {
        action: if delay.is_some() {
            Action::Delayed
        } else {
            Action::Failed
        },
        bounce: Bounce {
            recipient: words("emailAddress").and_then(fold),
            status: status.or(said),
            original_message_id: notice
                .pointer("/mail/commonHeaders/messageId")
                .and_then(Value::as_str)
                .map(|id| id.trim_matches(['<', '>']).to_owned()),
            permanent: !transient && delay.is_none(),
        },
    })
}

/// A list that refuses who is no member: `You ann@shop.example are not member (list ML)`.
fn mailing_list(root: &Part<'_>, mail: &Mail) -> Option<Outcome> {
    let headers = &root.headers;
    let by_list = headers.has("x-mlserver") || headers.has("x-ml-info");
    let subject = mail.subject.to_lowercase();
    let refused = ["not member", "not a member", "not allowed", "reject"]
        .iter()
        .any(|words| subject.contains(words));
    if !(by_list && refused) {
        return None;
    }
    let list = mail.text.lines().take(30).find_map(|line| {
        let (_, after) = line.split_once('<')?;
        fold(after.split('>').next()?)
    });
    Some(Outcome {
        action: Action::Failed,
        bounce: Bounce {
            recipient: list,
            permanent: true,
            ..Bounce::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use crate::email::automatic::Automatic;
    use crate::email::parse::parse;

    #[test]
    fn amazons_notices_are_read() {
        let notice = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"Gone@shop.example","status":"5.1.1"}]},"mail":{"commonHeaders":{"messageId":"<m1@desk.example>"}}}"#;
        let raw = format!(
            "From: no-reply@sns.amazonaws.com\r\nSubject: AWS Notification Message\r\n\r\n{notice}\r\n\r\n--\r\nstop\r\n"
        );
        let Automatic::Bounce(bounce) = parse(raw.as_bytes()).automatic else {
            panic!("not seen as a bounce")
        };
        assert_eq!(bounce.recipient.as_deref(), Some("gone@shop.example"));
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert_eq!(bounce.original_message_id.as_deref(), Some("m1@desk.example"));
    }

    #[test]
    fn a_list_that_refuses_is_a_bounce() {
        let raw = b"From: list-admin@ml.example\r\nX-MLServer: fml\r\nSubject: You a@us.example are not member (news ML)\r\n\r\nYou are not a member of <news@ml.example>.\r\n";
        assert!(
            matches!(parse(raw).automatic, Automatic::Bounce(bounce) if bounce.recipient.as_deref() == Some("news@ml.example"))
        );
    }
}
