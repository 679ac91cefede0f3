//! Inboxes: addresses, widget keys, and passwords that go in and never come out.

use serde_json::json;
use shouwen::actions::inbox_secrets;
use shouwen::store::inboxes;

use super::office::{Office, id};
use crate::support::desk::both_engines;

both_engines! {
    async fn an_address_is_one_inboxs_own(desk: Desk) {
        let admin = desk.set_up().await;
        let inbox = |address: &str| json!({ "name": "Help", "channel": "email", "address": address });
        let made = admin.post("/inboxes", inbox("Help@Shop.example")).await.expect(201);
        assert_eq!(made["address"], "help@shop.example");
        assert!(admin.post("/inboxes", inbox("help@shop.EXAMPLE")).await.expect(409)["detail"].is_string());
        for (body, pointer) in [
            (inbox("help"), "/address"),
            (json!({ "name": "Help", "channel": "email" }), "/address"),
            (json!({ "name": " ", "channel": "chat" }), "/name"),
            (json!({ "name": "Chat", "channel": "chat", "address": "a@b" }), "/address"),
            (json!({ "name": "Chat", "channel": "chat", "settings": { "color": "red" } }), "/settings/color"),
            (
                json!({ "name": "Chat", "channel": "chat", "settings": { "color": "#112233", "allowed_origins": ["x"] } }),
                "/settings/allowed_origins",
            ),
            (
                json!({ "name": "Mail", "channel": "email", "address": "b@c", "settings": { "smtp": { "host": "h" } } }),
                "/settings/smtp/port",
            ),
        ] {
            let wrong = admin.post("/inboxes", body.clone()).await.expect(422);
            assert_eq!(wrong["errors"][0]["pointer"], pointer, "{body}");
        }
    }

    async fn a_chat_has_a_key_that_nobody_guesses(desk: Desk) {
        let admin = desk.set_up().await;
        let settings = json!({ "color": "#0f766e", "allowed_origins": ["https://Shop.example:443/"] });
        let chat = json!({ "name": "Chat", "channel": "chat", "settings": settings });
        let (one, other) = (admin.post("/inboxes", chat.clone()).await.ok(), admin.post("/inboxes", chat).await.ok());
        assert_ne!(one["widget_key"], other["widget_key"]);
        assert_eq!(one["widget_key"].as_str().unwrap().len(), 43);
        assert_eq!(one["settings"]["allowed_origins"], json!(["https://shop.example"]));
    }

    async fn a_password_stays_until_it_is_meant_for_another_server(desk: Desk) {
        let admin = desk.set_up().await;
        let smtp = |host: &str, security: &str| json!({ "host": host, "port": 587, "security": security, "username": "help" });
        let mut account = smtp("mail.shop.example", "starttls");
        account["password"] = "geheim".into();
        let body = json!({ "name": "Help", "channel": "email", "address": "help@shop.example", "settings": { "smtp": account } });
        let inbox = admin.post("/inboxes", body).await.expect(201);
        assert_eq!(inbox["settings"]["smtp"]["has_password"], true);
        assert!(!inbox.to_string().contains("geheim"));
        let path = format!("/inboxes/{}", id(&inbox));
        let settings = |smtp: serde_json::Value| json!({ "settings": { "sender_name": "Shop", "smtp": smtp } });
        let kept = admin.patch(&path, settings(smtp("mail.shop.example", "tls"))).await.ok();
        assert_eq!(kept["settings"]["smtp"]["has_password"], true);
        for stolen in [smtp("evil.example", "tls"), smtp("mail.shop.example", "none")] {
            admin.patch(&path, settings(stolen)).await.expect(422);
        }
        let mut conn = desk.app.db.read().await.unwrap();
        let row = inboxes::find(&mut conn, desk.app.workspace, id(&inbox).parse().unwrap()).await;
        let row = row.unwrap().unwrap();
        drop(conn);
        assert!(!row.secrets.as_ref().unwrap().contains("geheim"), "sealed in the store");
        let opened = inbox_secrets::open(&desk.app.secrets, &row).unwrap();
        assert_eq!(opened.smtp_password.as_deref(), Some("geheim"));
        let without = admin.patch(&path, settings(json!(null))).await.ok();
        assert_eq!(without["settings"]["smtp"], json!(null));
        let again = admin.patch(&path, settings(smtp("evil.example", "tls"))).await.ok();
        assert_eq!(again["settings"]["smtp"]["has_password"], false);
    }

    async fn a_test_says_what_is_wrong(desk: Desk) {
        let admin = desk.set_up().await;
        let smtp = json!({ "host": "127.0.0.1", "port": 1, "security": "none" });
        let body = json!({ "name": "Help", "channel": "email", "address": "help@shop.example", "settings": { "smtp": smtp } });
        let inbox = admin.post("/inboxes", body).await.expect(201);
        let test = admin.post(&format!("/inboxes/{}/test", id(&inbox)), json!({})).await.ok();
        let codes: Vec<_> = test["checks"].as_array().unwrap().iter().map(|check| (&check["what"], &check["code"])).collect();
        assert_eq!(codes[0], (&json!("smtp"), &json!("refused")));
        assert_eq!(codes[1], (&json!("imap"), &json!("not_configured")));
    }
}
