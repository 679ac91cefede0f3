//! How many mails came within minutes, and who was told lately that theirs arrived: a few rows each, found by key.

use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use crate::db::{Result, Tx};

/// Counts one mail more of `key` in this minute.
pub async fn count(tx: &mut Tx, workspace: WorkspaceId, key: &str, minute: i64) -> Result<()> {
    tx.sql(
        "INSERT INTO mail_flow (workspace_id, key, minute, mails) VALUES ($1, $2, $3, 1)
         ON CONFLICT (workspace_id, key, minute) DO UPDATE SET mails = mail_flow.mails + 1",
    )
    .bind(workspace)
    .bind(key)
    .bind(minute)
    .run()
    .await?;
    Ok(())
}

/// How many mails of `key` came after `minute`.
pub async fn since(tx: &mut Tx, workspace: WorkspaceId, key: &str, minute: i64) -> Result<i64> {
    let (mails,): (i64,) = tx
        .sql(
            "SELECT CAST(COALESCE(SUM(mails), 0) AS BIGINT) FROM mail_flow
             WHERE workspace_id = $1 AND key = $2 AND minute > $3",
        )
        .bind(workspace)
        .bind(key)
        .bind(minute)
        .one()
        .await?;
    Ok(mails)
}

/// Notes that the sender is told now; false when they were told after `not_since`. Of two at once one is told.
pub async fn may_acknowledge(
    tx: &mut Tx,
    workspace: WorkspaceId,
    sender: &str,
    now: Timestamp,
    not_since: Timestamp,
) -> Result<bool> {
    let noted = tx
        .sql(
            "INSERT INTO acknowledgement (workspace_id, sender, at) VALUES ($1, $2, $3)
             ON CONFLICT (workspace_id, sender) DO UPDATE SET at = excluded.at WHERE acknowledgement.at <= $4",
        )
        .bind(workspace)
        .bind(sender)
        .bind(now)
        .bind(not_since)
        .run()
        .await?;
    Ok(noted > 0)
}

/// Forgets what is too old to count.
pub async fn forget(tx: &mut Tx, workspace: WorkspaceId, minute: i64, acknowledged: Timestamp) -> Result<()> {
    tx.sql("DELETE FROM mail_flow WHERE workspace_id = $1 AND minute < $2")
        .bind(workspace)
        .bind(minute)
        .run()
        .await?;
    tx.sql("DELETE FROM acknowledgement WHERE workspace_id = $1 AND at < $2")
        .bind(workspace)
        .bind(acknowledged)
        .run()
        .await?;
    Ok(())
}
