//! Setting up, signing in and out, and passwords.

use serde_json::{Value, json};
use shouwen_core::time::Length;

use super::caller::send;
use super::office::{ADMIN_EMAIL, Office, PASSWORD};
use crate::support::desk::both_engines;

both_engines! {
    async fn a_desk_is_set_up_once_and_only_with_the_printed_token(desk: Desk) {
        let somebody = desk.nobody();
        assert_eq!(somebody.get("/setup").await.ok(), json!({ "needed": true }));
        desk.app.setup_token.offer();
        let mut form = json!({
            "token": "guessed", "workspace_name": "灯与茶", "name": "王芳", "email": ADMIN_EMAIL,
            "password": PASSWORD, "locale": "zh",
        });
        assert_eq!(somebody.post("/setup", form.clone()).await.status, 403);
        form["token"] = desk.app.setup_token.offer().into();
        form["password"] = "password123".into();
        let refused = somebody.post("/setup", form.clone()).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/password");
        form["password"] = PASSWORD.into();
        let me = somebody.post("/setup", form.clone()).await.expect(201);
        assert_eq!(me["role"]["key"], "administrator");
        assert_eq!(me["workspace"]["name"], "灯与茶");
        assert_eq!(somebody.get("/session").await.ok(), me, "whoever set it up is signed in");
        assert_eq!(desk.nobody().post("/setup", form).await.status, 409);
        assert_eq!(desk.nobody().get("/setup").await.ok(), json!({ "needed": false }));
    }

    async fn the_cookie_is_kept_from_scripts_and_other_sites(desk: Desk) {
        desk.set_up().await;
        let answer = desk.nobody().post("/session", json!({ "email": ADMIN_EMAIL, "password": PASSWORD })).await;
        let cookie = answer.header("set-cookie").to_owned();
        for flag in ["shouwen_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert!(!cookie.contains("Secure"), "the desk is reached by http here: {cookie}");
    }

    async fn a_wrong_password_and_an_unknown_address_are_answered_alike(desk: Desk) {
        desk.set_up().await;
        let mut answers = Vec::new();
        for email in [ADMIN_EMAIL, "nobody@shop.example"] {
            let mut refused =
                desk.nobody().post("/session", json!({ "email": email, "password": "wrong" })).await.expect(401);
            refused["request_id"] = Value::Null;
            answers.push(refused);
        }
        assert_eq!(answers[0], answers[1]);
        desk.sign_in("  Wang.Fang@SHOP.example", PASSWORD).await;
    }

    async fn guessing_is_slowed_down_and_forgiven_after_a_success(desk: Desk) {
        desk.set_up().await;
        let guess = async |password: &str| {
            desk.nobody().post("/session", json!({ "email": ADMIN_EMAIL, "password": password })).await
        };
        for _ in 0..5 {
            assert_eq!(guess("wrong").await.status, 401);
        }
        let refused = guess(PASSWORD).await;
        assert_eq!(refused.status, 429, "even the right one has to wait");
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert!((30..=31).contains(&wait), "{wait}");
        desk.clock.advance(Length::seconds(wait));
        assert_eq!(guess("wrong").await.status, 401);
        let wait: i64 = guess(PASSWORD).await.header("retry-after").parse().unwrap();
        assert!((60..=61).contains(&wait), "the wait doubles: {wait}");
        desk.clock.advance(Length::seconds(wait));
        assert_eq!(guess(PASSWORD).await.status, 200);
        for _ in 0..4 {
            assert_eq!(guess("wrong").await.status, 401);
        }
        assert_eq!(guess(PASSWORD).await.status, 200);
    }

    async fn many_guesses_at_once_count_too(desk: Desk) {
        desk.set_up().await;
        let guesses = (0..12).map(|_| async {
            desk.nobody().post("/session", json!({ "email": ADMIN_EMAIL, "password": "wrong" })).await.status
        });
        let statuses = futures_util::future::join_all(guesses).await;
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
    }

    async fn a_whole_office_signs_in_from_one_address(desk: Desk) {
        desk.set_up().await;
        for _ in 0..35 {
            desk.sign_in(ADMIN_EMAIL, PASSWORD).await;
        }
    }

    async fn sessions_are_listed_and_ended(desk: Desk) {
        let here = desk.set_up().await;
        let there = desk.sign_in(ADMIN_EMAIL, PASSWORD).await;
        let sessions = here.get("/sessions").await.ok();
        let current: Vec<_> = sessions["items"].as_array().unwrap().iter().map(|one| &one["current"]).collect();
        assert_eq!(current.iter().filter(|current| **current == &json!(true)).count(), 1);
        assert_eq!(current.len(), 2);
        there.delete("/session").await.expect(204);
        assert_eq!(there.get("/me").await.status, 401);
        assert_eq!(here.get("/me").await.status, 200);
        let there = desk.sign_in(ADMIN_EMAIL, PASSWORD).await;
        here.delete("/sessions").await.expect(204);
        assert_eq!(here.get("/me").await.status, 401);
        assert_eq!(there.get("/me").await.status, 401);
    }

    async fn a_session_lives_on_while_it_is_used(desk: Desk) {
        let caller = desk.set_up().await;
        for _ in 0..3 {
            desk.clock.advance(Length::days(20));
            assert_eq!(caller.get("/me").await.status, 200);
        }
        desk.clock.advance(Length::days(31));
        assert_eq!(caller.get("/me").await.status, 401);
    }

    async fn a_new_password_ends_the_other_sessions(desk: Desk) {
        let here = desk.set_up().await;
        let there = desk.sign_in(ADMIN_EMAIL, PASSWORD).await;
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let refused = here.post("/me/password", change("wrong", "another good one")).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/current");
        let refused = here.post("/me/password", change(PASSWORD, "short")).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/new");
        here.post("/me/password", change(PASSWORD, "another good one")).await.expect(204);
        assert_eq!(here.get("/me").await.status, 200);
        assert_eq!(there.get("/me").await.status, 401);
        desk.sign_in(ADMIN_EMAIL, "another good one").await;
    }

    async fn a_reset_link_works_once_and_for_an_hour(desk: Desk) {
        let admin = desk.set_up().await;
        let somebody = desk.nobody();
        for email in [ADMIN_EMAIL, "nobody@shop.example"] {
            somebody.post("/password-resets", json!({ "email": email })).await.expect(202);
        }
        let mails = desk.jobs("send_desk_mail").await;
        assert_eq!(mails.len(), 1);
        assert_eq!((&mails[0]["to"], &mails[0]["locale"]), (&json!(ADMIN_EMAIL), &json!("zh")));
        let token = token_in(&mails[0]);
        let confirm = |token: &str| json!({ "token": token, "password": "a whole new one" });
        let weak = somebody.post("/password-resets/confirm", json!({ "token": token, "password": "short" })).await;
        assert_eq!(weak.expect(422)["errors"][0]["pointer"], "/password");
        somebody.post("/password-resets/confirm", confirm(&token)).await.expect(204);
        assert_eq!(admin.get("/me").await.status, 401, "whoever knew the old one is out");
        desk.sign_in(ADMIN_EMAIL, "a whole new one").await;
        let again = somebody.post("/password-resets/confirm", confirm(&token)).await.expect(422);
        assert_eq!(again["errors"][0]["pointer"], "/token");

        somebody.post("/password-resets", json!({ "email": ADMIN_EMAIL })).await.expect(202);
        let token = token_in(&desk.jobs("send_desk_mail").await[1]);
        desk.clock.advance(Length::minutes(61));
        somebody.post("/password-resets/confirm", confirm(&token)).await.expect(422);
    }

    async fn nobody_is_flooded_with_reset_mails(desk: Desk) {
        desk.set_up().await;
        for _ in 0..10 {
            desk.nobody().post("/password-resets", json!({ "email": ADMIN_EMAIL })).await.expect(202);
        }
        assert_eq!(desk.jobs("send_desk_mail").await.len(), 3);
    }

    async fn another_site_cannot_act_with_the_cookie(desk: Desk) {
        let admin = desk.set_up().await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let request = admin.request(reqwest::Method::DELETE, "/sessions").header(name, value);
            let refused = send(request).await.expect(403);
            assert_eq!(refused["type"], "/problems/forbidden", "{name}: {value}");
        }
        let own = admin.request(reqwest::Method::PATCH, "/me").header("origin", desk.url()).json(&json!({}));
        send(own).await.expect(200);
        assert_eq!(admin.get("/me").await.status, 200);
    }

    async fn a_wrong_body_is_explained(desk: Desk) {
        let admin = desk.set_up().await;
        let wrong = admin.post("/teams", json!({ "name": "Night", "agent_ids": ["x"] })).await;
        assert_eq!(wrong.header("content-type"), "application/problem+json");
        assert_eq!(wrong.expect(422)["errors"][0]["pointer"], "/agent_ids/0");
        let wrong = admin.post("/teams", json!({})).await.expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/name");
        let broken = admin.request(reqwest::Method::POST, "/teams").header("content-type", "application/json").body("{");
        let broken = send(broken).await.expect(400);
        assert_eq!(broken["type"], "/problems/malformed");
        let plain = admin.request(reqwest::Method::POST, "/teams").body("name=Night");
        assert_eq!(send(plain).await.status, 415);
    }

    async fn what_is_not_there_is_a_problem(desk: Desk) {
        let admin = desk.set_up().await;
        let unknown = "01a20000-0000-7000-8000-000000000000";
        for path in [format!("/teams/{unknown}"), "/teams/none".to_owned(), format!("/agents/{unknown}")] {
            let answer = admin.patch(&path, json!({})).await;
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.expect(404)["type"], "/problems/not-found", "{path}");
        }
        assert_eq!(admin.get("/nowhere").await.expect(404)["type"], "/problems/not-found");
        let wrong = admin.put("/teams", json!({})).await;
        assert!(wrong.header("allow").contains("POST"));
        let problem = wrong.expect(405);
        assert_eq!(problem["type"], "/problems/wrong-method");
        assert!(problem["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    }
}

fn token_in(mail: &Value) -> String {
    let text = mail["text"].as_str().expect("a mail has a text");
    let (_, rest) = text.split_once("/reset?token=").expect("the mail has a link");
    rest.split_whitespace().next().unwrap_or_default().to_owned()
}
