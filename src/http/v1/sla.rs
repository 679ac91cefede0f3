//! Why a ticket is due when it is, and when one would be that comes at some time.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shouwen_core::id::{SlaPolicyId, TicketId};
use shouwen_core::sla::PolicyFacts;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sla_policies::SlaDraftIn;
use crate::actions::sla::why::{self, ShownClock, Why};
use crate::actions::sla::{book, runs};
use crate::app::App;
use crate::http::auth::{AdminSla, BoardRead, TicketRead};
use crate::http::problem::PathId;
use crate::http::{Body, Can, CanEither, Failure, Problem};
use crate::store::tickets::{self, SummaryRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(explain_ticket))
        .routes(routes!(simulate))
}

/// The promised times of a ticket in a list: enough to count down without asking again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlaSummary {
    /// Null: none was chosen yet.
    pub policy_id: Option<SlaPolicyId>,
    /// The nearest due time of a clock that is not met; also when it is past.
    pub due_at: Option<Timestamp>,
    /// The current clock of each metric that is promised.
    pub clocks: Vec<ShownClock>,
}

impl From<&SummaryRow> for SlaSummary {
    fn from(row: &SummaryRow) -> Self {
        let mut clocks: Vec<ShownClock> = row.clocks.iter().map(|row| row.clock().into()).collect();
        clocks.sort_by_key(|clock| clock.metric);
        Self {
            policy_id: row.sla_policy_id,
            due_at: row.sla_due_at,
            clocks,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct Arrival {
    arrives_at: Timestamp,
    #[serde(default)]
    facts: PolicyFacts,
    /// As in a preview: what would hold then.
    draft: Option<SlaDraftIn>,
}

/// Why the ticket is due when it is
#[utoipa::path(get, path = "/tickets/{ticket}/sla", tag = "sla", params(("ticket" = TicketId, Path)), responses(
    (status = 200, body = Why),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn explain_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
) -> Result<Json<Why>, Failure> {
    let mut conn = app.db.snapshot().await?;
    if !tickets::is_visible(&mut conn, &actor, ticket).await? {
        return Err(Failure::NotFound("ticket"));
    }
    let found = why::of_ticket(&mut conn, &app.books, actor.workspace, ticket, app.now()).await?;
    found.map(Json).ok_or(Failure::NotFound("ticket"))
}

/// When a ticket would be due that comes at some time, and why
#[utoipa::path(post, path = "/sla/simulate", tag = "sla", request_body = Arrival, responses(
    (status = 200, body = Why),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn simulate(
    State(app): State<App>,
    CanEither(actor, _): CanEither<BoardRead, AdminSla>,
    Body(arrival): Body<Arrival>,
) -> Result<Json<Why>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let mut book = book::read(&mut conn, actor.workspace, app.now()).await?;
    if let Some(draft) = arrival.draft {
        runs::apply(&mut conn, actor.workspace, &mut book, &draft.read()?, app.now()).await?;
    }
    let why = why::of_arrival(
        &mut conn,
        actor.workspace,
        &book,
        arrival.facts,
        arrival.arrives_at,
    )
    .await?;
    Ok(Json(why))
}
