//! Opening tickets, and writing back what a decision changed in one.

use shouwen_core::channel::Channel;
use shouwen_core::complaint::TicketKind;
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, CustomerId, InboxId, StatusId, TeamId, TicketId};
use shouwen_core::ticket::{Category, Field, Life, Priority, TicketNumber, category_chosen};

use super::notifications::notify;
use super::routing;
use super::routing::owners::people_after_waking;
use crate::db::Error;
use crate::log::Change;
use crate::store::notifications::NotificationKind;
use crate::store::pauses::PauseRow;
use crate::store::statuses::StatusRow;
use crate::store::tickets::{EditRow, TicketRow};
use crate::store::{pauses, statuses, tickets, workspaces};

/// A ticket to be opened. Its first message is added right after, in the same change.
#[derive(Debug, Clone)]
pub struct NewTicket {
    pub subject: String,
    pub customer: CustomerId,
    pub inbox: InboxId,
    pub channel: Channel,
    pub team: Option<TeamId>,
    pub assignee: Option<AgentId>,
    pub priority: Priority,
    /// The closed ticket that it continues.
    pub follow_up_of: Option<TicketId>,
}

/// How long a subject is kept; a longer one is cut.
pub const LONGEST_SUBJECT: usize = 500;
/// How much is said about why work on a ticket rests, in characters.
pub const LONGEST_REASON: usize = 500;

/// Opens a ticket; the caller adds its first message and saves it by that.
pub async fn open(change: &mut Change, new: &NewTicket) -> Result<TicketRow, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let status = statuses::of_category(change.tx(), workspace, Category::New).await?;
    let count = workspaces::next_count(change.tx(), workspace, "ticket").await?;
    let ticket = TicketRow {
        id: change.next_id(),
        number: TicketNumber::from_count(count),
        version: 1,
        subject: shorten(&new.subject, LONGEST_SUBJECT),
        customer_id: new.customer,
        inbox_id: new.inbox,
        channel: new.channel,
        status_id: status,
        category: Category::New,
        priority: new.priority,
        team_id: new.team,
        assignee_id: new.assignee,
        owner_id: None,
        preview: String::new(),
        last_direction: "in".to_owned(),
        last_position: 0,
        last_message_at: now,
        waiting_since: None,
        failed: false,
        customer_seen: 0,
        first_response_at: None,
        solved_at: None,
        created_at: now,
        updated_at: now,
        spam: false,
        merged_into: None,
        follow_up_of: new.follow_up_of,
        kind: TicketKind::Inquiry.as_str().to_owned(),
    };
    tickets::add(change.tx(), workspace, &ticket).await?;
    change.record(ticket.id, Event::TicketOpened { channel: new.channel });
    routing::ticket_opened(change, &ticket).await?;
    Ok(ticket)
}

/// Brings the row to a new life: the built-in status of its category, people, instants. Records what changed.
/// Does not save the row.
pub async fn live_on(change: &mut Change, ticket: &mut TicketRow, life: &Life) -> Result<(), Error> {
    let life = &people_after_waking(change, ticket, *life).await?;
    if life.category != ticket.category {
        let workspace = change.workspace();
        let status = statuses::of_category(change.tx(), workspace, life.category).await?;
        let (from, to) = (ticket.status_id.to_string(), status.to_string());
        ticket.status_id = status;
        note_edit(change, ticket, Field::Status, Some(from), Some(to)).await?;
    }
    turn_to(change, ticket, life.category);
    if life.assignee != ticket.assignee_id {
        let (from, to) = (
            ticket.assignee_id.map(|id| id.to_string()),
            life.assignee.map(|id| id.to_string()),
        );
        ticket.assignee_id = life.assignee;
        note_edit(change, ticket, Field::Assignee, from, to).await?;
        if let Some(assignee) = life.assignee {
            notify(change, assignee, NotificationKind::Assigned, ticket.id, None).await?;
        }
    }
    if life.owner != ticket.owner_id {
        let (from, to) = (
            ticket.owner_id.map(|id| id.to_string()),
            life.owner.map(|id| id.to_string()),
        );
        ticket.owner_id = life.owner;
        note_edit(change, ticket, Field::Owner, from, to).await?;
    }
    ticket.waiting_since = life.waiting_since;
    ticket.first_response_at = life.first_response_at;
    ticket.solved_at = life.solved_at;
    Ok(())
}

