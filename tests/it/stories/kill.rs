//! `kill -9` at random moments under mail, chat and answers: what was acknowledged is there exactly once, and no
//! mail goes out twice in silence. And SIGTERM: sockets are told, and nothing is lost.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;
use shouwen::db::Db;

use crate::support::load::{Acknowledged, INBOX, Load, comes_to_rest, count, holds_all};
use crate::support::process::{Part, Program, shared_by_servers};
use crate::support::smtp::{Outside, deliver};
use crate::support::socket::Socket;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing_and_send_nothing_twice() {
    let (program, cookie) = Program::start().await;
    survives(program, cookie, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_kills_on_postgres_lose_nothing_and_send_nothing_twice() {
    let Some(sets) = shared_by_servers().await else {
        return;
    };
    let (program, cookie) = Program::start_with(Part::All, &sets).await;
    survives(program, cookie, 10).await;
}

async fn survives(mut program: Program, cookie: String, kills: usize) {
    let (load, outside) = Load::on(&program, cookie).await;
    let tasks = load.start();
    // A busy machine is killed oftener, until the load was one, and not before anything was said since it started.
    let mut rounds = 0;
    while rounds < kills || rounds < 3 * kills && !is_load(&load.acknowledged(), kills) {
        let before = load.acknowledged().chats.len();
        let wait = rand::random_range(30..400);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        for _ in 0..40 {
            if load.acknowledged().chats.len() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        program.kill();
        program.start_again();
        rounds += 1;
    }
    let said = load.end(tasks).await;
    let (mails, chats) = (said.mails.len(), said.chats.len());
    let (answers, chat_answers) = (said.answers.len(), said.chat_answers.len());
    println!("acknowledged: {mails} mails, {answers} answers; {chats} chat messages, {chat_answers} answers");
    assert!(is_load(&said, kills), "the load was a load");
    let rows = program.rows().await;
    comes_to_rest(&rows).await;
    holds_all(&rows, &said).await;
    check_sent(&outside, &rows).await;
}

/// Enough for so many kills.
fn is_load(said: &Acknowledged, kills: usize) -> bool {
    let least = said
        .chats
        .len()
        .min(said.answers.len())
        .min(said.chat_answers.len());
    said.mails.len() >= kills && least >= kills / 2
}

/// Sent exactly once, or marked as uncertain, for every answer; never twice.
async fn check_sent(outside: &Outside, rows: &Db) {
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for mail in outside.mails() {
        *arrived.entry(mail.header("Message-ID").unwrap()).or_default() += 1;
    }
    let twice: Vec<_> = arrived.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "sent twice: {twice:?}");
    let text = "SELECT message.delivery, mail_reference.mail_id FROM message
        LEFT JOIN mail_reference ON mail_reference.workspace_id = message.workspace_id
          AND mail_reference.message_id = message.id
        WHERE message.direction = 'out' AND message.channel = 'email'";
    let answers: Vec<(String, Option<String>)> = rows.read().await.unwrap().sql(text).all().await.unwrap();
    let mut uncertain = 0;
    for (delivery, id) in answers {
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
    let (load, outside) = Load::on(&program, cookie).await;
    let url = load.caller.url.clone();
    let mut visitor = Socket::visitor(&url, &load.widget_key, None, None).await;
    let welcome = visitor.wait_type("welcome").await;
    let mut agent = Socket::connect(&url, "/api/v1/feed", &load.caller.cookie).await;
    agent.send(json!({ "type": "hello", "after": null })).await;
    agent.wait_type("welcome").await;
    visitor.send(json!({ "type": "send", "client_id": "chat-0-0000", "text": "Are you there?", "attachment_ids": [] })).await;
    visitor.wait_type("ack").await;
    let raw = format!(
        "From: c@outside.example\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <1@outside.example>\n\nIt broke.\n"
    );
    assert_eq!(
        deliver(load.smtp, "c@outside.example", &[INBOX], &raw)
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
    let rows = program.rows().await;
    comes_to_rest(&rows).await;
    assert_eq!(count(&rows, "SELECT COUNT(*) FROM ticket").await, 2);
    let mut visitor = Socket::visitor(&url, &load.widget_key, welcome["token"].as_str(), None).await;
    let again = visitor.wait_type("welcome").await;
    assert_eq!(again["messages"][0]["text"], "Are you there?");
    drop(outside);
}
