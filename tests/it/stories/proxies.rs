//! Behind a proxy that is trusted callers are told apart by the address that it names; nobody else's word is taken.

use serde_json::{Value, json};

use crate::support::desk::{Desk, Engine};

const TRUSTED: &str = "http.trusted_proxies=127.0.0.1,10.0.0.0/8";

/// A wrong password, as a proxy hands it on.
async fn guess(desk: &Desk, forwarded: &[&str]) -> u16 {
    let body = json!({ "email": "ada.admin@desk.example", "password": "wrong" });
    let mut request = reqwest::Client::new()
        .post(format!("{}/api/v1/session", desk.url()))
        .json(&body);
    for line in forwarded {
        request = request.header("x-forwarded-for", *line);
    }
    request.send().await.unwrap().status().as_u16()
}

/// Guesses until it is refused to listen; how many were judged.
async fn judged(desk: &Desk, forwarded: impl Fn(usize) -> String) -> usize {
    for count in 0..40 {
        match guess(desk, &[&forwarded(count)]).await {
            401 => {}
            429 => return count,
            other => panic!("{other}"),
        }
    }
    panic!("nobody is slowed down");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_callers_behind_a_trusted_proxy_are_two() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(desk) = Desk::start_with(engine, &[TRUSTED]).await else {
            continue;
        };
        desk.administrator().await;
        assert_eq!(judged(&desk, |_| "203.0.113.9".to_owned()).await, 5);
        assert_eq!(guess(&desk, &["203.0.113.9"]).await, 429);
        assert_eq!(guess(&desk, &["203.0.113.10"]).await, 401, "somebody else");
        assert_eq!(
            guess(&desk, &["203.0.113.9, 10.2.3.4"]).await,
            429,
            "through two of our proxies"
        );
        // What the caller wrote before the proxy's word, in the same line or in one of its own.
        assert_eq!(guess(&desk, &["198.51.100.1, 203.0.113.9"]).await, 429);
        assert_eq!(guess(&desk, &["198.51.100.1", "203.0.113.9"]).await, 429);
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_who_names_other_addresses_is_still_one() {
    let desk = Desk::start_with(Engine::Sqlite, &[]).await.unwrap();
    desk.administrator().await;
    assert_eq!(judged(&desk, |count| format!("203.0.113.{count}")).await, 5);
    let behind = Desk::start_with(Engine::Sqlite, &[TRUSTED]).await.unwrap();
    behind.administrator().await;
    assert_eq!(
        judged(&behind, |count| format!("198.51.100.{count}, 203.0.113.9")).await,
        5
    );
    desk.stop().await;
    behind.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_sessions_names_the_callers_own_address() {
    let desk = Desk::start_with(Engine::Sqlite, &[TRUSTED]).await.unwrap();
    let setup = json!({ "token": desk.app.setup_token.offer(), "workspace_name": "Shop", "name": "Ada",
        "email": "ada@desk.example", "password": "a long enough passphrase", "locale": "en" });
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/setup", desk.url()))
        .json(&setup);
    let answer = request
        .header("x-forwarded-for", "203.0.113.9")
        .send()
        .await
        .unwrap();
    let cookie = answer.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let request = reqwest::Client::new().get(format!("{}/api/v1/sessions", desk.url()));
    let sessions: Value = request
        .header("cookie", cookie)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(sessions["items"][0]["ip"], "203.0.113.9", "{sessions}");
    desk.stop().await;
}
