//! Every mail that came, for people who look after the mailboxes: what became of it, who read it, what to do with it.

use serde::{Deserialize, Serialize};
use shouwen_core::actor::Actor;
use shouwen_core::event::Origin;
use shouwen_core::id::{AgentId, InboxId, MessageId, RawMailId, RawReadingId, TicketId, WorkspaceId};
use shouwen_core::ticket::TicketNumber;
use shouwen_core::time::Timestamp;

use super::mail_details::Authenticity;
use super::raw_mails::{RawState, Source};
use super::tickets::visible;
use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RecordRow {
    pub id: RawMailId,
    pub inbox_id: InboxId,
    pub received_at: Timestamp,
    pub source: Source,
    pub origin: Origin,
    pub header_from: Option<String>,
    pub envelope_from: String,
    pub envelope_to: String,
    pub subject: Option<String>,
    pub size: i64,
    /// Empty once the octets are past their time.
    pub blob: String,
    pub state: RawState,
    pub reason: Option<String>,
    pub message_id: Option<MessageId>,
    pub authenticity: Option<JsonText<Authenticity>>,
    pub peer: Option<String>,
    pub helo: Option<String>,
    pub settled_by: Option<AgentId>,
    pub settled_at: Option<Timestamp>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Seek {
    pub received_at: Timestamp,
    pub id: RawMailId,
}

#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub inbox: Option<InboxId>,
    /// Any of them; none: all.
    pub states: Vec<RawState>,
}

const COLUMNS: &str = "id, inbox_id, received_at, source, origin, header_from, envelope_from, envelope_to, subject, size, \
    blob, state, reason, message_id, authenticity, peer, helo, settled_by, settled_at";

/// One page, newest first.
pub async fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &Wanted,
    after: Option<Seek>,
    limit: i64,
) -> Result<Vec<RecordRow>> {
    let mut query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM raw_mail WHERE workspace_id = $1")
        .bind(workspace);
    if let Some(inbox) = wanted.inbox {
        query = query.push(" AND inbox_id = ").push_bind(inbox);
    }
    if !wanted.states.is_empty() {
        query = query
            .push(" AND state IN ")
            .push_list(wanted.states.iter().copied());
    }
    if let Some(seek) = after {
        query = query
            .push(" AND (received_at, id) < (")
            .push_bind(seek.received_at);
        query = query.push(", ").push_bind(seek.id).push(")");
    }
    query
        .push(" ORDER BY received_at DESC, id DESC LIMIT ")
        .push_bind(limit)
        .all()
        .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: RawMailId) -> Result<Option<RecordRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM raw_mail WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// Takes the mail's row for this change: of two who decide on it the second sees what the first did.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: RawMailId) -> Result<Option<RecordRow>> {
    tx.build("UPDATE raw_mail SET state = state WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

/// The tickets of these messages that the actor may see.
pub async fn tickets_of(
    conn: &mut Conn,
    actor: &Actor,
    messages: &[MessageId],
) -> Result<Vec<(MessageId, TicketId, TicketNumber)>> {
    let query = conn
        .build(
            "SELECT message.id, ticket.id, ticket.number FROM message
             JOIN ticket ON ticket.workspace_id = message.workspace_id AND ticket.id = message.ticket_id
             WHERE message.workspace_id = $1 AND message.id IN ",
        )
        .bind(actor.workspace)
        .push_list(messages.iter().copied());
    visible(query, actor).all().await
}

/// How a person wants a mail read again.
#[derive(Debug, Clone, Copy)]
pub struct Again {
    /// It becomes a message whatever it is…
    pub recovered: bool,
    /// … of this ticket.
    pub into: Option<TicketId>,
    pub by: Option<AgentId>,
    pub at: Timestamp,
}

/// Lets the mail be read as if it had come now.
pub async fn receive_again(tx: &mut Tx, workspace: WorkspaceId, id: RawMailId, again: &Again) -> Result<()> {
    tx.sql(
        "UPDATE raw_mail SET state = 'received', reason = NULL, message_id = NULL, recovered = $3,
           recovered_into = $4, settled_by = $5, settled_at = $6
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .bind(again.recovered)
    .bind(again.into)
    .bind(again.by)
    .bind(again.at)
    .run()
    .await?;
    Ok(())
}

/// Forgets the jobs of this kind and payload that were given up: a new one does their work.
pub async fn forget_given_up(tx: &mut Tx, workspace: WorkspaceId, kind: &str, payload: &str) -> Result<()> {
    tx.sql("DELETE FROM job WHERE workspace_id = $1 AND kind = $2 AND payload = $3 AND dead")
        .bind(workspace)
        .bind(kind)
        .bind(payload)
        .run()
        .await?;
    Ok(())
}

pub async fn discard(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: RawMailId,
    by: Option<AgentId>,
    at: Timestamp,
) -> Result<()> {
    tx.sql(
        "UPDATE raw_mail SET state = 'discarded', settled_by = $3, settled_at = $4 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .bind(by)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

/// Who read the raw source of a mail.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReadingRow {
    pub agent_id: Option<AgentId>,
    pub at: Timestamp,
}

pub async fn add_reading(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: RawReadingId,
    raw: RawMailId,
    by: Option<AgentId>,
    at: Timestamp,
) -> Result<()> {
    tx.sql("INSERT INTO raw_reading (workspace_id, id, raw_id, agent_id, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(workspace)
        .bind(id)
        .bind(raw)
        .bind(by)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

/// The latest readings, newest first.
pub async fn readings(
    conn: &mut Conn,
    workspace: WorkspaceId,
    raw: RawMailId,
    limit: i64,
) -> Result<Vec<ReadingRow>> {
    conn.sql(
        "SELECT agent_id, at FROM raw_reading WHERE workspace_id = $1 AND raw_id = $2 ORDER BY id DESC LIMIT $3",
    )
    .bind(workspace)
    .bind(raw)
    .bind(limit)
    .all()
    .await
}
