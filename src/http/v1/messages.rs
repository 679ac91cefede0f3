//! Messages: an agent's answer or note, older pages, the HTML and the raw source of a mail.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::channel::Channel;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, AttachmentId, CustomerId, InboxId, MacroId, MessageId, StatusId, TicketId};
use shouwen_core::message::Visibility;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::schedules::ScheduledReply;
use super::tickets::{ConversationPage, Older, TicketDetail, conversation, detail, no_account};
use super::view::{self, Message};
use crate::actions::files::{FileError, MOST_FILES};
use crate::actions::outbound::{self, Outbound, OutboundError, Whom};
use crate::actions::recipients::MOST_RECIPIENTS;
use crate::actions::replies::{LONGEST_SUBJECT, LONGEST_TEXT, MOST_MACROS, Reply, ReplyError};
use crate::actions::schedules::{self, Answered, Wish};
use crate::app::App;
use crate::http::auth::{RawRead, TicketCreate, TicketNote, TicketRead};
use crate::http::page::read_cursor;
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, Failure, Problem};
use crate::store::messages::MessageRow;
use crate::store::{messages, raw_mails, tickets};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_messages, reply_to_ticket))
        .routes(routes!(open_ticket))
        .routes(routes!(show_raw))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OlderQuery {
    /// `before` of the page that is there.
    before: Option<String>,
    /// At most 100; 50 by default.
    limit: Option<i64>,
}

