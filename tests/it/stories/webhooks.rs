//! Webhooks: another program hears of what happened, signed, at least once, and never from inside a private network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reqwest::Method;
use serde_json::{Value, json};
use shouwen::webhooks::signature;
use shouwen_core::time::{Length, Timestamp};

use crate::support::desk::Desk;
use crate::support::desk::{Engine, both_engines};
use crate::support::person::Person;

/// The shop's own program.
#[derive(Clone, Default)]
struct Listener {
    heard: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    /// What it answers next; then 204.
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Listener {
    /// Listens on this machine; its address.
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let pages = Router::new().fallback(hear).with_state(self.clone());
        #[expect(clippy::disallowed_methods, reason = "the story's own server")]
        tokio::spawn(async move { axum::serve(listener, pages).await });
        format!("http://{address}/hook")
    }

    fn kinds(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .map(|(_, body)| {
                serde_json::from_str::<Value>(body).unwrap()["type"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }
}

async fn hear(State(listener): State<Listener>, headers: HeaderMap, body: Bytes) -> StatusCode {
    listener
        .heard
        .lock()
        .unwrap()
        .push((headers, String::from_utf8(body.to_vec()).unwrap()));
    let answer = listener.answers.lock().unwrap().pop_front().unwrap_or(204);
    StatusCode::from_u16(answer).unwrap()
}

/// A desk that may call this machine.
async fn near(desk: &Desk) -> Option<Desk> {
    Desk::start_with(desk.engine, &["fetch.allowed_networks=127.0.0.0/8"]).await
}

async fn call_in(admin: &Person, key: &str) -> Value {
    let inbox = admin.phone_inbox().await;
    let call = json!({ "client_id": key, "inbox_id": inbox["id"], "number": "13800138000",
        "customer_name": "Wang Fang", "direction": "in", "text": "The lamp is broken", "outcome": "answered",
        "duration_s": 90, "solved": false });
    admin.post("/call-log", call).await
}

both_engines! {
    async fn a_program_hears_signed_what_it_asked_for(desk: Desk) {
        let Some(desk) = near(&desk).await else { return };
        let (admin, listener) = (desk.administrator().await, Listener::default());
        let url = listener.listen().await;
        let made = admin.post("/webhooks", json!({ "name": "Orders", "url": url, "kinds": ["ticket_opened"] })).await;
        desk.settle().await;
        call_in(&admin, "call-0001").await;
        desk.settle().await;
        assert_eq!(listener.kinds(), ["ticket_opened"]);
        let (headers, body) = listener.heard.lock().unwrap()[0].clone();
        let seconds: i64 = headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
        let id = headers["webhook-id"].to_str().unwrap();
        let signed = signature(made["secret"].as_str().unwrap(), id, Timestamp::from_millis(seconds * 1000), &body);
        assert_eq!(headers["webhook-signature"].to_str().unwrap(), signed.unwrap());
        let told: Value = serde_json::from_str(&body).unwrap();
        let ticket = admin.only_ticket().await;
        assert_eq!(told["data"]["ticket_id"], ticket["ticket"]["id"]);
        assert!(!body.contains("lamp") && !body.contains("Wang"), "only ids leave the house: {body}");
        let listed = admin.get("/webhooks").await;
        assert_eq!(listed["items"][0]["secret"], Value::Null, "it is shown once");
    }

    async fn what_fails_is_called_again_and_shown_until_it_arrives(desk: Desk) {
        let Some(desk) = near(&desk).await else { return };
        let (admin, listener) = (desk.administrator().await, Listener::default());
        let url = listener.listen().await;
        listener.answers.lock().unwrap().extend([500, 302]);
        admin.post("/webhooks", json!({ "name": "Orders", "url": url, "kinds": ["ticket_opened"] })).await;
        desk.settle().await;
        call_in(&admin, "call-0002").await;
        desk.settle().await;
        let listed = admin.get("/webhooks").await;
        assert_eq!(listed["items"][0]["last_error"], "answered with status 500");
        assert!(listed["items"][0]["failing_since"].is_string());
        desk.advance(Length::minutes(1)).await;
        desk.advance(Length::minutes(2)).await;
        let ids: Vec<String> = listener.heard.lock().unwrap().iter()
            .map(|(headers, _)| headers["webhook-id"].to_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 3, "{ids:?}");
        assert!(ids.iter().all(|id| *id == ids[0]), "repeats can be told: {ids:?}");
        let listed = admin.get("/webhooks").await;
        assert_eq!(listed["items"][0]["failing_since"], Value::Null);
    }

    async fn one_that_is_gone_for_good_is_turned_off(desk: Desk) {
        let Some(desk) = near(&desk).await else { return };
        let (admin, listener) = (desk.administrator().await, Listener::default());
        let url = listener.listen().await;
        listener.answers.lock().unwrap().push_back(410);
        admin.post("/webhooks", json!({ "name": "Old", "url": url })).await;
        desk.settle().await;
        call_in(&admin, "call-0003").await;
        desk.settle().await;
        let listed = admin.get("/webhooks").await;
        assert_eq!(listed["items"][0]["active"], false);
        // What was on its way already may come; what happens from now on does not.
        let heard = listener.heard.lock().unwrap().len();
        call_in(&admin, "call-0004").await;
        desk.advance(Length::hours(1)).await;
        assert_eq!(listener.heard.lock().unwrap().len(), heard);
    }

    async fn an_address_within_the_house_and_an_unknown_kind_are_refused(desk: Desk) {
        let admin = desk.administrator().await;
        for (body, field) in [
            (json!({ "name": "In", "url": "http://127.0.0.1:9/" }), "/url"),
            (json!({ "name": "In", "url": "http://[fd00::1]/" }), "/url"),
            (json!({ "name": "In", "url": "shop.example" }), "/url"),
            (json!({ "name": "In", "url": "https://shop.example/", "kinds": ["ticket_opend"] }), "/kinds"),
            (json!({ "name": " ", "url": "https://shop.example/" }), "/name"),
        ] {
            let (status, problem) = admin.call(Method::POST, "/webhooks", Some(body)).await;
            assert_eq!(status, 422, "{problem}");
            assert_eq!(problem["errors"][0]["pointer"], field, "{problem}");
        }
        let agent = desk.agent("Li Na").await;
        let (status, _) = agent.call(Method::GET, "/webhooks", None).await;
        assert_eq!(status, 403);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_makes_each_call() {
    let sets = ["fetch.allowed_networks=127.0.0.0/8"];
    let Some(desk) = Desk::start_with(Engine::Postgres, &sets).await else {
        return;
    };
    let other = desk.another(&sets).await;
    let (admin, listener) = (desk.administrator().await, Listener::default());
    let url = listener.listen().await;
    admin
        .post(
            "/webhooks",
            json!({ "name": "Orders", "url": url, "kinds": ["ticket_opened"] }),
        )
        .await;
    tokio::join!(desk.settle(), other.settle());
    for number in 0..10 {
        call_in(&admin, &format!("call-1{number:03}")).await;
    }
    tokio::join!(desk.settle(), other.settle());
    desk.settle().await;
    let mut ids: Vec<String> = listener
        .heard
        .lock()
        .unwrap()
        .iter()
        .map(|(headers, _)| headers["webhook-id"].to_str().unwrap().to_owned())
        .collect();
    ids.sort();
    let before = ids.len();
    ids.dedup();
    assert_eq!(before, ids.len(), "each is called once");
    assert!(!ids.is_empty());
}
