//! Where an outgoing mail is on its way: begun, arrived, failed, uncertain; sent again or settled by a person.
//!
//! `sending` is committed before the content goes out and the result after, so whatever is found in `sending` later
//! may have arrived, and is never sent again by itself.

use shouwen_core::customer::fold;
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, InboxId, MessageId};
use shouwen_core::message::{AuthorKind, BounceReason, Delivery};
use shouwen_core::ticket::answer_failed;
use shouwen_core::time::Timestamp;

use super::notifications::notify;
use super::replies::{SEND_MESSAGE, lock_visible};
use super::tickets::live_on;
use crate::db::Error;
use crate::log::Change;
use crate::store::customers;
use crate::store::messages::{self, DeliveryRow, MessageRow};
use crate::store::notifications::NotificationKind;
use crate::store::send_rates;
use crate::store::tickets::{self, TicketRow};

/// What came of one recipient.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub recipient: String,
    pub state: Delivery,
    /// The words of the mail server, or ours.
    pub response: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error("no such message")]
    NoSuchMessage,
    #[error("nothing of this message failed or is uncertain")]
    NothingToDo,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Marks what is about to be sent, with the Message-ID under which it goes. False when a recipient is not waiting
/// any more: then nothing may be sent.
pub async fn begin(
    change: &mut Change,
    message: &MessageRow,
    recipients: &[String],
    mail_id: &str,
) -> Result<bool, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let moved = messages::start_deliveries(change.tx(), workspace, message.id, recipients, now).await?;
    if usize::try_from(moved).ok() != Some(recipients.len()) {
        return Ok(false);
    }
    messages::add_mail_ids(change.tx(), workspace, message.id, &[mail_id.to_owned()]).await?;
    messages::set_delivery(change.tx(), workspace, message.id, Delivery::Sending, None).await?;
    change.record(
        message.ticket_id,
        Event::MessageDelivery {
            message: message.id,
            state: Delivery::Sending,
        },
    );
    Ok(true)
}

/// Takes a turn of the inbox's account in this minute. False when so many were sent in it already: then the message
/// waits for the minute that is its turn.
pub async fn take_turn(
    change: &mut Change,
    inbox: InboxId,
    message: MessageId,
    most: i64,
) -> Result<bool, Error> {
    const MINUTE: i64 = 60_000;
    let (workspace, now) = (change.workspace(), change.now());
    let minute = now.millis().div_euclid(MINUTE);
    let taken = send_rates::count(change.tx(), workspace, inbox, minute).await?;
    if taken <= most {
        return Ok(true);
    }
    // So many full minutes of others are before it.
    let later = minute + 1 + (taken - most - 1) / most.max(1);
    let at = Timestamp::from_millis(later * MINUTE);
    change.enqueue(SEND_MESSAGE, &serde_json::json!({ "message": message }), at);
    Ok(false)
}

/// Turns what was left in `sending` by a server that stopped into `uncertain`. True when something was.
pub async fn doubt(change: &mut Change, message: MessageId, words: &str) -> Result<bool, Error> {
    let workspace = change.workspace();
    let rows = messages::deliveries(change.tx(), workspace, &[message]).await?;
    let left: Vec<Outcome> = rows
        .into_iter()
        .filter(|row| row.state == Delivery::Sending)
        .map(|row| Outcome {
            recipient: row.recipient,
            state: Delivery::Uncertain,
            response: Some(words.to_owned()),
        })
        .collect();
    if left.is_empty() {
        return Ok(false);
    }
    note(change, message, &left).await?;
    Ok(true)
}

