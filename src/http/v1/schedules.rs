//! Answers that wait: shown, taken back, changed, sent now, thrown away.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, AttachmentId, MacroId, MessageId, StatusId, TicketId, WorkspaceId};
use shouwen_core::message::Visibility;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::shown;
use super::tickets::no_account;
use super::view::{Attachment, Message, attachment};
use crate::actions::schedules::{self as actions, Edit, ScheduleError};
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::{TicketRead, TicketReply};
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::schedules::{self, CancelReason, ScheduleKind, ScheduleRow, ScheduleState};
use crate::store::tickets;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_scheduled))
        .routes(routes!(take_back))
        .routes(routes!(change_scheduled, discard_scheduled))
        .routes(routes!(send_scheduled))
}

/// Most that are shown of one ticket.
const MOST: i64 = 50;

/// An answer by email that waits, or was cancelled. When it is sent it becomes the message with this id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduledReply {
    pub id: MessageId,
    pub ticket_id: TicketId,
    /// As the agent's browser gave it.
    pub client_id: String,
    pub agent_id: AgentId,
    pub kind: ScheduleKind,
    pub state: ScheduleState,
    /// Why it was cancelled.
    pub reason: Option<CancelReason>,
    pub send_at: Timestamp,
    pub cancel_if_answered: bool,
    pub text: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub subject: Option<String>,
    pub status_id: Option<StatusId>,
    pub attachments: Vec<Attachment>,
    /// The macros that it was written from.
    pub macro_ids: Vec<MacroId>,
    pub created_at: Timestamp,
}

impl ScheduledReply {
    fn new(row: ScheduleRow, attachments: Vec<Attachment>) -> Self {
        let client_id = row.client_key.rsplit(':').next().unwrap_or_default().to_owned();
        let content = row.content.0;
        Self {
            id: row.id,
            ticket_id: row.ticket_id,
            client_id,
            agent_id: row.agent_id,
            kind: row.kind,
            state: row.state,
            reason: row.reason,
            send_at: row.send_at,
            cancel_if_answered: row.cancel_if_answered,
            text: content.text,
            to: content.to,
            cc: content.cc,
            bcc: content.bcc,
            subject: content.subject,
            status_id: content.status,
            attachments,
            macro_ids: content.macros,
            created_at: row.created_at,
        }
    }
}

