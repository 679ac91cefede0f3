//! Followers with a cursor: an event takes effect once, one that fails is set aside, one of a newer server is awaited.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use shouwen::app::App;
use shouwen::db::{Error, Result};
use shouwen::log::{Change, Cursor, Effect, Logged, Step, count_set_aside, last_seq};
use shouwen_core::event::{Event, Reference};

use crate::support::desk::both_engines;

/// Leaves a job that names the event; fails at the event that it is told to fail at.
#[derive(Clone, Default)]
struct Marks {
    fails_at: Arc<AtomicI64>,
}

impl Effect for Marks {
    const NAME: &'static str = "marks";

    fn apply<'c>(&'c self, change: &'c mut Change, events: &'c [Logged]) -> BoxFuture<'c, Result<()>> {
        async move {
            let now = change.now();
            for event in events {
                change.enqueue("mark", &event.seq, now);
                if self.fails_at.load(Ordering::SeqCst) == event.seq {
                    return Err(Error::Other(sqlx::Error::Protocol("on purpose".to_owned())));
                }
            }
            Ok(())
        }
        .boxed()
    }
}

fn cursor(app: &App, effect: &Marks) -> Cursor<Marks> {
    Cursor {
        db: app.db.clone(),
        log: app.log.clone(),
        workspace: app.workspace,
        effect: effect.clone(),
    }
}

async fn record(app: &App) {
    let written: Result<()> = app
        .change(&app.system(), (), |change, ()| {
            change.record_general(Event::ReferenceChanged {
                what: Reference::Tags,
            });
            async { Ok(()) }.boxed()
        })
        .await;
    written.unwrap();
}

async fn end(app: &App) -> i64 {
    last_seq(&mut app.db.read().await.unwrap(), app.workspace)
        .await
        .unwrap()
}

/// The events that took effect, as often as they did.
async fn marks(app: &App) -> Vec<i64> {
    let rows: Vec<(String,)> = app
        .db
        .read()
        .await
        .unwrap()
        .sql("SELECT payload FROM job WHERE workspace_id = $1 AND kind = 'mark'")
        .bind(app.workspace)
        .all()
        .await
        .unwrap();
    let mut seqs: Vec<i64> = rows
        .into_iter()
        .map(|(payload,)| payload.parse().unwrap())
        .collect();
    seqs.sort_unstable();
    seqs
}

async fn follow_to_the_end(cursor: &Cursor<Marks>) -> Vec<Step> {
    let mut steps = Vec::new();
    loop {
        match cursor.step().await.unwrap() {
            Step::AtEnd => return steps,
            step => steps.push(step),
        }
        assert!(steps.len() < 1000, "it never comes to the end");
    }
}

both_engines! {
    async fn an_event_takes_effect_once_however_many_follow(desk: Desk) {
        let (app, effect) = (&desk.app, Marks::default());
        assert_eq!(cursor(app, &effect).step().await.unwrap(), Step::AtEnd, "a new cursor begins at the end");
        let begin = end(app).await;
        let writing = join_all((0..60).map(|_| record(app)));
        let following = join_all((0..4).map(|_| async { follow_to_the_end(&cursor(app, &effect)).await }));
        let _ = tokio::join!(writing, following);
        let steps = join_all((0..4).map(|_| async { follow_to_the_end(&cursor(app, &effect)).await })).await;
        assert_eq!(marks(app).await, (begin + 1..=begin + 60).collect::<Vec<_>>(), "{steps:?}");
    }

    async fn what_an_event_did_before_it_failed_is_undone_and_the_cursor_stays(desk: Desk) {
        let (app, effect) = (&desk.app, Marks::default());
        cursor(app, &effect).step().await.unwrap();
        record(app).await;
        effect.fails_at.store(end(app).await, Ordering::SeqCst);
        assert_eq!(cursor(app, &effect).step().await.unwrap(), Step::Failed);
        assert!(marks(app).await.is_empty());
        effect.fails_at.store(0, Ordering::SeqCst);
        assert_eq!(cursor(app, &effect).step().await.unwrap(), Step::Moved);
        assert_eq!(marks(app).await, [end(app).await]);
    }

    async fn an_event_that_fails_five_times_is_set_aside_and_the_others_go_on(desk: Desk) {
        let (app, effect) = (&desk.app, Marks::default());
        cursor(app, &effect).step().await.unwrap();
        let begin = end(app).await;
        for _ in 0..7 {
            record(app).await;
        }
        effect.fails_at.store(begin + 3, Ordering::SeqCst);
        let steps = follow_to_the_end(&cursor(app, &effect)).await;
        assert_eq!(steps.iter().filter(|step| **step == Step::Failed).count(), 4, "{steps:?}");
        assert_eq!(steps.iter().filter(|step| **step == Step::SetAside).count(), 1, "{steps:?}");
        assert_eq!(marks(app).await, [1, 2, 4, 5, 6, 7].map(|place| begin + place));
        let mut conn = app.db.read().await.unwrap();
        assert_eq!(count_set_aside(&mut conn, app.workspace, 10).await.unwrap(), 1);
        let (seq, error): (i64, String) = conn
            .sql("SELECT seq, error FROM set_aside WHERE workspace_id = $1 AND follower = 'marks'")
            .bind(app.workspace).one().await.unwrap();
        assert_eq!(seq, begin + 3);
        assert!(error.contains("on purpose"), "{error}");
    }

    async fn an_event_of_a_newer_server_is_waited_for(desk: Desk) {
        let (app, effect) = (&desk.app, Marks::default());
        cursor(app, &effect).step().await.unwrap();
        record(app).await;
        let known = end(app).await;
        let newer: Result<()> = app.change(&app.system(), (), |change, ()| async move {
            let workspace = change.workspace();
            let sql = "UPDATE workspace SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq";
            let (seq,): (i64,) = change.tx().sql(sql).bind(workspace).one().await?;
            let insert = change.tx().sql(
                "INSERT INTO event (workspace_id, seq, kind, actor_kind, origin, happened_at, written_at, payload)
                 VALUES ($1, $2, 'ticket_teleported', 'system', 'live', 0, 0, '{\"kind\":\"ticket_teleported\"}')",
            );
            insert.bind(workspace).bind(seq).run().await?;
            Ok(())
        }.boxed()).await;
        newer.unwrap();
        record(app).await;
        assert_eq!(cursor(app, &effect).step().await.unwrap(), Step::Moved);
        for _ in 0..7 {
            assert_eq!(cursor(app, &effect).step().await.unwrap(), Step::Awaits);
        }
        assert_eq!(marks(app).await, [known], "nothing beyond it is passed by, and it is not set aside");
    }
}
