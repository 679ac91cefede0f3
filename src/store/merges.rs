//! Moving messages between tickets: merges, and what undoing them needs. What goes along stands in `belongings`.
//!
//! Positions only grow: whoever resumes a conversation from one misses nothing, whatever moved meanwhile.

use serde::{Deserialize, Serialize};
use shouwen_core::actor::ActorKind;
use shouwen_core::id::{
    AgentId, CallId, MergeId, MessageId, StatusId, TicketId, TimerId, VisitorId, WorkspaceId,
};
use shouwen_core::ticket::Category;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::messages::{COLUMNS, MessageRow};
use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MergeRow {
    pub id: MergeId,
    pub loser_id: TicketId,
    pub winner_id: TicketId,
    pub stood: JsonText<Stood>,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub at: Timestamp,
}

/// How a ticket stood before it was merged away, and what went with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stood {
    pub category: Category,
    pub status: StatusId,
    pub waiting_since: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
    pub assignee: Option<AgentId>,
    pub owner: Option<AgentId>,
    pub failed: bool,
    pub timers: Vec<TimerId>,
    pub calls: Vec<CallId>,
    pub visitors: Vec<VisitorId>,
    /// Answers that waited to be sent.
    #[serde(default)]
    pub waiting: Vec<MessageId>,
}

/// Keeps the merge, with the messages that the ticket has now.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, merge: &MergeRow) -> Result<()> {
    tx.sql(
        "INSERT INTO ticket_merge (workspace_id, id, loser_id, winner_id, stood, actor_kind, actor_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(workspace)
    .bind(merge.id)
    .bind(merge.loser_id)
    .bind(merge.winner_id)
    .bind(&merge.stood)
    .bind(merge.actor_kind)
    .bind(merge.actor_id)
    .bind(merge.at)
    .run()
    .await?;
    tx.sql(
        "INSERT INTO merged_message (workspace_id, merge_id, message_id)
         SELECT ticket_merge.workspace_id, ticket_merge.id, message.id FROM ticket_merge
         JOIN message ON message.workspace_id = ticket_merge.workspace_id AND message.ticket_id = ticket_merge.loser_id
         WHERE ticket_merge.workspace_id = $1 AND ticket_merge.id = $2",
    )
    .bind(workspace)
    .bind(merge.id)
    .run()
    .await?;
    Ok(())
}

/// The merge of this ticket that holds.
pub async fn holding(conn: &mut Conn, workspace: WorkspaceId, loser: TicketId) -> Result<Option<MergeRow>> {
    conn.sql(
        "SELECT id, loser_id, winner_id, stood, actor_kind, actor_id, at FROM ticket_merge
         WHERE workspace_id = $1 AND loser_id = $2 AND undone_at IS NULL ORDER BY at DESC, id DESC LIMIT 1",
    )
    .bind(workspace)
    .bind(loser)
    .optional()
    .await
}

