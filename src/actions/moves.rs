//! Messages move between tickets: what each ticket then shows of itself, and who may move them.

use shouwen_core::id::TicketId;
use shouwen_core::message::Visibility;
use shouwen_core::ticket::TicketNumber;

use super::tickets::shorten;
use crate::db::Error;
use crate::log::Change;
use crate::store::messages as message_rows;
use crate::store::tickets::{self, TicketRow};
use crate::store::{files, merges, visitors};

#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("a ticket cannot be merged into itself")]
    Itself,
    #[error("this ticket was merged into #{0} already")]
    Merged(TicketNumber),
    #[error("#{0} was itself merged into #{1}: choose that one")]
    TargetMerged(TicketNumber, TicketNumber),
    #[error(
        "the visitor of the chat would read what another customer wrote: say first that both tickets are the same \
         customer's"
    )]
    AnothersChat,
    #[error("this ticket was not merged into another")]
    NotMerged,
    #[error("somebody moved these tickets just now: look again")]
    Meanwhile,
    #[error("choose 1 to {0} messages")]
    HowMany(usize),
    #[error("one of these messages is not in this ticket any more")]
    NotHere,
    #[error("nothing would stay in the ticket: change its subject instead")]
    NothingStays,
    #[error("the new subject has at most {0} characters")]
    LongSubject(usize),
    #[error(transparent)]
    Store(#[from] Error),
}

/// Locks two tickets that the actor may see, in the order of their ids.
pub(super) async fn lock_both(
    change: &mut Change,
    one: TicketId,
    other: TicketId,
) -> Result<(TicketRow, TicketRow), MoveError> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let mut found = Vec::with_capacity(2);
    for id in [one.min(other), one.max(other)] {
        let locked = tickets::lock(change.tx(), workspace, id).await?;
        if !tickets::is_visible(change.tx(), &actor, id).await? {
            return Err(MoveError::NoSuchTicket);
        }
        found.push(locked.ok_or(MoveError::NoSuchTicket)?);
    }
    let (Some(last), Some(first)) = (found.pop(), found.pop()) else {
        return Err(MoveError::NoSuchTicket);
    };
    Ok(if first.id == one {
        (first, last)
    } else {
        (last, first)
    })
}

/// Brings what a list shows of the ticket in line with the messages that stand in it now. Does not save the row.
pub(super) async fn retell(change: &mut Change, ticket: &mut TicketRow) -> Result<(), Error> {
    let (workspace, id) = (change.workspace(), ticket.id);
    ticket.updated_at = change.now();
    ticket.failed = message_rows::any_failed(change.tx(), workspace, id).await?;
    let Some(newest) = merges::newest(change.tx(), workspace, id).await? else {
        return Ok(());
    };
    if newest.visibility == Visibility::Public {
        ticket.channel = newest.channel;
        newest.direction.as_str().clone_into(&mut ticket.last_direction);
    } else {
        "note".clone_into(&mut ticket.last_direction);
    }
    ticket.last_message_at = newest.created_at;
    let words = newest.reply_text.as_deref().unwrap_or(&newest.text);
    ticket.preview = if words.trim().is_empty() {
        let named = files::of_messages(change.tx(), workspace, &[newest.id]).await?;
        named.into_iter().next().map(|file| file.name).unwrap_or_default()
    } else {
        shorten(words, 140)
    };
    Ok(())
}

/// Nothing new stands between the last message that stayed and the end: who has read it has read all.
pub(super) async fn mark_read_to_end(change: &mut Change, ticket: &TicketRow) -> Result<(), Error> {
    let workspace = change.workspace();
    let highest = merges::highest(change.tx(), workspace, ticket.id).await?;
    merges::mark_read_on(change.tx(), workspace, ticket.id, highest, ticket.last_position).await
}

/// Whether somebody follows the ticket in the chat.
pub(super) async fn is_chat(change: &mut Change, ticket: TicketId) -> Result<bool, Error> {
    let workspace = change.workspace();
    let parts = visitors::parts_of_tickets(change.tx(), workspace, &[ticket]).await?;
    Ok(!parts.is_empty())
}
