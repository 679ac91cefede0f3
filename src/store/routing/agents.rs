//! What routing knows of agents: presence, shift, capacity, languages, and what they work on.

use shouwen_core::actor::{PermissionSet, Scope};
use shouwen_core::channel::Channel;
use shouwen_core::id::{AgentId, TeamId, WorkspaceId};
use shouwen_core::routing::{Presence, Shift};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AgentStateRow {
    pub agent_id: AgentId,
    pub presence: Presence,
    /// Set by the desk, not by the agent.
    pub automatic: bool,
    pub since: Timestamp,
    pub capacity: i64,
    pub languages: JsonText<Vec<String>>,
    pub shift: Option<JsonText<Shift>>,
    /// When routing gave the agent something last.
    pub assigned_at: Timestamp,
}

/// An agent with what decides whether they may have a ticket. Without a state they are offline.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    pub agent_id: AgentId,
    pub active: bool,
    pub permissions: JsonText<PermissionSet>,
    pub scope: Scope,
}

/// How many tickets that need work now an agent has, of a team and channel.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LoadRow {
    pub agent_id: AgentId,
    pub team_id: Option<TeamId>,
    pub channel: Channel,
    pub tickets: i64,
}

const COLUMNS: &str = "agent_id, presence, automatic, since, capacity, languages, shift, assigned_at";

/// Makes the agent's state when there is none.
pub async fn ensure_state(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    capacity: i64,
    now: Timestamp,
) -> Result<()> {
    tx.sql(
        "INSERT INTO agent_state (workspace_id, agent_id, presence, automatic, since, capacity, languages, assigned_at)
         VALUES ($1, $2, 'offline', TRUE, $3, $4, '[]', 0) ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(agent)
    .bind(now)
    .bind(capacity)
    .run()
    .await?;
    Ok(())
}

pub async fn state(conn: &mut Conn, workspace: WorkspaceId, agent: AgentId) -> Result<Option<AgentStateRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM agent_state WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent)
        .optional()
        .await
}

/// The states of all agents who have one.
pub async fn states(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<AgentStateRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM agent_state WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await
}

pub async fn save_state(tx: &mut Tx, workspace: WorkspaceId, row: &AgentStateRow) -> Result<()> {
    tx.sql(
        "UPDATE agent_state SET presence = $3, automatic = $4, since = $5, capacity = $6, languages = $7, shift = $8,
           assigned_at = $9 WHERE workspace_id = $1 AND agent_id = $2",
    )
    .bind(workspace)
    .bind(row.agent_id)
    .bind(row.presence)
    .bind(row.automatic)
    .bind(row.since)
    .bind(row.capacity)
    .bind(&row.languages)
    .bind(&row.shift)
    .bind(row.assigned_at)
    .run()
    .await?;
    Ok(())
}

/// Routing gave the agent something.
pub async fn note_assigned(tx: &mut Tx, workspace: WorkspaceId, agent: AgentId, at: Timestamp) -> Result<()> {
    tx.sql("UPDATE agent_state SET assigned_at = $3 WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

/// These agents with their roles.
pub async fn members(conn: &mut Conn, workspace: WorkspaceId, ids: &[AgentId]) -> Result<Vec<MemberRow>> {
    conn.build(
        "SELECT agent.id AS agent_id, agent.active, role.permissions, role.scope FROM agent
         JOIN role ON role.workspace_id = agent.workspace_id AND role.id = agent.role_id
         WHERE agent.workspace_id = $1 AND agent.id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .all()
    .await
}

/// What these agents work on: what is new or open; what waits for others takes no capacity.
pub async fn loads(conn: &mut Conn, workspace: WorkspaceId, ids: &[AgentId]) -> Result<Vec<LoadRow>> {
    conn.build(
        "SELECT assignee_id AS agent_id, team_id, channel, CAST(COUNT(*) AS BIGINT) AS tickets FROM ticket
         WHERE workspace_id = $1 AND active = TRUE AND category IN ('new', 'open') AND assignee_id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .push(" GROUP BY assignee_id, team_id, channel")
    .all()
    .await
}
