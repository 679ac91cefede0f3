//! Webhooks: the programs that are told of events.

use shouwen_core::id::{AgentId, WebhookId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// Kinds of events; empty: all that are public.
    pub kinds: JsonText<Vec<String>>,
    /// Sealed.
    pub secret: String,
    pub active: bool,
    pub failing_since: Option<Timestamp>,
    pub last_error: Option<String>,
    pub created_by: AgentId,
    pub created_at: Timestamp,
}

impl WebhookRow {
    pub fn wants(&self, kind: &str) -> bool {
        self.active && (self.kinds.0.is_empty() || self.kinds.0.iter().any(|wanted| wanted == kind))
    }
}

/// The oldest first. There are few.
pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<WebhookRow>> {
    conn.sql(
        "SELECT id, name, url, kinds, secret, active, failing_since, last_error, created_by, created_at
         FROM webhook WHERE workspace_id = $1 ORDER BY created_at, id",
    )
    .bind(workspace)
    .all()
    .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: WebhookId) -> Result<Option<WebhookRow>> {
    conn.sql(
        "SELECT id, name, url, kinds, secret, active, failing_since, last_error, created_by, created_at
         FROM webhook WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, hook: &WebhookRow) -> Result<()> {
    tx.sql(
        "INSERT INTO webhook (workspace_id, id, name, url, kinds, secret, active, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(workspace)
    .bind(hook.id)
    .bind(&hook.name)
    .bind(&hook.url)
    .bind(&hook.kinds)
    .bind(&hook.secret)
    .bind(hook.active)
    .bind(hook.created_by)
    .bind(hook.created_at)
    .run()
    .await?;
    Ok(())
}

/// Writes what an administrator may change. False when it is gone.
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, hook: &WebhookRow) -> Result<bool> {
    let saved = tx
        .sql(
            "UPDATE webhook SET name = $3, url = $4, kinds = $5, active = $6, failing_since = NULL, last_error = NULL
             WHERE workspace_id = $1 AND id = $2",
        )
        .bind(workspace)
        .bind(hook.id)
        .bind(&hook.name)
        .bind(&hook.url)
        .bind(&hook.kinds)
        .bind(hook.active)
        .run()
        .await?;
    Ok(saved > 0)
}

/// False when it was gone already.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: WebhookId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM webhook WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}

/// Notes that calls fail, from when on and why.
pub async fn note_failure(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: WebhookId,
    error: &str,
    now: Timestamp,
) -> Result<()> {
    tx.sql(
        "UPDATE webhook SET failing_since = COALESCE(failing_since, $4), last_error = $3
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .bind(error)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Notes that a call arrived. Writes only when calls had failed.
pub async fn note_success(tx: &mut Tx, workspace: WorkspaceId, id: WebhookId) -> Result<()> {
    tx.sql(
        "UPDATE webhook SET failing_since = NULL, last_error = NULL
         WHERE workspace_id = $1 AND id = $2 AND failing_since IS NOT NULL",
    )
    .bind(workspace)
    .bind(id)
    .run()
    .await?;
    Ok(())
}

/// It said that it is gone for good (410): it is called no more until somebody turns it on again.
pub async fn turn_off(tx: &mut Tx, workspace: WorkspaceId, id: WebhookId) -> Result<()> {
    tx.sql("UPDATE webhook SET active = FALSE WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}
