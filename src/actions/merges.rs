//! Merging a ticket into another, and undoing it: messages, conversations, reminders and drafts go along, replies
//! follow, and nothing is lost either way.

use shouwen_core::event::Event;
use shouwen_core::id::{MessageId, TicketId};
use shouwen_core::ticket::{customer_wrote, joined_by, left_with, merged_away};

use super::moves::{MoveError, is_chat, lock_both, mark_read_to_end, retell};
use super::tickets::live_on;
use crate::db::{Error, JsonText};
use crate::log::Change;
use crate::store::merges::{self, MergeRow, Stood};
use crate::store::tickets::{self, TicketRow};
use crate::store::{belongings, statuses};

/// Merges `loser` into `winner`, which stays.
pub async fn merge(change: &mut Change, loser: TicketId, winner: TicketId) -> Result<(), MoveError> {
    if loser == winner {
        return Err(MoveError::Itself);
    }
    let (loser, winner) = lock_both(change, loser, winner).await?;
    check(change, &loser, &winner).await?;
    let workspace = change.workspace();
    let mut row = MergeRow {
        id: change.next_id(),
        loser_id: loser.id,
        winner_id: winner.id,
        stood: JsonText(stood(&loser)),
        actor_kind: change.actor().who.kind(),
        actor_id: change.actor().who.id(),
        at: change.now(),
    };
    let (from, to) = (loser.id, winner.id);
    row.stood.0.timers = belongings::move_follow_ups(change.tx(), workspace, from, to, None).await?;
    row.stood.0.calls = belongings::move_calls(change.tx(), workspace, from, to, None).await?;
    row.stood.0.visitors = belongings::move_visitors(change.tx(), workspace, from, to, None).await?;
    row.stood.0.waiting = belongings::move_waiting(change.tx(), workspace, from, to, None).await?;
    merges::add(change.tx(), workspace, &row).await?;
    let winner = move_messages(change, &loser, winner).await?;
    belongings::notifications_follow(change.tx(), workspace, from, to).await?;
    belongings::drafts_follow(change.tx(), workspace, from, to).await?;
    close(change, loser.clone(), to).await?;
    join(change, winner, &loser).await?;
    change.record(from, Event::Merged { into: to });
    change.record(to, Event::MergedIn { from });
    Ok(())
}

async fn check(change: &mut Change, loser: &TicketRow, winner: &TicketRow) -> Result<(), MoveError> {
    let workspace = change.workspace();
    for ticket in [loser, winner] {
        let Some(into) = ticket.merged_into else { continue };
        let found = tickets::find(change.tx(), workspace, into).await?;
        let into = found.ok_or(MoveError::NoSuchTicket)?.number;
        return Err(if ticket.id == loser.id {
            MoveError::Merged(into)
        } else {
            MoveError::TargetMerged(ticket.number, into)
        });
    }
    let strangers = loser.customer_id != winner.customer_id;
    if strangers && (is_chat(change, loser.id).await? || is_chat(change, winner.id).await?) {
        return Err(MoveError::AnothersChat);
    }
    Ok(())
}

fn stood(loser: &TicketRow) -> Stood {
    Stood {
        category: loser.category,
        status: loser.status_id,
        waiting_since: loser.waiting_since,
        solved_at: loser.solved_at,
        assignee: loser.assignee_id,
        owner: loser.owner_id,
        failed: loser.failed,
        timers: Vec::new(),
        calls: Vec::new(),
        visitors: Vec::new(),
        waiting: Vec::new(),
    }
}

/// All messages in the order of time, and how far they were read and seen.
async fn move_messages(
    change: &mut Change,
    loser: &TicketRow,
    mut winner: TicketRow,
) -> Result<TicketRow, Error> {
    let workspace = change.workspace();
    let mut unseen = false;
    for ticket in [loser, &winner] {
        unseen |= merges::has_unseen(change.tx(), workspace, ticket.id, ticket.customer_seen).await?;
    }
    let base = loser.last_position.max(winner.last_position);
    let count = merges::move_all(change.tx(), workspace, loser.id, winner.id, base).await?;
    let (before, end) = (winner.last_position, base + count);
    let (there, gone) = ((winner.id, before), (loser.id, loser.last_position));
    merges::mark_read_in_both(change.tx(), workspace, there, gone, end).await?;
    winner.last_position = end;
    if !unseen {
        winner.customer_seen = end;
    }
    Ok(winner)
}

