//! Mail as it came: kept before it is read, so that nothing is acknowledged that could be lost.

use shouwen_core::event::Origin;
use shouwen_core::id::{InboxId, MessageId, RawMailId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::mail_details::Authenticity;
use crate::db::{Conn, JsonText, Result, Tx};

shouwen_core::words! {
    /// How a mail reached us.
    Source { Smtp = "smtp", Lmtp = "lmtp", Imap = "imap" }
}

shouwen_core::words! {
    /// What became of a mail.
    RawState {
        Received = "received",
        /// Became a message.
        Read = "read",
        Duplicate = "duplicate",
        /// A copy of what we sent ourselves.
        Own = "own",
        /// Told us what became of a mail of ours.
        Report = "report",
        /// Kept back: waits for a person to recover or discard it.
        Suspended = "suspended",
        /// Could not be handled; the raw mail is there for a person.
        Failed = "failed",
        /// A person let it go; it can be recovered for as long as its octets are kept.
        Discarded = "discarded",
    }
}

shouwen_core::words! {
    /// Why a mail was kept back, or what it reported: the words in `reason`, but for failures, which have their own.
    Cause {
        AutoReply = "auto_reply", Bulk = "bulk", Machine = "machine",
        /// A report on a mail that we do not know.
        UnknownBounce = "unknown_bounce",
        BlockedSender = "blocked_sender",
        /// Too many came from there, or in that thread, within minutes.
        Loop = "loop",
        Bounce = "bounce", Delay = "delay",
        /// It is a message already, by way of another inbox.
        OtherInbox = "other_inbox",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RawMailRow {
    pub id: RawMailId,
    pub inbox_id: InboxId,
    /// Empty for the null sender of reports.
    pub envelope_from: String,
    /// Addresses within this inbox, separated by blanks.
    pub envelope_to: String,
    pub source: Source,
    pub origin: Origin,
    pub size: i64,
    /// SHA-256 of the raw octets.
    pub blob: String,
    pub state: RawState,
    pub reason: Option<String>,
    pub message_id: Option<MessageId>,
    pub received_at: Timestamp,
    /// The address from which it was delivered to us.
    pub peer: Option<String>,
    /// What the other end called itself.
    pub helo: Option<String>,
    /// A person said that it shall become a message…
    pub recovered: bool,
    /// … of this ticket.
    pub recovered_into: Option<TicketId>,
}

const COLUMNS: &str = "id, inbox_id, envelope_from, envelope_to, source, origin, size, blob, state, reason, \
    message_id, received_at, peer, helo, recovered, recovered_into";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: RawMailId) -> Result<Option<RawMailRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM raw_mail WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, rows: &[RawMailRow]) -> Result<()> {
    let mut insert = tx.build(
        "INSERT INTO raw_mail (workspace_id, id, inbox_id, envelope_from, envelope_to, source, origin, size, blob, \
         state, received_at, peer, helo) VALUES ",
    );
    for (place, row) in rows.iter().enumerate() {
        insert = insert.push(if place == 0 { "(" } else { ", (" });
        insert = insert.push_bind(workspace).push(", ").push_bind(row.id);
        insert = insert.push(", ").push_bind(row.inbox_id);
        insert = insert.push(", ").push_bind(&row.envelope_from);
        insert = insert.push(", ").push_bind(&row.envelope_to);
        insert = insert.push(", ").push_bind(row.source);
        insert = insert.push(", ").push_bind(row.origin);
        insert = insert.push(", ").push_bind(row.size);
        insert = insert.push(", ").push_bind(&row.blob);
        insert = insert.push(", ").push_bind(row.state);
        insert = insert.push(", ").push_bind(row.received_at);
        insert = insert.push(", ").push_bind(&row.peer);
        insert = insert.push(", ").push_bind(&row.helo).push(")");
    }
    insert.run().await?;
    Ok(())
}

/// What makes two mails of an inbox the same.
#[derive(Debug, Clone)]
pub struct Sameness {
    pub mail_id: String,
    pub body_hash: String,
}

/// What a list shows of a mail, once it is read.
#[derive(Debug, Clone)]
pub struct Description {
    pub header_from: Option<String>,
    pub subject: Option<String>,
    pub authenticity: Option<JsonText<Authenticity>>,
}

/// Takes a received mail as read into `message`, unless it was handled or its like was before. False then.
pub async fn take(
    tx: &mut Tx,
    workspace: WorkspaceId,
    raw: &RawMailRow,
    same: &Sameness,
    message: MessageId,
    description: &Description,
) -> Result<bool> {
    let taken = tx
        .sql(
            "UPDATE raw_mail SET state = 'read', reason = NULL, mail_id = $4, body_hash = $5, message_id = $6,
               header_from = $7, subject = $8, authenticity = $9
             WHERE workspace_id = $1 AND id = $2 AND state = 'received' AND NOT EXISTS
               (SELECT 1 FROM raw_mail AS same WHERE same.workspace_id = $1 AND same.inbox_id = $3
                AND same.mail_id = $4 AND same.body_hash = $5 AND same.id <> $2)",
        )
        .bind(workspace)
        .bind(raw.id)
        .bind(raw.inbox_id)
        .bind(&same.mail_id)
        .bind(&same.body_hash)
        .bind(message)
        .bind(&description.header_from)
        .bind(&description.subject)
        .bind(&description.authenticity)
        .run()
        .await?;
    Ok(taken > 0)
}

/// Writes what became of a mail other than a message.
pub async fn settle(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: RawMailId,
    state: RawState,
    reason: Option<&str>,
) -> Result<()> {
    tx.sql(
        "UPDATE raw_mail SET state = $3, reason = $4, message_id = NULL WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .bind(state)
    .bind(reason)
    .run()
    .await?;
    Ok(())
}

/// Notes that a mail is this message already, which came by another inbox.
pub async fn mark_copy(tx: &mut Tx, workspace: WorkspaceId, id: RawMailId, message: MessageId) -> Result<()> {
    tx.sql(
        "UPDATE raw_mail SET state = 'duplicate', reason = $3, message_id = $4 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .bind(Cause::OtherInbox)
    .bind(message)
    .run()
    .await?;
    Ok(())
}

/// Notes that the like of a received mail was there before.
pub async fn mark_duplicate(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: RawMailId,
    description: &Description,
) -> Result<()> {
    tx.sql(
        "UPDATE raw_mail SET state = 'duplicate', reason = NULL, header_from = $3, subject = $4, authenticity = $5
         WHERE workspace_id = $1 AND id = $2 AND state = 'received'",
    )
    .bind(workspace)
    .bind(id)
    .bind(&description.header_from)
    .bind(&description.subject)
    .bind(&description.authenticity)
    .run()
    .await?;
    Ok(())
}

/// When the oldest mail came that nobody has read yet; `None` when all are read.
pub async fn oldest_unread(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = conn
        .sql(
            "SELECT received_at FROM raw_mail WHERE workspace_id = $1 AND state = 'received'
             ORDER BY received_at, id LIMIT 1",
        )
        .bind(workspace)
        .optional()
        .await?;
    Ok(row.map(|(at,)| at))
}
