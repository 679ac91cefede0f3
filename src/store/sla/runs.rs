//! Runs over the open tickets: previews and recomputations, with how far they are.

use serde::Serialize;
use shouwen_core::id::{SlaRunId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    RunKind { Preview = "preview", Recompute = "recompute" }
}

shouwen_core::words! {
    RunState { Waiting = "waiting", Running = "running", Done = "done", Failed = "failed" }
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct RunRow {
    pub id: SlaRunId,
    pub kind: RunKind,
    pub state: RunState,
    /// JSON of what is to be tried; none of a recomputation.
    pub draft: Option<String>,
    pub total: i64,
    pub done: i64,
    pub moved: i64,
    pub become_overdue: i64,
    pub no_longer_overdue: i64,
    pub last_ticket: Option<TicketId>,
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &RunRow) -> Result<()> {
    tx.sql(
        "INSERT INTO sla_run (workspace_id, id, kind, state, draft, total, done, moved, become_overdue,
           no_longer_overdue, created_at) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, $6)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.kind)
    .bind(row.state)
    .bind(&row.draft)
    .bind(row.created_at)
    .run()
    .await?;
    Ok(())
}

/// Takes the run's row for this change.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: SlaRunId) -> Result<Option<RunRow>> {
    tx.sql(
        "UPDATE sla_run SET done = done WHERE workspace_id = $1 AND id = $2
         RETURNING id, kind, state, draft, total, done, moved, become_overdue, no_longer_overdue, last_ticket, error,
           created_at, finished_at",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &RunRow) -> Result<()> {
    tx.sql(
        "UPDATE sla_run SET state = $3, total = $4, done = $5, moved = $6, become_overdue = $7, no_longer_overdue = $8,
           last_ticket = $9, error = $10, finished_at = $11 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.state)
    .bind(row.total)
    .bind(row.done)
    .bind(row.moved)
    .bind(row.become_overdue)
    .bind(row.no_longer_overdue)
    .bind(row.last_ticket)
    .bind(&row.error)
    .bind(row.finished_at)
    .run()
    .await?;
    Ok(())
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: SlaRunId) -> Result<Option<RunRow>> {
    conn.sql(
        "SELECT id, kind, state, draft, total, done, moved, become_overdue, no_longer_overdue, last_ticket, error,
           created_at, finished_at FROM sla_run WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

/// The newest first.
pub async fn newest(conn: &mut Conn, workspace: WorkspaceId, limit: i64) -> Result<Vec<RunRow>> {
    conn.sql(
        "SELECT id, kind, state, draft, total, done, moved, become_overdue, no_longer_overdue, last_ticket, error,
           created_at, finished_at FROM sla_run WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
    )
    .bind(workspace)
    .bind(limit)
    .all()
    .await
}

/// The next open tickets after one, in the order of their ids.
pub async fn open_tickets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    after: TicketId,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let rows: Vec<(TicketId,)> = conn
        .sql(
            "SELECT id FROM ticket WHERE workspace_id = $1 AND active = TRUE AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(workspace)
        .bind(after)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many tickets are open: along the index of open ones, once for a run.
pub async fn count_open(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql("SELECT CAST(COUNT(*) AS BIGINT) FROM ticket WHERE workspace_id = $1 AND active = TRUE")
        .bind(workspace)
        .one()
        .await?;
    Ok(count)
}
