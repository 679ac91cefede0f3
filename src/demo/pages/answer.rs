//! Answering a caught mail as the customer who would have received it: a mail of its own, brought over SMTP.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shouwen_channels::email::dial::{Security, Trust};
use shouwen_channels::email::smtp_client::{Delivery, OutgoingEnvelope, SmtpAccount, SmtpPool};
use shouwen_channels::email::{Mail, parse};

use super::Demo;
use crate::demo::catcher::Caught;

#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    #[error("the mail has no sender or no recipient")]
    NoAddress,
    #[error("the desk takes no mail")]
    NotListening,
    #[error("the desk said: {0}")]
    Refused(String),
}

pub(super) async fn send(demo: &Demo, caught: &Caught, words: &str) -> Result<(), AnswerError> {
    let mail = parse(&caught.raw);
    let customer = caught.recipients.first().ok_or(AnswerError::NoAddress)?;
    let desk = mail.reply_to.first().or(mail.from.as_ref());
    let desk = desk.ok_or(AnswerError::NoAddress)?.address.clone();
    let id = format!("{}.{}", demo.clock.now().millis(), caught.id);
    let raw = compose(&mail, customer, &desk, &id, words);
    let envelope = OutgoingEnvelope {
        from: Some(customer.clone()),
        recipients: vec![desk],
    };
    let pool = SmtpPool::new(account(*demo.smtp.get().ok_or(AnswerError::NotListening)?), 1);
    let sent = pool
        .send(&envelope, raw.as_bytes(), async || {
            Ok::<(), std::convert::Infallible>(())
        })
        .await;
    pool.close().await;
    let Ok(report) = sent;
    match report.recipients.into_iter().next() {
        Some((_, Delivery::Sent { .. })) => Ok(()),
        Some((_, other)) => Err(AnswerError::Refused(format!("{other:?}"))),
        None => Err(AnswerError::NoAddress),
    }
}

fn account(desk: SocketAddr) -> SmtpAccount {
    SmtpAccount {
        host: desk.ip().to_string(),
        port: desk.port(),
        security: Security::None,
        username: None,
        password: None,
        oauth: false,
        timeout: Duration::from_secs(10),
        trust: Trust::default(),
        hello: "customer.example".to_owned(),
    }
}

/// RFC 5322 with what a mail program would write: its thread, and the mail that is answered quoted below.
fn compose(mail: &Mail, customer: &str, desk: &str, id: &str, words: &str) -> String {
    let mut text = format!(
        "{}\r\n\r\nOn {}, <{desk}> wrote:\r\n",
        words.replace('\r', "").replace('\n', "\r\n"),
        day(mail),
    );
    for line in mail.text.lines() {
        let _ = write!(text, "> {line}\r\n"); // a String takes it
    }
    let subject = format!("Re: {}", mail.subject.trim_start_matches("Re: "));
    let mut head = format!(
        "From: <{customer}>\r\nTo: <{desk}>\r\nMessage-ID: <{id}@customer.example>\r\n\
         Subject: =?UTF-8?B?{}?=\r\n",
        STANDARD.encode(subject)
    );
    if let Some(answered) = &mail.message_id {
        let mut chain = String::new();
        for id in &mail.references {
            let _ = write!(chain, "<{id}>\r\n ");
        }
        let _ = write!(
            head,
            "In-Reply-To: <{answered}>\r\nReferences: {chain}<{answered}>\r\n"
        );
    }
    let body = STANDARD.encode(text);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(76)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!(
        "{head}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        lines.join("\r\n")
    )
}

/// As mail programs write it above what they quote.
fn day(mail: &Mail) -> String {
    let written = jiff::Timestamp::from_millisecond(mail.date_ms.unwrap_or(0)).unwrap_or_default();
    written.strftime("%a, %b %-d, %Y at %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_names_what_it_answers() {
        let mail = Mail {
            subject: "灯罩碎了".to_owned(),
            message_id: Some("b@desk".to_owned()),
            references: vec!["a@desk".to_owned()],
            text: "New shade sent".to_owned(),
            ..Mail::default()
        };
        let raw = compose(
            &mail,
            "wang@post.example",
            "support@lamp-tea.example",
            "1",
            "谢谢！",
        );
        let read = parse(raw.as_bytes());
        assert_eq!(read.subject, "Re: 灯罩碎了");
        assert_eq!(read.in_reply_to.as_deref(), Some("b@desk"));
        assert_eq!(read.references, ["a@desk", "b@desk"]);
        assert_eq!(read.reply.trim(), "谢谢！");
    }
}
