//! Messages, the mail ids that stand for them, and their deliveries.

use serde::{Deserialize, Serialize};
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::id::{InboxId, MessageId, RawMailId, TicketId, WorkspaceId};
use shouwen_core::message::{AuthorKind, Delivery, Visibility};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

pub use super::mail_details::MailDetails;
use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MessageRow {
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub inbox_id: InboxId,
    /// The place in its ticket, from 1.
    pub position: i64,
    pub channel: Channel,
    pub direction: Direction,
    pub visibility: Visibility,
    pub author_kind: AuthorKind,
    pub author_id: Option<Uuid>,
    /// Names the message before it is stored, so that a repeated attempt is recognised.
    pub client_key: Option<String>,
    pub text: String,
    /// What was newly written, where it differs from `text`.
    pub reply_text: Option<String>,
    /// Sanitised.
    pub html: Option<String>,
    pub automatic: bool,
    pub delivery: Delivery,
    pub delivery_error: Option<String>,
    pub mail: Option<JsonText<MailDetails>>,
    pub call: Option<JsonText<CallDetails>>,
    pub raw_id: Option<RawMailId>,
    /// A customer's that asks for no answer.
    pub no_reply_needed: bool,
    pub created_at: Timestamp,
}

shouwen_core::words! {
    Outcome { Answered = "answered", NoAnswer = "no_answer", Busy = "busy", Voicemail = "voicemail", CallBack = "call_back" }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CallDetails {
    pub number: String,
    pub direction: Direction,
    pub outcome: Outcome,
    pub duration_s: i64,
    pub follow_up_at: Option<Timestamp>,
}

pub(super) const COLUMNS: &str = "id, ticket_id, inbox_id, position, channel, direction, visibility, author_kind, author_id, \
    client_key, text, reply_text, html, automatic, delivery, delivery_error, mail, call, raw_id, no_reply_needed, created_at";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: MessageId) -> Result<Option<MessageRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// Says whether a message asks for no answer.
pub async fn set_no_reply_needed(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: MessageId,
    needless: bool,
) -> Result<()> {
    tx.sql("UPDATE message SET no_reply_needed = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(needless)
        .run()
        .await?;
    Ok(())
}

/// The messages of these ids, in no order.
pub async fn some(conn: &mut Conn, workspace: WorkspaceId, ids: &[MessageId]) -> Result<Vec<MessageRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND id IN ");
    query.bind(workspace).push_list(ids.iter().copied()).all().await
}

pub async fn find_by_client_key(
    conn: &mut Conn,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Option<MessageRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND client_key = $2");
    query.bind(workspace).bind(key).optional().await
}

/// The newest messages before a position, newest first.
pub async fn before(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    position: i64,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND position < $3 ORDER BY position DESC LIMIT $4")
        .bind(workspace)
        .bind(ticket)
        .bind(position)
        .bind(limit)
        .all()
        .await
}

/// The messages after a position, in order: how a conversation is resumed.
pub async fn after(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    position: i64,
    limit: i64,
) -> Result<Vec<MessageRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND position > $3 ORDER BY position LIMIT $4")
        .bind(workspace)
        .bind(ticket)
        .bind(position)
        .bind(limit)
        .all()
        .await
}

/// The newest public message that came in.
pub async fn last_inbound(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Option<MessageRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(
            " FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND direction = 'in' AND NOT automatic
             ORDER BY position DESC LIMIT 1",
        )
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await
}

