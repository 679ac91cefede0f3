//! The account of whoever is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::Permission;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, WorkspaceId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::agents::Agent;
use super::roles::Role;
use super::vocabulary::Locale;
use crate::actions::agents::{self as actions, OwnChanges};
use crate::actions::sessions::{self, PasswordError};
use crate::app::App;
use crate::db::Conn;
use crate::http::{Body, Failure, Problem, SignedIn};
use crate::store::{agents, workspaces};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_me, change_me))
        .routes(routes!(change_password))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    pub agent: Agent,
    pub role: Role,
    pub permissions: Vec<Permission>,
    pub workspace: Workspace,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct MeChanges {
    name: Option<String>,
    /// `en` or `zh`
    #[schema(value_type = Option<Locale>)]
    locale: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct PasswordChange {
    current: String,
    new: String,
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Wrong => Self::field("current", Fault::NotYourPassword),
            PasswordError::Throttled(seconds) => Self::Throttled(seconds),
            PasswordError::Weak(weak) => Self::field("new", weak),
            PasswordError::Hash(error) => Self::Internal(error.into()),
            PasswordError::Store(error) => error.into(),
        }
    }
}

/// Who an agent is, and what they may do.
pub async fn me(app: &App, agent: AgentId) -> Result<Me, Failure> {
    me_within(&mut app.db.read().await?, app.workspace, agent).await
}

/// The same, read together with other things.
pub async fn me_within(conn: &mut Conn, workspace: WorkspaceId, agent: AgentId) -> Result<Me, Failure> {
    let row = agents::find(conn, workspace, agent)
        .await?
        .ok_or(Failure::Unauthenticated)?;
    let role = agents::find_role(conn, workspace, row.role_id)
        .await?
        .ok_or(Failure::Unauthenticated)?;
    let memberships = agents::memberships(conn, workspace).await?;
    let name = workspaces::name(conn, workspace).await?;
    Ok(Me {
        agent: Agent::new(row, &memberships),
        permissions: role.permissions.0.iter().collect(),
        role: role.into(),
        workspace: Workspace { id: workspace, name },
    })
}

/// Who is signed in
#[utoipa::path(get, path = "/me", tag = "account", responses(
    (status = 200, body = Me),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_me(State(app): State<App>, caller: SignedIn) -> Result<Json<Me>, Failure> {
    Ok(Json(me(&app, caller.agent).await?))
}

/// Change one's own name or language
#[utoipa::path(patch, path = "/me", tag = "account", request_body = MeChanges, responses(
    (status = 200, body = Me),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_me(
    State(app): State<App>,
    caller: SignedIn,
    Body(body): Body<MeChanges>,
) -> Result<Json<Me>, Failure> {
    let changes = OwnChanges {
        name: body.name,
        locale: body.locale,
    };
    app.change(
        &caller.actor,
        (caller.agent, changes),
        |change, (agent, changes)| actions::change_own(change, *agent, changes).boxed(),
    )
    .await?;
    Ok(Json(me(&app, caller.agent).await?))
}

/// Change one's own password; ends the sessions elsewhere
#[utoipa::path(post, path = "/me/password", tag = "account", request_body = PasswordChange, responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_password(
    State(app): State<App>,
    caller: SignedIn,
    Body(body): Body<PasswordChange>,
) -> Result<StatusCode, Failure> {
    let who = (caller.agent, caller.session);
    sessions::change_password(&app, &caller.actor, who, body.current, body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
