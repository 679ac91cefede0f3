//! Tags, named once in a workspace whatever their case.

use shouwen_core::customer::fold;
use shouwen_core::id::{TagId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TagRow {
    pub id: TagId,
    pub name: String,
    pub color: String,
    pub created_at: Timestamp,
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<TagRow>> {
    conn.sql("SELECT id, name, color, created_at FROM tag WHERE workspace_id = $1 ORDER BY name_folded, id")
        .bind(workspace)
        .all()
        .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: TagId) -> Result<Option<TagRow>> {
    conn.sql("SELECT id, name, color, created_at FROM tag WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, tag: &TagRow) -> Result<()> {
    tx.sql(
        "INSERT INTO tag (workspace_id, id, name, name_folded, color, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(workspace)
    .bind(tag.id)
    .bind(&tag.name)
    .bind(fold(&tag.name))
    .bind(&tag.color)
    .bind(tag.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, tag: &TagRow) -> Result<()> {
    tx.sql("UPDATE tag SET name = $3, name_folded = $4, color = $5 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(tag.id)
        .bind(&tag.name)
        .bind(fold(&tag.name))
        .bind(&tag.color)
        .run()
        .await?;
    Ok(())
}

/// Removes a tag that no ticket bears.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: TagId) -> Result<()> {
    tx.sql("DELETE FROM tag WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}

/// Some of the tickets that bear a tag.
pub async fn some_bearers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: TagId,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let rows: Vec<(TicketId,)> = conn
        .sql(
            "SELECT ticket_id FROM ticket_tag WHERE workspace_id = $1 AND tag_id = $2
             ORDER BY ticket_id LIMIT $3",
        )
        .bind(workspace)
        .bind(id)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
