//! The live board: what is due, who waits, who is here and how loaded they are. Bounded however large the desk.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shouwen_core::actor::Actor;
use shouwen_core::channel::Channel;
use shouwen_core::id::{AgentId, TeamId, TicketId};
use shouwen_core::routing::{Candidate, Presence};
use shouwen_core::time::{Length, Timestamp};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::routing::facts::Rules;
use crate::app::App;
use crate::db::Conn;
use crate::http::auth::BoardRead;
use crate::http::{Can, Failure, Problem};
use crate::store::agents::{self, AgentRow};
use crate::store::routing::{self, AgentStateRow, LoadRow, LongestRow};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_board))
}

/// How far anything is counted.
const MOST: i64 = 1_000;
/// Later than anything falls due.
const NEVER: Timestamp = Timestamp::from_millis(i64::MAX);

shouwen_core::words! {
    BoardBy {
        /// By the nearest due time.
        Due = "due",
    }
}

shouwen_core::words! {
    BucketCode {
        Overdue = "overdue", Within15m = "within_15m", Within1h = "within_1h", Within4h = "within_4h",
        Within24h = "within_24h", Later = "later", NoClock = "no_clock",
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Bucket {
    code: BucketCode,
    count: i64,
    /// There are more: counting stopped.
    more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Queue {
    unassigned: i64,
    more: bool,
    oldest_waiting_since: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
struct LongestWait {
    ticket_id: TicketId,
    number: String,
    subject: String,
    waiting_since: Timestamp,
    assignee_id: Option<AgentId>,
    team_id: Option<TeamId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct BoardTeam {
    team_id: TeamId,
    auto_assign: bool,
    unassigned: i64,
    more: bool,
    oldest_waiting_since: Option<Timestamp>,
    available_agents: i64,
    /// Of those available.
    load: i64,
    capacity: i64,
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct ByChannel {
    chat: i64,
    email: i64,
    phone: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct BoardAgent {
    agent_id: AgentId,
    presence: Presence,
    since: Timestamp,
    automatic: bool,
    on_shift: bool,
    available: bool,
    /// By weight.
    load: i64,
    capacity: i64,
    /// New and open ones.
    tickets: ByChannel,
}

#[derive(Debug, Serialize, ToSchema)]
struct Board {
    at: Timestamp,
    by: BoardBy,
    buckets: Vec<Bucket>,
    queue: Queue,
    longest_wait: Option<LongestWait>,
    teams: Vec<BoardTeam>,
    agents: Vec<BoardAgent>,
}

/// What is due, who waits, who is here
#[utoipa::path(get, path = "/board", tag = "routing",
    responses((status = 200, body = Board), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn show_board(State(app): State<App>, Can(actor, _): Can<BoardRead>) -> Result<Json<Board>, Failure> {
    let now = app.now();
    let mut conn = app.db.snapshot().await?;
    let memberships = agents::memberships(&mut conn, actor.workspace).await?;
    let rules = Rules::load(&mut conn, actor.workspace, now).await?;
    let mut people = agents::all(&mut conn, actor.workspace).await?;
    people.retain(|agent| agent.active);
    let active: Vec<AgentId> = people.iter().map(|agent| agent.id).collect();
    let (candidates, _) = rules.candidates(&mut conn, None, &active, &[]).await?;
    let loads = routing::loads(&mut conn, actor.workspace, &active).await?;
    let states = routing::states(&mut conn, actor.workspace).await?;
    let longest = routing::longest_waiting(&mut conn, &actor).await?;
    let teams = teams(&mut conn, &actor, &rules, &candidates, &memberships).await?;
    let loose = unassigned(&mut conn, &actor, None).await?;
    Ok(Json(Board {
        at: now,
        by: BoardBy::Due,
        buckets: buckets(&mut conn, &actor, now).await?,
        queue: queue(&teams, loose),
        longest_wait: longest.map(LongestWait::from),
        agents: candidates
            .iter()
            .map(|one| board_agent(one, &people, &states, &loads))
            .collect(),
        teams,
    }))
}

/// By the minutes that are left until the nearest due time.
async fn buckets(conn: &mut Conn, actor: &Actor, now: Timestamp) -> Result<Vec<Bucket>, Failure> {
    let edges = [
        (BucketCode::Overdue, now),
        (BucketCode::Within15m, now.plus(Length::minutes(15))),
        (BucketCode::Within1h, now.plus(Length::hours(1))),
        (BucketCode::Within4h, now.plus(Length::hours(4))),
        (BucketCode::Within24h, now.plus(Length::hours(24))),
        (BucketCode::Later, NEVER),
    ];
    let (mut found, mut from) = (Vec::new(), Timestamp::from_millis(0));
    for (code, to) in edges {
        let count = routing::count_due(conn, actor, (from, to), MOST + 1).await?;
        found.push(bucket(code, count));
        from = to;
    }
    let count = routing::count_without_clock(conn, actor, MOST + 1).await?;
    found.push(bucket(BucketCode::NoClock, count));
    Ok(found)
}

fn bucket(code: BucketCode, count: i64) -> Bucket {
    Bucket {
        code,
        count: count.min(MOST),
        more: count > MOST,
    }
}

async fn teams(
    conn: &mut Conn,
    actor: &Actor,
    rules: &Rules,
    candidates: &[Candidate],
    memberships: &[(TeamId, AgentId)],
) -> Result<Vec<BoardTeam>, Failure> {
    let mut found = Vec::new();
    for team in agents::teams(conn, actor.workspace).await? {
        let members: Vec<&Candidate> = candidates
            .iter()
            .filter(|one| one.is_here() && memberships.contains(&(team.id, one.agent)))
            .collect();
        let count = unassigned(conn, actor, Some(team.id)).await?;
        found.push(BoardTeam {
            team_id: team.id,
            auto_assign: rules.team(Some(team.id)).is_some_and(|row| row.auto_assign),
            unassigned: count.min(MOST),
            more: count > MOST,
            oldest_waiting_since: oldest(conn, actor, team.id).await?,
            available_agents: i64::try_from(members.len()).unwrap_or(i64::MAX),
            load: members.iter().map(|one| one.load).sum(),
            capacity: members.iter().map(|one| one.capacity).sum(),
        });
    }
    Ok(found)
}

async fn unassigned(conn: &mut Conn, actor: &Actor, team: Option<TeamId>) -> Result<i64, Failure> {
    let mut count = 0;
    for category in ["new", "open"] {
        count += routing::count_unassigned(conn, actor, team, category, MOST + 1).await?;
    }
    Ok(count)
}

async fn oldest(conn: &mut Conn, actor: &Actor, team: TeamId) -> Result<Option<Timestamp>, Failure> {
    let mut oldest: Option<Timestamp> = None;
    for category in ["new", "open"] {
        let found = routing::oldest_unassigned(conn, actor, team, category).await?;
        oldest = [oldest, found].into_iter().flatten().min();
    }
    Ok(oldest)
}

/// All that nobody works on: `loose` belongs to no team.
fn queue(teams: &[BoardTeam], loose: i64) -> Queue {
    let sum: i64 = teams.iter().map(|team| team.unassigned).sum();
    Queue {
        unassigned: sum + loose.min(MOST),
        more: loose > MOST || teams.iter().any(|team| team.more),
        oldest_waiting_since: teams.iter().filter_map(|team| team.oldest_waiting_since).min(),
    }
}

/// Who has never been here is offline since they came to the desk.
fn board_agent(
    one: &Candidate,
    people: &[AgentRow],
    states: &[AgentStateRow],
    loads: &[LoadRow],
) -> BoardAgent {
    let state = states.iter().find(|state| state.agent_id == one.agent);
    let came = people.iter().find(|agent| agent.id == one.agent);
    let came = came.map_or(Timestamp::default(), |agent| agent.created_at);
    let mut tickets = ByChannel::default();
    for load in loads.iter().filter(|load| load.agent_id == one.agent) {
        match load.channel {
            Channel::Chat => tickets.chat += load.tickets,
            Channel::Email => tickets.email += load.tickets,
            Channel::Phone => tickets.phone += load.tickets,
        }
    }
    BoardAgent {
        agent_id: one.agent,
        presence: one.presence,
        since: state.map_or(came, |state| state.since),
        automatic: state.is_none_or(|state| state.automatic),
        on_shift: one.on_shift,
        available: one.is_here(),
        load: one.load,
        capacity: one.capacity,
        tickets,
    }
}

impl From<LongestRow> for LongestWait {
    fn from(row: LongestRow) -> Self {
        Self {
            ticket_id: row.id,
            number: row.number.to_string(),
            subject: row.subject,
            waiting_since: row.waiting_since,
            assignee_id: row.assignee_id,
            team_id: row.team_id,
        }
    }
}
