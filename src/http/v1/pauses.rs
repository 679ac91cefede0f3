//! The report of work that was put aside while its customer was waiting for an answer.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shouwen_core::id::TicketId;
use shouwen_core::ticket::Category;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity::ActivityActor;
use crate::app::App;
use crate::http::auth::BoardRead;
use crate::http::page::{Page, read_cursor, write_cursor};
use crate::http::problem::Params;
use crate::http::{Can, Failure, Problem};
use crate::store::pauses::{self, Seek, WaitingRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_pauses))
}

/// A ticket that was put aside although its customer was waiting.
#[derive(Debug, Serialize, ToSchema)]
struct Pause {
    ticket_id: TicketId,
    ticket_number: String,
    subject: String,
    /// What the status meant that was chosen: waiting or on_hold.
    category: Category,
    /// Null when it was put aside by something that asks for no reason, such as an answer that did not arrive.
    reason: Option<String>,
    by: ActivityActor,
    /// Since when the customer had been waiting.
    waiting_since: Timestamp,
    at: Timestamp,
    /// Null while it rests.
    until: Option<Timestamp>,
}

impl From<WaitingRow> for Pause {
    fn from(row: WaitingRow) -> Self {
        Self {
            ticket_id: row.ticket_id,
            ticket_number: row.number.to_string(),
            subject: row.subject,
            category: row.category,
            reason: row.reason,
            by: ActivityActor {
                kind: row.actor_kind,
                id: row.actor_id,
            },
            waiting_since: row.waiting_since,
            at: row.at,
            until: row.until,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct PauseQuery {
    after: Option<String>,
}

const PAGE: i64 = 30;

/// List the tickets that were put aside while their customers were waiting, newest first
#[utoipa::path(get, path = "/sla/pauses", tag = "sla", params(PauseQuery),
    responses((status = 200, body = Page<Pause>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_pauses(
    State(app): State<App>,
    Can(actor, _): Can<BoardRead>,
    Params(query): Params<PauseQuery>,
) -> Result<Json<Page<Pause>>, Failure> {
    let before: Option<Seek> = read_cursor(query.after.as_deref())?;
    let mut conn = app.db.read().await?;
    let rows = pauses::while_waiting(&mut conn, &actor, before, PAGE).await?;
    let full = i64::try_from(rows.len()).unwrap_or_default() == PAGE;
    let next = rows
        .last()
        .filter(|_| full)
        .map(|last| write_cursor(&(last.at, last.ticket_id, last.version)));
    Ok(Json(Page {
        items: rows.into_iter().map(Pause::from).collect(),
        next,
    }))
}
