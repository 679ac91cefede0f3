//! Whether an agent could see a ticket: nobody is given, or told of, what their role hides from them.

use std::collections::BTreeSet;

use shouwen_core::actor::{Permission, PermissionSet, Scope};
use shouwen_core::id::{AgentId, TeamId};

use crate::db::{Conn, Error};
use crate::log::Change;
use crate::store::routing::{self, MemberRow};
use crate::store::{agents, tickets::TicketRow};

/// An agent with what their role shows them.
#[derive(Debug, Clone)]
pub struct Sight {
    pub agent: AgentId,
    /// Not deactivated.
    pub active: bool,
    permissions: PermissionSet,
    scope: Scope,
    teams: BTreeSet<TeamId>,
}

impl Sight {
    pub fn new(row: &MemberRow, memberships: &[(TeamId, AgentId)]) -> Self {
        let own = memberships.iter().filter(|(_, agent)| *agent == row.agent_id);
        Self {
            agent: row.agent_id,
            active: row.active,
            permissions: row.permissions.0,
            scope: row.scope,
            teams: own.map(|(team, _)| *team).collect(),
        }
    }

    /// Whether the agent could work on a ticket of this team. One who sees only what is theirs sees what they are given.
    pub fn may_hold(&self, team: Option<TeamId>) -> bool {
        self.active
            && self.permissions.contains(Permission::TicketRead)
            && match self.scope {
                Scope::All | Scope::Assigned => true,
                Scope::Teams => team.is_none_or(|team| self.teams.contains(&team)),
            }
    }

    /// Whether the agent sees tickets that have no team and are nobody's.
    pub fn sees_unasked(&self) -> bool {
        self.scope != Scope::Assigned && self.may_hold(None)
    }

    /// Whether the agent sees the ticket as it is.
    pub fn sees(&self, ticket: &TicketRow) -> bool {
        let theirs = [ticket.assignee_id, ticket.owner_id].contains(&Some(self.agent));
        self.active
            && self.permissions.contains(Permission::TicketRead)
            && (theirs || self.scope != Scope::Assigned && self.may_hold(ticket.team_id))
    }
}

/// The sight of these agents; whoever is not there is missing.
pub async fn sights(
    conn: &mut Conn,
    workspace: shouwen_core::id::WorkspaceId,
    ids: &[AgentId],
) -> Result<Vec<Sight>, Error> {
    let memberships = agents::memberships(conn, workspace).await?;
    let rows = routing::members(conn, workspace, ids).await?;
    Ok(rows.iter().map(|row| Sight::new(row, &memberships)).collect())
}

pub async fn sight(change: &mut Change, agent: AgentId) -> Result<Option<Sight>, Error> {
    let workspace = change.workspace();
    Ok(sights(change.tx(), workspace, &[agent]).await?.pop())
}
