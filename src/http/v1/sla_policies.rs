//! Policies of promised times: read by supervisors, set by administrators, tried before they hold.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::fault::Fault;
use shouwen_core::id::{CalendarId, SlaPolicyId, SlaRunId};
use shouwen_core::sla::Level;
use shouwen_core::sla::policy::{Condition, Targets, Terms};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::calendars::CalendarBody;
use crate::actions::sla::policies::{self as actions, PolicyForm};
use crate::actions::sla::runs::{self, Draft};
use crate::app::App;
use crate::http::auth::{AdminSla, BoardRead};
use crate::http::page::Page;
use crate::http::problem::PathId;
use crate::http::{Body, Can, CanEither, Failure, Problem};
use crate::store::sla::policies::{self, PolicyRow};
use crate::store::sla::runs::{RunKind, RunRow, RunState, find as find_run_row, newest};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_policies, create_policy))
        .routes(routes!(order_policies))
        .routes(routes!(preview_change))
        .routes(routes!(find_policy, change_policy, delete_policy))
        .routes(routes!(list_runs))
        .routes(routes!(find_run))
}

/// What a policy promises, and to which tickets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PolicyBody {
    /// Empty for the default policy only: then it goes by the name that the reader's language gives it.
    pub name: String,
    /// All must hold. The default policy has none.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Null: around the clock.
    pub calendar_id: Option<CalendarId>,
    /// From 60 seconds to 366 days, as the other targets; null: nothing is promised.
    pub first_response_s: Option<i64>,
    pub next_response_s: Option<i64>,
    pub resolution_s: Option<i64>,
    /// Whether the resolution also pauses while the ticket is on hold.
    #[serde(default)]
    pub pause_on_hold: bool,
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Receivers are told in these hours only; null: at once.
    pub notify_calendar_id: Option<CalendarId>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Policy {
    pub id: SlaPolicyId,
    pub version: i64,
    pub position: i64,
    /// Takes every ticket that no other policy takes.
    pub is_default: bool,
    pub updated_at: Timestamp,
    #[serde(flatten)]
    pub body: PolicyBody,
}

#[derive(Debug, Deserialize, ToSchema)]
struct PolicyEdit {
    /// As its editor saw it.
    version: i64,
    #[serde(flatten)]
    body: PolicyBody,
}

#[derive(Debug, Serialize, ToSchema)]
struct PolicyWithRun {
    policy: Policy,
    run_id: SlaRunId,
}

#[derive(Debug, Serialize, ToSchema)]
struct RunStarted {
    run_id: SlaRunId,
}

#[derive(Debug, Deserialize, ToSchema)]
struct PolicyOrder {
    /// Every policy but the default one, in the order in which they are tried.
    ids: Vec<SlaPolicyId>,
}

/// Exactly one of the fields.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlaDraftIn {
    policy: Option<DraftPolicy>,
    delete: Option<SlaPolicyId>,
    order: Option<Vec<SlaPolicyId>>,
    calendar: Option<DraftCalendar>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DraftPolicy {
    /// Null: a new one.
    id: Option<SlaPolicyId>,
    #[serde(flatten)]
    body: PolicyBody,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DraftCalendar {
    id: CalendarId,
    #[serde(flatten)]
    body: CalendarBody,
}

/// A run over the open tickets: what a draft would change, or writing what a change changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    pub id: SlaRunId,
    pub kind: RunKind,
    pub state: RunState,
    /// How many tickets were open when it began.
    pub total: i64,
    pub done: i64,
    /// Tickets that get another policy or other due times.
    pub moved: i64,
    pub become_overdue: i64,
    pub no_longer_overdue: i64,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub error: Option<String>,
}

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            total: row.total,
            done: row.done,
            moved: row.moved,
            become_overdue: row.become_overdue,
            no_longer_overdue: row.no_longer_overdue,
            created_at: row.created_at,
            finished_at: row.finished_at,
            error: row.error,
        }
    }
}

impl From<PolicyRow> for Policy {
    fn from(row: PolicyRow) -> Self {
        let terms = row.terms.0;
        Self {
            id: row.id,
            version: row.version,
            position: row.position,
            is_default: row.is_default,
            updated_at: row.updated_at,
            body: PolicyBody {
                name: row.name,
                conditions: terms.conditions,
                calendar_id: terms.calendar_id,
                first_response_s: terms.targets.first_response_s,
                next_response_s: terms.targets.next_response_s,
                resolution_s: terms.targets.resolution_s,
                pause_on_hold: terms.pause_on_hold,
                levels: terms.levels,
                notify_calendar_id: terms.notify_calendar_id,
            },
        }
    }
}

impl From<PolicyBody> for PolicyForm {
    fn from(body: PolicyBody) -> Self {
        Self {
            name: body.name,
            terms: Terms {
                conditions: body.conditions,
                calendar_id: body.calendar_id,
                targets: Targets {
                    first_response_s: body.first_response_s,
                    next_response_s: body.next_response_s,
                    resolution_s: body.resolution_s,
                },
                pause_on_hold: body.pause_on_hold,
                levels: body.levels,
                notify_calendar_id: body.notify_calendar_id,
            },
        }
    }
}

impl SlaDraftIn {
    /// The one thing that is to be tried.
    pub fn read(self) -> Result<Draft, Failure> {
        match (self.policy, self.delete, self.order, self.calendar) {
            (Some(draft), None, None, None) => Ok(Draft::Policy {
                id: draft.id,
                form: draft.body.into(),
            }),
            (None, Some(id), None, None) => Ok(Draft::Delete(id)),
            (None, None, Some(ids), None) => Ok(Draft::Order(ids)),
            (None, None, None, Some(draft)) => Ok(Draft::Calendar {
                id: draft.id,
                rules: draft.body.into_form().rules,
            }),
            _ => Err(Failure::field("policy", Fault::OneDraft)),
        }
    }
}

