//! Whether this server should be sent work: not while it drains, not while something it needs does not answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

/// A check that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(3);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// For so long a finding holds, however often it is asked for.
const HOLDS: Duration = Duration::from_secs(2);

/// What must be well, and what is worth telling.
#[derive(Default)]
pub struct Health {
    draining: AtomicBool,
    checks: Mutex<Vec<(&'static str, Need, Check)>>,
    found: tokio::sync::Mutex<Option<(Instant, Vec<Finding>)>>,
}

/// What it means when a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// No traffic should come here.
    Needed,
    /// The desk works on, less well.
    Wanted,
}

/// How one check came out.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Finding {
    pub name: &'static str,
    pub ok: bool,
    /// Whether no traffic should come here while it fails.
    pub needed: bool,
    /// Why not; a sentence without addresses or secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
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
    pub fn add_need<F>(&self, name: &'static str, check: F)
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.add(name, Need::Needed, Arc::new(check));
    }

    /// Adds something that is told when it is not well, and turns nobody away.
    pub fn add_wish<F>(&self, name: &'static str, check: F)
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.add(name, Need::Wanted, Arc::new(check));
    }

    fn add(&self, name: &'static str, need: Need, check: Check) {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.push((name, need, check));
    }

    /// Runs every check, unless somebody did so just now: whoever asks without end costs nothing.
    pub async fn look(&self) -> Vec<Finding> {
        let mut found = self.found.lock().await;
        if let Some((at, findings)) = &*found
            && at.elapsed() < HOLDS
        {
            return findings.clone();
        }
        let findings = self.look_within(PATIENCE).await;
        *found = Some((Instant::now(), findings.clone()));
        findings
    }

    async fn look_within(&self, patience: Duration) -> Vec<Finding> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let looks = checks.into_iter().map(|(name, need, check)| async move {
            let result = tokio::time::timeout(patience, check()).await;
            let detail = result.unwrap_or_else(|_| Err("does not answer".to_owned())).err();
            Finding {
                name,
                ok: detail.is_none(),
                needed: need == Need::Needed,
                detail,
            }
        });
        futures_util::future::join_all(looks).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn what_fails_or_does_not_answer_is_told() {
        let health = Health::default();
        health.add_need("well", || async { Ok(()) }.boxed());
        health.add_wish("ill", || async { Err("is ill".to_owned()) }.boxed());
        health.add_need("stuck", || std::future::pending().boxed());
        let found = health.look_within(Duration::from_millis(20)).await;
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name, one.needed, one.detail.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("well", true, None),
                ("ill", false, Some("is ill")),
                ("stuck", true, Some("does not answer"))
            ]
        );
    }

    #[tokio::test]
    async fn whoever_asks_without_end_costs_one_look() {
        let (health, looks) = (Health::default(), Arc::new(AtomicU32::new(0)));
        let counted = looks.clone();
        health.add_need("disk", move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }.boxed()
        });
        futures_util::future::join_all((0..50).map(|_| health.look())).await;
        assert_eq!(looks.load(Ordering::SeqCst), 1);
    }
}
