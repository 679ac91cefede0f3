//! Attempts at what is throttled, counted for all servers together.

use shouwen_core::time::Timestamp;

use crate::db::{Result, Tx};

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempts {
    pub failures: i64,
    /// When they began to be counted.
    pub since: Timestamp,
    /// Not again before.
    pub until: Timestamp,
}

/// The attempts under a key, its row locked; a new one when there is none.
pub async fn lock(tx: &mut Tx, key: &str, now: Timestamp) -> Result<Attempts> {
    tx.sql(
        "INSERT INTO throttle (key, failures, since, until) VALUES ($1, 0, $2, $2) ON CONFLICT DO NOTHING",
    )
    .bind(key)
    .bind(now)
    .run()
    .await?;
    tx.sql("UPDATE throttle SET failures = failures WHERE key = $1 RETURNING failures, since, until")
        .bind(key)
        .one()
        .await
}

pub async fn save(tx: &mut Tx, key: &str, attempts: &Attempts) -> Result<()> {
    tx.sql("UPDATE throttle SET failures = $2, since = $3, until = $4 WHERE key = $1")
        .bind(key)
        .bind(attempts.failures)
        .bind(attempts.since)
        .bind(attempts.until)
        .run()
        .await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx, key: &str) -> Result<()> {
    tx.sql("DELETE FROM throttle WHERE key = $1")
        .bind(key)
        .run()
        .await?;
    Ok(())
}

/// Forgets what began before `before` and no longer holds anybody up. The installation's own row stays.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<()> {
    tx.sql("DELETE FROM throttle WHERE since < $1 AND until < $1 AND key <> 'installation'")
        .bind(before)
        .run()
        .await?;
    Ok(())
}
