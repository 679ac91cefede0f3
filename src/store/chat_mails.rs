//! Up to where a chat went on by mail, and when it last did.

use shouwen_core::id::{TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct ChatMailRow {
    /// Of the newest message that was mailed.
    pub position: i64,
    pub mailed_at: Timestamp,
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<ChatMailRow>> {
    conn.sql("SELECT position, mailed_at FROM chat_mail WHERE workspace_id = $1 AND ticket_id = $2")
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, row: ChatMailRow) -> Result<()> {
    tx.sql(
        "INSERT INTO chat_mail (workspace_id, ticket_id, position, mailed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, ticket_id)
         DO UPDATE SET position = excluded.position, mailed_at = excluded.mailed_at",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(row.position)
    .bind(row.mailed_at)
    .run()
    .await?;
    Ok(())
}
