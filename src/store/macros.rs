//! Macros: those that are shared, and each agent's own.

use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, MacroId, TeamId, WorkspaceId};
use shouwen_core::macros::{MacroChanges, MacroContext, MacroText};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

/// Of a list; actions keep a workspace's and an agent's below it together.
const MOST: i64 = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MacroRow {
    pub id: MacroId,
    pub name: String,
    /// A few letters by which it is found; may be empty.
    pub shortcut: String,
    pub content: JsonText<MacroContent>,
    /// Whose members may use it.
    pub team_id: Option<TeamId>,
    /// Whose own it is.
    pub agent_id: Option<AgentId>,
    pub active: bool,
    pub position: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MacroContent {
    pub texts: Vec<MacroText>,
    pub changes: MacroChanges,
    pub context: MacroContext,
}

const COLUMNS: &str =
    "id, name, shortcut, content, team_id, agent_id, active, position, created_at, updated_at";

/// The shared ones in their order, then the agent's own in theirs.
pub async fn shared_and_own(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: Option<AgentId>,
) -> Result<Vec<MacroRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(
            " FROM macro WHERE workspace_id = $1 AND (agent_id IS NULL OR agent_id = $2)
              ORDER BY CASE WHEN agent_id IS NULL THEN 0 ELSE 1 END, position, id LIMIT $3",
        )
        .bind(workspace)
        .bind(agent)
        .bind(MOST)
        .all()
        .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: MacroId) -> Result<Option<MacroRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM macro WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

/// The names of these macros, in no order.
pub async fn names(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[MacroId],
) -> Result<Vec<(MacroId, String)>> {
    conn.build("SELECT id, name FROM macro WHERE workspace_id = $1 AND id IN ")
        .bind(workspace)
        .push_list(ids.iter().copied())
        .all()
        .await
}

/// Takes the macro's row for this change: two who edit it wait for each other.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: MacroId) -> Result<Option<MacroRow>> {
    tx.build("UPDATE macro SET updated_at = updated_at WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &MacroRow) -> Result<()> {
    tx.sql(
        "INSERT INTO macro (workspace_id, id, name, shortcut, content, team_id, agent_id, active, position, created_at,
           updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.shortcut)
    .bind(JsonText(&row.content.0))
    .bind(row.team_id)
    .bind(row.agent_id)
    .bind(row.active)
    .bind(row.position)
    .bind(row.created_at)
    .bind(row.updated_at)
    .run()
    .await?;
    Ok(())
}

/// Writes back a row taken by [`lock`].
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &MacroRow) -> Result<()> {
    tx.sql(
        "UPDATE macro SET name = $3, shortcut = $4, content = $5, team_id = $6, agent_id = $7, active = $8,
           position = $9, updated_at = $10
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.shortcut)
    .bind(JsonText(&row.content.0))
    .bind(row.team_id)
    .bind(row.agent_id)
    .bind(row.active)
    .bind(row.position)
    .bind(row.updated_at)
    .run()
    .await?;
    Ok(())
}

pub async fn set_position(tx: &mut Tx, workspace: WorkspaceId, id: MacroId, position: i64) -> Result<()> {
    tx.sql("UPDATE macro SET position = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(position)
        .run()
        .await?;
    Ok(())
}

/// False when it was not there.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: MacroId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM macro WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}
