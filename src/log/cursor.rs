//! Followers that keep their place in the database: what they do with an event, and their move past it, commit together.
//!
//! However often servers die, and however many follow at once, an event takes effect once: the cursor moves only from
//! where its mover found it. An event that fails five times is set aside, loudly, and the follower goes on. A kind
//! that only a newer server knows is waited for: passing it by would lose it.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shouwen_core::actor::Actor;
use shouwen_core::event::Event;
use shouwen_core::id::WorkspaceId;
use tokio_util::sync::CancellationToken;

use super::bus::Bus;
use super::events::{Logged, last_seq, read_after};
use super::follow::wait_for_news;
use super::{Change, Log};
use crate::db::{Conn, Db, Error, Result, Tx};

const BATCH: i64 = 200;
/// What happens within this time takes effect in one commit.
const TOGETHER: Duration = Duration::from_millis(250);
/// How often one event may fail before it is set aside.
const MOST_FAILURES: i64 = 5;
/// How long a server waits that found another one leading, or an event that it cannot do now.
const STAND_BY: Duration = Duration::from_secs(2);

/// What follows from events. Cheap to clone.
pub trait Effect: Clone + Send + Sync + 'static {
    /// The name of its cursor. A new one begins at the end of the log.
    const NAME: &'static str;

    /// Does what follows from these events, in order, in the transaction that moves the cursor past them.
    fn apply<'c>(&'c self, change: &'c mut Change, events: &'c [Logged]) -> BoxFuture<'c, Result<()>>;
}

/// What one look at the log came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Moved,
    /// Everything has taken effect.
    AtEnd,
    /// Another server moved the cursor meanwhile.
    Elsewhere,
    /// The next event failed, and counts so.
    Failed,
    /// The next event failed once too often and was set aside.
    SetAside,
    /// The next event is of a kind that only a newer server knows.
    Awaits,
}

/// Where the follower of one workspace's log stands.
pub struct Cursor<E> {
    pub db: Db,
    pub log: Log,
    pub workspace: WorkspaceId,
    pub effect: E,
}

#[derive(sqlx::FromRow)]
struct Place {
    seq: i64,
    failures: i64,
}

/// A move past some events.
struct Move<E> {
    effect: E,
    from: i64,
    events: Vec<Logged>,
}

impl<E: Effect> Cursor<E> {
    /// Follows until `stop`. While another server leads, it looks now and then whether that one still does.
    pub async fn follow(&self, bus: &Bus, stop: CancellationToken) -> Result<()> {
        let (mut news, mut leads) = (bus.listen(), true);
        while !stop.is_cancelled() {
            let step = self.step().await?;
            leads = match step {
                Step::Moved | Step::SetAside => true,
                Step::Elsewhere => false,
                Step::AtEnd | Step::Failed | Step::Awaits => leads,
            };
            match step {
                Step::Moved | Step::SetAside => {}
                Step::AtEnd if leads => {
                    let seq = place(&mut self.db.read().await?, self.workspace, E::NAME).await?;
                    wait_for_news(&mut news, self.workspace, seq.map_or(0, |place| place.seq), &stop).await;
                    tokio::time::sleep(TOGETHER).await;
                }
                _ => tokio::select! {
                    () = tokio::time::sleep(STAND_BY) => {}
                    () = stop.cancelled() => {}
                },
            }
        }
        Ok(())
    }

    /// Looks once, and moves as far as a batch goes.
    pub async fn step(&self) -> Result<Step> {
        let place = self.place().await?;
        let limit = if place.failures > 0 { 1 } else { BATCH };
        let mut events = read_after(&mut self.db.read().await?, self.workspace, place.seq, limit).await?;
        if events.is_empty() {
            return Ok(Step::AtEnd);
        }
        let known = events
            .iter()
            .take_while(|logged| *logged.event() != Event::Unknown)
            .count();
        if known == 0 {
            tracing::warn!(
                follower = E::NAME,
                seq = place.seq + 1,
                "an event of a newer server is waited for"
            );
            return Ok(Step::Awaits);
        }
        events.truncate(known);
        match self.advance(place.seq, events.clone()).await {
            Err(error) if known == 1 => self.fail(&place, &events[0], error).await,
            // One of them fails: they go one by one, so that the others do not wait for it.
            Err(_) => {
                let first = events.swap_remove(0);
                match self.advance(place.seq, vec![first.clone()]).await {
                    Err(error) => self.fail(&place, &first, error).await,
                    moved => moved,
                }
            }
            moved => moved,
        }
    }

    async fn advance(&self, from: i64, events: Vec<Logged>) -> Result<Step> {
        let actor = Actor::system(self.workspace);
        let effect = self.effect.clone();
        let input = Move { effect, from, events };
        self.log
            .change(&actor, input, |change, input| advance(change, input).boxed())
            .await
    }

