//! Links with which an agent chooses a password, found by the hash of their token.

use shouwen_core::id::{AgentId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

pub async fn add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    token_hash: &str,
    agent: AgentId,
    expires_at: Timestamp,
) -> Result<()> {
    tx.sql(
        "INSERT INTO password_reset (workspace_id, token_hash, agent_id, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(workspace)
    .bind(token_hash)
    .bind(agent)
    .bind(expires_at)
    .run()
    .await?;
    Ok(())
}

/// Whose password a link that still holds would change.
pub async fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<AgentId>> {
    let row: Option<(AgentId,)> = conn
        .sql(
            "SELECT agent_id FROM password_reset
             WHERE workspace_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3",
        )
        .bind(workspace)
        .bind(token_hash)
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Uses a link up; whose password it changes. Only the first of two that come at once gets an answer.
pub async fn redeem(
    tx: &mut Tx,
    workspace: WorkspaceId,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<AgentId>> {
    let row: Option<(AgentId,)> = tx
        .sql(
            "UPDATE password_reset SET used_at = $3
             WHERE workspace_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3
             RETURNING agent_id",
        )
        .bind(workspace)
        .bind(token_hash)
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Voids every link of an agent.
pub async fn remove_of(tx: &mut Tx, workspace: WorkspaceId, agent: AgentId) -> Result<()> {
    tx.sql("DELETE FROM password_reset WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent)
        .run()
        .await?;
    Ok(())
}