/// The position of the newest public message that `author` has not written.
pub async fn last_public_by_others(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    author: Uuid,
) -> Result<i64> {
    let row: Option<(i64,)> = conn
        .sql(
            "SELECT position FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND visibility = 'public'
             AND NOT automatic AND (author_id IS NULL OR author_id <> $3) ORDER BY position DESC LIMIT 1",
        )
        .bind(workspace)
        .bind(ticket)
        .bind(author)
        .optional()
        .await?;
    Ok(row.map_or(0, |(position,)| position))
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, message: &MessageRow) -> Result<()> {
    tx.sql(
        "INSERT INTO message (workspace_id, id, ticket_id, first_ticket_id, inbox_id, position, channel, direction,
           visibility, author_kind, author_id, client_key, text, reply_text, html, automatic, delivery, delivery_error,
           mail, call, raw_id, created_at)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(workspace)
    .bind(message.id)
    .bind(message.ticket_id)
    .bind(message.inbox_id)
    .bind(message.position)
    .bind(message.channel)
    .bind(message.direction)
    .bind(message.visibility)
    .bind(message.author_kind)
    .bind(message.author_id)
    .bind(&message.client_key)
    .bind(&message.text)
    .bind(&message.reply_text)
    .bind(&message.html)
    .bind(message.automatic)
    .bind(message.delivery)
    .bind(&message.delivery_error)
    .bind(&message.mail)
    .bind(&message.call)
    .bind(message.raw_id)
    .bind(message.created_at)
    .run()
    .await?;
    Ok(())
}

/// Notes that these mail ids stand for the message.
pub async fn add_mail_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    message: MessageId,
    ids: &[String],
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut insert = tx.build("INSERT INTO mail_reference (workspace_id, mail_id, message_id) VALUES ");
    for (place, id) in ids.iter().enumerate() {
        insert = insert
            .push(if place == 0 { "(" } else { ", (" })
            .push_bind(workspace);
        insert = insert
            .push(", ")
            .push_bind(id)
            .push(", ")
            .push_bind(message)
            .push(")");
    }
    insert.push(" ON CONFLICT DO NOTHING").run().await?;
    Ok(())
}

/// The messages that a mail id stands for.
pub async fn by_mail_id(conn: &mut Conn, workspace: WorkspaceId, mail_id: &str) -> Result<Vec<MessageRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(
            " FROM message WHERE workspace_id = $1 AND id IN
             (SELECT message_id FROM mail_reference WHERE workspace_id = $1 AND mail_id = $2) ORDER BY created_at, id",
        )
        .bind(workspace)
        .bind(mail_id)
        .all()
        .await
}

/// A message that a mail may continue: where it stands now, and where it stood first.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EvidenceRow {
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub first_ticket_id: TicketId,
    pub direction: Direction,
    pub created_at: Timestamp,
}

/// A message as evidence.
pub async fn evidence(conn: &mut Conn, workspace: WorkspaceId, id: MessageId) -> Result<Option<EvidenceRow>> {
    conn.sql(
        "SELECT id, ticket_id, first_ticket_id, direction, created_at FROM message
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

/// The messages that these mail ids stand for, each with its mail id; the oldest message of an id first.
pub async fn evidence_of_mail_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    mail_ids: &[&str],
) -> Result<Vec<(String, EvidenceRow)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        mail_id: String,
        #[sqlx(flatten)]
        evidence: EvidenceRow,
    }
    let rows: Vec<Row> = conn
        .build(
            "SELECT mail_reference.mail_id, message.id, message.ticket_id, message.first_ticket_id, message.direction,
               message.created_at
             FROM mail_reference JOIN message
               ON message.workspace_id = mail_reference.workspace_id AND message.id = mail_reference.message_id
             WHERE mail_reference.workspace_id = $1 AND mail_reference.mail_id IN ",
        )
        .bind(workspace)
        .push_list(mail_ids.iter().copied())
        .push(" ORDER BY message.created_at, message.id")
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| (row.mail_id, row.evidence)).collect())
}

/// The ids under which these outgoing messages were sent.
pub async fn mail_ids(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[MessageId],
) -> Result<Vec<(MessageId, String)>> {
    conn.build("SELECT message_id, mail_id FROM mail_reference WHERE workspace_id = $1 AND message_id IN ")
        .bind(workspace)
        .push_list(ids.iter().copied())
        .push(" ORDER BY mail_id")
        .all()
        .await
}

/// How far an outgoing message is with one recipient.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeliveryRow {
    pub message_id: MessageId,
    pub recipient: String,
    pub state: Delivery,
    pub response: Option<String>,
    /// A [`shouwen_core::message::BounceReason`], and the code behind it.
    pub reason: Option<String>,
    pub code: Option<String>,
}