async fn find(app: &App, id: SlaPolicyId) -> Result<Policy, Failure> {
    let rows = policies::all(&mut app.db.read().await?, app.workspace).await?;
    let row = rows.into_iter().find(|row| row.id == id);
    row.map(Policy::from).ok_or(Failure::NotFound("policy"))
}

/// Every policy in the order in which they are tried
#[utoipa::path(get, path = "/sla-policies", tag = "sla", responses(
    (status = 200, body = Page<Policy>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_policies(
    State(app): State<App>,
    _: CanEither<BoardRead, AdminSla>,
) -> Result<Json<Page<Policy>>, Failure> {
    let rows = policies::all(&mut app.db.read().await?, app.workspace).await?;
    let items = rows.into_iter().map(Policy::from).collect();
    Ok(Json(Page { items, next: None }))
}

/// One policy
#[utoipa::path(get, path = "/sla-policies/{policy}", tag = "sla", params(("policy" = SlaPolicyId, Path)), responses(
    (status = 200, body = Policy),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn find_policy(
    State(app): State<App>,
    _: CanEither<BoardRead, AdminSla>,
    PathId(id): PathId<SlaPolicyId>,
) -> Result<Json<Policy>, Failure> {
    Ok(Json(find(&app, id).await?))
}

/// Add a policy, to be tried right before the default one; the open tickets are held against it
#[utoipa::path(post, path = "/sla-policies", tag = "sla", request_body = PolicyBody, responses(
    (status = 201, body = PolicyWithRun),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_policy(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    Body(body): Body<PolicyBody>,
) -> Result<(StatusCode, Json<PolicyWithRun>), Failure> {
    let (id, run_id) = app
        .change(&actor, PolicyForm::from(body), |change, form| {
            actions::create(change, form).boxed()
        })
        .await?;
    let policy = find(&app, id).await?;
    Ok((StatusCode::CREATED, Json(PolicyWithRun { policy, run_id })))
}

/// Change a policy; tickets that are over keep the verdict of the version that they had
#[utoipa::path(put, path = "/sla-policies/{policy}", tag = "sla", request_body = PolicyEdit,
    params(("policy" = SlaPolicyId, Path)), responses(
    (status = 200, body = PolicyWithRun),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn change_policy(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    PathId(id): PathId<SlaPolicyId>,
    Body(edit): Body<PolicyEdit>,
) -> Result<Json<PolicyWithRun>, Failure> {
    let input = (id, edit.version, PolicyForm::from(edit.body));
    let run_id = app
        .change(&actor, input, |change, (id, version, form)| {
            actions::update(change, *id, *version, form).boxed()
        })
        .await?;
    let policy = find(&app, id).await?;
    Ok(Json(PolicyWithRun { policy, run_id }))
}

/// Take a policy out of use
#[utoipa::path(delete, path = "/sla-policies/{policy}", tag = "sla", params(("policy" = SlaPolicyId, Path)), responses(
    (status = 200, body = RunStarted),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_policy(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    PathId(id): PathId<SlaPolicyId>,
) -> Result<Json<RunStarted>, Failure> {
    let run_id = app
        .change(&actor, id, |change, id| actions::delete(change, *id).boxed())
        .await?;
    Ok(Json(RunStarted { run_id }))
}

/// Put the policies into another order
#[utoipa::path(put, path = "/sla-policies/order", tag = "sla", request_body = PolicyOrder, responses(
    (status = 200, body = RunStarted),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn order_policies(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    Body(order): Body<PolicyOrder>,
) -> Result<Json<RunStarted>, Failure> {
    let run_id = app
        .change(&actor, order.ids, |change, ids| {
            actions::order(change, ids).boxed()
        })
        .await?;
    Ok(Json(RunStarted { run_id }))
}

/// Find out what a change of a policy or a calendar would do to the open tickets; poll the run for its counts
#[utoipa::path(post, path = "/sla-policies/preview", tag = "sla", request_body = SlaDraftIn, responses(
    (status = 202, body = Run),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn preview_change(
    State(app): State<App>,
    Can(actor, _): Can<AdminSla>,
    Body(draft): Body<SlaDraftIn>,
) -> Result<(StatusCode, Json<Run>), Failure> {
    let id = app
        .change(&actor, draft.read()?, |change, draft| {
            runs::preview(change, draft).boxed()
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(run(&app, id).await?)))
}

async fn run(app: &App, id: SlaRunId) -> Result<Run, Failure> {
    let row = find_run_row(&mut app.db.read().await?, app.workspace, id).await?;
    row.map(Run::from).ok_or(Failure::NotFound("run"))
}

/// How far a run is, and what it found
#[utoipa::path(get, path = "/sla-runs/{run}", tag = "sla", params(("run" = SlaRunId, Path)), responses(
    (status = 200, body = Run),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn find_run(
    State(app): State<App>,
    _: CanEither<BoardRead, AdminSla>,
    PathId(id): PathId<SlaRunId>,
) -> Result<Json<Run>, Failure> {
    Ok(Json(run(&app, id).await?))
}

/// How many runs a list shows.
const NEWEST: i64 = 20;

/// The newest runs
#[utoipa::path(get, path = "/sla-runs", tag = "sla", responses(
    (status = 200, body = Page<Run>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list_runs(
    State(app): State<App>,
    _: CanEither<BoardRead, AdminSla>,
) -> Result<Json<Page<Run>>, Failure> {
    let rows = newest(&mut app.db.read().await?, app.workspace, NEWEST).await?;
    let items = rows.into_iter().map(Run::from).collect();
    Ok(Json(Page { items, next: None }))
}
