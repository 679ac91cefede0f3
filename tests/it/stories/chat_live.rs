//! A visitor and an agent write to each other, live.

use serde_json::{Value, json};

use crate::support::desk::both_engines;
use crate::support::socket::Socket;

/// Says something as the visitor; the acknowledgement.
async fn say(visitor: &mut Socket, client_id: &str, text: &str) -> Value {
    visitor
        .send(json!({ "type": "send", "client_id": client_id, "text": text, "attachment_ids": [] }))
        .await;
    visitor
        .wait("ack", |frame| {
            (frame["client_id"] == client_id).then(|| frame.clone())
        })
        .await
}

/// The next message that the visitor is shown.
async fn told(visitor: &mut Socket) -> Value {
    visitor.wait_type("message").await["message"].clone()
}

both_engines! {
    async fn a_visitor_writes_and_an_agent_answers_without_anybody_reloading(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;

        let mut visitor = Socket::visitor(&desk.url(), key, None, None).await;
        let welcome = visitor.wait_type("welcome").await;
        assert_eq!(welcome["messages"], json!([]));
        assert!(agent.tickets("all").await.is_empty(), "who only looks leaves nothing");
        let ack = say(&mut visitor, "one", "My lamp is broken\u{0}").await;
        assert_eq!((&ack["type"], &ack["position"]), (&json!("ack"), &json!(1)), "{ack}");

        let shown = feed.wait_kind("ticket", |_| true).await["ticket"].clone();
        assert_eq!(shown["preview"], "My lamp is broken");
        assert_eq!((&shown["channel"], &shown["unread"]), (&json!("chat"), &json!(true)));
        feed.send(json!({ "type": "open", "ticket": shown["id"] })).await;
        feed.wait_type("presence").await;
        let first = feed.wait_kind("message", |_| true).await["message"].clone();
        assert_eq!(first["text"], "My lamp is broken");
        assert_eq!(told(&mut visitor).await["client_id"], "one");

        say(&mut visitor, "two", "Hello?").await;
        feed.wait_kind("message", |one| one["message"]["text"] == "Hello?").await;
        assert_eq!(told(&mut visitor).await["client_id"], "two");

        agent.reply(&agent.only_ticket().await, "We send another").await;
        let answer = told(&mut visitor).await;
        assert_eq!((&answer["from"], &answer["name"]), (&json!("agent"), &json!("Li Na")));
        assert_eq!((&answer["text"], &answer["position"]), (&json!("We send another"), &json!(3)));
        let id = shown["id"].as_str().unwrap();
        let note = json!({ "client_id": "a-note-of-mine", "visibility": "note", "text": "a secret", "seen_position": 3 });
        agent.post(&format!("/tickets/{id}/messages"), note).await;
        feed.wait_kind("message", |one| one["message"]["text"] == "a secret").await;
        agent.reply(&agent.only_ticket().await, "On its way").await;
        let answer = told(&mut visitor).await;
        assert_eq!((&answer["text"], &answer["position"]), (&json!("On its way"), &json!(5)), "notes stay inside");

        visitor.send(json!({ "type": "seen", "position": 5 })).await;
        feed.wait_kind("message", |one| one["message"]["position"] == 5 && one["message"]["seen"] == true).await;
    }

    async fn a_message_sent_again_after_a_broken_line_is_the_same_message(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut visitor = Socket::visitor(&desk.url(), key, None, None).await;
        let token = visitor.wait_type("welcome").await["token"].as_str().unwrap().to_owned();
        let ack = say(&mut visitor, "one", "Hello").await;
        visitor.send(json!({ "type": "send", "client_id": "two", "text": "Is it there?" })).await;
        visitor.tear(); // whether it arrived is not known

        let mut again = Socket::visitor(&desk.url(), key, Some(&token), None).await;
        let welcome = again.wait_type("welcome").await;
        assert_eq!(welcome["token"], json!(token));
        assert_eq!(welcome["messages"][0]["id"], ack["id"]);
        assert_eq!(say(&mut again, "one", "Hello").await["id"], ack["id"]);
        let second = say(&mut again, "two", "Is it there?").await;
        assert_eq!(second["position"], 2);
        let messages = agent.only_ticket().await["messages"].as_array().unwrap().clone();
        assert_eq!(messages.len(), 2, "{messages:#?}");
    }

    async fn a_visitor_who_was_away_is_told_what_was_said_meanwhile_and_no_more(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut visitor = Socket::visitor(&desk.url(), key, None, None).await;
        let token = visitor.wait_type("welcome").await["token"].as_str().unwrap().to_owned();
        say(&mut visitor, "one", "Hello").await;
        visitor.tear();
        let ticket = agent.only_ticket().await;
        for number in 0..60 {
            agent.reply(&ticket, &format!("answer {number}")).await;
        }
        let mut back = Socket::visitor(&desk.url(), key, Some(&token), Some(31)).await;
        let welcome = back.wait_type("welcome").await;
        let positions: Vec<_> =
            welcome["messages"].as_array().unwrap().iter().map(|one| one["position"].as_i64().unwrap()).collect();
        assert_eq!(positions, (32..=61).collect::<Vec<_>>());
        assert_eq!((&welcome["more"], &welcome["position"]), (&json!(false), &json!(61)));
        let mut fresh = Socket::visitor(&desk.url(), key, Some(&token), None).await;
        let welcome = fresh.wait_type("welcome").await;
        assert_eq!(welcome["messages"].as_array().unwrap().len(), 50);
        assert_eq!((&welcome["messages"][0]["position"], &welcome["more"]), (&json!(12), &json!(true)));
        let mut long = Socket::visitor(&desk.url(), key, Some(&token), Some(1)).await;
        assert_eq!(long.wait_type("welcome").await["more"], true, "more than a page: start afresh");
    }

    async fn first_messages_from_two_tabs_at_once_open_one_ticket(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut first = Socket::visitor(&desk.url(), key, None, None).await;
        let token = first.wait_type("welcome").await["token"].as_str().unwrap().to_owned();
        let mut second = Socket::visitor(&desk.url(), key, Some(&token), None).await;
        second.wait_type("welcome").await;
        let (one, two) = tokio::join!(say(&mut first, "a", "from the first"), say(&mut second, "b", "from the second"));
        assert_eq!((&one["type"], &two["type"]), (&json!("ack"), &json!("ack")));
        assert_eq!(agent.only_ticket().await["messages"].as_array().unwrap().len(), 2);
        for tab in [&mut first, &mut second] {
            assert_eq!(told(tab).await["position"], 1);
            assert_eq!(told(tab).await["position"], 2);
        }
    }

    async fn a_closed_ticket_is_followed_by_another_in_the_same_conversation(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut visitor = Socket::visitor(&desk.url(), key, None, None).await;
        let token = visitor.wait_type("welcome").await["token"].as_str().unwrap().to_owned();
        say(&mut visitor, "one", "First matter").await;
        told(&mut visitor).await;
        let ticket = agent.only_ticket().await["ticket"].clone();
        let statuses = agent.get("/bootstrap").await["statuses"].clone();
        let closed = statuses.as_array().unwrap().iter().find(|one| one["key"] == "closed").unwrap()["id"].clone();
        let edit = json!({ "edits": [{ "field": "status", "old": ticket["status_id"], "new": closed }] });
        agent.patch(&format!("/tickets/{}", ticket["id"].as_str().unwrap()), edit).await;

        let before = say(&mut visitor, "two", "Second matter").await["position"].as_i64().unwrap();
        assert_eq!(agent.tickets("all").await.len(), 2);
        assert_eq!(told(&mut visitor).await["text"], "Second matter");
        let mut back = Socket::visitor(&desk.url(), key, Some(&token), None).await;
        let welcome = back.wait_type("welcome").await;
        let texts: Vec<_> = welcome["messages"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
        assert_eq!(texts, ["First matter", "Second matter"]);
        let newest = agent.tickets("open").await[0].clone();
        agent.reply(&json!({ "ticket": newest }), "An answer").await;
        let answer = told(&mut back).await;
        assert!(answer["position"].as_i64().unwrap() > before, "positions grow from ticket to ticket");
        let mut resumed = Socket::visitor(&desk.url(), key, Some(&token), Some(before)).await;
        let welcome = resumed.wait_type("welcome").await;
        assert_eq!(welcome["messages"][0]["text"], "An answer");
    }
}
