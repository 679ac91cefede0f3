//! What a visitor may not do, and what a visitor says of themselves.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::socket::Socket;

struct Chat {
    key: String,
    inbox: Value,
}

impl Chat {
    async fn of(admin: &Person) -> Self {
        let inbox = admin.chat_inbox().await;
        Self {
            key: inbox["widget_key"].as_str().unwrap().to_owned(),
            inbox,
        }
    }

    /// A visitor who is welcome, with their token.
    async fn visitor(&self, desk: &Desk, token: Option<&str>) -> (Socket, String) {
        let mut socket = Socket::visitor(&desk.url(), &self.key, token, None).await;
        let token = socket.wait_type("welcome").await["token"]
            .as_str()
            .unwrap()
            .to_owned();
        (socket, token)
    }
}

async fn send(visitor: &mut Socket, client_id: &str, text: &str, files: Value) -> Value {
    visitor
        .send(json!({ "type": "send", "client_id": client_id, "text": text, "attachment_ids": files }))
        .await;
    visitor
        .wait("an answer", |frame| {
            (frame["client_id"] == client_id).then(|| frame.clone())
        })
        .await
}

async fn upload(desk: &Desk, token: &str, name: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
    let request = reqwest::Client::new().post(format!("{}/api/widget/v1/uploads?name={name}", desk.url()));
    let answer = request.bearer_auth(token).body(bytes).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn read_file(desk: &Desk, token: &str, file: &Value) -> reqwest::Response {
    let url = format!(
        "{}/api/widget/v1/attachments/{}",
        desk.url(),
        file["id"].as_str().unwrap()
    );
    reqwest::Client::new()
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap()
}

both_engines! {
    async fn a_typed_address_leads_to_nobody_elses_customer(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let chat = Chat::of(&admin).await;
        let (mut first, _) = chat.visitor(&desk, None).await;
        first.send(json!({ "type": "identify", "name": "王芳", "email": "Wang@Example.com" })).await;
        send(&mut first, "one", "I am the first", json!([])).await;
        let (mut second, token) = chat.visitor(&desk, None).await;
        second.send(json!({ "type": "identify", "name": "王芳", "email": "wang@example.com" })).await;
        send(&mut second, "two", "I say that I am she", json!([])).await;
        let tickets = agent.tickets("all").await;
        assert_eq!(tickets.len(), 2);
        assert_ne!(tickets[0]["customer"]["id"], tickets[1]["customer"]["id"]);
        assert_eq!(tickets[0]["customer"]["name"], "王芳");
        let first = tickets.iter().find(|ticket| ticket["preview"] == "I am the first").unwrap();
        let customer = agent.get(&format!("/customers/{}", first["customer"]["id"].as_str().unwrap())).await;
        let identity = &customer["identities"][0];
        assert_eq!((&identity["value"], &identity["verified"]), (&json!("Wang@Example.com"), &json!("claimed")));
        let (mut again, ()) = (Socket::visitor(&desk.url(), &chat.key, Some(&token), None).await, ());
        assert_eq!(again.wait_type("welcome").await["visitor"]["email"], "wang@example.com", "it is kept as a claim");
        again.send(json!({ "type": "identify", "name": null, "email": "not an address" })).await;
        assert_eq!(again.wait_type("refused").await["problem"]["status"], 400);
    }

    async fn what_cannot_be_taken_is_refused_with_words(desk: Desk) {
        let admin = desk.administrator().await;
        let chat = Chat::of(&admin).await;
        let (mut visitor, _) = chat.visitor(&desk, None).await;
        for (text, files) in [("  ", json!([])), (&"长".repeat(10_001), json!([])), ("a file", json!([desk.app.node]))] {
            let refused = send(&mut visitor, "one", text, files).await;
            assert_eq!((&refused["type"], &refused["problem"]["status"]), (&json!("refused"), &json!(400)));
        }
        assert_eq!(send(&mut visitor, "one", &"长".repeat(10_000), json!([])).await["type"], "ack");
        assert_eq!(send(&mut visitor, "", "no id", json!([])).await["type"], "refused");
        assert!(visitor.send_raw(Message::text("not JSON")).await);
        assert_eq!(visitor.wait_type("refused").await["client_id"], Value::Null);
    }

    async fn too_many_messages_are_refused_until_later(desk: Desk) {
        let admin = desk.administrator().await;
        let chat = Chat::of(&admin).await;
        let (mut visitor, _) = chat.visitor(&desk, None).await;
        let mut refused = Value::Null;
        for number in 0..25 {
            let answer = send(&mut visitor, &format!("m{number}"), "again", json!([])).await;
            if answer["type"] == "refused" {
                refused = answer;
                break;
            }
        }
        assert_eq!(refused["problem"]["type"], "/problems/throttled");
    }

    async fn a_token_that_is_not_ours_is_somebody_new(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let chat = Chat::of(&admin).await;
        let (mut visitor, token) = chat.visitor(&desk, None).await;
        send(&mut visitor, "one", "Hello", json!([])).await;
        let forged = format!("{}{}", if token.starts_with('A') { "B" } else { "A" }, &token[1..]);
        let mut other = Socket::visitor(&desk.url(), &chat.key, Some(&forged), None).await;
        let welcome = other.wait_type("welcome").await;
        assert_eq!(welcome["messages"], json!([]));
        assert_ne!(welcome["token"], json!(forged));
        let second = Chat::of(&admin).await;
        let mut elsewhere = Socket::visitor(&desk.url(), &second.key, Some(&token), None).await;
        assert_eq!(elsewhere.wait_type("welcome").await["messages"], json!([]), "a token is of one inbox");
        assert_eq!(agent.tickets("all").await.len(), 1);
    }

    async fn a_chat_is_there_only_where_and_while_it_may_be(desk: Desk) {
        let admin = desk.administrator().await;
        let chat = Chat::of(&admin).await;
        let mut nobody = Socket::visitor(&desk.url(), "no-such-key", None, None).await;
        assert_eq!(nobody.wait_type("refused").await["problem"]["status"], 404);
        let path = format!("/inboxes/{}", chat.inbox["id"].as_str().unwrap());
        let mut settings = chat.inbox["settings"].clone();
        settings["allowed_origins"] = json!(["https://shop.example"]);
        admin.patch(&path, json!({ "settings": settings })).await;
        for (page, answer) in [("https://evil.example/x", "refused"), ("https://shop.example/lamps?x=1", "welcome")] {
            let mut visitor = Socket::connect(&desk.url(), "/api/widget/v1/socket", "").await;
            let page = json!({ "url": page, "title": "" });
            let hello = json!({ "type": "hello", "key": chat.key, "token": null, "after": null, "locale": "en", "page": page });
            visitor.send(hello).await;
            assert_eq!(visitor.next().await.unwrap()["type"], answer);
        }
        let frame = reqwest::get(format!("{}/widget/frame?key={}", desk.url(), chat.key)).await.unwrap();
        if frame.status().is_success() {
            let policy = frame.headers()["content-security-policy"].to_str().unwrap();
            assert!(policy.ends_with("frame-ancestors 'self' https://shop.example"), "{policy}");
        }
        admin.patch(&path, json!({ "active": false })).await;
        let mut late = Socket::visitor(&desk.url(), &chat.key, None, None).await;
        assert_eq!(late.wait_type("refused").await["problem"]["status"], 404);
        let config = reqwest::get(format!("{}/api/widget/v1/config?key={}", desk.url(), chat.key)).await.unwrap();
        assert_eq!(config.status(), 404);
    }

    async fn files_are_what_their_bytes_are_and_their_owners_alone(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let chat = Chat::of(&admin).await;
        let (mut visitor, token) = chat.visitor(&desk, None).await;
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        let (status, picture) = upload(&desk, &token, "lamp.png", png.clone()).await;
        assert_eq!((status.as_u16(), &picture["media_type"]), (201, &json!("image/png")), "{picture}");
        let (_, page) = upload(&desk, &token, "page.png", b"<script>alert(1)</script>".to_vec()).await;
        let (_, drawing) = upload(&desk, &token, "x.svg", b"<svg onload='alert(1)'/>".to_vec()).await;
        let ack = send(&mut visitor, "one", "", json!([picture["id"], page["id"], drawing["id"]])).await;
        assert_eq!(ack["type"], "ack", "{ack}");
        let message = visitor.wait_type("message").await["message"].clone();
        assert_eq!(message["attachments"].as_array().unwrap().len(), 3);
        assert_eq!(agent.only_ticket().await["ticket"]["preview"], "lamp.png");

        let (_, stranger) = chat.visitor(&desk, None).await;
        for (file, disposition) in [(&picture, "inline"), (&page, "attachment"), (&drawing, "attachment")] {
            let answer = read_file(&desk, &token, file).await;
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert!(header("content-disposition").starts_with(disposition), "{answer:?}");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert!(header("content-security-policy").contains("sandbox"));
            assert_eq!(read_file(&desk, &stranger, file).await.status(), 404);
            assert_eq!(read_file(&desk, "made-up", file).await.status(), 401);
        }
        assert_eq!(read_file(&desk, &token, &picture).await.bytes().await.unwrap(), png);
        let (status, _) = upload(&desk, &token, "big", vec![0; 10_000_001]).await;
        assert_eq!(status, 413);
        let (status, _) = upload(&desk, "made-up", "x", vec![1]).await;
        assert_eq!(status, 401);
    }

    async fn the_visitor_sees_who_is_there_and_types_but_never_a_note(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let chat = Chat::of(&admin).await;
        let (mut visitor, _) = chat.visitor(&desk, None).await;
        send(&mut visitor, "one", "Hello", json!([])).await;
        let ticket = agent.only_ticket().await["ticket"]["id"].clone();
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        assert_eq!(visitor.wait_type("agent").await["online"], true);
        feed.send(json!({ "type": "open", "ticket": ticket })).await;
        assert_eq!(feed.wait_type("visitor").await["online"], true);
        visitor.send(json!({ "type": "typing", "typing": true })).await;
        feed.wait("typing", |frame| (frame["type"] == "visitor" && frame["typing"] == true).then_some(())).await;
        feed.send(json!({ "type": "typing", "ticket": ticket, "typing": "note" })).await;
        feed.send(json!({ "type": "typing", "ticket": ticket, "typing": "reply" })).await;
        let typing = visitor.wait_type("agent").await;
        assert_eq!(typing, json!({ "type": "agent", "typing": true, "name": "Li Na", "online": true }));
        feed.tear();
        let gone = visitor.wait("nobody there", |frame| (frame["online"] == false).then(|| frame.clone())).await;
        assert_eq!(gone["typing"], false);
        visitor.tear();
    }

    async fn sockets_from_other_sites_are_refused(desk: Desk) {
        let agent = desk.agent("Li Na").await;
        for path in ["/api/v1/feed", "/api/widget/v1/socket"] {
            let request = reqwest::Client::new().get(format!("{}{path}", desk.url())).header("cookie", &agent.cookie);
            let request = request.header("origin", "https://evil.example").header("connection", "upgrade");
            let request = request.header("upgrade", "websocket").header("sec-websocket-version", "13");
            let answer = request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path}");
        }
    }
}
