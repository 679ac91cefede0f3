//! Servers in processes of their own on one PostgreSQL, one Redis and one S3 store: two that listen and leave the work
//! to a third, `shouwen work`. What happens at one is seen at the other, and one of them may go at any moment.

use serde_json::{Value, json};

use crate::support::process::{Caller, Part, Program, shared_by_servers};
use crate::support::s3::{S3, SECRET_KEY};
use crate::support::smtp::{Outside, deliver};
use crate::support::socket::Socket;

const INBOX: &str = "help@shop.example";
const QUESTION: &str = "From: Wang Fang <wang@example.com>\nTo: help@shop.example\nSubject: Lamp\n\
    Message-ID: <1@example.com>\n\nIt broke.\n";

/// Two that listen, what a third needs to work for them, and whoever administers them.
struct Cluster {
    here: Program,
    there: Program,
    sets: Vec<String>,
    caller: Caller,
    _files: S3,
}

impl Cluster {
    async fn start() -> Option<Self> {
        let files = S3::start().await;
        let mut sets = shared_by_servers().await?;
        sets.extend(files.settings(SECRET_KEY));
        let (here, cookie) = Program::start_with(Part::Doors, &sets).await;
        let there = Program::join(Part::Doors, &sets);
        let caller = Caller::new(here.http, cookie);
        Some(Self {
            here,
            there,
            sets,
            caller,
            _files: files,
        })
    }

    /// The administrator's feed at one of the two.
    async fn feed(&self, at: &Program) -> Socket {
        let mut feed = Socket::connect(&at.url(), "/api/v1/feed", &self.caller.cookie).await;
        feed.send(json!({ "type": "hello", "after": null })).await;
        feed.wait_type("welcome").await;
        feed
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let (status, made) = self.caller.post(path, &body).await.unwrap();
        assert_eq!(status, 201, "{made}");
        made
    }

    async fn answer(&self, ticket: &Value, text: &str) {
        let body = json!({ "client_id": uuid::Uuid::from_u128(rand::random()).to_string(), "visibility": "public", "text": text,
            "seen_position": 1_000 });
        let path = format!("/tickets/{}/messages", ticket["id"].as_str().unwrap());
        self.made(&path, body).await;
    }
}

async fn write(visitor: &mut Socket, id: &str, text: &str) {
    let words = json!({ "type": "send", "client_id": id, "text": text, "attachment_ids": [] });
    visitor.send(words).await;
    visitor.wait_type("ack").await;
}

async fn sees(visitor: &mut Socket, text: &str) {
    let is_it = |frame: &Value| (frame["message"]["text"] == text).then_some(());
    visitor.wait(text, is_it).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_at_one_server_sees_what_a_customer_at_another_writes() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let settings = json!({ "color": "#0f766e", "title": "Shop", "greeting": "", "allowed_origins": [], "ask_email": false });
    let chat = json!({ "name": "Chat", "channel": "chat", "settings": settings });
    let inbox = cluster.made("/inboxes", chat).await;
    let key = inbox["widget_key"].as_str().unwrap();
    let mut feed = cluster.feed(&cluster.here).await;
    let mut visitor = Socket::visitor(&cluster.there.url(), key, None, None).await;
    let token = visitor.wait_type("welcome").await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    write(&mut visitor, "one", "Is the lamp in stock?").await;
    let ticket = feed.wait_kind("ticket", |_| true).await["ticket"].clone();
    feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
    let is_it = |one: &Value| one["message"]["text"] == "Is the lamp in stock?";
    feed.wait_kind("message", is_it).await;
    visitor.send(json!({ "type": "typing", "typing": true })).await;
    let types = |frame: &Value| (frame["type"] == "visitor" && frame["typing"] == true).then_some(());
    feed.wait("typing, which only Redis carries", types).await;
    cluster.answer(&ticket, "It is.").await;
    sees(&mut visitor, "It is.").await;

    // The visitor's server is lost; the other knows their token and all that was said.
    cluster.there.kill();
    visitor.until_closed().await;
    let mut visitor = Socket::visitor(&cluster.here.url(), key, Some(&token), None).await;
    let said = visitor.wait_type("welcome").await["messages"].clone();
    let texts: Vec<_> = said.as_array().unwrap().iter().map(|one| &one["text"]).collect();
    assert_eq!(texts, ["Is the lamp in stock?", "It is."]);
    write(&mut visitor, "two", "Then one, please.").await;
    feed.wait_kind("message", |one| one["message"]["text"] == "Then one, please.")
        .await;

    // It comes back, and the agent's server goes: told to go elsewhere, the agent goes on there.
    cluster.there.start_again();
    assert!(cluster.here.stop(), "it ends well");
    assert!(
        feed.until_closed()
            .await
            .iter()
            .any(|frame| frame["type"] == "moved")
    );
    cluster.caller = Caller::new(cluster.there.http, cluster.caller.cookie.clone());
    let mut visitor = Socket::visitor(&cluster.there.url(), key, Some(&token), None).await;
    visitor.wait_type("welcome").await;
    cluster.answer(&ticket, "It leaves today.").await;
    sees(&mut visitor, "It leaves today.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_taken_by_one_server_is_worked_off_by_another() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let outside = Outside::start().await;
    let smtp =
        json!({ "host": "127.0.0.1", "port": outside.address.port(), "security": "none", "username": null });
    let settings = json!({ "sender_name": "", "smtp": smtp, "imap": null, "signature": "" });
    let email = json!({ "name": "Help", "channel": "email", "address": INBOX, "settings": settings });
    cluster.made("/inboxes", email).await;
    let mut feed = cluster.feed(&cluster.here).await;
    let taken = deliver(cluster.there.smtp, "wang@example.com", &[INBOX], QUESTION).await;
    assert_eq!(taken.unwrap().0, 250);
    // A round trip to each: had one of them done the work, its ticket would be there or on its way.
    for server in [&cluster.here, &cluster.there] {
        let caller = Caller::new(server.http, cluster.caller.cookie.clone());
        assert_eq!(
            caller.get("/tickets?view=all").await.unwrap()["items"],
            json!([]),
            "nobody works here"
        );
    }

    let mut worker = Program::join(Part::Workers, &cluster.sets);
    let ticket = feed.wait_kind("ticket", |_| true).await["ticket"].clone();
    assert_eq!(ticket["subject"], "Lamp");
    feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
    cluster.answer(&ticket, "We send a new one.").await;
    let is_sent =
        |one: &Value| one["message"]["text"] == "We send a new one." && one["message"]["delivery"] == "sent";
    feed.wait_kind("message", is_sent).await;
    let mails = outside.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].header("In-Reply-To").unwrap(), "<1@example.com>");
    assert!(worker.stop(), "it ends well");
}
