//! Calls: the log that agents write, and what a telephone system tells.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::channel::Direction;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, CallId, CustomerId, InboxId, TicketId};
use shouwen_core::time::{Length, Timestamp};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::check_client_id;
use super::tickets::{TicketDetail, detail, no_account};
use super::view::{self, CustomerBrief, TicketSummary};
use crate::actions::calls::{CallError, LoggedCall, ToldCall, log_call, tell_call};
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::CallLog;
use crate::http::page::Page;
use crate::http::problem::Params;
use crate::http::{Body, Can, Failure, Problem};
use crate::phone::number_fault;
use crate::store::calls::{self, CallRow, CallState};
use crate::store::customers;
use crate::store::messages::Outcome;
use crate::store::tickets::{self, Filter, View};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(log_a_call))
        .routes(routes!(list_calls, tell_of_call))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CallLogIn {
    client_id: String,
    inbox_id: InboxId,
    /// As written; read with the desk's country in mind.
    number: String,
    direction: Direction,
    /// What was said.
    text: String,
    outcome: Outcome,
    #[serde(default)]
    duration_s: i64,
    follow_up_at: Option<Timestamp>,
    /// Join this ticket; without it the call opens one.
    ticket_id: Option<TicketId>,
    customer_id: Option<CustomerId>,
    customer_name: Option<String>,
    #[serde(default)]
    solved: bool,
}

