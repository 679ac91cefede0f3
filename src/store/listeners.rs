//! What the live feed asks for whole batches at once: who listens, whose tickets are, how far readers have read.

use shouwen_core::actor::{PermissionSet, Scope};
use shouwen_core::id::{AgentId, CustomerId, SessionId, TeamId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result};

/// A session that still holds, with what its agent may do now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListenerRow {
    pub session_id: SessionId,
    pub agent_id: AgentId,
    pub permissions: JsonText<PermissionSet>,
    pub scope: Scope,
}

/// Those of the sessions that still hold.
pub async fn holding(
    conn: &mut Conn,
    workspace: WorkspaceId,
    sessions: &[SessionId],
    now: Timestamp,
) -> Result<Vec<ListenerRow>> {
    conn.build(
        "SELECT session.id AS session_id, session.agent_id, role.permissions, role.scope
         FROM session
         JOIN agent ON agent.workspace_id = session.workspace_id AND agent.id = session.agent_id
         JOIN role ON role.workspace_id = agent.workspace_id AND role.id = agent.role_id
         WHERE session.workspace_id = $1 AND session.expires_at > $2 AND agent.active AND session.id IN ",
    )
    .bind(workspace)
    .bind(now)
    .push_list(sessions.iter().copied())
    .all()
    .await
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HoldersRow {
    pub id: TicketId,
    pub team_id: Option<TeamId>,
    pub assignee_id: Option<AgentId>,
    pub owner_id: Option<AgentId>,
}

/// Whose these tickets are, for deciding who may be told of them.
pub async fn holders(
    conn: &mut Conn,
    workspace: WorkspaceId,
    tickets: &[TicketId],
) -> Result<Vec<HoldersRow>> {
    conn.build("SELECT id, team_id, assignee_id, owner_id FROM ticket WHERE workspace_id = $1 AND id IN ")
        .bind(workspace)
        .push_list(tickets.iter().copied())
        .all()
        .await
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CustomerHoldersRow {
    pub customer_id: CustomerId,
    pub team_id: Option<TeamId>,
    pub assignee_id: Option<AgentId>,
    pub owner_id: Option<AgentId>,
}

/// Whose the tickets of these customers are, each combination once.
pub async fn holders_of_customers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customers: &[CustomerId],
) -> Result<Vec<CustomerHoldersRow>> {
    conn.build(
        "SELECT DISTINCT customer_id, team_id, assignee_id, owner_id FROM ticket
         WHERE workspace_id = $1 AND customer_id IN ",
    )
    .bind(workspace)
    .push_list(customers.iter().copied())
    .all()
    .await
}

/// How far these agents have read these tickets; nothing where they have not looked yet.
pub async fn read_positions(
    conn: &mut Conn,
    workspace: WorkspaceId,
    tickets: &[TicketId],
    agents: &[AgentId],
) -> Result<Vec<(TicketId, AgentId, i64)>> {
    conn.build(
        "SELECT ticket_id, agent_id, position FROM read_marker WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(tickets.iter().copied())
    .push(" AND agent_id IN ")
    .push_list(agents.iter().copied())
    .all()
    .await
}

/// How far the agent of the desk who read furthest has read.
pub async fn read_furthest(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<i64> {
    let (position,): (i64,) = conn
        .sql(
            "SELECT CAST(COALESCE(MAX(position), 0) AS BIGINT) FROM read_marker
             WHERE workspace_id = $1 AND ticket_id = $2",
        )
        .bind(workspace)
        .bind(ticket)
        .one()
        .await?;
    Ok(position)
}
