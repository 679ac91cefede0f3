//! Tiers of customers: who comes first, and who looks after them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, TierId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::customers::given;
use crate::actions::routing::tiers::{self as actions, TierForm};
use crate::app::App;
use crate::http::auth::AdminRouting;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem, SignedIn};
use crate::store::routing::{self, TierRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tiers, create_tier))
        .routes(routes!(change_tier, delete_tier))
}

#[derive(Debug, Serialize, ToSchema)]
struct Tier {
    id: TierId,
    /// As it stands with the customers; compared without case or width.
    name: String,
    /// A higher one comes first in the queue.
    rank: i64,
    /// Who looks after the customers of this tier.
    dedicated_agent_id: Option<AgentId>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct TierIn {
    name: String,
    #[serde(default)]
    rank: i64,
    dedicated_agent_id: Option<AgentId>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct TierEdit {
    name: Option<String>,
    rank: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AgentId>)]
    dedicated_agent_id: Option<Option<AgentId>>,
}

impl From<TierRow> for Tier {
    fn from(row: TierRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            rank: row.rank,
            dedicated_agent_id: row.agent_id,
        }
    }
}

/// Every tier, the highest first
#[utoipa::path(get, path = "/tiers", tag = "routing", responses(
    (status = 200, body = Page<Tier>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_tiers(State(app): State<App>, _: SignedIn) -> Result<Json<Page<Tier>>, Failure> {
    let rows = routing::tiers(&mut app.db.read().await?, app.workspace).await?;
    let items = rows.into_iter().map(Tier::from).collect();
    Ok(Json(Page { items, next: None }))
}

/// Add a tier
#[utoipa::path(post, path = "/tiers", tag = "routing", request_body = TierIn, responses(
    (status = 201, body = Tier),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_tier(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    Body(body): Body<TierIn>,
) -> Result<(StatusCode, Json<Tier>), Failure> {
    let form = TierForm {
        name: Some(body.name),
        rank: Some(body.rank),
        agent: Some(body.dedicated_agent_id),
    };
    let row = app
        .change(&actor, form, |change, form| actions::add(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Change a tier
#[utoipa::path(patch, path = "/tiers/{tier}", tag = "routing", request_body = TierEdit,
    params(("tier" = TierId, Path)), responses(
    (status = 200, body = Tier),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_tier(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    PathId(id): PathId<TierId>,
    Body(body): Body<TierEdit>,
) -> Result<Json<Tier>, Failure> {
    let form = TierForm {
        name: body.name,
        rank: body.rank,
        agent: body.dedicated_agent_id,
    };
    let row = app
        .change(&actor, (id, form), |change, (id, form)| {
            actions::edit(change, *id, form).boxed()
        })
        .await?;
    Ok(Json(row.into()))
}

/// Remove a tier; customers keep the word
#[utoipa::path(delete, path = "/tiers/{tier}", tag = "routing", params(("tier" = TierId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_tier(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    PathId(id): PathId<TierId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::remove(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
