//! Followers: what happens after a change, from a cursor of its own. A hint wakes them; the log decides.

use std::time::Duration;

use shouwen_core::id::WorkspaceId;
use tokio_util::sync::CancellationToken;

use super::bus::{Bus, News};
use super::events::{Logged, read_after};
use crate::db::{Db, Result};

/// How long a lost hint can delay a follower.
const POLL: Duration = Duration::from_secs(2);
const BATCH: i64 = 500;

pub trait Follower: Send {
    /// Sees the next events, in order. On an error it will see them again.
    fn see(&mut self, events: Vec<Logged>) -> impl Future<Output = Result<()>> + Send;
}

/// Shows the follower every event after `seq`, in order, until `stop`.
pub async fn follow(
    db: &Db,
    bus: &Bus,
    workspace: WorkspaceId,
    mut seq: i64,
    stop: CancellationToken,
    follower: &mut impl Follower,
) -> Result<()> {
    // Listens before it reads, so that nothing falls between the two.
    let mut news = bus.listen();
    while !stop.is_cancelled() {
        let batch = read_after(&mut db.read().await?, workspace, seq, BATCH).await?;
        if let Some(last) = batch.last() {
            seq = last.seq;
            follower.see(batch).await?;
            continue;
        }
        wait_for_news(&mut news, workspace, seq, &stop).await;
    }
    Ok(())
}

pub(super) async fn wait_for_news(
    news: &mut tokio::sync::broadcast::Receiver<News>,
    workspace: WorkspaceId,
    seq: i64,
    stop: &CancellationToken,
) {
    let deadline = tokio::time::sleep(POLL);
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            heard = news.recv() => match heard {
                Ok(News::Hint(hint)) if hint.workspace == workspace && hint.seq > seq => return,
                Ok(_) => {}
                // Lagged: something was said that we did not hear. Closed: only the poll is left.
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => return,
                Err(tokio::sync::broadcast::error::RecvError::Closed) => {
                    deadline.as_mut().await;
                    return;
                }
            },
            () = &mut deadline => return,
            () = stop.cancelled() => return,
        }
    }
}
