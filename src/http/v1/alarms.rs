//! Alarms, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{AlarmId, InboxId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::alarms as actions;
use crate::app::App;
use crate::http::auth::AdminInboxes;
use crate::http::page::{Page, read_cursor, write_cursor};
use crate::http::problem::{Params, PathId};
use crate::http::{Can, Failure, Problem};
use crate::store::alarms::{self, AlarmKind, AlarmRow, Before};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_alarms))
        .routes(routes!(clear_alarm))
}

const PAGE: i64 = 50;

/// Something that an administrator must see to. It is open until `cleared_at`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Alarm {
    pub id: AlarmId,
    pub kind: AlarmKind,
    pub inbox_id: Option<InboxId>,
    /// What exactly is wrong, such as `authentication` or `invalid_grant`.
    pub code: Option<String>,
    pub raised_at: Timestamp,
    pub cleared_at: Option<Timestamp>,
}

impl From<AlarmRow> for Alarm {
    fn from(row: AlarmRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            inbox_id: row.inbox_id,
            code: row.code,
            raised_at: row.raised_at,
            cleared_at: row.cleared_at,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlarmQuery {
    /// Only those that are open; all of them otherwise.
    open: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List alarms, newest first
#[utoipa::path(get, path = "/alarms", tag = "administration", params(AlarmQuery),
    responses((status = 200, body = Page<Alarm>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_alarms(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    Params(query): Params<AlarmQuery>,
) -> Result<Json<Page<Alarm>>, Failure> {
    let before: Option<Before> = read_cursor(query.after.as_deref())?;
    let mut conn = app.db.read().await?;
    let rows = if query.open == Some(true) {
        alarms::open(&mut conn, actor.workspace, PAGE).await?
    } else {
        alarms::list(&mut conn, actor.workspace, before, PAGE).await?
    };
    let full = i64::try_from(rows.len()).unwrap_or(0) == PAGE && query.open != Some(true);
    let next = rows.last().filter(|_| full).map(|row| {
        write_cursor(&Before {
            raised_at: row.raised_at,
            id: row.id,
        })
    });
    let items = rows.into_iter().map(Alarm::from).collect();
    Ok(Json(Page { items, next }))
}

/// Say that somebody has seen to an alarm
#[utoipa::path(post, path = "/alarms/{alarm}/clear", tag = "administration", params(("alarm" = AlarmId, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn clear_alarm(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(id): PathId<AlarmId>,
) -> Result<StatusCode, Failure> {
    let cleared = app
        .change(&actor, id, |change, id| actions::clear_one(change, *id).boxed())
        .await?;
    cleared.ok_or(Failure::NotFound("alarm"))?;
    Ok(StatusCode::NO_CONTENT)
}
