//! Webhooks, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::WebhookId;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::administration::AdminError;
use crate::actions::webhooks::{self as actions, WebhookForm};
use crate::app::App;
use crate::http::auth::AdminKeys;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::secrets::new_signing_secret;
use crate::store::webhooks::{self, WebhookRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(update_webhook, remove_webhook))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Webhook {
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    /// Kinds of events; empty: all.
    pub kinds: Vec<String>,
    pub active: bool,
    /// Since when no call has arrived; null when the last one did.
    pub failing_since: Option<Timestamp>,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    /// What calls are signed with, only in the answer to its making.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl From<WebhookRow> for Webhook {
    fn from(row: WebhookRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            url: row.url,
            kinds: row.kinds.0,
            active: row.active,
            failing_since: row.failing_since,
            last_error: row.last_error,
            created_at: row.created_at,
            secret: None,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct WebhookBody {
    name: String,
    url: String,
    /// Kinds of events; empty or left out: all.
    #[serde(default)]
    kinds: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct WebhookEdit {
    name: Option<String>,
    url: Option<String>,
    kinds: Option<Vec<String>>,
    active: Option<bool>,
}

/// Every webhook
#[utoipa::path(get, path = "/webhooks", tag = "administration", responses(
    (status = 200, body = Page<Webhook>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_webhooks(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
) -> Result<Json<Page<Webhook>>, Failure> {
    let rows = webhooks::all(&mut app.db.read().await?, actor.workspace).await?;
    Ok(Json(Page {
        items: rows.into_iter().map(Webhook::from).collect(),
        next: None,
    }))
}

/// Tell another program of events; its secret is shown this once
#[utoipa::path(post, path = "/webhooks", tag = "administration", request_body = WebhookBody, responses(
    (status = 201, body = Webhook),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_webhook(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
    Body(body): Body<WebhookBody>,
) -> Result<(StatusCode, Json<Webhook>), Failure> {
    let agent = actor
        .agent()
        .ok_or_else(|| Failure::Refused("a key makes no webhooks".into()))?;
    check(&app, Some(&body.url))?;
    let secret = new_signing_secret();
    let sealed = app.secrets.seal("webhook", &secret);
    let form = WebhookForm {
        name: Some(body.name),
        url: Some(body.url),
        kinds: Some(body.kinds),
        active: None,
    };
    let input = (agent, form, sealed);
    let row = app
        .change(&actor, input, |change, (agent, form, sealed)| {
            actions::create(change, *agent, form, sealed).boxed()
        })
        .await?;
    let webhook = Webhook {
        secret: Some(secret),
        ..row.into()
    };
    Ok((StatusCode::CREATED, Json(webhook)))
}

/// Change a webhook, or turn it off and on
#[utoipa::path(patch, path = "/webhooks/{webhook}", tag = "administration", request_body = WebhookEdit,
    params(("webhook" = WebhookId, Path)), responses(
    (status = 200, body = Webhook),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn update_webhook(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
    PathId(id): PathId<WebhookId>,
    Body(body): Body<WebhookEdit>,
) -> Result<Json<Webhook>, Failure> {
    check(&app, body.url.as_deref())?;
    let form = WebhookForm {
        name: body.name,
        url: body.url,
        kinds: body.kinds,
        active: body.active,
    };
    let row = app
        .change(&actor, (id, form), |change, (id, form)| {
            actions::update(change, *id, form).boxed()
        })
        .await?;
    Ok(Json(row.into()))
}

/// Remove a webhook
#[utoipa::path(delete, path = "/webhooks/{webhook}", tag = "administration",
    params(("webhook" = WebhookId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn remove_webhook(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
    PathId(id): PathId<WebhookId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::remove(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the address may be called at all.
fn check(app: &App, url: Option<&str>) -> Result<(), AdminError> {
    match url.map(|url| app.fetcher.check(url.trim())) {
        Some(Err(error)) => Err(AdminError::Wrong {
            field: "url",
            detail: format!("this address {error}").into(),
        }),
        _ => Ok(()),
    }
}
