//! Who is signed in: found by the hash of a token.

use shouwen_core::actor::{PermissionSet, Scope};
use shouwen_core::id::{AgentId, SessionId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

/// A session with what its agent may do now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub workspace_id: WorkspaceId,
    pub id: SessionId,
    pub agent_id: AgentId,
    pub expires_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub permissions: JsonText<PermissionSet>,
    pub scope: Scope,
}

/// A session as its agent sees it in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedSession {
    pub id: SessionId,
    pub ip: String,
    pub user_agent: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

#[derive(Debug, Clone)]
pub struct NewSession {
    pub id: SessionId,
    pub token_hash: String,
    pub agent: AgentId,
    pub ip: String,
    pub user_agent: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The session of a token, of an agent who is active.
pub async fn find(conn: &mut Conn, token_hash: &str) -> Result<Option<SessionRow>> {
    conn.sql(
        "SELECT session.workspace_id, session.id, session.agent_id, session.expires_at, session.last_seen_at,
                role.permissions, role.scope
         FROM session
         JOIN agent ON agent.workspace_id = session.workspace_id AND agent.id = session.agent_id
         JOIN role ON role.workspace_id = agent.workspace_id AND role.id = agent.role_id
         WHERE session.token_hash = $1 AND agent.active",
    )
    .bind(token_hash)
    .optional()
    .await
}

/// The sessions of an agent that have not expired, the one used last first.
pub async fn of_agent(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    now: Timestamp,
) -> Result<Vec<ListedSession>> {
    conn.sql(
        "SELECT id, ip, user_agent, created_at, last_seen_at FROM session
         WHERE workspace_id = $1 AND agent_id = $2 AND expires_at > $3 ORDER BY last_seen_at DESC, id",
    )
    .bind(workspace)
    .bind(agent)
    .bind(now)
    .all()
    .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, session: &NewSession) -> Result<()> {
    tx.sql(
        "INSERT INTO session (workspace_id, id, token_hash, agent_id, ip, user_agent, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
    )
    .bind(workspace)
    .bind(session.id)
    .bind(&session.token_hash)
    .bind(session.agent)
    .bind(&session.ip)
    .bind(&session.user_agent)
    .bind(session.created_at)
    .bind(session.expires_at)
    .run()
    .await?;
    Ok(())
}

/// Notes that a session is used, and lets it live on.
pub async fn touch(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.sql("UPDATE session SET last_seen_at = $3, expires_at = $4 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(now)
        .bind(expires_at)
        .run()
        .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: SessionId) -> Result<()> {
    tx.sql("DELETE FROM session WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}

/// Removes every session of an agent but `kept`; returns how many there were.
pub async fn remove_others(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    kept: Option<SessionId>,
) -> Result<u64> {
    let mut removal = tx
        .build("DELETE FROM session WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent);
    if let Some(kept) = kept {
        removal = removal.push(" AND id <> ").push_bind(kept);
    }
    removal.run().await
}

pub async fn remove_expired(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    now: Timestamp,
) -> Result<()> {
    tx.sql("DELETE FROM session WHERE workspace_id = $1 AND agent_id = $2 AND expires_at <= $3")
        .bind(workspace)
        .bind(agent)
        .bind(now)
        .run()
        .await?;
    Ok(())
}
