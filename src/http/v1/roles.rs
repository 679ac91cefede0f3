//! Roles, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::{BuiltInRole, Permission, Scope};
use shouwen_core::id::RoleId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::roles::{self as actions, RoleForm};
use crate::app::App;
use crate::http::auth::AdminRoles;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::agents::{self, RoleRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_roles, create_role))
        .routes(routes!(change_role, delete_role))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Role {
    pub id: RoleId,
    /// Of a built-in role, which is named by the reader's language unless renamed.
    pub key: Option<BuiltInRole>,
    pub name: String,
    pub permissions: Vec<Permission>,
    pub scope: Scope,
    pub built_in: bool,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        Self {
            id: row.id,
            built_in: row.key.is_some(),
            key: row.key.as_deref().and_then(BuiltInRole::from_word),
            name: row.name,
            permissions: row.permissions.0.iter().collect(),
            scope: row.scope,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct RoleBody {
    name: String,
    permissions: Vec<Permission>,
    scope: Scope,
}

#[derive(Debug, Deserialize, ToSchema)]
struct RoleEdit {
    name: Option<String>,
    permissions: Option<Vec<Permission>>,
    scope: Option<Scope>,
}

async fn find(app: &App, id: RoleId) -> Result<Role, Failure> {
    let row = agents::find_role(&mut app.db.read().await?, app.workspace, id).await?;
    row.map(Role::from).ok_or(Failure::NotFound("role"))
}

/// Every role
#[utoipa::path(get, path = "/roles", tag = "administration", responses(
    (status = 200, body = Page<Role>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_roles(
    State(app): State<App>,
    Can(actor, _): Can<AdminRoles>,
) -> Result<Json<Page<Role>>, Failure> {
    let rows = agents::roles(&mut app.db.read().await?, actor.workspace).await?;
    Ok(Json(Page {
        items: rows.into_iter().map(Role::from).collect(),
        next: None,
    }))
}

/// Add a role
#[utoipa::path(post, path = "/roles", tag = "administration", request_body = RoleBody, responses(
    (status = 201, body = Role),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_role(
    State(app): State<App>,
    Can(actor, _): Can<AdminRoles>,
    Body(body): Body<RoleBody>,
) -> Result<(StatusCode, Json<Role>), Failure> {
    let permissions = body.permissions.into_iter().collect();
    let form = RoleForm {
        name: Some(body.name),
        permissions: Some(permissions),
        scope: Some(body.scope),
    };
    let id = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(find(&app, id).await?)))
}

/// Change what a role gives; its holders feel it at once
#[utoipa::path(patch, path = "/roles/{role}", tag = "administration", request_body = RoleEdit,
    params(("role" = RoleId, Path)), responses(
    (status = 200, body = Role),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_role(
    State(app): State<App>,
    Can(actor, _): Can<AdminRoles>,
    PathId(id): PathId<RoleId>,
    Body(body): Body<RoleEdit>,
) -> Result<Json<Role>, Failure> {
    let permissions = body
        .permissions
        .map(|permissions| permissions.into_iter().collect());
    let form = RoleForm {
        name: body.name,
        permissions,
        scope: body.scope,
    };
    app.change(&actor, (id, form), |change, (id, form)| {
        actions::update(change, *id, form).boxed()
    })
    .await?;
    Ok(Json(find(&app, id).await?))
}

/// Delete a role that nobody holds
#[utoipa::path(delete, path = "/roles/{role}", tag = "administration", params(("role" = RoleId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_role(
    State(app): State<App>,
    Can(actor, _): Can<AdminRoles>,
    PathId(id): PathId<RoleId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::delete(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
