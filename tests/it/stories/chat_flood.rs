//! What strangers may throw at the chat's public socket: floods, garbage, frames of bytes, frames too large, sockets
//! without end. Each ends with words, and nobody else notices.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::desk::{Desk, both_engines};
use crate::support::socket::Socket;

/// A visitor who is welcome.
async fn visitor(desk: &Desk, key: &str) -> Socket {
    let mut visitor = Socket::visitor(&desk.url(), key, None, None).await;
    visitor.wait_type("welcome").await;
    visitor
}

/// Whether somebody who behaves is served as ever.
async fn is_heard(calm: &mut Socket, id: &str) {
    calm.send(
        json!({ "type": "send", "client_id": id, "text": "Is the lamp in stock?", "attachment_ids": [] }),
    )
    .await;
    calm.wait("an acknowledgement", |frame| {
        (frame["type"] == "ack" && frame["client_id"] == id).then_some(())
    })
    .await;
}

/// Sends for as long as the line holds; how many frames went out.
async fn pour(socket: &mut Socket, count: usize, frame: impl Fn(usize) -> Value) -> usize {
    for number in 0..count {
        if !socket.send_raw(Message::text(frame(number).to_string())).await {
            return number;
        }
    }
    count
}

both_engines! {
    async fn a_flood_ends_the_flooders_line_and_nobody_elses(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut calm = visitor(&desk, key).await;
        for frame in [json!({ "type": "ping" }), json!({ "type": "typing", "typing": true })] {
            let mut flooder = visitor(&desk, key).await;
            pour(&mut flooder, 10_000, |_| frame.clone()).await;
            let said = flooder.until_closed().await;
            assert_eq!(said.last().unwrap()["problem"]["status"], 429, "{:?}", said.last());
            assert!(said.len() < 200, "{} answers to a flood", said.len());
        }
        is_heard(&mut calm, "one").await;
        let mut feed = Socket::feed(&desk.url(), &admin, None).await;
        feed.wait_type("welcome").await;
    }

    async fn of_a_flood_of_messages_exactly_those_that_were_acknowledged_are_kept(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.chat_inbox().await;
        let mut flooder = visitor(&desk, inbox["widget_key"].as_str().unwrap()).await;
        let words = |number| json!({ "type": "send", "client_id": format!("m{number}"), "text": format!("again {number}"), "attachment_ids": [] });
        pour(&mut flooder, 1_000, words).await;
        let said = flooder.until_closed().await;
        let taken: Vec<_> = said.iter().filter(|frame| frame["type"] == "ack").map(|frame| frame["client_id"].clone()).collect();
        assert!((1..=20).contains(&taken.len()), "{taken:?}");
        let ticket = admin.only_ticket().await;
        let kept: Vec<_> = ticket["messages"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        let expected: Vec<_> = taken.iter().map(|id| id.as_str().unwrap().replace('m', "again ")).collect();
        assert_eq!(kept, expected);
    }

    async fn garbage_is_answered_in_words_and_then_no_more(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut rude = visitor(&desk, key).await;
        for garbage in ["", "{", r#"{"type":"teleport"}"#] {
            assert!(rude.send_raw(Message::text(garbage)).await);
            assert_eq!(rude.wait_type("refused").await["problem"]["status"], 400, "{garbage}");
        }
        assert!(rude.send_raw(Message::binary(vec![0, 159, 146, 150])).await);
        let refused = rude.wait_type("refused").await;
        assert!(refused["problem"]["detail"].as_str().unwrap().contains("not binary"), "{refused}");
        is_heard(&mut rude, "one").await;
        assert!(rude.send_raw(Message::text("[1, 2]")).await);
        assert_eq!(rude.until_closed().await.last().unwrap()["type"], "refused", "it was enough");

        // Nobody need say hello to be let go: not even that costs anything.
        let mut stranger = Socket::connect(&desk.url(), "/api/widget/v1/socket", "").await;
        for _ in 0..5 {
            stranger.send_raw(Message::binary(vec![255; 100])).await;
        }
        assert_eq!(stranger.until_closed().await.len(), 5);
        let mut hasty = Socket::connect(&desk.url(), "/api/widget/v1/socket", "").await;
        hasty.send(json!({ "type": "send", "client_id": "x", "text": "before hello", "attachment_ids": [] })).await;
        let refused = hasty.wait_type("refused").await;
        assert!(refused["problem"]["detail"].as_str().unwrap().contains("hello"), "{refused}");
        assert_eq!(admin.tickets("all").await.len(), 1);
    }

    async fn a_frame_that_is_too_large_is_refused_and_one_without_end_ends_the_line(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let large = |bytes: usize| json!({ "type": "send", "client_id": "large", "text": "x".repeat(bytes), "attachment_ids": [] });
        let mut visitor_ = visitor(&desk, key).await;
        visitor_.send(large(70_000)).await;
        let refused = visitor_.wait_type("refused").await;
        assert!(refused["problem"]["detail"].as_str().unwrap().contains("65536 bytes"), "{refused}");
        is_heard(&mut visitor_, "one").await;
        for bytes in [300_000, 20_000_000] {
            let mut giant = visitor(&desk, key).await;
            giant.send_raw(Message::text(large(bytes).to_string())).await;
            giant.until_closed().await;
        }
        is_heard(&mut visitor_, "two").await;
        assert_eq!(admin.only_ticket().await["messages"].as_array().unwrap().len(), 2);
    }

    async fn sockets_without_end_from_one_place_are_refused_and_freed_when_they_close(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let url = format!("{}/api/widget/v1/socket", desk.url().replacen("http", "ws", 1));
        let mut held = Vec::new();
        let refused = loop {
            match connect_async(&url).await {
                Ok((socket, _)) => held.push(socket),
                Err(Error::Http(answer)) => break answer,
                Err(other) => panic!("{other}"),
            }
            assert!(held.len() < 200, "nobody is refused");
        };
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"));
        drop(held);
        let deadline = tokio::time::Instant::now() + crate::support::desk::PATIENCE;
        while connect_async(&url).await.is_err() {
            assert!(tokio::time::Instant::now() < deadline, "no place came free");
            tokio::task::yield_now().await;
        }
        is_heard(&mut visitor(&desk, key).await, "one").await;
    }
}