/// A status that a ticket may be given.
pub async fn usable_status(change: &mut Change, id: StatusId) -> Result<Option<StatusRow>, Error> {
    let workspace = change.workspace();
    let found = statuses::find(change.tx(), workspace, id).await?;
    Ok(found.filter(|status| !status.archived))
}

/// Gives the ticket a status that somebody chose, for this reason. Does not save the row.
pub async fn choose_status(
    change: &mut Change,
    ticket: &mut TicketRow,
    status: &StatusRow,
    reason: Option<&str>,
) -> Result<(), Error> {
    note_pause(change, ticket, status.category, reason).await?;
    let life = category_chosen(&ticket.life(), status.category, change.now());
    turn_to(change, ticket, life.category);
    (ticket.solved_at, ticket.waiting_since) = (life.solved_at, life.waiting_since);
    if ticket.status_id != status.id {
        let (from, to) = (ticket.status_id.to_string(), status.id.to_string());
        ticket.status_id = status.id;
        note_edit(change, ticket, Field::Status, Some(from), Some(to)).await?;
    }
    Ok(())
}

/// Keeps why the work is put aside, and whether the customer is waiting meanwhile.
async fn note_pause(
    change: &mut Change,
    ticket: &TicketRow,
    to: Category,
    reason: Option<&str>,
) -> Result<(), Error> {
    let rests = matches!(to, Category::Waiting | Category::OnHold) && to != ticket.category;
    if !rests || reason.is_none() && ticket.waiting_since.is_none() {
        return Ok(());
    }
    let (workspace, actor) = (change.workspace(), change.actor().who);
    let pause = PauseRow {
        version: ticket.version,
        category: to,
        reason: reason.map(str::to_owned),
        waiting_since: ticket.waiting_since,
        actor_kind: actor.kind(),
        actor_id: actor.id(),
        at: change.now(),
    };
    pauses::add(change.tx(), workspace, ticket.id, &pause).await
}

/// Gives the ticket another category, and records it: its clocks are derived from that, whatever its status is
/// called by then.
fn turn_to(change: &mut Change, ticket: &mut TicketRow, to: Category) {
    let from = ticket.category;
    if from != to {
        ticket.category = to;
        change.record(ticket.id, Event::CategoryChanged { from, to });
    }
}

/// Keeps what a field held and holds, and records that it changed. A subject's words stay out of the log. A field
/// that changes twice in one change keeps one edit, from the first to the last.
pub async fn note_edit(
    change: &mut Change,
    ticket: &TicketRow,
    field: Field,
    from: Option<String>,
    to: Option<String>,
) -> Result<(), Error> {
    let (workspace, actor) = (change.workspace(), change.actor().who);
    let edit = EditRow {
        version: ticket.version,
        field,
        old: from.clone(),
        new: to.clone(),
        actor_kind: actor.kind(),
        actor_id: actor.id(),
        at: change.now(),
    };
    tickets::add_edit(change.tx(), workspace, ticket.id, &edit).await?;
    routing::field_changed(change, ticket, field, from.as_deref()).await?;
    let (from, to) = if field == Field::Subject {
        (None, None)
    } else {
        (from, to)
    };
    change.record(ticket.id, Event::TicketChanged { field, from, to });
    Ok(())
}

/// The first `most` characters of a text on one line.
pub fn shorten(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > most * 4 {
            break;
        }
    }
    match line.char_indices().nth(most) {
        Some((end, _)) => {
            line.truncate(end);
            line.push('…');
            line
        }
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortening_cuts_between_characters() {
        assert_eq!(shorten("  one\n two ", 80), "one two");
        assert_eq!(shorten("灯坏了怎么办", 3), "灯坏了…");
    }
}
