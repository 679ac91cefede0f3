//! The macros of a ticket: those that may be used in it, and applying one.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::complaint::Grade;
use shouwen_core::id::{MacroId, TagId, TicketId};
use shouwen_core::macros::{MacroChanges, MacroText};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::{no_account, one_summary};
use super::view::TicketSummary;
use crate::actions::macros::{self as actions, FieldChange, LeftOut, MacroError, Offer};
use crate::app::App;
use crate::http::auth::TicketNote;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::tickets;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(offer_macros))
        .routes(routes!(apply_macro))
}

/// A macro that may be used in a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedMacro {
    id: MacroId,
    name: String,
    /// A few letters by which it is found; may be empty.
    shortcut: String,
    /// It is the caller's own.
    own: bool,
    /// Of the text that the customer would get.
    locale: String,
    /// Filled in for this ticket and its customer: plain text, never markup.
    texts: Vec<MacroText>,
    changes: MacroChanges,
}

impl From<Offer> for OfferedMacro {
    fn from(offer: Offer) -> Self {
        let Offer { row, locale, texts } = offer;
        Self {
            id: row.id,
            name: row.name,
            shortcut: row.shortcut,
            own: row.agent_id.is_some(),
            locale,
            texts,
            changes: row.content.0.changes,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedMacros {
    /// Shared ones in their order, then the caller's own.
    items: Vec<OfferedMacro>,
    /// Of the ticket's complaint.
    grade: Option<Grade>,
    /// How many there are beside these that the grade does not allow.
    withheld: usize,
}

/// The macros that the ticket's channel, team and complaint grade allow, filled in for it
#[utoipa::path(get, path = "/tickets/{ticket}/macros", tag = "macros", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = OfferedMacros), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn offer_macros(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<OfferedMacros>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let found = tickets::find_visible(&mut conn, &actor, ticket).await?;
    let row = found.ok_or(Failure::NotFound("ticket"))?;
    let offered = actions::offered(&mut conn, &actor, &row).await?;
    Ok(Json(OfferedMacros {
        items: offered.offers.into_iter().map(Into::into).collect(),
        grade: offered.grade,
        withheld: offered.withheld,
    }))
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ApplyMacro {
    /// Another language than the customer's.
    locale: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedMacro {
    id: MacroId,
    name: String,
    /// For the composer: it is not sent. Plain text, never markup.
    text: String,
    locale: String,
    /// Fields that hold something else now.
    changed: Vec<FieldChange>,
    added_tag_ids: Vec<TagId>,
    removed_tag_ids: Vec<TagId>,
    /// What could not be changed; the rest holds.
    left_out: Vec<LeftOut>,
    ticket: TicketSummary,
}

/// Apply a macro: its changes are made at once, its text is given for the composer and sent by nobody
#[utoipa::path(post, path = "/tickets/{ticket}/macros/{macro}", tag = "macros", request_body = ApplyMacro,
    params(("ticket" = TicketId, Path), ("macro" = MacroId, Path)),
    responses((status = 200, body = AppliedMacro), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn apply_macro(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId((ticket, id)): PathId<(TicketId, MacroId)>,
    Body(body): Body<ApplyMacro>,
) -> Result<Json<AppliedMacro>, Failure> {
    actor.agent().ok_or_else(no_account)?;
    let applied = app
        .change(
            &actor,
            (ticket, id, body.locale),
            |change, (ticket, id, locale)| actions::apply(change, *ticket, *id, locale.as_deref()).boxed(),
        )
        .await?;
    let Json(summary) = one_summary(&app, &actor, ticket).await?;
    Ok(Json(AppliedMacro {
        id,
        name: applied.name,
        text: applied.text,
        locale: applied.locale,
        changed: applied.changed,
        added_tag_ids: applied.added,
        removed_tag_ids: applied.removed,
        left_out: applied.left_out,
        ticket: summary,
    }))
}

impl From<MacroError> for Failure {
    fn from(error: MacroError) -> Self {
        match error {
            MacroError::NoSuchTicket => Self::NotFound("ticket"),
            MacroError::NoSuchMacro => Self::NotFound("macro"),
            MacroError::Elsewhere(why) => Self::Conflict(why.into()),
            MacroError::GradeForbids(why) => Self::MacroForbidden(why),
            MacroError::Forbidden(permission) => Self::Forbidden(permission),
            MacroError::Store(error) => error.into(),
        }
    }
}
