//! Reading the log.

use shouwen_core::actor::ActorKind;
use shouwen_core::event::{Event, Origin};
use shouwen_core::id::{TicketId, WorkspaceId};
use shouwen_core::sla::Happened;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Result};

/// An event as it stands in the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Logged {
    pub seq: i64,
    pub ticket_id: Option<TicketId>,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub origin: Origin,
    pub happened_at: Timestamp,
    #[sqlx(try_from = "String")]
    payload: Payload,
}

impl Logged {
    pub fn event(&self) -> &Event {
        &self.payload.0
    }
}

impl From<Logged> for Happened {
    fn from(logged: Logged) -> Self {
        Self {
            at: logged.happened_at,
            who: logged.actor_kind,
            origin: logged.origin,
            event: logged.payload.0,
        }
    }
}

/// What a newer server wrote may have kinds, and words in kinds, that this one does not know: no reader of the log
/// may stumble over them.
#[derive(Debug, Clone)]
struct Payload(Event);

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Self(serde_json::from_str(&text).unwrap_or(Event::Unknown))
    }
}

/// The events after `seq`, in order, at most `limit`.
pub async fn read_after(
    conn: &mut Conn,
    workspace: WorkspaceId,
    seq: i64,
    limit: i64,
) -> Result<Vec<Logged>> {
    conn.sql(
        "SELECT seq, ticket_id, actor_kind, actor_id, origin, happened_at, payload FROM event
         WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(workspace)
    .bind(seq)
    .bind(limit)
    .all()
    .await
}

/// The newest events of one ticket, newest first.
pub async fn of_ticket(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    before: i64,
    limit: i64,
) -> Result<Vec<Logged>> {
    conn.sql(
        "SELECT seq, ticket_id, actor_kind, actor_id, origin, happened_at, payload FROM event
         WHERE workspace_id = $1 AND ticket_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(before)
    .bind(limit)
    .all()
    .await
}

/// The events of one ticket after `seq`, in order, at most `limit`.
pub async fn of_ticket_after(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    seq: i64,
    limit: i64,
) -> Result<Vec<Logged>> {
    conn.sql(
        "SELECT seq, ticket_id, actor_kind, actor_id, origin, happened_at, payload FROM event
         WHERE workspace_id = $1 AND ticket_id = $2 AND seq > $3 ORDER BY seq LIMIT $4",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(seq)
    .bind(limit)
    .all()
    .await
}

/// The events of these kinds of several tickets, each ticket's in order.
pub async fn of_tickets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    tickets: &[TicketId],
    kinds: impl IntoIterator<Item = &'static str>,
) -> Result<Vec<Logged>> {
    conn.build(
        "SELECT seq, ticket_id, actor_kind, actor_id, origin, happened_at, payload FROM event
         WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(tickets.iter().copied())
    .push(" AND kind IN ")
    .push_list(kinds)
    .push(" ORDER BY ticket_id, seq")
    .all()
    .await
}

/// The number that the log has reached.
pub async fn last_seq(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let (seq,): (i64,) = conn
        .sql("SELECT last_seq FROM workspace WHERE id = $1")
        .bind(workspace)
        .one()
        .await?;
    Ok(seq)
}
