//! One message through one connection, with one result per recipient.

use super::AccountError;
use super::connection::{Broken, Connection, Reply};

/// Who a message goes from and to at the SMTP level; headers may say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEnvelope {
    /// `None` for the null sender of automatic mail that wants no bounce.
    pub from: Option<String>,
    pub recipients: Vec<String>,
}

/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took responsibility.
    Sent { response: String },
    /// Certainly not delivered; another attempt may succeed. The code is the server's, if it spoke.
    Temporary { code: Option<u16>, text: String },
    /// Certainly not delivered, and never will be as it is.
    Permanent { code: Option<u16>, text: String },
    /// The content was on its way when the connection broke: it may have been delivered.
    Uncertain { text: String },
}

#[derive(Debug)]
pub struct SendReport {
    /// In the order of the envelope, each recipient once.
    pub recipients: Vec<(String, Delivery)>,
    /// The account itself is in trouble; all recipients are temporary then.
    pub account_error: Option<AccountError>,
}

impl SendReport {
    pub(super) fn all(envelope: &OutgoingEnvelope, delivery: &Delivery) -> Self {
        let recipients = envelope
            .recipients
            .iter()
            .map(|address| (address.clone(), delivery.clone()));
        SendReport {
            recipients: recipients.collect(),
            account_error: None,
        }
    }

    pub(super) fn account_failed(envelope: &OutgoingEnvelope, error: AccountError) -> Self {
        let delivery = Delivery::Temporary {
            code: None,
            text: error.to_string(),
        };
        SendReport {
            account_error: Some(error),
            ..Self::all(envelope, &delivery)
        }
    }
}

/// A report, and whether the connection can serve another message.
pub(super) struct Outcome {
    pub(super) report: SendReport,
    pub(super) reusable: bool,
}

/// What the server said to the envelope: per recipient `None` when accepted.
struct Answers {
    refused: Vec<Option<Delivery>>,
}

pub(super) async fn deliver<E>(
    connection: &mut Connection,
    envelope: &OutgoingEnvelope,
    raw: &[u8],
    before_data: impl AsyncFnOnce() -> Result<(), E>,
) -> Result<Outcome, E> {
    let answers = match offer(connection, envelope, raw).await {
        Ok(answers) => answers,
        Err(outcome) => return Ok(outcome),
    };
    if answers.refused.iter().all(Option::is_some) {
        let reusable = reset(connection).await;
        return Ok(Outcome {
            report: answers.report(envelope, None),
            reusable,
        });
    }
    if let Err(error) = before_data().await {
        reset(connection).await;
        return Err(error);
    }
    let (delivery, reusable) = content(connection, raw).await;
    Ok(Outcome {
        report: answers.report(envelope, Some(&delivery)),
        reusable,
    })
}

/// MAIL and RCPT, in one write where the server allows it. The error is a finished outcome.
async fn offer(
    connection: &mut Connection,
    envelope: &OutgoingEnvelope,
    raw: &[u8],
) -> Result<Answers, Outcome> {
    let failed = |report: SendReport, reusable: bool| Outcome { report, reusable };
    if let Some(report) = impossible(connection, envelope) {
        return Err(failed(report, true));
    }
    let broken = |error: Broken| {
        let delivery = Delivery::Temporary {
            code: None,
            text: error.to_string(),
        };
        failed(SendReport::all(envelope, &delivery), false)
    };
    let mut commands = vec![mail_command(connection, envelope, raw)];
    commands.extend(
        envelope
            .recipients
            .iter()
            .map(|recipient| format!("RCPT TO:<{recipient}>")),
    );
    let mut replies = converse(connection, &commands).await.map_err(broken)?.into_iter();
    if let Some(mail) = replies.next().filter(|mail| !mail.is_positive()) {
        let reusable = reset(connection).await;
        return Err(failed(sender_refused(envelope, &mail), reusable));
    }
    let mut refused: Vec<Option<Delivery>> = replies
        .map(|reply| (!reply.is_positive()).then(|| by_code(&reply)))
        .collect();
    let unanswered = Delivery::Temporary {
        code: None,
        text: "not answered".to_owned(),
    };
    refused.resize(envelope.recipients.len(), Some(unanswered));
    Ok(Answers { refused })
}

/// Addresses that cannot be said in SMTP or not to this server.
fn impossible(connection: &Connection, envelope: &OutgoingEnvelope) -> Option<SendReport> {
    let mut addresses = envelope.recipients.iter().chain(&envelope.from);
    let breaks_out = addresses
        .clone()
        .any(|address| address.contains(['\r', '\n', '<', '>', '\0']));
    let foreign = !addresses.all(|address| address.is_ascii()) && connection.capability("SMTPUTF8").is_none();
    let text = match (breaks_out, foreign) {
        (true, _) => "not an email address",
        (_, true) => "the server takes no addresses with other than Latin letters",
        _ => return None,
    };
    Some(SendReport::all(
        envelope,
        &Delivery::Permanent {
            code: None,
            text: text.to_owned(),
        },
    ))
}

