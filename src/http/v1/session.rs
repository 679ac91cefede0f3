//! Signing in and out.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::SessionId;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::{Me, me};
use crate::actions::sessions::{self as actions, Device, SignInError};
use crate::app::App;
use crate::http::auth::COOKIE;
use crate::http::client_ip::ClientIp;
use crate::http::{Body, Failure, Problem, SignedIn};
use crate::store::sessions;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, show_session, sign_out))
        .routes(routes!(list_sessions, sign_out_everywhere))
}

/// Where the caller is, for the list of their sessions and for throttling.
pub struct CallerDevice(pub Device);

impl FromRequestParts<App> for CallerDevice {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let ClientIp(ip) = ClientIp::from_request_parts(parts, app).await?;
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok());
        Ok(Self(Device {
            ip,
            user_agent: user_agent.unwrap_or_default().to_owned(),
        }))
    }
}

/// Adds the cookie of a session. The browser keeps it as long as browsers do; the server ends it before.
pub fn with_cookie(app: &App, token: &str, mut response: Response) -> Response {
    set_cookie(app, &mut response, token, 400 * 24 * 60 * 60);
    response
}

fn set_cookie(app: &App, response: &mut Response, token: &str, seconds: u32) {
    let secure = if app.config.public_url().starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct Credentials {
    email: String,
    password: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Session {
    id: SessionId,
    /// The one that asks.
    current: bool,
    ip: String,
    user_agent: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
struct Sessions {
    items: Vec<Session>,
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Self::WrongPassword,
            SignInError::Throttled(seconds) => Self::Throttled(seconds),
            SignInError::Hash(error) => Self::Internal(error.into()),
            SignInError::Store(error) => error.into(),
        }
    }
}

/// Sign in
#[utoipa::path(post, path = "/session", tag = "account", request_body = Credentials, responses(
    (status = 200, body = Me),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_in(
    State(app): State<App>,
    CallerDevice(device): CallerDevice,
    Body(body): Body<Credentials>,
) -> Result<Response, Failure> {
    let opened = actions::sign_in(&app, &body.email, body.password, &device).await?;
    let me = me(&app, opened.agent).await?;
    Ok(with_cookie(&app, &opened.token, Json(me).into_response()))
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "account", responses(
    (status = 200, body = Me),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_session(State(app): State<App>, caller: SignedIn) -> Result<Json<Me>, Failure> {
    Ok(Json(me(&app, caller.agent).await?))
}

/// Sign out here
#[utoipa::path(delete, path = "/session", tag = "account", responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_out(State(app): State<App>, caller: SignedIn) -> Result<Response, Failure> {
    let input = (caller.agent, caller.session);
    app.change(&caller.actor, input, |change, (agent, session)| {
        actions::sign_out(change, *agent, *session).boxed()
    })
    .await?;
    Ok(without_cookie(&app))
}

/// The sessions of whoever asks
#[utoipa::path(get, path = "/sessions", tag = "account", responses(
    (status = 200, body = Sessions),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_sessions(State(app): State<App>, caller: SignedIn) -> Result<Json<Sessions>, Failure> {
    let mut conn = app.db.read().await?;
    let rows = sessions::of_agent(&mut conn, caller.actor.workspace, caller.agent, app.now()).await?;
    let items = rows.into_iter().map(|row| Session {
        id: row.id,
        current: row.id == caller.session,
        ip: row.ip,
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
    });
    Ok(Json(Sessions {
        items: items.collect(),
    }))
}

/// Sign out everywhere
#[utoipa::path(delete, path = "/sessions", tag = "account", responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_out_everywhere(State(app): State<App>, caller: SignedIn) -> Result<Response, Failure> {
    app.change(&caller.actor, caller.agent, |change, agent| {
        actions::sign_out_everywhere(change, *agent).boxed()
    })
    .await?;
    Ok(without_cookie(&app))
}

fn without_cookie(app: &App) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(app, &mut response, "", 0);
    response
}