async fn close(change: &mut Change, mut loser: TicketRow, winner: TicketId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let life = merged_away(&loser.life(), now);
    live_on(change, &mut loser, &life).await?;
    loser.merged_into = Some(winner);
    (loser.failed, loser.updated_at) = (false, now);
    tickets::save(change.tx(), workspace, &loser).await
}

async fn join(change: &mut Change, mut winner: TicketRow, loser: &TicketRow) -> Result<(), Error> {
    let workspace = change.workspace();
    let life = joined_by(&winner.life(), &loser.life());
    live_on(change, &mut winner, &life).await?;
    retell(change, &mut winner).await?;
    tickets::save(change.tx(), workspace, &winner).await
}

/// Takes a merge back: what came with it, and what was written to the ticket since, goes back to it.
pub async fn undo(change: &mut Change, loser: TicketId) -> Result<(), MoveError> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let seen = tickets::find_visible(change.tx(), &actor, loser).await?;
    let seen = seen.ok_or(MoveError::NoSuchTicket)?;
    if seen.merged_into.is_none() {
        return Err(MoveError::NotMerged);
    }
    let holder = tickets::standing(change.tx(), workspace, seen).await?.id;
    let (loser, holder) = lock_both(change, loser, holder).await?;
    let merge = merges::holding(change.tx(), workspace, loser.id).await?;
    let (Some(merge), true) = (merge, loser.merged_into.is_some()) else {
        return Err(MoveError::NotMerged);
    };
    if holder.merged_into.is_some() {
        return Err(MoveError::Meanwhile);
    }
    let (base, now) = (loser.last_position.max(holder.last_position), change.now());
    let (from, to) = (holder.id, loser.id);
    merges::move_back(change.tx(), workspace, merge.id, from, to, base).await?;
    merges::mark_undone(change.tx(), workspace, merge.id, now).await?;
    let went = &merge.stood.0;
    belongings::move_follow_ups(change.tx(), workspace, from, to, Some(&went.timers)).await?;
    belongings::move_calls(change.tx(), workspace, from, to, Some(&went.calls)).await?;
    belongings::move_visitors(change.tx(), workspace, from, to, Some(&went.visitors)).await?;
    belongings::move_waiting(change.tx(), workspace, from, to, Some(&went.waiting)).await?;
    belongings::notifications_follow(change.tx(), workspace, from, to).await?;
    reopen(change, loser, &merge, base).await?;
    leave(change, holder).await?;
    change.record(to, Event::MergeUndone { from });
    change.record(from, Event::MergeLeft { into: to });
    Ok(())
}

/// The ticket as it stood, and on from there when the customer wrote meanwhile.
async fn reopen(change: &mut Change, mut loser: TicketRow, merge: &MergeRow, base: i64) -> Result<(), Error> {
    let (workspace, stood) = (change.workspace(), &merge.stood.0);
    let mut life = loser.life();
    (life.category, life.waiting_since, life.solved_at) =
        (stood.category, stood.waiting_since, stood.solved_at);
    let waiting = merges::waiting_since(change.tx(), workspace, loser.id).await?;
    if let Some(at) = waiting.filter(|at| *at > merge.at) {
        life = customer_wrote(&life, at, false).unwrap_or(life);
    }
    live_on(change, &mut loser, &life).await?;
    let own = statuses::find(change.tx(), workspace, stood.status).await?;
    if let Some(status) = own.filter(|status| !status.archived && status.category == loser.category) {
        loser.status_id = status.id;
    }
    loser.merged_into = None;
    loser.last_position = base.max(merges::highest(change.tx(), workspace, loser.id).await?);
    retell(change, &mut loser).await?;
    mark_read_to_end(change, &loser).await?;
    tickets::save(change.tx(), workspace, &loser).await
}

async fn leave(change: &mut Change, mut holder: TicketRow) -> Result<(), Error> {
    let workspace = change.workspace();
    let waiting = merges::waiting_since(change.tx(), workspace, holder.id).await?;
    let life = left_with(&holder.life(), waiting);
    live_on(change, &mut holder, &life).await?;
    retell(change, &mut holder).await?;
    mark_read_to_end(change, &holder).await?;
    tickets::save(change.tx(), workspace, &holder).await
}

/// A message came for a ticket that has been merged: should the merge be undone, it goes along.
pub async fn note_late(change: &mut Change, named: TicketId, message: MessageId) -> Result<(), Error> {
    let workspace = change.workspace();
    if let Some(merge) = merges::holding(change.tx(), workspace, named).await? {
        merges::add_message(change.tx(), workspace, merge.id, message).await?;
    }
    Ok(())
}
