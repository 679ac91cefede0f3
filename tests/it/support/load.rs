//! Customers who write by mail and chat and an agent who answers them, without end, at a program that may be away at
//! any moment; and what the program said that it has.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shouwen::db::Db;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::process::{Caller, Program};
use super::smtp::{Outside, deliver};

pub(crate) const INBOX: &str = "help@shop.example";

/// What the desk said that it has: Message-IDs of mails, client ids of the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acknowledged {
    pub(crate) mails: Vec<String>,
    pub(crate) chats: Vec<String>,
    /// Answers by mail.
    pub(crate) answers: Vec<String>,
    pub(crate) chat_answers: Vec<String>,
}

pub(crate) struct Load {
    pub(crate) caller: Caller,
    pub(crate) smtp: SocketAddr,
    pub(crate) widget_key: String,
    said: Mutex<Acknowledged>,
    over: AtomicBool,
}

impl Load {
    /// A desk with an inbox for mail and one for chat; the outside world that its answers go to.
    pub(crate) async fn on(program: &Program, cookie: String) -> (Arc<Self>, Outside) {
        let outside = Outside::start().await;
        let caller = Caller::new(program.http, cookie);
        let smtp = json!({ "host": "127.0.0.1", "port": outside.address.port(), "security": "none", "username": null });
        let email = json!({ "name": "Help", "channel": "email", "address": INBOX,
            "settings": { "sender_name": "Help", "smtp": smtp, "imap": null, "signature": "" } });
        assert_eq!(caller.post("/inboxes", &email).await.unwrap().0, 201);
        let chat = json!({ "name": "Chat", "channel": "chat", "settings": { "color": "#0f766e", "title": "Shop",
            "greeting": "", "allowed_origins": [], "ask_email": false } });
        let (status, chat) = caller.post("/inboxes", &chat).await.unwrap();
        assert_eq!(status, 201, "{chat}");
        let load = Self {
            caller,
            smtp: program.smtp,
            widget_key: chat["widget_key"].as_str().unwrap().to_owned(),
            said: Mutex::default(),
            over: AtomicBool::new(false),
        };
        (Arc::new(load), outside)
    }

    /// Three who write mails, three who chat, and whoever answers them.
    pub(crate) fn start(self: &Arc<Self>) -> Vec<JoinHandle<()>> {
        let mut tasks = Vec::new();
        for number in 0..3 {
            tasks.push(run(send_mails(self.clone(), number)));
            tasks.push(run(chat(self.clone(), number)));
        }
        tasks.push(run(answer_mails(self.clone())));
        tasks.push(run(answer_chats(self.clone())));
        tasks
    }

    /// Lets everybody finish; all that was acknowledged.
    pub(crate) async fn end(&self, tasks: Vec<JoinHandle<()>>) -> Acknowledged {
        self.over.store(true, Ordering::SeqCst);
        for task in tasks {
            task.await.unwrap();
        }
        self.acknowledged()
    }

    /// What was acknowledged so far.
    pub(crate) fn acknowledged(&self) -> Acknowledged {
        self.said.lock().unwrap().clone()
    }

    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::SeqCst)
    }

    fn note(&self, note: impl FnOnce(&mut Acknowledged)) {
        note(&mut self.said.lock().unwrap());
    }

    async fn tickets(&self) -> Vec<Value> {
        let page = self.caller.get("/tickets?view=open&limit=50").await;
        page.and_then(|page| page["items"].as_array().cloned())
            .unwrap_or_default()
    }

    /// Tries an answer until it is taken; false when that did not happen before the end.
    async fn answer(&self, ticket: &Value, client: &str) -> bool {
        let body = json!({ "client_id": client, "visibility": "public", "text": format!("We are sorry. {client}"),
            "seen_position": 1_000_000 });
        let path = format!("/tickets/{}/messages", ticket["id"].as_str().unwrap());
        while self.goes_on() {
            if let Some((201, _)) = self.caller.post(&path, &body).await {
                return true;
            }
            a_moment().await;
        }
        false
    }
}

/// The desk has worked off what it took.
pub(crate) async fn comes_to_rest(rows: &Db) {
    for _ in 0..600 {
        let mails = count(rows, "SELECT COUNT(*) FROM raw_mail WHERE state = 'received'").await;
        let going = "SELECT COUNT(*) FROM message WHERE delivery IN ('queued', 'sending')";
        if mails + count(rows, going).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("the desk did not come to rest");
}

pub(crate) async fn count(rows: &Db, text: &'static str) -> i64 {
    let (found,): (i64,) = rows.read().await.unwrap().sql(text).one().await.unwrap();
    found
}

/// Everything that was acknowledged is there once, each mail as a message of its own, and the log has no gap.
pub(crate) async fn holds_all(rows: &Db, said: &Acknowledged) {
    let mut conn = rows.read().await.unwrap();
    for id in &said.mails {
        let text = "SELECT COUNT(*) FROM mail_reference JOIN message
            ON message.workspace_id = mail_reference.workspace_id AND message.id = mail_reference.message_id
            WHERE mail_reference.mail_id = $1 AND message.direction = 'in' AND message.channel = 'email'";
        let (found,): (i64,) = conn.sql(text).bind(id).one().await.unwrap();
        assert_eq!(found, 1, "{id} was acknowledged and is there {found} times");
    }
    for id in said.chats.iter().chain(&said.answers).chain(&said.chat_answers) {
        let query = conn.sql("SELECT COUNT(*) FROM message WHERE client_key LIKE $1");
        let (found,): (i64,) = query.bind(format!("%:{id}")).one().await.unwrap();
        assert_eq!(found, 1, "{id} was acknowledged and is there {found} times");
    }
    drop(conn);
    let failed = "SELECT COUNT(*) FROM raw_mail WHERE state NOT IN ('read', 'duplicate')";
    assert_eq!(count(rows, failed).await, 0, "no mail could not be read");
    let gaps = "SELECT last_seq - (SELECT COUNT(*) FROM event) FROM workspace";
    assert_eq!(count(rows, gaps).await, 0, "the log has no gaps");
}

#[expect(clippy::disallowed_methods, reason = "the story's own tasks")]
fn run(task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(task)
}

/// People pause between two sentences, and mail servers before they try again.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(25)).await;
}

