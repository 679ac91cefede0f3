//! What a person does about a mail that failed, or of which nobody knows: send it again, or say what became of it.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::id::MessageId;
use shouwen_core::message::Delivery;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::shown;
use super::view::Message;
use crate::actions::deliveries::{self, DeliveryError};
use crate::app::App;
use crate::http::auth::TicketReply;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(retry))
        .routes(routes!(settle))
}

/// Send a message again to those whom it did not reach, or may not have
#[utoipa::path(post, path = "/messages/{message}/retry", tag = "messages", params(("message" = MessageId, Path)),
    responses((status = 200, body = Message), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn retry(
    State(app): State<App>,
    Can(actor, _): Can<TicketReply>,
    PathId(message): PathId<MessageId>,
) -> Result<Json<Message>, Failure> {
    let row = app
        .change(&actor, message, |change, message| {
            deliveries::retry(change, *message).boxed()
        })
        .await?;
    answer(&app, &actor, &row).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SettleIn {
    #[serde(rename = "as")]
    fate: Settled,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Settled {
    Sent,
    Failed,
}

/// Say what became of an uncertain message
#[utoipa::path(post, path = "/messages/{message}/settle", tag = "messages", request_body = SettleIn, params(("message" = MessageId, Path)),
    responses((status = 200, body = Message), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn settle(
    State(app): State<App>,
    Can(actor, _): Can<TicketReply>,
    PathId(message): PathId<MessageId>,
    Body(settle): Body<SettleIn>,
) -> Result<Json<Message>, Failure> {
    let state = match settle.fate {
        Settled::Sent => Delivery::Sent,
        Settled::Failed => Delivery::Failed,
    };
    let row = app
        .change(&actor, (message, state), |change, (message, state)| {
            deliveries::settle(change, *message, *state).boxed()
        })
        .await?;
    answer(&app, &actor, &row).await
}

async fn answer(
    app: &App,
    actor: &Actor,
    row: &crate::store::messages::MessageRow,
) -> Result<Json<Message>, Failure> {
    Ok(Json(shown(app, actor, row).await?))
}

impl From<DeliveryError> for Failure {
    fn from(error: DeliveryError) -> Self {
        let words = error.to_string();
        match error {
            DeliveryError::NoSuchMessage => Self::NotFound("message"),
            DeliveryError::NothingToDo => Self::Conflict(words.into()),
            DeliveryError::Store(error) => error.into(),
        }
    }
}
