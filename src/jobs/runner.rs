//! Claims due jobs, runs them side by side, and writes how they ended.
//!
//! What ended is written with the next claim, so that busy work costs one commit for both.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use shouwen_core::id::JobId;
use shouwen_core::time::Length;
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::kind::{JobError, JobKind};
use super::queue::{self, Job, Lane};
use crate::app::App;
use crate::db;
use crate::log::{News, Step};
use crate::metrics::JobOutcome;
use crate::sending::send_message;
use crate::webhooks::ToWebhooks;

/// How long a job is ours without a sign of life.
const LEASE: Length = Length::seconds(60);
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How long a lost hint, or a job that becomes due, can wait.
const POLL: Duration = Duration::from_secs(1);
/// How many jobs one step of a test takes.
const STEP: i64 = 100;
/// A kind of job that only a newer server knows is looked at again after this long.
const UNKNOWN_KIND: Length = Length::minutes(1);

/// Runs jobs. Several may run, in one process or in several.
pub struct Runner {
    app: App,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub ran: usize,
}

/// How a job ended.
enum End {
    Done,
    /// Its fate is written already.
    Settled,
}

/// The state of [`Runner::run`].
struct Shift {
    app: App,
    free: [(Lane, usize); 2],
    done: Vec<JobId>,
    ended: mpsc::UnboundedSender<(Lane, JobId, End)>,
}

impl Runner {
    pub fn new(app: App) -> Self {
        Self { app }
    }

    /// Runs what is due, once.
    pub async fn step(&self) -> Result<Progress, db::Error> {
        let mut jobs = exchange(&self.app, Lane::General, Vec::new(), STEP).await?;
        jobs.extend(exchange(&self.app, Lane::Sending, Vec::new(), STEP).await?);
        let ends = join_all(jobs.iter().map(|job| attempt(&self.app, job))).await;
        let done = jobs
            .iter()
            .zip(ends)
            .filter(|(_, end)| matches!(end, End::Done))
            .map(|(job, _)| job.id)
            .collect();
        exchange(&self.app, Lane::General, done, 0).await?;
        Ok(Progress { ran: jobs.len() })
    }

    /// Runs jobs until `stop`; then finishes those in hand.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), db::Error> {
        let slots = self.app.config.workers.jobs;
        // Listens before it looks, so that nothing falls between the two.
        let mut news = self.app.bus.listen();
        let (ended, mut endings) = mpsc::unbounded_channel();
        let free = [(Lane::General, slots), (Lane::Sending, slots)];
        let mut shift = Shift {
            app: self.app.clone(),
            free,
            done: Vec::new(),
            ended,
        };
        while !stop.is_cancelled() {
            let started = match shift.start_due().await {
                Err(db::Error::Unavailable(reason)) => {
                    tracing::warn!(reason, "jobs wait for the database");
                    0
                }
                started => started?,
            };
            if started == 0 || shift.free.iter().all(|(_, free)| *free == 0) {
                tokio::select! {
                    Some(end) = endings.recv() => shift.note(end),
                    () = hear_of_work(&mut news), if shift.free.iter().any(|(_, free)| *free > 0) => {}
                    () = tokio::time::sleep(POLL) => {}
                    () = stop.cancelled() => {}
                }
            }
            while let Ok(end) = endings.try_recv() {
                shift.note(end);
            }
        }
        while shift.free.iter().any(|(_, free)| *free < slots) {
            let Some(end) = endings.recv().await else { break };
            shift.note(end);
        }
        exchange(&self.app, Lane::General, shift.done, 0).await?;
        Ok(())
    }
}

impl Shift {
    /// Claims as many jobs as there are free slots, and starts them.
    async fn start_due(&mut self) -> Result<usize, db::Error> {
        let mut started = 0;
        for place in 0..self.free.len() {
            let (lane, free) = self.free[place];
            let done = std::mem::take(&mut self.done);
            if free == 0 && done.is_empty() {
                continue;
            }
            let limit = i64::try_from(free).unwrap_or(i64::MAX);
            let claimed = exchange(&self.app, lane, done.clone(), limit).await;
            if claimed.is_err() {
                // What is done is written with the next claim that succeeds; until then it is held.
                self.done = done;
            }
            for job in claimed? {
                self.free[place].1 -= 1;
                started += 1;
                self.start(lane, job);
            }
        }
        Ok(started)
    }

