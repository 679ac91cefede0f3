//! Compensations of a complaint: asked for, approved or refused by somebody else, paid, taken back.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::complaint::{CompensationKind, Money};
use shouwen_core::id::{CompensationId, TicketId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::case_view::CaseView;
use super::cases::after;
use crate::actions::complaints::{self, NewCompensation, Verdict};
use crate::app::App;
use crate::http::auth::{ComplaintApprove, ComplaintEdit};
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request_compensation))
        .routes(routes!(approve_compensation))
        .routes(routes!(refuse_compensation))
        .routes(routes!(pay_compensation))
        .routes(routes!(withdraw_compensation))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CompensationIn {
    kind: CompensationKind,
    amount: Money,
    reason: String,
}

/// Ask for a compensation; within your ceiling it is approved at once
#[utoipa::path(post, path = "/tickets/{ticket}/case/compensations", tag = "complaints", request_body = CompensationIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn request_compensation(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(wanted): Body<CompensationIn>,
) -> Result<Json<CaseView>, Failure> {
    let new = NewCompensation {
        kind: wanted.kind,
        amount: wanted.amount,
        reason: wanted.reason,
    };
    app.change(&actor, (ticket, new), |change, (ticket, new)| {
        complaints::request(change, *ticket, new).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DecisionIn {
    /// Needed to refuse.
    #[serde(default)]
    reason: String,
}

/// Approve what somebody else asked for
#[utoipa::path(post, path = "/tickets/{ticket}/case/compensations/{compensation}/approve", tag = "complaints",
    request_body = DecisionIn, params(("ticket" = TicketId, Path), ("compensation" = CompensationId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn approve_compensation(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintApprove>,
    PathId((ticket, id)): PathId<(TicketId, CompensationId)>,
    Body(decision): Body<DecisionIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(
        &actor,
        (ticket, id, decision),
        |change, (ticket, id, decision)| {
            complaints::decide(change, *ticket, *id, Verdict::Approve, &decision.reason).boxed()
        },
    )
    .await?;
    after(&app, &actor, ticket).await
}

/// Refuse what somebody else asked for, with a reason
#[utoipa::path(post, path = "/tickets/{ticket}/case/compensations/{compensation}/refuse", tag = "complaints",
    request_body = DecisionIn, params(("ticket" = TicketId, Path), ("compensation" = CompensationId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn refuse_compensation(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintApprove>,
    PathId((ticket, id)): PathId<(TicketId, CompensationId)>,
    Body(decision): Body<DecisionIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(
        &actor,
        (ticket, id, decision),
        |change, (ticket, id, decision)| {
            complaints::decide(change, *ticket, *id, Verdict::Refuse, &decision.reason).boxed()
        },
    )
    .await?;
    after(&app, &actor, ticket).await
}

/// Say that an approved compensation was paid
#[utoipa::path(post, path = "/tickets/{ticket}/case/compensations/{compensation}/pay", tag = "complaints",
    params(("ticket" = TicketId, Path), ("compensation" = CompensationId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn pay_compensation(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId((ticket, id)): PathId<(TicketId, CompensationId)>,
) -> Result<Json<CaseView>, Failure> {
    app.change(&actor, (ticket, id), |change, &(ticket, id)| {
        complaints::pay(change, ticket, id).boxed()
    })
    .await?;
    after(&app, &actor, ticket).await
}

/// Take back what you asked for, before it is paid
#[utoipa::path(post, path = "/tickets/{ticket}/case/compensations/{compensation}/withdraw", tag = "complaints",
    request_body = DecisionIn, params(("ticket" = TicketId, Path), ("compensation" = CompensationId, Path)),
    responses((status = 200, body = CaseView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn withdraw_compensation(
    State(app): State<App>,
    Can(actor, _): Can<ComplaintEdit>,
    PathId((ticket, id)): PathId<(TicketId, CompensationId)>,
    Body(decision): Body<DecisionIn>,
) -> Result<Json<CaseView>, Failure> {
    app.change(
        &actor,
        (ticket, id, decision),
        |change, (ticket, id, decision)| complaints::withdraw(change, *ticket, *id, &decision.reason).boxed(),
    )
    .await?;
    after(&app, &actor, ticket).await
}
