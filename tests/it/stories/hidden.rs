//! What a scope or a key hides stays hidden, by whichever door one asks.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::desk::both_engines;

fn client_id() -> String {
    uuid::Uuid::from_u128(rand::random()).to_string()
}

fn ringing() -> Value {
    json!({ "external_id": "pbx-1", "state": "ringing", "number": "13800138000", "direction": "in" })
}

both_engines! {
    async fn a_ticket_that_moves_away_takes_its_words_along(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let (others, inbox) = (desk.team("Others", &[]).await, admin.phone_inbox().await);
        let call = json!({
            "client_id": client_id(), "inbox_id": inbox["id"], "number": "13800138000", "direction": "in",
            "text": "The lamp", "outcome": "answered", "duration_s": 1, "customer_name": "王芳",
        });
        let logged = admin.post("/call-log", call).await;
        let path = format!("/tickets/{}", logged["ticket"]["id"].as_str().unwrap());
        let note = json!({
            "client_id": client_id(), "visibility": "note", "text": "@Li Na look", "mention_ids": [agent.id],
            "seen_position": 9,
        });
        admin.post(&format!("{path}/messages"), note).await;
        admin.post("/calls", ringing()).await;
        assert_eq!(agent.get("/notifications").await["items"][0]["subject"], "The lamp");
        assert_eq!(agent.get("/calls").await["items"][0]["customer"]["name"], "王芳");

        let edit = json!({ "edits": [{ "field": "team", "old": null, "new": others }] });
        admin.patch(&path, edit).await;
        assert_eq!(agent.get("/notifications").await["items"], json!([]));
        assert_eq!(agent.get("/bootstrap").await["unread_notifications"], 0);
        let rings = agent.get("/calls").await["items"][0].clone();
        assert_eq!((&rings["customer"], &rings["open_tickets"]), (&json!(null), &json!([])), "{rings}");
        let taken = json!({
            "client_id": client_id(), "inbox_id": inbox["id"], "customer_id": logged["customer"]["id"],
            "subject": "Mine", "text": "Mine", "visibility": "note",
        });
        assert_eq!(agent.call(Method::POST, "/tickets", Some(taken)).await.0, 422);
    }

    async fn the_key_of_a_telephone_system_reads_nobody(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.phone_inbox().await;
        let call = json!({
            "client_id": client_id(), "inbox_id": inbox["id"], "number": "13800138000", "direction": "in",
            "text": "The lamp", "outcome": "answered", "duration_s": 1, "customer_name": "王芳",
        });
        admin.post("/call-log", call).await;
        let made = admin.post("/api-keys", json!({ "name": "PBX", "scopes": ["calls:write"] })).await;
        let (client, url) = (reqwest::Client::new(), format!("{}/api/v1", desk.url()));
        let key = made["key"].as_str().unwrap();
        let told = client.post(format!("{url}/calls")).bearer_auth(key).json(&ringing()).send().await.unwrap();
        assert_eq!(told.status(), 200);
        let told: Value = serde_json::from_str(&told.text().await.unwrap()).unwrap();
        assert_eq!((&told["customer"], &told["open_tickets"]), (&json!(null), &json!([])), "{told}");
        let found = client.get(format!("{url}/callers?number=13800138000")).bearer_auth(key).send().await.unwrap();
        let found: Value = serde_json::from_str(&found.text().await.unwrap()).unwrap();
        assert_eq!((&found["customers"], &found["open_tickets"]), (&json!([]), &json!([])), "{found}");
    }
}
