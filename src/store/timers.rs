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

/// The kind of the timers of clocks, which are many and acted on in batches.
pub const SLA: &str = "sla";

/// When the next timer of any workspace is due, of those that nobody has in hand and that were not put off.
pub async fn next_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = conn
        .sql("SELECT due_at FROM timer WHERE lease_until <= $1 ORDER BY due_at, id LIMIT 1")
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|(due_at,)| due_at))
}

/// Whether a timer of a clock is due that nobody has in hand.
pub async fn clock_is_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let row: Option<(Timestamp,)> = conn
        .sql(
            "SELECT due_at FROM timer WHERE due_at <= $1 AND lease_until <= $1 AND kind = $2
             ORDER BY due_at, id LIMIT 1",
        )
        .bind(now)
        .bind(SLA)
        .optional()
        .await?;
    Ok(row.is_some())
}

/// Takes up to `limit` due timers of clocks in hand until `lease_until`, those first that were due first. Two servers
/// never wait for each other here.
pub async fn claim(tx: &mut Tx, now: Timestamp, lease_until: Timestamp, limit: i64) -> Result<Vec<TimerRow>> {
    let skip_locked = tx.skip_locked();
    let claim = tx.build("UPDATE timer SET lease_until = ").push_bind(lease_until);
    let claim = claim
        .push(" WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM timer WHERE due_at <= ")
        .push_bind(now);
    let claim = claim.push(" AND lease_until <= ").push_bind(now);
    let claim = claim.push(" AND kind = ").push_bind(SLA);
    let claim = claim
        .push(" ORDER BY due_at, id LIMIT ")
        .push_bind(limit)
        .push(skip_locked);
    let claim = claim.push(") RETURNING workspace_id, id, ticket_id, kind, payload, due_at, attempts");
    let mut timers: Vec<TimerRow> = claim.all().await?;
    timers.sort_by_key(|timer| (timer.due_at, timer.id));
    Ok(timers)
}

/// Other due timers of all workspaces, oldest first. Whoever removes one has it.
pub async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<TimerRow>> {
    conn.sql(
        "SELECT workspace_id, id, ticket_id, kind, payload, due_at, attempts FROM timer
         WHERE due_at <= $1 AND lease_until <= $1 AND kind <> $3 ORDER BY due_at, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .bind(SLA)
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

/// Sets a timer, or moves the one with this id.
pub async fn set(tx: &mut Tx, timer: &TimerRow) -> Result<()> {
    tx.sql(
        "INSERT INTO timer (workspace_id, id, ticket_id, kind, payload, due_at, lease_until, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0)
         ON CONFLICT (workspace_id, id) DO UPDATE SET payload = excluded.payload, due_at = excluded.due_at,
           lease_until = 0, attempts = 0",
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

/// Removes what is set of a kind for a ticket.
pub async fn remove_of_ticket(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    kind: &str,
) -> Result<()> {
    tx.sql("DELETE FROM timer WHERE workspace_id = $1 AND ticket_id = $2 AND kind = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(kind)
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
