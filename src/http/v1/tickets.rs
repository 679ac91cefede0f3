//! Tickets: lists, one ticket with its conversation, edits, tags.

use axum::Json;
use axum::extract::State;
use futures_util::FutureExt;
use serde::{Deserialize, Deserializer, Serialize};
use shouwen_core::actor::Actor;
use shouwen_core::channel::Channel;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, CustomerId, InboxId, MacroId, TagId, TeamId, TicketId};
use shouwen_core::message::Visibility;
use shouwen_core::ticket::{Field, TicketNumber};
use shouwen_core::time::Timestamp;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::activity::{self, Activity};
use super::schedules::{self, ScheduledReply};
use super::view::{self, Customer, Message, TicketSummary};
use crate::actions::edits::{self, Edit, EditError};
use crate::actions::tickets::LONGEST_REASON;
use crate::actions::{recipients, replies};
use crate::app::App;
use crate::db::{Conn, Error};
use crate::http::auth::{TicketEdit, TicketRead};
use crate::http::page::{read_cursor, write_cursor};
use crate::http::problem::{Params, PathId};
use crate::http::{Body, Can, Failure, Problem};
use crate::log;
use crate::store::messages;
use crate::store::tickets::{self, DueSeek, Filter, Seek, TicketRow, View};

/// The words of a query, which no body names.
#[derive(OpenApi)]
#[openapi(components(schemas(View, Order)))]
struct Words;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Words::openapi())
        .routes(routes!(list_tickets))
        .routes(routes!(count_views))
        .routes(routes!(find_ticket, edit_ticket))
        .routes(routes!(edit_tags))
}

