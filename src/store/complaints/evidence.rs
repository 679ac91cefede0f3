//! What speaks for or against a complaint: messages, files, links, notes.

use shouwen_core::id::{AgentId, AttachmentId, EvidenceId, MessageId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    EvidenceKind { Message = "message", File = "file", Link = "link", Note = "note" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EvidenceRow {
    pub id: EvidenceId,
    pub kind: EvidenceKind,
    pub message_id: Option<MessageId>,
    pub attachment_id: Option<AttachmentId>,
    pub url: Option<String>,
    pub name: String,
    pub note: String,
    pub added_by: Option<AgentId>,
    pub added_at: Timestamp,
}

pub async fn evidence(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<EvidenceRow>> {
    conn.sql(
        "SELECT id, kind, message_id, attachment_id, url, name, note, added_by, added_at
         FROM case_evidence WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY id LIMIT 200",
    )
    .bind(workspace)
    .bind(ticket)
    .all()
    .await
}

/// How many pieces a case has, counted up to 200.
pub async fn evidence_count(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM case_evidence
             WHERE workspace_id = $1 AND ticket_id = $2 LIMIT 200) AS pieces",
        )
        .bind(workspace)
        .bind(ticket)
        .one()
        .await?;
    Ok(count)
}

pub async fn add_evidence(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    row: &EvidenceRow,
) -> Result<()> {
    tx.sql(
        "INSERT INTO case_evidence (workspace_id, id, ticket_id, kind, message_id, attachment_id, url, name, note,
           added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(ticket)
    .bind(row.kind)
    .bind(row.message_id)
    .bind(row.attachment_id)
    .bind(&row.url)
    .bind(&row.name)
    .bind(&row.note)
    .bind(row.added_by)
    .bind(row.added_at)
    .run()
    .await?;
    Ok(())
}

/// True when it was there.
pub async fn remove_evidence(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    id: EvidenceId,
) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM case_evidence WHERE workspace_id = $1 AND ticket_id = $2 AND id = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}
