//! What administrators must know: open until it is well again, or until somebody has seen to it.

use serde::{Deserialize, Serialize};
use shouwen_core::id::{AlarmId, InboxId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    AlarmKind {
        /// A mailbox could not be read for too long. Clears by itself.
        MailboxSilent = "mailbox_silent",
        /// The sign-in of a mailbox was taken back by its provider. Clears when it is connected again.
        TokenRefused = "token_refused",
        /// Mails went round in a circle and were stopped.
        MailLoop = "mail_loop",
        /// An account does not let us send. Clears with the next mail that goes by it.
        SendingRefused = "sending_refused",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AlarmRow {
    pub id: AlarmId,
    pub kind: AlarmKind,
    pub inbox_id: Option<InboxId>,
    pub code: Option<String>,
    pub raised_at: Timestamp,
    pub cleared_at: Option<Timestamp>,
}

/// The place in a list of alarms, newest first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Before {
    pub raised_at: Timestamp,
    pub id: AlarmId,
}

/// Raises the alarm unless one of this kind and place is open. True when it is new.
pub async fn raise(tx: &mut Tx, workspace: WorkspaceId, row: &AlarmRow, open_key: &str) -> Result<bool> {
    let raised = tx
        .sql(
            "INSERT INTO alarm (workspace_id, id, kind, inbox_id, code, open_key, raised_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(workspace)
        .bind(row.id)
        .bind(row.kind)
        .bind(row.inbox_id)
        .bind(&row.code)
        .bind(open_key)
        .bind(row.raised_at)
        .run()
        .await?;
    Ok(raised > 0)
}

/// Clears the open alarm of this kind and place. True when there was one.
pub async fn clear(tx: &mut Tx, workspace: WorkspaceId, open_key: &str, at: Timestamp) -> Result<bool> {
    let cleared = tx
        .sql("UPDATE alarm SET cleared_at = $3, open_key = NULL WHERE workspace_id = $1 AND open_key = $2")
        .bind(workspace)
        .bind(open_key)
        .bind(at)
        .run()
        .await?;
    Ok(cleared > 0)
}

/// Clears one alarm. True when it was open.
pub async fn clear_one(tx: &mut Tx, workspace: WorkspaceId, id: AlarmId, at: Timestamp) -> Result<bool> {
    let cleared = tx
        .sql(
            "UPDATE alarm SET cleared_at = $3, open_key = NULL
             WHERE workspace_id = $1 AND id = $2 AND cleared_at IS NULL",
        )
        .bind(workspace)
        .bind(id)
        .bind(at)
        .run()
        .await?;
    Ok(cleared > 0)
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: AlarmId) -> Result<Option<AlarmRow>> {
    conn.sql(
        "SELECT id, kind, inbox_id, code, raised_at, cleared_at FROM alarm WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

/// Those that are open, newest first, at most `limit`.
pub async fn open(conn: &mut Conn, workspace: WorkspaceId, limit: i64) -> Result<Vec<AlarmRow>> {
    conn.sql(
        "SELECT id, kind, inbox_id, code, raised_at, cleared_at FROM alarm
         WHERE workspace_id = $1 AND open_key IS NOT NULL ORDER BY raised_at DESC, id DESC LIMIT $2",
    )
    .bind(workspace)
    .bind(limit)
    .all()
    .await
}

/// All of them before a place, newest first.
pub async fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    before: Option<Before>,
    limit: i64,
) -> Result<Vec<AlarmRow>> {
    let mut query = conn
        .build("SELECT id, kind, inbox_id, code, raised_at, cleared_at FROM alarm WHERE workspace_id = $1")
        .bind(workspace);
    if let Some(before) = before {
        query = query
            .push(" AND (raised_at, id) < (")
            .push_bind(before.raised_at)
            .push(", ");
        query = query.push_bind(before.id).push(")");
    }
    query
        .push(" ORDER BY raised_at DESC, id DESC LIMIT ")
        .push_bind(limit)
        .all()
        .await
}
