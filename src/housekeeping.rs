//! Sweeping what is past its time, in batches small enough that nobody waits for them.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shouwen_core::actor::Actor;
use shouwen_core::id::WorkspaceId;
use shouwen_core::time::{Length, Timestamp};

use crate::actions::{flow, sla};
use crate::app::App;
use crate::db;
use crate::jobs::JobError;
use crate::log::Change;
use crate::store::{files, remote_pictures, sweeps};

/// How long an unused blob, and an upload that was never sent, is kept.
const SPARE: Length = Length::hours(24);
/// How old the days of a calendar's feed may become.
const FEEDS: Length = Length::hours(24);
const IDEMPOTENCY: Length = Length::hours(48);
/// How long pictures that lay elsewhere are kept.
const PICTURES: Length = Length::days(30);
const BATCH: i64 = 200;
/// What is left after so many batches is for the next time.
const MOST_BATCHES: usize = 100;

/// Sweeps one workspace.
pub async fn run(app: &App, workspace: WorkspaceId) -> Result<(), JobError> {
    let (actor, now) = (Actor::system(workspace), app.now());
    let keep_raw = Length::days(app.config.mail.keep_raw_days);
    sweep(app, &actor, now.minus(keep_raw), |change, before| {
        empty_raw_mail(change, *before).boxed()
    })
    .await?;
    sweep(app, &actor, now.minus(SPARE), |change, before| {
        remove_loose(change, *before).boxed()
    })
    .await?;
    sweep(app, &actor, now.minus(PICTURES), |change, before| {
        remove_pictures(change, *before).boxed()
    })
    .await?;
    remove_blobs(app, &actor, now.minus(SPARE)).await?;
    refresh_calendars(app, &actor, now).await?;
    app.change(&actor, now, |change, now| remove_rows(change, *now).boxed())
        .await?;
    give_back_room(app).await
}

/// At most some two hundred megabytes at a time; the writers of the desk come in between.
async fn give_back_room(app: &App) -> Result<(), JobError> {
    let stop = app.supervisor.stop_token();
    for _ in 0..MOST_BATCHES {
        if stop.is_cancelled() {
            return Err(JobError::Stopped);
        }
        if !app.db.give_back_room().await? {
            break;
        }
    }
    Ok(())
}

/// Fetches the feeds of calendars that were not fetched for a day.
async fn refresh_calendars(app: &App, actor: &Actor, now: Timestamp) -> Result<(), db::Error> {
    app.change(actor, now.minus(FEEDS), |change, before| {
        sla::calendars::refresh_old(change, *before).boxed()
    })
    .await
}

/// Runs a batch until it finds nothing more.
async fn sweep<F>(app: &App, actor: &Actor, before: Timestamp, batch: F) -> Result<(), db::Error>
where
    F: for<'c> Fn(&'c mut Change, &'c Timestamp) -> BoxFuture<'c, Result<usize, db::Error>>
        + Send
        + Sync
        + Copy
        + 'static,
{
    let stop = app.supervisor.stop_token();
    for _ in 0..MOST_BATCHES {
        if stop.is_cancelled() || app.change(actor, before, batch).await? == 0 {
            break;
        }
    }
    Ok(())
}

async fn empty_raw_mail(change: &mut Change, before: Timestamp) -> Result<usize, db::Error> {
    let workspace = change.workspace();
    let blobs = sweeps::empty_raw_mail(change.tx(), workspace, before, BATCH).await?;
    drop_uses(change, &blobs).await?;
    Ok(blobs.len())
}

async fn remove_loose(change: &mut Change, before: Timestamp) -> Result<usize, db::Error> {
    let workspace = change.workspace();
    let blobs = sweeps::remove_loose(change.tx(), workspace, before, BATCH).await?;
    drop_uses(change, &blobs).await?;
    Ok(blobs.len())
}

async fn remove_pictures(change: &mut Change, before: Timestamp) -> Result<usize, db::Error> {
    let workspace = change.workspace();
    let blobs = remote_pictures::remove_old(change.tx(), workspace, before, BATCH).await?;
    drop_uses(change, &blobs).await?;
    Ok(blobs.len())
}

async fn drop_uses(change: &mut Change, blobs: &[String]) -> Result<(), db::Error> {
    let (workspace, now) = (change.workspace(), change.now());
    for blob in blobs {
        files::drop_use(change.tx(), workspace, blob, now).await?;
    }
    Ok(())
}

/// Marked first, then the bytes, then the row: whoever stores the same bytes meanwhile meets the mark, and waits
/// (see `actions::files::store_bytes`). What a sweep that broke off left marked is removed by the next.
async fn remove_blobs(app: &App, actor: &Actor, before: Timestamp) -> Result<(), JobError> {
    for _ in 0..MOST_BATCHES {
        let marked = app.change(actor, before, |change, before| {
            async move {
                let workspace = change.workspace();
                sweeps::mark_unused_blobs(change.tx(), workspace, *before, BATCH).await
            }
            .boxed()
        });
        let marked = marked.await?;
        if marked.is_empty() {
            break;
        }
        for sha256 in &marked {
            app.blobs.remove(actor.workspace, sha256).await?;
        }
        let gone = app.change(actor, marked, |change, marked| {
            async move {
                let workspace = change.workspace();
                sweeps::remove_blobs(change.tx(), workspace, marked).await
            }
            .boxed()
        });
        gone.await?;
    }
    Ok(())
}

async fn remove_rows(change: &mut Change, now: Timestamp) -> Result<(), db::Error> {
    let workspace = change.workspace();
    sweeps::remove_idempotency(change.tx(), workspace, now.minus(IDEMPOTENCY)).await?;
    sweeps::remove_expired(change.tx(), workspace, now).await?;
    flow::forget(change).await
}