/// Log a call that you had
#[utoipa::path(post, path = "/call-log", tag = "calls", request_body = CallLogIn,
    responses((status = 201, body = TicketDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn log_a_call(
    State(app): State<App>,
    Can(actor, _): Can<CallLog>,
    Body(call): Body<CallLogIn>,
) -> Result<(StatusCode, Json<TicketDetail>), Failure> {
    let agent = actor.agent().ok_or_else(no_account)?;
    check_client_id(&call.client_id)?;
    let number = app
        .phone_number(&call.number)
        .map_err(|error| Failure::field("number", number_fault(&error)))?;
    if !(0..=LONGEST_CALL).contains(&call.duration_s) {
        return Err(too_long());
    }
    if call
        .customer_name
        .as_deref()
        .is_some_and(|name| name.chars().count() > 200)
    {
        return Err(Failure::field("customer_name", Fault::TooLong { most: 200 }));
    }
    let latest = app.now().plus(FARTHEST);
    if call.follow_up_at.is_some_and(|at| at > latest) {
        return Err(Failure::field("follow_up_at", Fault::FollowUpTime));
    }
    if call.text.chars().count() > 20_000 {
        return Err(Failure::field("text", Fault::TooLong { most: 20000 }));
    }
    let logged = LoggedCall {
        id: app.ids.next(app.now()),
        client_id: call.client_id,
        inbox: call.inbox_id,
        number,
        direction: call.direction,
        text: call.text,
        outcome: call.outcome,
        duration_s: call.duration_s,
        follow_up_at: call.follow_up_at,
        ticket: call.ticket_id,
        customer: call.customer_id,
        customer_name: call.customer_name,
        solved: call.solved,
    };
    let ticket = app
        .change(&actor, (agent, logged), |change, (agent, call)| {
            log_call(change, *agent, call).boxed()
        })
        .await?;
    let mut conn = app.db.snapshot().await?;
    Ok((
        StatusCode::CREATED,
        Json(detail(&mut conn, &actor, ticket).await?),
    ))
}

/// Seconds.
const LONGEST_CALL: i64 = 86_400;
/// How far away a follow-up may be.
const FARTHEST: Length = Length::days(2 * 366);

fn too_long() -> Failure {
    Failure::field("duration_s", Fault::CallLength { most: LONGEST_CALL })
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CallIn {
    /// The telephone system's own id of the call.
    external_id: String,
    state: CallState,
    /// As it is dialled, or a word such as "anonymous" when the caller hides it.
    number: String,
    direction: Direction,
    /// Whose telephone rings.
    agent_email: Option<String>,
    duration_s: Option<i64>,
}

/// A call with what the agent needs to know before picking up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RingingCall {
    pub id: CallId,
    pub external_id: String,
    pub number: String,
    pub direction: Direction,
    pub state: CallState,
    pub customer: Option<CustomerBrief>,
    pub open_tickets: Vec<TicketSummary>,
    pub agent_id: Option<AgentId>,
    pub started_at: Timestamp,
}

/// Tell of a call: it rings, is answered, has ended, was missed
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = CallIn,
    responses((status = 200, body = RingingCall), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn tell_of_call(
    State(app): State<App>,
    Can(actor, _): Can<CallLog>,
    Body(call): Body<CallIn>,
) -> Result<Json<RingingCall>, Failure> {
    if call.external_id.is_empty() || call.external_id.len() > 200 {
        return Err(Failure::field(
            "external_id",
            "your own id of the call, 1 to 200 characters",
        ));
    }
    if call.number.chars().count() > 60 {
        return Err(Failure::field("number", Fault::PhoneLong));
    }
    if call
        .duration_s
        .is_some_and(|seconds| !(0..=LONGEST_CALL).contains(&seconds))
    {
        return Err(too_long());
    }
    let number = app.caller(&call.number).map_err(|error| {
        let words = format!("{error}; for a caller who hides it send \"anonymous\"");
        Failure::field("number", words)
    })?;
    let told = ToldCall {
        id: app.ids.next(app.now()),
        external_id: call.external_id,
        state: call.state,
        number,
        direction: call.direction,
        agent_email: call.agent_email,
        duration_s: call.duration_s,
    };
    let row = app
        .change(&actor, told, |change, told| tell_call(change, told).boxed())
        .await?;
    let mut conn = app.db.snapshot().await?;
    Ok(Json(shown(&mut conn, &actor, &row).await?))
}

/// The call as the actor may see it: who calls, and what of theirs is open.
pub async fn shown(conn: &mut Conn, actor: &Actor, row: &CallRow) -> Result<RingingCall, Failure> {
    let (mut customer, mut open_tickets) = (None, Vec::new());
    if let Some(id) = row.customer_id
        && actor.may(Permission::CustomerRead)
        && customers::is_visible(conn, actor, id).await?
    {
        let found = view::customers(conn, actor.workspace, &[id]).await?.pop();
        customer = found.map(|found| CustomerBrief {
            id: found.id,
            name: found.name,
            tier: found.tier,
        });
        let filter = Filter {
            customer: Some(id),
            ..Filter::default()
        };
        let mut ids = Vec::new();
        for view in [View::Open, View::Waiting, View::OnHold] {
            ids.extend(
                tickets::list(conn, actor, view, &filter, None, 5)
                    .await?
                    .into_iter()
                    .map(|seek| seek.id),
            );
        }
        open_tickets = view::summaries(conn, actor.workspace, actor.agent(), &ids).await?;
    }
    if !actor.may(Permission::TicketRead) {
        open_tickets.clear();
    }
    Ok(RingingCall {
        id: row.id,
        external_id: row.external_id.clone(),
        number: row.number.clone(),
        direction: row.direction,
        state: row.state,
        customer,
        open_tickets,
        agent_id: row.agent_id,
        started_at: row.started_at,
    })
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallsQuery {
    /// `ringing` by default
    state: Option<CallState>,
}

/// A telephone that rings longer has been forgotten by its system.
const RINGS: Length = Length::minutes(3);
const MOST: i64 = 20;

/// List calls that ring now
#[utoipa::path(get, path = "/calls", tag = "calls", params(CallsQuery),
    responses((status = 200, body = Page<RingingCall>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_calls(
    State(app): State<App>,
    Can(actor, _): Can<CallLog>,
    Params(query): Params<CallsQuery>,
) -> Result<Json<Page<RingingCall>>, Failure> {
    let state = query.state.unwrap_or(CallState::Ringing);
    let since = if state == CallState::Ringing {
        app.now().minus(RINGS)
    } else {
        Timestamp::default()
    };
    let mut conn = app.db.snapshot().await?;
    let mut items = Vec::new();
    for row in calls::in_state(&mut conn, actor.workspace, state, since, MOST).await? {
        items.push(shown(&mut conn, &actor, &row).await?);
    }
    Ok(Json(Page { items, next: None }))
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NoSuchTicket => Self::NotFound("ticket"),
            CallError::NoSuchInbox => Self::field("inbox_id", Fault::NoSuchInbox),
            CallError::Closed => Self::Conflict(Fault::CallClosed),
            CallError::NoSuchCustomer => Self::field("customer_id", Fault::NoSuchCustomer),
            CallError::Empty => Self::field("text", Fault::CallWords),
            CallError::Store(error) => error.into(),
        }
    }
}
