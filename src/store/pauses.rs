//! Work that was put aside: why, and since when the customer was waiting then.

use shouwen_core::actor::{Actor, ActorKind};
use shouwen_core::id::{TicketId, WorkspaceId};
use shouwen_core::ticket::{Category, TicketNumber};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::tickets::visible;
use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone)]
pub struct PauseRow {
    pub version: i64,
    pub category: Category,
    pub reason: Option<String>,
    /// The oldest question of the customer that nobody had answered.
    pub waiting_since: Option<Timestamp>,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub at: Timestamp,
}

/// A ticket that is put aside twice in one change keeps the last.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, pause: &PauseRow) -> Result<()> {
    tx.sql(
        "INSERT INTO ticket_pause (workspace_id, ticket_id, version, category, reason, waiting_since, actor_kind, actor_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id, ticket_id, version) DO UPDATE SET
             category = excluded.category, reason = excluded.reason, waiting_since = excluded.waiting_since",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(pause.version)
    .bind(pause.category)
    .bind(&pause.reason)
    .bind(pause.waiting_since)
    .bind(pause.actor_kind)
    .bind(pause.actor_id)
    .bind(pause.at)
    .run()
    .await?;
    Ok(())
}

/// Why a ticket was put aside, each time that a reason was given.
pub async fn reasons(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Vec<(Timestamp, String)>> {
    conn.sql(
        "SELECT at, reason FROM ticket_pause WHERE workspace_id = $1 AND ticket_id = $2 AND reason IS NOT NULL",
    )
    .bind(workspace)
    .bind(ticket)
    .all()
    .await
}

/// A pause at which the customer was waiting for an answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitingRow {
    pub ticket_id: TicketId,
    pub version: i64,
    pub number: TicketNumber,
    pub subject: String,
    pub category: Category,
    pub reason: Option<String>,
    pub waiting_since: Timestamp,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub at: Timestamp,
    /// When the ticket's status meant something else again; none while it rests.
    pub until: Option<Timestamp>,
}

/// The place of a pause in the report.
pub type Seek = (Timestamp, TicketId, i64);

/// Pauses at which the customer was waiting, newest first, of tickets that the actor may see.
pub async fn while_waiting(
    conn: &mut Conn,
    actor: &Actor,
    before: Option<Seek>,
    limit: i64,
) -> Result<Vec<WaitingRow>> {
    let query = conn.build(
        "SELECT pause.ticket_id, pause.version, ticket.number, ticket.subject, pause.category, pause.reason,
                pause.waiting_since, pause.actor_kind, pause.actor_id, pause.at,
                (SELECT MIN(event.happened_at) FROM event
                 WHERE event.workspace_id = pause.workspace_id AND event.ticket_id = pause.ticket_id
                   AND event.kind = 'category_changed' AND event.happened_at > pause.at) AS until
         FROM ticket_pause AS pause
         JOIN ticket ON ticket.workspace_id = pause.workspace_id AND ticket.id = pause.ticket_id
         WHERE pause.workspace_id = $1 AND pause.waiting_since IS NOT NULL",
    );
    let mut query = visible(query.bind(actor.workspace), actor);
    if let Some((at, ticket, version)) = before {
        query = query
            .push(" AND (pause.at, pause.ticket_id, pause.version) < (")
            .push_bind(at)
            .push(", ")
            .push_bind(ticket)
            .push(", ")
            .push_bind(version)
            .push(")");
    }
    query
        .push(" ORDER BY pause.at DESC, pause.ticket_id DESC, pause.version DESC LIMIT ")
        .push_bind(limit)
        .all()
        .await
}
