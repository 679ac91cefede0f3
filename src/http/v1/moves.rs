//! Another matter, the same matter, no matter at all: splitting and merging tickets, and spam.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::fault::Fault;
use shouwen_core::id::{MessageId, TicketId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::{TicketDetail, detail, one_summary, resolve};
use super::view::TicketSummary;
use crate::actions::moves::MoveError;
use crate::actions::splits::Split;
use crate::actions::{merges, spam, splits};
use crate::app::App;
use crate::http::auth::TicketEdit;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(split_ticket))
        .routes(routes!(merge_ticket))
        .routes(routes!(unmerge_ticket))
        .routes(routes!(mark_spam, unmark_spam))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SplitIn {
    /// At most 100.
    message_ids: Vec<MessageId>,
    /// Of the new ticket; without it that of its first mail.
    subject: Option<String>,
}

/// Make a ticket of its own of messages that are another matter
#[utoipa::path(post, path = "/tickets/{ticket}/split", tag = "tickets", request_body = SplitIn, params(("ticket" = TicketId, Path)),
    responses((status = 201, body = TicketDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn split_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(body): Body<SplitIn>,
) -> Result<(StatusCode, Json<TicketDetail>), Failure> {
    let split = Split {
        ticket,
        messages: body.message_ids,
        subject: body.subject,
    };
    let new = app
        .change(&actor, split, |change, split| {
            splits::split(change, split).boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, shown(&app, &actor, new).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct MergeIn {
    /// Id or number of the ticket that stays.
    into: String,
}

/// Merge a ticket into another, where its messages and the replies to them go from now on
#[utoipa::path(post, path = "/tickets/{ticket}/merge", tag = "tickets", request_body = MergeIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = TicketDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn merge_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(body): Body<MergeIn>,
) -> Result<Json<TicketDetail>, Failure> {
    let into = resolve(&mut *app.db.snapshot().await?, &actor, body.into.trim()).await;
    let into = into.map_err(|_| Failure::field("into", "there is no such ticket, or you may not see it"))?;
    app.change(&actor, (ticket, into), |change, &(ticket, into)| {
        merges::merge(change, ticket, into).boxed()
    })
    .await?;
    shown(&app, &actor, into).await
}

/// Undo the merge of this ticket: its messages come back, with what was written to it since
#[utoipa::path(post, path = "/tickets/{ticket}/unmerge", tag = "tickets", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = TicketDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn unmerge_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<TicketDetail>, Failure> {
    app.change(&actor, ticket, |change, ticket| {
        merges::undo(change, *ticket).boxed()
    })
    .await?;
    shown(&app, &actor, ticket).await
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SpamIn {
    /// Keep back what the sender writes from now on.
    #[serde(default)]
    block_sender: bool,
}

/// Say that a ticket is spam: it leaves every view but that of spam
#[utoipa::path(post, path = "/tickets/{ticket}/spam", tag = "tickets", request_body = SpamIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = TicketSummary), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn mark_spam(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(body): Body<SpamIn>,
) -> Result<Json<TicketSummary>, Failure> {
    app.change(&actor, (ticket, body.block_sender), |change, &(ticket, block)| {
        spam::mark(change, ticket, block).boxed()
    })
    .await?;
    one_summary(&app, &actor, ticket).await
}

/// Say that a ticket is no spam: it is back where it was, and its sender is not blocked
#[utoipa::path(delete, path = "/tickets/{ticket}/spam", tag = "tickets", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = TicketSummary), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn unmark_spam(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<TicketSummary>, Failure> {
    app.change(&actor, ticket, |change, ticket| {
        spam::unmark(change, *ticket).boxed()
    })
    .await?;
    one_summary(&app, &actor, ticket).await
}

async fn shown(app: &App, actor: &Actor, ticket: TicketId) -> Result<Json<TicketDetail>, Failure> {
    let mut conn = app.db.snapshot().await?;
    Ok(Json(detail(&mut conn, actor, ticket).await?))
}

impl From<MoveError> for Failure {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::NoSuchTicket => Self::NotFound("ticket"),
            MoveError::HowMany(most) => Self::field("message_ids", Fault::MessagesCount { most }),
            MoveError::NotHere => Self::field("message_ids", Fault::MessageGone),
            MoveError::LongSubject(most) => Self::field("subject", Fault::SubjectLength { most }),
            MoveError::Itself => Self::field("into", Fault::MergeItself),
            MoveError::Merged(number) => Self::Conflict(Fault::MergedAlready {
                number: number.to_string(),
            }),
            MoveError::TargetMerged(number, into) => Self::Conflict(Fault::TargetMerged {
                number: number.to_string(),
                into: into.to_string(),
            }),
            MoveError::AnothersChat => Self::Conflict(Fault::AnothersChat),
            MoveError::NotMerged => Self::Conflict(Fault::NotMerged),
            MoveError::Meanwhile => Self::Conflict(Fault::MovedMeanwhile),
            MoveError::NothingStays => Self::Conflict(Fault::NothingStays),
            MoveError::Store(error) => error.into(),
        }
    }
}
