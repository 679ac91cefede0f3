//! Lists of tickets: a view and filters, newest first, by seeking. No list counts or skips rows.

use serde::{Deserialize, Serialize};
use shouwen_core::actor::{Actor, Scope};
use shouwen_core::id::{AgentId, CustomerId, InboxId, TagId, TeamId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::scope::visible;
use crate::db::{Conn, Query, Result};
use crate::store::agents;

shouwen_core::words! {
    View {
        Mine = "mine", Unassigned = "unassigned", Open = "open", Waiting = "waiting", OnHold = "on_hold",
        Solved = "solved", Closed = "closed", All = "all", Mentions = "mentions",
        /// In no other view.
        Spam = "spam",
    }
}

#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub inbox: Option<InboxId>,
    pub team: Option<TeamId>,
    pub assignee: Option<AgentId>,
    pub tag: Option<TagId>,
    pub customer: Option<CustomerId>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Seek {
    pub last_message_at: Timestamp,
    pub id: TicketId,
}

/// The ids of one page, newest first, each with where it stands.
pub async fn list(
    conn: &mut Conn,
    actor: &Actor,
    view: View,
    filter: &Filter,
    after: Option<Seek>,
    limit: usize,
) -> Result<Vec<Seek>> {
    let after = after.map(|seek| (seek.last_message_at, seek.id));
    let asked = Asked::new(Order::Newest, view, filter);
    let mut found = gather(conn, actor, asked, after, limit).await?;
    found.sort_by_key(|place| std::cmp::Reverse(*place));
    Ok(page(found, limit, |(last_message_at, id)| Seek {
        last_message_at,
        id,
    }))
}

/// Where a page of the soonest due ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct DueSeek {
    pub due_at: Timestamp,
    pub id: TicketId,
}

/// The ids of one page, the soonest due first. Tickets that are not due are left out.
pub async fn list_by_due(
    conn: &mut Conn,
    actor: &Actor,
    view: View,
    filter: &Filter,
    after: Option<DueSeek>,
    limit: usize,
) -> Result<Vec<DueSeek>> {
    let after = after.map(|seek| (seek.due_at, seek.id));
    let asked = Asked::new(Order::SoonestDue, view, filter);
    let mut found = gather(conn, actor, asked, after, limit).await?;
    found.sort_unstable();
    Ok(page(found, limit, |(due_at, id)| DueSeek { due_at, id }))
}

/// Tickets whose folded subject begins with `start`, in its order.
pub async fn with_subject(conn: &mut Conn, actor: &Actor, start: &str, limit: i64) -> Result<Vec<TicketId>> {
    let query = conn
        .build(
            "SELECT ticket.id FROM ticket WHERE ticket.workspace_id = $1 AND ticket.subject_folded >= $2
             AND ticket.subject_folded < $3",
        )
        .bind(actor.workspace)
        .bind(start)
        .bind(format!("{start}\u{10ffff}"));
    let query = visible(query, actor)
        .push(" ORDER BY ticket.subject_folded, ticket.id LIMIT ")
        .push_bind(limit);
    let rows: Vec<(TicketId,)> = query.all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many tickets a view holds, counted up to `most`: the work is bounded however long the history.
pub async fn count(conn: &mut Conn, actor: &Actor, view: View, most: usize) -> Result<usize> {
    Ok(list(conn, actor, view, &Filter::default(), None, most)
        .await?
        .len())
}

/// The views whose counts an agent keeps before the eyes.
pub fn mine_to_watch() -> [View; 6] {
    [
        View::Mine,
        View::Unassigned,
        View::Open,
        View::Waiting,
        View::OnHold,
        View::Mentions,
    ]
}

/// A view over two categories is two seeks along the category's index, merged.
fn parts(view: View) -> &'static [&'static str] {
    match view {
        View::Open => &["new", "open"],
        View::Waiting => &["waiting"],
        View::OnHold => &["on_hold"],
        View::Solved => &["solved"],
        View::Closed => &["closed"],
        View::Mine | View::Unassigned | View::All | View::Mentions | View::Spam => &[""],
    }
}

/// Where a ticket stands in a list.
type Place = (Timestamp, TicketId);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Newest,
    SoonestDue,
}

