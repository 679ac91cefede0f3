//! Long-running tasks: restarted when they fail, stopped when the process stops.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub type TaskError = Box<dyn std::error::Error + Send + Sync>;

const FIRST_DELAY: Duration = Duration::from_millis(200);
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// A task that ran this long was well.
const WELL: Duration = Duration::from_mins(1);

/// Cheap to clone; clones share the tasks.
#[derive(Clone, Default)]
pub struct Supervisor {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Supervisor {
    /// Cancelled when the process is to stop.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs `task` until it returns `Ok` or the process stops; restarts it after an error or a panic.
    pub fn keep<F, T>(&self, name: &'static str, task: F)
    where
        F: Fn(CancellationToken) -> T + Send + 'static,
        T: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let mut delay = FIRST_DELAY;
            while !stop.is_cancelled() {
                let started = tokio::time::Instant::now();
                match AssertUnwindSafe(task(stop.clone())).catch_unwind().await {
                    Ok(Ok(())) => break,
                    Ok(Err(error)) => {
                        tracing::error!(task.name = name, %error, "task failed, starting it again");
                    }
                    Err(_) => tracing::error!(task.name = name, "task panicked, starting it again"),
                }
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

    /// Asks every task to stop and waits for them, at most `grace`. Returns whether all stopped.
    pub async fn shut_down(&self, grace: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(grace, self.tasks.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Notify;

    use super::*;

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
