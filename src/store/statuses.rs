//! Statuses: the workspace's labels over the fixed categories.

use shouwen_core::id::{StatusId, WorkspaceId};
use shouwen_core::ticket::Category;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StatusRow {
    pub id: StatusId,
    /// The built-in status of a category, named by the reader's language unless renamed.
    pub key: Option<String>,
    pub name: String,
    pub category: Category,
    pub position: i64,
    pub archived: bool,
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<StatusRow>> {
    conn.sql(
        "SELECT id, key, name, category, position, archived FROM status WHERE workspace_id = $1 ORDER BY position, id",
    )
    .bind(workspace)
    .all()
    .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: StatusId) -> Result<Option<StatusRow>> {
    conn.sql(
        "SELECT id, key, name, category, position, archived FROM status WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

/// The built-in status of a category.
pub async fn of_category(conn: &mut Conn, workspace: WorkspaceId, category: Category) -> Result<StatusId> {
    let (id,): (StatusId,) = conn
        .sql("SELECT id FROM status WHERE workspace_id = $1 AND key = $2 LIMIT 1")
        .bind(workspace)
        .bind(category.as_str())
        .one()
        .await?;
    Ok(id)
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, status: &StatusRow) -> Result<()> {
    tx.sql(
        "INSERT INTO status (workspace_id, id, key, name, category, position, archived)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(workspace)
    .bind(status.id)
    .bind(&status.key)
    .bind(&status.name)
    .bind(status.category)
    .bind(status.position)
    .bind(status.archived)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, status: &StatusRow) -> Result<()> {
    tx.sql(
        "UPDATE status SET name = $3, category = $4, position = $5, archived = $6 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(status.id)
    .bind(&status.name)
    .bind(status.category)
    .bind(status.position)
    .bind(status.archived)
    .run()
    .await?;
    Ok(())
}
