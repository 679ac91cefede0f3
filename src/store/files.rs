//! Attachments and the blobs they stand on. A blob counts its uses, and is swept some time after the last.

use shouwen_core::id::{AttachmentId, MessageId, WorkspaceId};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AttachmentRow {
    pub id: AttachmentId,
    /// `None`: uploaded, not yet sent.
    pub message_id: Option<MessageId>,
    /// The agent or visitor who uploaded it.
    pub uploader_id: Option<Uuid>,
    pub position: i64,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub sha256: String,
    pub inline: bool,
    pub content_id: Option<String>,
    pub created_at: Timestamp,
    /// Until when the file can be fetched by its link; `None`: it went as a part of its mail.
    pub link_until: Option<Timestamp>,
}

const COLUMNS: &str = "id, message_id, uploader_id, position, name, media_type, size, sha256, inline, content_id, created_at, link_until";

pub async fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: AttachmentId,
) -> Result<Option<AttachmentRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM attachment WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

pub async fn of_messages(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[MessageId],
) -> Result<Vec<AttachmentRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM attachment WHERE workspace_id = $1 AND message_id IN ");
    query
        .bind(workspace)
        .push_list(ids.iter().copied())
        .push(" ORDER BY position, id")
        .all()
        .await
}

/// The uploads of these ids that are not yet sent and belong to the uploader.
pub async fn loose(
    conn: &mut Conn,
    workspace: WorkspaceId,
    uploader: Uuid,
    ids: &[AttachmentId],
) -> Result<Vec<AttachmentRow>> {
    let query = conn.build("SELECT ").push(COLUMNS).push(
        " FROM attachment WHERE workspace_id = $1 AND uploader_id = $2 AND message_id IS NULL AND id IN ",
    );
    query
        .bind(workspace)
        .bind(uploader)
        .push_list(ids.iter().copied())
        .all()
        .await
}

/// Adds attachments, each a use of its blob.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, rows: &[AttachmentRow]) -> Result<()> {
    for row in rows {
        add_use(tx, workspace, &row.sha256, row.size).await?;
    }
    for some in rows.chunks(200) {
        let mut insert = tx.build(
            "INSERT INTO attachment (workspace_id, id, message_id, uploader_id, position, name, media_type, size, \
             sha256, inline, content_id, created_at) VALUES ",
        );
        for (place, row) in some.iter().enumerate() {
            insert = insert
                .push(if place == 0 { "(" } else { ", (" })
                .push_bind(workspace)
                .push(", ")
                .push_bind(row.id);
            insert = insert
                .push(", ")
                .push_bind(row.message_id)
                .push(", ")
                .push_bind(row.uploader_id);
            insert = insert
                .push(", ")
                .push_bind(row.position)
                .push(", ")
                .push_bind(&row.name);
            insert = insert
                .push(", ")
                .push_bind(&row.media_type)
                .push(", ")
                .push_bind(row.size);
            insert = insert
                .push(", ")
                .push_bind(&row.sha256)
                .push(", ")
                .push_bind(row.inline);
            insert = insert
                .push(", ")
                .push_bind(&row.content_id)
                .push(", ")
                .push_bind(row.created_at)
                .push(")");
        }
        insert.run().await?;
    }
    Ok(())
}

/// Notes that these files went as links.
pub async fn set_links(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ids: &[AttachmentId],
    until: Timestamp,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    tx.build(
        "UPDATE attachment SET link_until = $2 WHERE workspace_id = $1 AND link_until IS NULL AND id IN ",
    )
    .bind(workspace)
    .bind(until)
    .push_list(ids.iter().copied())
    .run()
    .await?;
    Ok(())
}

/// Gives an upload to the message it is sent with.
pub async fn attach(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: AttachmentId,
    message: MessageId,
    position: i64,
) -> Result<()> {
    tx.sql(
        "UPDATE attachment SET message_id = $3, position = $4 WHERE workspace_id = $1 AND id = $2 AND message_id IS NULL",
    )
    .bind(workspace)
    .bind(id)
    .bind(message)
    .bind(position)
    .run()
    .await?;
    Ok(())
}

/// How many rows stand on the blob; less than none while its bytes are being removed. `None`: there is no such blob.
pub async fn uses(conn: &mut Conn, workspace: WorkspaceId, sha256: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = conn
        .sql("SELECT uses FROM blob WHERE workspace_id = $1 AND sha256 = $2")
        .bind(workspace)
        .bind(sha256)
        .optional()
        .await?;
    Ok(row.map(|(uses,)| uses))
}

/// Lets a blob that nothing stands on live on from now. False when it is not there as such.
pub async fn renew(tx: &mut Tx, workspace: WorkspaceId, sha256: &str, at: Timestamp) -> Result<bool> {
    let renewed = tx
        .sql("UPDATE blob SET unused_since = $3 WHERE workspace_id = $1 AND sha256 = $2 AND uses = 0")
        .bind(workspace)
        .bind(sha256)
        .bind(at)
        .run()
        .await?;
    Ok(renewed > 0)
}

/// One more row stands on the blob.
pub async fn add_use(tx: &mut Tx, workspace: WorkspaceId, sha256: &str, size: i64) -> Result<()> {
    tx.sql(
        "INSERT INTO blob (workspace_id, sha256, size, uses) VALUES ($1, $2, $3, 1)
         ON CONFLICT (workspace_id, sha256) DO UPDATE SET uses = blob.uses + 1, unused_since = NULL",
    )
    .bind(workspace)
    .bind(sha256)
    .bind(size)
    .run()
    .await?;
    Ok(())
}

/// One row less stands on the blob.
pub async fn drop_use(tx: &mut Tx, workspace: WorkspaceId, sha256: &str, at: Timestamp) -> Result<()> {
    tx.sql(
        "UPDATE blob SET uses = uses - 1, unused_since = CASE WHEN uses <= 1 THEN $3 ELSE unused_since END
         WHERE workspace_id = $1 AND sha256 = $2",
    )
    .bind(workspace)
    .bind(sha256)
    .bind(at)
    .run()
    .await?;
    Ok(())
}
