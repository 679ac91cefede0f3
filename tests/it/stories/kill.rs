//! `kill -9` at random moments under mail, chat and answers: what was acknowledged is there exactly once, and no
//! mail goes out twice in silence. And SIGTERM: sockets are told, and nothing is lost.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::support::process::{Caller, Program};
use crate::support::smtp::{Outside, deliver};
use crate::support::socket::Socket;

const KILLS: usize = 50;
const INBOX: &str = "help@shop.example";

/// What the desk said that it has.
#[derive(Default)]
struct Acknowledged {
    mails: Mutex<Vec<String>>,
    chats: Mutex<Vec<String>>,
    answers: Mutex<Vec<String>>,
}

struct World {
    caller: Caller,
    smtp: SocketAddr,
    widget_key: String,
    said: Acknowledged,
    over: AtomicBool,
}

impl World {
    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_and_send_nothing_twice() {
    let (mut program, cookie) = Program::start().await;
    let (world, outside) = set_up(&program, cookie).await;
    let tasks = start_load(&world);
    for _ in 0..KILLS {
        let wait = rand::random_range(30..400);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        program.kill();
        program.start_again();
    }
    world.over.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    let mut database = open(&program).await;
    quiet(&mut database).await;
    check_acknowledged(&world, &mut database).await;
    check_sent(&outside, &mut database).await;
}

async fn set_up(program: &Program, cookie: String) -> (Arc<World>, Outside) {
    let outside = Outside::start().await;
    let caller = Caller::new(program.http, cookie);
    let smtp =
        json!({ "host": "127.0.0.1", "port": outside.address.port(), "security": "none", "username": null });
    let email = json!({ "name": "Help", "channel": "email", "address": INBOX,
        "settings": { "sender_name": "Help", "smtp": smtp, "imap": null, "signature": "" } });
    assert_eq!(caller.post("/inboxes", &email).await.unwrap().0, 201);
    let chat = json!({ "name": "Chat", "channel": "chat", "settings": { "color": "#0f766e", "title": "Shop",
        "greeting": "", "allowed_origins": [], "ask_email": false } });
    let (status, chat) = caller.post("/inboxes", &chat).await.unwrap();
    assert_eq!(status, 201, "{chat}");
    let widget_key = chat["widget_key"].as_str().unwrap().to_owned();
    let world = World {
        caller,
        smtp: program.smtp,
        widget_key,
        said: Acknowledged::default(),
        over: AtomicBool::new(false),
    };
    (Arc::new(world), outside)
}

fn start_load(world: &Arc<World>) -> Vec<tokio::task::JoinHandle<()>> {
    let mut tasks = Vec::new();
    for sender in 0..3 {
        tasks.push(run(send_mails(world.clone(), sender)));
        tasks.push(run(chat(world.clone(), sender)));
    }
    tasks.push(run(answer(world.clone())));
    tasks
}

#[expect(clippy::disallowed_methods, reason = "the story's own tasks")]
fn run(task: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    tokio::spawn(task)
}

async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(25)).await;
}

/// A mail server that tries each mail until it is taken, as mail servers do.
async fn send_mails(world: Arc<World>, sender: usize) {
    for number in 0.. {
        let id = format!("mail-{sender}-{number}@outside.example");
        let raw = format!(
            "From: Customer <c{sender}.{number}@outside.example>\nTo: {INBOX}\nSubject: Lamp {number}\n\
             Message-ID: <{id}>\nDate: Sun, 22 Nov 2026 09:00:00 +0000\n\nIt broke, number {number} of {sender}.\n"
        );
        loop {
            let from = format!("c{sender}.{number}@outside.example");
            if let Ok((250, _)) = deliver(world.smtp, &from, &[INBOX], &raw).await {
                world.said.mails.lock().unwrap().push(id);
                break;
            }
            if !world.goes_on() {
                return;
            }
            a_moment().await;
        }
        if !world.goes_on() {
            return;
        }
    }
}

