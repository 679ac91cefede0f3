//! Who is here for tickets: one's own word, and everybody's state.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::AgentId;
use shouwen_core::routing::Presence;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::routing::facts::{Rules, is_on_shift};
use crate::actions::routing::presence as actions;
use crate::app::App;
use crate::http::page::Page;
use crate::http::{Body, Failure, Problem, SignedIn};
use crate::store::routing::{self, AgentStateRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_my_presence, set_my_presence))
        .routes(routes!(list_presence))
}

/// Where an agent is. Who has never been here is in no list: they are offline.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentPresence {
    pub agent_id: AgentId,
    pub presence: Presence,
    pub since: Timestamp,
    /// Set by the desk, not by the agent.
    pub automatic: bool,
    /// True too for whoever has no shift.
    pub on_shift: bool,
    /// Gets tickets: online and on shift.
    pub available: bool,
}

impl AgentPresence {
    pub fn new(row: &AgentStateRow, now: Timestamp) -> Self {
        Self {
            agent_id: row.agent_id,
            presence: row.presence,
            since: row.since,
            automatic: row.automatic,
            on_shift: is_on_shift(row, now),
            available: actions::is_available(row, now),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MyPresence {
    pub agent_id: AgentId,
    pub presence: Presence,
    pub since: Timestamp,
    pub automatic: bool,
    pub on_shift: bool,
    /// When `on_shift` turns; null when it never does.
    pub shift_changes_at: Option<Timestamp>,
    pub available: bool,
    /// The weights of what one works on.
    pub load: i64,
    pub capacity: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
struct PresenceIn {
    presence: Presence,
}

/// Where one is, for routing
#[utoipa::path(get, path = "/me/presence", tag = "routing", responses(
    (status = 200, body = MyPresence),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show_my_presence(State(app): State<App>, caller: SignedIn) -> Result<Json<MyPresence>, Failure> {
    mine(&app, caller.agent).await
}

/// Say whether one is here
///
/// `away_and_reassign` gives one's new and open tickets back to their teams. The owner of a ticket stays.
#[utoipa::path(put, path = "/me/presence", tag = "routing", request_body = PresenceIn, responses(
    (status = 200, body = MyPresence),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set_my_presence(
    State(app): State<App>,
    caller: SignedIn,
    Body(body): Body<PresenceIn>,
) -> Result<Json<MyPresence>, Failure> {
    app.change(
        &caller.actor,
        (caller.agent, body.presence),
        |change, (agent, presence)| actions::set(change, *agent, *presence).boxed(),
    )
    .await?;
    mine(&app, caller.agent).await
}

async fn mine(app: &App, agent: AgentId) -> Result<Json<MyPresence>, Failure> {
    let (now, mut conn) = (app.now(), app.db.read().await?);
    let state = routing::state(&mut conn, app.workspace, agent).await?;
    let rules = Rules::load(&mut conn, app.workspace, now).await?;
    let (candidates, _) = rules.candidates(&mut conn, None, &[agent], &[]).await?;
    let own = candidates.first().ok_or(Failure::Unauthenticated)?;
    let shift = state.as_ref().and_then(|state| state.shift.as_ref());
    Ok(Json(MyPresence {
        agent_id: agent,
        presence: own.presence,
        since: state.as_ref().map_or(now, |state| state.since),
        automatic: state.as_ref().is_none_or(|state| state.automatic),
        on_shift: own.on_shift,
        shift_changes_at: shift.and_then(|shift| shift.0.changes_at(now)),
        available: own.is_here(),
        load: own.load,
        capacity: own.capacity,
    }))
}

/// Where everybody is
#[utoipa::path(get, path = "/presence", tag = "routing", responses(
    (status = 200, body = Page<AgentPresence>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_presence(State(app): State<App>, _: SignedIn) -> Result<Json<Page<AgentPresence>>, Failure> {
    let rows = routing::states(&mut app.db.read().await?, app.workspace).await?;
    let now = app.now();
    let items = rows.iter().map(|row| AgentPresence::new(row, now)).collect();
    Ok(Json(Page { items, next: None }))
}