/// A mail server that tries each mail until it is taken, as mail servers do.
async fn send_mails(load: Arc<Load>, sender: usize) {
    for number in 0.. {
        let id = format!("mail-{sender}-{number}@outside.example");
        let from = format!("c{sender}.{number}@outside.example");
        let raw = format!(
            "From: Customer <{from}>\nTo: {INBOX}\nSubject: Lamp {number}\nMessage-ID: <{id}>\n\
             Date: Sun, 22 Nov 2026 09:00:00 +0000\n\nIt broke, number {number} of {sender}.\n"
        );
        loop {
            if let Ok((250, _)) = deliver(load.smtp, &from, &[INBOX], &raw).await {
                load.note(|said| said.mails.push(id));
                break;
            }
            if !load.goes_on() {
                return;
            }
            a_moment().await;
        }
        if !load.goes_on() {
            return;
        }
    }
}

/// A visitor who sends each message until it is acknowledged, on a new line whenever the old one breaks.
async fn chat(load: Arc<Load>, visitor: usize) {
    let (mut token, mut number) = (None::<String>, 0);
    while load.goes_on() {
        let url = load.caller.url.replacen("http", "ws", 1);
        let Ok((mut socket, _)) = connect_async(format!("{url}/api/widget/v1/socket")).await else {
            a_moment().await;
            continue;
        };
        let hello = json!({ "type": "hello", "key": load.widget_key, "token": token, "after": null, "locale": "en", "page": null });
        if socket.send(Message::text(hello.to_string())).await.is_ok() {
            talk(&load, &mut socket, visitor, &mut token, &mut number).await;
        }
    }
}

/// Until the line breaks, or the load is over.
async fn talk(
    load: &Load,
    socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>,
    visitor: usize,
    token: &mut Option<String>,
    number: &mut usize,
) {
    let mut waiting = None;
    while let Some(Ok(Message::Text(frame))) = socket.next().await {
        let frame: Value = serde_json::from_str(&frame).unwrap();
        match frame["type"].as_str() {
            Some("welcome") => *token = Some(frame["token"].as_str().unwrap().to_owned()),
            Some("ack") if frame["client_id"].as_str() == waiting.as_deref() => {
                load.note(|said| said.chats.extend(waiting.take()));
                *number += 1;
                a_moment().await;
            }
            // Too many in a minute: later.
            Some("refused") => {
                tokio::time::sleep(Duration::from_millis(500)).await;
                waiting = None;
            }
            _ => {}
        }
        if !load.goes_on() {
            return;
        }
        if waiting.is_none() {
            let id = format!("chat-{visitor}-{number:04}");
            let words = json!({ "type": "send", "client_id": id, "text": format!("hello {number}"), "attachment_ids": [] });
            waiting = Some(id);
            if socket.send(Message::text(words.to_string())).await.is_err() {
                return;
            }
        }
    }
}

/// An agent who answers every mail's ticket once.
async fn answer_mails(load: Arc<Load>) {
    let mut answered = HashSet::new();
    while load.goes_on() {
        for ticket in load.tickets().await {
            let id = ticket["id"].as_str().unwrap().to_owned();
            let client = format!("answer-{id}");
            if ticket["channel"] == "email" && !answered.contains(&id) && load.answer(&ticket, &client).await
            {
                load.note(|said| said.answers.push(client));
                answered.insert(id);
            }
        }
        a_moment().await;
    }
}

/// An agent who answers every conversation again and again.
async fn answer_chats(load: Arc<Load>) {
    let mut conversations: Vec<Value> = Vec::new();
    for number in 0.. {
        while load.goes_on() && conversations.len() < 3 {
            let chats = load
                .tickets()
                .await
                .into_iter()
                .filter(|one| one["channel"] == "chat");
            for chat in chats {
                if !conversations.iter().any(|known| known["id"] == chat["id"]) {
                    conversations.push(chat);
                }
            }
            a_moment().await;
        }
        for chat in &conversations {
            let client = format!("chat-answer-{number}-{}", chat["id"].as_str().unwrap());
            if load.answer(chat, &client).await {
                load.note(|said| said.chat_answers.push(client));
            }
            a_moment().await;
        }
        if !load.goes_on() {
            return;
        }
    }
}