/// A visitor who sends each message until it is acknowledged, on a new line whenever the old one breaks.
async fn chat(world: Arc<World>, visitor: usize) {
    let (mut token, mut number) = (None::<String>, 0);
    while world.goes_on() {
        let url = world.caller.url.replacen("http", "ws", 1);
        let Ok((mut socket, _)) = connect_async(format!("{url}/api/widget/v1/socket")).await else {
            a_moment().await;
            continue;
        };
        let hello = json!({ "type": "hello", "key": world.widget_key, "token": token, "after": null, "locale": "en", "page": null });
        if socket.send(Message::text(hello.to_string())).await.is_err() {
            continue;
        }
        let mut waiting = None;
        while let Some(Ok(Message::Text(frame))) = socket.next().await {
            let frame: Value = serde_json::from_str(&frame).unwrap();
            match frame["type"].as_str() {
                Some("welcome") => token = Some(frame["token"].as_str().unwrap().to_owned()),
                Some("ack") if frame["client_id"].as_str() == waiting.as_deref() => {
                    world.said.chats.lock().unwrap().extend(waiting.take());
                    number += 1;
                    a_moment().await;
                }
                // Too many in a minute: later.
                Some("refused") => {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    waiting = None;
                }
                _ => {}
            }
            if !world.goes_on() {
                return;
            }
            if waiting.is_none() {
                let id = format!("chat-{visitor}-{number:04}");
                let words = json!({ "type": "send", "client_id": id, "text": format!("hello {number}"), "attachment_ids": [] });
                waiting = Some(id);
                if socket.send(Message::text(words.to_string())).await.is_err() {
                    break;
                }
            }
        }
    }
}

/// An agent who answers every mail's ticket once, trying each answer until it is taken.
async fn answer(world: Arc<World>) {
    let mut answered: HashSet<String> = HashSet::new();
    while world.goes_on() {
        let Some(page) = world.caller.get("/tickets?view=open&limit=50").await else {
            a_moment().await;
            continue;
        };
        for ticket in page["items"].as_array().into_iter().flatten() {
            let id = ticket["id"].as_str().unwrap().to_owned();
            if ticket["channel"] != "email" || answered.contains(&id) {
                continue;
            }
            let client = format!("answer-{id}");
            let body = json!({ "client_id": client, "visibility": "public", "text": format!("We are sorry. {client}"),
                "seen_position": 1_000_000 });
            while world.goes_on() {
                if let Some((201, _)) = world.caller.post(&format!("/tickets/{id}/messages"), &body).await {
                    world.said.answers.lock().unwrap().push(client.clone());
                    answered.insert(id.clone());
                    break;
                }
                a_moment().await;
            }
        }
        a_moment().await;
    }
}

async fn open(program: &Program) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}?mode=ro", program.database().display()))
        .await
        .unwrap()
}

async fn number(database: &mut SqliteConnection, text: &'static str) -> i64 {
    let (found,): (i64,) = sqlx::query_as(text).fetch_one(database).await.unwrap();
    found
}

