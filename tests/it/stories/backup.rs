//! A desk is backed up while it works, and restored elsewhere, on either engine and from one to the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Method;
use serde_json::{Value, json};
use shouwen::archive::{self, ArchiveError};
use shouwen::config::Config;
use shouwen::serve::{Work, start, stop};
use shouwen::{db, demo};
use shouwen_core::id::Ids;
use shouwen_core::time::Length;

use crate::support::desk::{Desk, Engine, START};
use crate::support::person::Person;
use crate::support::{servers, smtp};

const MAIL: &str = "From: Wang Fang <wang@post.example>\nTo: support@shop.example\nSubject: =?utf-8?B?54Gv572p56KO5LqG?=\n\
Message-ID: <one@post.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n\
--x\nContent-Type: text/plain; charset=utf-8\n\n灯罩碎了，照片见附件。\n--x\nContent-Type: text/csv; name=\"list.csv\"\n\
Content-Disposition: attachment; filename=\"list.csv\"\n\nitem,pieces\nlamp,2\n--x--\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_on_sqlite_comes_back() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    backed_up_and_restored(desk, String::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_on_postgres_comes_back() {
    let Some(desk) = Desk::start(Engine::Postgres).await else {
        return;
    };
    backed_up_and_restored(desk, empty_database().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_grows_from_sqlite_into_postgres() {
    let Some(url) = empty_database().await else {
        return;
    };
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    assert!(demo::seed(&desk.app, START).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &url);
    let file = folder.path().join("desk.tar");
    archive::backup(&desk.app.config, &file, true, START, &|_| {})
        .await
        .unwrap();
    archive::restore(&config, &file, START, &|_| {}).await.unwrap();
    let (before, after) = (all_rows(&desk.app.db).await, open_rows(&config).await);
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        assert_eq!(before.len(), after.len(), "{name}");
        assert!(before.iter().all(|row| after.contains(row)), "{name}");
    }
    let (app, bound) = start(
        config,
        Arc::new(desk.clock.clone()),
        Ids::from_system(),
        Work::Elsewhere,
    )
    .await
    .unwrap();
    let url = format!("http://{}/api/v1/session", bound.http.unwrap());
    let body = json!({ "email": demo::LOGINS[0].1, "password": demo::PASSWORD });
    let signed_in = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    assert_eq!(signed_in.status(), 200);
    stop(&app).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_or_not_empty_is_refused() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.tar");
    archive::backup(&desk.app.config, &file, false, START, &|_| {})
        .await
        .unwrap();
    let again = archive::backup(&desk.app.config, &file, false, START, &|_| {}).await;
    assert!(matches!(again, Err(ArchiveError::Exists(_))));
    let onto_itself = archive::restore(&desk.app.config, &file, START, &|_| {}).await;
    assert!(matches!(onto_itself, Err(ArchiveError::NotEmpty)));
    let whole = std::fs::read(&file).unwrap();
    let role = whole
        .windows(13)
        .position(|some| some == b"administrator")
        .unwrap();
    let mut changed = whole.clone();
    changed[role] ^= 1;
    for bytes in [whole[..whole.len() / 2].to_vec(), changed] {
        std::fs::write(&file, bytes).unwrap();
        let target = tempfile::tempdir().unwrap();
        let refused = archive::restore(&config(target.path(), ""), &file, START, &|_| {}).await;
        assert!(matches!(refused, Err(ArchiveError::Damaged(_, _))), "{refused:?}");
        assert!(!target.path().join("shouwen.db").exists());
    }
    desk.stop().await;
}

