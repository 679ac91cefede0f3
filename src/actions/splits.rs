//! Another matter: some messages of a ticket become a ticket of their own, and replies to them follow.

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::event::Event;
use shouwen_core::id::{CustomerId, MessageId, TicketId};
use shouwen_core::message::{AuthorKind, Visibility};
use shouwen_core::ticket::{Category, Life, left_with};

use super::moves::{MoveError, mark_read_to_end, retell};
use super::replies::lock_visible;
use super::tickets::{self as opening, NewTicket, live_on};
use crate::db::Error;
use crate::log::Change;
use crate::store::belongings;
use crate::store::merges;
use crate::store::messages::{self, MessageRow};
use crate::store::tickets::{self, TicketRow};
use crate::store::visitors::{self, PartRow};

/// So many messages are split off at once.
pub const MOST: usize = 100;
const LONGEST_SUBJECT: usize = 500;

/// What is to be split off.
#[derive(Debug, Clone)]
pub struct Split {
    pub ticket: TicketId,
    pub messages: Vec<MessageId>,
    /// Of the new ticket; without it that of its first mail.
    pub subject: Option<String>,
}

/// Makes a ticket of these messages; which one.
pub async fn split(change: &mut Change, split: &Split) -> Result<TicketId, MoveError> {
    let workspace = change.workspace();
    let (ids, subject) = checked(split)?;
    let source = lock_visible(change, split.ticket).await?;
    let source = source.ok_or(MoveError::NoSuchTicket)?;
    let mut rows = messages::some(change.tx(), workspace, &ids).await?;
    rows.retain(|row| row.ticket_id == source.id);
    if rows.len() != ids.len() {
        return Err(MoveError::NotHere);
    }
    if !merges::has_others(change.tx(), workspace, source.id, &ids).await? {
        return Err(MoveError::NothingStays);
    }
    rows.sort_by_key(|row| row.position);
    let new = opening::open(change, &new_ticket(&source, &rows, subject)).await?;
    merges::move_some(change.tx(), workspace, &ids, new.id).await?;
    belongings::notifications_follow(change.tx(), workspace, source.id, new.id).await?;
    if rows.iter().any(is_chat_of_customer) {
        go_on_in(change, source.id, new.id).await?;
    }
    let (from, into) = (source.id, new.id);
    begin(change, new, &source, &rows).await?;
    go_on_without(change, source).await?;
    change.record(from, Event::SplitOff { into });
    change.record(into, Event::SplitFrom { from });
    Ok(into)
}

fn checked(split: &Split) -> Result<(Vec<MessageId>, Option<String>), MoveError> {
    let mut ids = split.messages.clone();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        return Err(MoveError::HowMany(MOST));
    }
    let subject = split
        .subject
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if subject.is_some_and(|text| text.chars().count() > LONGEST_SUBJECT) {
        return Err(MoveError::LongSubject(LONGEST_SUBJECT));
    }
    Ok((ids, subject.map(ToOwned::to_owned)))
}

fn new_ticket(source: &TicketRow, rows: &[MessageRow], subject: Option<String>) -> NewTicket {
    let first = rows.iter().find(|row| row.author_kind == AuthorKind::Customer);
    let author = first.and_then(|row| row.author_id).map(CustomerId);
    let mail = rows.iter().find_map(|row| row.mail.as_ref());
    let of_mail = mail.and_then(|mail| mail.0.subject.clone());
    let lead = rows.first();
    NewTicket {
        subject: subject.or(of_mail).unwrap_or_else(|| source.subject.clone()),
        customer: author.unwrap_or(source.customer_id),
        inbox: lead.map_or(source.inbox_id, |row| row.inbox_id),
        channel: lead.map_or(source.channel, |row| row.channel),
        team: source.team_id,
        assignee: source.assignee_id,
        priority: source.priority,
        follow_up_of: None,
    }
}

fn is_chat_of_customer(row: &MessageRow) -> bool {
    row.channel == Channel::Chat && row.direction == Direction::In
}

/// The visitor's conversation goes on in the new ticket.
async fn go_on_in(change: &mut Change, source: TicketId, new: TicketId) -> Result<(), Error> {
    let workspace = change.workspace();
    for part in visitors::parts_of_tickets(change.tx(), workspace, &[source]).await? {
        let last = visitors::parts(change.tx(), workspace, part.visitor_id, 1)
            .await?
            .pop();
        let next = PartRow {
            ordinal: last.map_or(part.ordinal, |last| last.ordinal) + 1,
            ticket_id: new,
            ..part
        };
        visitors::continue_in(change.tx(), workspace, &next).await?;
    }
    Ok(())
}

async fn begin(
    change: &mut Change,
    mut new: TicketRow,
    source: &TicketRow,
    rows: &[MessageRow],
) -> Result<(), Error> {
    let workspace = change.workspace();
    let is_answer = |row: &MessageRow| {
        row.author_kind == AuthorKind::Agent && row.visibility == Visibility::Public && !row.automatic
    };
    let answered = rows.iter().any(is_answer);
    let life = Life {
        category: if answered { Category::Open } else { Category::New },
        assignee: new.assignee_id,
        owner: source.owner_id.filter(|_| answered),
        waiting_since: merges::waiting_since(change.tx(), workspace, new.id).await?,
        first_response_at: merges::first_answer(change.tx(), workspace, new.id).await?,
        solved_at: None,
    };
    live_on(change, &mut new, &life).await?;
    new.last_position = rows.last().map_or(0, |row| row.position);
    new.customer_seen = source.customer_seen.min(new.last_position);
    new.spam = source.spam;
    retell(change, &mut new).await?;
    tickets::save(change.tx(), workspace, &new).await?;
    if let Some(agent) = change.actor().agent() {
        let end = new.last_position;
        tickets::mark_read(change.tx(), workspace, new.id, agent, end).await?;
    }
    Ok(())
}

async fn go_on_without(change: &mut Change, mut source: TicketRow) -> Result<(), Error> {
    let workspace = change.workspace();
    let waiting = merges::waiting_since(change.tx(), workspace, source.id).await?;
    let life = left_with(&source.life(), waiting);
    live_on(change, &mut source, &life).await?;
    retell(change, &mut source).await?;
    mark_read_to_end(change, &source).await?;
    tickets::save(change.tx(), workspace, &source).await
}
