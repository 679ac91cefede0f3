//! Which tickets an actor may see: the scope of the role, inside the statement.

use shouwen_core::actor::{Actor, Scope, Who};
use shouwen_core::id::{AgentId, TicketId};
use uuid::Uuid;

use super::row::{COLUMNS, TicketRow};
use crate::db::{Conn, Query, Result};

/// Appends the condition under which `actor` may see a row of `ticket`.
pub fn visible<'c>(query: Query<'c>, actor: &Actor) -> Query<'c> {
    let agent = match (actor.who, actor.scope) {
        (_, Scope::All) => return query,
        (Who::Agent(agent), Scope::Teams | Scope::Assigned) => agent,
        // Nobody else has a narrower scope: sees nothing.
        (Who::Key(_) | Who::Customer(_) | Who::System, Scope::Teams | Scope::Assigned) => {
            AgentId(Uuid::nil())
        }
    };
    let query = query.push(" AND (ticket.assignee_id = ").push_bind(agent);
    let query = query.push(" OR ticket.owner_id = ").push_bind(agent);
    if actor.scope == Scope::Assigned {
        return query.push(")");
    }
    query
        .push(" OR ticket.team_id IS NULL OR ticket.team_id IN (SELECT team_id FROM team_member WHERE workspace_id = ")
        .push_bind(actor.workspace)
        .push(" AND agent_id = ")
        .push_bind(agent)
        .push("))")
}

/// The ticket, if the actor may see it.
pub async fn find_visible(conn: &mut Conn, actor: &Actor, id: TicketId) -> Result<Option<TicketRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM ticket WHERE workspace_id = $1 AND id = $2");
    visible(query.bind(actor.workspace).bind(id), actor)
        .optional()
        .await
}

pub async fn is_visible(conn: &mut Conn, actor: &Actor, id: TicketId) -> Result<bool> {
    if actor.scope == Scope::All {
        return Ok(true);
    }
    Ok(find_visible(conn, actor, id).await?.is_some())
}
