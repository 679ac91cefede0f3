//! How tickets are given out: an agent's capacity, skills, languages and shift; a team's settings; the skills.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, SkillId, TeamId};
use shouwen_core::routing::{Shift, SkillNeed, Weights};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::routing::presence::CAPACITY;
use crate::actions::routing::settings::{self as actions, AgentRouting, TeamRouting};
use crate::app::App;
use crate::http::auth::AdminRouting;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem, SignedIn};
use crate::store::agents;
use crate::store::routing::{self, SkillRow, TeamRoutingRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_agent_routing, set_agent_routing))
        .routes(routes!(show_team_routing, set_team_routing))
        .routes(routes!(show_teamless_routing, set_teamless_routing))
        .routes(routes!(list_skills, create_skill))
        .routes(routes!(rename_skill, delete_skill))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentRouting)]
struct AgentRoutingOut {
    agent_id: AgentId,
    /// The weights of what the agent may have at once, 0 to 1000.
    capacity: i64,
    skill_ids: Vec<SkillId>,
    /// ISO 639, such as `zh`.
    languages: Vec<String>,
    /// Null: presence alone decides.
    shift: Option<Shift>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct AgentRoutingIn {
    capacity: i64,
    #[serde(default)]
    skill_ids: Vec<SkillId>,
    #[serde(default)]
    languages: Vec<String>,
    shift: Option<Shift>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamRouting)]
