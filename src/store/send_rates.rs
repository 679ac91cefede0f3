//! How many mails went through an inbox's account in the present minute.

use shouwen_core::id::{InboxId, WorkspaceId};

use crate::db::{Result, Tx};

/// Counts one more in this minute; how many they are with it.
pub async fn count(tx: &mut Tx, workspace: WorkspaceId, inbox: InboxId, minute: i64) -> Result<i64> {
    let (sent,): (i64,) = tx
        .sql(
            "INSERT INTO send_rate (workspace_id, inbox_id, minute, sent) VALUES ($1, $2, $3, 1)
             ON CONFLICT (workspace_id, inbox_id) DO UPDATE SET
               sent = CASE WHEN send_rate.minute = excluded.minute THEN send_rate.sent + 1 ELSE 1 END,
               minute = excluded.minute
             RETURNING sent",
        )
        .bind(workspace)
        .bind(inbox)
        .bind(minute)
        .one()
        .await?;
    Ok(sent)
}
