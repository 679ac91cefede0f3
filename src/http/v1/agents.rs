//! Agents, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, RoleId, TeamId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::vocabulary::Locale;
use crate::actions::administration::AdminError;
use crate::actions::agents::{self as actions, AgentChanges, FirstAccess, NewAgent};
use crate::app::App;
use crate::http::auth::AdminAgents;
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::passwords;
use crate::secrets::new_token;
use crate::store::agents::{self, AgentRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_agents, create_agent))
        .routes(routes!(change_agent))
        .routes(routes!(show_work))
        .routes(routes!(sign_out_agent))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub email: String,
    pub role_id: RoleId,
    pub team_ids: Vec<TeamId>,
    #[schema(value_type = Locale)]
    pub locale: String,
    pub active: bool,
    pub created_at: Timestamp,
}

impl Agent {
    /// `memberships` of everybody.
    pub fn new(row: AgentRow, memberships: &[(TeamId, AgentId)]) -> Self {
        let teams = memberships
            .iter()
            .filter(|(_, agent)| *agent == row.id)
            .map(|(team, _)| *team);
        Self {
            team_ids: teams.collect(),
            id: row.id,
            name: row.name,
            email: row.email,
            role_id: row.role_id,
            locale: row.locale,
            active: row.active,
            created_at: row.created_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct AgentBody {
    name: String,
    email: String,
    role_id: RoleId,
    #[serde(default)]
    team_ids: Vec<TeamId>,
    /// `en` or `zh`
    #[schema(value_type = Locale)]
    locale: String,
    /// Left out, an invitation is mailed.
    password: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct AgentEdit {
    name: Option<String>,
    email: Option<String>,
    role_id: Option<RoleId>,
    team_ids: Option<Vec<TeamId>>,
    #[schema(value_type = Option<Locale>)]
    locale: Option<String>,
    /// False deactivates: signed out at once, off every active ticket.
    active: Option<bool>,
    /// Who gets the tickets of an agent who is deactivated; left out or null, their teams do.
    hand_over_to: Option<AgentId>,
}

impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Wrong { field, detail } => Self::field(field, detail),
            AdminError::NotFound(what) => Self::NotFound(what),
            AdminError::Conflict(fault) => Self::Conflict(fault),
            AdminError::Refused(fault) => Self::Refused(fault),
            AdminError::Store(error) => error.into(),
        }
    }
}

/// Every agent, deactivated ones too
#[utoipa::path(get, path = "/agents", tag = "administration", responses(
    (status = 200, body = Page<Agent>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_agents(
    State(app): State<App>,
    Can(actor, _): Can<AdminAgents>,
) -> Result<Json<Page<Agent>>, Failure> {
    let mut conn = app.db.read().await?;
    let memberships = agents::memberships(&mut conn, actor.workspace).await?;
    let rows = agents::all(&mut conn, actor.workspace).await?;
    let items = rows
        .into_iter()
        .map(|row| Agent::new(row, &memberships))
        .collect();
    Ok(Json(Page { items, next: None }))
}

/// Add an agent, with a password or by an invitation
#[utoipa::path(post, path = "/agents", tag = "administration", request_body = AgentBody, responses(
    (status = 201, body = Agent),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_agent(
    State(app): State<App>,
    Can(actor, _): Can<AdminAgents>,
    Body(body): Body<AgentBody>,
) -> Result<(StatusCode, Json<Agent>), Failure> {
    let access = match body.password {
        Some(password) => {
            passwords::check_strength(&password, &body.email)
                .map_err(|weak| Failure::field("password", weak))?;
            let hash = app.passwords.hash(password).await;
            FirstAccess::Password(hash.map_err(|error| Failure::Internal(error.into()))?)
        }
        None => FirstAccess::Invitation {
            public_url: app.config.public_url(),
            token: new_token(),
        },
    };
    let new = NewAgent {
        name: body.name,
        email: body.email,
        role: body.role_id,
        teams: body.team_ids,
        locale: body.locale,
        access,
    };
    let id = app
        .change(&actor, new, |change, new| actions::create(change, new).boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(find(&app, id).await?)))
}

/// Change or deactivate an agent
#[utoipa::path(patch, path = "/agents/{agent}", tag = "administration", request_body = AgentEdit,
    params(("agent" = AgentId, Path)), responses(
    (status = 200, body = Agent),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_agent(
    State(app): State<App>,
    Can(actor, _): Can<AdminAgents>,
    PathId(id): PathId<AgentId>,
    Body(body): Body<AgentEdit>,
) -> Result<Json<Agent>, Failure> {
    let changes = AgentChanges {
        name: body.name,
        email: body.email,
        role: body.role_id,
        teams: body.team_ids,
        locale: body.locale,
        active: body.active,
        hand_over: body.hand_over_to,
    };
    app.change(&actor, (id, changes), |change, (id, changes)| {
        actions::update(change, *id, changes).boxed()
    })
    .await?;
    if body.active == Some(false) {
        actions::release_tickets(&app, &actor, id, body.hand_over_to).await?;
    }
    Ok(Json(find(&app, id).await?))
}

#[derive(Debug, Serialize, ToSchema)]
struct AgentWork {
    /// Active tickets that the agent works on.
    assigned: usize,
    /// Active tickets that the agent answers for.
    owned: usize,
    /// Customers whose own agent this is.
    customers: usize,
    /// Each number stops here: there may be more.
    counted_to: i64,
}

/// What somebody would have to take over if this agent were deactivated
#[utoipa::path(get, path = "/agents/{agent}/work", tag = "administration", params(("agent" = AgentId, Path)), responses(
    (status = 200, body = AgentWork),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_work(
    State(app): State<App>,
    Can(actor, _): Can<AdminAgents>,
    PathId(id): PathId<AgentId>,
) -> Result<Json<AgentWork>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let found = actions::work_of(&mut conn, actor.workspace, id).await?;
    let work = found.ok_or(Failure::NotFound("agent"))?;
    Ok(Json(AgentWork {
        assigned: work.assigned,
        owned: work.owned,
        customers: work.customers,
        counted_to: actions::COUNTED_TO,
    }))
}

/// End every session of an agent
#[utoipa::path(post, path = "/agents/{agent}/sign-out", tag = "administration",
    params(("agent" = AgentId, Path)), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_out_agent(
    State(app): State<App>,
    Can(actor, _): Can<AdminAgents>,
    PathId(id): PathId<AgentId>,
) -> Result<StatusCode, Failure> {
    app.change(&actor, id, |change, id| actions::sign_out(change, *id).boxed())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(app: &App, id: AgentId) -> Result<Agent, Failure> {
    let mut conn = app.db.read().await?;
    let row = agents::find(&mut conn, app.workspace, id)
        .await?
        .ok_or(Failure::NotFound("agent"))?;
    let memberships = agents::memberships(&mut conn, app.workspace).await?;
    Ok(Agent::new(row, &memberships))
}
