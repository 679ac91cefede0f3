//! The rows of jobs: the only statements, with those of timers, that run over all workspaces.

use shouwen_core::id::{JobId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

/// A job in hand.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Job {
    pub id: JobId,
    pub workspace_id: WorkspaceId,
    pub kind: String,
    pub payload: String,
    pub run_at: Timestamp,
    /// Counts this run. Whoever holds the job holds its newest number.
    pub attempts: i64,
    pub created_at: Timestamp,
}

/// How jobs share the slots: those that wait for other servers must not hold up the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    General,
    Sending,
}

/// The only kind in [`Lane::Sending`].
pub const SENDING: &str = "send_message";

/// Takes up to `limit` due jobs, oldest first; they are ours until `lease_until`.
pub async fn claim(
    tx: &mut Tx,
    lane: Lane,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Job>> {
    let skip_locked = tx.skip_locked();
    let claim = tx.build("UPDATE job SET lease_until = ").push_bind(lease_until);
    let claim =
        claim.push(", attempts = attempts + 1 WHERE id IN (SELECT id FROM job WHERE NOT dead AND run_at <= ");
    let claim = claim.push_bind(now).push(" AND lease_until <= ").push_bind(now);
    let claim = claim.push(match lane {
        Lane::General => " AND kind <> ",
        Lane::Sending => " AND kind = ",
    });
    let claim = claim
        .push_bind(SENDING)
        .push(" ORDER BY run_at, id LIMIT ")
        .push_bind(limit)
        .push(skip_locked);
    let claim = claim.push(") RETURNING id, workspace_id, kind, payload, run_at, attempts, created_at");
    let mut jobs: Vec<Job> = claim.all().await?;
    jobs.sort_by_key(|job| (job.run_at, job.id));
    Ok(jobs)
}

/// Removes a job with its effect, in the same transaction.
pub async fn finish(tx: &mut Tx, job: JobId) -> Result<()> {
    tx.sql("DELETE FROM job WHERE id = $1").bind(job).run().await?;
    Ok(())
}

/// Removes jobs whose effect is committed.
pub async fn finish_all(tx: &mut Tx, jobs: &[JobId]) -> Result<()> {
    tx.build("DELETE FROM job WHERE id IN ")
        .push_list(jobs.iter().copied())
        .run()
        .await?;
    Ok(())
}

/// Removes jobs that nobody has taken yet and that ask for what `job` is about to do: who asked has committed, so its
/// doer sees why.
pub async fn drop_same(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<()> {
    tx.sql(
        "DELETE FROM job WHERE kind = $1 AND payload = $2 AND workspace_id = $3 AND id <> $4 AND run_at <= $5
           AND lease_until = 0 AND attempts = 0 AND NOT dead",
    )
    .bind(&job.kind)
    .bind(&job.payload)
    .bind(job.workspace_id)
    .bind(job.id)
    .bind(now)
    .run()
    .await?;
    Ok(())
}

/// Keeps a job that takes long. False when it is no longer ours.
pub async fn extend(tx: &mut Tx, job: &Job, lease_until: Timestamp) -> Result<bool> {
    let held = tx
        .sql("UPDATE job SET lease_until = $3 WHERE id = $1 AND attempts = $2")
        .bind(job.id)
        .bind(job.attempts)
        .bind(lease_until)
        .run()
        .await?;
    Ok(held > 0)
}

/// Gives a job back, to be run at `run_at`. `attempts` is what counts from now on.
pub async fn put_back(
    tx: &mut Tx,
    job: &Job,
    run_at: Timestamp,
    attempts: i64,
    error: Option<&str>,
) -> Result<()> {
    tx.sql("UPDATE job SET lease_until = 0, run_at = $3, attempts = $4, last_error = $5 WHERE id = $1 AND attempts = $2")
        .bind(job.id)
        .bind(job.attempts)
        .bind(run_at)
        .bind(attempts)
        .bind(error)
        .run()
        .await?;
    Ok(())
}

/// Gives a job up for good; its row stays, to be seen.
pub async fn bury(tx: &mut Tx, job: &Job, error: &str) -> Result<()> {
    tx.sql("UPDATE job SET dead = TRUE, lease_until = 0, last_error = $3 WHERE id = $1 AND attempts = $2")
        .bind(job.id)
        .bind(job.attempts)
        .bind(error)
        .run()
        .await?;
    Ok(())
}

/// How many jobs were given up; counted up to `most`.
pub async fn count_dead(conn: &mut Conn, most: i64) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql("SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT id FROM job WHERE dead LIMIT $1) AS first")
        .bind(most)
        .one()
        .await?;
    Ok(count)
}

/// When the oldest job that waits was due; `None` when none waits.
pub async fn oldest_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = conn
        .sql("SELECT run_at FROM job WHERE NOT dead AND run_at <= $1 AND lease_until <= $1 ORDER BY run_at LIMIT 1")
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|(run_at,)| run_at))
}

/// How many jobs are due and nobody's; counted up to `most`.
pub async fn count_due(conn: &mut Conn, now: Timestamp, most: i64) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql(
            "SELECT CAST(COUNT(*) AS BIGINT)
             FROM (SELECT id FROM job WHERE NOT dead AND run_at <= $1 AND lease_until <= $1 LIMIT $2) AS first",
        )
        .bind(now)
        .bind(most)
        .one()
        .await?;
    Ok(count)
}

/// When the oldest job of a kind was asked for, of the first `most` that are not done; `None` when all are.
pub async fn oldest_asked(conn: &mut Conn, kind: &str, most: i64) -> Result<Option<Timestamp>> {
    let (oldest,): (Option<Timestamp>,) = conn
        .sql(
            "SELECT MIN(created_at)
             FROM (SELECT created_at FROM job WHERE kind = $1 AND NOT dead ORDER BY run_at, id LIMIT $2) AS first",
        )
        .bind(kind)
        .bind(most)
        .one()
        .await?;
    Ok(oldest)
}
