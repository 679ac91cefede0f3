//! An agent's feed: what was missed is told, what cannot be told is said so, and who may not listen is let go.

use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::socket::Socket;

/// A ticket by telephone, which needs no other channel.
async fn call(agent: &Person, inbox: &Value, text: &str) -> Value {
    let body = json!({
        "client_id": uuid::Uuid::from_u128(rand::random()).to_string(), "inbox_id": inbox["id"], "number": "13800138000", "direction": "in", "text": text,
        "outcome": "answered", "duration_s": 1, "solved": false,
    });
    agent.post("/call-log", body).await["ticket"].clone()
}

/// Reads batches up to a number; the ids of the tickets told, as often as they were.
async fn tickets_until(feed: &mut Socket, seq: i64) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let batch = feed.wait_type("batch").await;
        let tickets = batch["frames"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|frame| frame["kind"] == "ticket");
        told.extend(tickets.map(|frame| frame["ticket"]["id"].as_str().unwrap().to_owned()));
        if batch["seq"].as_i64().unwrap() >= seq {
            return told;
        }
    }
}

async fn log_reached(agent: &Person) -> i64 {
    agent.get("/bootstrap").await["seq"].as_i64().unwrap()
}

async fn edit(person: &Person, ticket: &Value, field: &str, old: Value, new: Value) {
    let path = format!("/tickets/{}", ticket["id"].as_str().unwrap());
    person
        .patch(
            &path,
            json!({ "edits": [{ "field": field, "old": old, "new": new }] }),
        )
        .await;
}

