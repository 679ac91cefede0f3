//! How far the logs of long tickets were told for their clocks, so that each message need not read all of them.

use shouwen_core::id::{SlaPolicyId, TicketId, WorkspaceId};
use uuid::Uuid;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FoldRow {
    /// The number of the log up to which it was told.
    pub seq: i64,
    #[sqlx(flatten)]
    pub kept: KeptFold,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeptFold {
    pub ticket_id: TicketId,
    /// The book of policies that held.
    pub stamp: Uuid,
    pub policy_id: SlaPolicyId,
    pub policy_version: i64,
    /// The oldest cycles that are still told, of the first response and of the next.
    pub first_cycle: i64,
    pub next_cycle: i64,
    /// In JSON: one that this release cannot read is as good as none.
    pub fold: String,
}

/// Those of these tickets that are long enough to have one.
pub async fn folds(conn: &mut Conn, workspace: WorkspaceId, ids: &[TicketId]) -> Result<Vec<FoldRow>> {
    conn.build(
        "SELECT ticket_id, seq, stamp, policy_id, policy_version, first_cycle, next_cycle, fold FROM sla_fold
         WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .all()
    .await
}

/// Keeps how far a ticket was told, which is up to `seq`.
pub(super) async fn keep(tx: &mut Tx, workspace: WorkspaceId, fold: &KeptFold, seq: i64) -> Result<()> {
    tx.sql(
        "INSERT INTO sla_fold (workspace_id, ticket_id, seq, stamp, policy_id, policy_version, first_cycle, next_cycle,
           fold) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET seq = excluded.seq, stamp = excluded.stamp,
           policy_id = excluded.policy_id, policy_version = excluded.policy_version,
           first_cycle = excluded.first_cycle, next_cycle = excluded.next_cycle, fold = excluded.fold",
    )
    .bind(workspace)
    .bind(fold.ticket_id)
    .bind(seq)
    .bind(fold.stamp)
    .bind(fold.policy_id)
    .bind(fold.policy_version)
    .bind(fold.first_cycle)
    .bind(fold.next_cycle)
    .bind(&fold.fold)
    .run()
    .await?;
    Ok(())
}