/// Takes a mail in, backs up while an agent goes on answering, and reads the same ticket at a new server.
async fn backed_up_and_restored(desk: Desk, url: String) {
    let admin = desk.administrator().await;
    admin.email_inbox("support@shop.example").await;
    let to = ["support@shop.example"];
    let (code, words) = smtp::deliver(desk.bound.smtp.unwrap(), "wang@post.example", &to, MAIL)
        .await
        .unwrap();
    assert_eq!(code, 250, "{words}");
    desk.settle().await;
    let before = admin.only_ticket().await;
    for (id, hours) in [("goes-soon", 1), ("goes-later", 24)] {
        let at = START.plus(Length::hours(hours));
        let answer =
            json!({ "client_id": id, "visibility": "public", "text": id, "seen_position": 1, "send_at": at });
        let path = format!("/tickets/{}/messages", before["ticket"]["id"].as_str().unwrap());
        let (status, held) = admin.call(Method::POST, &path, Some(answer)).await;
        assert_eq!(status, 202, "{held}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.tar");
    let goes_on = AtomicBool::new(true);
    let answering = async {
        let mut said = 0;
        while goes_on.load(Ordering::Relaxed) {
            admin.reply(&before, &format!("answer {said}")).await;
            said += 1;
        }
        said
    };
    let backing_up = async {
        let made = archive::backup(&desk.app.config, &file, true, START, &|_| {}).await;
        goes_on.store(false, Ordering::Relaxed);
        made.unwrap()
    };
    let (said, made) = tokio::join!(answering, backing_up);
    assert!(said > 0 && made.missing.is_empty());
    assert_eq!(made.blobs, 2, "the raw mail and its attachment");
    desk.stop().await;

    let config = config(&folder.path().join("restored"), &url);
    let now = START.plus(Length::hours(2));
    archive::restore(&config, &file, now, &|_| {}).await.unwrap();
    let (app, bound) = start(
        config,
        Arc::new(desk.clock.clone()),
        Ids::from_system(),
        Work::Elsewhere,
    )
    .await
    .unwrap();
    let admin = admin.at(format!("http://{}", bound.http.unwrap()));
    let after = admin.only_ticket().await;
    compare(&before, &after);
    // What fell due since the backup may have gone; what is still to come goes in its time.
    let held = after["scheduled"].as_array().unwrap().iter();
    let held: Vec<_> = held
        .map(|one| (&one["text"], &one["state"], &one["reason"]))
        .collect();
    let soon = (&json!("goes-soon"), &json!("cancelled"), &json!("restored"));
    assert_eq!(
        held,
        [soon, (&json!("goes-later"), &json!("waiting"), &Value::Null)]
    );
    let file = after["messages"][0]["attachments"][0]["id"].as_str().unwrap();
    assert_eq!(bytes_of(&app, file).await, b"item,pieces\r\nlamp,2");
    let answered = admin.reply(&after, "and on it goes").await;
    assert_eq!(answered["text"], "and on it goes");
    refuses_a_stranger(&admin).await;
    stop(&app).await;
}

/// The first message is the same; of the answers those before the moment of the backup are there, without a gap.
fn compare(before: &Value, after: &Value) {
    assert_eq!(before["ticket"]["number"], after["ticket"]["number"]);
    assert_eq!(before["ticket"]["subject"], "灯罩碎了");
    assert_eq!(before["customer"]["name"], after["customer"]["name"]);
    let messages = after["messages"].as_array().unwrap();
    assert_eq!(before["messages"][0]["text"], messages[0]["text"]);
    for (place, message) in messages.iter().enumerate().skip(1) {
        assert_eq!(message["text"], format!("answer {}", place - 1));
    }
}

async fn refuses_a_stranger(admin: &Person) {
    let mut stranger = admin.clone();
    "shouwen_session=guessed".clone_into(&mut stranger.cookie);
    let (status, _) = stranger.call(Method::GET, "/session", None).await;
    assert_eq!(status, 401);
}

async fn bytes_of(app: &shouwen::app::App, attachment: &str) -> Vec<u8> {
    let id = attachment.parse().unwrap();
    let mut conn = app.db.read().await.unwrap();
    let row = shouwen::store::files::find(&mut conn, app.workspace, id)
        .await
        .unwrap();
    let bytes = app.blobs.get(app.workspace, &row.unwrap().sha256).await.unwrap();
    bytes.trim_ascii_end().to_vec()
}

async fn open_rows(config: &Config) -> Vec<(String, Vec<Vec<Value>>)> {
    let options = db::Options {
        url: Some(config.database.url.clone()),
        connections: 2,
    };
    let db = db::Db::open(&options, &config.data.folder).await.unwrap();
    let rows = all_rows(&db).await;
    db.close().await;
    rows
}

async fn all_rows(db: &db::Db) -> Vec<(String, Vec<Vec<Value>>)> {
    let mut snapshot = db.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in db::tables().await.unwrap() {
        let mut rows: Vec<Vec<Value>> = Vec::new();
        loop {
            let page = snapshot
                .rows_after(&table, rows.last().map(Vec::as_slice))
                .await
                .unwrap();
            let is_last = page.len() < db::PAGE;
            rows.extend(page);
            if is_last {
                break;
            }
        }
        all.push((table.name, rows));
    }
    all
}

fn config(folder: &std::path::Path, url: &str) -> Config {
    let sets = [
        format!("data.folder={}", folder.display()),
        format!("database.url={url}"),
        "http.listen=127.0.0.1:0".to_owned(),
    ];
    Config::read(None, std::iter::empty(), &sets).unwrap()
}

async fn empty_database() -> Option<String> {
    let made =
        tokio::task::spawn_blocking(|| servers::postgres().map(servers::Postgres::create_empty_database));
    made.await.unwrap()
}