/// Writes what came of recipients, and what follows for the message, its ticket and its people.
pub async fn note(change: &mut Change, message: MessageId, outcomes: &[Outcome]) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(row) = messages::find(change.tx(), workspace, message).await? else {
        return Ok(());
    };
    let Some(mut ticket) = tickets::lock(change.tx(), workspace, row.ticket_id).await? else {
        return Ok(());
    };
    for outcome in outcomes {
        let (reason, code) = reason(outcome);
        let delivery = DeliveryRow {
            message_id: message,
            recipient: outcome.recipient.clone(),
            state: outcome.state,
            response: outcome.response.clone(),
            reason: reason.map(|reason| reason.to_string()),
            code,
        };
        messages::save_delivery(change.tx(), workspace, &delivery, now).await?;
        if outcome.state == Delivery::Failed {
            flag_address(change, &outcome.recipient, reason).await?;
        }
    }
    let state = write_state(change, &row).await?;
    if is_trouble(state) && !is_trouble(row.delivery) {
        let life = answer_failed(&ticket.life(), now);
        live_on(change, &mut ticket, &life).await?;
        tell_people(change, &ticket, &row).await?;
    }
    save_failed(change, ticket).await
}

/// The message came back, and the report does not say from which of its recipients: the message is marked, and none
/// of them is blamed.
pub async fn note_returned(change: &mut Change, message: MessageId, words: &str) -> Result<(), Error> {
    let workspace = change.workspace();
    let Some(row) = messages::find(change.tx(), workspace, message).await? else {
        return Ok(());
    };
    let Some(mut ticket) = tickets::lock(change.tx(), workspace, row.ticket_id).await? else {
        return Ok(());
    };
    let state = Delivery::Failed;
    messages::set_delivery(change.tx(), workspace, message, state, Some(words)).await?;
    if row.delivery != state {
        change.record(row.ticket_id, Event::MessageDelivery { message, state });
    }
    if !is_trouble(row.delivery) {
        let life = answer_failed(&ticket.life(), change.now());
        live_on(change, &mut ticket, &life).await?;
        tell_people(change, &ticket, &row).await?;
    }
    save_failed(change, ticket).await
}

/// Why a recipient was not reached, in a word, and the code behind it.
fn reason(outcome: &Outcome) -> (Option<BounceReason>, Option<String>) {
    let words = outcome.response.as_deref().unwrap_or_default();
    let tells = match outcome.state {
        Delivery::Failed | Delivery::Delayed => true,
        Delivery::Queued => !words.is_empty(),
        Delivery::None | Delivery::Sending | Delivery::Sent | Delivery::Uncertain => false,
    };
    if !tells {
        return (None, None);
    }
    let code = enhanced_code(words);
    let by_code = code.as_deref().map_or(BounceReason::Other, BounceReason::of_code);
    let vague = matches!(by_code, BounceReason::Other | BounceReason::RefusedByPolicy);
    let by_words = BounceReason::of_words(words);
    let known = if vague && by_words != BounceReason::Other {
        by_words
    } else {
        by_code
    };
    (Some(known), code)
}

/// The first enhanced status code (RFC 3463) of class 4 or 5 in the words of a server.
fn enhanced_code(words: &str) -> Option<String> {
    let is_edge = |c: char| !(c.is_ascii_digit() || c == '.');
    let is_code = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        let short = |part: &str| (1..=3).contains(&part.len());
        matches!(parts.as_slice(), ["4" | "5", subject, detail] if short(subject) && short(detail))
    };
    words
        .split(is_edge)
        .map(|word| word.trim_matches('.'))
        .find(is_code)
        .map(ToOwned::to_owned)
}

/// An address that is wrong for good is marked where people choose it.
async fn flag_address(
    change: &mut Change,
    recipient: &str,
    reason: Option<BounceReason>,
) -> Result<(), Error> {
    let Some(reason) = reason.filter(|reason| reason.condemns_address()) else {
        return Ok(());
    };
    let (workspace, now, folded) = (change.workspace(), change.now(), fold(recipient));
    let flagged =
        customers::mark_undeliverable(change.tx(), workspace, &folded, now, reason.as_str()).await?;
    if let Some(customer) = flagged {
        change.record_general(Event::CustomerChanged { customer });
    }
    Ok(())
}

