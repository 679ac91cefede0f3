//! Reports of other mail servers on mail of ours (RFC 3464): what failed is marked on the message that failed.

use shouwen_channels::email::{Automatic, Bounce, thread};
use shouwen_core::id::MessageId;
use shouwen_core::message::Delivery;

use super::read_mail::Incoming;
use crate::actions::deliveries::{self, Outcome};
use crate::db::Error;
use crate::log::Change;
use crate::store::messages::{self, DeliveryRow};
use crate::store::raw_mails::{self, RawState};

pub(super) async fn take_in(change: &mut Change, incoming: &Incoming) -> Result<(), Error> {
    let (workspace, raw) = (change.workspace(), incoming.raw.id);
    let (bounce, failed) = match &incoming.reading.mail.automatic {
        Automatic::Bounce(bounce) => (bounce, true),
        Automatic::Delay(bounce) => (bounce, false),
        Automatic::No | Automatic::AutoReply | Automatic::Bulk | Automatic::Machine => return Ok(()),
    };
    let Some(message) = reported(change, &incoming.key, bounce).await? else {
        let (state, reason) = (RawState::Suspended, Some("unknown_bounce"));
        return raw_mails::settle(change.tx(), workspace, raw, state, reason).await;
    };
    let reason = if failed { "bounce" } else { "delay" };
    if failed {
        let rows = messages::deliveries(change.tx(), workspace, &[message]).await?;
        let outcomes = outcomes(&rows, bounce);
        deliveries::note(change, message, &outcomes).await?;
    }
    raw_mails::settle(change.tx(), workspace, raw, RawState::Report, Some(reason)).await
}

/// The message of ours that the report speaks of.
async fn reported(change: &mut Change, key: &[u8], bounce: &Bounce) -> Result<Option<MessageId>, Error> {
    let Some(id) = &bounce.original_message_id else {
        return Ok(None);
    };
    let workspace = change.workspace();
    let signed = thread::read_token(key, id).and_then(|token| token.message);
    let found = match signed.and_then(|message| message.parse::<MessageId>().ok()) {
        Some(message) => messages::find(change.tx(), workspace, message).await?,
        None => messages::by_mail_id(change.tx(), workspace, id)
            .await?
            .into_iter()
            .next(),
    };
    Ok(found
        .filter(|row| row.delivery != Delivery::None)
        .map(|row| row.id))
}

/// The recipient that the report names; of a mail to one, that one; of a report that names nobody known, everybody.
fn outcomes(rows: &[DeliveryRow], bounce: &Bounce) -> Vec<Outcome> {
    let named = bounce.recipient.as_deref().map(str::to_lowercase);
    let is_named = |row: &&DeliveryRow| Some(row.recipient.to_lowercase()) == named;
    let mut failed: Vec<&DeliveryRow> = rows.iter().filter(is_named).collect();
    if failed.is_empty() {
        failed = rows.iter().collect();
    }
    let words = match &bounce.status {
        Some(status) => format!("returned by the recipient's mail server ({status})"),
        None => "returned by the recipient's mail server".to_owned(),
    };
    failed
        .into_iter()
        .map(|row| Outcome {
            recipient: row.recipient.clone(),
            state: Delivery::Failed,
            response: Some(words.clone()),
        })
        .collect()
}
