//! The last decision of routing on a ticket.

use shouwen_core::id::{AgentId, TicketId, WorkspaceId};
use shouwen_core::routing::Decision;
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AssignmentRow {
    pub ticket_id: TicketId,
    pub agent_id: AgentId,
    pub decided_at: Timestamp,
    /// The ticket's version that the decision made.
    pub version: i64,
    pub decision: JsonText<Decision>,
}

pub async fn assignment(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Option<AssignmentRow>> {
    conn.sql(
        "SELECT ticket_id, agent_id, decided_at, version, decision FROM assignment
         WHERE workspace_id = $1 AND ticket_id = $2",
    )
    .bind(workspace)
    .bind(ticket)
    .optional()
    .await
}

pub async fn keep_assignment(tx: &mut Tx, workspace: WorkspaceId, row: &AssignmentRow) -> Result<()> {
    tx.sql(
        "INSERT INTO assignment (workspace_id, ticket_id, agent_id, decided_at, version, decision)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET agent_id = excluded.agent_id,
           decided_at = excluded.decided_at, version = excluded.version, decision = excluded.decision",
    )
    .bind(workspace)
    .bind(row.ticket_id)
    .bind(row.agent_id)
    .bind(row.decided_at)
    .bind(row.version)
    .bind(&row.decision)
    .run()
    .await?;
    Ok(())
}
