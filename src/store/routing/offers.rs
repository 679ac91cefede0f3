//! Offers to answer for a ticket from now on.

use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, OwnerOfferId, TicketId, WorkspaceId};
use shouwen_core::routing::OfferState;
use shouwen_core::ticket::TicketNumber;
use shouwen_core::time::Timestamp;

use super::super::tickets::visible;
use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OfferRow {
    pub id: OwnerOfferId,
    pub ticket_id: TicketId,
    /// Who answered for the ticket when it was offered.
    pub from_agent_id: Option<AgentId>,
    pub to_agent_id: AgentId,
    pub offered_by: AgentId,
    pub note: Option<String>,
    pub state: OfferState,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

/// An offer with what its line shows.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ShownOfferRow {
    #[sqlx(flatten)]
    pub offer: OfferRow,
    pub number: TicketNumber,
    pub subject: String,
}

const COLUMNS: &str = "owner_offer.id, owner_offer.ticket_id, owner_offer.from_agent_id, owner_offer.to_agent_id, \
    owner_offer.offered_by, owner_offer.note, owner_offer.state, owner_offer.created_at, owner_offer.settled_at";

pub async fn add_offer(tx: &mut Tx, workspace: WorkspaceId, row: &OfferRow) -> Result<()> {
    tx.sql(
        "INSERT INTO owner_offer (workspace_id, id, ticket_id, from_agent_id, to_agent_id, offered_by, note, state,
           created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.ticket_id)
    .bind(row.from_agent_id)
    .bind(row.to_agent_id)
    .bind(row.offered_by)
    .bind(&row.note)
    .bind(row.state)
    .bind(row.created_at)
    .run()
    .await?;
    Ok(())
}

/// Takes the offer's row for this change. Its ticket is locked before.
pub async fn lock_offer(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    id: OwnerOfferId,
) -> Result<Option<OfferRow>> {
    tx.build("UPDATE owner_offer SET state = state WHERE workspace_id = $1 AND ticket_id = $2 AND id = $3 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(ticket)
        .bind(id)
        .optional()
        .await
}

pub async fn settle_offer(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: OwnerOfferId,
    state: OfferState,
    at: Timestamp,
) -> Result<()> {
    tx.sql("UPDATE owner_offer SET state = $3, settled_at = $4 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(state)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

/// Closes what is open of a ticket whose owner changed otherwise; the one that was.
pub async fn overtake(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    at: Timestamp,
) -> Result<Option<OwnerOfferId>> {
    let row: Option<(OwnerOfferId,)> = tx
        .sql(
            "UPDATE owner_offer SET state = 'overtaken', settled_at = $3
             WHERE workspace_id = $1 AND ticket_id = $2 AND state = 'open' RETURNING id",
        )
        .bind(workspace)
        .bind(ticket)
        .bind(at)
        .optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// The open offer of a ticket.
pub async fn open_offer(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Option<OfferRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM owner_offer WHERE workspace_id = $1 AND ticket_id = $2 AND state = 'open'")
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await
}

/// Of a ticket, newest first.
pub async fn offers_of_ticket(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    limit: i64,
) -> Result<Vec<OfferRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM owner_offer WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3")
        .bind(workspace)
        .bind(ticket)
        .bind(limit)
        .all()
        .await
}

/// The open ones that an agent has to answer, newest first. Those of a ticket that left their sight are not shown.
pub async fn offers_to(
    conn: &mut Conn,
    actor: &Actor,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<ShownOfferRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(
            ", ticket.number, ticket.subject FROM owner_offer
             JOIN ticket ON ticket.workspace_id = owner_offer.workspace_id AND ticket.id = owner_offer.ticket_id
             WHERE owner_offer.workspace_id = $1 AND owner_offer.to_agent_id = $2 AND owner_offer.state = 'open'",
        )
        .bind(actor.workspace)
        .bind(agent);
    visible(query, actor)
        .push(" ORDER BY owner_offer.created_at DESC, owner_offer.id DESC LIMIT ")
        .push_bind(limit)
        .all()
        .await
}