/// One seek along one index: the part of a view that lies in one part of the actor's scope.
#[derive(Clone, Copy)]
struct Asked<'a> {
    order: Order,
    view: View,
    part: &'static str,
    reach: Reach,
    filter: &'a Filter,
}

impl<'a> Asked<'a> {
    fn new(order: Order, view: View, filter: &'a Filter) -> Self {
        Self {
            order,
            view,
            part: "",
            reach: Reach::Looked,
            filter,
        }
    }
}

/// A page of each part, in no order.
async fn gather(
    conn: &mut Conn,
    actor: &Actor,
    asked: Asked<'_>,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Place>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    let reaches = reaches(conn, actor, asked).await?;
    for part in parts(asked.view) {
        for reach in &reaches {
            let asked = Asked {
                part,
                reach: *reach,
                ..asked
            };
            found.extend(match asked.order {
                Order::Newest => newest(conn, actor, asked, after, limit).await?,
                Order::SoonestDue => soonest_due(conn, actor, asked, after, limit).await?,
            });
        }
    }
    Ok(found)
}

fn page<T>(mut found: Vec<Place>, limit: usize, seek: impl Fn(Place) -> T) -> Vec<T> {
    found.dedup();
    found.into_iter().take(limit).map(seek).collect()
}

async fn newest(
    conn: &mut Conn,
    actor: &Actor,
    asked: Asked<'_>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    let query =
        conn.build("SELECT ticket.last_message_at, ticket.id FROM ticket WHERE ticket.workspace_id = $1");
    let mut query = narrowed(query.bind(actor.workspace), actor, asked);
    if let Some(place) = after {
        query = at(query.push(" AND (ticket.last_message_at, ticket.id) < ("), place);
    }
    let query = query.push(" ORDER BY ticket.last_message_at DESC, ticket.id DESC LIMIT ");
    query.push_bind(limit).all().await
}

async fn soonest_due(
    conn: &mut Conn,
    actor: &Actor,
    asked: Asked<'_>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    let query = conn.build(
        "SELECT ticket.sla_due_at, ticket.id FROM ticket WHERE ticket.workspace_id = $1
         AND ticket.sla_due_at IS NOT NULL",
    );
    let mut query = narrowed(query.bind(actor.workspace), actor, asked);
    if let Some(place) = after {
        query = at(query.push(" AND (ticket.sla_due_at, ticket.id) > ("), place);
    }
    let query = query.push(" ORDER BY ticket.sla_due_at, ticket.id LIMIT ");
    query.push_bind(limit).all().await
}

