//! What an agent leaves on a ticket for themselves: how far they have read, and what they are writing.

use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, MacroId, TicketId};
use shouwen_core::message::Visibility;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::no_account;
use crate::actions::{edits, replies};
use crate::app::App;
use crate::db::JsonText;
use crate::http::auth::{TicketNote, TicketRead};
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::log::Ephemeral;
use crate::store::tickets::DraftRow;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(mark_read))
        .routes(routes!(save_draft, clear_draft))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReadIn {
    position: i64,
}

/// Say up to which position you have read
#[utoipa::path(put, path = "/tickets/{ticket}/read", tag = "tickets", request_body = ReadIn, params(("ticket" = TicketId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn mark_read(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
    Body(read): Body<ReadIn>,
) -> Result<StatusCode, Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    let input = (agent, ticket, read.position);
    let position = app
        .change(&actor, input, |change, &(agent, ticket, position)| {
            edits::mark_read(change, agent, ticket, position).boxed()
        })
        .await?;
    app.bus.tell(
        actor.workspace,
        Ephemeral::Read {
            agent,
            ticket,
            position,
        },
    );
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DraftIn {
    text: String,
    visibility: Visibility,
    /// The macros that it is written from.
    #[serde(default)]
    macro_ids: Vec<MacroId>,
}

/// Keep what is being written
#[utoipa::path(put, path = "/tickets/{ticket}/draft", tag = "tickets", request_body = DraftIn, params(("ticket" = TicketId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn save_draft(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(ticket): PathId<TicketId>,
    Body(draft): Body<DraftIn>,
) -> Result<StatusCode, Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    if draft.text.chars().count() > replies::LONGEST_TEXT {
        let most = replies::LONGEST_TEXT;
        return Err(Failure::field("text", Fault::TooLong { most }));
    }
    if draft.macro_ids.len() > replies::MOST_MACROS {
        let most = replies::MOST_MACROS;
        return Err(Failure::field("macro_ids", Fault::TooMany { most }));
    }
    let row = DraftRow {
        visibility: draft.visibility,
        text: draft.text,
        macro_ids: JsonText(draft.macro_ids),
        updated_at: app.now(),
    };
    keep_draft(&app, &actor, agent, ticket, Some(row)).await
}

/// Drop the draft
#[utoipa::path(delete, path = "/tickets/{ticket}/draft", tag = "tickets", params(("ticket" = TicketId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn clear_draft(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(ticket): PathId<TicketId>,
) -> Result<StatusCode, Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    keep_draft(&app, &actor, agent, ticket, None).await
}

async fn keep_draft(
    app: &App,
    actor: &Actor,
    agent: AgentId,
    ticket: TicketId,
    draft: Option<DraftRow>,
) -> Result<StatusCode, Failure> {
    app.change(actor, (agent, ticket, draft), |change, (agent, ticket, draft)| {
        edits::keep_draft(change, *agent, *ticket, draft.as_ref()).boxed()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
