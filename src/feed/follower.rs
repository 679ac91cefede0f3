//! The two tasks of a room: one reads the workspace's log and tells everybody, one hears the bus and keeps house.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use shouwen_core::id::{AgentId, SessionId, TeamId};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::agent::note_windows;
use super::audience::{Audience, Holders};
use super::room::{Room, State, ToAgent};
use crate::app::App;
use crate::db::Result;
use crate::feed::render::render;
use crate::log::{self, Ephemeral, Follower, Logged, News};
use crate::store::{agents, listeners};

/// What happens within this time is told together.
const TOGETHER: Duration = Duration::from_millis(60);
/// How often the room is kept in order: twice in the longest silence.
const HOUSEKEEPING: Duration = Duration::from_secs(10);
/// Every how many of these rounds routing is told whose windows are open: well within the time after which somebody
/// counts as gone.
const WINDOWS_EVERY: u32 = 12;
/// How often a batch may fail before everybody is told to fetch everything.
const ATTEMPTS: u32 = 5;

/// Reads the log from where the room has got to, until `stop`.
pub(super) async fn follow(app: &App, room: &Arc<Room>, stop: CancellationToken) -> Result<()> {
    let reached = room.state().reached;
    let mut reader = Reader {
        app: app.clone(),
        room: room.clone(),
        stop: stop.clone(),
    };
    log::follow(&app.db, &app.bus, room.workspace, reached, stop, &mut reader).await
}

struct Reader {
    app: App,
    room: Arc<Room>,
    stop: CancellationToken,
}

impl Follower for Reader {
    async fn see(&mut self, events: Vec<Logged>) -> Result<()> {
        let Some(last) = events.last().map(|event| event.seq) else {
            return Ok(());
        };
        let interest = self.room.state().interest();
        if interest.is_none() {
            self.room.state().skip_to(last);
            return Ok(());
        }
        match self.tell(&events, &interest).await {
            Ok(()) => self.room.state().failures = 0,
            Err(error) => {
                let mut state = self.room.state();
                state.failures += 1;
                if state.failures < ATTEMPTS {
                    return Err(error);
                }
                tracing::error!(%error, seq = last, "the feed cannot tell of these events; everybody fetches again");
                state.failures = 0;
                state.resync_all(last);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(TOGETHER) => {}
            () = self.stop.cancelled() => {}
        }
        Ok(())
    }
}

impl Reader {
    async fn tell(&self, events: &[Logged], interest: &super::room::Interest) -> Result<()> {
        let mut conn = self.app.db.read().await?;
        let batch = render(&mut conn, self.room.workspace, events, interest).await?;
        drop(conn);
        if batch.access_changed {
            check_sessions(&self.app, &self.room, batch.seq).await?;
        }
        self.room.state().deliver(&batch, interest.moves);
        Ok(())
    }
}

/// Lets go whose session is over, and resyncs whose view of the desk has changed, from `seq` on.
async fn check_sessions(app: &App, room: &Room, seq: i64) -> Result<()> {
    let seats: Vec<(SessionId, Option<shouwen_core::id::TicketId>)> = room
        .state()
        .agents
        .values()
        .map(|seat| (seat.session, seat.open))
        .collect();
    if seats.is_empty() {
        return Ok(());
    }
    let sessions: BTreeSet<_> = seats.iter().map(|(session, _)| *session).collect();
    let open: Vec<_> = seats.iter().filter_map(|(_, open)| *open).collect();
    let audiences = load_audiences(app, room, &sessions.iter().copied().collect::<Vec<_>>()).await?;
    let rows = listeners::holders(&mut app.db.read().await?, room.workspace, &open).await?;
    let holders: HashMap<_, _> = rows
        .into_iter()
        .map(|row| {
            (
                row.id,
                Holders {
                    team: row.team_id,
                    assignee: row.assignee_id,
                    owner: row.owner_id,
                },
            )
        })
        .collect();
    let mut state = room.state();
    let moves = state.moves + 1;
    for seat in state
        .agents
        .values_mut()
        .filter(|seat| sessions.contains(&seat.session))
    {
        let Some(now) = audiences.get(&seat.session) else {
            seat.queue.end("signed out");
            continue;
        };
        if *now == seat.audience {
            continue;
        }
        seat.audience = now.clone();
        seat.open = seat
            .open
            .filter(|id| holders.get(id).is_some_and(|ticket| now.sees(ticket)));
        // What is being rendered was decided for the old view.
        seat.moved = moves;
        seat.queue.replace(ToAgent::Resync { seq: seq.max(0) });
    }
    state.moves = moves;
    Ok(())
}

/// What the agents of these sessions may see now; nothing for a session that is over.
pub(super) async fn load_audiences(
    app: &App,
    room: &Room,
    sessions: &[SessionId],
) -> Result<HashMap<SessionId, Audience>> {
    let mut tx = app.db.snapshot().await?;
    let rows = listeners::holding(&mut tx, room.workspace, sessions, app.now()).await?;
    let mut teams: HashMap<AgentId, BTreeSet<TeamId>> = HashMap::new();
    for (team, agent) in agents::memberships(&mut tx, room.workspace).await? {
        teams.entry(agent).or_default().insert(team);
    }
    let audience = |row: listeners::ListenerRow| {
        let teams = teams.get(&row.agent_id).cloned().unwrap_or_default();
        let (agent, permissions, scope) = (row.agent_id, row.permissions.0, row.scope);
        (
            row.session_id,
            Audience {
                agent,
                permissions,
                scope,
                teams,
            },
        )
    };
    Ok(rows.into_iter().map(audience).collect())
}

/// Hears the bus, forgets who is gone, says again who is here, and lets go whose session is over; until `stop`.
pub(super) async fn keep_house(app: &App, room: &Arc<Room>, stop: CancellationToken) -> Result<()> {
    let mut news = app.bus.listen();
    app.bus.tell(room.workspace, Ephemeral::WhoIsThere);
    let mut rounds = tokio::time::interval(HOUSEKEEPING);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut round = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            heard = news.recv() => match heard {
                Ok(News::Ephemeral(workspace, what)) if workspace == room.workspace => {
                    if matches!(what, Ephemeral::WhoIsThere) {
                        say_again(app, &room.state());
                    }
                    room.hear(&what);
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => app.bus.tell(room.workspace, Ephemeral::WhoIsThere),
                Err(RecvError::Closed) => return Ok(()),
            },
            _ = rounds.tick() => {
                round = round.wrapping_add(1);
                room.keep_house();
                if round.is_multiple_of(2) {
                    say_again(app, &room.state());
                }
                if round.is_multiple_of(WINDOWS_EVERY) {
                    let agents = room.state().agents_here();
                    if !agents.is_empty() {
                        note_windows(app, room.workspace, agents).await;
                    }
                }
                if round.is_multiple_of(3) {
                    let reached = room.state().reached;
                    check_sessions(app, room, reached).await?;
                }
            }
        }
    }
}

/// Tells every server who is at this one.
fn say_again(app: &App, state: &State) {
    for (workspace, what) in state.everybody_here() {
        app.bus.tell(workspace, what);
    }
}
