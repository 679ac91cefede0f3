//! Finding and removing what is past its time, in bounded batches along an index.

use shouwen_core::id::{AttachmentId, RawMailId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Result, Tx};

/// Empties handled mail that is older than `before`, at most `limit`; the blobs that it stood on. The row stays: it
/// tells a mail that comes again.
pub async fn empty_raw_mail(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(RawMailId, String)> = tx
        .sql(
            "SELECT id, blob FROM raw_mail
             WHERE workspace_id = $1 AND received_at < $2 AND state <> 'received' AND blob <> ''
             ORDER BY received_at LIMIT $3",
        )
        .bind(workspace)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    tx.build(
        "UPDATE raw_mail SET blob = '', envelope_from = '', envelope_to = '', peer = NULL, helo = NULL,
           header_from = NULL, subject = NULL WHERE workspace_id = $1 AND id IN ",
    )
    .bind(workspace)
    .push_list(rows.iter().map(|(id, _)| *id))
    .run()
    .await?;
    Ok(rows.into_iter().map(|(_, blob)| blob).collect())
}

/// Removes uploads from before `before` that were never sent; the blobs that they stood on.
pub async fn remove_loose(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(AttachmentId, String)> = tx
        .sql(
            "SELECT id, sha256 FROM attachment
             WHERE workspace_id = $1 AND message_id IS NULL AND created_at < $2
               AND NOT EXISTS (SELECT 1 FROM scheduled_file WHERE scheduled_file.workspace_id = attachment.workspace_id
                 AND scheduled_file.attachment_id = attachment.id)
             ORDER BY created_at LIMIT $3",
        )
        .bind(workspace)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    tx.build("DELETE FROM attachment WHERE workspace_id = $1 AND message_id IS NULL AND id IN ")
        .bind(workspace)
        .push_list(rows.iter().map(|(id, _)| *id))
        .run()
        .await?;
    Ok(rows.into_iter().map(|(_, sha256)| sha256).collect())
}

/// Marks blobs that nothing stands on since before `before` as being removed, those of a sweep that broke off too;
/// which ones.
pub async fn mark_unused_blobs(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .sql(
            "UPDATE blob SET uses = -1 WHERE workspace_id = $1 AND uses <= 0 AND unused_since < $2 AND sha256 IN
               (SELECT sha256 FROM blob WHERE workspace_id = $1 AND unused_since < $2 LIMIT $3)
             RETURNING sha256",
        )
        .bind(workspace)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
}

/// Removes the rows of blobs whose bytes are gone.
pub async fn remove_blobs(tx: &mut Tx, workspace: WorkspaceId, gone: &[String]) -> Result<()> {
    tx.build("DELETE FROM blob WHERE workspace_id = $1 AND uses < 0 AND sha256 IN ")
        .bind(workspace)
        .push_list(gone.iter())
        .run()
        .await?;
    Ok(())
}

pub async fn remove_idempotency(tx: &mut Tx, workspace: WorkspaceId, before: Timestamp) -> Result<u64> {
    tx.sql("DELETE FROM idempotency WHERE workspace_id = $1 AND created_at < $2")
        .bind(workspace)
        .bind(before)
        .run()
        .await
}

/// Removes sessions and password resets that expired before `before`.
pub async fn remove_expired(tx: &mut Tx, workspace: WorkspaceId, before: Timestamp) -> Result<()> {
    tx.sql("DELETE FROM session WHERE workspace_id = $1 AND expires_at < $2")
        .bind(workspace)
        .bind(before)
        .run()
        .await?;
    tx.sql("DELETE FROM password_reset WHERE workspace_id = $1 AND expires_at < $2")
        .bind(workspace)
        .bind(before)
        .run()
        .await?;
    Ok(())
}
