//! Statuses, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::StatusId;
use shouwen_core::ticket::Category;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::statuses::{self as actions, StatusForm};
use crate::app::App;
use crate::http::auth::AdminStatuses;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::statuses::{self, StatusRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_statuses, create_status))
        .routes(routes!(change_status))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Status {
    pub id: StatusId,
    /// Of a built-in status, which is named by the reader's language unless renamed.
    pub key: Option<String>,
    pub name: String,
    pub category: Category,
    pub position: i64,
    pub archived: bool,
}

impl From<StatusRow> for Status {
    fn from(row: StatusRow) -> Self {
        Self {
            id: row.id,
            key: row.key,
            name: row.name,
            category: row.category,
            position: row.position,
            archived: row.archived,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct StatusBody {
    name: String,
    category: Category,
    position: Option<i64>,
    archived: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct StatusEdit {
    name: Option<String>,
    category: Option<Category>,
    position: Option<i64>,
    archived: Option<bool>,
}

async fn find(app: &App, id: StatusId) -> Result<Status, Failure> {
    let row = statuses::find(&mut app.db.read().await?, app.workspace, id).await?;
    row.map(Status::from).ok_or(Failure::NotFound("status"))
}

/// Every status, archived ones too
#[utoipa::path(get, path = "/statuses", tag = "administration", responses(
    (status = 200, body = Page<Status>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_statuses(
    State(app): State<App>,
    Can(actor, _): Can<AdminStatuses>,
) -> Result<Json<Page<Status>>, Failure> {
    let rows = statuses::all(&mut app.db.read().await?, actor.workspace).await?;
    Ok(Json(Page {
        items: rows.into_iter().map(Status::from).collect(),
        next: None,
    }))
}

/// Add a status of one's own to a category
#[utoipa::path(post, path = "/statuses", tag = "administration", request_body = StatusBody, responses(
    (status = 201, body = Status),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_status(
    State(app): State<App>,
    Can(actor, _): Can<AdminStatuses>,
    Body(body): Body<StatusBody>,
) -> Result<(StatusCode, Json<Status>), Failure> {
    let form = StatusForm {
        name: Some(body.name),
        category: Some(body.category),
        position: body.position,
        archived: body.archived,
    };
    let id = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(find(&app, id).await?)))
}

/// Rename, move or archive a status
#[utoipa::path(patch, path = "/statuses/{status}", tag = "administration", request_body = StatusEdit,
    params(("status" = StatusId, Path)), responses(
    (status = 200, body = Status),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_status(
    State(app): State<App>,
    Can(actor, _): Can<AdminStatuses>,
    PathId(id): PathId<StatusId>,
    Body(body): Body<StatusEdit>,
) -> Result<Json<Status>, Failure> {
    let form = StatusForm {
        name: body.name,
        category: body.category,
        position: body.position,
        archived: body.archived,
    };
    app.change(&actor, (id, form), |change, (id, form)| {
        actions::update(change, *id, form).boxed()
    })
    .await?;
    Ok(Json(find(&app, id).await?))
}
