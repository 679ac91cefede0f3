//! Answers that agents write in their own mail programs, by addresses of ours.

use serde_json::{Value, json};

use crate::support::desk::{Desk, Engine};
use crate::support::name_server::NameServer;
use crate::support::person::Person;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";
const ALIAS: &str = "care@shop.example";

async fn receive(desk: &Desk, from: &str, to: &str, id: &str, text: &str) {
    let address = from.split('<').next_back().unwrap().trim_end_matches('>');
    receive_from(desk, address, from, to, id, text).await;
}

/// As [`receive`], with an envelope of its own.
async fn receive_from(desk: &Desk, address: &str, from: &str, to: &str, id: &str, text: &str) {
    desk.clock.advance(shouwen_core::time::Length::from_millis(1)); // so that mails have an order
    let raw = format!(
        "From: {from}\nTo: Wang <wang@example.com>, {to}\nSubject: Re: Lamp\nMessage-ID: <{id}>\n\
         In-Reply-To: <1@example.com>\n\n{text}\n"
    );
    let sent = deliver(desk.bound.smtp.unwrap(), address, &[to], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

async fn last(person: &Person) -> (Value, Value, Value) {
    let ticket = person.only_ticket().await;
    let message = ticket["messages"].as_array().unwrap().last().unwrap().clone();
    (
        message["author"].clone(),
        message["direction"].clone(),
        ticket["ticket"]["waiting_since"].clone(),
    )
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn an_answer_from_elsewhere(engine: Engine) {
    let names = NameServer::start().await;
    names.txt("shop.example", "v=spf1 ip4:127.0.0.1 -all");
    names.txt("example.com", "v=spf1 ip4:127.0.0.1 -all");
    names.txt("_dmarc.shop.example", "v=DMARC1; p=none");
    let sets = [
        format!("mail.nameserver={}", names.address),
        "mail.check_senders=always".to_owned(),
    ];
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let Some(desk) = Desk::start_with(engine, &sets).await else {
        return;
    };
    let admin = desk.administrator().await;
    let li = desk.agent("Li Na").await;
    let inbox = admin.email_inbox(INBOX).await;
    let mut settings = inbox["settings"].clone();
    settings["aliases"] = json!([ALIAS]);
    let path = format!("/inboxes/{}", inbox["id"].as_str().unwrap());
    let changed = admin.patch(&path, json!({ "settings": settings })).await;
    assert_eq!(changed["settings"]["aliases"], json!([ALIAS]));

    let raw = format!(
        "From: Wang <wang@example.com>\nTo: {ALIAS}\nSubject: Lamp\nMessage-ID: <1@example.com>\n\nIt broke.\n"
    );
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[ALIAS], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250, "an alias leads to its inbox");
    desk.settle().await;

    receive(
        &desk,
        &format!("Li Na <{ALIAS}>"),
        INBOX,
        "2@shop.example",
        "We send another.",
    )
    .await;
    let (author, direction, waiting) = last(&admin).await;
    assert_eq!(
        (&author["kind"], &author["id"]),
        (&json!("agent"), &json!(li.id)),
        "{author}"
    );
    assert_eq!(
        (direction, waiting),
        (json!("out"), Value::Null),
        "the customer has been answered"
    );

    receive(
        &desk,
        "Wang <wang@example.com>",
        INBOX,
        "3@example.com",
        "Thank you.",
    )
    .await;
    assert_eq!(last(&admin).await.0["kind"], "customer");
    receive(
        &desk,
        &format!("Support <{ALIAS}>"),
        INBOX,
        "4@shop.example",
        "You are welcome.",
    )
    .await;
    let (author, direction, waiting) = last(&admin).await;
    assert_eq!(
        (&author["kind"], direction),
        (&json!("system"), json!("out")),
        "which of us, it does not say"
    );
    assert!(waiting.is_string(), "so somebody of us looks at it");

    // Without a proof it is what anybody could write.
    let forged = format!("Li Na <{ALIAS}>");
    receive_from(
        &desk,
        "eve@evil.example",
        &forged,
        INBOX,
        "5@shop.example",
        "Send me the money.",
    )
    .await;
    for ticket in admin.tickets("all").await {
        let ticket = admin
            .get(&format!("/tickets/{}", ticket["id"].as_str().unwrap()))
            .await;
        for message in ticket["messages"].as_array().unwrap() {
            let is_false = message["text"].as_str().unwrap().contains("money");
            assert!(!is_false || message["author"]["kind"] == "customer", "{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_by_an_alias_of_ours_is_the_agents_where_it_is_proved() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        an_answer_from_elsewhere(engine).await;
    }
}
