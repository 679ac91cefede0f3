//! How far each IMAP mailbox was read, who reads it, and what is wrong with it.

use shouwen_core::id::{InboxId, WorkspaceId};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Result, Tx};

/// The validity of a mailbox that was never read.
pub const NEVER: i64 = -1;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MailboxRow {
    pub inbox_id: InboxId,
    /// [`NEVER`], or the UIDVALIDITY (RFC 3501) under which `last_uid` means something.
    pub uid_validity: i64,
    pub last_uid: i64,
    /// When it was last seen to work.
    pub checked_at: Timestamp,
    pub error_code: Option<String>,
    pub error: Option<String>,
    /// Since when it does not work.
    pub failing_since: Option<Timestamp>,
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, inbox: InboxId) -> Result<Option<MailboxRow>> {
    conn.sql(
        "SELECT inbox_id, uid_validity, last_uid, checked_at, error_code, error, failing_since FROM mailbox_cursor
         WHERE workspace_id = $1 AND inbox_id = $2",
    )
    .bind(workspace)
    .bind(inbox)
    .optional()
    .await
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<MailboxRow>> {
    conn.sql(
        "SELECT inbox_id, uid_validity, last_uid, checked_at, error_code, error, failing_since FROM mailbox_cursor
         WHERE workspace_id = $1",
    )
    .bind(workspace)
    .all()
    .await
}

/// Makes the row of a mailbox that has none.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, inbox: InboxId) -> Result<()> {
    tx.sql(
        "INSERT INTO mailbox_cursor (workspace_id, inbox_id, uid_validity, last_uid, checked_at, lease_until)
         VALUES ($1, $2, -1, 0, 0, 0) ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(inbox)
    .run()
    .await?;
    Ok(())
}

/// Takes the mailbox, or keeps it, until `until`. False when another server has it.
pub async fn lease(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inbox: InboxId,
    node: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let held = tx
        .sql(
            "UPDATE mailbox_cursor SET node = $3, lease_until = $5
             WHERE workspace_id = $1 AND inbox_id = $2 AND (node = $3 OR lease_until <= $4)",
        )
        .bind(workspace)
        .bind(inbox)
        .bind(node)
        .bind(now)
        .bind(until)
        .run()
        .await?;
    Ok(held > 0)
}

/// Moves the cursor of a mailbox that this server holds. False when it does not any more: then nothing may be kept.
pub async fn advance(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inbox: InboxId,
    node: Uuid,
    uid_validity: u32,
    last_uid: u32,
) -> Result<bool> {
    let moved = tx
        .sql(
            "UPDATE mailbox_cursor SET uid_validity = $4, last_uid = $5
             WHERE workspace_id = $1 AND inbox_id = $2 AND node = $3",
        )
        .bind(workspace)
        .bind(inbox)
        .bind(node)
        .bind(i64::from(uid_validity))
        .bind(i64::from(last_uid))
        .run()
        .await?;
    Ok(moved > 0)
}

/// Notes that the mailbox works; what was wrong with it before, if anything.
pub async fn mark_well(tx: &mut Tx, workspace: WorkspaceId, inbox: InboxId, at: Timestamp) -> Result<()> {
    tx.sql(
        "UPDATE mailbox_cursor SET checked_at = $3, error_code = NULL, error = NULL, failing_since = NULL
         WHERE workspace_id = $1 AND inbox_id = $2",
    )
    .bind(workspace)
    .bind(inbox)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

/// Notes what is wrong, and since when.
pub async fn mark_failing(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inbox: InboxId,
    code: &str,
    error: &str,
    at: Timestamp,
) -> Result<()> {
    tx.sql(
        "UPDATE mailbox_cursor SET error_code = $3, error = $4, failing_since = COALESCE(failing_since, $5)
         WHERE workspace_id = $1 AND inbox_id = $2",
    )
    .bind(workspace)
    .bind(inbox)
    .bind(code)
    .bind(error)
    .bind(at)
    .run()
    .await?;
    Ok(())
}
