//! Connections of one account, kept for the next message: signing in costs more than sending.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::connection::Connection;
use super::delivery::{Outcome, OutgoingEnvelope, SendReport, deliver, reset};
use super::{AccountError, SmtpAccount};

/// Servers hang up on silent clients after minutes; older connections are not worth the trial.
const MAX_IDLE: Duration = Duration::from_mins(1);

/// Sends for one account over at most so many connections at once.
pub struct SmtpPool {
    account: SmtpAccount,
    permits: Semaphore,
    idle: Mutex<Vec<(Connection, Instant)>>,
}

impl SmtpPool {
    pub fn new(account: SmtpAccount, max_connections: usize) -> Self {
        SmtpPool {
            account,
            permits: Semaphore::new(max_connections.max(1)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Sends a message; whatever happens, there is a result for each recipient. `before_data` runs
    /// once some recipient was accepted, directly before DATA: there the caller commits that it is
    /// sending. If it fails, nothing was sent and its error is returned.
    pub async fn send<E>(
        &self,
        envelope: &OutgoingEnvelope,
        raw: &[u8],
        before_data: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<SendReport, E> {
        // The semaphore is never closed, so a permit always comes.
        let _permit = self.permits.acquire().await;
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(error) => return Ok(SendReport::account_failed(envelope, error)),
        };
        let Outcome { report, reusable } = deliver(&mut connection, envelope, raw, before_data).await?;
        if reusable {
            self.lock().push((connection, Instant::now()));
        }
        Ok(report)
    }

    /// Says goodbye on all idle connections.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock());
        for (mut connection, _) in idle {
            connection.quit().await;
        }
    }

    /// An idle connection that still answers, else a new one.
    async fn connection(&self) -> Result<Connection, AccountError> {
        while let Some((mut connection, since)) = self.take_idle() {
            if since.elapsed() < MAX_IDLE && reset(&mut connection).await {
                return Ok(connection);
            }
        }
        Connection::open(&self.account).await
    }

    fn take_idle(&self) -> Option<(Connection, Instant)> {
        self.lock().pop()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Connection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
