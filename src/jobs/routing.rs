//! The jobs of routing: a team's backlog is given out, an agent who went is taken off their tickets.

use futures_util::FutureExt;
use shouwen_core::actor::Actor;

use super::kind::JobError;
use super::queue::{self, Job};
use crate::actions::routing::release::{self, Release};
use crate::actions::routing::{AssignJob, assign as actions};
use crate::app::App;
use crate::db;

/// Gives out what waits in a team. Whoever asked for the same before now is served by this too.
pub(super) async fn assign(app: &App, job: &Job) -> Result<(), JobError> {
    let wanted: AssignJob = read(job)?;
    let input = (job.clone(), wanted);
    loop {
        let more = app
            .change(
                &Actor::system(job.workspace_id),
                input.clone(),
                |change, (job, wanted)| {
                    async move {
                        let now = change.now();
                        queue::drop_same(change.tx(), job, now).await?;
                        actions::give_out(change, wanted.team).await
                    }
                    .boxed()
                },
            )
            .await?;
        if !more {
            return Ok(());
        }
    }
}

/// Takes an agent off their tickets, some at a time.
pub(super) async fn release(app: &App, job: &Job) -> Result<(), JobError> {
    let mut next = Some(read::<Release>(job)?);
    while let Some(part) = next {
        next = app
            .change(&Actor::system(job.workspace_id), part, |change, part| {
                release::release_some(change, part).boxed()
            })
            .await
            .map_err(|error: db::Error| JobError::from(error))?;
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(job: &Job) -> Result<T, JobError> {
    serde_json::from_str(&job.payload).map_err(|error| JobError::Hopeless(error.to_string()))
}
