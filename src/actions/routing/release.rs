//! Takes an agent off their tickets: away for now, their shift over, or gone for good. Only the last moves the owner.

use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, TicketId};
use shouwen_core::routing::Presence;
use shouwen_core::ticket::Field;
use uuid::Uuid;

use super::facts::is_on_shift;
use super::sight::{Sight, sight};
use super::{RELEASE, owners};
use crate::actions::notifications::notify;
use crate::actions::tickets::note_edit;
use crate::db::Error;
use crate::log::Change;
use crate::store::notifications::NotificationKind;
use crate::store::tickets::{self, TicketRow};
use crate::store::{agents, routing};

/// How many tickets are let go in one change.
const BATCH: i64 = 100;
const BATCH_LEN: usize = 100;
/// How many tickets that need work an agent can have, for all that anybody can read.
const MOST: i64 = 10_000;

shouwen_core::words! {
    Why { Away = "away", ShiftEnded = "shift_ended", Deactivated = "deactivated" }
}

/// What [`RELEASE`] is about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Release {
    pub agent: AgentId,
    /// Who gets the tickets of somebody who is gone for good; `None`: their teams.
    pub to: Option<AgentId>,
    pub why: Why,
    /// Where the last batch ended.
    pub after: TicketId,
}

pub fn ask(change: &mut Change, agent: AgentId, to: Option<AgentId>, why: Why) {
    let now = change.now();
    change.enqueue_once(RELEASE, &Release::of(agent, to, why), now);
}

impl Release {
    pub fn of(agent: AgentId, to: Option<AgentId>, why: Why) -> Self {
        Self {
            agent,
            to,
            why,
            after: TicketId(Uuid::nil()),
        }
    }
}

/// Lets some tickets go; where to go on, when there may be more.
pub async fn release_some(change: &mut Change, release: &Release) -> Result<Option<Release>, Error> {
    if !still_holds(change, release).await? {
        return Ok(None);
    }
    match release.why {
        Why::Away | Why::ShiftEnded => let_go_some(change, release).await,
        Why::Deactivated => hand_over_some(change, release).await,
    }
}

/// The agent may be back, or active again.
async fn still_holds(change: &mut Change, release: &Release) -> Result<bool, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let state = routing::state(change.tx(), workspace, release.agent).await?;
    Ok(match release.why {
        Why::Away => state.is_some_and(|state| state.presence == Presence::AwayAndReassign),
        Why::ShiftEnded => state.is_some_and(|state| !is_on_shift(&state, now)),
        Why::Deactivated => agents::find(change.tx(), workspace, release.agent)
            .await?
            .is_some_and(|agent| !agent.active),
    })
}

async fn let_go_some(change: &mut Change, release: &Release) -> Result<Option<Release>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let mut ids = routing::of_assignee(change.tx(), workspace, release.agent, MOST).await?;
    ids.retain(|id| *id > release.after);
    ids.sort();
    let more = ids.len() > BATCH_LEN;
    ids.truncate(BATCH_LEN);
    for id in &ids {
        let Some(mut ticket) = tickets::lock(change.tx(), workspace, *id).await? else {
            continue;
        };
        let theirs = ticket.assignee_id == Some(release.agent);
        if !theirs || release.why == Why::ShiftEnded && !releases(change, &ticket).await? {
            continue;
        }
        ticket.assignee_id = None;
        ticket.updated_at = now;
        let from = Some(release.agent.to_string());
        note_edit(change, &ticket, Field::Assignee, from, None).await?;
        tickets::save(change.tx(), workspace, &ticket).await?;
    }
    Ok(ids.last().filter(|_| more).map(|last| Release {
        after: *last,
        ..*release
    }))
}

/// Whether the ticket goes to others at the end of a shift.
async fn releases(change: &mut Change, ticket: &TicketRow) -> Result<bool, Error> {
    let workspace = change.workspace();
    let row = routing::team(change.tx(), workspace, ticket.team_id).await?;
    Ok(row.is_some_and(|row| row.auto_assign && row.release_at_shift_end))
}

async fn hand_over_some(change: &mut Change, release: &Release) -> Result<Option<Release>, Error> {
    let workspace = change.workspace();
    let heir = match release.to {
        Some(to) => sight(change, to).await?.filter(|sight| sight.active),
        None => None,
    };
    let mut ids = agents::active_tickets(change.tx(), workspace, release.agent, BATCH).await?;
    ids.extend(routing::of_owner(change.tx(), workspace, release.agent, BATCH).await?);
    ids.sort();
    ids.dedup();
    for id in &ids {
        if let Some(ticket) = tickets::lock(change.tx(), workspace, *id).await? {
            hand_over(change, release.agent, heir.as_ref(), ticket).await?;
        }
    }
    Ok((!ids.is_empty()).then_some(*release))
}

async fn hand_over(
    change: &mut Change,
    gone: AgentId,
    heir: Option<&Sight>,
    mut ticket: TicketRow,
) -> Result<(), Error> {
    let (workspace, from) = (change.workspace(), Some(gone.to_string()));
    let heir = heir
        .filter(|heir| heir.may_hold(ticket.team_id) || heir.sees(&ticket))
        .map(|heir| heir.agent);
    let to = heir.map(|agent| agent.to_string());
    let (owned, worked_on) = (ticket.owner_id == Some(gone), ticket.assignee_id == Some(gone));
    if owned {
        ticket.owner_id = heir;
        note_edit(change, &ticket, Field::Owner, from.clone(), to.clone()).await?;
    }
    if worked_on {
        ticket.assignee_id = heir;
        note_edit(change, &ticket, Field::Assignee, from, to).await?;
    }
    if !owned && !worked_on {
        return Ok(());
    }
    ticket.updated_at = change.now();
    tickets::save(change.tx(), workspace, &ticket).await?;
    match heir {
        Some(heir) if owned => owners::tell_new_owner(change, heir, &ticket).await,
        Some(heir) => notify(change, heir, NotificationKind::Assigned, ticket.id, None).await,
        None => Ok(()),
    }
}