/// Read older messages of a ticket
#[utoipa::path(get, path = "/tickets/{ticket}/messages", tag = "messages", params(("ticket" = TicketId, Path), OlderQuery),
    responses((status = 200, body = ConversationPage), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_messages(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
    Params(query): Params<OlderQuery>,
) -> Result<Json<ConversationPage>, Failure> {
    let older: Option<Older> = read_cursor(query.before.as_deref())?;
    let mut conn = app.db.snapshot().await?;
    let row = tickets::find_visible(&mut conn, &actor, ticket)
        .await?
        .ok_or(Failure::NotFound("ticket"))?;
    let limit = query.limit.unwrap_or(50).clamp(1, 100);
    Ok(Json(conversation(&mut conn, &actor, &row, older, limit).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplyIn {
    /// Made by the client; sent again it is the same message.
    client_id: String,
    visibility: Visibility,
    channel: Option<Channel>,
    text: String,
    to: Option<Vec<String>>,
    cc: Option<Vec<String>>,
    /// Who gets it without standing in it.
    #[serde(default)]
    bcc: Vec<String>,
    /// The message that is answered, whose recipients are derived; null: the newest that came in.
    answering: Option<MessageId>,
    subject: Option<String>,
    #[serde(default)]
    attachment_ids: Vec<AttachmentId>,
    status_id: Option<StatusId>,
    /// Agents that a note mentions, beside those whose `@Name` stands in it.
    #[serde(default)]
    mention_ids: Vec<AgentId>,
    /// The macros that it was written from. A complaint's grade may allow them no more: then it is refused.
    #[serde(default)]
    macro_ids: Vec<MacroId>,
    /// The newest position that the writer had before the eyes.
    seen_position: i64,
    /// By email it can be taken back for as long as its inbox says.
    #[serde(default)]
    undoable: bool,
    /// By email it goes then, within a year.
    send_at: Option<Timestamp>,
    /// With `send_at`: it does not go when the customer writes before.
    #[serde(default)]
    cancel_if_answered: bool,
}

/// Answer the customer, or write a note. An answer that waits is no message yet
#[utoipa::path(post, path = "/tickets/{ticket}/messages", tag = "messages", request_body = ReplyIn, params(("ticket" = TicketId, Path)),
    responses((status = 201, body = Message), (status = 202, description = "It waits: it can be taken back, or goes later", body = ScheduledReply),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn reply_to_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(ticket): PathId<TicketId>,
    Body(reply): Body<ReplyIn>,
) -> Result<Response, Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    if reply.visibility == Visibility::Public && !actor.may(Permission::TicketReply) {
        return Err(Failure::Forbidden(Permission::TicketReply));
    }
    check_client_id(&reply.client_id)?;
    let wish = Wish {
        undoable: reply.undoable,
        send_at: reply.send_at,
        cancel_if_answered: reply.cancel_if_answered,
    };
    let reply = Reply {
        ticket,
        id: app.ids.next(app.now()),
        client_id: reply.client_id,
        visibility: reply.visibility,
        channel: reply.channel,
        text: reply.text,
        to: reply.to,
        cc: reply.cc,
        bcc: reply.bcc,
        answering: reply.answering,
        subject: reply.subject,
        attachments: reply.attachment_ids,
        status: reply.status_id,
        mentions: reply.mention_ids,
        macros: reply.macro_ids,
        seen_position: reply.seen_position,
    };
    let answered = app
        .change(&actor, (agent, reply, wish), |change, (agent, reply, wish)| {
            schedules::answer(change, *agent, reply, *wish).boxed()
        })
        .await?;
    match answered {
        Answered::Written(row) => {
            let message = shown(&app, &actor, &row).await?;
            Ok((StatusCode::CREATED, Json(message)).into_response())
        }
        Answered::Waits(row) => {
            let mut conn = app.db.read().await?;
            let waits = super::schedules::show(&mut conn, actor.workspace, vec![*row])
                .await?
                .pop();
            let waits: ScheduledReply = waits.ok_or(Failure::NotFound("answer"))?;
            Ok((StatusCode::ACCEPTED, Json(waits)).into_response())
        }
    }
}

/// Ids made by clients are short and plain: they become part of a key.
pub(super) fn check_client_id(id: &str) -> Result<(), Failure> {
    if (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Ok(());
    }
    Err(Failure::field(
        "client_id",
        "8 to 64 letters, digits and hyphens, such as a UUID",
    ))
}

pub(super) async fn shown(app: &App, actor: &Actor, row: &MessageRow) -> Result<Message, Failure> {
    let mut conn = app.db.read().await?;
    let seen = tickets::find(&mut conn, actor.workspace, row.ticket_id)
        .await?
        .map_or(0, |ticket| ticket.customer_seen);
    let found = view::messages(&mut conn, actor.workspace, std::slice::from_ref(row), seen)
        .await?
        .pop();
    found.ok_or(Failure::NotFound("message"))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct TicketIn {
    client_id: String,
    inbox_id: InboxId,
    /// Either a customer, or addresses in `to`.
    customer_id: Option<CustomerId>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    cc: Vec<String>,
    #[serde(default)]
    bcc: Vec<String>,
    customer_name: Option<String>,
    subject: String,
    text: String,
    #[serde(default)]
    attachment_ids: Vec<AttachmentId>,
    visibility: Visibility,
}

/// Open a ticket by writing to a customer, or by a note about one
#[utoipa::path(post, path = "/tickets", tag = "tickets", request_body = TicketIn,
    responses((status = 201, body = TicketDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn open_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketCreate>,
    Body(new): Body<TicketIn>,
) -> Result<(StatusCode, Json<TicketDetail>), Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    check_client_id(&new.client_id)?;
    if new
        .customer_name
        .as_deref()
        .is_some_and(|name| name.chars().count() > 200)
    {
        return Err(Failure::field("customer_name", Fault::TooLong { most: 200 }));
    }
    let whom = match (new.customer_id, new.to.first()) {
        (Some(customer), _) => Whom::Known(customer),
        (None, Some(_)) => Whom::ByEmail {
            name: new.customer_name.unwrap_or_default(),
        },
        (None, None) => {
            return Err(Failure::field("to", Fault::SayToWhom));
        }
    };
    let outbound = Outbound {
        id: app.ids.next(app.now()),
        client_id: new.client_id,
        inbox: new.inbox_id,
        whom,
        to: new.to,
        cc: new.cc,
        bcc: new.bcc,
        subject: new.subject,
        text: new.text,
        attachments: new.attachment_ids,
        visibility: new.visibility,
    };
    let ticket = app
        .change(&actor, (agent, outbound), |change, (agent, outbound)| {
            outbound::open(change, *agent, outbound).boxed()
        })
        .await?;
    let mut conn = app.db.snapshot().await?;
    Ok((
        StatusCode::CREATED,
        Json(detail(&mut conn, &actor, ticket).await?),
    ))
}

/// The message, if its ticket is one that the actor may see.
pub(super) async fn visible_message(app: &App, actor: &Actor, id: MessageId) -> Result<MessageRow, Failure> {
    let mut conn = app.db.read().await?;
    let row = messages::find(&mut conn, actor.workspace, id)
        .await?
        .ok_or(Failure::NotFound("message"))?;
    if !tickets::is_visible(&mut conn, actor, row.ticket_id).await? {
        return Err(Failure::NotFound("message"));
    }
    Ok(row)
}

/// Read the raw source of a mail; the reading is logged
#[utoipa::path(get, path = "/messages/{message}/raw", tag = "messages", params(("message" = MessageId, Path)),
    responses((status = 200, body = String, content_type = "message/rfc822"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_raw(
    State(app): State<App>,
    Can(actor, _): Can<RawRead>,
    PathId(message): PathId<MessageId>,
) -> Result<Response, Failure> {
    let row = visible_message(&app, &actor, message).await?;
    let raw = row
        .raw_id
        .ok_or(Failure::NotFound("raw source of this message"))?;
    let found = raw_mails::find(&mut app.db.read().await?, actor.workspace, raw).await?;
    let found = found.ok_or(Failure::NotFound("raw source of this message"))?;
    super::mail::raw_source(&app, &actor, raw, &found.blob).await
}

impl From<ReplyError> for Failure {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::NoSuchTicket => Self::NotFound("ticket"),
            ReplyError::Empty => Self::field("text", Fault::ReplyEmpty),
            ReplyError::TooLong => Self::field("text", Fault::TooLong { most: LONGEST_TEXT }),
            ReplyError::Closed => Self::Conflict(Fault::TicketClosed),
            ReplyError::NewMessages => Self::NewMessages,
            ReplyError::NotAnAddress(address) => Self::field("to", Fault::NotAnAddress { address }),
            ReplyError::NoRecipient => Self::field("to", Fault::RecipientNeeded),
            ReplyError::TooManyRecipients => {
                let most = MOST_RECIPIENTS;
                Self::field("to", Fault::RecipientsFull { most })
            }
            ReplyError::LongSubject => {
                let most = LONGEST_SUBJECT;
                Self::field("subject", Fault::SubjectLength { most })
            }
            ReplyError::NoEmailInbox => Self::field("channel", Fault::NoEmailInbox),
            ReplyError::ByPhone => Self::field("channel", Fault::NotByPhone),
            ReplyError::NoSuchStatus => Self::field("status_id", Fault::NoSuchStatus),
            ReplyError::TooManyMacros => Self::field("macro_ids", Fault::TooMany { most: MOST_MACROS }),
            ReplyError::MacroForbidden(why) => Self::MacroForbidden(why),
            ReplyError::MentionUnseen(who) => Self::field("mention_ids", Fault::MentionUnseen { who }),
            ReplyError::File(error) => error.into(),
            ReplyError::Store(error) => error.into(),
        }
    }
}

impl From<OutboundError> for Failure {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::NoSuchInbox => Self::field("inbox_id", Fault::NoSuchInbox),
            OutboundError::NoSuchCustomer => Self::field("customer_id", Fault::NoSuchCustomer),
            OutboundError::NoSubject => {
                let most = LONGEST_SUBJECT;
                Self::field("subject", Fault::SubjectLength { most })
            }
            OutboundError::Reply(error) => error.into(),
            OutboundError::Store(error) => error.into(),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Empty => Self::Malformed(Fault::FileEmpty),
            FileError::BrokenOff => Self::Malformed(Fault::FileBrokenOff),
            FileError::TooLarge(most) => Self::TooLarge(most),
            FileError::NoRoom => Self::Unavailable,
            FileError::TooMany => Self::field("attachment_ids", Fault::FilesFull { most: MOST_FILES }),
            FileError::Gone => Self::field("attachment_ids", Fault::FileGone),
            FileError::Blob(error) => error.into(),
            FileError::Store(error) => error.into(),
        }
    }
}
