//! Visitors of the chat: who they are, and the tickets that their conversation went through.

use shouwen_core::id::{CustomerId, InboxId, TicketId, VisitorId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::messages::MessageRow;
use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VisitorRow {
    pub id: VisitorId,
    pub inbox_id: InboxId,
    pub customer_id: CustomerId,
    pub token_hash: String,
    /// The ticket in which the conversation goes on.
    pub ticket_id: Option<TicketId>,
    pub locale: String,
    /// What the visitor typed: claims, which prove nothing.
    pub claimed_name: Option<String>,
    pub claimed_email: Option<String>,
    pub created_at: Timestamp,
}

/// A part of a visitor's conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct PartRow {
    pub visitor_id: VisitorId,
    /// From 0.
    pub ordinal: i64,
    pub ticket_id: TicketId,
}

const COLUMNS: &str =
    "id, inbox_id, customer_id, token_hash, ticket_id, locale, claimed_name, claimed_email, created_at";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: VisitorId) -> Result<Option<VisitorRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM visitor WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// Takes the visitor's row for this change: of two messages at once the second waits here for the first.
pub async fn lock(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: VisitorId,
    at: Timestamp,
) -> Result<Option<VisitorRow>> {
    tx.build("UPDATE visitor SET last_seen_at = $3 WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(id)
        .bind(at)
        .optional()
        .await
}

/// Adds the visitor unless another of their tabs did.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, visitor: &VisitorRow) -> Result<()> {
    tx.sql(
        "INSERT INTO visitor (workspace_id, id, inbox_id, customer_id, token_hash, ticket_id, locale, claimed_name,
           claimed_email, created_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(visitor.id)
    .bind(visitor.inbox_id)
    .bind(visitor.customer_id)
    .bind(&visitor.token_hash)
    .bind(visitor.ticket_id)
    .bind(&visitor.locale)
    .bind(&visitor.claimed_name)
    .bind(&visitor.claimed_email)
    .bind(visitor.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save_claims(tx: &mut Tx, workspace: WorkspaceId, visitor: &VisitorRow) -> Result<()> {
    tx.sql("UPDATE visitor SET claimed_name = $3, claimed_email = $4 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(visitor.id)
        .bind(&visitor.claimed_name)
        .bind(&visitor.claimed_email)
        .run()
        .await?;
    Ok(())
}

/// Lets the conversation go on in another ticket.
pub async fn continue_in(tx: &mut Tx, workspace: WorkspaceId, part: &PartRow) -> Result<()> {
    tx.sql(
        "INSERT INTO visitor_ticket (workspace_id, visitor_id, ordinal, ticket_id) VALUES ($1, $2, $3, $4)",
    )
    .bind(workspace)
    .bind(part.visitor_id)
    .bind(part.ordinal)
    .bind(part.ticket_id)
    .run()
    .await?;
    tx.sql("UPDATE visitor SET ticket_id = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(part.visitor_id)
        .bind(part.ticket_id)
        .run()
        .await?;
    Ok(())
}

/// The last parts of a conversation, in order, at most `limit`.
pub async fn parts(
    conn: &mut Conn,
    workspace: WorkspaceId,
    visitor: VisitorId,
    limit: i64,
) -> Result<Vec<PartRow>> {
    let mut parts: Vec<PartRow> = conn
        .sql(
            "SELECT visitor_id, ordinal, ticket_id FROM visitor_ticket
             WHERE workspace_id = $1 AND visitor_id = $2 ORDER BY ordinal DESC LIMIT $3",
        )
        .bind(workspace)
        .bind(visitor)
        .bind(limit)
        .all()
        .await?;
    parts.reverse();
    Ok(parts)
}

/// Whose conversation these tickets are a part of.
pub async fn parts_of_tickets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    tickets: &[TicketId],
) -> Result<Vec<PartRow>> {
    conn.build(
        "SELECT visitor_id, ordinal, ticket_id FROM visitor_ticket WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(tickets.iter().copied())
    .all()
    .await
}

/// The messages of a ticket that its customer may see and that were not said by phone: after a position, in order.
pub async fn said_after(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    position: i64,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    said(conn)
        .push(" AND position > $3 ORDER BY position LIMIT $4")
        .bind(workspace)
        .bind(ticket)
        .bind(position)
        .bind(limit)
        .all()
        .await
}

/// As [`said_after`]: the last ones, newest first.
pub async fn said_last(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    said(conn)
        .push(" ORDER BY position DESC LIMIT $3")
        .bind(workspace)
        .bind(ticket)
        .bind(limit)
        .all()
        .await
}

fn said(conn: &mut Conn) -> crate::db::Query<'_> {
    conn.build("SELECT ")
        .push(super::messages::COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND visibility = 'public' AND channel <> 'phone'")
}
