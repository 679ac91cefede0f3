//! Starting: one workspace however many servers, one server to a folder, a schema that only grows.

use std::sync::Arc;

use futures_util::future::join_all;
use shouwen::app::{App, StartError};
use shouwen::config::Config;
use shouwen_core::id::Ids;
use shouwen_core::time::ManualClock;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_runs_on_the_schema_of_the_next_release() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder, "").await.unwrap();
    let workspace = first.workspace;
    let migrated: Result<(), shouwen::db::Error> = first
        .change(&first.system(), (), |change, ()| {
            let insert =
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                          VALUES (9999, 'of the next release', TRUE, x'00', 0)";
            futures_util::FutureExt::boxed(async move { change.tx().sql(insert).run().await.map(drop) })
        })
        .await;
    migrated.unwrap();
    first.db.close().await;
    drop(first);
    assert_eq!(open(&folder, "").await.unwrap().workspace, workspace);
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
                Ok::<_, shouwen::db::Error>((full, mode, erases, keys))
            })
        })
        .await;
    assert_eq!(pragmas.unwrap(), (2, "wal".to_owned(), 1, 1));
}
