//! Sending by a mailbox that is signed in to by OAuth 2, through a mail server that is strict about its tokens.

use serde_json::{Value, json};
use shouwen_core::time::Length;

use crate::support::desk::{Desk, Engine};
use crate::support::issuer::{Issuer, begin, come_back};
use crate::support::person::Person;
use crate::support::smtp::{Manner, Outside, deliver};

const INBOX: &str = "help@shop.example";

fn wants(outside: &Outside, token: &str) {
    outside.behave(Manner {
        token: Some(token.to_owned()),
        ..Manner::default()
    });
}

async fn connected(desk: &Desk, outside: &Outside) -> Person {
    let admin = desk.administrator().await;
    let inbox = admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
    let asked = begin(&admin, inbox["id"].as_str().unwrap()).await;
    assert_eq!(come_back(desk, &admin, &asked["state"]).await.0, 303);
    let raw =
        format!("From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <1@x>\n\nHello\n");
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], &raw).await;
    assert_eq!(sent.unwrap().0, 250);
    desk.settle().await;
    admin
}

/// Answers the only ticket; what became of the answer, and how many mails arrived so far.
async fn answer(desk: &Desk, admin: &Person, outside: &Outside, text: &str) -> (Value, usize) {
    admin.reply(&admin.only_ticket().await, text).await;
    desk.settle().await;
    state(admin, outside).await
}

async fn state(admin: &Person, outside: &Outside) -> (Value, usize) {
    let ticket = admin.only_ticket().await;
    let last = ticket["messages"].as_array().unwrap().last().cloned();
    (last.unwrap()["delivery"].clone(), outside.mails().len())
}

async fn an_account_with_tokens(engine: Engine) {
    let issuer = Issuer::start(|count| format!("token-{count}")).await;
    let sets = issuer.settings();
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let Some(desk) = Desk::start_with(engine, &sets).await else {
        return;
    };
    let outside = Outside::start().await;
    wants(&outside, "token-0");
    let admin = connected(&desk, &outside).await;
    let first = answer(&desk, &admin, &outside, "One.").await;
    assert_eq!(
        (first, outside.refused(), issuer.renewed()),
        ((json!("sent"), 1), 0, 0)
    );

    // The provider ends the token before its time, and with it the connection that is open.
    wants(&outside, "token-1");
    let second = answer(&desk, &admin, &outside, "Two.").await;
    assert_eq!(
        (second, outside.refused(), issuer.renewed()),
        ((json!("sent"), 2), 1, 1),
        "renewed, and sent once"
    );

    desk.clock.advance(Length::minutes(20));
    wants(&outside, "token-2");
    let third = answer(&desk, &admin, &outside, "Three.").await;
    assert_eq!(
        (third, outside.refused(), issuer.renewed()),
        ((json!("sent"), 3), 1, 2),
        "renewed before it was used"
    );

    wants(&outside, "token-4");
    let fourth = answer(&desk, &admin, &outside, "Four.").await;
    assert_eq!(
        (fourth, outside.refused(), issuer.renewed()),
        ((json!("queued"), 3), 3, 3),
        "tried once more, not on and on"
    );
    let alarms = admin.get("/alarms?open=true").await;
    assert_eq!(
        (&alarms["items"][0]["kind"], &alarms["items"][0]["code"]),
        (&json!("sending_refused"), &json!("authentication"))
    );
    desk.advance(Length::minutes(5)).await;
    assert_eq!(
        state(&admin, &outside).await,
        (json!("sent"), 4),
        "it goes when a token is taken"
    );
    assert_eq!(
        admin.get("/alarms?open=true").await["items"],
        json!([]),
        "and all is well again"
    );
    desk.advance(Length::hours(1)).await;
    assert_eq!(outside.mails().len(), 4, "once");

    issuer.revoke(true);
    let fifth = answer(&desk, &admin, &outside, "Five.").await;
    assert_eq!(
        fifth,
        (json!("failed"), 4),
        "loud when the sign-in was taken back"
    );
    let alarms = admin.get("/alarms?open=true").await;
    assert_eq!(alarms["items"][0]["kind"], "token_refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_is_renewed_and_the_mail_goes_once() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        an_account_with_tokens(engine).await;
    }
}
