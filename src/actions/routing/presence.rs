//! Agents come and go: by their own word, by their windows, by their shifts.

use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, TimerId};
use shouwen_core::routing::Presence;
use shouwen_core::time::{Length, Timestamp};
use uuid::Uuid;

use super::facts::is_on_shift;
use super::release::{self, Why};
use super::{ask_for_agent, settings};
use crate::db::Error;
use crate::log::Change;
use crate::store::agents;
use crate::store::routing::{self, AgentStateRow};
use crate::store::timers::{self, TimerRow};

/// How much an agent has at once of whom nothing else is said.
pub const CAPACITY: i64 = 12;
/// How long an agent counts as here after the last sign of an open window.
pub const GONE_AFTER: Length = Length::minutes(5);
/// The timer that finds an agent's windows closed.
pub const GONE: &str = "agent_gone";
/// The timer that turns an agent's shift.
pub const SHIFT: &str = "shift_turns";

/// The agent says whether they are here.
pub async fn set(change: &mut Change, agent: AgentId, presence: Presence) -> Result<(), Error> {
    turn(change, agent, presence, false).await
}

/// A window of the agent is open on some server. Whoever chose to be away stays so.
pub async fn window_open(change: &mut Change, agent: AgentId) -> Result<(), Error> {
    let workspace = change.workspace();
    let timer = timer(change, GONE, agent, change.now().plus(GONE_AFTER));
    timers::set(change.tx(), &timer).await?;
    let state = routing::state(change.tx(), workspace, agent).await?;
    let comes = state.is_none_or(|state| {
        state.automatic && state.presence == Presence::Away || state.presence == Presence::Offline
    });
    if comes {
        turn(change, agent, Presence::Online, true).await?;
    }
    Ok(())
}

/// No window of the agent has been open for a while.
pub async fn gone(change: &mut Change, agent: AgentId) -> Result<(), Error> {
    let workspace = change.workspace();
    let state = routing::state(change.tx(), workspace, agent).await?;
    if state.is_some_and(|state| state.presence == Presence::Online) {
        turn(change, agent, Presence::Away, true).await?;
    }
    Ok(())
}

/// The agent's shift begins or ends.
pub async fn shift_turns(change: &mut Change, agent: AgentId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(state) = locked(change, agent).await? else {
        return Ok(());
    };
    set_shift_timer(change, &state).await?;
    tell(change, &state);
    if is_on_shift(&state, now) {
        ask_for_agent(change, agent).await
    } else {
        let teams = routing::automatic_teams_of(change.tx(), workspace, agent).await?;
        let mut releases = false;
        for team in teams {
            let row = routing::team(change.tx(), workspace, team).await?;
            releases |= row.is_some_and(|row| row.release_at_shift_end);
        }
        if releases {
            release::ask(change, agent, None, Why::ShiftEnded);
        }
        Ok(())
    }
}

/// Sets the timer of the shift's next turn, or takes it away.
pub async fn set_shift_timer(change: &mut Change, state: &AgentStateRow) -> Result<(), Error> {
    let now = change.now();
    let next = state.shift.as_ref().and_then(|shift| shift.0.changes_at(now));
    let timer = timer(change, SHIFT, state.agent_id, next.unwrap_or(now));
    match next {
        Some(_) => timers::set(change.tx(), &timer).await,
        None => timers::remove(change.tx(), timer.workspace_id, timer.id).await,
    }
}

/// A deactivated agent is nowhere.
pub async fn leave(change: &mut Change, agent: AgentId) -> Result<(), Error> {
    for kind in [GONE, SHIFT] {
        let timer = timer(change, kind, agent, change.now());
        timers::remove(change.tx(), timer.workspace_id, timer.id).await?;
    }
    turn(change, agent, Presence::Offline, true).await
}

/// The agent's state under the lock of routing; `None` when there is no such active agent.
pub(super) async fn locked(change: &mut Change, agent: AgentId) -> Result<Option<AgentStateRow>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    routing::lock(change.tx(), workspace).await?;
    if agents::find(change.tx(), workspace, agent).await?.is_none() {
        return Ok(None);
    }
    routing::ensure_state(change.tx(), workspace, agent, CAPACITY, now).await?;
    routing::state(change.tx(), workspace, agent).await
}

async fn turn(change: &mut Change, agent: AgentId, presence: Presence, automatic: bool) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(mut state) = locked(change, agent).await? else {
        return Ok(());
    };
    if state.presence == presence && state.automatic == automatic {
        return Ok(());
    }
    if state.presence != presence {
        state.since = now;
    }
    (state.presence, state.automatic) = (presence, automatic);
    routing::save_state(change.tx(), workspace, &state).await?;
    tell(change, &state);
    match presence {
        Presence::Online => ask_for_agent(change, agent).await?,
        Presence::AwayAndReassign => release::ask(change, agent, None, Why::Away),
        Presence::Away | Presence::Offline => {}
    }
    Ok(())
}

fn tell(change: &mut Change, state: &AgentStateRow) {
    let available = is_available(state, change.now());
    change.record_general(Event::PresenceChanged {
        agent: state.agent_id,
        presence: state.presence,
        available,
    });
}

/// Gets tickets.
pub fn is_available(state: &AgentStateRow, now: Timestamp) -> bool {
    state.presence == Presence::Online && is_on_shift(state, now)
}

/// An agent has one timer of a kind; its id is made from theirs.
fn timer(change: &Change, kind: &str, agent: AgentId, due_at: Timestamp) -> TimerRow {
    let mark: u128 = if kind == GONE { 1 << 64 } else { 2 << 64 };
    TimerRow {
        workspace_id: change.workspace(),
        id: TimerId(Uuid::from_u128(agent.0.as_u128() ^ mark)),
        ticket_id: None,
        kind: kind.to_owned(),
        payload: settings::json(&agent),
        due_at,
        attempts: 0,
    }
}
