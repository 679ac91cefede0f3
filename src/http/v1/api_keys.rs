//! API keys, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::KeyScope;
use shouwen_core::id::{AgentId, ApiKeyId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::api_keys::{self as actions, NewKey};
use crate::app::App;
use crate::http::auth::AdminKeys;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::secrets::new_token;
use crate::store::api_keys::{self, ApiKeyRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_keys, create_key))
        .routes(routes!(revoke_key))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub scopes: Vec<KeyScope>,
    pub created_by: AgentId,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    /// The key itself, only in the answer to its making.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub key: Option<String>,
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: row.scopes.0,
            created_by: row.created_by,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            key: None,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct KeyBody {
    name: String,
    scopes: Vec<KeyScope>,
}

/// Every key that is not revoked
#[utoipa::path(get, path = "/api-keys", tag = "administration", responses(
    (status = 200, body = Page<ApiKey>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_keys(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
) -> Result<Json<Page<ApiKey>>, Failure> {
    let rows = api_keys::all(&mut app.db.read().await?, actor.workspace).await?;
    Ok(Json(Page {
        items: rows.into_iter().map(ApiKey::from).collect(),
        next: None,
    }))
}

/// Make a key; it is shown this once
#[utoipa::path(post, path = "/api-keys", tag = "administration", request_body = KeyBody, responses(
    (status = 201, body = ApiKey),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_key(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
    Body(body): Body<KeyBody>,
) -> Result<(StatusCode, Json<ApiKey>), Failure> {
    let agent = actor
        .agent()
        .ok_or_else(|| Failure::Refused("a key makes no keys".into()))?;
    let new = NewKey {
        name: body.name,
        scopes: body.scopes,
        token: new_token(),
    };
    let token = new.token.clone();
    let input = (agent, new);
    let row = app
        .change(&actor, input, |change, (agent, new)| {
            actions::create(change, *agent, new).boxed()
        })
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(ApiKey {
            key: Some(token),
            ..row.into()
        }),
    ))
}

/// Revoke a key, for good
#[utoipa::path(delete, path = "/api-keys/{key}", tag = "administration", params(("key" = ApiKeyId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn revoke_key(
    State(app): State<App>,
    Can(actor, _): Can<AdminKeys>,
    PathId(id): PathId<ApiKeyId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::revoke(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
