//! The database goes away and comes back: requests are told so, and the server needs no restart.

use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::desk::{Desk, Engine};
use crate::support::person::Person;
use crate::support::servers::Postgres;

async fn is_told(who: &Person, method: Method, path: &str, body: Option<serde_json::Value>) {
    let (status, problem) = who.call(method, path, body).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert_eq!(problem["type"], "/problems/unavailable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_is_down_is_a_503_until_it_is_back() {
    let Some(postgres) = tokio::task::spawn_blocking(|| Postgres::start(&["fsync=off"]))
        .await
        .unwrap()
    else {
        return;
    };
    let desk = Desk::on(Engine::Postgres, &postgres.create_empty_database()).await;
    let ada = desk.administrator().await;
    ada.get("/tickets").await;
    let postgres = tokio::task::spawn_blocking(move || {
        postgres.kill();
        postgres
    })
    .await
    .unwrap();
    is_told(&ada, Method::GET, "/tickets", None).await;
    is_told(
        &ada,
        Method::POST,
        "/tags",
        Some(json!({ "name": "lamp", "color": "teal" })),
    )
    .await;
    let _postgres = tokio::task::spawn_blocking(move || {
        postgres.restart();
        postgres
    })
    .await
    .unwrap();
    ada.get("/tickets").await;
    ada.post("/tags", json!({ "name": "lamp", "color": "teal" }))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sqlite_that_cannot_be_written_is_a_503_until_it_can() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let ada = desk.administrator().await;
    let file = desk.app.config.data.folder.join("shouwen.db");
    let mut other = SqliteConnection::connect(file.to_str().unwrap()).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    is_told(
        &ada,
        Method::POST,
        "/tags",
        Some(json!({ "name": "lamp", "color": "teal" })),
    )
    .await;
    ada.get("/tickets").await;
    other.execute("ROLLBACK").await.unwrap();
    ada.post("/tags", json!({ "name": "lamp", "color": "teal" }))
        .await;
}