fn mail_command(connection: &Connection, envelope: &OutgoingEnvelope, raw: &[u8]) -> String {
    let mut command = format!("MAIL FROM:<{}>", envelope.from.as_deref().unwrap_or_default());
    if connection.capability("SIZE").is_some() {
        command.extend([" SIZE=", &raw.len().to_string()]);
    }
    if !raw.is_ascii() && connection.capability("8BITMIME").is_some() {
        command.push_str(" BODY=8BITMIME");
    }
    if !envelope
        .recipients
        .iter()
        .chain(&envelope.from)
        .all(|address| address.is_ascii())
    {
        command.push_str(" SMTPUTF8");
    }
    command
}

async fn converse(connection: &mut Connection, commands: &[String]) -> Result<Vec<Reply>, Broken> {
    let mut replies = Vec::with_capacity(commands.len());
    if connection.capability("PIPELINING").is_some() {
        let all = format!("{}\r\n", commands.join("\r\n"));
        connection.write(all.as_bytes(), connection.limit()).await?;
        for _ in commands {
            replies.push(connection.read_reply(connection.limit()).await?);
        }
        return Ok(replies);
    }
    for command in commands {
        let reply = connection.command(command).await?;
        let sender_refused = replies.is_empty() && !reply.is_positive();
        replies.push(reply);
        if sender_refused {
            break;
        }
    }
    Ok(replies)
}

fn sender_refused(envelope: &OutgoingEnvelope, reply: &Reply) -> SendReport {
    match reply.code {
        530 | 534 | 535 | 538 => {
            SendReport::account_failed(envelope, AccountError::AuthenticationRequired(reply.text.clone()))
        }
        // 552 and 523 speak of the message's size, not of the sender.
        500..600 if reply.code != 552 && reply.code != 523 => {
            SendReport::account_failed(envelope, AccountError::SenderRefused(reply.text.clone()))
        }
        _ => SendReport::all(envelope, &by_code(reply)),
    }
}

fn by_code(reply: &Reply) -> Delivery {
    let (code, text) = (Some(reply.code), reply.text.clone());
    if reply.code >= 500 {
        Delivery::Permanent { code, text }
    } else {
        Delivery::Temporary { code, text }
    }
}

impl Answers {
    fn report(self, envelope: &OutgoingEnvelope, accepted: Option<&Delivery>) -> SendReport {
        let results = envelope
            .recipients
            .iter()
            .zip(self.refused)
            .map(|(address, refused)| {
                let unsent = || Delivery::Temporary {
                    code: None,
                    text: "not sent".to_owned(),
                };
                let delivery = refused.unwrap_or_else(|| accepted.cloned().unwrap_or_else(unsent));
                (address.clone(), delivery)
            });
        SendReport {
            recipients: results.collect(),
            account_error: None,
        }
    }
}

/// DATA and the content. From the first byte of the content on, silence means uncertainty.
async fn content(connection: &mut Connection, raw: &[u8]) -> (Delivery, bool) {
    match connection.command("DATA").await {
        Ok(reply) if reply.code == 354 => {}
        Ok(reply) => {
            let reusable = reset(connection).await;
            return (by_code(&reply), reusable);
        }
        Err(broken) => {
            return (
                Delivery::Temporary {
                    code: None,
                    text: broken.to_string(),
                },
                false,
            );
        }
    }
    // RFC 5321, section 4.5.3.2.6: servers may take minutes to accept; impatience makes duplicates.
    let patience = connection.limit() * 10;
    let answer = match connection.write(&stuffed(raw), patience).await {
        Ok(()) => connection.read_reply(patience).await,
        Err(broken) => Err(broken),
    };
    match answer {
        Ok(reply) if reply.is_positive() => (
            Delivery::Sent {
                response: format!("{} {}", reply.code, reply.text),
            },
            true,
        ),
        Ok(reply) => (by_code(&reply), true),
        Err(broken) => (
            Delivery::Uncertain {
                text: broken.to_string(),
            },
            false,
        ),
    }
}

/// The content with CRLF line ends, dots doubled, and its end (RFC 5321, section 4.5.2).
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 50 + 8);
    let mut line_start = true;
    let mut previous = 0;
    for &byte in raw {
        if byte == b'.' && line_start {
            out.push(b'.');
        }
        if byte == b'\n' && previous != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        line_start = byte == b'\n';
        previous = byte;
    }
    if !line_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

/// Whether the connection is ready for the next message.
pub(super) async fn reset(connection: &mut Connection) -> bool {
    connection
        .command("RSET")
        .await
        .is_ok_and(|reply| reply.is_positive())
}

#[cfg(test)]
mod unit_tests {
    use super::stuffed;

    #[test]
    fn content_is_stuffed_and_ended_once() {
        for (raw, wanted) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".a\r\n.\r\n", "..a\r\n..\r\n.\r\n"),
            ("a\n.b\n", "a\r\n..b\r\n.\r\n"),
            ("", ".\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(raw.as_bytes())).unwrap(), wanted);
        }
    }
}
