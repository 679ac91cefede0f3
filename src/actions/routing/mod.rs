//! Giving tickets to agents, and who answers for them.
//!
//! A change that leaves a ticket with nobody, or an agent with room, asks by a job that the team's backlog be given
//! out; the job decides after the commit, on what is then there.

pub mod assign;
pub mod facts;
pub mod offers;
pub mod owners;
pub mod presence;
pub mod release;
pub mod settings;
pub mod sight;
pub mod tiers;

use serde::{Deserialize, Serialize};
use shouwen_core::event::Origin;
use shouwen_core::id::{AgentId, TeamId};
use shouwen_core::ticket::Field;

use crate::db::Error;
use crate::log::Change;
use crate::store::routing;
use crate::store::tickets::TicketRow;

/// The job that gives out a team's backlog.
pub const ASSIGN: &str = "assign";
/// The job that takes an agent off their tickets.
pub const RELEASE: &str = "release";

/// What [`ASSIGN`] is about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct AssignJob {
    /// None: the tickets that have no team.
    pub team: Option<TeamId>,
}

/// A ticket was opened.
pub async fn ticket_opened(change: &mut Change, ticket: &TicketRow) -> Result<(), Error> {
    if ticket.assignee_id.is_some() || !is_live(change) {
        return Ok(());
    }
    ask_for_team(change, ticket.team_id).await
}

/// A field of a ticket changed, from `from` to what the row holds: nobody may work on it now, or somebody has room.
pub async fn field_changed(
    change: &mut Change,
    ticket: &TicketRow,
    field: Field,
    from: Option<&str>,
) -> Result<(), Error> {
    if field == Field::Owner {
        offers::overtake(change, ticket).await?;
    }
    if !is_live(change) || !matches!(field, Field::Status | Field::Assignee | Field::Team) {
        return Ok(());
    }
    let freed: Option<AgentId> = match field {
        Field::Assignee => from.and_then(|id| id.parse().ok()),
        _ => ticket.assignee_id,
    };
    if let Some(agent) = freed {
        ask_for_agent(change, agent).await?;
    }
    if ticket.assignee_id.is_none() {
        ask_for_team(change, ticket.team_id).await?;
    }
    Ok(())
}

/// A ticket is spam, or is not after all.
pub async fn spam_changed(change: &mut Change, ticket: &TicketRow) -> Result<(), Error> {
    match ticket.assignee_id {
        Some(agent) => ask_for_agent(change, agent).await,
        None => ask_for_team(change, ticket.team_id).await,
    }
}

/// Somebody may have room: what waits in their teams is given out.
pub async fn ask_for_agent(change: &mut Change, agent: AgentId) -> Result<(), Error> {
    let workspace = change.workspace();
    for team in routing::automatic_teams_of(change.tx(), workspace, agent).await? {
        ask(change, team);
    }
    Ok(())
}

/// Something waits in the team, or in none: it is given out, if the team or the desk does so.
pub async fn ask_for_team(change: &mut Change, team: Option<TeamId>) -> Result<(), Error> {
    let workspace = change.workspace();
    if routing::is_automatic(change.tx(), workspace, team).await? {
        ask(change, team);
    }
    Ok(())
}

pub(super) fn ask(change: &mut Change, team: Option<TeamId>) {
    let now = change.now();
    change.enqueue_once(ASSIGN, &AssignJob { team }, now);
}

/// What was before us is kept as it was.
fn is_live(change: &Change) -> bool {
    !matches!(change.origin(), Origin::Backfill | Origin::Import)
}
