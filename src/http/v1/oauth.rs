//! Connecting a mailbox at Google or Microsoft: the browser goes there and comes back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::Permission;
use shouwen_core::id::InboxId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tickets::no_account;
use crate::actions::oauth as actions;
use crate::app::App;
use crate::http::auth::AdminInboxes;
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, Failure, Problem, SignedIn};
use crate::sending::oauth::{self, OauthError};
use crate::store::inboxes;
use crate::store::oauth::OauthProvider;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_providers))
        .routes(routes!(begin_connecting, disconnect))
        .routes(routes!(come_back))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Provider {
    provider: OauthProvider,
    /// The desk is registered there, so mailboxes can be connected.
    configured: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderList {
    items: Vec<Provider>,
}

/// List the providers at which mailboxes can be connected
#[utoipa::path(get, path = "/oauth/providers", tag = "administration",
    responses((status = 200, body = ProviderList), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_providers(State(app): State<App>, _: Can<AdminInboxes>) -> Json<ProviderList> {
    let items = [OauthProvider::Google, OauthProvider::Microsoft].map(|provider| Provider {
        provider,
        configured: oauth::provider(&app.config.oauth, provider).is_some(),
    });
    Json(ProviderList {
        items: items.into_iter().collect(),
    })
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ConnectIn {
    provider: OauthProvider,
    /// The address of the mailbox at the provider.
    username: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectOut {
    /// Where the browser goes; it comes back by itself.
    url: String,
}

/// Begin connecting a mailbox by OAuth 2
#[utoipa::path(post, path = "/inboxes/{inbox}/oauth", tag = "administration", request_body = ConnectIn, params(("inbox" = InboxId, Path)),
    responses((status = 200, body = ConnectOut), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn begin_connecting(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(inbox): PathId<InboxId>,
    Body(body): Body<ConnectIn>,
) -> Result<Json<ConnectOut>, Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    let username = body.username.trim();
    if username.is_empty() || username.len() > 254 || username.chars().any(char::is_control) {
        return Err(Failure::field("username", "the address of the mailbox is needed"));
    }
    let found = inboxes::find(&mut app.db.read().await?, actor.workspace, inbox).await?;
    found.ok_or(Failure::NotFound("inbox"))?;
    let url = oauth::begin(&app, agent, inbox, body.provider, username)?;
    Ok(Json(ConnectOut { url }))
}

/// Let go of the tokens of a mailbox
#[utoipa::path(delete, path = "/inboxes/{inbox}/oauth", tag = "administration", params(("inbox" = InboxId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn disconnect(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(inbox): PathId<InboxId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, inbox, |change, inbox| {
        actions::disconnect(change, *inbox).boxed()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    code: Option<String>,
    state: String,
    /// Why the provider or the person said no.
    error: Option<String>,
}

/// Where the browser comes back to from the provider; leads on to the inbox's settings
#[utoipa::path(get, path = "/oauth/callback", tag = "administration", params(CallbackQuery),
    responses((status = 303), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn come_back(
    State(app): State<App>,
    me: SignedIn,
    Params(query): Params<CallbackQuery>,
) -> Result<Response, Failure> {
    if !me.actor.may(Permission::AdminInboxes) {
        return Err(Failure::Forbidden(Permission::AdminInboxes));
    }
    let inbox = oauth::inbox_of(&app, me.agent, &query.state)?;
    let outcome = match (&query.code, &query.error) {
        (Some(code), None) => match oauth::finish(&app, &me.actor, me.agent, code, &query.state).await {
            Ok(_) => "connected",
            Err(OauthError::Store(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(inbox.id = %inbox, %error, "a mailbox could not be connected");
                "failed"
            }
        },
        _ => "denied",
    };
    Ok(Redirect::to(&format!("/settings/inboxes/{inbox}?oauth={outcome}")).into_response())
}

impl From<OauthError> for Failure {
    fn from(error: OauthError) -> Self {
        let words = error.to_string();
        match error {
            OauthError::NotConfigured(_) => Self::field("provider", words),
            OauthError::WrongState | OauthError::Refused(_) => Self::Conflict(words.into()),
            OauthError::Unreachable(_) => Self::Unavailable,
            OauthError::Admin(error) => error.into(),
            OauthError::Store(error) => error.into(),
        }
    }
}
