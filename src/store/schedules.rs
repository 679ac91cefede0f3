//! Answers by mail that wait: until they cannot be taken back any more, or for the hour that somebody chose.

use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, AttachmentId, MacroId, MessageId, StatusId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::files::AttachmentRow;
use crate::db::{Conn, JsonText, Result, Tx};

shouwen_core::words! {
    /// Why an answer waits.
    ScheduleKind {
        /// It may be taken back for some seconds.
        Undo = "undo",
        /// Somebody chose when it goes.
        Schedule = "schedule",
    }
}

shouwen_core::words! {
    ScheduleState {
        Waiting = "waiting",
        /// It does not go by itself any more: a person looks at it.
        Cancelled = "cancelled",
    }
}

shouwen_core::words! {
    /// Why an answer was cancelled.
    CancelReason {
        CustomerWrote = "customer_wrote",
        /// The ticket was closed.
        Closed = "closed",
        NoInbox = "no_inbox",
        NoRecipient = "no_recipient",
        /// It was written from a macro that the complaint's grade allows no more.
        MacroForbidden = "macro_forbidden",
        /// A file that belongs to it is gone.
        Gone = "gone",
        /// The desk was restored after it fell due: it may have gone.
        Restored = "restored",
        /// Something else that is said when it is sent by hand.
        Refused = "refused",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ScheduleRow {
    /// The id that its message will have.
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub agent_id: AgentId,
    pub client_key: String,
    pub kind: ScheduleKind,
    pub state: ScheduleState,
    pub reason: Option<CancelReason>,
    pub send_at: Timestamp,
    pub cancel_if_answered: bool,
    pub content: JsonText<Content>,
    pub created_at: Timestamp,
}

/// What will be written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    pub text: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub subject: Option<String>,
    pub status: Option<StatusId>,
    pub answering: Option<MessageId>,
    pub macros: Vec<MacroId>,
}

const COLUMNS: &str = "id, ticket_id, agent_id, client_key, kind, state, reason, send_at, cancel_if_answered, content, created_at";

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &ScheduleRow) -> Result<()> {
    tx.sql(
        "INSERT INTO scheduled_reply (workspace_id, id, ticket_id, agent_id, client_key, kind, state, reason, send_at,
           cancel_if_answered, content, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.ticket_id)
    .bind(row.agent_id)
    .bind(&row.client_key)
    .bind(row.kind)
    .bind(row.state)
    .bind(row.reason)
    .bind(row.send_at)
    .bind(row.cancel_if_answered)
    .bind(&row.content)
    .bind(row.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &ScheduleRow) -> Result<()> {
    tx.sql(
        "UPDATE scheduled_reply SET kind = $3, state = $4, reason = $5, send_at = $6, cancel_if_answered = $7, content = $8
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.kind)
    .bind(row.state)
    .bind(row.reason)
    .bind(row.send_at)
    .bind(row.cancel_if_answered)
    .bind(&row.content)
    .run()
    .await?;
    Ok(())
}

/// Removes the row and lets go of its files. False when somebody else did.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: MessageId) -> Result<bool> {
    set_files(tx, workspace, id, &[]).await?;
    let removed = tx
        .sql("DELETE FROM scheduled_reply WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: MessageId) -> Result<Option<ScheduleRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM scheduled_reply WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

/// Takes the row for this change.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: MessageId) -> Result<Option<ScheduleRow>> {
    tx.build("UPDATE scheduled_reply SET state = state WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

pub async fn find_by_client_key(
    conn: &mut Conn,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Option<ScheduleRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM scheduled_reply WHERE workspace_id = $1 AND client_key = $2")
        .bind(workspace)
        .bind(key)
        .optional()
        .await
}

/// Those of a ticket, the next one first, at most `limit`.
pub async fn of_ticket(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    limit: i64,
) -> Result<Vec<ScheduleRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(
            " FROM scheduled_reply WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY send_at, id LIMIT $3",
        )
        .bind(workspace)
        .bind(ticket)
        .bind(limit)
        .all()
        .await
}

/// Cancels what was to go only if the customer would not write first; which, and whose.
pub async fn cancel_answered(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Vec<(MessageId, AgentId)>> {
    tx.sql(
        "UPDATE scheduled_reply SET state = 'cancelled', reason = 'customer_wrote'
         WHERE workspace_id = $1 AND ticket_id = $2 AND state = 'waiting' AND cancel_if_answered RETURNING id, agent_id",
    )
    .bind(workspace)
    .bind(ticket)
    .all()
    .await
}

/// Lets these uploads wait with the reply, in their order, and no others.
pub async fn set_files(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: MessageId,
    files: &[AttachmentId],
) -> Result<()> {
    tx.sql("DELETE FROM scheduled_file WHERE workspace_id = $1 AND scheduled_id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    for (position, file) in (1_i64..).zip(files) {
        tx.sql(
            "INSERT INTO scheduled_file (workspace_id, scheduled_id, attachment_id, position) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(workspace)
        .bind(id)
        .bind(*file)
        .bind(position)
        .run()
        .await?;
    }
    Ok(())
}

/// The uploads that wait with these replies, in order.
pub async fn files(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[MessageId],
) -> Result<Vec<(MessageId, AttachmentRow)>> {
    let rows: Vec<FileRow> = conn
        .build(
            "SELECT scheduled_file.scheduled_id, attachment.id, attachment.message_id, attachment.uploader_id,
               attachment.position, attachment.name, attachment.media_type, attachment.size, attachment.sha256,
               attachment.inline, attachment.content_id, attachment.created_at, attachment.link_until
             FROM scheduled_file JOIN attachment ON attachment.workspace_id = scheduled_file.workspace_id
               AND attachment.id = scheduled_file.attachment_id
             WHERE scheduled_file.workspace_id = $1 AND scheduled_file.scheduled_id IN ",
        )
        .bind(workspace)
        .push_list(ids.iter().copied())
        .push(" ORDER BY scheduled_file.scheduled_id, scheduled_file.position")
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| (row.scheduled_id, row.file)).collect())
}

#[derive(sqlx::FromRow)]
struct FileRow {
    scheduled_id: MessageId,
    #[sqlx(flatten)]
    file: AttachmentRow,
}

/// Gives uploads to another agent, who takes the reply back.
pub async fn hand_over(
    tx: &mut Tx,
    workspace: WorkspaceId,
    files: &[AttachmentId],
    to: AgentId,
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    tx.build(
        "UPDATE attachment SET uploader_id = $2 WHERE workspace_id = $1 AND message_id IS NULL AND id IN ",
    )
    .bind(workspace)
    .bind(to)
    .push_list(files.iter().copied())
    .run()
    .await?;
    Ok(())
}

/// What waits and fell due by then goes only by hand.
pub async fn doubt_due(tx: &mut Tx, workspace: WorkspaceId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "UPDATE scheduled_reply SET state = 'cancelled', reason = 'restored'
         WHERE workspace_id = $1 AND state = 'waiting' AND send_at <= $2",
    )
    .bind(workspace)
    .bind(now)
    .run()
    .await
}
