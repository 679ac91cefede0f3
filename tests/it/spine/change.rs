//! Changes: what one does, its neighbours in the same commit do not notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use shouwen::app::App;
use shouwen::db::Error;
use shouwen::log::{Change, last_seq, read_after};
use shouwen::store::workspaces;
use shouwen_core::event::{Event, Reference};
use tokio::sync::Notify;

use crate::support::desk::{Desk, Engine, both_engines};

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Refused,
    Store(String),
}

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        Self::Store(error.to_string())
    }
}

/// Writes a counter of this name and records an event.
async fn count(change: &mut Change, name: &str) -> Result<i64, Told> {
    let workspace = change.workspace();
    workspaces::add_counter(change.tx(), workspace, name, 0).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Tags,
    });
    Ok(workspaces::next_count(change.tx(), workspace, name).await?)
}

async fn counters(app: &App) -> Vec<String> {
    let rows: Result<Vec<(String,)>, Error> = app
        .db
        .read()
        .await
        .unwrap()
        .sql("SELECT name FROM counter WHERE workspace_id = $1 AND name <> 'ticket' ORDER BY name")
        .bind(app.workspace)
        .all()
        .await;
    rows.unwrap().into_iter().map(|(name,)| name).collect()
}

async fn events(app: &App) -> usize {
    let mut conn = app.db.read().await.unwrap();
    read_after(&mut conn, app.workspace, 0, 10_000)
        .await
        .unwrap()
        .len()
}

/// One of the changes of a group, by what it is told.
type Deed = for<'c> fn(&'c mut Change, &'c String) -> BoxFuture<'c, Result<i64, Told>>;

#[expect(clippy::ptr_arg, reason = "it stands as a Deed, whose input is a String")]
fn good<'c>(change: &'c mut Change, name: &'c String) -> BoxFuture<'c, Result<i64, Told>> {
    count(change, name).boxed()
}

/// Runs the deeds so that on SQLite they wait together and share a commit: they queue behind one that waits.
async fn together(app: &App, deeds: &[(&str, Deed)]) -> Vec<Result<i64, Told>> {
    let (gate, held) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (actor, input) = (app.system(), (gate.clone(), held.clone()));
    let first = app.change(&actor, input, |_, (gate, held)| {
        async move {
            held.notify_one();
            gate.notified().await;
            Ok::<_, Told>(())
        }
        .boxed()
    });
    let others = deeds
        .iter()
        .map(|(name, deed)| app.change(&actor, (*name).to_owned(), *deed));
    let mut others = Box::pin(join_all(others));
    let mut first = Box::pin(first);
    // The first runs, the others are in the queue; then the first may end.
    tokio::select! {
        () = held.notified() => {}
        _ = &mut first => panic!("it waits at the gate"),
    }
    let early = (&mut others).now_or_never();
    assert!(
        early.is_none() || !app.db.is_sqlite(),
        "on SQLite they queue; on PostgreSQL each may be done at once"
    );
    gate.notify_one();
    first.await.unwrap();
    match early {
        Some(told) => told,
        None => others.await,
    }
}