fn at(query: Query<'_>, (at, id): Place) -> Query<'_> {
    query.push_bind(at).push(", ").push_bind(id).push(")")
}

fn narrowed<'c>(query: Query<'c>, actor: &Actor, asked: Asked<'_>) -> Query<'c> {
    let query = in_view(query, actor, asked.view, asked.part);
    let query = filtered(query, actor.workspace, asked.filter);
    within(query, actor, asked)
}

/// Along which index a scope is walked.
#[derive(Clone, Copy)]
enum Reach {
    /// What the view finds, each ticket looked at.
    Looked,
    Assignee(AgentId, bool),
    Owner(AgentId, bool),
    Team(Option<TeamId>, bool),
}

/// More teams than this are looked at ticket by ticket.
const MOST_TEAMS: usize = 12;

/// A narrow scope in a wide view is walked part by part: an index that knows nothing of the scope would be walked
/// through everybody else's tickets.
async fn reaches(conn: &mut Conn, actor: &Actor, asked: Asked<'_>) -> Result<Vec<Reach>> {
    let (view, filter) = (asked.view, asked.filter);
    let wide = !matches!(view, View::Mine | View::Unassigned | View::Mentions);
    let narrowed = filter.customer.is_some() || filter.team.is_some() || filter.assignee.is_some();
    let agent = match actor.agent() {
        Some(agent) if actor.scope != Scope::All && wide && !narrowed => agent,
        _ => return Ok(vec![Reach::Looked]),
    };
    let mut teams = vec![None];
    if actor.scope == Scope::Teams {
        let own = agents::teams_of(conn, actor.workspace, agent).await?;
        teams.extend(own.into_iter().map(Some));
    } else {
        teams.clear();
    }
    if teams.len() > MOST_TEAMS {
        return Ok(vec![Reach::Looked]);
    }
    let mut found = Vec::new();
    for active in activities(asked) {
        found.extend([Reach::Assignee(agent, *active), Reach::Owner(agent, *active)]);
        found.extend(teams.iter().map(|team| Reach::Team(*team, *active)));
    }
    Ok(found)
}

/// Whether a view's tickets are somebody's work still; the indexes tell the two apart.
fn activities(asked: Asked<'_>) -> &'static [bool] {
    match asked.view {
        // Spam is nobody's work, whatever its category.
        View::Solved | View::Closed | View::Spam => &[false],
        // What is over is not due.
        View::All if asked.order == Order::Newest => &[true, false],
        _ => &[true],
    }
}

fn within<'c>(query: Query<'c>, actor: &Actor, asked: Asked<'_>) -> Query<'c> {
    let (query, active) = match asked.reach {
        Reach::Looked => return visible(query, actor),
        Reach::Assignee(agent, active) => (query.push(" AND ticket.assignee_id = ").push_bind(agent), active),
        Reach::Owner(agent, active) => (query.push(" AND ticket.owner_id = ").push_bind(agent), active),
        Reach::Team(None, active) => (query.push(" AND ticket.team_id IS NULL"), active),
        Reach::Team(Some(team), active) => (query.push(" AND ticket.team_id = ").push_bind(team), active),
    };
    query.push(if active {
        " AND ticket.active = TRUE"
    } else {
        " AND ticket.active = FALSE"
    })
}

fn in_view<'c>(query: Query<'c>, actor: &Actor, view: View, category: &'static str) -> Query<'c> {
    let me = actor.agent();
    // Compared with a truth value: only then SQLite seeks along the indexes that begin with it.
    let query = query.push(if view == View::Spam {
        " AND ticket.spam = TRUE"
    } else {
        " AND ticket.spam = FALSE"
    });
    match view {
        // Compared with TRUE: only then SQLite seeks along the index by assignee.
        View::Mine => query
            .push(" AND ticket.active = TRUE AND ticket.assignee_id = ")
            .push_bind(me),
        View::Unassigned => query.push(" AND ticket.active = TRUE AND ticket.assignee_id IS NULL"),
        View::All | View::Spam => query,
        View::Mentions => query
            .push(
                " AND ticket.id IN (SELECT ticket_id FROM notification WHERE read_at IS NULL AND kind = 'mention' \
                 AND workspace_id = ",
            )
            .push_bind(actor.workspace)
            .push(" AND agent_id = ")
            .push_bind(me)
            .push(")"),
        View::Open | View::Waiting | View::OnHold | View::Solved | View::Closed => {
            query.push(" AND ticket.category = ").push_bind(category)
        }
    }
}

fn filtered<'c>(mut query: Query<'c>, workspace: WorkspaceId, filter: &Filter) -> Query<'c> {
    if let Some(inbox) = filter.inbox {
        query = query.push(" AND (ticket.inbox_id = ").push_bind(inbox);
        query = query
            .push(" OR ticket.id IN (SELECT ticket_id FROM ticket_inbox WHERE workspace_id = ")
            .push_bind(workspace)
            .push(" AND inbox_id = ")
            .push_bind(inbox)
            .push("))");
    }
    if let Some(team) = filter.team {
        query = query.push(" AND ticket.team_id = ").push_bind(team);
    }
    if let Some(assignee) = filter.assignee {
        query = query.push(" AND ticket.assignee_id = ").push_bind(assignee);
    }
    if let Some(customer) = filter.customer {
        query = query.push(" AND ticket.customer_id = ").push_bind(customer);
    }
    if let Some(tag) = filter.tag {
        query = query.push(" AND ticket.id IN (SELECT ticket_id FROM ticket_tag WHERE workspace_id = ");
        query = query
            .push_bind(workspace)
            .push(" AND tag_id = ")
            .push_bind(tag)
            .push(")");
    }
    query
}