/// Waits until the desk has worked off what it took.
async fn quiet(database: &mut SqliteConnection) {
    for _ in 0..600 {
        let mails = number(database, "SELECT COUNT(*) FROM raw_mail WHERE state = 'received'").await;
        let going = number(
            database,
            "SELECT COUNT(*) FROM message WHERE delivery IN ('queued', 'sending')",
        )
        .await;
        if mails + going == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("the desk did not come to rest");
}

async fn check_acknowledged(world: &World, database: &mut SqliteConnection) {
    let said = &world.said;
    let (mails, chats, answers) = (
        std::mem::take(&mut *said.mails.lock().unwrap()),
        std::mem::take(&mut *said.chats.lock().unwrap()),
        std::mem::take(&mut *said.answers.lock().unwrap()),
    );
    println!(
        "acknowledged: {} mails, {} chat messages, {} answers",
        mails.len(),
        chats.len(),
        answers.len()
    );
    assert!(
        mails.len() >= KILLS && chats.len() >= KILLS / 2 && answers.len() >= KILLS / 2,
        "the load was a load"
    );
    for id in mails {
        let query = sqlx::query_as("SELECT COUNT(*) FROM mail_reference WHERE mail_id = $1");
        let (count,): (i64,) = query.bind(&id).fetch_one(&mut *database).await.unwrap();
        assert_eq!(count, 1, "{id} was acknowledged and is there {count} times");
    }
    for id in chats.into_iter().chain(answers) {
        let query = sqlx::query_as("SELECT COUNT(*) FROM message WHERE client_key LIKE '%:' || $1");
        let (count,): (i64,) = query.bind(&id).fetch_one(&mut *database).await.unwrap();
        assert_eq!(count, 1, "{id} was acknowledged and is there {count} times");
    }
    let gaps = "SELECT last_seq - (SELECT COUNT(*) FROM event) FROM workspace";
    assert_eq!(number(database, gaps).await, 0, "the log has no gaps");
}

/// Sent exactly once, or marked as uncertain, for every answer; never twice.
async fn check_sent(outside: &Outside, database: &mut SqliteConnection) {
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for mail in outside.mails() {
        *arrived.entry(mail.header("Message-ID").unwrap()).or_default() += 1;
    }
    let twice: Vec<_> = arrived.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "sent twice: {twice:?}");
    let query = "SELECT message.delivery, mail_reference.mail_id FROM message
        LEFT JOIN mail_reference ON mail_reference.message_id = message.id
        WHERE message.direction = 'out' AND message.channel = 'email'";
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(query).fetch_all(database).await.unwrap();
    let mut uncertain = 0;
    for (delivery, id) in rows {
        let copies = id
            .and_then(|id| arrived.remove(&format!("<{id}>")))
            .unwrap_or_default();
        match delivery.as_str() {
            "sent" => assert_eq!(copies, 1, "a mail that is marked as sent has arrived"),
            "uncertain" => uncertain += 1,
            other => panic!("a mail is {other} after everything came to rest"),
        }
    }
    assert!(arrived.is_empty(), "arrived, but not of ours: {arrived:?}");
    println!("{uncertain} answers are marked as uncertain");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_tells_its_sockets_and_loses_nothing() {
    let (mut program, cookie) = Program::start().await;
    let (world, outside) = set_up(&program, cookie).await;
    let url = world.caller.url.clone();
    let mut visitor = Socket::visitor(&url, &world.widget_key, None, None).await;
    let welcome = visitor.wait_type("welcome").await;
    let mut agent = Socket::connect(&url, "/api/v1/feed", &world.caller.cookie).await;
    agent.send(json!({ "type": "hello", "after": null })).await;
    agent.wait_type("welcome").await;
    visitor.send(json!({ "type": "send", "client_id": "chat-0-0000", "text": "Are you there?", "attachment_ids": [] })).await;
    visitor.wait_type("ack").await;
    let raw = format!(
        "From: c@outside.example\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <1@outside.example>\n\nIt broke.\n"
    );
    assert_eq!(
        deliver(world.smtp, "c@outside.example", &[INBOX], &raw)
            .await
            .unwrap()
            .0,
        250
    );

    let stopping = tokio::task::spawn_blocking(move || {
        let ended_well = program.stop();
        (program, ended_well)
    });
    assert!(
        visitor
            .until_closed()
            .await
            .iter()
            .any(|frame| frame["type"] == "moved"),
        "the visitor is told"
    );
    assert!(
        agent
            .until_closed()
            .await
            .iter()
            .any(|frame| frame["type"] == "moved"),
        "the agent is told"
    );
    let (mut program, ended_well) = stopping.await.unwrap();
    assert!(ended_well);

    program.start_again();
    let mut database = open(&program).await;
    quiet(&mut database).await;
    assert_eq!(number(&mut database, "SELECT COUNT(*) FROM ticket").await, 2);
    let mut visitor = Socket::visitor(&url, &world.widget_key, welcome["token"].as_str(), None).await;
    let again = visitor.wait_type("welcome").await;
    assert_eq!(again["messages"][0]["text"], "Are you there?");
    drop(outside);
}
