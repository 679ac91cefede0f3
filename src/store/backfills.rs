//! Older mail that is brought in on request: how far that is.

use shouwen_core::id::{InboxId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    BackfillState { Waiting = "waiting", Running = "running", Done = "done", Failed = "failed" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BackfillRow {
    pub inbox_id: InboxId,
    pub since: Timestamp,
    pub state: BackfillState,
    /// Under which `next_uid` and `end_uid` mean something; 0: not begun.
    pub uid_validity: i64,
    /// The last UID that was looked at.
    pub next_uid: i64,
    /// Where the fetching of new mail had begun.
    pub end_uid: i64,
    pub kept: i64,
    pub passed: i64,
    pub error: Option<String>,
    pub created_at: Timestamp,
}

const COLUMNS: &str =
    "inbox_id, since, state, uid_validity, next_uid, end_uid, kept, passed, error, created_at";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, inbox: InboxId) -> Result<Option<BackfillRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM mailbox_backfill WHERE workspace_id = $1 AND inbox_id = $2")
        .bind(workspace)
        .bind(inbox)
        .optional()
        .await
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<BackfillRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM mailbox_backfill WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await
}

/// Puts a request in the place of the one before.
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &BackfillRow, at: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO mailbox_backfill (workspace_id, inbox_id, since, state, uid_validity, next_uid, end_uid, kept, passed,
           error, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (workspace_id, inbox_id) DO UPDATE SET since = excluded.since, state = excluded.state,
           uid_validity = excluded.uid_validity, next_uid = excluded.next_uid, end_uid = excluded.end_uid,
           kept = excluded.kept, passed = excluded.passed, error = excluded.error, created_at = excluded.created_at,
           updated_at = excluded.updated_at",
    )
    .bind(workspace)
    .bind(row.inbox_id)
    .bind(row.since)
    .bind(row.state)
    .bind(row.uid_validity)
    .bind(row.next_uid)
    .bind(row.end_uid)
    .bind(row.kept)
    .bind(row.passed)
    .bind(&row.error)
    .bind(row.created_at)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

/// Moves on to a UID, with so many mails more kept or passed. False when it was ended meanwhile.
pub async fn advance(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inbox: InboxId,
    place: (i64, i64),
    more: (i64, i64),
    at: Timestamp,
) -> Result<bool> {
    let moved = tx
        .sql(
            "UPDATE mailbox_backfill SET state = 'running', uid_validity = $3, next_uid = $4, kept = kept + $5,
               passed = passed + $6, error = NULL, updated_at = $7
             WHERE workspace_id = $1 AND inbox_id = $2 AND state IN ('waiting', 'running')",
        )
        .bind(workspace)
        .bind(inbox)
        .bind(place.0)
        .bind(place.1)
        .bind(more.0)
        .bind(more.1)
        .bind(at)
        .run()
        .await?;
    Ok(moved > 0)
}

/// Ends it, or notes why it waits.
pub async fn set_state(
    tx: &mut Tx,
    workspace: WorkspaceId,
    inbox: InboxId,
    state: BackfillState,
    error: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    tx.sql(
        "UPDATE mailbox_backfill SET state = $3, error = $4, updated_at = $5
         WHERE workspace_id = $1 AND inbox_id = $2 AND state IN ('waiting', 'running')",
    )
    .bind(workspace)
    .bind(inbox)
    .bind(state)
    .bind(error)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, inbox: InboxId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM mailbox_backfill WHERE workspace_id = $1 AND inbox_id = $2")
        .bind(workspace)
        .bind(inbox)
        .run()
        .await?;
    Ok(removed > 0)
}