/// Notes a message that belongs to a merge, though it came later.
pub async fn add_message(
    tx: &mut Tx,
    workspace: WorkspaceId,
    merge: MergeId,
    message: MessageId,
) -> Result<()> {
    tx.sql(
        "INSERT INTO merged_message (workspace_id, merge_id, message_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(workspace)
    .bind(merge)
    .bind(message)
    .run()
    .await?;
    Ok(())
}

pub async fn mark_undone(tx: &mut Tx, workspace: WorkspaceId, merge: MergeId, at: Timestamp) -> Result<()> {
    tx.sql("UPDATE ticket_merge SET undone_at = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(merge)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

/// Moves all messages of one ticket into another, where both stand in the order of time, at positions after `base`.
/// How many messages the ticket has then.
pub async fn move_all(
    tx: &mut Tx,
    workspace: WorkspaceId,
    from: TicketId,
    into: TicketId,
    base: i64,
) -> Result<i64> {
    let moved = tx
        .sql(
            "UPDATE message SET ticket_id = $3, position = $4 + ordered.place
             FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY created_at, position, id) AS place FROM message
                   WHERE workspace_id = $1 AND ticket_id IN ($2, $3)) AS ordered
             WHERE message.workspace_id = $1 AND message.id = ordered.id",
        )
        .bind(workspace)
        .bind(from)
        .bind(into)
        .bind(base)
        .run()
        .await?;
    Ok(i64::try_from(moved).unwrap_or(i64::MAX))
}

/// Moves the messages of a merge that are in `from` back to `into`, `base` further on.
pub async fn move_back(
    tx: &mut Tx,
    workspace: WorkspaceId,
    merge: MergeId,
    from: TicketId,
    into: TicketId,
    base: i64,
) -> Result<()> {
    tx.sql(
        "UPDATE message SET ticket_id = $4, position = position + $5
         WHERE workspace_id = $1 AND ticket_id = $3 AND id IN
           (SELECT message_id FROM merged_message WHERE workspace_id = $1 AND merge_id = $2)",
    )
    .bind(workspace)
    .bind(merge)
    .bind(from)
    .bind(into)
    .bind(base)
    .run()
    .await?;
    Ok(())
}

/// Moves these messages to another ticket, at the positions that they have.
pub async fn move_some(
    tx: &mut Tx,
    workspace: WorkspaceId,
    messages: &[MessageId],
    into: TicketId,
) -> Result<()> {
    tx.build("UPDATE message SET ticket_id = $2 WHERE workspace_id = $1 AND id IN ")
        .bind(workspace)
        .bind(into)
        .push_list(messages.iter().copied())
        .run()
        .await?;
    Ok(())
}

/// Whether the ticket has a message that is not one of these.
pub async fn has_others(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    messages: &[MessageId],
) -> Result<bool> {
    let other: Option<(MessageId,)> = conn
        .build("SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND id NOT IN ")
        .bind(workspace)
        .bind(ticket)
        .push_list(messages.iter().copied())
        .push(" LIMIT 1")
        .optional()
        .await?;
    Ok(other.is_some())
}

/// The highest position of a message in the ticket.
pub async fn highest(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<i64> {
    let (position,): (i64,) = conn
        .sql(
            "SELECT CAST(COALESCE(MAX(position), 0) AS BIGINT) FROM message
             WHERE workspace_id = $1 AND ticket_id = $2",
        )
        .bind(workspace)
        .bind(ticket)
        .one()
        .await?;
    Ok(position)
}

/// The message of the ticket that was written last.
pub async fn newest(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<MessageRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM message WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY position DESC LIMIT 1")
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await
}

/// When the oldest message was written that no human has answered in public, by what stands in the ticket.
pub async fn waiting_since(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = conn
        .sql(
            "SELECT created_at FROM message
             WHERE workspace_id = $1 AND ticket_id = $2 AND author_kind = 'customer' AND visibility = 'public'
               AND NOT automatic AND NOT no_reply_needed AND position > COALESCE(
                 (SELECT MAX(position) FROM message WHERE workspace_id = $1 AND ticket_id = $2
                    AND author_kind = 'agent' AND visibility = 'public' AND NOT automatic AND delivery <> 'failed'), 0)
             ORDER BY position LIMIT 1",
        )
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await?;
    Ok(row.map(|(at,)| at))
}

/// When a human first answered in public, by what stands in the ticket.
pub async fn first_answer(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = conn
        .sql(
            "SELECT created_at FROM message
             WHERE workspace_id = $1 AND ticket_id = $2 AND author_kind = 'agent' AND visibility = 'public'
               AND NOT automatic ORDER BY position LIMIT 1",
        )
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await?;
    Ok(row.map(|(at,)| at))
}

/// Whether the customer has not seen all that was said to them in the chat.
pub async fn has_unseen(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    seen: i64,
) -> Result<bool> {
    let row: Option<(MessageId,)> = conn
        .sql(
            "SELECT id FROM message WHERE workspace_id = $1 AND ticket_id = $2 AND position > $3
               AND direction = 'out' AND visibility = 'public' AND channel = 'chat' LIMIT 1",
        )
        .bind(workspace)
        .bind(ticket)
        .bind(seen)
        .optional()
        .await?;
    Ok(row.is_some())
}

/// Agents who have read all of both tickets have read all of the one.
pub async fn mark_read_in_both(
    tx: &mut Tx,
    workspace: WorkspaceId,
    (winner, winner_last): (TicketId, i64),
    (loser, loser_last): (TicketId, i64),
    position: i64,
) -> Result<()> {
    tx.sql(
        "UPDATE read_marker SET position = $6
         WHERE workspace_id = $1 AND ticket_id = $2 AND position >= $3 AND agent_id IN
           (SELECT agent_id FROM read_marker WHERE workspace_id = $1 AND ticket_id = $4 AND position >= $5)",
    )
    .bind(workspace)
    .bind(winner)
    .bind(winner_last)
    .bind(loser)
    .bind(loser_last)
    .bind(position)
    .run()
    .await?;
    Ok(())
}

/// Agents who have read up to `from` have read up to `to`: there is nothing in between any more.
pub async fn mark_read_on(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    from: i64,
    to: i64,
) -> Result<()> {
    tx.sql(
        "UPDATE read_marker SET position = $4
         WHERE workspace_id = $1 AND ticket_id = $2 AND position >= $3 AND position < $4",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(from)
    .bind(to)
    .run()
    .await?;
    Ok(())
}