async fn role_of_agents(desk: &Desk, admin: &Person) -> Value {
    let roles = admin.get("/roles").await;
    let _ = desk;
    roles["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["key"] == "agent")
        .unwrap()
        .clone()
}

both_engines! {
    async fn who_was_away_is_told_all_of_it_once(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        let seq = feed.wait_type("welcome").await["seq"].as_i64().unwrap();
        feed.tear();
        let mut made = Vec::new();
        for number in 0..30 {
            made.push(call(&admin, &inbox, &format!("call {number}")).await["id"].as_str().unwrap().to_owned());
        }
        let mut feed = Socket::feed(&desk.url(), &agent, Some(seq)).await;
        assert_eq!(feed.wait_type("welcome").await["seq"], seq);
        let mut told = tickets_until(&mut feed, log_reached(&agent).await).await;
        told.dedup();
        assert_eq!(told, made);
    }

    async fn a_number_that_is_not_ours_or_too_old_means_resync(desk: Desk) {
        let agent = desk.agent("Li Na").await;
        for wrong in [1_000_000, -1] {
            let mut feed = Socket::feed(&desk.url(), &agent, Some(wrong)).await;
            let answer = feed.next().await.unwrap();
            assert_eq!(answer["type"], "resync", "{answer}");
            assert!(answer["seq"].as_i64().unwrap() < 1_000_000);
            feed.send(json!({ "type": "ping" })).await;
            feed.wait_type("pong").await;
        }
    }

    async fn every_batch_says_the_number_reached_even_with_nothing_in_it(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        let team = desk.team("Lamps", &[]).await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        let ticket = call(&admin, &inbox, "hidden").await;
        feed.wait_kind("ticket", |_| true).await;
        edit(&admin, &ticket, "team", Value::Null, json!(team)).await;
        feed.wait_kind("ticket_gone", |frame| frame["ticket_id"] == ticket["id"]).await;
        let id = ticket["id"].as_str().unwrap();
        edit(&admin, &ticket, "priority", json!("normal"), json!("urgent")).await;
        let seq = log_reached(&admin).await;
        let frames = feed.wait("the number", |frame| (frame["seq"].as_i64()? >= seq).then(|| frame["frames"].clone())).await;
        assert!(!frames.to_string().contains(id), "{frames}");
    }

    async fn a_ticket_that_moves_between_teams_comes_and_goes(desk: Desk) {
        let (admin, inside, outside) = (desk.administrator().await, desk.agent("Li Na").await, desk.agent("Bo").await);
        let inbox = admin.phone_inbox().await;
        let (lamps, teas) = (desk.team("Lamps", &[&inside]).await, desk.team("Teas", &[&outside]).await);
        let ticket = call(&admin, &inbox, "a lamp").await;
        let mut feeds = Vec::new();
        for person in [&inside, &outside] {
            let mut feed = Socket::feed(&desk.url(), person, None).await;
            feed.wait_type("welcome").await;
            feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
            feed.wait_type("presence").await;
            feeds.push(feed);
        }
        edit(&admin, &ticket, "team", Value::Null, json!(lamps)).await;
        feeds[0].wait_kind("ticket", |frame| frame["ticket"]["team_id"] == json!(lamps)).await;
        feeds[1].wait_kind("ticket_gone", |_| true).await;
        let path = format!("/tickets/{}", ticket["id"].as_str().unwrap());
        assert_eq!(outside.call(Method::GET, &path, None).await.0, 404);
        edit(&admin, &ticket, "team", json!(lamps), json!(teas)).await;
        feeds[0].wait_kind("ticket_gone", |_| true).await;
        feeds[1].wait_kind("ticket", |frame| frame["ticket"]["team_id"] == json!(teas)).await;
        // The one who had it open gets no words of it any more.
        admin.post(&format!("{path}/messages"), json!({ "client_id": "a-note-of-mine", "visibility": "note", "text": "hush", "seen_position": 9 })).await;
        let seq = log_reached(&admin).await;
        let last = feeds[0].wait("the number", |frame| (frame["seq"].as_i64()? >= seq).then(|| frame.clone())).await;
        assert_eq!(last["frames"], json!([]));
        feeds[0].send(json!({ "type": "open", "ticket": ticket["id"] })).await;
        assert_eq!(feeds[0].wait_type("problem").await["problem"]["status"], 404);
    }

    async fn a_changed_team_or_role_makes_the_open_sockets_start_afresh(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        let lamps = desk.team("Lamps", &[]).await;
        let ticket = call(&admin, &inbox, "a lamp").await;
        edit(&admin, &ticket, "team", Value::Null, json!(lamps)).await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        admin.patch(&format!("/teams/{lamps}"), json!({ "agent_ids": [agent.id] })).await;
        feed.wait_type("resync").await;
        edit(&admin, &ticket, "priority", json!("normal"), json!("high")).await;
        feed.wait_kind("ticket", |frame| frame["ticket"]["priority"] == "high").await;
        let role = role_of_agents(&desk, &admin).await;
        let path = format!("/roles/{}", role["id"].as_str().unwrap());
        admin.patch(&path, json!({ "scope": "assigned" })).await;
        feed.wait_type("resync").await;
        edit(&admin, &ticket, "priority", json!("high"), json!("low")).await;
        let seq = log_reached(&admin).await;
        let last = feed.wait("the number", |frame| (frame["seq"].as_i64()? >= seq).then(|| frame.clone())).await;
        assert!(!last.to_string().contains(ticket["id"].as_str().unwrap()), "{last}");
    }

    async fn who_is_signed_out_or_deactivated_is_let_go_at_once(desk: Desk) {
        let (admin, first, second) = (desk.administrator().await, desk.agent("Li Na").await, desk.agent("Bo").await);
        let mut feeds = [Socket::feed(&desk.url(), &first, None).await, Socket::feed(&desk.url(), &second, None).await];
        for feed in &mut feeds {
            feed.wait_type("welcome").await;
        }
        let [mut one, mut two] = feeds;
        let (status, _) = admin.call(Method::POST, &format!("/agents/{}/sign-out", first.id), None).await;
        assert!(status.is_success());
        one.until_closed().await;
        admin.patch(&format!("/agents/{}", second.id), json!({ "active": false })).await;
        two.until_closed().await;
    }

    async fn garbage_is_answered_in_words_and_then_no_more(desk: Desk) {
        let agent = desk.agent("Li Na").await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        for garbage in ["", "{", "[1,2]", r#"{"type":"teleport"}"#] {
            assert!(feed.send_raw(Message::text(garbage)).await);
            assert_eq!(feed.wait_type("problem").await["problem"]["status"], 400);
        }
        feed.send(json!({ "type": "ping" })).await;
        feed.wait_type("pong").await;
        assert!(feed.send_raw(Message::binary(vec![0, 159, 146, 150])).await);
        assert_eq!(feed.until_closed().await.last().unwrap()["type"], "problem");
        let mut rude = Socket::connect(&desk.url(), "/api/v1/feed", &agent.cookie).await;
        rude.send(json!({ "type": "ping" })).await;
        assert_eq!(rude.until_closed().await[0]["type"], "problem", "hello comes first");
    }

    async fn a_flood_ends_the_flooders_connection_and_nobody_elses(desk: Desk) {
        let agent = desk.agent("Li Na").await;
        let mut calm = Socket::feed(&desk.url(), &agent, None).await;
        calm.wait_type("welcome").await;
        let mut flooder = Socket::feed(&desk.url(), &agent, None).await;
        flooder.wait_type("welcome").await;
        for _ in 0..10_000 {
            if !flooder.send_raw(Message::text(r#"{"type":"ping"}"#)).await {
                break;
            }
        }
        let said = flooder.until_closed().await;
        assert!(said.iter().any(|frame| frame["problem"]["status"] == 429), "{said:?}");
        calm.send(json!({ "type": "ping" })).await;
        calm.wait_type("pong").await;
    }

    async fn presence_shows_who_looks_and_who_types(desk: Desk) {
        let (admin, first, second) = (desk.administrator().await, desk.agent("Li Na").await, desk.agent("Bo").await);
        let ticket = call(&first, &admin.phone_inbox().await, "a lamp").await;
        let mut one = Socket::feed(&desk.url(), &first, None).await;
        one.wait_type("welcome").await;
        one.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
        one.wait_type("presence").await;
        let mut two = Socket::feed(&desk.url(), &second, None).await;
        two.wait_type("welcome").await;
        two.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
        two.send(json!({ "type": "typing", "ticket": ticket["id"], "typing": "note" })).await;
        let typing = json!({ "agent_id": second.id, "typing": "note" });
        one.wait("typing", |frame| frame["viewers"].as_array()?.contains(&typing).then_some(())).await;
        two.tear();
        one.wait("nobody else", |frame| (frame["viewers"].as_array()?.len() == 1).then_some(())).await;
    }

    async fn a_reader_who_is_too_slow_is_told_to_start_afresh_and_misses_nothing(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let ticket = call(&admin, &admin.phone_inbox().await, "a lamp").await;
        let path = format!("/tickets/{}/messages", ticket["id"].as_str().unwrap());
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
        feed.wait_type("presence").await;
        // Nobody reads: the line holds some megabytes, the queue one more.
        for number in 0..120 {
            let text = format!("{number} {}", "long ".repeat(38_000));
            let client_id = uuid::Uuid::from_u128(rand::random()).to_string();
            let note = json!({ "client_id": client_id, "visibility": "note", "text": text, "seen_position": 1000 });
            admin.post(&path, note).await;
        }
        let resync = feed.wait_type("resync").await;
        let seq = log_reached(&admin).await;
        assert!(resync["seq"].as_i64().unwrap() <= seq);
        edit(&admin, &ticket, "priority", json!("normal"), json!("high")).await;
        feed.wait_kind("ticket", |frame| frame["ticket"]["priority"] == "high").await;
    }

    async fn a_stopping_server_says_so(desk: Desk) {
        let agent = desk.agent("Li Na").await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;
        let (frames, ()) = tokio::join!(feed.until_closed(), desk.stop());
        assert_eq!(frames.last().unwrap()["type"], "moved");
    }
}
