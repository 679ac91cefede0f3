//! Refunds, compensations and vouchers of a case: asked for, decided, paid.

use shouwen_core::complaint::{CompensationKind, CompensationState, Money};
use shouwen_core::id::{AgentId, CompensationId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CompensationRow {
    pub id: CompensationId,
    pub ticket_id: TicketId,
    pub kind: CompensationKind,
    pub minor: i64,
    pub currency: String,
    pub reason: String,
    pub state: CompensationState,
    /// More than whoever asked may give by themselves.
    pub above_ceiling: bool,
    pub requested_by: AgentId,
    pub requested_at: Timestamp,
    pub decided_by: Option<AgentId>,
    pub decided_at: Option<Timestamp>,
    /// The words of whoever decided.
    pub decision: String,
    pub paid_at: Option<Timestamp>,
}

impl CompensationRow {
    pub fn amount(&self) -> Money {
        Money {
            minor: self.minor,
            currency: self.currency.clone(),
        }
    }
}

/// A case has at most so many.
const MOST: i64 = 200;

pub async fn compensations(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Vec<CompensationRow>> {
    conn.sql(
        "SELECT id, ticket_id, kind, minor, currency, reason, state, above_ceiling, requested_by, requested_at,
           decided_by, decided_at, decision, paid_at
         FROM compensation WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id LIMIT $3",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(MOST)
    .all()
    .await
}

pub async fn find_compensation(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: CompensationId,
) -> Result<Option<CompensationRow>> {
    conn.sql(
        "SELECT id, ticket_id, kind, minor, currency, reason, state, above_ceiling, requested_by, requested_at,
           decided_by, decided_at, decision, paid_at
         FROM compensation WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

pub async fn add_compensation(tx: &mut Tx, workspace: WorkspaceId, row: &CompensationRow) -> Result<()> {
    tx.sql(
        "INSERT INTO compensation (workspace_id, id, ticket_id, kind, minor, currency, reason, state, above_ceiling,
           requested_by, requested_at, decided_by, decided_at, decision, paid_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.ticket_id)
    .bind(row.kind)
    .bind(row.minor)
    .bind(&row.currency)
    .bind(&row.reason)
    .bind(row.state)
    .bind(row.above_ceiling)
    .bind(row.requested_by)
    .bind(row.requested_at)
    .bind(row.decided_by)
    .bind(row.decided_at)
    .bind(&row.decision)
    .bind(row.paid_at)
    .run()
    .await?;
    Ok(())
}

/// Writes what was decided. The case's row is locked.
pub async fn save_compensation(tx: &mut Tx, workspace: WorkspaceId, row: &CompensationRow) -> Result<()> {
    tx.sql(
        "UPDATE compensation SET state = $3, decided_by = $4, decided_at = $5, decision = $6, paid_at = $7
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.state)
    .bind(row.decided_by)
    .bind(row.decided_at)
    .bind(&row.decision)
    .bind(row.paid_at)
    .run()
    .await?;
    Ok(())
}
