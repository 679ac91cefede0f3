//! Mailboxes that are signed in to by OAuth 2, and alarms when a mailbox is silent because it fails.

use serde_json::{Value, json};
use shouwen::sending::oauth::OauthError;
use shouwen_core::id::InboxId;
use shouwen_core::time::Length;

use super::email_imap::{deliver, started, subjects, watch_mailboxes};
use crate::support::desk::{Desk, Engine};
use crate::support::issuer::{Issuer, begin, come_back};
use crate::support::person::Person;
use crate::support::servers::Dovecot;
use crate::support::smtp::Outside;

/// Asks until an answer fits.
async fn until(desk: &Desk, person: &Person, path: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    desk.until(what, async || {
        Some(person.get(path).await).filter(|answer| fits(answer))
    })
    .await
}

/// Whether the list of inboxes says that this one's mailbox fails.
fn is_failing(page: &Value, id: &str) -> bool {
    let all = page["items"].as_array().unwrap();
    all.iter()
        .any(|one| one["id"] == json!(id) && one["mailbox"]["state"] == "failing")
}

async fn inbox(admin: &Person, dovecot: &Dovecot, password: Option<&str>) -> String {
    let account = json!({ "host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "username": "help",
        "folder": "INBOX", "password": password });
    let settings = json!({ "sender_name": "Help", "smtp": null, "imap": account, "signature": "" });
    let body =
        json!({ "name": "Help", "channel": "email", "address": "help@shop.example", "settings": settings });
    admin.post("/inboxes", body).await["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[expect(
    clippy::too_many_lines,
    reason = "one story, told from its beginning to its end"
)]
async fn a_connected_mailbox(engine: Engine) {
    let Some(dovecot) = Dovecot::start() else { return };
    let issuer = Issuer::start(|_| Dovecot::token("help")).await;
    let sets = issuer.settings();
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let Some(desk) = Desk::start_with(engine, &sets).await else {
        return;
    };
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin
        .email_inbox_sending_by("other@shop.example", Some(outside.address))
        .await;
    let id = inbox(&admin, &dovecot, None).await;
    let providers = admin.get("/oauth/providers").await;
    assert_eq!(
        providers["items"],
        json!([{ "provider": "google", "configured": true }, { "provider": "microsoft", "configured": false }])
    );

    let query = begin(&admin, &id).await;
    assert_eq!(
        (
            query["response_type"].as_str(),
            query["code_challenge_method"].as_str()
        ),
        ("code", "S256")
    );
    let other = desk
        .hire("Bo Boss", shouwen_core::actor::BuiltInRole::Administrator)
        .await;
    let came = come_back(&desk, &other, &query["state"]).await;
    assert_eq!(came.0, 409, "somebody else's sign-in");
    let came = come_back(&desk, &admin, &query["state"]).await;
    assert_eq!(came, (303, format!("/settings/inboxes/{id}?oauth=connected")));

    watch_mailboxes(&desk);
    started(&desk, &admin).await;
    deliver(&dovecot, "help", "The lamp is broken").await;
    assert_eq!(subjects(&desk, &admin, 1).await, ["The lamp is broken"]);
    assert_eq!(issuer.renewed(), 0, "the token is still good");

    desk.clock.advance(Length::minutes(20));
    dovecot.kill();
    until(&desk, &admin, "/inboxes", "the failure shows", |page| {
        is_failing(page, &id)
    })
    .await;
    dovecot.restart();
    deliver(&dovecot, "help", "And the shade").await;
    assert_eq!(
        subjects(&desk, &admin, 2).await,
        ["And the shade", "The lamp is broken"]
    );
    assert_eq!(issuer.renewed(), 1, "renewed before it was used");

    issuer.revoke(true);
    desk.clock.advance(Length::minutes(20));
    dovecot.kill();
    until(&desk, &admin, "/inboxes", "the failure shows", |page| {
        is_failing(page, &id)
    })
    .await;
    dovecot.restart();
    let alarms = until(&desk, &admin, "/alarms?open=true", "an alarm", |page| {
        page["items"] != json!([])
    })
    .await;
    let alarm = &alarms["items"][0];
    assert_eq!(
        (&alarm["kind"], &alarm["code"], &alarm["inbox_id"]),
        (&json!("token_refused"), &json!("invalid_grant"), &json!(id))
    );
    desk.settle().await;
    let told: Vec<_> = outside
        .mails()
        .iter()
        .filter_map(|mail| mail.header("Subject"))
        .collect();
    assert_eq!(told.len(), 2, "both administrators, by another inbox: {told:?}");
    assert!(told[0].starts_with("Alarm"), "{told:?}");
    let asked = issuer.renewed();
    let inbox_id: InboxId = id.parse().unwrap();
    for _ in 0..2 {
        let refused = shouwen::sending::oauth::access(&desk.app, desk.app.workspace, inbox_id).await;
        assert!(matches!(refused, Err(OauthError::Refused(_))));
    }
    assert_eq!(
        issuer.renewed(),
        asked,
        "what was refused for good is not asked again"
    );
    let shown = admin.get("/inboxes").await;
    let shown = shown["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == json!(id))
        .unwrap();
    assert_eq!(shown["oauth"]["state"], "failed");

    issuer.revoke(false);
    let again = begin(&admin, &id).await;
    assert_eq!(come_back(&desk, &admin, &again["state"]).await.0, 303);
    assert_eq!(
        admin.get("/alarms?open=true").await["items"],
        json!([]),
        "connected again"
    );
    deliver(&dovecot, "help", "And a third").await;
    subjects(&desk, &admin, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_connected_by_oauth_is_read_renewed_and_its_end_is_an_alarm() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        a_connected_mailbox(engine).await;
    }
}

async fn a_silent_mailbox(engine: Engine) {
    let Some(dovecot) = Dovecot::start() else { return };
    let Some(desk) = Desk::start(engine).await else {
        return;
    };
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin
        .email_inbox_sending_by("other@shop.example", Some(outside.address))
        .await;
    let id = inbox(&admin, &dovecot, Some(Dovecot::PASSWORD)).await;
    watch_mailboxes(&desk);
    started(&desk, &admin).await;
    dovecot.kill();
    until(&desk, &admin, "/inboxes", "the failure shows", |page| {
        is_failing(page, &id)
    })
    .await;
    desk.advance(Length::minutes(14)).await;
    assert_eq!(
        admin.get("/alarms?open=true").await["items"],
        json!([]),
        "it may be back in a moment"
    );
    desk.advance(Length::minutes(1)).await;
    let alarms = admin.get("/alarms?open=true").await;
    assert_eq!(
        (&alarms["items"][0]["kind"], &alarms["items"][0]["inbox_id"]),
        (&json!("mailbox_silent"), &json!(id))
    );
    assert_eq!(outside.mails().len(), 1, "told once, by another inbox");
    desk.advance(Length::hours(5)).await;
    assert_eq!(outside.mails().len(), 1);
    let numbers = reqwest::get(format!("{}/metrics", desk.url()))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        numbers.contains("shouwen_stuck{what=\"mailboxes\"} 1"),
        "{numbers}"
    );

    dovecot.restart();
    until(
        &desk,
        &admin,
        "/alarms?open=true",
        "the alarm is cleared",
        |page| page["items"] == json!([]),
    )
    .await;
    assert!(!admin.get("/alarms").await["items"][0]["cleared_at"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_is_silent_because_it_fails_is_an_alarm_until_it_works() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        a_silent_mailbox(engine).await;
    }
}
