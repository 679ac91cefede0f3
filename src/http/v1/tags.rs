//! Tags, for whoever may keep them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::TagId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::tags::{self as actions, TagColor, TagForm};
use crate::app::App;
use crate::http::auth::AdminTags;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::tags::{self, TagRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tags, create_tag))
        .routes(routes!(change_tag, delete_tag))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tag {
    pub id: TagId,
    pub name: String,
    pub color: TagColor,
}

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            color: TagColor::from_word(&row.color).unwrap_or(TagColor::Gray),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct TagBody {
    name: String,
    color: TagColor,
}

#[derive(Debug, Deserialize, ToSchema)]
struct TagEdit {
    name: Option<String>,
    color: Option<TagColor>,
}

async fn find(app: &App, id: TagId) -> Result<Tag, Failure> {
    let row = tags::find(&mut app.db.read().await?, app.workspace, id).await?;
    row.map(Tag::from).ok_or(Failure::NotFound("tag"))
}

/// Every tag
#[utoipa::path(get, path = "/tags", tag = "administration", responses(
    (status = 200, body = Page<Tag>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_tags(
    State(app): State<App>,
    Can(actor, _): Can<AdminTags>,
) -> Result<Json<Page<Tag>>, Failure> {
    let rows = tags::all(&mut app.db.read().await?, actor.workspace).await?;
    Ok(Json(Page {
        items: rows.into_iter().map(Tag::from).collect(),
        next: None,
    }))
}

/// Add a tag
#[utoipa::path(post, path = "/tags", tag = "administration", request_body = TagBody, responses(
    (status = 201, body = Tag),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_tag(
    State(app): State<App>,
    Can(actor, _): Can<AdminTags>,
    Body(body): Body<TagBody>,
) -> Result<(StatusCode, Json<Tag>), Failure> {
    let form = TagForm {
        name: Some(body.name),
        color: Some(body.color),
    };
    let id = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(find(&app, id).await?)))
}

/// Change a tag's name or color
#[utoipa::path(patch, path = "/tags/{tag}", tag = "administration", request_body = TagEdit,
    params(("tag" = TagId, Path)), responses(
    (status = 200, body = Tag),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_tag(
    State(app): State<App>,
    Can(actor, _): Can<AdminTags>,
    PathId(id): PathId<TagId>,
    Body(body): Body<TagEdit>,
) -> Result<Json<Tag>, Failure> {
    let form = TagForm {
        name: body.name,
        color: body.color,
    };
    app.change(&actor, (id, form), |change, (id, form)| {
        actions::update(change, *id, form).boxed()
    })
    .await?;
    Ok(Json(find(&app, id).await?))
}

/// Delete a tag, off every ticket that bears it
#[utoipa::path(delete, path = "/tags/{tag}", tag = "administration", params(("tag" = TagId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_tag(
    State(app): State<App>,
    Can(actor, _): Can<AdminTags>,
    PathId(id): PathId<TagId>,
) -> Result<StatusCode, Failure> {
    actions::delete(&app, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
