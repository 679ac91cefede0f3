//! Whether this server should be sent work: not while it drains, not while something it needs does not answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;

/// A check that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(3);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What must be well. Others add to it: `app.health.add_check("smtp", …)`.
#[derive(Default)]
pub struct Health {
    draining: AtomicBool,
    checks: Mutex<Vec<(&'static str, Check)>>,
}

/// How one check came out.
#[derive(Debug, serde::Serialize)]
pub struct Finding {
    pub name: &'static str,
    pub ok: bool,
    /// Why not; a sentence without addresses or secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Health {
    /// From now on this server takes no new work.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Adds something that must be well before traffic is sent here.
    pub fn add_check<F>(&self, name: &'static str, check: F)
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, Arc::new(check)));
    }

    /// Runs every check.
    pub async fn look(&self) -> Vec<Finding> {
        self.look_within(PATIENCE).await
    }

    async fn look_within(&self, patience: Duration) -> Vec<Finding> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let looks = checks.into_iter().map(|(name, check)| async move {
            let result = tokio::time::timeout(patience, check()).await;
            let detail = result.unwrap_or_else(|_| Err("does not answer".to_owned())).err();
            Finding {
                name,
                ok: detail.is_none(),
                detail,
            }
        });
        futures_util::future::join_all(looks).await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn what_fails_or_does_not_answer_is_told() {
        let health = Health::default();
        health.add_check("well", || async { Ok(()) }.boxed());
        health.add_check("ill", || async { Err("is ill".to_owned()) }.boxed());
        health.add_check("stuck", || std::future::pending().boxed());
        let found = health.look_within(Duration::from_millis(20)).await;
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name, one.detail.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("well", None),
                ("ill", Some("is ill")),
                ("stuck", Some("does not answer"))
            ]
        );
    }
}
