//! A customer's message that asks for no answer ("thanks!"): nobody is late for not answering it.

use shouwen_core::event::Event;
use shouwen_core::id::{MessageId, TicketId};
use shouwen_core::message::{AuthorKind, Visibility};
use shouwen_core::ticket::left_with;

use super::replies::lock_visible;
use crate::db::Error;
use crate::log::Change;
use crate::store::{merges, messages, tickets};

#[derive(Debug, thiserror::Error)]
pub enum ThanksError {
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("only what a customer wrote in public waits for an answer")]
    NotAsked,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Says that a message asks for no answer: its clock never ran.
pub async fn mark(change: &mut Change, ticket: TicketId, message: MessageId) -> Result<(), ThanksError> {
    set(change, ticket, message, true).await
}

/// Says that a message asks for an answer after all, since it was written.
pub async fn unmark(change: &mut Change, ticket: TicketId, message: MessageId) -> Result<(), ThanksError> {
    set(change, ticket, message, false).await
}

async fn set(
    change: &mut Change,
    ticket: TicketId,
    message: MessageId,
    needless: bool,
) -> Result<(), ThanksError> {
    let workspace = change.workspace();
    let found = lock_visible(change, ticket).await?;
    let mut row = found.ok_or(ThanksError::NotFound("ticket"))?;
    let found = messages::find(change.tx(), workspace, message).await?;
    let said = found
        .filter(|said| said.ticket_id == ticket)
        .ok_or(ThanksError::NotFound("message"))?;
    let asks = said.author_kind == AuthorKind::Customer && said.visibility == Visibility::Public;
    if !asks || said.automatic {
        return Err(ThanksError::NotAsked);
    }
    if said.no_reply_needed == needless {
        return Ok(());
    }
    messages::set_no_reply_needed(change.tx(), workspace, message, needless).await?;
    let waiting = merges::waiting_since(change.tx(), workspace, ticket).await?;
    row.waiting_since = if needless {
        left_with(&row.life(), waiting).waiting_since
    } else {
        waiting.filter(|_| row.category.is_active())
    };
    row.updated_at = change.now();
    tickets::save(change.tx(), workspace, &row).await?;
    change.record(ticket, Event::NoReplyNeeded { message, needless });
    Ok(())
}
