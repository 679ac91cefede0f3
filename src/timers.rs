//! Timers that are due: each is removed and acted on in one change, so it acts once, whichever server does it.

use std::time::Duration;

use futures_util::FutureExt;
use shouwen_core::actor::Actor;
use shouwen_core::id::{MessageId, TimerId};
use shouwen_core::time::Length;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::actions::{calls, chat_mail, schedules};
use crate::app::App;
use crate::db;
use crate::jobs::JobKind;
use crate::log::Change;
use crate::store::timers::{self, TimerRow};

const POLL: Duration = Duration::from_secs(1);
const BATCH: i64 = 100;
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
        /// Sends an answer that waited.
        ReleaseReply = "release_reply",
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
            () = tokio::time::sleep(POLL) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

/// Acts on what is due, once. Returns on how many it acted.
pub async fn step(app: &App) -> Result<usize, db::Error> {
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
        Some(TimerKind::ReleaseReply) => schedules::release(change, MessageId(timer.id.0)).await,
        Some(TimerKind::ChatMail) => match timer.ticket_id {
            Some(ticket) => chat_mail::go_on(change, ticket).await,
            None => Ok(()),
        },
        None => {
            tracing::warn!(timer.kind, "a timer of an unknown kind was removed");
            Ok(())
        }
    }
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
