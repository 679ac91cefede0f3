//! Carrying out runs over the open tickets: a page at a time, with a breath between two, so that whoever works at the
//! desk comes first.

use std::time::Duration;

use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::id::SlaRunId;

use super::kind::JobError;
use super::queue::Job;
use crate::actions::administration::AdminError;
use crate::actions::sla::book;
use crate::actions::sla::runs::{self, Draft};
use crate::app::App;
use crate::store::sla::runs::{RunKind, RunRow, RunState, find};

#[derive(Deserialize)]
struct Payload {
    run: SlaRunId,
}

/// Between two pages that are written.
const BREATH: Duration = Duration::from_millis(2);
/// How many glances are made between two notes of how far it is.
const GLANCES: usize = 10;

pub(super) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    // The first run of a desk that was there before its policies has the workspace's own id.
    let payload: Option<Payload> =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Hopeless(error.to_string()))?;
    let id = payload.map_or(SlaRunId(job.workspace_id.0), |payload| payload.run);
    let found = find(&mut app.db.read().await?, job.workspace_id, id).await?;
    let Some(row) = found.filter(|row| row.finished_at.is_none()) else {
        return Ok(());
    };
    match row.kind {
        RunKind::Recompute => recompute(app, &Actor::system(job.workspace_id), id).await,
        RunKind::Preview => preview(app, &Actor::system(job.workspace_id), row).await,
    }
}

/// Says in the run's row that it came to nothing.
pub(super) async fn give_up(app: &App, job: &Job, error: &str) -> Result<(), JobError> {
    let payload: Option<Payload> = serde_json::from_str(&job.payload).unwrap_or_default();
    let id = payload.map_or(SlaRunId(job.workspace_id.0), |payload| payload.run);
    let Some(row) = find(&mut app.db.read().await?, job.workspace_id, id).await? else {
        return Ok(());
    };
    fail(app, &Actor::system(job.workspace_id), row, error).await
}

/// How far it is stands in the run's row, and there it goes on after a stop.
async fn recompute(app: &App, actor: &Actor, id: SlaRunId) -> Result<(), JobError> {
    let stop = app.supervisor.stop_token();
    loop {
        let input = (app.books.clone(), id);
        let row = app
            .change(actor, input, |change, (books, id)| {
                runs::take_page(change, books, *id).boxed()
            })
            .await?;
        if row.is_none_or(|row| row.finished_at.is_some()) {
            return Ok(());
        }
        if stop.is_cancelled() {
            return Err(JobError::Stopped);
        }
        tokio::time::sleep(BREATH).await;
    }
}

async fn preview(app: &App, actor: &Actor, row: RunRow) -> Result<(), JobError> {
    // From the start, whatever an earlier attempt had found: a preview writes nothing.
    let mut row = RunRow {
        state: RunState::Waiting,
        total: 0,
        done: 0,
        moved: 0,
        become_overdue: 0,
        no_longer_overdue: 0,
        last_ticket: None,
        ..row
    };
    let draft: Option<Draft> = row
        .draft
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let Some(draft) = draft else {
        return fail(app, actor, row, "the draft cannot be read").await;
    };
    let mut conn = app.db.read().await?;
    let now = app.now();
    let mut book = book::read(&mut conn, actor.workspace, now).await?;
    match runs::apply(&mut conn, actor.workspace, &mut book, &draft, now).await {
        Ok(()) => {}
        Err(AdminError::Store(error)) => return Err(error.into()),
        Err(error) => return fail(app, actor, row, &error.to_string()).await,
    }
    drop(conn);
    while row.finished_at.is_none() {
        for _ in 0..GLANCES {
            let mut conn = app.db.read().await?;
            runs::glance(&mut conn, actor.workspace, &book, &mut row, app.now()).await?;
            if row.finished_at.is_some() {
                break;
            }
        }
        note(app, actor, &row).await?;
        if row.finished_at.is_none() && app.supervisor.stop_token().is_cancelled() {
            return Err(JobError::Stopped);
        }
    }
    Ok(())
}

async fn fail(app: &App, actor: &Actor, row: RunRow, error: &str) -> Result<(), JobError> {
    let row = RunRow {
        state: RunState::Failed,
        error: Some(error.to_owned()),
        finished_at: Some(app.now()),
        ..row
    };
    note(app, actor, &row).await
}

async fn note(app: &App, actor: &Actor, row: &RunRow) -> Result<(), JobError> {
    app.change(actor, row.clone(), |change, row| runs::note(change, row).boxed())
        .await?;
    Ok(())
}
