//! Reports of other mail servers on mail of ours (RFC 3464): what failed is marked on the message that failed.

use shouwen_channels::email::{Automatic, Bounce, thread};
use shouwen_core::customer::fold;
use shouwen_core::id::MessageId;
use shouwen_core::message::Delivery;

use super::read_mail::Incoming;
use crate::actions::deliveries::{self, Outcome};
use crate::db::Error;
use crate::log::Change;
use crate::store::messages::{self, DeliveryRow};
use crate::store::raw_mails::{self, Cause, RawState};

pub(super) async fn take_in(change: &mut Change, incoming: &Incoming) -> Result<(), Error> {
    let (workspace, raw) = (change.workspace(), incoming.raw.id);
    let (bounce, state, cause) = match &incoming.reading.mail.automatic {
        Automatic::Bounce(bounce) => (bounce, Delivery::Failed, Cause::Bounce),
        Automatic::Delay(bounce) => (bounce, Delivery::Delayed, Cause::Delay),
        Automatic::No | Automatic::AutoReply | Automatic::Bulk | Automatic::Machine => return Ok(()),
    };
    let Some(message) = reported(change, &incoming.key, bounce).await? else {
        let (state, cause) = (RawState::Suspended, Cause::UnknownBounce.as_str());
        return raw_mails::settle(change.tx(), workspace, raw, state, Some(cause)).await;
    };
    let rows = messages::deliveries(change.tx(), workspace, &[message]).await?;
    match concerned(&rows, bounce) {
        // What failed for good does not become a delay by a report that was slow.
        Some(row) if state == Delivery::Delayed && row.state == Delivery::Failed => {}
        Some(row) => deliveries::note(change, message, &[outcome(row, bounce, state)]).await?,
        None if state == Delivery::Failed => {
            let words = format!("{}; it does not say from which recipient", words(bounce, state));
            deliveries::note_returned(change, message, &words).await?;
        }
        None => {}
    }
    let (state, cause) = (RawState::Report, cause.as_str());
    raw_mails::settle(change.tx(), workspace, raw, state, Some(cause)).await
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

/// The recipient that the report names, or the only one that there is.
fn concerned<'r>(rows: &'r [DeliveryRow], bounce: &Bounce) -> Option<&'r DeliveryRow> {
    let named = bounce.recipient.as_deref().map(fold);
    let is_named = |row: &&DeliveryRow| Some(fold(&row.recipient)) == named;
    rows.iter().find(is_named).or(match rows {
        [only] => Some(only),
        _ => None,
    })
}

fn outcome(row: &DeliveryRow, bounce: &Bounce, state: Delivery) -> Outcome {
    Outcome {
        recipient: row.recipient.clone(),
        state,
        response: Some(words(bounce, state)),
    }
}

fn words(bounce: &Bounce, state: Delivery) -> String {
    let said = if state == Delivery::Delayed {
        "the recipient's mail server still tries to deliver it"
    } else {
        "returned by the recipient's mail server"
    };
    match &bounce.status {
        Some(status) => format!("{said} ({status})"),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(recipients: &[&str]) -> Vec<DeliveryRow> {
        let row = |recipient: &&str| DeliveryRow {
            message_id: MessageId(uuid::Uuid::nil()),
            recipient: (*recipient).to_owned(),
            state: Delivery::Sent,
            response: None,
            reason: None,
            code: None,
        };
        recipients.iter().map(row).collect()
    }

    #[test]
    fn nobody_is_blamed_by_chance() {
        let names = |recipient: Option<&str>| Bounce {
            recipient: recipient.map(ToOwned::to_owned),
            ..Bounce::default()
        };
        let (both, one) = (["ann@x.example", "bob@x.example"], ["ann@x.example"]);
        for (there, named, wanted) in [
            (&both[..], Some("BOB@x.example"), Some("bob@x.example")),
            (&both[..], Some("list@x.example"), None),
            (&both[..], None, None),
            // Forwarded on: the address that failed is not the one that we wrote to.
            (&one[..], Some("ann@elsewhere.example"), Some("ann@x.example")),
        ] {
            let rows = rows(there);
            let found = concerned(&rows, &names(named)).map(|row| row.recipient.as_str());
            assert_eq!(found, wanted, "{there:?} {named:?}");
        }
    }
}
