//! Kinds of tickets: read by everybody who reads tickets, changed by administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::complaint::TicketKind;
use shouwen_core::id::WorkspaceId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::ticket_kinds::{self as actions, KindForm};
use crate::app::App;
use crate::http::auth::{AdminComplaints, TicketRead};
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::ticket_kinds::KindRow;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_kinds, create_kind))
        .routes(routes!(change_kind))
}

/// A kind of tickets.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindOfTicket {
    /// A word of the built-in kinds (inquiry, complaint, return_exchange, repair_warranty), or an id.
    pub key: String,
    /// Empty for a built-in kind, which is named in the reader's language unless renamed.
    pub name: String,
    pub built_in: bool,
    pub archived: bool,
    pub position: i64,
}

impl From<KindRow> for KindOfTicket {
    fn from(row: KindRow) -> Self {
        Self {
            built_in: TicketKind::from_word(&row.key).is_some(),
            key: row.key,
            name: row.name,
            archived: row.archived,
            position: row.position,
        }
    }
}

async fn find(app: &App, workspace: WorkspaceId, key: &str) -> Result<KindOfTicket, Failure> {
    let all = actions::all(&mut app.db.read().await?, workspace).await?;
    let found = all.into_iter().find(|row| row.key == key);
    found.map(KindOfTicket::from).ok_or(Failure::NotFound("kind"))
}

/// Every kind, archived ones too
#[utoipa::path(get, path = "/ticket-kinds", tag = "complaints", responses(
    (status = 200, body = Page<KindOfTicket>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_kinds(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
) -> Result<Json<Page<KindOfTicket>>, Failure> {
    let all = actions::all(&mut app.db.read().await?, actor.workspace).await?;
    let items = all.into_iter().map(KindOfTicket::from).collect();
    Ok(Json(Page { items, next: None }))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct KindIn {
    name: String,
}

/// Add a kind of the shop's own
#[utoipa::path(post, path = "/ticket-kinds", tag = "complaints", request_body = KindIn, responses(
    (status = 201, body = KindOfTicket),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_kind(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    Body(body): Body<KindIn>,
) -> Result<(StatusCode, Json<KindOfTicket>), Failure> {
    let form = KindForm {
        name: Some(body.name),
        ..KindForm::default()
    };
    let key = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(find(&app, actor.workspace, &key).await?),
    ))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct KindEdit {
    /// Empty gives a built-in kind its own name again.
    name: Option<String>,
    archived: Option<bool>,
    position: Option<i64>,
}

/// Rename, move or put away a kind
#[utoipa::path(patch, path = "/ticket-kinds/{key}", tag = "complaints", request_body = KindEdit,
    params(("key" = String, Path)), responses(
    (status = 200, body = KindOfTicket),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_kind(
    State(app): State<App>,
    Can(actor, _): Can<AdminComplaints>,
    PathId(key): PathId<String>,
    Body(body): Body<KindEdit>,
) -> Result<Json<KindOfTicket>, Failure> {
    let form = KindForm {
        name: body.name,
        archived: body.archived,
        position: body.position,
    };
    app.change(&actor, (key.clone(), form), |change, (key, form)| {
        actions::update(change, key, form).boxed()
    })
    .await?;
    Ok(Json(find(&app, actor.workspace, &key).await?))
}
