//! The chat widget's own API, for visitors of the shop's pages: its frame, its settings, files and the socket.
//!
//! A visitor is known by their token alone, in the Authorization header or the socket's first frame: never by a
//! cookie, never in a URL.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::{AttachmentId, VisitorId, WorkspaceId};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::client_ip::ClientIp;
use super::problem::{Params, PathId};
use super::sockets::{check_origin, sized};
use super::v1::files::respond;
use super::v1::view::{self, Attachment};
use super::v1::vocabulary::Locale;
use super::{Failure, Problem, assets};
use crate::actions::files::store_upload;
use crate::app::App;
use crate::feed::conversation::{WidgetIn, WidgetOut, is_said};
use crate::feed::{token, visitor};
use crate::secrets::hash_token;
use crate::store::inboxes::{self, InboxRow};
use crate::store::{files, messages, visitors};

/// The largest file that a visitor may send, in bytes.
const LARGEST_FILE: usize = 10_000_000;

/// The frames, which no route names as its body.
#[derive(OpenApi)]
#[openapi(components(schemas(WidgetIn, WidgetOut)))]
struct Frames;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Frames::openapi())
        .routes(routes!(show_frame))
        .routes(routes!(read_config))
        .routes(routes!(open_socket))
        .routes(routes!(upload_file))
        .routes(routes!(read_attachment))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct KeyQuery {
    /// The key in the script tag.
    key: String,
}

/// The page of the panel, shown in a frame on the pages that may show it
#[utoipa::path(get, path = "/widget/frame", tag = "widget", params(KeyQuery),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_frame(State(app): State<App>, Params(query): Params<KeyQuery>) -> Result<Response, Failure> {
    let inbox = find_inbox(&app, &query.key).await?;
    let page = assets::widget_page("frame.html").ok_or(Failure::NotFound("widget: it is not built"))?;
    let policy = frame_policy(&inbox);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, page).into_response())
}

