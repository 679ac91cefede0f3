//! Starting: one workspace however many servers, one server to a folder, a schema that only grows.

use std::sync::Arc;

use futures_util::future::join_all;
use shouwen::app::{App, StartError};
use shouwen::config::Config;
use shouwen::store::idempotency::{self, RequestKey};
use shouwen_core::id::Ids;
use shouwen_core::time::{Length, ManualClock};
use tempfile::TempDir;

use crate::support::desk::{Desk, Engine, START};
use crate::support::servers;

async fn open(folder: &TempDir, url: &str) -> Result<App, StartError> {
    let sets = [
        format!("data.folder={}", folder.path().display()),
        format!("database.url={url}"),
    ];
    let config = Config::read(None, std::iter::empty(), &sets).unwrap();
    App::open(config, Arc::new(ManualClock::at(START)), Ids::from_system()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_on_an_empty_database_make_one_workspace() {
    let Some(postgres) = tokio::task::spawn_blocking(servers::postgres).await.unwrap() else {
        return;
    };
    let url = postgres.create_empty_database();
    let folders: Vec<TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let opened = join_all(folders.iter().map(|folder| open(folder, &url))).await;
    let apps: Vec<App> = opened.into_iter().map(Result::unwrap).collect();
    assert!(apps.iter().all(|app| app.workspace == apps[0].workspace));
    let counts: (i64, i64) = apps[0]
        .db
        .read()
        .await
        .unwrap()
        .sql("SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM workspace), (SELECT CAST(COUNT(*) AS BIGINT) FROM role)")
        .one()
        .await
        .unwrap();
    assert_eq!(counts, (1, 3), "one workspace with its three roles");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_sorts_as_people_do_is_refused_with_what_to_do() {
    let Some(postgres) = tokio::task::spawn_blocking(servers::postgres).await.unwrap() else {
        return;
    };
    let url = postgres.create_database_like_people();
    let refused = open(&tempfile::tempdir().unwrap(), &url).await.err().unwrap();
    assert!(refused.to_string().contains("LOCALE 'C'"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder, "").await.unwrap();
    assert!(first.holds_folder());
    let second = open(&folder, "").await;
    assert!(matches!(second, Err(StartError::Locked(_))));
}

/// What a migration of the next release leaves, and closes the desk.
async fn migrate_by_the_next_release(app: App, contracts: bool) {
    let migrated: Result<(), shouwen::db::Error> = app
        .change(&app.system(), contracts, |change, contracts| {
            let insert =
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                          VALUES (9999, 'of the next release', TRUE, x'00', 0)";
            let contracts = *contracts;
            futures_util::FutureExt::boxed(async move {
                change.tx().sql(insert).run().await?;
                if contracts {
                    let mark = "INSERT INTO contraction (version) VALUES (9999)";
                    change.tx().sql(mark).run().await?;
                }
                Ok(())
            })
        })
        .await;
    migrated.unwrap();
    app.db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_runs_on_the_schema_of_the_next_release() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder, "").await.unwrap();
    let workspace = first.workspace;
    migrate_by_the_next_release(first, false).await;
    assert_eq!(open(&folder, "").await.unwrap().workspace, workspace);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_refuses_a_schema_that_lacks_what_it_uses() {
    let folder = tempfile::tempdir().unwrap();
    migrate_by_the_next_release(open(&folder, "").await.unwrap(), true).await;
    let refused = open(&folder, "").await.err().unwrap().to_string();
    assert!(refused.contains("newer release (migration 9999)"), "{refused}");
}

/// The names of the copies in the folder.
fn copies(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("before")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_kept_before_the_schema_changes() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder, "").await.unwrap();
    let (workspace, version) = (first.workspace, shouwen::db::schema_version());
    assert_eq!(
        copies(&folder),
        Vec::<String>::new(),
        "a new desk has nothing to keep"
    );
    // As an earlier release left it, which knew all migrations but the last that add nothing but tables.
    let undone: Result<(), shouwen::db::Error> = first
        .change(&first.system(), (), |change, ()| {
            futures_util::FutureExt::boxed(async move {
                change.tx().sql("DROP TABLE contraction").run().await?;
                let forget = "DELETE FROM _sqlx_migrations WHERE version = 16";
                change.tx().sql(forget).run().await.map(drop)
            })
        })
        .await;
    undone.unwrap();
    first.db.close().await;
    drop(first);
    std::fs::write(folder.path().join("before-0003.db"), "of an earlier change").unwrap();

    let again = open(&folder, "").await.unwrap();
    assert_eq!(again.workspace, workspace);
    let copy = format!("before-{version:04}.db");
    assert_eq!(copies(&folder), std::slice::from_ref(&copy), "one is kept");
    again.db.close().await;
    drop(again);

    // The copy is the desk from before.
    let other = tempfile::tempdir().unwrap();
    for (from, to) in [(copy.as_str(), "shouwen.db"), ("secret.key", "secret.key")] {
        std::fs::copy(folder.path().join(from), other.path().join(to)).unwrap();
    }
    assert_eq!(open(&other, "").await.unwrap().workspace, workspace);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_sqlite_is_on_the_disk() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let pragmas = desk
        .app
        .change(&desk.app.system(), (), |change, ()| {
            futures_util::FutureExt::boxed(async move {
                let (full,): (i64,) = change.tx().sql("PRAGMA synchronous").one().await?;
                let (mode,): (String,) = change.tx().sql("PRAGMA journal_mode").one().await?;
                let (erases,): (i64,) = change.tx().sql("PRAGMA secure_delete").one().await?;
                let (keys,): (i64,) = change.tx().sql("PRAGMA foreign_keys").one().await?;
                let (vacuum,): (i64,) = change.tx().sql("PRAGMA auto_vacuum").one().await?;
                assert_eq!(vacuum, 2, "incremental");
                Ok::<_, shouwen::db::Error>((full, mode, erases, keys))
            })
        })
        .await;
    assert_eq!(pragmas.unwrap(), (2, "wal".to_owned(), 1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_room_of_what_was_swept_goes_back_to_the_disk() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    desk.settle().await;
    let pages = async || -> i64 {
        let mut conn = desk.app.db.read().await.unwrap();
        let (count,): (i64,) = conn.sql("PRAGMA page_count").one().await.unwrap();
        count
    };
    let filled: Result<(), shouwen::db::Error> = desk
        .app
        .change(&desk.app.system(), "x".repeat(8_000), |change, answer| {
            futures_util::FutureExt::boxed(async move {
                for number in 0..2_000 {
                    let of = RequestKey {
                        workspace: change.workspace(),
                        actor: change.next_id(),
                        key: format!("request {number}"),
                    };
                    let now = change.now();
                    idempotency::add(change.tx(), &of, "hash", now).await?;
                    idempotency::settle(change.tx(), &of, 200, answer).await?;
                }
                Ok(())
            })
        })
        .await;
    filled.unwrap();
    let full = pages().await;
    desk.advance(Length::days(3)).await;
    let swept = shouwen::housekeeping::run(&desk.app, desk.app.workspace).await;
    swept.unwrap();
    let swept = pages().await;
    assert!(
        full > 4_000 && swept < full / 2,
        "{full} pages, and {swept} after the sweep"
    );
}
