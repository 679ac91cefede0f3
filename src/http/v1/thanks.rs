//! Saying that a customer's message asks for no answer.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use shouwen_core::id::{MessageId, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::one_summary;
use super::view::TicketSummary;
use crate::actions::thanks::{self, ThanksError};
use crate::app::App;
use crate::http::auth::TicketEdit;
use crate::http::problem::PathId;
use crate::http::{Can, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(mark_needless, unmark_needless))
}

/// Say that a customer's message asks for no answer: nobody is late for not answering it
#[utoipa::path(post, path = "/tickets/{ticket}/messages/{message}/no-reply-needed", tag = "messages",
    params(("ticket" = TicketId, Path), ("message" = MessageId, Path)),
    responses((status = 200, body = TicketSummary), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn mark_needless(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId((ticket, message)): PathId<(TicketId, MessageId)>,
) -> Result<Json<TicketSummary>, Failure> {
    app.change(&actor, (ticket, message), |change, &(ticket, message)| {
        thanks::mark(change, ticket, message).boxed()
    })
    .await?;
    one_summary(&app, &actor, ticket).await
}

/// Say that a customer's message asks for an answer after all
#[utoipa::path(delete, path = "/tickets/{ticket}/messages/{message}/no-reply-needed", tag = "messages",
    params(("ticket" = TicketId, Path), ("message" = MessageId, Path)),
    responses((status = 200, body = TicketSummary), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn unmark_needless(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId((ticket, message)): PathId<(TicketId, MessageId)>,
) -> Result<Json<TicketSummary>, Failure> {
    app.change(&actor, (ticket, message), |change, &(ticket, message)| {
        thanks::unmark(change, ticket, message).boxed()
    })
    .await?;
    one_summary(&app, &actor, ticket).await
}

impl From<ThanksError> for Failure {
    fn from(error: ThanksError) -> Self {
        match error {
            ThanksError::NotFound(what) => Self::NotFound(what),
            ThanksError::NotAsked => Self::Conflict(error.to_string().into()),
            ThanksError::Store(error) => error.into(),
        }
    }
}
