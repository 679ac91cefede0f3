//! What the program says about itself: lines that programs can read, and nothing of what people wrote, who they are, or
//! what lets them in.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::support::desk::PATIENCE;
use crate::support::process::{AS_JSON, Caller, Part, Program};
use crate::support::smtp::{Outside, deliver};
use crate::support::socket::Socket;

const INBOX: &str = "planted-inbox@shop.example";
const CUSTOMER: &str = "planted-customer@example.com";
/// In subjects, texts, names; never a word of our own.
const WORD: &str = "Zaubernuss";

async fn add_inboxes(caller: &Caller, outside: &Outside) -> String {
    let smtp =
        json!({ "host": "127.0.0.1", "port": outside.address.port(), "security": "none", "username": null });
    let email = json!({ "name": "Help", "channel": "email", "address": INBOX,
        "settings": { "sender_name": WORD, "smtp": smtp, "imap": null, "signature": "" } });
    assert_eq!(caller.post("/inboxes", &email).await.unwrap().0, 201);
    let chat = json!({ "name": "Chat", "channel": "chat", "settings": { "color": "#0f766e", "title": "Shop",
        "greeting": "", "allowed_origins": [], "ask_email": false } });
    let (status, chat) = caller.post("/inboxes", &chat).await.unwrap();
    assert_eq!(status, 201, "{chat}");
    chat["widget_key"].as_str().unwrap().to_owned()
}

/// Waits until `happens` gives something.
async fn come<T>(what: &str, mut happens: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = happens().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_json_and_none_holds_what_people_wrote_or_who_they_are() {
    let sets = [AS_JSON, "log.level=debug"].map(str::to_owned);
    let (mut program, cookie) = Program::start_with(Part::All, &sets).await;
    let caller = Caller::new(program.http, cookie.clone());
    let outside = Outside::start().await;
    let widget_key = add_inboxes(&caller, &outside).await;
    let mut secrets = vec![cookie.split('=').nth(1).unwrap().to_owned(), widget_key.clone()];

    // A mail with HTML, which is read by crates that tell much, and its answer.
    let raw = format!(
        "From: {WORD} <{CUSTOMER}>\nTo: {INBOX}\nSubject: {WORD}\nMessage-ID: <planted-id@example.com>\n\
         MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>{WORD} &amp; <b>broke</b></p>\n"
    );
    assert_eq!(
        deliver(program.smtp, CUSTOMER, &[INBOX], &raw).await.unwrap().0,
        250
    );
    let ticket = come("the ticket", async || {
        let page = caller.get("/tickets?view=all").await?;
        Some(page["items"].as_array()?.first()?["id"].as_str()?.to_owned())
    })
    .await;
    let reply = json!({ "client_id": "reply-0001", "visibility": "public", "text": format!("{WORD} again"),
        "seen_position": 1_000_000 });
    let (status, answer) = caller
        .post(&format!("/tickets/{ticket}/messages"), &reply)
        .await
        .unwrap();
    assert!(status < 300, "{answer}");
    come("the answer by mail", async || outside.mails().pop()).await;

    // A chat.
    let mut visitor = Socket::visitor(&caller.url, &widget_key, None, None).await;
    let welcome = visitor.wait_type("welcome").await;
    secrets.push(welcome["token"].as_str().unwrap().to_owned());
    let words = json!({ "type": "send", "client_id": "chat-0001", "text": WORD, "attachment_ids": [] });
    visitor.send(words).await;
    visitor.wait_type("ack").await;

    // Signing in, wrongly and rightly, and asking for what is not there.
    for password in ["planted-password", "a long enough passphrase"] {
        let body = json!({ "email": "ada@desk.example", "password": password });
        caller.post("/session", &body).await.unwrap();
        secrets.push(password.to_owned());
    }
    caller
        .get(&format!("/customers?query={WORD}&cursor={CUSTOMER}"))
        .await;
    assert!(program.stop());

    let log = program.logged();
    assert!(log.lines().count() > 20, "it says something at debug: {log}");
    let mut of_jobs = Vec::new();
    for line in log.lines() {
        let told: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        of_jobs.extend(
            told["span"]
                .as_object()
                .filter(|span| span["name"] == "job")
                .cloned(),
        );
        for planted in [INBOX, CUSTOMER, "ada@desk.example", "planted-id", WORD] {
            assert!(!line.contains(planted), "{planted} in {line}");
        }
        for secret in &secrets {
            assert!(!line.contains(secret), "a secret in {line}");
        }
    }
    for kind in ["read_mail", "send_message"] {
        let about =
            |span: &&Map<String, Value>| span["kind"] == kind && span.get("ticket") == Some(&json!(ticket));
        let span = of_jobs.iter().find(about);
        let span = span.unwrap_or_else(|| panic!("{kind} says its ticket: {of_jobs:?}"));
        assert!(
            span["id"].is_string() && span["workspace"].is_string(),
            "{span:?}"
        );
    }
}
