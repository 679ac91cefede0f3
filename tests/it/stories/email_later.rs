//! Answers that wait: taken back in time, sent at an hour, cancelled when the customer writes first.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::time::{Length, Timestamp};

use crate::support::desk::{Desk, START, both_engines};
use crate::support::person::Person;
use crate::support::smtp::{Outside, deliver};
use crate::support::socket::Socket;

const INBOX: &str = "help@shop.example";

async fn receive(desk: &Desk, id: &str, more: &str) {
    let raw = format!(
        "From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <{id}>\n{more}\nQuestion\n"
    );
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

async fn asked(desk: &Desk) -> (Person, Person, Outside) {
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
    receive(desk, "1@example.com", "").await;
    (admin, desk.agent("Li Na").await, outside)
}

fn body(client_id: &str, more: &Value) -> Value {
    let mut body = json!({ "client_id": client_id, "visibility": "public", "text": "We send another.", "seen_position": 9 });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

async fn write(agent: &Person, client_id: &str, more: Value) -> (u16, Value) {
    let ticket = agent.only_ticket().await["ticket"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/tickets/{ticket}/messages");
    let (status, value) = agent
        .call(Method::POST, &path, Some(body(client_id, &more)))
        .await;
    (status.as_u16(), value)
}

fn at(hours: i64) -> Timestamp {
    START.plus(Length::hours(hours))
}

both_engines! {
    async fn an_answer_can_be_taken_back_for_some_seconds_and_then_it_is_gone(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        let ticket = agent.only_ticket().await;
        feed.send(json!({ "type": "open", "ticket": ticket["ticket"]["id"] })).await;
        feed.wait_type("presence").await;

        let (status, held) = write(&agent, "client-one", json!({ "undoable": true, "bcc": ["boss@shop.example"] })).await;
        assert_eq!((status, &held["kind"], &held["state"]), (202, &json!("undo"), &json!("waiting")), "{held}");
        assert_eq!(held["send_at"], json!(START.plus(Length::seconds(10))));
        let told = feed.wait_kind("scheduled", |_| true).await;
        assert_eq!(told["scheduled"][0]["id"], held["id"]);
        let (status, again) = write(&agent, "client-one", json!({ "undoable": true })).await;
        assert_eq!((status, &again["id"]), (202, &held["id"]), "sent again it is the same answer");
        let shown = agent.only_ticket().await;
        assert_eq!(shown["messages"].as_array().unwrap().len(), 1, "it is no message yet");
        assert_eq!(shown["ticket"]["last_direction"], "in");
        assert_eq!(shown["scheduled"][0]["to"], json!(["wang@example.com"]));

        desk.advance(Length::seconds(9)).await;
        let path = format!("/messages/{}/undo", held["id"].as_str().unwrap());
        let back = agent.post(&path, json!({})).await;
        assert_eq!((&back["text"], &back["bcc"]), (&json!("We send another."), &json!(["boss@shop.example"])));
        assert_eq!(agent.only_ticket().await["draft"]["text"], "We send another.");
        feed.wait_kind("scheduled", |one| one["scheduled"] == json!([])).await;
        desk.advance(Length::hours(1)).await;
        assert!(outside.mails().is_empty());

        let (_, held) = write(&agent, "client-two", json!({ "undoable": true, "bcc": ["boss@shop.example"] })).await;
        desk.advance(Length::seconds(10)).await;
        let mails = outside.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, ["boss@shop.example", "wang@example.com"]);
        assert!(!mails[0].raw.contains("boss@"), "a blind copy stands in no header");
        let sent = agent.only_ticket().await["messages"][1].clone();
        assert_eq!((&sent["id"], &sent["client_id"]), (&held["id"], &json!("client-two")));
        assert_eq!((&sent["author"]["name"], &sent["delivery"]), (&json!("Li Na"), &json!("sent")));
        let path = format!("/messages/{}/undo", held["id"].as_str().unwrap());
        assert_eq!(agent.call(Method::POST, &path, Some(json!({}))).await.0, 409, "it left");
    }

    async fn an_answer_for_tomorrow_is_cancelled_when_the_customer_writes_first(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let statuses = agent.get("/bootstrap").await["statuses"].clone();
        let solved = statuses.as_array().unwrap().iter().find(|one| one["key"] == "solved").unwrap()["id"].clone();
        let (status, one) = write(&agent, "client-one", json!({ "send_at": at(20), "cancel_if_answered": true })).await;
        assert_eq!((status, &one["kind"]), (202, &json!("schedule")));
        let (_, two) = write(&agent, "client-two", json!({ "send_at": at(21), "text": "And good night", "status_id": solved })).await;
        desk.advance(Length::hours(2)).await;
        receive(&desk, "2@example.com", "In-Reply-To: <1@example.com>\n").await;
        let ticket = agent.only_ticket().await;
        let states: Vec<_> = ticket["scheduled"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["cancelled", "waiting"]);
        assert_eq!(ticket["scheduled"][0]["reason"], "customer_wrote");
        assert_eq!(agent.get("/notifications").await["items"][0]["kind"], "schedule_cancelled");

        desk.advance(Length::hours(20)).await;
        assert_eq!(outside.mails().len(), 1, "the other goes all the same");
        let ticket = agent.only_ticket().await;
        assert_eq!((&ticket["messages"][2]["id"], &ticket["ticket"]["category"]), (&two["id"], &json!("solved")));
        assert_eq!(outside.mails()[0].header("In-Reply-To").unwrap(), "<2@example.com>", "it answers what came last");

        let sent = agent.post(&format!("/scheduled/{}/send", one["id"].as_str().unwrap()), json!({})).await;
        desk.settle().await;
        assert_eq!((&sent["id"], outside.mails().len()), (&one["id"], 2), "sent by hand all the same");
        assert_eq!(agent.only_ticket().await["scheduled"], json!([]));
    }

    async fn an_answer_that_waits_is_changed_put_off_and_thrown_away(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let (_, held) = write(&agent, "client-one", json!({ "send_at": at(1) })).await;
        let path = format!("/scheduled/{}", held["id"].as_str().unwrap());
        let edited = agent.patch(&path, json!({ "send_at": at(3), "text": "We send two.", "cc": ["aunt@example.net"] })).await;
        assert_eq!((&edited["text"], &edited["cc"]), (&json!("We send two."), &json!(["aunt@example.net"])));
        desk.advance(Length::hours(2)).await;
        assert!(outside.mails().is_empty());
        for (wrong, field) in [(json!({ "send_at": at(1) }), "send_at"), (json!({ "to": ["nobody"] }), "to")] {
            let (status, problem) = agent.call(Method::PATCH, &path, Some(wrong)).await;
            assert_eq!(status, 422, "{field} {problem}");
        }
        desk.advance(Length::hours(1)).await;
        assert_eq!(outside.mails()[0].header("Cc").unwrap(), "aunt@example.net");
        assert!(outside.mails()[0].raw.contains("We send two."));

        let (_, held) = write(&agent, "client-two", json!({ "send_at": at(9) })).await;
        let path = format!("/scheduled/{}", held["id"].as_str().unwrap());
        assert_eq!(agent.call(Method::DELETE, &path, None).await.0, 204);
        assert_eq!(agent.call(Method::DELETE, &path, None).await.0, 404);
        desk.advance(Length::hours(9)).await;
        assert_eq!(outside.mails().len(), 1);
    }

    async fn what_cannot_go_when_its_hour_comes_is_told_to_who_wrote_it(desk: Desk) {
        let (admin, agent, outside) = asked(&desk).await;
        write(&agent, "client-one", json!({ "send_at": at(1) })).await;
        let ticket = agent.only_ticket().await["ticket"].clone();
        let statuses = agent.get("/bootstrap").await["statuses"].clone();
        let closed = statuses.as_array().unwrap().iter().find(|one| one["key"] == "closed").unwrap()["id"].clone();
        let edit = json!({ "edits": [{ "field": "status", "old": ticket["status_id"], "new": closed }] });
        admin.patch(&format!("/tickets/{}", ticket["id"].as_str().unwrap()), edit).await;
        desk.advance(Length::hours(1)).await;
        let shown = agent.only_ticket().await["scheduled"][0].clone();
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("cancelled"), &json!("closed")));
        assert_eq!(agent.get("/notifications").await["items"][0]["kind"], "schedule_cancelled");
        assert!(outside.mails().is_empty());
    }

    async fn a_file_waits_with_its_answer_longer_than_uploads_are_kept(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let upload = reqwest::Client::new().post(format!("{}/api/v1/uploads?name=bill.txt", desk.url()))
            .header("cookie", &agent.cookie).header("sec-fetch-site", "same-origin").body("the bill").send().await.unwrap();
        let file: Value = serde_json::from_str(&upload.text().await.unwrap()).unwrap();
        let (status, held) = write(&agent, "client-one", json!({ "send_at": at(80), "attachment_ids": [file["id"]] })).await;
        assert_eq!((status, &held["attachments"][0]["name"]), (202, &json!("bill.txt")), "{held}");
        for _ in 0..8 {
            desk.advance(Length::hours(10)).await;
            shouwen::housekeeping::run(&desk.app, desk.app.workspace).await.unwrap();
        }
        desk.settle().await;
        let mail = shouwen_channels::email::parse(outside.mails()[0].raw.as_bytes());
        assert_eq!(mail.attachments[0].bytes, b"the bill");
    }

    async fn a_signature_speaks_the_customers_language_and_stays_as_it_was_sent(desk: Desk) {
        let (admin, agent, outside) = asked(&desk).await;
        let inboxes = admin.get("/inboxes").await;
        let inbox = inboxes["items"][0].clone();
        let mut settings = inbox["settings"].clone();
        settings["signature"] = json!("{{agent.name}}, {{inbox.name}}\nTicket {{ticket.number}}");
        settings["signatures"] = json!([{ "locale": "zh", "text": "{{agent.name}} 敬上" }]);
        let path = format!("/inboxes/{}", inbox["id"].as_str().unwrap());
        admin.patch(&path, json!({ "settings": settings })).await;
        let ticket = agent.only_ticket().await;
        agent.reply(&ticket, "One.").await;
        desk.settle().await;
        let number = ticket["ticket"]["number"].as_str().unwrap();
        let text = shouwen_channels::email::parse(outside.mails()[0].raw.as_bytes()).text;
        assert_eq!(text.trim_end(), format!("One.\n\n-- \nLi Na, {INBOX}\nTicket {number}"));

        let customer = ticket["customer"]["id"].as_str().unwrap();
        admin.patch(&format!("/customers/{customer}"), json!({ "locale": "zh" })).await;
        agent.reply(&ticket, "Two.").await;
        desk.settle().await;
        let text = shouwen_channels::email::parse(outside.mails()[1].raw.as_bytes()).text;
        assert!(text.contains("-- \nLi Na 敬上"), "{text}");
        let shown = agent.only_ticket().await;
        assert_eq!(shown["messages"][2]["mail"]["signature"], "Li Na 敬上");
    }
}
