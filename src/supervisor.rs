//! Long-running tasks: restarted when they fail, stopped when the process stops.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// What tasks have to put away what is in their hands, once the grace is over.
const LAST: Duration = Duration::from_secs(3);
/// A task that ran this long was well.
const WELL: Duration = Duration::from_mins(1);
/// A task that failed is taken for well again after this long.
const SETTLED: Duration = Duration::from_secs(5);

/// Cheap to clone; clones share the tasks.
#[derive(Clone, Default)]
pub struct Supervisor {
    stop: CancellationToken,
    out_of_time: CancellationToken,
    tasks: TaskTracker,
    /// Those of [`Supervisor::keep`] that failed and wait to be started again.
    failing: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Supervisor {
    /// Cancelled when the process is to stop.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Cancelled when the grace for stopping is over: what is in hand is put away at once.
    pub fn out_of_time(&self) -> CancellationToken {
        self.out_of_time.clone()
    }

    /// Whether one of these tasks failed and has not been well since.
    pub fn is_failing(&self, names: &[&str]) -> bool {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().any(|name| failing.contains(name))
    }

    fn note(&self, name: &'static str, fails: bool) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if fails {
            failing.insert(name);
        } else {
            failing.remove(name);
        }
    }

    /// Runs `task` until it returns `Ok` or the process stops; restarts it after an error or a panic.
    pub fn keep<F, T>(&self, name: &'static str, task: F)
    where
        F: Fn(CancellationToken) -> T + Send + 'static,
        T: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        let (stop, supervisor) = (self.stop.clone(), self.clone());
        self.tasks.spawn(async move {
            let mut delay = FIRST_DELAY;
            while !stop.is_cancelled() {
                let started = tokio::time::Instant::now();
                let running = AssertUnwindSafe(task(stop.clone())).catch_unwind();
                match supervisor.well_after(SETTLED, name, running).await {
                    Ok(Ok(())) => break,
                    Ok(Err(error)) => {
                        tracing::error!(task.name = name, %error, "task failed, starting it again");
                    }
                    Err(_) => tracing::error!(task.name = name, "task panicked, starting it again"),
                }
                supervisor.note(name, true);
                if started.elapsed() > WELL {
                    delay = FIRST_DELAY;
                }
                tokio::select! {
                    () = tokio::time::sleep(delay) => {}
                    () = stop.cancelled() => break,
                }
                delay = (delay * 2).min(LONGEST_DELAY);
            }
        });
    }

    /// Runs `task`; a task that runs for `time` is no longer one that fails.
    async fn well_after<T>(&self, time: Duration, name: &'static str, task: impl Future<Output = T>) -> T {
        let mut task = std::pin::pin!(task);
        if let Ok(ended) = tokio::time::timeout(time, &mut task).await {
            return ended;
        }
        self.note(name, false);
        task.await
    }

    /// Runs `task` once: a connection, a session.
    pub fn run<T>(&self, name: &'static str, task: T)
    where
        T: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                tracing::error!(task.name = name, "task panicked");
            }
        });
    }

    /// Asks every task to stop and waits for them, at most `grace` and the moment that it takes to put away what is in
    /// their hands. Returns whether all stopped within the grace.
    pub async fn shut_down(&self, grace: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_ok() {
            return true;
        }
        self.out_of_time.cancel();
        let _ = tokio::time::timeout(LAST, self.tasks.wait()).await; // told by what is returned
        false
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn when_the_grace_is_over_tasks_put_away_what_they_hold() {
        let (supervisor, put_away) = (Supervisor::default(), Arc::new(AtomicU32::new(0)));
        let (over, count) = (supervisor.out_of_time(), put_away.clone());
        supervisor.run("test", async move {
            over.cancelled().await;
            count.fetch_add(1, Ordering::SeqCst);
        });
        assert!(!supervisor.shut_down(Duration::from_millis(10)).await);
        assert_eq!(put_away.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_task_that_fails_is_told_until_it_is_well() {
        let (supervisor, failed) = (Supervisor::default(), Arc::new(Notify::new()));
        let told = failed.clone();
        supervisor.keep("listener", move |_stop| {
            let told = told.clone();
            async move {
                told.notify_one();
                Err("no more files may be opened".into())
            }
        });
        failed.notified().await;
        // Started a second time: the first failure has been noted.
        failed.notified().await;
        assert!(supervisor.is_failing(&["listener"]) && !supervisor.is_failing(&["jobs"]));
        supervisor.shut_down(Duration::from_secs(1)).await;
    }

    #[tokio::test]
    async fn a_task_that_panics_or_fails_is_started_again() {
        let (supervisor, runs, well) = (
            Supervisor::default(),
            Arc::new(AtomicU32::new(0)),
            Arc::new(Notify::new()),
        );
        let (counted, told) = (runs.clone(), well.clone());
        supervisor.keep("test", move |_stop| {
            let (runs, well) = (counted.clone(), told.clone());
            async move {
                match runs.fetch_add(1, Ordering::SeqCst) {
                    0 => panic!("on purpose"),
                    1 => Err("on purpose".into()),
                    _ => {
                        well.notify_one();
                        Ok(())
                    }
                }
            }
        });
        tokio::time::timeout(Duration::from_secs(20), well.notified())
            .await
            .unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 3);
        assert!(supervisor.shut_down(Duration::from_secs(1)).await);
    }
}
