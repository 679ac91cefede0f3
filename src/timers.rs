//! Timers that are due: each is removed and acted on in one change, so it acts once, whichever server does it.

use std::time::Duration;

use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, InboxId, MessageId, TimerId};
use shouwen_core::time::Length;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::actions::routing::presence;
use crate::actions::sla::{firing, timers as clocks};
use crate::actions::{calls, chat_mail, complaints, mailboxes, releases};
use crate::app::App;
use crate::db;
use crate::jobs::JobKind;
use crate::log::Change;
use crate::store::timers::{self, TimerRow};

const POLL: Duration = Duration::from_secs(1);
/// No timer is waited for more precisely.
const SHORTEST: Duration = Duration::from_millis(5);
const BATCH: i64 = 100;
/// How long the clocks of a batch are in hand: when the server dies, another takes them after this.
const LEASE: Length = Length::seconds(5);
const BETWEEN_SWEEPS: Length = Length::hours(1);
/// The recurring timer of a workspace has this id, so that it is there once.
const HOUSEKEEPING: TimerId = TimerId(Uuid::from_u128(1));

shouwen_core::words! {
    TimerKind {
        /// Enqueues the sweep of what is past its time, again and again.
        Housekeeping = "housekeeping",
        /// Reminds whoever works on a ticket of what was promised.
        FollowUp = "follow_up",
        /// Looks whether an answer in chat was seen, and mails it when not.
        ChatMail = "chat_mail",
        /// Raises an alarm when a mailbox still fails.
        MailboxSilence = "mailbox_silence",
        /// Sends an answer that waited.
        ReleaseReply = "release_reply",
        /// A ticket's clocks reach a step of their ladder.
        Sla = "sla",
        /// People are told of a step now that their hours have begun.
        SlaNotice = "sla_notice",
        /// Nobody took a complaint in time.
        CaseLadder = "case_ladder",
        /// An authority's deadline is near or over.
        AuthorityDue = "authority_due",
        /// A customer is to be asked again after a complaint.
        CaseFollowUp = "case_follow_up",
        /// No window of an agent has been open for a while.
        AgentGone = "agent_gone",
        /// An agent's shift begins or ends.
        ShiftTurns = "shift_turns",
    }
}

