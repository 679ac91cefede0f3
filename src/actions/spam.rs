//! Spam is a state, not a deletion: the ticket leaves every list but its own, and comes back whole.

use shouwen_core::customer::IdentityKind;
use shouwen_core::event::Event;
use shouwen_core::id::TicketId;

use super::moves::MoveError;
use super::replies::lock_visible;
use super::routing;
use crate::db::Error;
use crate::log::Change;
use crate::store::sender_rules::{self, RuleKind, RuleOrigin, SenderRuleRow};
use crate::store::tickets::{self, TicketRow};
use crate::store::{customers, messages};

/// So many messages back the sender is looked for.
const RECENT: i64 = 50;

/// Says that the ticket is spam; with `block` its sender's mail is kept back from now on.
pub async fn mark(change: &mut Change, ticket: TicketId, block: bool) -> Result<(), MoveError> {
    let ticket = set(change, ticket, true).await?;
    if !block {
        return Ok(());
    }
    let (workspace, now, agent) = (change.workspace(), change.now(), change.actor().agent());
    for sender in senders(change, &ticket).await? {
        let rule = SenderRuleRow {
            id: change.next_id(),
            kind: RuleKind::Block,
            sender,
            why: RuleOrigin::Spam,
            agent_id: agent,
            created_at: now,
            expires_at: None,
        };
        sender_rules::set(change.tx(), workspace, &rule).await?;
    }
    Ok(())
}

/// Says that the ticket is no spam after all, and that its sender may write again.
pub async fn unmark(change: &mut Change, ticket: TicketId) -> Result<(), MoveError> {
    let ticket = set(change, ticket, false).await?;
    let workspace = change.workspace();
    for sender in senders(change, &ticket).await? {
        sender_rules::remove_of(change.tx(), workspace, &sender, RuleKind::Block).await?;
    }
    Ok(())
}

async fn set(change: &mut Change, ticket: TicketId, spam: bool) -> Result<TicketRow, MoveError> {
    let workspace = change.workspace();
    let found = lock_visible(change, ticket).await?;
    let mut row = found.ok_or(MoveError::NoSuchTicket)?;
    if row.spam != spam {
        (row.spam, row.updated_at) = (spam, change.now());
        tickets::save(change.tx(), workspace, &row).await?;
        change.record(row.id, Event::SpamChanged { spam });
        routing::spam_changed(change, &row).await?;
    }
    Ok(row)
}

/// The addresses from which the ticket's customer wrote in it. An address of ours is none of them.
async fn senders(change: &mut Change, ticket: &TicketRow) -> Result<Vec<String>, Error> {
    let workspace = change.workspace();
    let own = customers::identities(change.tx(), workspace, &[ticket.customer_id]).await?;
    let recent = messages::before(change.tx(), workspace, ticket.id, i64::MAX, RECENT).await?;
    let wrote: Vec<String> = recent
        .into_iter()
        .filter_map(|row| row.mail?.0.from)
        .map(|from| shouwen_core::customer::fold(&from))
        .collect();
    let mut found: Vec<String> = own
        .into_iter()
        .filter(|identity| identity.kind == IdentityKind::Email && wrote.contains(&identity.folded))
        .map(|identity| identity.folded)
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}
