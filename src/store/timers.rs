//! Timers: what is to happen at an instant of business time.

use shouwen_core::id::{TicketId, TimerId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TimerRow {
    pub workspace_id: WorkspaceId,
    pub id: TimerId,
    pub ticket_id: Option<TicketId>,
    pub kind: String,
    pub payload: String,
    pub due_at: Timestamp,
    pub attempts: i64,
}

/// Due timers of all workspaces, oldest first. Whoever removes one has it.
pub async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<TimerRow>> {
    conn.sql(
        "SELECT workspace_id, id, ticket_id, kind, payload, due_at, attempts FROM timer
         WHERE due_at <= $1 AND lease_until <= $1 ORDER BY due_at, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .all()
    .await
}

/// Sets a timer; one with this id that is there already stays as it is.
pub async fn add(tx: &mut Tx, timer: &TimerRow) -> Result<()> {
    tx.sql(
        "INSERT INTO timer (workspace_id, id, ticket_id, kind, payload, due_at, lease_until, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0) ON CONFLICT DO NOTHING",
    )
    .bind(timer.workspace_id)
    .bind(timer.id)
    .bind(timer.ticket_id)
    .bind(&timer.kind)
    .bind(&timer.payload)
    .bind(timer.due_at)
    .run()
    .await?;
    Ok(())
}

/// Removes the timer unless somebody else did or moved it. True when it is ours to act on.
pub async fn take(tx: &mut Tx, timer: &TimerRow) -> Result<bool> {
    let taken = tx
        .sql("DELETE FROM timer WHERE workspace_id = $1 AND id = $2 AND due_at = $3")
        .bind(timer.workspace_id)
        .bind(timer.id)
        .bind(timer.due_at)
        .run()
        .await?;
    Ok(taken > 0)
}

/// Removes a timer that is not wanted any more.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: TimerId) -> Result<()> {
    tx.sql("DELETE FROM timer WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}

/// Lets a timer whose action failed wait.
pub async fn put_off(tx: &mut Tx, timer: &TimerRow, until: Timestamp) -> Result<()> {
    tx.sql(
        "UPDATE timer SET lease_until = $4, attempts = attempts + 1
         WHERE workspace_id = $1 AND id = $2 AND due_at = $3",
    )
    .bind(timer.workspace_id)
    .bind(timer.id)
    .bind(timer.due_at)
    .bind(until)
    .run()
    .await?;
    Ok(())
}