    /// Counts a failure, or sets the event aside. A store that is away is no fault of the event.
    async fn fail(&self, place: &Place, event: &Logged, error: Error) -> Result<Step> {
        if matches!(error, Error::Unavailable(_)) {
            return Err(error);
        }
        let give_up = place.failures + 1 >= MOST_FAILURES;
        if give_up {
            tracing::error!(follower = E::NAME, event.seq, %error, "an event was set aside: it never took effect");
        } else {
            tracing::warn!(follower = E::NAME, event.seq, %error, "an event failed and will be tried again");
        }
        let (actor, seq) = (Actor::system(self.workspace), event.seq);
        let reason = give_up.then(|| error.to_string());
        let input = (place.seq, seq, reason);
        let written: Result<Step> = self
            .log
            .change(&actor, input, |change, (from, seq, reason)| {
                note_failure(change, E::NAME, *from, *seq, reason.as_deref()).boxed()
            })
            .await;
        written
    }

    /// Where the cursor stands; a new one is put at the end of the log.
    async fn place(&self) -> Result<Place> {
        if let Some(place) = place(&mut self.db.read().await?, self.workspace, E::NAME).await? {
            return Ok(place);
        }
        let actor = Actor::system(self.workspace);
        let begun: Result<()> = self
            .log
            .change(&actor, (), |change, ()| begin(change, E::NAME).boxed())
            .await;
        begun?;
        let place = place(&mut self.db.read().await?, self.workspace, E::NAME).await?;
        place.ok_or_else(|| Error::Unavailable("the cursor is gone".to_owned()))
    }
}

async fn advance<E: Effect>(change: &mut Change, input: &Move<E>) -> Result<Step> {
    let Some(last) = input.events.last() else {
        return Ok(Step::AtEnd);
    };
    let workspace = change.workspace();
    if !move_on(change.tx(), workspace, E::NAME, input.from, last.seq).await? {
        return Ok(Step::Elsewhere);
    }
    input.effect.apply(change, &input.events).await?;
    Ok(Step::Moved)
}

async fn note_failure(
    change: &mut Change,
    follower: &'static str,
    from: i64,
    seq: i64,
    reason: Option<&str>,
) -> Result<Step> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(reason) = reason else {
        change
            .tx()
            .sql("UPDATE cursor SET failures = failures + 1 WHERE workspace_id = $1 AND follower = $2 AND seq = $3")
            .bind(workspace)
            .bind(follower)
            .bind(from)
            .run()
            .await?;
        return Ok(Step::Failed);
    };
    if !move_on(change.tx(), workspace, follower, from, seq).await? {
        return Ok(Step::Elsewhere);
    }
    change
        .tx()
        .sql("INSERT INTO set_aside (workspace_id, follower, seq, error, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(workspace)
        .bind(follower)
        .bind(seq)
        .bind(reason)
        .bind(now)
        .run()
        .await?;
    Ok(Step::SetAside)
}

/// False when somebody else moved it first.
async fn move_on(tx: &mut Tx, workspace: WorkspaceId, follower: &str, from: i64, to: i64) -> Result<bool> {
    let moved = tx
        .sql(
            "UPDATE cursor SET seq = $4, failures = 0 WHERE workspace_id = $1 AND follower = $2 AND seq = $3",
        )
        .bind(workspace)
        .bind(follower)
        .bind(from)
        .bind(to)
        .run()
        .await?;
    Ok(moved > 0)
}

async fn place(conn: &mut Conn, workspace: WorkspaceId, follower: &str) -> Result<Option<Place>> {
    conn.sql("SELECT seq, failures FROM cursor WHERE workspace_id = $1 AND follower = $2")
        .bind(workspace)
        .bind(follower)
        .optional()
        .await
}

async fn begin(change: &mut Change, follower: &'static str) -> Result<()> {
    let workspace = change.workspace();
    let end = last_seq(change.tx(), workspace).await?;
    change
        .tx()
        .sql("INSERT INTO cursor (workspace_id, follower, seq, failures) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING")
        .bind(workspace)
        .bind(follower)
        .bind(end)
        .run()
        .await?;
    Ok(())
}

/// How many events were set aside, by any follower; counted up to `most`.
pub async fn count_set_aside(conn: &mut Conn, workspace: WorkspaceId, most: i64) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql(
            "SELECT CAST(COUNT(*) AS BIGINT)
             FROM (SELECT seq FROM set_aside WHERE workspace_id = $1 LIMIT $2) AS first",
        )
        .bind(workspace)
        .bind(most)
        .one()
        .await?;
    Ok(count)
}

/// Each follower with how many events it has not read.
pub async fn behind(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(String, i64)>> {
    let end = last_seq(conn, workspace).await?;
    let places: Vec<(String, i64)> = conn
        .sql("SELECT follower, seq FROM cursor WHERE workspace_id = $1 ORDER BY follower LIMIT 100")
        .bind(workspace)
        .all()
        .await?;
    Ok(places.into_iter().map(|(name, seq)| (name, end - seq)).collect())
}
