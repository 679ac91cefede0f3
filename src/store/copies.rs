//! The same mail in several of our inboxes: where it became a message first, and the tickets that belong to each.

use shouwen_core::id::{InboxId, MessageId, TicketId, WorkspaceId};

use super::raw_mails::Sameness;
use crate::db::{Conn, Result, Tx};

/// A message that a mail is already.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CopyRow {
    pub message_id: MessageId,
    pub ticket_id: TicketId,
}

/// The message that the same mail became by way of another inbox.
pub async fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    inbox: InboxId,
    same: &Sameness,
) -> Result<Option<CopyRow>> {
    conn.sql(
        "SELECT message.id AS message_id, message.ticket_id FROM mail_reference
         JOIN message ON message.workspace_id = mail_reference.workspace_id AND message.id = mail_reference.message_id
         JOIN raw_mail ON raw_mail.workspace_id = message.workspace_id AND raw_mail.id = message.raw_id
         WHERE mail_reference.workspace_id = $1 AND mail_reference.mail_id = $2
           AND raw_mail.body_hash = $3 AND raw_mail.inbox_id <> $4 AND raw_mail.state = 'read'
         ORDER BY message.created_at, message.id LIMIT 1",
    )
    .bind(workspace)
    .bind(&same.mail_id)
    .bind(&same.body_hash)
    .bind(inbox)
    .optional()
    .await
}

/// The ticket belongs to this inbox, too.
pub async fn show_in(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, inbox: InboxId) -> Result<()> {
    tx.sql("INSERT INTO ticket_inbox (workspace_id, ticket_id, inbox_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(workspace)
        .bind(ticket)
        .bind(inbox)
        .run()
        .await?;
    Ok(())
}
