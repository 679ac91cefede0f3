//! All that an agent's screen keeps in memory, read at one moment.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shouwen_core::channel::Channel;
use shouwen_core::id::InboxId;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::agents::Agent;
use super::me::{Me, me_within};
use super::roles::Role;
use super::statuses::Status;
use super::tags::Tag;
use super::teams::{self, Team};
use crate::app::App;
use crate::http::{Failure, Problem, SignedIn};
use crate::log::last_seq;
use crate::store::inboxes::InboxRow;
use crate::store::{agents, inboxes, notifications, statuses, tags};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(bootstrap))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Bootstrap {
    /// The number of the log that all of this was read at; the feed goes on from here.
    pub seq: i64,
    pub me: Me,
    pub agents: Vec<Agent>,
    pub teams: Vec<Team>,
    pub roles: Vec<Role>,
    pub inboxes: Vec<InboxBrief>,
    pub statuses: Vec<Status>,
    pub tags: Vec<Tag>,
    pub unread_notifications: i64,
    pub server_time: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InboxBrief {
    pub id: InboxId,
    pub name: String,
    pub channel: Channel,
    pub address: Option<String>,
    pub active: bool,
}

impl From<InboxRow> for InboxBrief {
    fn from(row: InboxRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            channel: row.channel,
            address: row.address,
            active: row.active,
        }
    }
}

/// All that a screen begins with
#[utoipa::path(get, path = "/bootstrap", tag = "account", responses(
    (status = 200, body = Bootstrap),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn bootstrap(State(app): State<App>, caller: SignedIn) -> Result<Json<Bootstrap>, Failure> {
    let workspace = caller.actor.workspace;
    let mut tx = app.db.snapshot().await?;
    // Read before the rows: what changes in between comes again by the feed.
    let seq = last_seq(&mut tx, workspace).await?;
    let me = me_within(&mut tx, workspace, caller.agent).await?;
    let memberships = agents::memberships(&mut tx, workspace).await?;
    let everybody = agents::all(&mut tx, workspace).await?;
    Ok(Json(Bootstrap {
        seq,
        me,
        agents: everybody
            .into_iter()
            .map(|row| Agent::new(row, &memberships))
            .collect(),
        teams: teams::all(&app, &mut tx).await?,
        roles: agents::roles(&mut tx, workspace)
            .await?
            .into_iter()
            .map(Role::from)
            .collect(),
        inboxes: inboxes::all(&mut tx, workspace)
            .await?
            .into_iter()
            .map(InboxBrief::from)
            .collect(),
        statuses: statuses::all(&mut tx, workspace)
            .await?
            .into_iter()
            .map(Status::from)
            .collect(),
        tags: tags::all(&mut tx, workspace)
            .await?
            .into_iter()
            .map(Tag::from)
            .collect(),
        unread_notifications: notifications::unread(&mut tx, &caller.actor, caller.agent).await?,
        server_time: app.now(),
    }))
}
