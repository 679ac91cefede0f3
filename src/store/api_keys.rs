//! API keys: what other programs act with, found by the hash of a token.

use shouwen_core::actor::KeyScope;
use shouwen_core::id::{AgentId, ApiKeyId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApiKeyRow {
    pub workspace_id: WorkspaceId,
    pub id: ApiKeyId,
    pub name: String,
    pub scopes: JsonText<Vec<KeyScope>>,
    pub created_by: AgentId,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// The keys that are not revoked, the oldest first.
pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<ApiKeyRow>> {
    conn.sql(
        "SELECT workspace_id, id, name, scopes, created_by, created_at, last_used_at FROM api_key
         WHERE workspace_id = $1 AND revoked_at IS NULL ORDER BY created_at, id",
    )
    .bind(workspace)
    .all()
    .await
}

/// The key of a token, unless revoked.
pub async fn find_by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<ApiKeyRow>> {
    conn.sql(
        "SELECT workspace_id, id, name, scopes, created_by, created_at, last_used_at FROM api_key
         WHERE token_hash = $1 AND revoked_at IS NULL",
    )
    .bind(token_hash)
    .optional()
    .await
}

pub async fn add(tx: &mut Tx, key: &ApiKeyRow, token_hash: &str) -> Result<()> {
    tx.sql(
        "INSERT INTO api_key (workspace_id, id, name, token_hash, scopes, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(key.workspace_id)
    .bind(key.id)
    .bind(&key.name)
    .bind(token_hash)
    .bind(&key.scopes)
    .bind(key.created_by)
    .bind(key.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn touch(tx: &mut Tx, workspace: WorkspaceId, id: ApiKeyId, now: Timestamp) -> Result<()> {
    tx.sql("UPDATE api_key SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(())
}

/// False when there is no such key, or it is revoked already.
pub async fn revoke(tx: &mut Tx, workspace: WorkspaceId, id: ApiKeyId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE api_key SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL")
        .bind(workspace)
        .bind(id)
        .bind(now)
        .run()
        .await?;
    Ok(changed > 0)
}
