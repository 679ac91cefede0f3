//! Notifications: what an agent is told of beyond the list.

use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, MessageId, NotificationId, TicketId, WorkspaceId};
use shouwen_core::ticket::TicketNumber;
use shouwen_core::time::Timestamp;

use super::tickets::visible;
use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    NotificationKind {
        Mention = "mention", Assigned = "assigned", OwnerContact = "owner_contact",
        DeliveryFailed = "delivery_failed", FollowUpDue = "follow_up_due",
        ScheduleCancelled = "schedule_cancelled",
        SlaWarning = "sla_warning", SlaBreach = "sla_breach", SlaLevel = "sla_level",
        /// A complaint's ladder calls its first step.
        CaseOpened = "case_opened",
        CaseEscalated = "case_escalated", CompensationRequested = "compensation_requested",
        CompensationDecided = "compensation_decided", AuthorityDue = "authority_due", CaseFollowUp = "case_follow_up",
        /// Somebody asks the agent to answer for a ticket from now on.
        OwnerOffered = "owner_offered",
        OwnerAccepted = "owner_accepted", OwnerRefused = "owner_refused",
        /// The agent answers for a ticket now without having been asked.
        OwnerChanged = "owner_changed",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NotificationRow {
    pub id: NotificationId,
    pub agent_id: AgentId,
    pub kind: NotificationKind,
    pub ticket_id: TicketId,
    pub message_id: Option<MessageId>,
    pub by_id: Option<AgentId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

/// A notification with what its line shows.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ShownRow {
    #[sqlx(flatten)]
    pub row: NotificationRow,
    pub number: TicketNumber,
    pub subject: String,
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &NotificationRow) -> Result<()> {
    tx.sql(
        "INSERT INTO notification (workspace_id, id, agent_id, kind, ticket_id, message_id, by_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.agent_id)
    .bind(row.kind)
    .bind(row.ticket_id)
    .bind(row.message_id)
    .bind(row.by_id)
    .bind(row.created_at)
    .run()
    .await?;
    Ok(())
}

/// The newest of an agent, before a notification, newest first; of tickets that the agent may see.
pub async fn list(
    conn: &mut Conn,
    actor: &Actor,
    agent: AgentId,
    before: Option<(Timestamp, NotificationId)>,
    limit: i64,
) -> Result<Vec<ShownRow>> {
    let mut query = shown(conn)
        .push(" AND notification.agent_id = $2")
        .bind(actor.workspace)
        .bind(agent);
    query = visible(query, actor);
    if let Some((at, id)) = before {
        query = query
            .push(" AND (notification.created_at, notification.id) < (")
            .push_bind(at)
            .push(", ");
        query = query.push_bind(id).push(")");
    }
    query
        .push(" ORDER BY notification.created_at DESC, notification.id DESC LIMIT ")
        .push_bind(limit)
        .all()
        .await
}

pub async fn some(conn: &mut Conn, workspace: WorkspaceId, ids: &[NotificationId]) -> Result<Vec<ShownRow>> {
    shown(conn)
        .push(" AND notification.id IN ")
        .bind(workspace)
        .push_list(ids.iter().copied())
        .all()
        .await
}

/// How many are unread of tickets that the agent may see, counted up to 100.
pub async fn unread(conn: &mut Conn, actor: &Actor, agent: AgentId) -> Result<i64> {
    let query = conn.build(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM notification
         JOIN ticket ON ticket.workspace_id = notification.workspace_id AND ticket.id = notification.ticket_id
         WHERE notification.workspace_id = $1 AND notification.agent_id = $2 AND notification.read_at IS NULL",
    );
    let query = visible(query.bind(actor.workspace).bind(agent), actor);
    let (count,): (i64,) = query.push(" LIMIT 100) AS unread").one().await?;
    Ok(count)
}

/// Whether the agent has not read yet what they were told of a ticket.
pub async fn is_unread(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    kind: NotificationKind,
    ticket: TicketId,
) -> Result<bool> {
    let row: Option<(NotificationId,)> = conn
        .sql(
            "SELECT id FROM notification
             WHERE workspace_id = $1 AND agent_id = $2 AND kind = $3 AND ticket_id = $4 AND read_at IS NULL LIMIT 1",
        )
        .bind(workspace)
        .bind(agent)
        .bind(kind)
        .bind(ticket)
        .optional()
        .await?;
    Ok(row.is_some())
}

/// Marks as read: these, or all of the agent.
pub async fn mark_read(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    ids: Option<&[NotificationId]>,
    at: Timestamp,
) -> Result<()> {
    let mut query = tx
        .build("UPDATE notification SET read_at = $3 WHERE workspace_id = $1 AND agent_id = $2 AND read_at IS NULL")
        .bind(workspace)
        .bind(agent)
        .bind(at);
    if let Some(ids) = ids {
        query = query.push(" AND id IN ").push_list(ids.iter().copied());
    }
    query.run().await?;
    Ok(())
}

/// Marks as read what the agent was told of one ticket.
pub async fn mark_ticket_read(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    ticket: TicketId,
    at: Timestamp,
) -> Result<()> {
    tx.sql(
        "UPDATE notification SET read_at = $4
         WHERE workspace_id = $1 AND agent_id = $2 AND ticket_id = $3 AND read_at IS NULL",
    )
    .bind(workspace)
    .bind(agent)
    .bind(ticket)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

fn shown(conn: &mut Conn) -> crate::db::Query<'_> {
    conn.build(
        "SELECT notification.id, notification.agent_id, notification.kind, notification.ticket_id,
           notification.message_id, notification.by_id, notification.created_at, notification.read_at,
           ticket.number, ticket.subject
         FROM notification
         JOIN ticket ON ticket.workspace_id = notification.workspace_id AND ticket.id = notification.ticket_id
         WHERE notification.workspace_id = $1",
    )
}
