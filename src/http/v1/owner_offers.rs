//! Handing over the ownership of a ticket: offered by one, accepted or refused by the other.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::Actor;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, OwnerOfferId, TicketId};
use shouwen_core::routing::OfferState;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::no_account;
use crate::actions::routing::offers::{self as actions, LONGEST_NOTE, NewOffer, OfferError};
use crate::app::App;
use crate::http::auth::{TicketAssign, TicketRead};
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem, SignedIn};
use crate::log::Change;
use crate::store::routing::{self, OfferRow};
use crate::store::tickets;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_owner_offers, offer_ownership))
        .routes(routes!(accept_ownership))
        .routes(routes!(refuse_ownership))
        .routes(routes!(withdraw_ownership))
        .routes(routes!(list_my_offers))
}

/// How many offers of a ticket are shown, and how many to an agent.
const SHOWN: i64 = 20;
const SHOWN_TO_AGENT: i64 = 100;

#[derive(Debug, Serialize, ToSchema)]
struct OwnerOffer {
    id: OwnerOfferId,
    ticket_id: TicketId,
    /// Who answered for the ticket when it was offered.
    from_agent_id: Option<AgentId>,
    to_agent_id: AgentId,
    offered_by: AgentId,
    note: Option<String>,
    state: OfferState,
    created_at: Timestamp,
    settled_at: Option<Timestamp>,
}

/// An offer to the reader, with its ticket.
#[derive(Debug, Serialize, ToSchema)]
struct OfferToMe {
    #[serde(flatten)]
    offer: OwnerOffer,
    ticket_number: String,
    subject: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct OfferIn {
    agent_id: AgentId,
    /// At most 1000 characters.
    note: Option<String>,
}

impl From<OfferRow> for OwnerOffer {
    fn from(row: OfferRow) -> Self {
        Self {
            id: row.id,
            ticket_id: row.ticket_id,
            from_agent_id: row.from_agent_id,
            to_agent_id: row.to_agent_id,
            offered_by: row.offered_by,
            note: row.note,
            state: row.state,
            created_at: row.created_at,
            settled_at: row.settled_at,
        }
    }
}

impl From<OfferError> for Failure {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::NoSuchTicket => Self::NotFound("ticket"),
            OfferError::NoSuchOffer => Self::NotFound("offer"),
            OfferError::NotTheOwner => Self::Refused(Fault::NotTheOwner),
            OfferError::NotToYou => Self::Refused(Fault::NotToYou),
            OfferError::OwnsIt => Self::field("agent_id", Fault::OwnsIt),
            OfferError::NoSuchAgent => Self::field("agent_id", Fault::NoSuchAgent),
            OfferError::CannotSee => Self::field("agent_id", Fault::CannotSee),
            OfferError::LongNote => Self::field("note", Fault::TooLong { most: LONGEST_NOTE }),
            OfferError::Solved => Self::Conflict(Fault::TicketSolved),
            OfferError::OfferedAlready => Self::Conflict(Fault::OfferedAlready),
            OfferError::Settled => Self::Conflict(Fault::OfferSettled),
            OfferError::Store(error) => error.into(),
        }
    }
}

/// The offers of a ticket, newest first
#[utoipa::path(get, path = "/tickets/{ticket}/owner-offers", tag = "routing", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = Page<OwnerOffer>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_owner_offers(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<Page<OwnerOffer>>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let found = tickets::find_visible(&mut conn, &actor, ticket).await?;
    found.ok_or(Failure::NotFound("ticket"))?;
    let rows = routing::offers_of_ticket(&mut conn, actor.workspace, ticket, SHOWN).await?;
    let items = rows.into_iter().map(OwnerOffer::from).collect();
    Ok(Json(Page { items, next: None }))
}

