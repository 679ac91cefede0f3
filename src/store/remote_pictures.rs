//! Pictures of mails that lay elsewhere, kept by the hash of where they lay.

use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use super::files;
use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PictureRow {
    pub url_hash: String,
    pub sha256: String,
    pub media_type: String,
    pub size: i64,
    pub fetched_at: Timestamp,
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, url_hash: &str) -> Result<Option<PictureRow>> {
    conn.sql(
        "SELECT url_hash, sha256, media_type, size, fetched_at FROM remote_picture
         WHERE workspace_id = $1 AND url_hash = $2",
    )
    .bind(workspace)
    .bind(url_hash)
    .optional()
    .await
}

/// Keeps the picture as a use of its blob, unless somebody else did.
pub async fn keep(tx: &mut Tx, workspace: WorkspaceId, row: &PictureRow) -> Result<()> {
    files::add_use(tx, workspace, &row.sha256, row.size).await?;
    let kept = tx
        .sql(
            "INSERT INTO remote_picture (workspace_id, url_hash, sha256, media_type, size, fetched_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(workspace)
        .bind(&row.url_hash)
        .bind(&row.sha256)
        .bind(&row.media_type)
        .bind(row.size)
        .bind(row.fetched_at)
        .run()
        .await?;
    if kept == 0 {
        files::drop_use(tx, workspace, &row.sha256, row.fetched_at).await?;
    }
    Ok(())
}

/// Removes those fetched before `before`, at most `limit`; the blobs that they stood on.
pub async fn remove_old(
    tx: &mut Tx,
    workspace: WorkspaceId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .sql(
            "DELETE FROM remote_picture WHERE workspace_id = $1 AND url_hash IN
               (SELECT url_hash FROM remote_picture WHERE workspace_id = $1 AND fetched_at < $2
                ORDER BY fetched_at LIMIT $3)
             RETURNING sha256",
        )
        .bind(workspace)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
}
