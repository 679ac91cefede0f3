//! Kinds of tickets: the workspace's own, and those built-in ones that it renamed or put away.

use shouwen_core::id::WorkspaceId;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KindRow {
    /// A word of the built-in kinds, or an id.
    pub key: String,
    pub name: String,
    pub archived: bool,
    pub position: i64,
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<KindRow>> {
    conn.sql(
        "SELECT key, name, archived, position FROM ticket_kind WHERE workspace_id = $1 ORDER BY position, key LIMIT 200",
    )
    .bind(workspace)
    .all()
    .await
}

/// Adds the kind or writes it anew.
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, kind: &KindRow) -> Result<()> {
    tx.sql(
        "INSERT INTO ticket_kind (workspace_id, key, name, archived, position) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, key) DO UPDATE SET name = excluded.name, archived = excluded.archived,
           position = excluded.position",
    )
    .bind(workspace)
    .bind(&kind.key)
    .bind(&kind.name)
    .bind(kind.archived)
    .bind(kind.position)
    .run()
    .await?;
    Ok(())
}
