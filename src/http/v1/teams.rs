//! Teams, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Deserializer, Serialize};
use shouwen_core::id::{AgentId, TeamId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::teams::{self as actions, TeamForm};
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::AdminTeams;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::store::agents;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_teams, create_team))
        .routes(routes!(change_team, delete_team))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub agent_ids: Vec<AgentId>,
    /// Told when a promise of the team is in danger.
    pub lead_id: Option<AgentId>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct TeamBody {
    name: String,
    #[serde(default)]
    agent_ids: Vec<AgentId>,
    lead_id: Option<AgentId>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct TeamEdit {
    name: Option<String>,
    agent_ids: Option<Vec<AgentId>>,
    /// Null: nobody; left out: as it is.
    #[serde(default, deserialize_with = "present")]
    lead_id: Option<Option<AgentId>>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<AgentId>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Every team with its members.
pub async fn all(app: &App, conn: &mut Conn) -> Result<Vec<Team>, Failure> {
    let memberships = agents::memberships(conn, app.workspace).await?;
    let rows = agents::teams(conn, app.workspace).await?;
    let members = |id| {
        memberships
            .iter()
            .filter(move |(team, _)| *team == id)
            .map(|(_, agent)| *agent)
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|row| Team {
            agent_ids: members(row.id),
            id: row.id,
            name: row.name,
            lead_id: row.lead_id,
        })
        .collect())
}

async fn find(app: &App, id: TeamId) -> Result<Team, Failure> {
    let teams = all(app, &mut app.db.read().await?).await?;
    teams
        .into_iter()
        .find(|team| team.id == id)
        .ok_or(Failure::NotFound("team"))
}

/// Every team
#[utoipa::path(get, path = "/teams", tag = "administration", responses(
    (status = 200, body = Page<Team>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_teams(State(app): State<App>, _: Can<AdminTeams>) -> Result<Json<Page<Team>>, Failure> {
    let items = all(&app, &mut app.db.read().await?).await?;
    Ok(Json(Page { items, next: None }))
}

/// Add a team
#[utoipa::path(post, path = "/teams", tag = "administration", request_body = TeamBody, responses(
    (status = 201, body = Team),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_team(
    State(app): State<App>,
    Can(actor, _): Can<AdminTeams>,
    Body(body): Body<TeamBody>,
) -> Result<(StatusCode, Json<Team>), Failure> {
    let form = TeamForm {
        name: Some(body.name),
        agents: Some(body.agent_ids),
        lead: Some(body.lead_id),
    };
    let id = app
        .change(&actor, form, |change, form| actions::create(change, form).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(find(&app, id).await?)))
}

/// Change a team's name or members
#[utoipa::path(patch, path = "/teams/{team}", tag = "administration", request_body = TeamEdit,
    params(("team" = TeamId, Path)), responses(
    (status = 200, body = Team),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_team(
    State(app): State<App>,
    Can(actor, _): Can<AdminTeams>,
    PathId(id): PathId<TeamId>,
    Body(body): Body<TeamEdit>,
) -> Result<Json<Team>, Failure> {
    let form = TeamForm {
        name: body.name,
        agents: body.agent_ids,
        lead: body.lead_id,
    };
    app.change(&actor, (id, form), |change, (id, form)| {
        actions::update(change, *id, form).boxed()
    })
    .await?;
    Ok(Json(find(&app, id).await?))
}

/// Delete a team to which nothing belongs any more
#[utoipa::path(delete, path = "/teams/{team}", tag = "administration", params(("team" = TeamId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_team(
    State(app): State<App>,
    Can(actor, _): Can<AdminTeams>,
    PathId(id): PathId<TeamId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::delete(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
