//! A telephone rings, and an agent logs the call.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::time::Length;

use crate::support::desk::both_engines;

fn call(inbox: &Value, number: &str, more: &Value) -> Value {
    let mut body = json!({
        "client_id": uuid::Uuid::from_u128(rand::random()).to_string(), "inbox_id": inbox["id"], "number": number,
        "direction": "in", "text": "The parcel has not come", "outcome": "answered", "duration_s": 90, "solved": false,
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

both_engines! {
    async fn a_logged_call_becomes_a_ticket_that_the_agent_owns(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        let logged = agent.post("/call-log", call(&inbox, "138 0013 8000", &json!({ "customer_name": "王芳" }))).await;
        assert_eq!(logged["ticket"]["channel"], "phone");
        assert_eq!(logged["ticket"]["category"], "open", "a call is not solved unless somebody says so");
        assert_eq!(logged["ticket"]["owner_id"], json!(agent.id));
        assert_eq!(logged["customer"]["name"], "王芳");
        assert_eq!(logged["customer"]["identities"][0]["value"], "+8613800138000");
        assert_eq!(logged["messages"][0]["call"]["duration_s"], 90);

        let found = agent.get("/callers?number=13800138000").await;
        assert_eq!(found["customers"][0]["name"], "王芳");
        assert_eq!(found["open_tickets"][0]["id"], logged["ticket"]["id"]);

        let joined = call(&inbox, "+86 138-0013-8000", &json!({ "ticket_id": logged["ticket"]["id"], "solved": true }));
        let again = agent.post("/call-log", joined).await;
        assert_eq!(again["messages"].as_array().unwrap().len(), 2);
        assert_eq!(again["ticket"]["category"], "solved");
        assert_eq!(agent.tickets("all").await.len(), 1);
    }

    async fn a_call_sent_twice_is_logged_once(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let body = call(&admin.phone_inbox().await, "010-8888 9999", &json!({}));
        let (first, second) = tokio::join!(agent.post("/call-log", body.clone()), agent.post("/call-log", body.clone()));
        assert_eq!(first["ticket"]["id"], second["ticket"]["id"]);
        assert_eq!(agent.only_ticket().await["messages"].as_array().unwrap().len(), 1);
    }

    async fn a_number_that_is_none_is_explained(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        for wrong in ["lamp", "12", "", "+86 1380013800013800138000"] {
            let body = call(&inbox, wrong, &json!({}));
            let (status, problem) = agent.call(Method::POST, "/call-log", Some(body)).await;
            assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/number")), "{problem}");
        }
    }

    async fn a_missed_call_waits_for_an_answer(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let body = call(&admin.phone_inbox().await, "13800138000", &json!({ "outcome": "voicemail" }));
        let logged = agent.post("/call-log", body).await;
        assert_eq!(logged["ticket"]["category"], "new");
        assert!(logged["ticket"]["waiting_since"].is_string());
        assert!(logged["ticket"]["owner_id"].is_null(), "nobody has answered yet");
    }

    async fn a_follow_up_comes_back_when_it_is_due(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let due = desk.app.now().plus(Length::hours(20));
        let body = call(&admin.phone_inbox().await, "13800138000", &json!({ "follow_up_at": due }));
        agent.post("/call-log", body).await;
        desk.advance(Length::hours(19)).await;
        assert_eq!(agent.get("/notifications").await["items"], json!([]));
        desk.advance(Length::hours(2)).await;
        assert_eq!(agent.get("/notifications").await["items"][0]["kind"], "follow_up_due");
        desk.advance(Length::hours(2)).await;
        assert_eq!(agent.get("/notifications").await["items"].as_array().unwrap().len(), 1, "once");
    }

    async fn a_telephone_system_tells_who_rings(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        agent.post("/call-log", call(&inbox, "13800138000", &json!({ "customer_name": "王芳" }))).await;
        let ringing = json!({ "external_id": "pbx-1", "state": "ringing", "number": "013800138000", "direction": "in",
            "agent_email": "LI.NA@desk.example" });
        let told = agent.post("/calls", ringing.clone()).await;
        assert_eq!(told["customer"]["name"], "王芳");
        assert_eq!(told["open_tickets"].as_array().unwrap().len(), 1);
        assert_eq!(told["agent_id"], json!(agent.id));
        assert_eq!(agent.get("/calls").await["items"][0]["external_id"], "pbx-1");

        let ended = json!({ "external_id": "pbx-1", "state": "ended", "number": "013800138000", "direction": "in", "duration_s": 60 });
        agent.post("/calls", ended).await;
        let late = agent.post("/calls", ringing).await;
        assert_eq!(late["state"], "ended", "a late word that it rings changes nothing");
        assert_eq!(agent.get("/calls").await["items"], json!([]));
    }

    async fn a_word_is_no_number_unless_it_says_that_the_number_is_withheld(desk: Desk) {
        let agent = desk.agent("Li Na").await;
        let ring = |id: &str, number: &str| {
            json!({ "external_id": id, "state": "ringing", "number": number, "direction": "in" })
        };
        for (id, number, kept) in [
            ("pbx-1", "Anonymous", "Anonymous"),
            ("pbx-2", "", "anonymous"),
            ("pbx-3", "95588", "+8695588"),
            ("pbx-4", "013800138000", "+8613800138000"),
        ] {
            assert_eq!(agent.post("/calls", ring(id, number)).await["number"], kept, "{number:?}");
        }
        for number in ["lamp", "call me"] {
            let (status, problem) = agent.call(Method::POST, "/calls", Some(ring("pbx-9", number))).await;
            assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/number")), "{number}");
            assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("anonymous"), "{problem}");
        }
    }
}
