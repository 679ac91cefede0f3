//! Running changes: grouped in one commit on SQLite, each in its own transaction on PostgreSQL.
//!
//! On SQLite one task owns the only write connection. Changes that wait together run in one transaction, each in a
//! savepoint, and share the log's number and the fsync. A group that fails as a whole is run again one by one.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shouwen_core::actor::Actor;
use shouwen_core::event::Origin;
use shouwen_core::id::Ids;
use shouwen_core::time::Clock;
use tokio::sync::{mpsc, oneshot};

use super::bus::Bus;
use super::change::{Change, Reached, Recorded, flush};
use crate::db::{Db, Error, Race, Result, Tx};

/// How many changes share a commit at most.
const GROUP: usize = 128;
/// How often a change that lost a race is run again.
const RACES: u32 = 8;
/// A closure touches rows only; one that takes this long waits for something else.
const LONGEST: Duration = Duration::from_secs(20);

/// What every change ends with, in its transaction, whatever it is: what follows from the events that it recorded.
pub type Finish = Arc<dyn for<'c> Fn(&'c mut Change) -> BoxFuture<'c, Result<()>> + Send + Sync>;

/// The way to write. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    desk: Desk,
    /// To the task that owns SQLite's write connection; none on PostgreSQL.
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    finish: Finish,
}

/// What every change is made with.
#[derive(Clone)]
struct Desk {
    db: Db,
    bus: Bus,
    clock: Arc<dyn Clock>,
    ids: Ids,
}

/// A change that waits to be run, however often.
trait Work: Send + Sync {
    fn actor(&self) -> (&Actor, Origin);
    /// Runs the closure and keeps its result; true when what it wrote is to be kept.
    fn run<'c>(&'c self, change: &'c mut Change) -> BoxFuture<'c, bool>;
    /// Says the result to the caller; `fate` is that of the commit.
    fn settle(self: Box<Self>, fate: Result<()>);
}

struct Task<I, T, E, F> {
    actor: Actor,
    origin: Origin,
    input: I,
    work: F,
    finish: Finish,
    result: Mutex<Option<std::result::Result<T, E>>>,
    tell: oneshot::Sender<std::result::Result<T, E>>,
}

impl<I, T, E, F> Task<I, T, E, F>
where
    E: From<Error>,
    F: for<'c> Fn(&'c mut Change, &'c I) -> BoxFuture<'c, std::result::Result<T, E>>,
{
    /// The closure, and then what every change ends with.
    async fn run_whole(&self, change: &mut Change) -> std::result::Result<T, E> {
        let result = (self.work)(change, &self.input).await?;
        (self.finish)(change).await?;
        Ok(result)
    }
}

impl<I, T, E, F> Work for Task<I, T, E, F>
where
    I: Send + Sync,
    T: Send,
    E: From<Error> + Send,
    F: for<'c> Fn(&'c mut Change, &'c I) -> BoxFuture<'c, std::result::Result<T, E>> + Send + Sync,
{
    fn actor(&self) -> (&Actor, Origin) {
        (&self.actor, self.origin)
    }

    fn run<'c>(&'c self, change: &'c mut Change) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            // Called inside, because a closure may panic before it has a future to give.
            let guarded = AssertUnwindSafe(self.run_whole(change)).catch_unwind();
            let result = match tokio::time::timeout(LONGEST, guarded).await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => {
                    Err(Error::Other(sqlx::Error::Protocol("the change panicked".to_owned())).into())
                }
                Err(_) => Err(Error::Unavailable("the change took too long".to_owned()).into()),
            };
            let keep = result.is_ok();
            *self
                .result
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(result);
            keep
        })
    }

    fn settle(self: Box<Self>, fate: Result<()>) {
        let result = self
            .result
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let told = match (result, fate) {
            // Before what the closure said: it was said in a run that did not come to an end.
            (_, Err(error)) => Err(error.into()),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(Error::Unavailable("the change was not run".to_owned()).into()),
        };
        // A caller that went away (a closed connection) does not undo what is committed.
        let _ = self.tell.send(told);
    }
}

impl Log {
    /// Starts the writer. Its task ends when the last clone of the log is gone.
    pub fn start(db: Db, bus: Bus, clock: Arc<dyn Clock>, ids: Ids, finish: Finish) -> Self {
        let desk = Desk { db, bus, clock, ids };
        let queue = desk.db.is_sqlite().then(|| {
            let (send, receive) = mpsc::channel(4 * GROUP);
            start_thread(run_groups(desk.clone(), receive));
            send
        });
        Self { desk, queue, finish }
    }

    pub fn bus(&self) -> &Bus {
        &self.desk.bus
    }

    /// Runs `work` in a transaction; `Ok` means that what it wrote is durable.
    ///
    /// `work` touches rows only, and may run again. An `Err` of its undoes its own writes and no one else's.
    pub async fn change<I, T, E, F>(&self, actor: &Actor, input: I, work: F) -> std::result::Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'c> Fn(&'c mut Change, &'c I) -> BoxFuture<'c, std::result::Result<T, E>>
            + Send
            + Sync
            + 'static,
    {
        self.change_from(Origin::Live, actor, input, work).await
    }

