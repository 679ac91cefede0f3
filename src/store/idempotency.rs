//! Requests that carry an Idempotency-Key, and their answers, kept for those who ask again.

use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Result, Tx};

/// Whose request it is: a key is the caller's own.
#[derive(Debug, Clone)]
pub struct RequestKey {
    pub workspace: WorkspaceId,
    /// The agent, or the API key.
    pub actor: Uuid,
    pub key: String,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RequestRow {
    pub request_hash: String,
    /// `None`: still running.
    pub status: Option<i64>,
    /// Sealed for "idempotency".
    pub response: Option<String>,
    pub created_at: Timestamp,
}

/// Adds the request; false when the key was used before.
pub async fn add(tx: &mut Tx, of: &RequestKey, request_hash: &str, at: Timestamp) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO idempotency (workspace_id, actor_id, key, request_hash, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(of.workspace)
        .bind(of.actor)
        .bind(&of.key)
        .bind(request_hash)
        .bind(at)
        .run()
        .await?;
    Ok(added > 0)
}

/// Takes the row for this change.
pub async fn lock(tx: &mut Tx, of: &RequestKey) -> Result<Option<RequestRow>> {
    tx.sql(
        "UPDATE idempotency SET key = key WHERE workspace_id = $1 AND actor_id = $2 AND key = $3
         RETURNING request_hash, status, response, created_at",
    )
    .bind(of.workspace)
    .bind(of.actor)
    .bind(&of.key)
    .optional()
    .await
}

/// Keeps the answer.
pub async fn settle(tx: &mut Tx, of: &RequestKey, status: i64, response: &str) -> Result<()> {
    tx.sql("UPDATE idempotency SET status = $4, response = $5 WHERE workspace_id = $1 AND actor_id = $2 AND key = $3")
        .bind(of.workspace)
        .bind(of.actor)
        .bind(&of.key)
        .bind(status)
        .bind(response)
        .run()
        .await?;
    Ok(())
}

/// Frees the key.
pub async fn remove(tx: &mut Tx, of: &RequestKey) -> Result<()> {
    tx.sql("DELETE FROM idempotency WHERE workspace_id = $1 AND actor_id = $2 AND key = $3")
        .bind(of.workspace)
        .bind(of.actor)
        .bind(&of.key)
        .run()
        .await?;
    Ok(())
}
