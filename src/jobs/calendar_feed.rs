//! Fetching the feed of a calendar. A feed that cannot be read leaves the days that are known, and says so.

use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_core::actor::Actor;
use shouwen_core::id::CalendarId;
use shouwen_core::sla::wall::SpecialDay;

use super::kind::JobError;
use super::queue::Job;
use crate::actions::administration::AdminError;
use crate::actions::sla::calendars::fetched;
use crate::actions::sla::feed::days_of;
use crate::app::App;
use crate::store::sla::calendars::find;

#[derive(Deserialize)]
struct Payload {
    calendar: CalendarId,
}

const MOST_BYTES: usize = 2 * 1024 * 1024;

pub(super) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    let payload: Payload =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Hopeless(error.to_string()))?;
    let row = find(&mut app.db.read().await?, job.workspace_id, payload.calendar).await?;
    let Some(url) = row.and_then(|row| row.rules.0.feed_url) else {
        return Ok(());
    };
    let result = fetch(app, &url).await;
    let input = (payload.calendar, url, result);
    let written = app
        .change(
            &Actor::system(job.workspace_id),
            input,
            |change, (id, url, result)| fetched(change, *id, url, result).boxed(),
        )
        .await;
    match written {
        Ok(()) => Ok(()),
        Err(AdminError::Store(error)) => Err(error.into()),
        Err(error) => Err(JobError::Failed(error.to_string())),
    }
}

async fn fetch(app: &App, url: &str) -> Result<Vec<SpecialDay>, String> {
    let answer = app
        .fetcher
        .get(url, MOST_BYTES)
        .await
        .map_err(|error| format!("the address {error}"))?;
    if !answer.is_success() {
        return Err(format!("the server answered with status {}", answer.status));
    }
    days_of(&String::from_utf8_lossy(&answer.body), app.now())
}
