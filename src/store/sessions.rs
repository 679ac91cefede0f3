//! Who is signed in, and which API keys act: found by the hash of a token.

use shouwen_core::actor::{KeyScope, PermissionSet, Scope};
use shouwen_core::id::{AgentId, ApiKeyId, SessionId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result};

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

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    pub workspace_id: WorkspaceId,
    pub id: ApiKeyId,
    pub scopes: JsonText<Vec<KeyScope>>,
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

/// The API key of a token, unless revoked.
pub async fn find_key(conn: &mut Conn, token_hash: &str) -> Result<Option<KeyRow>> {
    conn.sql("SELECT workspace_id, id, scopes FROM api_key WHERE token_hash = $1 AND revoked_at IS NULL")
        .bind(token_hash)
        .optional()
        .await
}
