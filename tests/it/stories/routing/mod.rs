//! Who gets a ticket, and who answers for it.

mod board;
mod giving;
mod owners;
mod presence;
mod race;
mod settings;
mod teamless;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen_core::id::TeamId;
use shouwen_core::time::Length;

use crate::support::desk::Desk;
use crate::support::person::Person;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";

/// A team that gives out its tickets, with a mailbox and a telephone of its own.
struct Floor {
    admin: Person,
    team: TeamId,
    phone: Value,
}

fn some_id() -> String {
    uuid::Uuid::from_u128(rand::random()).to_string()
}

async fn put(who: &Person, path: &str, body: Value) -> Value {
    let (status, value) = who.call(Method::PUT, path, Some(body)).await;
    assert!(status.is_success(), "PUT {path}: {status} {value}");
    value
}

/// A team's routing with weights of one, changed by `more`.
fn automatic(more: &Value) -> Value {
    let mut body = json!({
        "auto_assign": true, "match_language": true, "release_at_shift_end": false,
        "weights": { "chat": 3, "email": 1, "phone": 1 }, "skill_needs": [],
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

impl Floor {
    async fn open(desk: &Desk, members: &[&Person]) -> Self {
        let admin = desk.administrator().await;
        let team = desk.team("Lamps", members).await;
        let settings = json!({ "sender_name": "Lamp & Tea", "smtp": null, "imap": null, "signature": "" });
        let mailbox = json!({ "name": "Mail", "channel": "email", "address": INBOX, "team_id": team, "settings": settings });
        admin.post("/inboxes", mailbox).await;
        let phone = json!({ "name": "Phone", "channel": "phone", "team_id": team, "settings": {} });
        let phone = admin.post("/inboxes", phone).await;
        put(&admin, &format!("/teams/{team}/routing"), automatic(&json!({}))).await;
        Self { admin, team, phone }
    }

    /// How much an agent has at once, and what they know.
    async fn set(&self, agent: &Person, more: &Value) {
        let mut body = json!({ "capacity": 12, "skill_ids": [], "languages": [], "shift": null });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        put(&self.admin, &format!("/agents/{}/routing", agent.id), body).await;
    }

    /// A customer calls and reaches nobody, in this ticket.
    async fn customer_calls(&self, desk: &Desk, ticket: &str) {
        self.call(
            &self.admin,
            json!({ "ticket_id": ticket, "outcome": "voicemail" }),
        )
        .await;
        desk.settle().await;
    }

    async fn call(&self, who: &Person, more: Value) -> Value {
        let mut body = json!({
            "client_id": some_id(), "inbox_id": self.phone["id"], "number": "13800138000", "direction": "in",
            "text": "About the lamp", "outcome": "answered", "duration_s": 60, "solved": false,
        });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        who.post("/call-log", body).await
    }

    /// The agent answers the customer of a ticket, by phone.
    async fn answer(&self, desk: &Desk, who: &Person, ticket: &str, solved: bool) {
        self.call(who, json!({ "ticket_id": ticket, "solved": solved }))
            .await;
        desk.settle().await;
    }

    async fn ticket(&self, id: &str) -> Value {
        self.admin.get(&format!("/tickets/{id}")).await["ticket"].clone()
    }

    async fn assignee(&self, id: &str) -> Value {
        self.ticket(id).await["assignee_id"].clone()
    }

    async fn why(&self, id: &str) -> Value {
        self.admin.get(&format!("/tickets/{id}/assignment")).await
    }
}

async fn is(desk: &Desk, who: &Person, presence: &str) {
    put(who, "/me/presence", json!({ "presence": presence })).await;
    desk.settle().await;
}

/// A mail from somebody new; the id of its ticket.
async fn mail(desk: &Desk, floor: &Floor, name: &str, text: &str) -> String {
    desk.clock.advance(Length::seconds(1)); // so that tickets have an order
    let raw = format!(
        "From: {name} <{name}@example.com>\nTo: {INBOX}\nSubject: Lamp of {name}\nMessage-ID: <{}@example.com>\n\n{text}\n",
        some_id()
    );
    let from = format!("{name}@example.com");
    let (code, words) = deliver(desk.bound.smtp.unwrap(), &from, &[INBOX], &raw)
        .await
        .unwrap();
    assert_eq!(code, 250, "{words}");
    desk.settle().await;
    let tickets = floor.admin.tickets("all").await;
    let found = tickets
        .iter()
        .find(|one| one["subject"] == format!("Lamp of {name}"));
    found.expect("the mail is a ticket")["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn edit(who: &Person, ticket: &str, field: &str, old: Value, new: Value) -> (StatusCode, Value) {
    let edits =
        json!({ "edits": [{ "field": field, "old": old, "new": new, "reason": "the story asks for it" }] });
    who.call(Method::PATCH, &format!("/tickets/{ticket}"), Some(edits))
        .await
}

/// The kinds of what an agent was told, newest first.
async fn told(who: &Person) -> Vec<(String, String)> {
    let items = who.get("/notifications").await["items"]
        .as_array()
        .unwrap()
        .clone();
    items
        .iter()
        .map(|one| {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (word(&one["kind"]), word(&one["ticket_id"]))
        })
        .collect()
}

/// How often an agent was told something of a kind.
async fn told_of(who: &Person, kind: &str) -> usize {
    told(who).await.iter().filter(|(one, _)| one == kind).count()
}