/// Ask another to answer for a ticket from now on
#[utoipa::path(post, path = "/tickets/{ticket}/owner-offers", tag = "routing", request_body = OfferIn, params(("ticket" = TicketId, Path)),
    responses((status = 201, body = OwnerOffer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn offer_ownership(
    State(app): State<App>,
    Can(actor, _): Can<TicketAssign>,
    PathId(ticket): PathId<TicketId>,
    Body(body): Body<OfferIn>,
) -> Result<(StatusCode, Json<OwnerOffer>), Failure> {
    let by = actor.agent().ok_or_else(no_account)?;
    let new = NewOffer {
        ticket,
        to: body.agent_id,
        note: body.note,
    };
    let row = app
        .change(&actor, (by, new), |change, (by, new)| {
            actions::offer(change, *by, new).boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Answer for the ticket from now on
#[utoipa::path(post, path = "/tickets/{ticket}/owner-offers/{offer}/accept", tag = "routing",
    params(("ticket" = TicketId, Path), ("offer" = OwnerOfferId, Path)),
    responses((status = 200, body = OwnerOffer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn accept_ownership(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ids): PathId<(TicketId, OwnerOfferId)>,
) -> Result<Json<OwnerOffer>, Failure> {
    decide(&app, &actor, ids, |change, by, (ticket, offer)| {
        actions::accept(change, by, ticket, offer).boxed()
    })
    .await
}

/// Leave the ticket with who answers for it
#[utoipa::path(post, path = "/tickets/{ticket}/owner-offers/{offer}/refuse", tag = "routing",
    params(("ticket" = TicketId, Path), ("offer" = OwnerOfferId, Path)),
    responses((status = 200, body = OwnerOffer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn refuse_ownership(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ids): PathId<(TicketId, OwnerOfferId)>,
) -> Result<Json<OwnerOffer>, Failure> {
    decide(&app, &actor, ids, |change, by, (ticket, offer)| {
        actions::refuse(change, by, ticket, offer).boxed()
    })
    .await
}

/// Take an offer back
#[utoipa::path(post, path = "/tickets/{ticket}/owner-offers/{offer}/withdraw", tag = "routing",
    params(("ticket" = TicketId, Path), ("offer" = OwnerOfferId, Path)),
    responses((status = 200, body = OwnerOffer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn withdraw_ownership(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ids): PathId<(TicketId, OwnerOfferId)>,
) -> Result<Json<OwnerOffer>, Failure> {
    decide(&app, &actor, ids, |change, by, (ticket, offer)| {
        actions::withdraw(change, by, ticket, offer).boxed()
    })
    .await
}

type Decision = for<'c> fn(
    &'c mut Change,
    AgentId,
    (TicketId, OwnerOfferId),
) -> BoxFuture<'c, Result<OfferRow, OfferError>>;

async fn decide(
    app: &App,
    actor: &Actor,
    ids: (TicketId, OwnerOfferId),
    decision: Decision,
) -> Result<Json<OwnerOffer>, Failure> {
    let input = (agent_of(actor)?, ids, decision);
    let decided = app.change(actor, input, |change, &(by, ids, decision)| {
        decision(change, by, ids)
    });
    Ok(Json(decided.await?.into()))
}

/// What one is asked to answer for
#[utoipa::path(get, path = "/me/owner-offers", tag = "routing",
    responses((status = 200, body = Page<OfferToMe>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_my_offers(State(app): State<App>, caller: SignedIn) -> Result<Json<Page<OfferToMe>>, Failure> {
    let mut conn = app.db.read().await?;
    let rows = routing::offers_to(&mut conn, &caller.actor, caller.agent, SHOWN_TO_AGENT).await?;
    let shown = rows.into_iter().map(|row| OfferToMe {
        ticket_number: row.number.to_string(),
        subject: row.subject,
        offer: row.offer.into(),
    });
    Ok(Json(Page {
        items: shown.collect(),
        next: None,
    }))
}

fn agent_of(actor: &Actor) -> Result<AgentId, Failure> {
    actor.agent().ok_or_else(no_account)
}
