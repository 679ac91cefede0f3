//! The server's own mail: invitations, password resets. It goes through the server's account alone.

use serde::Deserialize;
use shouwen_channels::email::Mailbox;
use shouwen_channels::email::compose::{Outgoing, compose};
use shouwen_channels::email::smtp_client::{Delivery, OutgoingEnvelope, SmtpAccount};
use shouwen_core::id::InboxId;

use super::accounts::{account_of, relay};
use super::through::{self, Stopped};
use crate::app::App;
use crate::jobs::JobError;
use crate::jobs::queue::Job;
use crate::store::inboxes::{self, InboxRow};

#[derive(Deserialize)]
struct Payload {
    to: String,
    subject: String,
    text: String,
    #[serde(default)]
    avoid: Option<InboxId>,
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
    let Route { from, by } = route(app, job, payload.avoid).await?;
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
    let at_once = async || Ok::<(), JobError>(());
    let report = match by {
        By::Server(account) => {
            let pool = app.senders.pool(None, *account);
            pool.send(&envelope, &raw, at_once).await?
        }
        By::Inbox(inbox) => match through::send(app, &inbox, &envelope, &raw, at_once, at_once).await {
            Ok(report) => report,
            Err(Stopped::Account(problem)) => return Err(JobError::Failed(problem.to_string())),
            Err(Stopped::Before(error)) => return Err(error),
            Err(Stopped::Store(error)) => return Err(error.into()),
        },
    };
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

struct Route {
    from: Mailbox,
    by: By,
}

/// Whose account it goes by.
enum By {
    Server(Box<SmtpAccount>),
    Inbox(Box<InboxRow>),
}

/// The server's own account; a mail about an inbox goes by that of another inbox when the server has none.
async fn route(app: &App, job: &Job, avoid: Option<InboxId>) -> Result<Route, JobError> {
    if let Some(account) = relay(&app.config) {
        return Ok(Route {
            by: By::Server(Box::new(account)),
            from: sender(app),
        });
    }
    if avoid.is_some() {
        let all = inboxes::all(&mut app.db.read().await?, job.workspace_id).await?;
        for inbox in all {
            let possible = inbox.active && Some(inbox.id) != avoid && inbox.settings.0.email.is_some();
            if possible
                && let Some(address) = inbox.address.clone()
                && account_of(app, &inbox).await.is_ok()
            {
                return Ok(Route {
                    by: By::Inbox(Box::new(inbox)),
                    from: Mailbox {
                        address,
                        name: Some("Shouwen".to_owned()),
                    },
                });
            }
        }
    }
    Err(JobError::Hopeless(
        "the server has no account to send mail by (mail.smtp_host)".to_owned(),
    ))
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