/// Only the allowed pages may show the frame; browsers hold to it (CSP 3, frame-ancestors).
fn frame_policy(inbox: &InboxRow) -> HeaderValue {
    let allowed = inbox
        .settings
        .0
        .chat
        .as_ref()
        .map_or(&[][..], |chat| &chat.allowed_origins);
    let origins = allowed.iter().filter_map(|one| {
        let origin = url::Url::parse(one).ok()?.origin();
        origin.is_tuple().then(|| origin.ascii_serialization())
    });
    let ancestors = match (allowed.is_empty(), origins.collect::<Vec<_>>()) {
        (true, _) => "*".to_owned(),
        (false, origins) if origins.is_empty() => "'none'".to_owned(),
        (false, origins) => format!("'self' {}", origins.join(" ")),
    };
    let policy = format!(
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
         connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors {ancestors}"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("frame-ancestors 'none'"))
}

/// How the panel looks and greets.
#[derive(Debug, Serialize, ToSchema)]
pub struct WidgetConfig {
    title: String,
    color: String,
    greeting: String,
    /// The visitor's language, as far as we speak it.
    #[schema(value_type = Locale)]
    locale: &'static str,
    /// Somebody of the desk is there.
    online: bool,
    ask_email: bool,
}

/// Read how the widget is to look and greet
#[utoipa::path(get, path = "/api/widget/v1/config", tag = "widget", params(KeyQuery),
    responses((status = 200, body = WidgetConfig), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn read_config(
    State(app): State<App>,
    Params(query): Params<KeyQuery>,
    headers: HeaderMap,
) -> Result<Json<WidgetConfig>, Failure> {
    let inbox = find_inbox(&app, &query.key).await?;
    let online = app.feed.is_online(&app, inbox.workspace_id).await?;
    let chat = inbox.settings.0.chat.unwrap_or_default();
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let locale = if wanted.trim_start().to_ascii_lowercase().starts_with("zh") {
        "zh"
    } else {
        "en"
    };
    let (title, color, greeting, ask_email) = (chat.title, chat.color, chat.greeting, chat.ask_email);
    Ok(Json(WidgetConfig {
        title,
        color,
        greeting,
        locale,
        online,
        ask_email,
    }))
}

/// Chat: a WebSocket of JSON text frames, WidgetIn from the visitor and WidgetOut from us
#[utoipa::path(get, path = "/api/widget/v1/socket", tag = "widget",
    responses((status = 101, description = "The protocol is WebSocket from here on"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn open_socket(
    State(app): State<App>,
    ClientIp(address): ClientIp,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade = upgrade.map_err(|rejection| Failure::Malformed(rejection.body_text().into()))?;
    // The frame is a page of ours, whichever page shows it.
    check_origin(&app, &headers)?;
    let place = app.feed.doors.enter(address).ok_or(Failure::Throttled(30))?;
    let (supervisor, workspace) = (app.supervisor.clone(), app.workspace);
    Ok(sized(upgrade).on_upgrade(move |socket| async move {
        supervisor.run(
            "a visitor's chat",
            visitor::serve(app, workspace, address, place, socket),
        );
    }))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The file's name.
    name: String,
}

/// Upload a file to be sent with a message; the body is its bytes
#[utoipa::path(post, operation_id = "upload_as_visitor", path = "/api/widget/v1/uploads", tag = "widget", params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn upload_file(
    State(app): State<App>,
    ClientIp(address): ClientIp,
    visitor: Visitor,
    Params(query): Params<UploadQuery>,
    body: Body,
) -> Result<(StatusCode, Json<Attachment>), Failure> {
    if !app.feed.doors.may_upload(address) {
        return Err(Failure::Throttled(60));
    }
    let most = LARGEST_FILE.min(app.config.http.max_upload_bytes);
    let pieces = body.into_data_stream();
    let row = store_upload(&app, &app.system(), visitor.id.0, &query.name, pieces, most).await?;
    Ok((StatusCode::CREATED, Json(view::attachment(row))))
}

/// Read a file of one's own conversation
#[utoipa::path(get, operation_id = "read_attachment_as_visitor", path = "/api/widget/v1/attachments/{attachment}", tag = "widget", params(("attachment" = AttachmentId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn read_attachment(
    State(app): State<App>,
    visitor: Visitor,
    PathId(attachment): PathId<AttachmentId>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let gone = || Failure::NotFound("attachment");
    let workspace = visitor.workspace;
    let mut conn = app.db.read().await?;
    let row = files::find(&mut conn, workspace, attachment)
        .await?
        .ok_or_else(gone)?;
    if let Some(message) = row.message_id {
        let message = messages::find(&mut conn, workspace, message)
            .await?
            .ok_or_else(gone)?;
        let parts = visitors::parts_of_tickets(&mut conn, workspace, &[message.ticket_id]).await?;
        let is_own = parts.iter().any(|part| part.visitor_id == visitor.id);
        if !is_own || !is_said(&message) {
            return Err(gone());
        }
    } else if row.uploader_id != Some(visitor.id.0) {
        return Err(gone());
    }
    drop(conn);
    respond(&app, &app.system(), &row, false, &headers).await
}

async fn find_inbox(app: &App, key: &str) -> Result<InboxRow, Failure> {
    let found = inboxes::find_by_widget_key(&mut app.db.read().await?, key).await?;
    let open = |inbox: &InboxRow| inbox.active && inbox.channel == Channel::Chat;
    found.filter(open).ok_or(Failure::NotFound("chat"))
}

/// Whoever holds a visitor's token. They may not be stored yet.
struct Visitor {
    workspace: WorkspaceId,
    id: VisitorId,
}

impl axum::extract::FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut http::request::Parts, app: &App) -> Result<Self, Failure> {
        let given = super::auth::bearer(parts).ok_or(Failure::Unauthenticated)?;
        let (inbox, id) = token::read(&app.secrets, given).ok_or(Failure::Unauthenticated)?;
        let mut conn = app.db.read().await?;
        let inbox = inboxes::find(&mut conn, app.workspace, inbox)
            .await?
            .filter(|inbox| inbox.active);
        let workspace = inbox.ok_or(Failure::Unauthenticated)?.workspace_id;
        let stored = visitors::find(&mut conn, workspace, id).await?;
        if stored.is_some_and(|row| row.token_hash != hash_token(given)) {
            return Err(Failure::Unauthenticated);
        }
        Ok(Self { workspace, id })
    }
}
