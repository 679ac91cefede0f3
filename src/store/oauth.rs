//! Mailboxes that are signed in to by OAuth 2: their tokens, sealed, and who renews them.

use shouwen_core::id::{InboxId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    OauthProvider { Google = "google", Microsoft = "microsoft" }
}

shouwen_core::words! {
    OauthState {
        Connected = "connected",
        /// The provider does not take our token any more: somebody must connect the mailbox again.
        Failed = "failed",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OauthRow {
    pub inbox_id: InboxId,
    pub provider: OauthProvider,
    pub username: String,
    /// Sealed.
    pub refresh_token: String,
    /// Sealed.
    pub access_token: String,
    /// Of the access token.
    pub expires_at: Timestamp,
    /// Until then somebody is renewing it, or nobody is to try again.
    pub renewing_until: Timestamp,
    pub state: OauthState,
    pub error: Option<String>,
}

const COLUMNS: &str =
    "inbox_id, provider, username, refresh_token, access_token, expires_at, renewing_until, state, error";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, inbox: InboxId) -> Result<Option<OauthRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM mailbox_oauth WHERE workspace_id = $1 AND inbox_id = $2")
        .bind(workspace)
        .bind(inbox)
        .optional()
        .await
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<OauthRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM mailbox_oauth WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await
}

/// Puts the tokens in the place of what was there.
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &OauthRow, at: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO mailbox_oauth (workspace_id, inbox_id, provider, username, refresh_token, access_token, expires_at,
           renewing_until, state, error, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (workspace_id, inbox_id) DO UPDATE SET provider = excluded.provider, username = excluded.username,
           refresh_token = excluded.refresh_token, access_token = excluded.access_token, expires_at = excluded.expires_at,
           renewing_until = excluded.renewing_until, state = excluded.state, error = excluded.error,
           updated_at = excluded.updated_at",
    )
    .bind(workspace)
    .bind(row.inbox_id)
    .bind(row.provider)
    .bind(&row.username)
    .bind(&row.refresh_token)
    .bind(&row.access_token)
    .bind(row.expires_at)
    .bind(row.renewing_until)
    .bind(row.state)
    .bind(&row.error)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

/// Takes the renewing of the token until `until`; `None` while somebody else has it, or when it failed for good.
pub async fn claim(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inbox: InboxId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<OauthRow>> {
    tx.build(
        "UPDATE mailbox_oauth SET renewing_until = $4 WHERE workspace_id = $1 AND inbox_id = $2
         AND renewing_until <= $3 AND state = 'connected' RETURNING ",
    )
    .push(COLUMNS)
    .bind(workspace)
    .bind(inbox)
    .bind(now)
    .bind(until)
    .optional()
    .await
}

/// The access token is not taken any more, whatever its time says.
pub async fn doubt(tx: &mut Tx, workspace: WorkspaceId, inbox: InboxId, access_token: &str) -> Result<()> {
    tx.sql(
        "UPDATE mailbox_oauth SET expires_at = 0 WHERE workspace_id = $1 AND inbox_id = $2 AND access_token = $3",
    )
    .bind(workspace)
    .bind(inbox)
    .bind(access_token)
    .run()
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, inbox: InboxId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM mailbox_oauth WHERE workspace_id = $1 AND inbox_id = $2")
        .bind(workspace)
        .bind(inbox)
        .run()
        .await?;
    Ok(removed > 0)
}
