//! Workspaces and their counters.

use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

/// The first workspace, which is the only one of an installation.
pub async fn first(conn: &mut Conn) -> Result<Option<WorkspaceId>> {
    let row: Option<(WorkspaceId,)> = conn
        .sql("SELECT id FROM workspace ORDER BY created_at, id LIMIT 1")
        .optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

pub async fn name(conn: &mut Conn, workspace: WorkspaceId) -> Result<String> {
    let (name,): (String,) = conn
        .sql("SELECT name FROM workspace WHERE id = $1")
        .bind(workspace)
        .one()
        .await?;
    Ok(name)
}

pub async fn add(tx: &mut Tx, id: WorkspaceId, name: &str, at: Timestamp) -> Result<()> {
    tx.sql("INSERT INTO workspace (id, name, last_seq, created_at) VALUES ($1, $2, 0, $3)")
        .bind(id)
        .bind(name)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

pub async fn rename(tx: &mut Tx, id: WorkspaceId, name: &str) -> Result<()> {
    tx.sql("UPDATE workspace SET name = $2 WHERE id = $1")
        .bind(id)
        .bind(name)
        .run()
        .await?;
    Ok(())
}

pub async fn add_counter(tx: &mut Tx, workspace: WorkspaceId, name: &str, value: i64) -> Result<()> {
    tx.sql("INSERT INTO counter (workspace_id, name, value) VALUES ($1, $2, $3)")
        .bind(workspace)
        .bind(name)
        .bind(value)
        .run()
        .await?;
    Ok(())
}

/// The next value. Its row stays locked until the commit, so it is taken after the rows of the change itself.
pub async fn next_count(tx: &mut Tx, workspace: WorkspaceId, name: &str) -> Result<i64> {
    let (value,): (i64,) = tx
        .sql("UPDATE counter SET value = value + 1 WHERE workspace_id = $1 AND name = $2 RETURNING value")
        .bind(workspace)
        .bind(name)
        .one()
        .await?;
    Ok(value)
}

/// Makes a second server that starts for the first time wait for the first: whoever comes later sees its workspace.
pub async fn lock_installation(tx: &mut Tx, at: Timestamp) -> Result<()> {
    tx.sql("INSERT INTO throttle (key, failures, since, until) VALUES ('installation', 0, $1, $1) ON CONFLICT DO NOTHING")
        .bind(at)
        .run()
        .await?;
    Ok(())
}