both_engines! {
    async fn a_refused_change_undoes_its_own_writes_and_no_one_elses(desk: Desk) {
        let refused: Deed = |change, name| async move {
            count(change, name).await?;
            Err(Told::Refused)
        }.boxed();
        let before = events(&desk.app).await;
        let told = together(&desk.app, &[("a", good), ("b", refused), ("c", good)]).await;
        assert_eq!(told, [Ok(1), Err(Told::Refused), Ok(1)]);
        assert_eq!(counters(&desk.app).await, ["a", "c"]);
        assert_eq!(events(&desk.app).await, before + 2, "what a refused change recorded is gone with it");
    }

    async fn a_panic_fails_its_own_change_alone(desk: Desk) {
        let panics: Deed = |change, name| async move {
            count(change, name).await?;
            panic!("on purpose")
        }.boxed();
        let panics_at_once: Deed = |_, name| panic!("on purpose, {name} has no future");
        let told = together(&desk.app, &[("a", good), ("b", panics), ("c", panics_at_once), ("d", good)]).await;
        assert_eq!((&told[0], &told[3]), (&Ok(1), &Ok(1)));
        assert!(matches!((&told[1], &told[2]), (Err(Told::Store(_)), Err(Told::Store(_)))), "{told:?}");
        assert_eq!(counters(&desk.app).await, ["a", "d"]);
        let later = desk.app.change(&desk.app.system(), "e".to_owned(), good).await;
        assert_eq!(later, Ok(1), "the writer lives on");
    }

    async fn a_statement_that_fails_fails_its_own_change_alone(desk: Desk) {
        let twice: Deed = |change, name| async move {
            count(change, name).await?;
            count(change, name).await
        }.boxed();
        let told = together(&desk.app, &[("a", good), ("b", twice), ("c", good)]).await;
        assert_eq!((&told[0], &told[2]), (&Ok(1), &Ok(1)));
        assert_eq!(told[1], Err(Told::Store("there is one already".to_owned())));
        assert_eq!(counters(&desk.app).await, ["a", "c"]);
    }

    async fn a_change_that_breaks_the_end_of_its_group_fails_alone(desk: Desk) {
        // Takes the number that the log is about to give: the group's own events cannot be written.
        let breaks: Deed = |change, name| async move {
            count(change, name).await?;
            let workspace = change.workspace();
            let taken = last_seq(change.tx(), workspace).await? + 1;
            for seq in taken..taken + 3 {
                let insert = change.tx().sql(
                    "INSERT INTO event (workspace_id, seq, kind, actor_kind, origin, happened_at, written_at, payload)
                     VALUES ($1, $2, 'stray', 'system', 'live', 0, 0, '{}')",
                );
                insert.bind(workspace).bind(seq).run().await?;
            }
            Ok(0)
        }.boxed();
        let before = events(&desk.app).await;
        let told = together(&desk.app, &[("a", good), ("b", breaks), ("c", good)]).await;
        assert_eq!((&told[0], &told[2]), (&Ok(1), &Ok(1)));
        assert_eq!(told[1], Err(Told::Store("there is one already".to_owned())));
        assert_eq!(counters(&desk.app).await, ["a", "c"]);
        assert_eq!(events(&desk.app).await, before + 2, "a change that ran twice recorded once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_is_tried_again_one_by_one() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    // Leaves a row that points nowhere, which SQLite finds at COMMIT.
    let dangles: Deed = |change, name| {
        async move {
            count(change, name).await?;
            let (workspace, nowhere) = (change.workspace(), uuid::Uuid::nil());
            change.tx().sql("PRAGMA defer_foreign_keys = ON").run().await?;
            let insert = "INSERT INTO ticket_tag (workspace_id, ticket_id, tag_id) VALUES ($1, $2, $2)";
            change
                .tx()
                .sql(insert)
                .bind(workspace)
                .bind(nowhere)
                .run()
                .await?;
            Ok(0)
        }
        .boxed()
    };
    let before = events(&desk.app).await;
    let told = together(&desk.app, &[("a", good), ("b", dangles), ("c", good)]).await;
    assert_eq!((&told[0], &told[2]), (&Ok(1), &Ok(1)));
    assert!(matches!(&told[1], Err(Told::Store(_))), "{told:?}");
    assert_eq!(counters(&desk.app).await, ["a", "c"]);
    assert_eq!(events(&desk.app).await, before + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_wait_together_share_a_commit() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let names: Vec<String> = (0..50).map(|number| format!("c{number:02}")).collect();
    let deeds: Vec<(&str, Deed)> = names.iter().map(|name| (name.as_str(), good as Deed)).collect();
    let before = frames_of_wal(&desk);
    together(&desk.app, &deeds).await;
    let grown = frames_of_wal(&desk) - before;
    assert_eq!(counters(&desk.app).await.len(), 50);
    // One by one each commit writes its pages again: some four a change.
    assert!(grown < 50, "{grown} pages were written for 50 changes");
}

fn frames_of_wal(desk: &Desk) -> u64 {
    let file = desk.app.config.data.folder.join("shouwen.db-wal");
    std::fs::metadata(file).unwrap().len() / 4096
}

both_engines! {
    async fn a_change_whose_statement_failed_cannot_go_on_as_if_nothing_happened(desk: Desk) {
        if desk.engine == Engine::Sqlite {
            return; // There a statement that fails leaves the others as they are.
        }
        let goes_on: Deed = |change, name| async move {
            count(change, name).await?;
            let workspace = change.workspace();
            drop(workspaces::add_counter(change.tx(), workspace, name, 0).await);
            Ok(7)
        }.boxed();
        let told = desk.app.change(&desk.app.system(), "a".to_owned(), goes_on).await;
        assert!(told.is_err(), "it was told that it holds");
        assert!(counters(&desk.app).await.is_empty());
    }

    async fn a_change_that_met_a_new_key_is_run_again_and_finds_it(desk: Desk) {
        let runs = Arc::new(AtomicU32::new(0));
        let input = (runs.clone(), desk.app.clone());
        let told = desk.app.change(&desk.app.system(), input, |change, (runs, app)| async move {
            let workspace = change.workspace();
            if runs.fetch_add(1, Ordering::SeqCst) == 0 && !app.db.is_sqlite() {
                // Somebody else adds it after we looked.
                app.change(&app.system(), "key".to_owned(), good).await?;
                count(change, "key").await?;
            }
            Ok::<_, Told>(workspaces::name(change.tx(), workspace).await?)
        }.boxed()).await;
        assert!(told.is_ok(), "{told:?}");
        let expected = if desk.app.db.is_sqlite() { 1 } else { 2 };
        assert_eq!(runs.load(Ordering::SeqCst), expected);
    }
}
