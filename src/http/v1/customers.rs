//! Customers: who they are, how they are reached, what they wrote about before.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::{Deserialize, Deserializer};
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, CustomerId, IdentityId, TicketId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::view::{self, Customer, TicketSummary};
use crate::actions::customers::{self as actions, CustomerEdit, CustomerError, Known};
use crate::actions::recipients::is_address;
use crate::app::App;
use crate::http::auth::{CustomerEdit as Edits, CustomerRead};
use crate::http::page::{Page, read_cursor, write_cursor};
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, Failure, Problem};
use crate::store::customers;
use crate::store::tickets::{self, Filter, Seek, View};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find_customer, edit_customer))
        .routes(routes!(list_customer_tickets))
        .routes(routes!(add_identity))
        .routes(routes!(remove_identity))
}

/// Open a customer
#[utoipa::path(get, path = "/customers/{customer}", tag = "customers", params(("customer" = CustomerId, Path)),
    responses((status = 200, body = Customer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn find_customer(
    State(app): State<App>,
    Can(actor, _): Can<CustomerRead>,
    PathId(customer): PathId<CustomerId>,
) -> Result<Json<Customer>, Failure> {
    shown(&app, &actor, customer).await
}

async fn check_visible(app: &App, actor: &Actor, id: CustomerId) -> Result<(), Failure> {
    let visible = customers::is_visible(&mut app.db.read().await?, actor, id).await?;
    if visible {
        Ok(())
    } else {
        Err(Failure::NotFound("customer"))
    }
}

async fn shown(app: &App, actor: &Actor, id: CustomerId) -> Result<Json<Customer>, Failure> {
    check_visible(app, actor, id).await?;
    let found = view::customers(&mut app.db.read().await?, actor.workspace, &[id])
        .await?
        .pop();
    found.map(Json).ok_or(Failure::NotFound("customer"))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CustomerIn {
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    tier: Option<Option<String>>,
    notes: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    locale: Option<Option<String>>,
    /// The customer's own agent; setting it needs `ticket.assign`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AgentId>)]
    dedicated_agent_id: Option<Option<AgentId>>,
}

/// Tells `null` (take it away) from absent (leave it).
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Edit what is known of a customer
#[utoipa::path(patch, path = "/customers/{customer}", tag = "customers", request_body = CustomerIn, params(("customer" = CustomerId, Path)),
    responses((status = 200, body = Customer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn edit_customer(
    State(app): State<App>,
    Can(actor, _): Can<Edits>,
    PathId(customer): PathId<CustomerId>,
    Body(edit): Body<CustomerIn>,
) -> Result<Json<Customer>, Failure> {
    check_visible(&app, &actor, customer).await?;
    if edit
        .name
        .as_deref()
        .is_some_and(|name| name.trim().is_empty() || name.chars().count() > 200)
    {
        return Err(Failure::field("name", "a name has 1 to 200 characters"));
    }
    if edit
        .notes
        .as_deref()
        .is_some_and(|notes| notes.chars().count() > 20_000)
    {
        return Err(Failure::field("notes", Fault::TooLong { most: 20000 }));
    }
    for (field, text) in [("tier", &edit.tier), ("locale", &edit.locale)] {
        let long = text.as_ref().and_then(Option::as_deref);
        if long.is_some_and(|text| text.chars().count() > 100) {
            return Err(Failure::field(field, Fault::TooLong { most: 100 }));
        }
    }
    let dedicated = edit.dedicated_agent_id;
    if dedicated.is_some() && !actor.may(Permission::TicketAssign) {
        return Err(Failure::Forbidden(Permission::TicketAssign));
    }
    let edit = CustomerEdit {
        name: edit.name,
        tier: edit.tier,
        notes: edit.notes,
        locale: edit.locale,
        dedicated,
    };
    app.change(&actor, (customer, edit), |change, (customer, edit)| {
        actions::edit(change, *customer, edit).boxed()
    })
    .await?;
    shown(&app, &actor, customer).await
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    after: Option<String>,
    /// At most 100; 20 by default.
    limit: Option<usize>,
}

/// List a customer's tickets, newest first
#[utoipa::path(get, path = "/customers/{customer}/tickets", tag = "customers", params(("customer" = CustomerId, Path), HistoryQuery),
    responses((status = 200, body = Page<TicketSummary>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_customer_tickets(
    State(app): State<App>,
    Can(actor, _): Can<CustomerRead>,
    PathId(customer): PathId<CustomerId>,
    Params(query): Params<HistoryQuery>,
) -> Result<Json<Page<TicketSummary>>, Failure> {
    let after: Option<Seek> = read_cursor(query.after.as_deref())?;
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let filter = Filter {
        customer: Some(customer),
        ..Filter::default()
    };
    let mut conn = app.db.snapshot().await?;
    let found = tickets::list(&mut conn, &actor, View::All, &filter, after, limit).await?;
    let ids: Vec<TicketId> = found.iter().map(|seek| seek.id).collect();
    let items = view::summaries(&mut conn, actor.workspace, actor.agent(), &ids).await?;
    let next = if found.len() == limit {
        found.last().map(write_cursor)
    } else {
        None
    };
    Ok(Json(Page { items, next }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct IdentityIn {
    /// `email`, `phone` or `external`
    kind: IdentityKind,
    value: String,
}

/// Add an address, a number or the shop's own id
#[utoipa::path(post, path = "/customers/{customer}/identities", tag = "customers", request_body = IdentityIn, params(("customer" = CustomerId, Path)),
    responses((status = 200, body = Customer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn add_identity(
    State(app): State<App>,
    Can(actor, _): Can<Edits>,
    PathId(customer): PathId<CustomerId>,
    Body(identity): Body<IdentityIn>,
) -> Result<Json<Customer>, Failure> {
    check_visible(&app, &actor, customer).await?;
    let known = known(&app, &identity)?;
    app.change(&actor, (customer, known), |change, (customer, known)| {
        actions::tell_identity(change, *customer, known).boxed()
    })
    .await?;
    shown(&app, &actor, customer).await
}

fn known(app: &App, given: &IdentityIn) -> Result<Known, Failure> {
    let value = given.value.trim();
    let folded = match given.kind {
        IdentityKind::Email if is_address(value) => fold(value),
        IdentityKind::Email => return Err(Failure::field("value", "this is not an email address")),
        IdentityKind::Phone => app
            .phone_number(value)
            .map_err(|error| Failure::field("value", error.to_string()))?,
        IdentityKind::External if !value.is_empty() && value.chars().count() <= 200 => value.to_owned(),
        IdentityKind::External => {
            return Err(Failure::field("value", "the shop's id has 1 to 200 characters"));
        }
        IdentityKind::Visitor => return Err(Failure::field("kind", "a visitor's browser names itself")),
    };
    Ok(Known {
        kind: given.kind,
        value: value.to_owned(),
        folded,
        verified: Verified::Agent,
    })
}

/// Remove an identity
#[utoipa::path(delete, path = "/customers/{customer}/identities/{identity}", tag = "customers",
    params(("customer" = CustomerId, Path), ("identity" = IdentityId, Path)),
    responses((status = 200, body = Customer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn remove_identity(
    State(app): State<App>,
    Can(actor, _): Can<Edits>,
    PathId((customer, identity)): PathId<(CustomerId, IdentityId)>,
) -> Result<Json<Customer>, Failure> {
    check_visible(&app, &actor, customer).await?;
    app.change(&actor, (customer, identity), |change, &(customer, identity)| {
        actions::remove_identity(change, customer, identity).boxed()
    })
    .await?;
    shown(&app, &actor, customer).await
}

impl From<CustomerError> for Failure {
    fn from(error: CustomerError) -> Self {
        let words = error.to_string();
        match error {
            CustomerError::NotFound => Self::NotFound("customer"),
            CustomerError::Taken(_) => Self::Conflict(words.into()),
            CustomerError::Agent(error) => error.into(),
            CustomerError::Store(error) => error.into(),
        }
    }
}
