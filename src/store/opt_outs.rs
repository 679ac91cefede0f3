//! What customers do not want to get by mail.

use shouwen_core::id::{CustomerId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::mail_details::OptOut;
use crate::db::{Conn, Result, Tx};

pub async fn has(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customer: CustomerId,
    kind: OptOut,
) -> Result<bool> {
    let row: Option<(Timestamp,)> = conn
        .sql("SELECT created_at FROM opt_out WHERE workspace_id = $1 AND customer_id = $2 AND kind = $3")
        .bind(workspace)
        .bind(customer)
        .bind(kind)
        .optional()
        .await?;
    Ok(row.is_some())
}

/// Notes it; again it stays as it was.
pub async fn add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    customer: CustomerId,
    kind: OptOut,
    at: Timestamp,
) -> Result<()> {
    tx.sql(
        "INSERT INTO opt_out (workspace_id, customer_id, kind, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(customer)
    .bind(kind)
    .bind(at)
    .run()
    .await?;
    Ok(())
}