/// What waits in a ticket, the next one first.
pub async fn of_ticket(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<Vec<ScheduledReply>, crate::db::Error> {
    let rows = schedules::of_ticket(conn, workspace, ticket, MOST).await?;
    show(conn, workspace, rows).await
}

/// These answers with their files.
pub async fn show(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: Vec<ScheduleRow>,
) -> Result<Vec<ScheduledReply>, crate::db::Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    let files = schedules::files(conn, workspace, &ids).await?;
    let with_files = rows.into_iter().map(|row| {
        let own = files.iter().filter(|(id, _)| *id == row.id);
        let shown = own.map(|(_, file)| attachment(file.clone())).collect();
        ScheduledReply::new(row, shown)
    });
    Ok(with_files.collect())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduledList {
    items: Vec<ScheduledReply>,
}

/// Answers of a ticket that wait, or were cancelled
#[utoipa::path(get, path = "/tickets/{ticket}/scheduled", tag = "messages", params(("ticket" = TicketId, Path)),
    responses((status = 200, body = ScheduledList), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_scheduled(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<ScheduledList>, Failure> {
    let mut conn = app.db.snapshot().await?;
    if !tickets::is_visible(&mut conn, &actor, ticket).await? {
        return Err(Failure::NotFound("ticket"));
    }
    let items = of_ticket(&mut conn, actor.workspace, ticket).await?;
    Ok(Json(ScheduledList { items }))
}

/// What was taken back, for the composer. Its text is the agent's draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenBack {
    ticket_id: TicketId,
    visibility: Visibility,
    text: String,
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    subject: Option<String>,
    status_id: Option<StatusId>,
    attachments: Vec<Attachment>,
    macro_ids: Vec<MacroId>,
}

/// Take back an answer that has not left: it is a draft again
#[utoipa::path(post, path = "/messages/{message}/undo", tag = "messages", params(("message" = MessageId, Path)),
    responses((status = 200, body = TakenBack), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn take_back(
    State(app): State<App>,
    Can(actor, _): Can<TicketReply>,
    PathId(id): PathId<MessageId>,
) -> Result<Json<TakenBack>, Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    let (row, files) = app
        .change(&actor, (agent, id), |change, (agent, id)| {
            actions::take_back(change, *agent, *id).boxed()
        })
        .await?;
    let shown = ScheduledReply::new(row, files.into_iter().map(attachment).collect());
    Ok(Json(TakenBack {
        ticket_id: shown.ticket_id,
        visibility: Visibility::Public,
        text: shown.text,
        to: shown.to,
        cc: shown.cc,
        bcc: shown.bcc,
        subject: shown.subject,
        status_id: shown.status_id,
        attachments: shown.attachments,
        macro_ids: shown.macro_ids,
    }))
}

/// What is to hold; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ScheduledEdit {
    /// One that was cancelled waits again.
    send_at: Option<Timestamp>,
    cancel_if_answered: Option<bool>,
    text: Option<String>,
    to: Option<Vec<String>>,
    cc: Option<Vec<String>>,
    bcc: Option<Vec<String>>,
    subject: Option<String>,
    attachment_ids: Option<Vec<AttachmentId>>,
    macro_ids: Option<Vec<MacroId>>,
}

/// Change an answer that waits
#[utoipa::path(patch, path = "/scheduled/{message}", tag = "messages", request_body = ScheduledEdit, params(("message" = MessageId, Path)),
    responses((status = 200, body = ScheduledReply), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn change_scheduled(
    State(app): State<App>,
    Can(actor, _): Can<TicketReply>,
    PathId(id): PathId<MessageId>,
    Body(body): Body<ScheduledEdit>,
) -> Result<Json<ScheduledReply>, Failure> {
    let edit = Edit {
        send_at: body.send_at,
        cancel_if_answered: body.cancel_if_answered,
        text: body.text,
        to: body.to,
        cc: body.cc,
        bcc: body.bcc,
        subject: body.subject,
        attachments: body.attachment_ids,
        macros: body.macro_ids,
    };
    let row = app
        .change(&actor, (id, edit), |change, (id, edit)| {
            actions::edit(change, *id, edit).boxed()
        })
        .await?;
    let mut conn = app.db.read().await?;
    let shown = show(&mut conn, actor.workspace, vec![row]).await?.pop();
    Ok(Json(shown.ok_or(Failure::NotFound("answer"))?))
}

/// Throw away an answer that waits
#[utoipa::path(delete, path = "/scheduled/{message}", tag = "messages", params(("message" = MessageId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn discard_scheduled(
    State(app): State<App>,
    Can(actor, _): Can<TicketReply>,
    PathId(id): PathId<MessageId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::discard(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send an answer that waits, or was cancelled, now
#[utoipa::path(post, path = "/scheduled/{message}/send", tag = "messages", params(("message" = MessageId, Path)),
    responses((status = 201, body = Message), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn send_scheduled(
    State(app): State<App>,
    Can(actor, _): Can<TicketReply>,
    PathId(id): PathId<MessageId>,
) -> Result<(StatusCode, Json<Message>), Failure> {
    let row = app
        .change(&actor, id, |change, id| actions::send_now(change, *id).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &actor, &row).await?)))
}

impl From<ScheduleError> for Failure {
    fn from(error: ScheduleError) -> Self {
        let words = error.to_string();
        match error {
            ScheduleError::NoSuchReply => Self::NotFound("answer"),
            ScheduleError::AlreadySent | ScheduleError::TooMany => Self::Conflict(words.into()),
            ScheduleError::WrongTime | ScheduleError::NotByEmail => Self::field("send_at", words),
            ScheduleError::Reply(error) => error.into(),
            ScheduleError::Store(error) => error.into(),
        }
    }
}