/// Sends again to those recipients where it failed or nobody knows: knowingly, by a person.
pub async fn retry(change: &mut Change, message: MessageId) -> Result<MessageRow, DeliveryError> {
    let (workspace, now) = (change.workspace(), change.now());
    let (row, ticket) = lock(change, message).await?;
    let from = [Delivery::Failed, Delivery::Uncertain];
    let moved =
        messages::move_deliveries(change.tx(), workspace, message, &from, Delivery::Queued, now).await?;
    if moved == 0 {
        return Err(DeliveryError::NothingToDo);
    }
    write_state(change, &row).await?;
    change.enqueue(SEND_MESSAGE, &serde_json::json!({ "message": message }), now);
    save_failed(change, ticket).await?;
    reload(change, message).await
}

/// A person says what became of an uncertain message.
pub async fn settle(
    change: &mut Change,
    message: MessageId,
    state: Delivery,
) -> Result<MessageRow, DeliveryError> {
    let (workspace, now) = (change.workspace(), change.now());
    let (row, ticket) = lock(change, message).await?;
    let from = [Delivery::Uncertain];
    let moved = messages::move_deliveries(change.tx(), workspace, message, &from, state, now).await?;
    // One that came back from nobody knows whom is failed though none of its recipients is.
    let was_returned = row.delivery == Delivery::Failed && state == Delivery::Sent && {
        let rows = messages::deliveries(change.tx(), workspace, &[message]).await?;
        rows.iter().all(|row| row.state != Delivery::Failed)
    };
    if moved == 0 && !was_returned {
        return Err(DeliveryError::NothingToDo);
    }
    write_state(change, &row).await?;
    save_failed(change, ticket).await?;
    reload(change, message).await
}

async fn lock(change: &mut Change, message: MessageId) -> Result<(MessageRow, TicketRow), DeliveryError> {
    let workspace = change.workspace();
    let row = messages::find(change.tx(), workspace, message).await?;
    let row = row.ok_or(DeliveryError::NoSuchMessage)?;
    let ticket = lock_visible(change, row.ticket_id).await?;
    Ok((row, ticket.ok_or(DeliveryError::NoSuchMessage)?))
}

async fn reload(change: &mut Change, message: MessageId) -> Result<MessageRow, DeliveryError> {
    let workspace = change.workspace();
    let row = messages::find(change.tx(), workspace, message).await?;
    row.ok_or(DeliveryError::NoSuchMessage)
}

/// The message's state from those of its recipients, with the words of the first that is in trouble.
async fn write_state(change: &mut Change, row: &MessageRow) -> Result<Delivery, Error> {
    let workspace = change.workspace();
    let rows = messages::deliveries(change.tx(), workspace, &[row.id]).await?;
    let state = Delivery::of_all(rows.iter().map(|row| row.state));
    let words = rows
        .iter()
        .find(|row| row.state == state && (is_trouble(state) || state == Delivery::Delayed))
        .and_then(|row| row.response.as_deref());
    messages::set_delivery(change.tx(), workspace, row.id, state, words).await?;
    if state != row.delivery {
        change.record(
            row.ticket_id,
            Event::MessageDelivery {
                message: row.id,
                state,
            },
        );
    }
    Ok(state)
}

async fn save_failed(change: &mut Change, mut ticket: TicketRow) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    ticket.failed = messages::any_failed(change.tx(), workspace, ticket.id).await?;
    ticket.updated_at = now;
    tickets::save(change.tx(), workspace, &ticket).await
}

/// Whoever works on the ticket is told, and the author.
async fn tell_people(change: &mut Change, ticket: &TicketRow, row: &MessageRow) -> Result<(), Error> {
    let author = row.author_id.filter(|_| row.author_kind == AuthorKind::Agent);
    let mut told: Vec<AgentId> = Vec::new();
    for agent in [ticket.assignee_id, author.map(AgentId)].into_iter().flatten() {
        if !told.contains(&agent) {
            told.push(agent);
            let kind = NotificationKind::DeliveryFailed;
            notify(change, agent, kind, ticket.id, Some(row.id)).await?;
        }
    }
    Ok(())
}

fn is_trouble(state: Delivery) -> bool {
    matches!(state, Delivery::Failed | Delivery::Uncertain)
}