shouwen_core::words! {
    /// How a list is ordered.
    Order { Newest = "newest", Due = "due" }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// mine, unassigned, open (new and open), waiting, on_hold, solved, closed, all or mentions
    view: Option<View>,
    inbox: Option<InboxId>,
    team: Option<TeamId>,
    assignee: Option<AgentId>,
    tag: Option<TagId>,
    customer: Option<CustomerId>,
    /// newest (message first, by default) or due (soonest first; tickets that are not due are left out)
    order: Option<Order>,
    /// At most 100; 50 by default.
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TicketPage {
    /// The number of the log that the page is true of.
    seq: i64,
    items: Vec<TicketSummary>,
    next: Option<String>,
}

/// List tickets, newest message first or soonest due first
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(ListQuery),
    responses((status = 200, body = TicketPage), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_tickets(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    Params(query): Params<ListQuery>,
) -> Result<Json<TicketPage>, Failure> {
    let limit = query.limit.unwrap_or(50).clamp(1, 100);
    let filter = Filter {
        inbox: query.inbox,
        team: query.team,
        assignee: query.assignee,
        tag: query.tag,
        customer: query.customer,
    };
    let mut conn = app.db.snapshot().await?;
    let seq = log::last_seq(&mut conn, actor.workspace).await?;
    let view = query.view.unwrap_or(View::All);
    let after = query.after.as_deref();
    let (ids, last): (Vec<TicketId>, Option<String>) = if query.order == Some(Order::Due) {
        let after: Option<DueSeek> = read_cursor(after)?;
        let found = tickets::list_by_due(&mut conn, &actor, view, &filter, after, limit).await?;
        (
            found.iter().map(|seek| seek.id).collect(),
            found.last().map(write_cursor),
        )
    } else {
        let after: Option<Seek> = read_cursor(after)?;
        let found = tickets::list(&mut conn, &actor, view, &filter, after, limit).await?;
        (
            found.iter().map(|seek| seek.id).collect(),
            found.last().map(write_cursor),
        )
    };
    let items = view::summaries(&mut conn, actor.workspace, actor.agent(), &ids).await?;
    let next = last.filter(|_| ids.len() == limit);
    Ok(Json(TicketPage { seq, items, next }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Counted {
    count: usize,
    /// There are more than were counted.
    more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ViewCounts {
    views: std::collections::BTreeMap<String, Counted>,
}

/// Counts are exact up to here.
const MOST: usize = 99;

/// Count the tickets of the views that an agent watches, up to 99
#[utoipa::path(get, path = "/counts", tag = "tickets",
    responses((status = 200, body = ViewCounts), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn count_views(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
) -> Result<Json<ViewCounts>, Failure> {
    let mut conn = app.db.read().await?;
    let mut views = std::collections::BTreeMap::new();
    for view in tickets::mine_to_watch() {
        let count = tickets::count(&mut conn, &actor, view, MOST + 1).await?;
        views.insert(
            view.to_string(),
            Counted {
                count: count.min(MOST),
                more: count > MOST,
            },
        );
    }
    Ok(Json(ViewCounts { views }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    text: String,
    visibility: Visibility,
    /// The macros that it is written from.
    macro_ids: Vec<MacroId>,
    updated_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyDefaults {
    channel: Channel,
    to: Vec<String>,
    cc: Vec<String>,
    subject: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TicketDetail {
    /// The number of the log that this is true of.
    seq: i64,
    ticket: TicketSummary,
    customer: Customer,
    /// The newest, in order.
    messages: Vec<Message>,
    activities: Vec<Activity>,
    /// For older messages.
    before: Option<String>,
    draft: Option<Draft>,
    read_position: i64,
    reply_defaults: ReplyDefaults,
    /// Answers that wait, or were cancelled.
    scheduled: Vec<ScheduledReply>,
}

/// Open a ticket by its id or its number
#[utoipa::path(get, path = "/tickets/{ticket}", tag = "tickets", params(("ticket" = String, Path, description = "id or number")),
    responses((status = 200, body = TicketDetail), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn find_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<String>,
) -> Result<Json<TicketDetail>, Failure> {
    let mut conn = app.db.snapshot().await?;
    let id = resolve(&mut conn, &actor, &ticket).await?;
    Ok(Json(detail(&mut conn, &actor, id).await?))
}

pub(super) async fn resolve(conn: &mut Conn, actor: &Actor, text: &str) -> Result<TicketId, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let number = TicketNumber::parse(text).map_err(|_| Failure::NotFound("ticket"))?;
    let found = tickets::find_by_number(conn, actor.workspace, number).await?;
    Ok(found.ok_or(Failure::NotFound("ticket"))?.id)
}

/// Messages of one page of a conversation.
const PAGE: i64 = 50;

/// The ticket as its reader opens it.
pub async fn detail(conn: &mut Conn, actor: &Actor, id: TicketId) -> Result<TicketDetail, Failure> {
    let workspace = actor.workspace;
    let seq = log::last_seq(conn, workspace).await?;
    let row = tickets::find_visible(conn, actor, id)
        .await?
        .ok_or(Failure::NotFound("ticket"))?;
    let ticket = view::summaries(conn, workspace, actor.agent(), &[id])
        .await?
        .pop()
        .ok_or(Failure::NotFound("ticket"))?;
    let customer = view::customers(conn, workspace, &[row.customer_id])
        .await?
        .pop()
        .ok_or(Failure::NotFound("customer"))?;
    let page = conversation(conn, actor, &row, None, PAGE).await?;
    let (mut draft, mut read_position) = (None, 0);
    if let Some(agent) = actor.agent() {
        draft = tickets::draft(conn, workspace, id, agent).await?;
        read_position = tickets::read_position(conn, workspace, id, agent).await?;
    }
    let derived = recipients::derive(conn, workspace, &row, None).await?;
    let reply_defaults = ReplyDefaults {
        channel: replies::answer_channel(&row),
        to: derived.to,
        cc: derived.cc,
        subject: derived.subject.or_else(|| Some(row.subject.clone())),
    };
    Ok(TicketDetail {
        seq,
        ticket,
        customer,
        messages: page.items,
        activities: page.activities,
        before: page.before,
        draft: draft.map(|row| Draft {
            text: row.text,
            visibility: row.visibility,
            macro_ids: row.macro_ids.0,
            updated_at: row.updated_at,
        }),
        read_position,
        reply_defaults,
        scheduled: schedules::of_ticket(conn, workspace, id).await?,
    })
}

/// A page of a conversation, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationPage {
    pub items: Vec<Message>,
    /// What happened to the ticket between the page's messages.
    pub activities: Vec<Activity>,
    pub before: Option<String>,
}

/// Where a page of a conversation began: the position of its first message and the number of its first event.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Older {
    position: i64,
    seq: i64,
}

/// The messages before `older`, with the activities among them.
pub async fn conversation(
    conn: &mut Conn,
    actor: &Actor,
    row: &TicketRow,
    older: Option<Older>,
    limit: i64,
) -> Result<ConversationPage, Failure> {
    let older = older.unwrap_or(Older {
        position: i64::MAX,
        seq: i64::MAX,
    });
    let mut rows = messages::before(conn, actor.workspace, row.id, older.position, limit + 1).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    rows.reverse();
    let events = log::of_ticket(conn, actor.workspace, row.id, older.seq, 4 * limit).await?;
    let from = if more {
        rows.first().map(|row| row.created_at)
    } else {
        None
    };
    let within = events
        .iter()
        .filter(|event| from.is_none_or(|from| event.happened_at >= from));
    let mut kept: Vec<_> = within.collect();
    kept.reverse();
    let first = kept.first().map_or(older.seq, |event| event.seq);
    let activities = activity::activities(conn, actor.workspace, &kept).await?;
    let before = match rows.first() {
        Some(row) if more => Some(write_cursor(&Older {
            position: row.position,
            seq: first,
        })),
        _ => None,
    };
    let items = view::messages(conn, actor.workspace, &rows, row.customer_seen).await?;
    Ok(ConversationPage {
        items,
        activities,
        before,
    })
}

/// Fields or tags that change at once, while everybody else's changes wait.
const MOST_EDITS: usize = 100;

/// One field: what the editor saw, and what it shall be.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditIn {
    field: Field,
    #[serde(default, deserialize_with = "text_or_nothing")]
    old: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    new: Option<String>,
    /// Why a status is chosen: needed for one that puts work on the ticket aside (on hold, or waiting for a customer
    /// who is waiting for an answer), at most 500 characters.
    #[serde(default)]
    reason: Option<String>,
}

impl TryFrom<EditIn> for Edit {
    type Error = Failure;

    fn try_from(edit: EditIn) -> Result<Self, Failure> {
        let reason = edit.reason.map(|reason| reason.trim().to_owned());
        let reason = reason.filter(|reason| !reason.is_empty());
        let most = LONGEST_REASON;
        if reason
            .as_ref()
            .is_some_and(|reason| reason.chars().count() > most)
        {
            return Err(Failure::field("edits/reason", Fault::TooLong { most }));
        }
        Ok(Self {
            field: edit.field,
            old: edit.old,
            new: edit.new,
            reason,
        })
    }
}

fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct EditsIn {
    edits: Vec<EditIn>,
}

/// Edit fields; each is compared with what the editor saw, and those that nobody else changed hold
#[utoipa::path(patch, path = "/tickets/{ticket}", tag = "tickets", request_body = EditsIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = TicketSummary), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn edit_ticket(
    State(app): State<App>,
    Can(actor, _): Can<TicketRead>,
    PathId(ticket): PathId<TicketId>,
    Body(edits): Body<EditsIn>,
) -> Result<Json<TicketSummary>, Failure> {
    if edits.edits.len() > MOST_EDITS {
        return Err(Failure::field("edits", Fault::TooMany { most: MOST_EDITS }));
    }
    let edits: Vec<Edit> = edits
        .edits
        .into_iter()
        .map(Edit::try_from)
        .collect::<Result<_, _>>()?;
    let conflicts = app
        .change(&actor, (ticket, edits), |change, (ticket, edits)| {
            edits::edit(change, *ticket, edits).boxed()
        })
        .await?;
    if !conflicts.is_empty() {
        return Err(Failure::EditConflict(
            serde_json::to_value(conflicts).unwrap_or_default(),
        ));
    }
    one_summary(&app, &actor, ticket).await
}

pub(super) async fn one_summary(
    app: &App,
    actor: &Actor,
    ticket: TicketId,
) -> Result<Json<TicketSummary>, Failure> {
    let mut conn = app.db.read().await?;
    let found = view::summaries(&mut conn, actor.workspace, actor.agent(), &[ticket])
        .await?
        .pop();
    found.map(Json).ok_or(Failure::NotFound("ticket"))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct TagsIn {
    #[serde(default)]
    add: Vec<TagId>,
    #[serde(default)]
    remove: Vec<TagId>,
}

/// Add and remove tags
#[utoipa::path(post, path = "/tickets/{ticket}/tags", tag = "tickets", request_body = TagsIn, params(("ticket" = TicketId, Path)),
    responses((status = 200, body = TicketSummary), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn edit_tags(
    State(app): State<App>,
    Can(actor, _): Can<TicketEdit>,
    PathId(ticket): PathId<TicketId>,
    Body(tags): Body<TagsIn>,
) -> Result<Json<TicketSummary>, Failure> {
    if tags.add.len() + tags.remove.len() > MOST_EDITS {
        return Err(Failure::field("add", Fault::TooMany { most: MOST_EDITS }));
    }
    let input = (ticket, tags.add, tags.remove);
    app.change(&actor, input, |change, (ticket, add, remove)| {
        edits::edit_tags(change, *ticket, add, remove).boxed()
    })
    .await?;
    one_summary(&app, &actor, ticket).await
}

pub(super) fn no_account() -> Failure {
    Failure::Refused(Fault::KeyIsNobody)
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        match error {
            EditError::NoSuchTicket => Self::NotFound("ticket"),
            EditError::Wrong(field, fault) => Self::field(&format!("edits/{field}"), fault),
            EditError::ReasonNeeded => Self::field("edits/reason", Fault::PauseReason),
            EditError::Forbidden(permission) => Self::Forbidden(permission),
            EditError::Store(Error::Other(error))
                if error
                    .as_database_error()
                    .is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) =>
            {
                Self::field("", Fault::IdGone)
            }
            EditError::Store(error) => error.into(),
        }
    }
}
