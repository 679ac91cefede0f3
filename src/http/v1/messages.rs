//! Messages: an agent's answer or note, older pages, the HTML and the raw source of a mail.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::channel::Channel;
use shouwen_core::id::{AgentId, AttachmentId, CustomerId, InboxId, MessageId, StatusId, TicketId};
use shouwen_core::message::Visibility;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::{ConversationPage, Older, TicketDetail, conversation, detail, no_account};
use super::view::{self, Message};
use crate::actions::files::FileError;
use crate::actions::outbound::{self, Outbound, OutboundError, Whom};
use crate::actions::replies::{self, Reply, ReplyError};
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
        .routes(routes!(show_html))
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
    subject: Option<String>,
    #[serde(default)]
    attachment_ids: Vec<AttachmentId>,
    status_id: Option<StatusId>,
    /// Agents that a note mentions, beside those whose `@Name` stands in it.
    #[serde(default)]
    mention_ids: Vec<AgentId>,
    /// The newest position that the writer had before the eyes.
    seen_position: i64,
}

/// Answer the customer, or write a note
#[utoipa::path(post, path = "/tickets/{ticket}/messages", tag = "messages", request_body = ReplyIn, params(("ticket" = TicketId, Path)),
    responses((status = 201, body = Message), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn reply_to_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketNote>,
    PathId(ticket): PathId<TicketId>,
    Body(reply): Body<ReplyIn>,
) -> Result<(StatusCode, Json<Message>), Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    if reply.visibility == Visibility::Public && !actor.may(Permission::TicketReply) {
        return Err(Failure::Forbidden(Permission::TicketReply));
    }
    check_client_id(&reply.client_id)?;
    let reply = Reply {
        ticket,
        id: app.ids.next(app.now()),
        client_id: reply.client_id,
        visibility: reply.visibility,
        channel: reply.channel,
        text: reply.text,
        to: reply.to,
        cc: reply.cc,
        subject: reply.subject,
        attachments: reply.attachment_ids,
        status: reply.status_id,
        mentions: reply.mention_ids,
        seen_position: reply.seen_position,
    };
    let row = app
        .change(&actor, (agent, reply), |change, (agent, reply)| {
            replies::reply(change, *agent, reply).boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(shown(&app, &actor, &row).await?)))
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
        return Err(Failure::field("customer_name", "at most 200 characters"));
    }
    let whom = match (new.customer_id, new.to.first()) {
        (Some(customer), _) => Whom::Known(customer),
        (None, Some(_)) => Whom::ByEmail {
            name: new.customer_name.unwrap_or_default(),
        },
        (None, None) => {
            return Err(Failure::field(
                "to",
                "say to whom: a customer or an email address",
            ));
        }
    };
    let outbound = Outbound {
        id: app.ids.next(app.now()),
        client_id: new.client_id,
        inbox: new.inbox_id,
        whom,
        to: new.to,
        cc: new.cc,
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

/// What a mail's page may do: show itself and its own pictures, and nothing else, not even run a script.
/// It keeps its origin, so that its pictures come with the session and the inbox can measure its height.
const MAIL_POLICY: &str = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; \
    default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";

/// Show the HTML of a mail as a page of its own for a sandboxed frame
#[utoipa::path(get, path = "/messages/{message}/html", tag = "messages", params(("message" = MessageId, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_html(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(message): PathId<MessageId>,
) -> Result<Response, Failure> {
    let row = visible_message(&app, &actor, message).await?;
    let html = row
        .html
        .clone()
        .ok_or(Failure::NotFound("HTML of this message"))?;
    let message = shown(&app, &actor, &row).await?;
    let own = message.attachments.iter();
    let pictures = own
        .filter_map(|file| Some((file.content_id.as_deref()?, file.id)))
        .collect();
    let body = with_pictures(&html, &pictures);
    let page = format!(
        "<!doctype html><meta charset=utf-8><meta name=color-scheme content=light><base target=_blank>\
         <style>body{{margin:0;font:14px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;\
         overflow-wrap:anywhere;color:#1c2126;background:#fff}}img{{max-width:100%;height:auto}}\
         table{{max-width:100%}}blockquote{{margin:0 0 0 8px;padding-left:10px;border-left:2px solid #d5dadf;color:#555}}\
         </style><body>{body}"
    );
    let mut response = page.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(MAIL_POLICY),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    Ok(response)
}

/// Puts the pictures of the mail itself in their places (RFC 2392). A reference ends where its attribute does, so that
/// no content id can take more of the page with it than itself.
fn with_pictures(html: &str, pictures: &HashMap<&str, AttachmentId>) -> String {
    let mut parts = html.split("cid:");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c.is_whitespace() || "\"'<>)".contains(c))
            .unwrap_or(part.len());
        let (id, rest) = part.split_at(end);
        match pictures.get(id) {
            Some(file) => page.extend(["/api/v1/attachments/", &file.to_string()]),
            None => page.extend(["cid:", id]),
        }
        page.push_str(rest);
    }
    page
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
        let words = error.to_string();
        match error {
            ReplyError::NoSuchTicket => Self::NotFound("ticket"),
            ReplyError::Empty | ReplyError::TooLong => Self::field("text", words),
            ReplyError::Closed => Self::Conflict(words),
            ReplyError::NewMessages => Self::NewMessages,
            ReplyError::NotAnAddress(_) | ReplyError::NoRecipient | ReplyError::TooManyRecipients => {
                Self::field("to", words)
            }
            ReplyError::LongSubject => Self::field("subject", words),
            ReplyError::NoEmailInbox | ReplyError::ByPhone => Self::field("channel", words),
            ReplyError::NoSuchStatus => Self::field("status_id", words),
            ReplyError::File(error) => error.into(),
            ReplyError::Store(error) => error.into(),
        }
    }
}

impl From<OutboundError> for Failure {
    fn from(error: OutboundError) -> Self {
        let words = error.to_string();
        match error {
            OutboundError::NoSuchInbox => Self::field("inbox_id", words),
            OutboundError::NoSuchCustomer => Self::field("customer_id", words),
            OutboundError::NoSubject => Self::field("subject", words),
            OutboundError::Reply(error) => error.into(),
            OutboundError::Store(error) => error.into(),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let words = error.to_string();
        match error {
            FileError::Empty => Self::Malformed(words),
            FileError::TooMany | FileError::Gone => Self::field("attachment_ids", words),
            FileError::Blob(error) => error.into(),
            FileError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_id_takes_nothing_of_the_page_but_itself() {
        let (one, two): (AttachmentId, AttachmentId) = (
            AttachmentId(uuid::Uuid::from_u128(1)),
            AttachmentId(uuid::Uuid::from_u128(2)),
        );
        let hostile = "a\"><p title=\"";
        let pictures = HashMap::from([("a", one), ("ab@c", two), (hostile, two), ("", two)]);
        for (html, page) in [
            (
                r#"<img src="cid:a">"#,
                format!(r#"<img src="/api/v1/attachments/{one}">"#),
            ),
            (
                r#"<img src="cid:ab@c">"#,
                format!(r#"<img src="/api/v1/attachments/{two}">"#),
            ),
            (r#"<img src="cid:abc">"#, r#"<img src="cid:abc">"#.to_owned()),
            (
                r#"<img src="cid:a"><p title=" onerror=x ">"#,
                format!(r#"<img src="/api/v1/attachments/{one}"><p title=" onerror=x ">"#),
            ),
            ("no picture", "no picture".to_owned()),
        ] {
            assert_eq!(with_pictures(html, &pictures), page);
        }
    }
}