/// Acts on timers until `stop`.
pub async fn run(app: &App, stop: CancellationToken) -> Result<(), db::Error> {
    app.change(&app.system(), (), |change, ()| set_housekeeping(change).boxed())
        .await?;
    while !stop.is_cancelled() {
        if step(app).await? > 0 {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(wait(app).await?) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Until the next timer is due, but no longer than a timer that is set meanwhile may wait.
async fn wait(app: &App) -> Result<Duration, db::Error> {
    let next = timers::next_due(&mut app.db.read().await?, app.now()).await?;
    let until = next.map_or(i64::MAX, |due| due.since(app.now()).millis());
    let until = Duration::from_millis(u64::try_from(until).unwrap_or_default());
    Ok(until.clamp(SHORTEST, POLL))
}

/// Acts on what is due, once. Returns on how many it acted.
pub async fn step(app: &App) -> Result<usize, db::Error> {
    Ok(step_clocks(app).await? + step_others(app).await?)
}

/// Acts on a batch of clocks that are due.
async fn step_clocks(app: &App) -> Result<usize, db::Error> {
    if !timers::clock_is_due(&mut app.db.read().await?, app.now()).await? {
        return Ok(0);
    }
    let mut due = app
        .change(&app.system(), (), |change, ()| {
            async move {
                let now = change.now();
                timers::claim(change.tx(), now, now.plus(LEASE), BATCH).await
            }
            .boxed()
        })
        .await?;
    due.sort_by_key(|timer| timer.workspace_id);
    let count = due.len();
    for batch in due.chunk_by(|one, other| one.workspace_id == other.workspace_id) {
        if act_on_clocks(app, batch.to_vec()).await.is_ok() {
            continue;
        }
        // One of them stands in the way: each alone.
        for timer in batch {
            if let Err(error) = act_on_clocks(app, vec![timer.clone()]).await {
                put_off(app, timer.clone(), &error).await?;
            }
        }
    }
    Ok(count)
}

async fn act_on_clocks(app: &App, due: Vec<TimerRow>) -> Result<(), db::Error> {
    let Some(first) = due.first() else {
        return Ok(());
    };
    let actor = Actor::system(first.workspace_id);
    let input = (app.books.clone(), due);
    app.change(&actor, input, |change, (books, due)| {
        clocks::act(change, books, due).boxed()
    })
    .await
}

async fn step_others(app: &App) -> Result<usize, db::Error> {
    let due = timers::due(&mut app.db.read().await?, app.now(), BATCH).await?;
    let mut acted = 0;
    for timer in due {
        let actor = Actor::system(timer.workspace_id);
        let done = app
            .change(&actor, timer.clone(), |change, timer| {
                act_once(change, timer).boxed()
            })
            .await;
        match done {
            Ok(()) => acted += 1,
            Err(error) => put_off(app, timer, &error).await?,
        }
    }
    Ok(acted)
}

async fn act_once(change: &mut Change, timer: &TimerRow) -> Result<(), db::Error> {
    if timers::take(change.tx(), timer).await? {
        act(change, timer).await?;
    }
    Ok(())
}

async fn act(change: &mut Change, timer: &TimerRow) -> Result<(), db::Error> {
    match TimerKind::from_word(&timer.kind) {
        Some(TimerKind::Housekeeping) => {
            let now = change.now();
            change.enqueue(JobKind::Housekeeping.as_str(), &(), now);
            set_housekeeping(change).await
        }
        Some(TimerKind::FollowUp) => match timer.ticket_id {
            Some(ticket) => calls::remind(change, ticket).await,
            None => Ok(()),
        },
        Some(TimerKind::MailboxSilence) => match serde_json::from_str::<OfInbox>(&timer.payload) {
            Ok(of) => mailboxes::look(change, of.inbox).await,
            Err(_) => Ok(()),
        },
        Some(TimerKind::ReleaseReply) => releases::release(change, MessageId(timer.id.0)).await,
        Some(TimerKind::ChatMail) => match timer.ticket_id {
            Some(ticket) => chat_mail::go_on(change, ticket).await,
            None => Ok(()),
        },
        Some(TimerKind::SlaNotice) => match timer.ticket_id {
            Some(ticket) => firing::tell_late(change, ticket, &timer.payload).await,
            None => Ok(()),
        },
        // Taken in batches.
        Some(TimerKind::Sla) => Ok(()),
        Some(TimerKind::CaseLadder) => match timer.ticket_id {
            Some(ticket) => complaints::climb(change, ticket).await,
            None => Ok(()),
        },
        Some(TimerKind::AuthorityDue) => match timer.ticket_id {
            Some(ticket) => complaints::authority_due(change, ticket).await,
            None => Ok(()),
        },
        Some(TimerKind::CaseFollowUp) => match timer.ticket_id {
            Some(ticket) => complaints::follow_up_due(change, ticket).await,
            None => Ok(()),
        },
        Some(TimerKind::AgentGone) => match agent_of(timer) {
            Some(agent) => presence::gone(change, agent).await,
            None => Ok(()),
        },
        Some(TimerKind::ShiftTurns) => match agent_of(timer) {
            Some(agent) => presence::shift_turns(change, agent).await,
            None => Ok(()),
        },
        None => {
            tracing::warn!(timer.kind, "a timer of an unknown kind was removed");
            Ok(())
        }
    }
}

#[derive(Deserialize)]
struct OfInbox {
    inbox: InboxId,
}

fn agent_of(timer: &TimerRow) -> Option<AgentId> {
    serde_json::from_str(&timer.payload).ok()
}

async fn set_housekeeping(change: &mut Change) -> Result<(), db::Error> {
    let timer = TimerRow {
        workspace_id: change.workspace(),
        id: HOUSEKEEPING,
        ticket_id: None,
        kind: TimerKind::Housekeeping.as_str().to_owned(),
        payload: "null".to_owned(),
        due_at: change.now().plus(BETWEEN_SWEEPS),
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

async fn put_off(app: &App, timer: TimerRow, error: &db::Error) -> Result<(), db::Error> {
    tracing::error!(timer.kind, timer.attempts, %error, "a timer's action failed and will be tried again");
    let wait = JobKind::backoff(timer.attempts + 1);
    app.change(&Actor::system(timer.workspace_id), timer, move |change, timer| {
        async move {
            let until = change.now().plus(wait);
            timers::put_off(change.tx(), timer, until).await
        }
        .boxed()
    })
    .await
}