pub async fn add_deliveries(
    tx: &mut Tx,
    workspace: WorkspaceId,
    message: MessageId,
    recipients: &[String],
    at: Timestamp,
) -> Result<()> {
    if recipients.is_empty() {
        return Ok(());
    }
    let mut insert = tx.build(
        "INSERT INTO delivery (workspace_id, message_id, recipient, state, attempts, updated_at) VALUES ",
    );
    for (place, recipient) in recipients.iter().enumerate() {
        insert = insert
            .push(if place == 0 { "(" } else { ", (" })
            .push_bind(workspace)
            .push(", ")
            .push_bind(message);
        insert = insert
            .push(", ")
            .push_bind(recipient)
            .push(", 'queued', 0, ")
            .push_bind(at)
            .push(")");
    }
    insert.push(" ON CONFLICT DO NOTHING").run().await?;
    Ok(())
}

pub async fn deliveries(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[MessageId],
) -> Result<Vec<DeliveryRow>> {
    conn.build("SELECT message_id, recipient, state, response, reason, code FROM delivery WHERE workspace_id = $1 AND message_id IN ")
        .bind(workspace)
        .push_list(ids.iter().copied())
        .push(" ORDER BY recipient")
        .all()
        .await
}

/// Moves some recipients of a message from one state to another; the number moved.
pub async fn move_deliveries(
    tx: &mut Tx,
    workspace: WorkspaceId,
    message: MessageId,
    from: &[Delivery],
    to: Delivery,
    at: Timestamp,
) -> Result<u64> {
    tx.build("UPDATE delivery SET state = $3, updated_at = $4 WHERE workspace_id = $1 AND message_id = $2 AND state IN ")
        .bind(workspace)
        .bind(message)
        .bind(to)
        .bind(at)
        .push_list(from.iter().copied())
        .run()
        .await
}

/// Whoever still waits for a mail may have got it elsewhere: as if the server had stopped while it was sending.
pub async fn doubt_waiting_deliveries(tx: &mut Tx, workspace: WorkspaceId) -> Result<u64> {
    tx.sql("UPDATE delivery SET state = 'sending' WHERE workspace_id = $1 AND state = 'queued'")
        .bind(workspace)
        .run()
        .await
}

/// Moves these recipients from `queued` to `sending`; the number moved.
pub async fn start_deliveries(
    tx: &mut Tx,
    workspace: WorkspaceId,
    message: MessageId,
    recipients: &[String],
    at: Timestamp,
) -> Result<u64> {
    tx.build(
        "UPDATE delivery SET state = 'sending', updated_at = $3
         WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued' AND recipient IN ",
    )
    .bind(workspace)
    .bind(message)
    .bind(at)
    .push_list(recipients.iter())
    .run()
    .await
}

/// Writes what came of one recipient.
pub async fn save_delivery(
    tx: &mut Tx,
    workspace: WorkspaceId,
    row: &DeliveryRow,
    at: Timestamp,
) -> Result<()> {
    tx.sql(
        "UPDATE delivery SET state = $4, response = $5, attempts = attempts + 1, updated_at = $6, reason = $7, code = $8
         WHERE workspace_id = $1 AND message_id = $2 AND recipient = $3",
    )
    .bind(workspace)
    .bind(row.message_id)
    .bind(&row.recipient)
    .bind(row.state)
    .bind(&row.response)
    .bind(at)
    .bind(&row.reason)
    .bind(&row.code)
    .run()
    .await?;
    Ok(())
}

/// Writes where the message as a whole is on its way.
pub async fn set_delivery(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: MessageId,
    state: Delivery,
    error: Option<&str>,
) -> Result<()> {
    tx.sql("UPDATE message SET delivery = $3, delivery_error = $4 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(state)
        .bind(error)
        .run()
        .await?;
    Ok(())
}

/// Whether any outgoing message of the ticket failed or is uncertain.
pub async fn any_failed(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<bool> {
    let row: Option<(MessageId,)> = conn
        .sql(
            "SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND delivery IN ('failed', 'uncertain') LIMIT 1",
        )
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await?;
    Ok(row.is_some())
}