struct TeamRoutingOut {
    /// Null: of the tickets that have no team.
    team_id: Option<TeamId>,
    /// Tickets that nobody works on are given to whoever has room.
    auto_assign: bool,
    /// A ticket waits for somebody who speaks its language, if anybody of the team does.
    match_language: bool,
    /// At the end of their shift an agent's tickets go to those who are there.
    release_at_shift_end: bool,
    weights: Weights,
    skill_needs: Vec<SkillNeed>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct TeamRoutingIn {
    auto_assign: bool,
    match_language: bool,
    release_at_shift_end: bool,
    weights: Weights,
    #[serde(default)]
    skill_needs: Vec<SkillNeed>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Skill {
    id: SkillId,
    name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct SkillIn {
    name: String,
}

impl From<SkillRow> for Skill {
    fn from(row: SkillRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
        }
    }
}

/// On what, how much and when an agent works
#[utoipa::path(get, path = "/agents/{agent}/routing", tag = "routing", params(("agent" = AgentId, Path)), responses(
    (status = 200, body = AgentRoutingOut),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_agent_routing(
    State(app): State<App>,
    _: Can<AdminRouting>,
    PathId(id): PathId<AgentId>,
) -> Result<Json<AgentRoutingOut>, Failure> {
    agent_routing(&app, id).await
}

/// Set on what, how much and when an agent works
#[utoipa::path(put, path = "/agents/{agent}/routing", tag = "routing", request_body = AgentRoutingIn,
    params(("agent" = AgentId, Path)), responses(
    (status = 200, body = AgentRoutingOut),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_agent_routing(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    PathId(id): PathId<AgentId>,
    Body(body): Body<AgentRoutingIn>,
) -> Result<Json<AgentRoutingOut>, Failure> {
    let wanted = AgentRouting {
        capacity: body.capacity,
        skills: body.skill_ids,
        languages: body.languages,
        shift: body.shift,
    };
    app.change(&actor, (id, wanted), |change, (id, wanted)| {
        actions::set_agent(change, *id, wanted).boxed()
    })
    .await?;
    agent_routing(&app, id).await
}

async fn agent_routing(app: &App, id: AgentId) -> Result<Json<AgentRoutingOut>, Failure> {
    let mut conn = app.db.read().await?;
    let found = agents::find(&mut conn, app.workspace, id).await?;
    found.ok_or(Failure::NotFound("agent"))?;
    let state = routing::state(&mut conn, app.workspace, id).await?;
    let skills = routing::of_agents(&mut conn, app.workspace, &[id]).await?;
    let (capacity, languages, shift) = match state {
        Some(row) => (row.capacity, row.languages.0, row.shift.map(|shift| shift.0)),
        None => (CAPACITY, Vec::new(), None),
    };
    Ok(Json(AgentRoutingOut {
        agent_id: id,
        capacity,
        skill_ids: skills.into_iter().map(|(_, skill)| skill).collect(),
        languages,
        shift,
    }))
}

/// How a team gives out its tickets
#[utoipa::path(get, path = "/teams/{team}/routing", tag = "routing", params(("team" = TeamId, Path)), responses(
    (status = 200, body = TeamRoutingOut),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_team_routing(
    State(app): State<App>,
    _: Can<AdminRouting>,
    PathId(id): PathId<TeamId>,
) -> Result<Json<TeamRoutingOut>, Failure> {
    team_routing(&app, Some(id)).await
}

/// Set how a team gives out its tickets; what waits is given out at once
#[utoipa::path(put, path = "/teams/{team}/routing", tag = "routing", request_body = TeamRoutingIn,
    params(("team" = TeamId, Path)), responses(
    (status = 200, body = TeamRoutingOut),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_team_routing(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    PathId(id): PathId<TeamId>,
    Body(body): Body<TeamRoutingIn>,
) -> Result<Json<TeamRoutingOut>, Failure> {
    set_routing(&app, &actor, Some(id), body).await
}

/// How tickets without a team are given out: to whoever sees them
#[utoipa::path(get, path = "/teamless-routing", tag = "routing", responses(
    (status = 200, body = TeamRoutingOut),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_teamless_routing(
    State(app): State<App>,
    _: Can<AdminRouting>,
) -> Result<Json<TeamRoutingOut>, Failure> {
    team_routing(&app, None).await
}

/// Set how tickets without a team are given out; what waits is given out at once
#[utoipa::path(put, path = "/teamless-routing", tag = "routing", request_body = TeamRoutingIn, responses(
    (status = 200, body = TeamRoutingOut),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_teamless_routing(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    Body(body): Body<TeamRoutingIn>,
) -> Result<Json<TeamRoutingOut>, Failure> {
    set_routing(&app, &actor, None, body).await
}

async fn set_routing(
    app: &App,
    actor: &Actor,
    id: Option<TeamId>,
    body: TeamRoutingIn,
) -> Result<Json<TeamRoutingOut>, Failure> {
    let wanted = TeamRouting {
        auto_assign: body.auto_assign,
        match_language: body.match_language,
        release_at_shift_end: body.release_at_shift_end,
        weights: body.weights,
        skill_needs: body.skill_needs,
    };
    app.change(actor, (id, wanted), |change, (id, wanted)| {
        actions::set_team(change, *id, wanted).boxed()
    })
    .await?;
    team_routing(app, id).await
}

async fn team_routing(app: &App, id: Option<TeamId>) -> Result<Json<TeamRoutingOut>, Failure> {
    let mut conn = app.db.read().await?;
    let teams = agents::teams(&mut conn, app.workspace).await?;
    if id.is_some_and(|id| !teams.iter().any(|team| team.id == id)) {
        return Err(Failure::NotFound("team"));
    }
    let row = routing::team(&mut conn, app.workspace, id).await?;
    let row = row.unwrap_or_else(|| TeamRoutingRow::unset(id));
    Ok(Json(TeamRoutingOut {
        team_id: id,
        auto_assign: row.auto_assign,
        match_language: row.match_language,
        release_at_shift_end: row.release_at_shift_end,
        weights: row.weights.0,
        skill_needs: row.skill_needs.0,
    }))
}

/// Every skill
#[utoipa::path(get, path = "/skills", tag = "routing", responses(
    (status = 200, body = Page<Skill>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_skills(State(app): State<App>, _: SignedIn) -> Result<Json<Page<Skill>>, Failure> {
    let rows = routing::skills(&mut app.db.read().await?, app.workspace).await?;
    let items = rows.into_iter().map(Skill::from).collect();
    Ok(Json(Page { items, next: None }))
}

/// Add a skill
#[utoipa::path(post, path = "/skills", tag = "routing", request_body = SkillIn, responses(
    (status = 201, body = Skill),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_skill(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    Body(body): Body<SkillIn>,
) -> Result<(StatusCode, Json<Skill>), Failure> {
    let row = app
        .change(&actor, body.name, |change, name| {
            actions::add_skill(change, name).boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

/// Rename a skill
#[utoipa::path(patch, path = "/skills/{skill}", tag = "routing", request_body = SkillIn,
    params(("skill" = SkillId, Path)), responses(
    (status = 200, body = Skill),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn rename_skill(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    PathId(id): PathId<SkillId>,
    Body(body): Body<SkillIn>,
) -> Result<Json<Skill>, Failure> {
    let row = app
        .change(&actor, (id, body.name), |change, (id, name)| {
            actions::rename_skill(change, *id, name).boxed()
        })
        .await?;
    Ok(Json(row.into()))
}

/// Take a skill from everybody and remove it
#[utoipa::path(delete, path = "/skills/{skill}", tag = "routing", params(("skill" = SkillId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_skill(
    State(app): State<App>,
    Can(actor, _): Can<AdminRouting>,
    PathId(id): PathId<SkillId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| {
        actions::remove_skill(change, *id).boxed()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
