//! A desk whose files are in an S3-compatible store: they come in, are read, are backed up and restored into another
//! store; and while the store is away no mail is taken that could be lost.

use std::sync::Arc;

use serde_json::{Value, json};
use shouwen::archive;
use shouwen::config::Config;
use shouwen::serve::{Work, start, stop};
use shouwen_core::id::Ids;

use crate::support::desk::{Desk, Engine, START};
use crate::support::person::Person;
use crate::support::s3::{S3, SECRET_KEY};
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";

fn mail(id: &str) -> String {
    format!(
        "From: Wang <wang@post.example>\nTo: {INBOX}\nSubject: Lamp {id}\nMessage-ID: <{id}@post.example>\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nSee the list.\n\
         --x\nContent-Type: text/csv; name=\"list.csv\"\nContent-Disposition: attachment; filename=\"list.csv\"\n\n\
         item,{id}\n--x--\n"
    )
}

async fn hand_over(desk: &Desk, id: &str) -> u16 {
    let smtp = desk.bound.smtp.unwrap();
    deliver(smtp, "wang@post.example", &[INBOX], &mail(id))
        .await
        .unwrap()
        .0
}

/// The first file of a ticket, as its agent's browser gets it.
async fn file_of(person: &Person, url: &str, ticket: &Value) -> (u16, String) {
    let shown = person
        .get(&format!("/tickets/{}", ticket["id"].as_str().unwrap()))
        .await;
    let file = shown["messages"][0]["attachments"][0]["id"].as_str().unwrap();
    let request = reqwest::Client::new().get(format!("{url}/api/v1/attachments/{file}"));
    let answer = request.header("cookie", &person.cookie).send().await.unwrap();
    (
        answer.status().as_u16(),
        answer.text().await.unwrap().trim().to_owned(),
    )
}

async fn works_on_s3(engine: Engine) {
    let store = S3::start().await;
    let settings = store.settings(SECRET_KEY);
    let sets: Vec<&str> = settings.iter().map(String::as_str).collect();
    let Some(desk) = Desk::start_with(engine, &sets).await else {
        return;
    };
    let admin = desk.administrator().await;
    admin.email_inbox(INBOX).await;
    assert_eq!(hand_over(&desk, "one").await, 250);
    desk.settle().await;
    let ticket = admin.tickets("all").await.remove(0);
    assert_eq!(
        file_of(&admin, &desk.url(), &ticket).await,
        (200, "item,one".to_owned())
    );

    store.go_away();
    assert_eq!(
        hand_over(&desk, "two").await,
        451,
        "what cannot be kept is not taken"
    );
    let (status, problem) = file_of(&admin, &desk.url(), &ticket).await;
    assert_eq!(status, 503, "{problem}");
    assert_eq!(admin.tickets("all").await.len(), 1, "what needs no file goes on");
    store.come_back();
    assert_eq!(hand_over(&desk, "two").await, 250, "its server tries again");
    desk.settle().await;
    assert_eq!(admin.tickets("all").await.len(), 2);

    // Taken, and then the store goes: the mail waits, and is read when the store is back.
    assert_eq!(hand_over(&desk, "three").await, 250);
    store.go_away();
    desk.settle().await;
    assert_eq!(admin.tickets("all").await.len(), 2);
    store.come_back();
    desk.advance(shouwen_core::time::Length::minutes(10)).await;
    let tickets = admin.tickets("all").await;
    assert_eq!(tickets.len(), 3, "nothing that was acknowledged is lost");
    for ticket in tickets {
        let id = ticket["subject"].as_str().unwrap().replace("Lamp ", "item,");
        assert_eq!(file_of(&admin, &desk.url(), &ticket).await, (200, id));
    }
    goes_on_elsewhere(&desk, &admin).await;
    desk.stop().await;
}

/// A backup holds the files of the store, and fills another's.
async fn goes_on_elsewhere(desk: &Desk, admin: &Person) {
    let (folder, other) = (tempfile::tempdir().unwrap(), S3::start().await);
    let file = folder.path().join("desk.tar");
    let made = archive::backup(&desk.app.config, &file, true, START, &|_| {})
        .await
        .unwrap();
    assert_eq!(
        (made.blobs, made.missing.len()),
        (6, 0),
        "three mails and their files"
    );
    let mut sets = other.settings(SECRET_KEY);
    sets.push(format!(
        "data.folder={}",
        folder.path().join("restored").display()
    ));
    sets.push("http.listen=127.0.0.1:0".to_owned());
    let config = Config::read(None, std::iter::empty(), &sets).unwrap();
    archive::restore(&config, &file, START, &|_| {}).await.unwrap();
    let clock = Arc::new(desk.clock.clone());
    let (app, bound) = start(config, clock, Ids::from_system(), Work::Elsewhere)
        .await
        .unwrap();
    let url = format!("http://{}", bound.http.unwrap());
    let admin = admin.at(url.clone());
    for ticket in admin.tickets("all").await {
        let id = ticket["subject"].as_str().unwrap().replace("Lamp ", "item,");
        assert_eq!(file_of(&admin, &url, &ticket).await, (200, id));
    }
    assert_eq!(json!(admin.tickets("all").await.len()), json!(3));
    stop(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_on_sqlite_keeps_its_files_in_s3() {
    works_on_s3(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_on_postgres_keeps_its_files_in_s3() {
    works_on_s3(Engine::Postgres).await;
}
