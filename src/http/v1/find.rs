//! Finding a ticket or a customer by what one has at hand: a number, a phone, an address, a subject, a name.
//!
//! Exact look-ups and beginnings, each along an index. The full search over all that was written is another matter.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::customer::{IdentityKind, fold};
use shouwen_core::id::{CustomerId, TicketId};
use shouwen_core::ticket::TicketNumber;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::view::{self, Customer, TicketSummary};
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::{CallLog, TicketRead};
use crate::http::problem::Params;
use crate::http::{Can, Failure, Problem};
use crate::store::customers;
use crate::store::tickets::{self, Filter, View};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find))
        .routes(routes!(find_callers))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    tickets: Vec<TicketSummary>,
    customers: Vec<Customer>,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindQuery {
    q: String,
}

/// Most of each kind.
const MOST: i64 = 20;

/// Find tickets and customers by number, phone, email, subject or name
#[utoipa::path(get, path = "/find", tag = "tickets", params(FindQuery),
    responses((status = 200, body = Found), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn find(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    Params(query): Params<FindQuery>,
) -> Result<Json<Found>, Failure> {
    let folded = fold(&query.q);
    if folded.is_empty() {
        return Ok(Json(Found {
            tickets: Vec::new(),
            customers: Vec::new(),
        }));
    }
    let mut conn = app.db.snapshot().await?;
    let mut ids: Vec<TicketId> = Vec::new();
    if let Ok(number) = TicketNumber::parse(&query.q)
        && let Some(ticket) = tickets::find_by_number(&mut conn, actor.workspace, number).await?
        && tickets::is_visible(&mut conn, &actor, ticket.id).await?
    {
        ids.push(ticket.id);
    }
    let people = people(&app, &mut conn, &actor, &query.q, &folded).await?;
    for customer in people.iter().take(5) {
        add_new(
            &mut ids,
            tickets_of(&mut conn, &actor, *customer, View::All, 5).await?,
        );
    }
    add_new(
        &mut ids,
        tickets::with_subject(&mut conn, &actor, &folded, MOST).await?,
    );
    ids.truncate(usize::try_from(MOST).unwrap_or(20));
    let tickets = view::summaries(&mut conn, actor.workspace, actor.agent(), &ids).await?;
    let customers = known(&mut conn, &actor, &people).await?;
    Ok(Json(Found { tickets, customers }))
}

/// The customers that the words may mean, the surest first, that the actor may see.
async fn people(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    text: &str,
    folded: &str,
) -> Result<Vec<CustomerId>, Failure> {
    let workspace = actor.workspace;
    let mut ids = Vec::new();
    if let Ok(phone) = app.phone_number(text) {
        add_new(
            &mut ids,
            customers::starting_with(conn, workspace, IdentityKind::Phone, &phone, MOST).await?,
        );
    }
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 4 && digits.len() == folded.chars().filter(|c| !matches!(c, ' ' | '-' | '+')).count() {
        let start = if folded.starts_with('+') {
            format!("+{digits}")
        } else {
            app.phone_start(&digits)
        };
        add_new(
            &mut ids,
            customers::starting_with(conn, workspace, IdentityKind::Phone, &start, MOST).await?,
        );
    }
    add_new(
        &mut ids,
        customers::starting_with(conn, workspace, IdentityKind::Email, folded, MOST).await?,
    );
    ids.extend(customers::find_by_identity(conn, workspace, IdentityKind::External, text.trim()).await?);
    add_new(&mut ids, customers::named(conn, workspace, folded, MOST).await?);
    let mut seen = Vec::new();
    for id in ids {
        if !seen.contains(&id) && customers::is_visible(conn, actor, id).await? {
            seen.push(id);
        }
    }
    Ok(seen)
}

/// The customers, for whoever may read customers.
async fn known(conn: &mut Conn, actor: &Actor, people: &[CustomerId]) -> Result<Vec<Customer>, Failure> {
    if !actor.may(Permission::CustomerRead) {
        return Ok(Vec::new());
    }
    Ok(view::customers(conn, actor.workspace, people).await?)
}

async fn tickets_of(
    conn: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    view: View,
    limit: usize,
) -> Result<Vec<TicketId>, Failure> {
    let filter = Filter {
        customer: Some(customer),
        ..Filter::default()
    };
    let found = tickets::list(conn, actor, view, &filter, None, limit).await?;
    Ok(found.into_iter().map(|seek| seek.id).collect())
}

fn add_new<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallersQuery {
    number: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Callers {
    /// The number in E.164, when it is one.
    normalised: Option<String>,
    /// What is wrong with it, when it is none (yet).
    problem: Option<String>,
    customers: Vec<Customer>,
    open_tickets: Vec<TicketSummary>,
}

/// Look a caller up while the number is typed
#[utoipa::path(get, path = "/callers", tag = "calls", params(CallersQuery),
    responses((status = 200, body = Callers), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn find_callers(
    State(app): State<App>,
    Can(actor, _): Can<CallLog>,
    Params(query): Params<CallersQuery>,
) -> Result<Json<Callers>, Failure> {
    let number = app.phone_number(&query.number);
    let mut conn = app.db.snapshot().await?;
    let found = people(&app, &mut conn, &actor, &query.number, &fold(&query.number)).await?;
    let mut ids = Vec::new();
    let shown = if actor.may(Permission::TicketRead) { 3 } else { 0 };
    for customer in found.iter().take(shown) {
        for view in [View::Open, View::Waiting, View::OnHold] {
            add_new(&mut ids, tickets_of(&mut conn, &actor, *customer, view, 5).await?);
        }
    }
    Ok(Json(Callers {
        customers: known(&mut conn, &actor, &found).await?,
        open_tickets: view::summaries(&mut conn, actor.workspace, actor.agent(), &ids).await?,
        problem: number.as_ref().err().map(ToString::to_string),
        normalised: number.ok(),
    }))
}