    fn start(&self, lane: Lane, job: Job) {
        let (app, ended) = (self.app.clone(), self.ended.clone());
        let out_of_time = self.app.supervisor.out_of_time();
        self.app.supervisor.run("job", async move {
            let end = tokio::select! {
                end = Box::pin(attempt(&app, &job)) => end,
                () = out_of_time.cancelled() => hand_back(&app, &job).await,
            };
            let _ = ended.send((lane, job.id, end)); // the runner is gone: the lease ends by itself
        });
    }

    fn note(&mut self, (lane, job, end): (Lane, JobId, End)) {
        for (of, free) in &mut self.free {
            if *of == lane {
                *free += 1;
            }
        }
        if matches!(end, End::Done) {
            self.done.push(job);
        }
    }
}

async fn hear_of_work(news: &mut broadcast::Receiver<News>) {
    loop {
        match news.recv().await {
            // Lagged: something was said that we did not hear.
            Ok(News::Work) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Removes what is done and claims what is due, in one commit.
async fn exchange(app: &App, lane: Lane, done: Vec<JobId>, limit: i64) -> Result<Vec<Job>, db::Error> {
    if done.is_empty() && limit == 0 {
        return Ok(Vec::new());
    }
    if done.is_empty() && !is_due(app).await? {
        return Ok(Vec::new());
    }
    app.change(
        &app.system(),
        (lane, done, limit),
        |change, (lane, done, limit)| {
            async move {
                let now = change.now();
                if !done.is_empty() {
                    queue::finish_all(change.tx(), done).await?;
                }
                if *limit == 0 {
                    return Ok(Vec::new());
                }
                queue::claim(change.tx(), *lane, now, now.plus(LEASE), *limit).await
            }
            .boxed()
        },
    )
    .await
}

/// Asks on a reading connection, so that an idle server writes nothing.
async fn is_due(app: &App) -> Result<bool, db::Error> {
    Ok(queue::oldest_due(&mut app.db.read().await?, app.now())
        .await?
        .is_some())
}

/// Runs a job once and, unless it is done, writes what becomes of it. Whatever is logged meanwhile says of which job.
async fn attempt(app: &App, job: &Job) -> End {
    let span = tracing::info_span!(
        "job",
        kind = job.kind,
        id = %job.id,
        workspace = %job.workspace_id,
        ticket = tracing::field::Empty,
    );
    try_once(app, job).instrument(span).await
}

async fn try_once(app: &App, job: &Job) -> End {
    tracing::debug!(job.attempts, "a job begins");
    let Some(kind) = JobKind::from_word(&job.kind) else {
        tracing::warn!(
            job.kind,
            "a job of a kind that this server does not know waits for one that does"
        );
        return put_back(
            app,
            job,
            UNKNOWN_KIND,
            job.attempts - 1,
            "this server does not know this kind of job",
        )
        .await;
    };
    if job.attempts > kind.most_attempts() {
        return give_up(app, job, kind, "the server stopped every time it was tried").await;
    }
    let guarded = AssertUnwindSafe(Box::pin(kind.run(app, job))).catch_unwind();
    let result = while_held(app, job, guarded).await;
    let error = match result {
        Ok(Ok(())) => {
            app.metrics.job(kind.as_str(), JobOutcome::Done);
            return End::Done;
        }
        Ok(Err(error)) => error,
        Err(_) => JobError::Failed("panicked".to_owned()),
    };
    let words = error.to_string();
    if matches!(error, JobError::Stopped) {
        return hand_back(app, job).await;
    }
    app.metrics.job(kind.as_str(), JobOutcome::Failed);
    match error {
        JobError::Unavailable(_) => {
            tracing::warn!(
                job.kind,
                error = words,
                "a job waits for something that is not available"
            );
            put_back(
                app,
                job,
                with_jitter(Length::seconds(15)),
                job.attempts - 1,
                &words,
            )
            .await
        }
        JobError::Failed(_) if job.attempts < kind.most_attempts() => {
            tracing::warn!(
                job.kind,
                job.attempts,
                error = words,
                "a job failed and will be tried again"
            );
            put_back(
                app,
                job,
                with_jitter(JobKind::backoff(job.attempts)),
                job.attempts,
                &words,
            )
            .await
        }
        JobError::Failed(_) | JobError::Hopeless(_) | JobError::Stopped => {
            give_up(app, job, kind, &words).await
        }
    }
}

/// Keeps the job's lease while `work` runs.
async fn while_held<T>(app: &App, job: &Job, work: impl Future<Output = T>) -> T {
    let keep = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            extend(app, job).await;
        }
    };
    tokio::select! {
        result = work => result,
        () = keep => unreachable!("keeps the lease for ever"),
    }
}

async fn extend(app: &App, job: &Job) {
    let system = app.system();
    let extended = app.change(&system, job.clone(), |change, job| {
        async move {
            let lease_until = change.now().plus(LEASE);
            queue::extend(change.tx(), job, lease_until).await
        }
        .boxed()
    });
    match extended.await {
        Ok(true) => {}
        Ok(false) => tracing::error!(job.kind, "a job took so long that another server has taken it"),
        Err(error) => tracing::warn!(job.kind, %error, "cannot keep the lease of a job"),
    }
}

fn with_jitter(wait: Length) -> Length {
    Length::from_millis(wait.millis() + rand::random_range(0..=wait.millis() / 4))
}

async fn put_back(app: &App, job: &Job, wait: Length, attempts: i64, words: &str) -> End {
    let system = app.system();
    let written = app.change(
        &system,
        (job.clone(), words.to_owned()),
        move |change, (job, words)| {
            async move {
                let run_at = change.now().plus(wait);
                queue::put_back(change.tx(), job, run_at, attempts, Some(words)).await
            }
            .boxed()
        },
    );
    log_unwritten(job, written.await)
}

/// Gives back what this server has no time for any more: due at once, for whoever comes next, and not tried. A mail
/// whose content may have left already keeps its lease, and is in doubt when that ends.
async fn hand_back(app: &App, job: &Job) -> End {
    let system = app.system();
    let written = app.change(&system, job.clone(), |change, job| {
        async move {
            if JobKind::from_word(&job.kind) == Some(JobKind::SendMessage)
                && send_message::is_leaving(change, job).await?
            {
                return Ok(());
            }
            let now = change.now();
            queue::put_back(change.tx(), job, now, job.attempts - 1, None).await
        }
        .boxed()
    });
    log_unwritten(job, written.await)
}

async fn give_up(app: &App, job: &Job, kind: JobKind, words: &str) -> End {
    app.metrics.job(kind.as_str(), JobOutcome::Dead);
    tracing::error!(job.kind, job.id = %job.id, job.attempts, error = words, "a job was given up");
    if let Err(error) = kind.give_up(app, job, words).await {
        tracing::error!(job.kind, job.id = %job.id, %error, "giving up a job failed");
        return End::Settled; // its lease ends, and it is given up again
    }
    let system = app.system();
    let written = app.change(
        &system,
        (job.clone(), words.to_owned()),
        |change, (job, words)| async move { queue::bury(change.tx(), job, words).await }.boxed(),
    );
    log_unwritten(job, written.await)
}

fn log_unwritten(job: &Job, written: Result<(), db::Error>) -> End {
    if let Err(error) = written {
        tracing::warn!(job.kind, %error, "how a job ended could not be written; its lease will end");
    }
    End::Settled
}

/// For tests: runs jobs and timers, and tells webhooks, until nothing is due.
pub async fn settle(app: &App) -> Result<(), db::Error> {
    let runner = Runner::new(app.clone());
    loop {
        let timers = crate::timers::step(app).await?;
        let told = ToWebhooks::cursor(app).step().await?;
        if runner.step().await?.ran + timers == 0 && !matches!(told, Step::Moved | Step::SetAside) {
            return Ok(());
        }
    }
}