    /// As [`Log::change`], for what does not happen live.
    pub async fn change_from<I, T, E, F>(
        &self,
        origin: Origin,
        actor: &Actor,
        input: I,
        work: F,
    ) -> std::result::Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: for<'c> Fn(&'c mut Change, &'c I) -> BoxFuture<'c, std::result::Result<T, E>>
            + Send
            + Sync
            + 'static,
    {
        let (tell, outcome) = oneshot::channel();
        let task = Box::new(Task {
            actor: actor.clone(),
            origin,
            input,
            work,
            finish: self.finish.clone(),
            result: Mutex::new(None),
            tell,
        });
        match &self.queue {
            Some(queue) => queue.send(task).await.map_err(|_| stopped())?,
            None => run_alone(&self.desk, task).await,
        }
        outcome.await.map_err(|_| stopped())?
    }
}

fn stopped<E: From<Error>>() -> E {
    Error::Unavailable("the writer has stopped".to_owned()).into()
}

/// A thread of its own: between its statements the writer waits for nothing but the one that runs, and a runtime with
/// other work to look for would only wake up later.
fn start_thread(writer: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without sockets needs nothing that could be missing");
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || runtime.block_on(writer))
        .expect("the system gives one more thread");
}

async fn run_groups(desk: Desk, mut queue: mpsc::Receiver<Box<dyn Work>>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        match run_group(&desk, &group).await {
            Ok(reached) => {
                for work in group.drain(..) {
                    work.settle(Ok(()));
                }
                hint(&desk, reached);
            }
            Err(_) if group.len() > 1 => {
                for work in group.drain(..) {
                    run_alone(&desk, work).await;
                }
            }
            Err(error) => {
                if let Some(work) = group.pop() {
                    work.settle(Err(error));
                }
            }
        }
    }
}

/// Runs the group in one transaction.
async fn run_group(desk: &Desk, group: &[Box<dyn Work>]) -> Result<Reached> {
    let mut tx = desk.db.begin().await?;
    let mut recorded = Vec::with_capacity(group.len());
    let alone = group.len() == 1;
    for work in group {
        if !alone {
            tx.sql("SAVEPOINT change").run().await?;
        }
        let done = run_one(desk, tx, work.as_ref(), std::mem::take(&mut recorded)).await;
        (tx, recorded) = (done.tx, done.earlier);
        match done.kept {
            Some(part) => recorded.push(part),
            None if alone => return Ok(Reached::default()),
            None => {
                tx.sql("ROLLBACK TO change").run().await?;
            }
        }
        if !alone {
            tx.sql("RELEASE change").run().await?;
        }
    }
    let reached = flush(&mut tx, recorded).await?;
    tx.commit().await?;
    Ok(reached)
}

/// One change that was run inside a transaction.
struct Done {
    tx: Tx,
    /// What the changes before it recorded.
    earlier: Vec<Recorded>,
    /// What it recorded itself; `None` when its writes are to be undone.
    kept: Option<Recorded>,
}

/// Runs one change inside `tx`, in which others recorded `earlier`.
async fn run_one(desk: &Desk, tx: Tx, work: &dyn Work, earlier: Vec<Recorded>) -> Done {
    let (actor, origin) = work.actor();
    let mut change = Change::new(tx, actor.clone(), origin, desk.clock.now(), desk.ids.clone());
    change.earlier = earlier;
    let keep = work.run(&mut change).await;
    Done {
        tx: change.tx,
        earlier: change.earlier,
        kept: keep.then_some(change.recorded),
    }
}

/// Runs one change in a transaction of its own, again when it loses a race.
async fn run_alone(desk: &Desk, work: Box<dyn Work>) {
    let mut fate = Ok(());
    for attempt in 0..RACES {
        match try_alone(desk, work.as_ref()).await {
            Ok(Attempt::Done(reached)) => {
                work.settle(Ok(()));
                hint(desk, reached);
                return;
            }
            // The row that was met is there now: once more tells whether that was all.
            Ok(Attempt::Refused(Race::Met)) if attempt == 0 => {}
            Ok(Attempt::Refused(Race::None | Race::Met | Race::Other)) => {
                fate = Ok(());
                break;
            }
            Ok(Attempt::Refused(Race::Lost)) => {
                fate = Err(Error::Unavailable(
                    "too many changes at once; try again".to_owned(),
                ));
                let wait = rand::random_range(0..10_u64 << attempt);
                tokio::time::sleep(Duration::from_millis(wait)).await;
            }
            Err(error) => {
                fate = Err(error);
                break;
            }
        }
    }
    work.settle(fate);
}

enum Attempt {
    Done(Reached),
    /// Nothing was written.
    Refused(Race),
}

async fn try_alone(desk: &Desk, work: &dyn Work) -> Result<Attempt> {
    let tx = desk.db.begin().await?;
    let Done { mut tx, kept, .. } = run_one(desk, tx, work, Vec::new()).await;
    let Some(recorded) = kept else {
        return Ok(Attempt::Refused(tx.race()));
    };
    let flushed = flush(&mut tx, vec![recorded]).await;
    if tx.race() == Race::Lost {
        return Ok(Attempt::Refused(Race::Lost));
    }
    let reached = flushed?;
    if tx.race() != Race::None {
        // PostgreSQL would answer the commit of such a transaction with a silent rollback.
        let words = "a statement failed and the change went on";
        return Err(Error::Other(sqlx::Error::Protocol(words.to_owned())));
    }
    match tx.commit().await {
        Ok(()) => Ok(Attempt::Done(reached)),
        Err(Error::Other(error)) if is_lost_race(&error) => Ok(Attempt::Refused(Race::Lost)),
        Err(error) => Err(error),
    }
}

fn is_lost_race(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
}

fn hint(desk: &Desk, reached: Reached) {
    for (workspace, seq) in reached.seqs {
        desk.bus.hint(workspace, seq);
    }
    if reached.has_jobs {
        desk.bus.work();
    }
}
