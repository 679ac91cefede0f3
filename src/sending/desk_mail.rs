//! The server's own mail: invitations, password resets. It goes through the server's account alone.

use serde::Deserialize;
use shouwen_channels::email::Mailbox;
use shouwen_channels::email::compose::{Outgoing, compose};
use shouwen_channels::email::smtp_client::{Delivery, OutgoingEnvelope};

use super::accounts::relay;
use crate::app::App;
use crate::jobs::JobError;
use crate::jobs::queue::Job;

#[derive(Deserialize)]
struct Payload {
    to: String,
    subject: String,
    text: String,
}

/// Says at the start that no invitation will arrive.
pub fn warn_when_unset(app: &App) {
    if app.config.mail.smtp_host.is_empty() {
        tracing::warn!(
            "mail.smtp_host is not set: invitations and password resets are not sent, nor is mail of inboxes \
             without an account of their own"
        );
    }
}

pub(crate) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    let hopeless = |error: &dyn std::fmt::Display| JobError::Hopeless(error.to_string());
    let payload: Payload = serde_json::from_str(&job.payload).map_err(|error| hopeless(&error))?;
    let account = relay(&app.config)
        .ok_or_else(|| hopeless(&"the server has no account to send mail by (mail.smtp_host)"))?;
    let from = sender(app);
    let outgoing = Outgoing {
        to: vec![Mailbox {
            address: payload.to.clone(),
            name: None,
        }],
        subject: payload.subject,
        message_id: format!("{}@{}", job.id.0.simple(), app.config.host()),
        date_ms: job.created_at.millis(),
        text: payload.text,
        from: from.clone(),
        automatic: true,
        ..Outgoing::default()
    };
    let raw = compose(&outgoing).map_err(|error| hopeless(&error))?;
    let envelope = OutgoingEnvelope {
        from: Some(from.address),
        recipients: vec![payload.to],
    };
    let pool = app.senders.pool(None, account);
    let report = pool
        .send(&envelope, &raw, async || Ok::<(), JobError>(()))
        .await?;
    match report.recipients.into_iter().next() {
        Some((_, Delivery::Temporary { text, .. })) => Err(JobError::Failed(text)),
        Some((_, Delivery::Permanent { text, .. })) => Err(JobError::Hopeless(text)),
        Some((_, Delivery::Uncertain { text })) => {
            // Not sent again by itself; whoever waits for it asks for another.
            tracing::warn!(job.id = %job.id, error = text, "a mail of the server's own may not have arrived");
            Ok(())
        }
        Some((_, Delivery::Sent { .. })) | None => Ok(()),
    }
}

/// `mail.from`, written as in a header or as a bare address.
fn sender(app: &App) -> Mailbox {
    let from = app.config.mail.from.trim();
    if from.is_empty() {
        return Mailbox {
            address: format!("shouwen@{}", app.config.host()),
            name: Some("Shouwen".to_owned()),
        };
    }
    match from.strip_suffix('>').and_then(|from| from.rsplit_once('<')) {
        Some((name, address)) => Mailbox {
            address: address.trim().to_owned(),
            name: Some(name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty()),
        },
        None => Mailbox {
            address: from.to_owned(),
            name: None,
        },
    }
}
