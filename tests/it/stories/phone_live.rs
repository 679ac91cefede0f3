//! A telephone system tells over the wire that it rings, and the agent's screen knows before the receiver is lifted.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::socket::Socket;

const NUMBER: &str = "13800138000";

/// A telephone system: a program with a key that may tell of calls, and nothing else.
struct Exchange {
    url: String,
    key: String,
}

impl Exchange {
    async fn of(desk: &Desk, admin: &Person) -> Self {
        let made = admin
            .post(
                "/api-keys",
                json!({ "name": "Exchange", "scopes": ["calls:write"] }),
            )
            .await;
        Self {
            url: desk.url(),
            key: made["key"].as_str().unwrap().to_owned(),
        }
    }

    async fn tell(&self, call: Value) -> (StatusCode, Value) {
        let request = reqwest::Client::new().post(format!("{}/api/v1/calls", self.url));
        let answer = request.bearer_auth(&self.key).json(&call).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn tells(&self, state: &str, more: &Value) {
        let mut call =
            json!({ "external_id": "call-7", "state": state, "number": NUMBER, "direction": "in" });
        for (key, value) in more.as_object().unwrap() {
            call[key] = value.clone();
        }
        let (status, told) = self.tell(call).await;
        assert_eq!((status.as_u16(), &told["state"]), (200, &json!(state)), "{told}");
        assert_eq!(
            (&told["customer"], &told["open_tickets"]),
            (&json!(null), &json!([])),
            "it reads nobody"
        );
    }
}

async fn feed_of(desk: &Desk, person: &Person) -> Socket {
    let mut feed = Socket::feed(&desk.url(), person, None).await;
    feed.wait_type("welcome").await;
    feed
}

async fn rings(feed: &mut Socket, state: &str) -> Value {
    feed.wait_kind("call", |one| one["call"]["state"] == state).await["call"].clone()
}

/// The customer's ticket of yesterday, in a team of its own.
async fn called_before(admin: &Person, agent: &Person, inbox: &Value, team: &Value) -> Value {
    let call = json!({ "client_id": "call-of-yesterday", "inbox_id": inbox["id"], "number": NUMBER, "direction": "in",
        "text": "The parcel has not come", "outcome": "answered", "duration_s": 60, "customer_name": "王芳" });
    let logged = agent.post("/call-log", call).await;
    let path = format!("/tickets/{}", logged["ticket"]["id"].as_str().unwrap());
    let edit = json!({ "edits": [{ "field": "team", "old": null, "new": team }] });
    admin.patch(&path, edit).await;
    logged["ticket"].clone()
}

both_engines! {
    async fn the_named_agent_sees_who_rings_and_a_stranger_to_the_customer_only_that_it_rings(desk: Desk) {
        let (admin, named, other) = (desk.administrator().await, desk.agent("Li Na").await, desk.agent("Bo").await);
        let (inbox, team) = (admin.phone_inbox().await, desk.team("Parcels", &[&named]).await);
        let ticket = called_before(&admin, &named, &inbox, &json!(team)).await;
        let exchange = Exchange::of(&desk, &admin).await;
        let (mut hers, mut his) = (feed_of(&desk, &named).await, feed_of(&desk, &other).await);

        exchange.tells("ringing", &json!({ "agent_email": "LI.NA@desk.example" })).await;
        let seen = rings(&mut hers, "ringing").await;
        assert_eq!((&seen["agent_id"], &seen["customer"]["name"]), (&json!(named.id), &json!("王芳")), "{seen}");
        assert_eq!((&seen["number"], &seen["open_tickets"][0]["id"]), (&json!("+8613800138000"), &ticket["id"]));
        let hidden = rings(&mut his, "ringing").await;
        assert_eq!((&hidden["customer"], &hidden["open_tickets"]), (&json!(null), &json!([])), "{hidden}");
        assert_eq!(named.get("/calls").await["items"][0]["customer"]["name"], "王芳");
        assert_eq!(other.get("/calls").await["items"][0]["customer"], json!(null));

        exchange.tells("answered", &json!({})).await;
        let seen = rings(&mut hers, "answered").await;
        assert_eq!((&seen["external_id"], &seen["agent_id"]), (&json!("call-7"), &json!(named.id)), "still hers");
        exchange.tells("ended", &json!({ "duration_s": 95 })).await;
        assert_eq!(rings(&mut hers, "ended").await["id"], seen["id"]);
        let hidden = rings(&mut his, "ended").await;
        assert_eq!((&hidden["customer"], &hidden["open_tickets"]), (&json!(null), &json!([])), "to the end");
        assert_eq!(named.get("/calls").await["items"], json!([]));

        // What is over stays over, whatever comes late.
        let late = json!({ "external_id": "call-7", "state": "ringing", "number": NUMBER, "direction": "in" });
        assert_eq!(exchange.tell(late).await.1["state"], "ended");
    }

    async fn the_key_of_a_telephone_system_opens_nothing_else(desk: Desk) {
        let admin = desk.administrator().await;
        let exchange = Exchange::of(&desk, &admin).await;
        let ask = async |path: &str, key: &str| {
            let request = reqwest::Client::new().get(format!("{}/api/v1{path}", exchange.url));
            request.bearer_auth(key).send().await.unwrap().status().as_u16()
        };
        for path in ["/tickets?view=all", "/customers", "/agents", "/api-keys", "/find?q=13800138000"] {
            assert!([403, 404, 405].contains(&ask(path, &exchange.key).await), "{path}");
        }
        assert_eq!(ask("/calls", "made up").await, 401);
        let wrong = json!({ "external_id": "", "state": "ringing", "number": NUMBER, "direction": "in" });
        let (status, problem) = exchange.tell(wrong).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/external_id")), "{problem}");
        let key = admin.get("/api-keys").await["items"][0]["id"].as_str().unwrap().to_owned();
        let (status, _) = admin.call(reqwest::Method::DELETE, &format!("/api-keys/{key}"), None).await;
        assert!(status.is_success());
        assert_eq!(ask("/calls", &exchange.key).await, 401, "a revoked key is none");
    }
}
