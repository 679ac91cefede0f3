//! A POST with an Idempotency-Key is carried out once, however often it is sent.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shouwen_core::time::Length;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

struct Answer {
    status: StatusCode,
    replayed: bool,
    media_type: String,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

async fn post(desk: &Desk, who: &Person, path: &str, key: &str, body: &Value) -> Answer {
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1{path}", desk.url()))
        .header("cookie", &who.cookie)
        .header("sec-fetch-site", "same-origin")
        .header("idempotency-key", key)
        .json(body);
    let answer = request.send().await.unwrap();
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    Answer {
        status: answer.status(),
        replayed: header("idempotency-replayed").is_some(),
        media_type: header("content-type").unwrap_or_default(),
        text: answer.text().await.unwrap(),
    }
}

fn tag(name: &str) -> Value {
    json!({ "name": name, "color": "teal" })
}

async fn tags(who: &Person) -> usize {
    who.get("/tags").await["items"].as_array().unwrap().len()
}

both_engines! {
    async fn the_same_request_is_answered_again_and_done_once(desk: Desk) {
        let ada = desk.administrator().await;
        let before = tags(&ada).await;
        let first = post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        let again = post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        assert_eq!((first.status, first.replayed), (StatusCode::CREATED, false));
        assert_eq!((again.status, again.replayed), (StatusCode::CREATED, true));
        assert_eq!((&first.text, &first.media_type), (&again.text, &again.media_type));
        assert_eq!(tags(&ada).await, before + 1);
    }

    async fn a_refusal_is_repeated_too(desk: Desk) {
        let ada = desk.administrator().await;
        ada.post("/tags", tag("lamp")).await;
        let first = post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        let again = post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        assert_eq!((first.status, again.status, again.replayed), (StatusCode::CONFLICT, StatusCode::CONFLICT, true));
        assert_eq!(again.media_type, "application/problem+json");
    }

    async fn a_key_used_for_something_else_is_refused(desk: Desk) {
        let ada = desk.administrator().await;
        post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        for (path, body) in [("/tags", tag("tea")), ("/teams", tag("lamp"))] {
            let answer = post(&desk, &ada, path, "k1", &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(answer.json()["type"], "/problems/key-reused");
        }
    }

    async fn a_key_is_its_callers_own(desk: Desk) {
        let (ada, bao) = (desk.administrator().await, desk.hire("Bao", shouwen_core::actor::BuiltInRole::Administrator).await);
        post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        let other = post(&desk, &bao, "/tags", "k1", &tag("tea")).await;
        assert_eq!((other.status, other.replayed), (StatusCode::CREATED, false));
    }

    async fn many_at_once_are_done_once(desk: Desk) {
        let ada = desk.administrator().await;
        let before = tags(&ada).await;
        let body = tag("lamp");
        let answers = join_all((0..8).map(|_| post(&desk, &ada, "/tags", "k1", &body))).await;
        for answer in &answers {
            let running = answer.status == StatusCode::CONFLICT && answer.json()["type"] == "/problems/conflict";
            assert!(answer.status == StatusCode::CREATED || running, "{}", answer.text);
        }
        let firsts = answers.iter().filter(|answer| answer.status == StatusCode::CREATED && !answer.replayed);
        assert_eq!(firsts.count(), 1);
        assert_eq!(tags(&ada).await, before + 1);
    }

    async fn an_answer_that_holds_a_secret_is_kept_sealed(desk: Desk) {
        let ada = desk.administrator().await;
        let body = json!({ "name": "shop", "scopes": ["calls:write"] });
        let made = post(&desk, &ada, "/api-keys", "k1", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let token = made.json()["key"].as_str().unwrap().to_owned();
        let rows: Vec<(String,)> = desk.app.db.read().await.unwrap()
            .sql("SELECT response FROM idempotency WHERE workspace_id = $1").bind(desk.app.workspace).all().await.unwrap();
        assert!(rows.len() == 1 && !rows[0].0.contains(&token));
        assert_eq!(post(&desk, &ada, "/api-keys", "k1", &body).await.json()["key"], json!(token));
    }

    async fn a_key_is_free_again_after_two_days(desk: Desk) {
        let ada = desk.administrator().await;
        post(&desk, &ada, "/tags", "k1", &tag("lamp")).await;
        desk.clock.advance(Length::hours(49));
        shouwen::housekeeping::run(&desk.app, desk.app.workspace).await.unwrap();
        let later = post(&desk, &ada, "/tags", "k1", &tag("tea")).await;
        assert_eq!((later.status, later.replayed), (StatusCode::CREATED, false));
    }

    async fn a_body_too_large_to_compare_is_refused(desk: Desk) {
        let ada = desk.administrator().await;
        let answer = post(&desk, &ada, "/tags", "k1", &tag(&"x".repeat(1_100_000))).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
