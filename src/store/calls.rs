//! Telephone calls as a telephone system tells of them.

use shouwen_core::channel::Direction;
use shouwen_core::id::{AgentId, CallId, CustomerId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    CallState { Ringing = "ringing", Answered = "answered", Ended = "ended", Missed = "missed" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CallRow {
    pub id: CallId,
    /// The telephone system's own id of the call.
    pub external_id: String,
    /// E.164, or as given when it is no number (a withheld one).
    pub number: String,
    pub direction: Direction,
    pub state: CallState,
    pub customer_id: Option<CustomerId>,
    pub agent_id: Option<AgentId>,
    pub ticket_id: Option<TicketId>,
    pub duration_s: Option<i64>,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, external_id, number, direction, state, customer_id, agent_id, ticket_id, duration_s, \
    started_at, updated_at";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: CallId) -> Result<Option<CallRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM call WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// Takes the call of an external id for this change: whoever decides on it waits here for whoever came before.
pub async fn lock_by_external(
    tx: &mut Tx,
    workspace: WorkspaceId,
    external: &str,
) -> Result<Option<CallRow>> {
    tx.build("UPDATE call SET state = state WHERE workspace_id = $1 AND external_id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(external)
        .optional()
        .await
}

/// The newest calls in a state that were told of since `since`.
pub async fn in_state(
    conn: &mut Conn,
    workspace: WorkspaceId,
    state: CallState,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<CallRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM call WHERE workspace_id = $1 AND state = $2 AND started_at >= $3 ORDER BY started_at DESC LIMIT $4")
        .bind(workspace)
        .bind(state)
        .bind(since)
        .bind(limit)
        .all()
        .await
}

/// Adds the call, unless one with its external id is there; false then.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, call: &CallRow) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO call (workspace_id, id, external_id, number, direction, state, customer_id, agent_id, ticket_id,
               duration_s, started_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (workspace_id, external_id) DO NOTHING",
        )
        .bind(workspace)
        .bind(call.id)
        .bind(&call.external_id)
        .bind(&call.number)
        .bind(call.direction)
        .bind(call.state)
        .bind(call.customer_id)
        .bind(call.agent_id)
        .bind(call.ticket_id)
        .bind(call.duration_s)
        .bind(call.started_at)
        .bind(call.updated_at)
        .run()
        .await?;
    Ok(added > 0)
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, call: &CallRow) -> Result<()> {
    tx.sql(
        "UPDATE call SET state = $3, customer_id = $4, agent_id = $5, ticket_id = $6, duration_s = $7, updated_at = $8
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(call.id)
    .bind(call.state)
    .bind(call.customer_id)
    .bind(call.agent_id)
    .bind(call.ticket_id)
    .bind(call.duration_s)
    .bind(call.updated_at)
    .run()
    .await?;
    Ok(())
}
