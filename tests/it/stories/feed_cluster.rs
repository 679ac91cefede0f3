//! Two servers on one PostgreSQL and one Redis: what happens on one is seen on the other.

use serde_json::json;

use crate::support::desk::{Desk, Engine};
use crate::support::servers::{self, Redis};
use crate::support::socket::Socket;

/// Two servers; `None` where the programs are not installed.
async fn two(redis: &str) -> Option<(Desk, Desk)> {
    let set = format!("bus.redis_url={redis}");
    let first = Desk::start_with(Engine::Postgres, &[&set]).await?;
    let second = first.another(&[&set]).await;
    Some((first, second))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_on_one_server_sees_what_a_customer_on_another_writes() {
    let Some(redis) = servers::redis() else { return };
    let Some((here, there)) = two(&redis.url).await else {
        return;
    };
    let (admin, agent) = (here.administrator().await, here.agent("Li Na").await);
    let other = here.agent("Bo").await;
    let inbox = admin.chat_inbox().await;
    let mut feed = Socket::feed(&here.url(), &agent, None).await;
    feed.wait_type("welcome").await;
    let mut visitor = Socket::visitor(&there.url(), inbox["widget_key"].as_str().unwrap(), None, None).await;
    visitor.wait_type("welcome").await;
    visitor
        .send(json!({ "type": "send", "client_id": "one", "text": "Hello", "attachment_ids": [] }))
        .await;
    let ticket = feed.wait_kind("ticket", |_| true).await["ticket"].clone();
    feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
    feed.wait_kind("message", |one| one["message"]["text"] == "Hello")
        .await;

    let mut second = Socket::feed(&there.url(), &other, None).await;
    second.wait_type("welcome").await;
    second
        .send(json!({ "type": "open", "ticket": ticket["id"] }))
        .await;
    second
        .wait("both", |frame| {
            (frame["viewers"].as_array()?.len() == 2).then_some(())
        })
        .await;
    feed.wait("both", |frame| {
        (frame["viewers"].as_array()?.len() == 2).then_some(())
    })
    .await;
    feed.send(json!({ "type": "typing", "ticket": ticket["id"], "typing": "reply" }))
        .await;
    visitor
        .wait("typing", |frame| {
            (frame["type"] == "agent" && frame["typing"] == true).then_some(())
        })
        .await;
    agent.reply(&json!({ "ticket": ticket }), "An answer").await;
    visitor
        .wait("the answer", |frame| {
            (frame["message"]["text"] == "An answer").then_some(())
        })
        .await;
    here.stop().await;
    there.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_everything_still_arrives_and_with_it_again_quickly() {
    let Some(redis) = tokio::task::spawn_blocking(Redis::start).await.unwrap() else {
        return;
    };
    let Some((here, there)) = two(&redis.url).await else {
        return;
    };
    let (admin, agent) = (here.administrator().await, here.agent("Li Na").await);
    let inbox = admin.chat_inbox().await;
    let mut feed = Socket::feed(&here.url(), &agent, None).await;
    feed.wait_type("welcome").await;
    let mut visitor = Socket::visitor(&there.url(), inbox["widget_key"].as_str().unwrap(), None, None).await;
    visitor.wait_type("welcome").await;
    redis.kill();
    visitor
        .send(json!({ "type": "send", "client_id": "one", "text": "Without", "attachment_ids": [] }))
        .await;
    let ticket = feed.wait_kind("ticket", |_| true).await["ticket"].clone();
    assert_eq!(ticket["preview"], "Without");
    redis.restart();
    feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
    feed.wait_type("presence").await;
    // Only the bus carries who is typing: seen again, the bus is back.
    let mut attempts = 0;
    let mut again = tokio::time::interval(std::time::Duration::from_millis(100));
    loop {
        let typing = attempts % 2 == 0;
        visitor.send(json!({ "type": "typing", "typing": typing })).await;
        feed.send(json!({ "type": "ping" })).await;
        let said = feed
            .wait("a sign", |frame| {
                matches!(frame["type"].as_str()?, "visitor" | "pong").then(|| frame.clone())
            })
            .await;
        if said["type"] == "visitor" && said["typing"] == true {
            break;
        }
        attempts += 1;
        assert!(attempts < 200, "the bus did not come back");
        again.tick().await;
    }
    here.stop().await;
    there.stop().await;
}
