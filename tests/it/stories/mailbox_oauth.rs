//! Mailboxes that are signed in to by OAuth 2, and alarms when a mailbox is silent because it fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use shouwen_core::time::Length;

use super::email_imap::{deliver, started, subjects, watch_mailboxes};
use crate::support::desk::{Desk, Engine, PATIENCE};
use crate::support::person::Person;
use crate::support::servers::Dovecot;
use crate::support::smtp::Outside;

/// A provider's token endpoint.
#[derive(Clone, Default)]
struct Issuer {
    renewed: Arc<AtomicUsize>,
    revoked: Arc<AtomicBool>,
}

async fn token(
    State(issuer): State<Issuer>,
    Form(asked): Form<std::collections::HashMap<String, String>>,
) -> Response {
    let is_code = asked["grant_type"] == "authorization_code";
    assert_eq!(
        (asked["client_id"].as_str(), asked["client_secret"].as_str()),
        ("the-desk", "hush")
    );
    if is_code {
        assert_eq!(asked["code"], "a-code");
        assert!(asked["code_verifier"].len() > 40);
    } else {
        issuer.renewed.fetch_add(1, Ordering::SeqCst);
        if issuer.revoked.load(Ordering::SeqCst) {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
        }
        assert!(asked["refresh_token"].starts_with("refresh-"));
    }
    let count = issuer.renewed.load(Ordering::SeqCst);
    let given = json!({ "access_token": Dovecot::token("help"), "refresh_token": format!("refresh-{count}"), "expires_in": 600 });
    Json(given).into_response()
}

async fn start_issuer() -> (Issuer, String) {
    let (issuer, listener) = (
        Issuer::default(),
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(),
    );
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/token", post(token))
        .with_state(issuer.clone());
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    (issuer, url)
}

/// Asks until an answer fits.
async fn until(person: &Person, path: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let waiting = async {
        loop {
            let answer = person.get(path).await;
            if fits(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(3 * PATIENCE, waiting)
        .await
        .unwrap_or_else(|_| panic!("{what} in time"))
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
    let (issuer, url) = start_issuer().await;
    let sets = [
        "fetch.allowed_networks=127.0.0.1".to_owned(),
        "oauth.google_client_id=the-desk".to_owned(),
        "oauth.google_client_secret=hush".to_owned(),
        format!("oauth.google_authorize_url={url}/authorize"),
        format!("oauth.google_token_url={url}/token"),
    ];
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

    let begun = admin
        .post(
            &format!("/inboxes/{id}/oauth"),
            json!({ "provider": "google", "username": "help" }),
        )
        .await;
    let there = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let query: std::collections::HashMap<String, String> = there.query_pairs().into_owned().collect();
    assert_eq!(
        (
            query["response_type"].as_str(),
            query["code_challenge_method"].as_str()
        ),
        ("code", "S256")
    );
    let back = |person: &Person, state: &str| {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        client
            .get(
                url::Url::parse_with_params(
                    &format!("{}/api/v1/oauth/callback", desk.url()),
                    [("code", "a-code"), ("state", state)],
                )
                .unwrap(),
            )
            .header("cookie", &person.cookie)
            .send()
    };
    let other = desk
        .hire("Bo Boss", shouwen_core::actor::BuiltInRole::Administrator)
        .await;
    assert_eq!(
        back(&other, &query["state"]).await.unwrap().status(),
        409,
        "somebody else's sign-in"
    );
    let came = back(&admin, &query["state"]).await.unwrap();
    let location = came.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(
        (came.status().as_u16(), location),
        (303, format!("/settings/inboxes/{id}?oauth=connected"))
    );

    watch_mailboxes(&desk);
    started(&desk).await;
    deliver(&dovecot, "help", "The lamp is broken").await;
    assert_eq!(subjects(&desk, &admin, 1).await, ["The lamp is broken"]);
    assert_eq!(
        issuer.renewed.load(Ordering::SeqCst),
        0,
        "the token is still good"
    );

    desk.clock.advance(Length::minutes(20));
    dovecot.kill();
    until(&admin, "/inboxes", "the failure shows", |page| {
        is_failing(page, &id)
    })
    .await;
    dovecot.restart();
    deliver(&dovecot, "help", "And the shade").await;
    assert_eq!(
        subjects(&desk, &admin, 2).await,
        ["And the shade", "The lamp is broken"]
    );
    assert_eq!(
        issuer.renewed.load(Ordering::SeqCst),
        1,
        "renewed before it was used"
    );

    issuer.revoked.store(true, Ordering::SeqCst);
    desk.clock.advance(Length::minutes(20));
    dovecot.kill();
    until(&admin, "/inboxes", "the failure shows", |page| {
        is_failing(page, &id)
    })
    .await;
    dovecot.restart();
    let alarms = until(&admin, "/alarms?open=true", "an alarm", |page| {
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
    let asked = issuer.renewed.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(12)).await; // Two attempts of the watcher.
    assert_eq!(
        issuer.renewed.load(Ordering::SeqCst),
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

    issuer.revoked.store(false, Ordering::SeqCst);
    let begun = admin
        .post(
            &format!("/inboxes/{id}/oauth"),
            json!({ "provider": "google", "username": "help" }),
        )
        .await;
    let there = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let state = there
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    assert_eq!(back(&admin, &state).await.unwrap().status(), 303);
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
    started(&desk).await;
    dovecot.kill();
    until(&admin, "/inboxes", "the failure shows", |page| {
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
    until(&admin, "/alarms?open=true", "the alarm is cleared", |page| {
        page["items"] == json!([])
    })
    .await;
    assert!(!admin.get("/alarms").await["items"][0]["cleared_at"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_is_silent_because_it_fails_is_an_alarm_until_it_works() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        a_silent_mailbox(engine).await;
    }
}
