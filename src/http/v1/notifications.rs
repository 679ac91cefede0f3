//! An agent's own notifications.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, NotificationId, TicketId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::page::{Page, read_cursor, write_cursor};
use crate::http::problem::Params;
use crate::http::{Body, Failure, Problem, SignedIn};
use crate::log::Change;
use crate::store::notifications::{self, NotificationKind, ShownRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_notifications))
        .routes(routes!(read_notifications))
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notification {
    pub id: NotificationId,
    pub kind: NotificationKind,
    pub ticket_id: TicketId,
    pub ticket_number: String,
    pub subject: String,
    /// The agent who caused it.
    pub by: Option<AgentId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

impl From<ShownRow> for Notification {
    fn from(shown: ShownRow) -> Self {
        Self {
            id: shown.row.id,
            kind: shown.row.kind,
            ticket_id: shown.row.ticket_id,
            ticket_number: shown.number.to_string(),
            subject: shown.subject,
            by: shown.row.by_id,
            created_at: shown.row.created_at,
            read_at: shown.row.read_at,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    after: Option<String>,
}

const PAGE: i64 = 30;
/// Most that are marked one by one.
const MOST: usize = 1_000;

/// List your notifications, newest first
#[utoipa::path(get, path = "/notifications", tag = "notifications", params(NotificationQuery),
    responses((status = 200, body = Page<Notification>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_notifications(
    State(app): State<App>,
    me: SignedIn,
    Params(query): Params<NotificationQuery>,
) -> Result<Json<Page<Notification>>, Failure> {
    let before: Option<(Timestamp, NotificationId)> = read_cursor(query.after.as_deref())?;
    let mut conn = app.db.read().await?;
    let rows = notifications::list(&mut conn, &me.actor, me.agent, before, PAGE).await?;
    let full = i64::try_from(rows.len()).unwrap_or_default() == PAGE;
    let next = rows
        .last()
        .filter(|_| full)
        .map(|last| write_cursor(&(last.row.created_at, last.row.id)));
    Ok(Json(Page {
        items: rows.into_iter().map(Notification::from).collect(),
        next,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NotificationsIn {
    /// Without it all are marked.
    ids: Option<Vec<NotificationId>>,
}

/// Mark notifications as read
#[utoipa::path(post, path = "/notifications/read", tag = "notifications", request_body = NotificationsIn,
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn read_notifications(
    State(app): State<App>,
    me: SignedIn,
    Body(read): Body<NotificationsIn>,
) -> Result<StatusCode, Failure> {
    if read.ids.as_ref().is_some_and(|ids| ids.len() > MOST) {
        return Err(Failure::field(
            "ids",
            format!("at most {MOST}; without ids all are marked"),
        ));
    }
    app.change(&me.actor, (me.agent, read.ids), |change, (agent, ids)| {
        mark(change, *agent, ids.as_deref()).boxed()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mark(change: &mut Change, agent: AgentId, ids: Option<&[NotificationId]>) -> Result<(), Failure> {
    let (workspace, now) = (change.workspace(), change.now());
    Ok(notifications::mark_read(change.tx(), workspace, agent, ids, now).await?)
}
