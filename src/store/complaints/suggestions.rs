//! What the customer's messages showed so far, and what the desk makes of it.

use shouwen_core::complaint::{Circumstances, Findings, Suggestion};
use shouwen_core::id::{CustomerId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReadingRow {
    pub findings: JsonText<Findings>,
    pub suggestion: JsonText<Suggestion>,
    pub at: Timestamp,
}

pub async fn find_reading(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Option<ReadingRow>> {
    conn.sql(
        "SELECT findings, suggestion, at FROM complaint_reading WHERE workspace_id = $1 AND ticket_id = $2",
    )
    .bind(workspace)
    .bind(ticket)
    .optional()
    .await
}

pub async fn save_reading(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    row: &ReadingRow,
) -> Result<()> {
    tx.sql(
        "INSERT INTO complaint_reading (workspace_id, ticket_id, findings, suggestion, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, ticket_id)
         DO UPDATE SET findings = excluded.findings, suggestion = excluded.suggestion, at = excluded.at",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(&row.findings)
    .bind(&row.suggestion)
    .bind(row.at)
    .run()
    .await?;
    Ok(())
}

/// What else is known of the customer: the tier, and other complaints since an instant, counted up to 10.
pub async fn circumstances(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customer: CustomerId,
    ticket: TicketId,
    since: Timestamp,
) -> Result<Circumstances> {
    let found: Option<(Option<String>, i64)> = conn
        .sql(
            "SELECT tier, (SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM ticket
               WHERE workspace_id = $1 AND customer_id = $2 AND kind = 'complaint' AND created_at >= $3 AND id <> $4
               LIMIT 10) AS earlier) AS repeated
             FROM customer WHERE workspace_id = $1 AND id = $2",
        )
        .bind(workspace)
        .bind(customer)
        .bind(since)
        .bind(ticket)
        .optional()
        .await?;
    let (tier, repeated) = found.unwrap_or_default();
    Ok(Circumstances { repeated, tier })
}
