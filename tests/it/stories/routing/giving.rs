//! Tickets are given out: by load, capacity, channel, language, skill, and to whoever answers for them already.

use serde_json::{Value, json};

use super::{Floor, automatic, edit, is, mail, put, told_of};
use crate::support::desk::both_engines;
use crate::support::socket::Socket;

pub(super) fn codes(reasons: &Value) -> Vec<&str> {
    let all = reasons.as_array().unwrap();
    all.iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

pub(super) fn passed_over<'v>(decision: &'v Value, agent: &Value) -> &'v str {
    let all = decision["passed_over"].as_array().unwrap();
    let found = all.iter().find(|one| one["agent_id"] == *agent);
    found.map_or("", |one| one["reason"]["code"].as_str().unwrap())
}

both_engines! {
    async fn a_ticket_goes_to_whoever_is_here_and_least_loaded_and_says_why(desk: Desk) {
        let (li, bo, cai) = (desk.agent("Li Na").await, desk.agent("Bo").await, desk.agent("Cai").await);
        let floor = Floor::open(&desk, &[&li, &bo, &cai]).await;
        is(&desk, &li, "online").await;
        let first = mail(&desk, &floor, "anna", "Hello").await;
        assert_eq!(floor.assignee(&first).await, json!(li.id));
        let why = floor.why(&first).await;
        assert_eq!((&why["how"], codes(&why["decision"]["reasons"])), (&json!("routed"), vec!["only_one"]));
        assert_eq!(passed_over(&why["decision"], &json!(bo.id)), "offline");

        is(&desk, &bo, "online").await;
        let second = mail(&desk, &floor, "berta", "Hello").await;
        assert_eq!(floor.assignee(&second).await, json!(bo.id));
        let why = floor.why(&second).await;
        assert_eq!(codes(&why["decision"]["reasons"]), ["least_loaded"]);
        assert_eq!(passed_over(&why["decision"], &json!(li.id)), "busier");

        // Both have one now; Li has waited longer for the next.
        let third = mail(&desk, &floor, "clara", "Hello").await;
        assert_eq!(floor.assignee(&third).await, json!(li.id));
        assert_eq!(codes(&floor.why(&third).await["decision"]["reasons"]), ["longest_idle"]);
        assert!(told_of(&li, "assigned").await == 2, "each is told of what they get");

        let (status, _) = edit(&floor.admin, &third, "assignee", json!(li.id), json!(bo.id)).await;
        assert!(status.is_success());
        let why = floor.why(&third).await;
        assert_eq!((&why["how"], &why["by"]["id"]), (&json!("person"), &json!(floor.admin.id)));
        assert_eq!(why["decision"], json!(null), "another decided since");
    }

    async fn the_backlog_drains_oldest_first_the_moment_somebody_has_room(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        floor.set(&li, &json!({ "capacity": 1 })).await;
        is(&desk, &li, "online").await;
        let mut tickets = Vec::new();
        for name in ["anna", "berta", "clara"] {
            tickets.push(mail(&desk, &floor, name, "Hello").await);
        }
        for (place, expected) in [Some(li.id), None, None].into_iter().enumerate() {
            assert_eq!(floor.assignee(&tickets[place]).await, json!(expected));
        }
        let why = floor.why(&tickets[1]).await;
        assert_eq!((&why["how"], codes(&why["waits"]["reasons"])), (&json!("nobody"), vec!["nobody_is_free"]));
        assert_eq!(passed_over(&why["waits"], &json!(li.id)), "full");

        floor.answer(&desk, &li, &tickets[0], true).await;
        assert_eq!(floor.assignee(&tickets[1]).await, json!(li.id), "the oldest that waits");
        assert_eq!(floor.assignee(&tickets[2]).await, json!(null));
        // Waiting for the customer takes no capacity.
        let statuses = floor.admin.get("/statuses").await["items"].clone();
        let id = |key: &str| {
            let all = statuses.as_array().unwrap();
            all.iter().find(|one| one["key"] == key).unwrap()["id"].clone()
        };
        let before = floor.ticket(&tickets[1]).await["status_id"].clone();
        let (status, _) = edit(&li, &tickets[1], "status", before, id("waiting")).await;
        assert!(status.is_success());
        desk.settle().await;
        assert_eq!(floor.assignee(&tickets[2]).await, json!(li.id));
        // More room, and what is unassigned by hand, are given out too.
        let (status, _) = edit(&floor.admin, &tickets[2], "assignee", json!(li.id), json!(null)).await;
        assert!(status.is_success());
        desk.settle().await;
        assert_eq!(floor.assignee(&tickets[2]).await, json!(li.id));
    }

    async fn a_chat_takes_more_of_an_agent_than_a_mail(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        floor.set(&li, &json!({ "capacity": 5 })).await;
        let chat = json!({
            "name": "Chat", "channel": "chat", "team_id": floor.team,
            "settings": { "color": "#0f766e", "title": "Shop", "greeting": "Hi", "allowed_origins": [], "ask_email": false },
        });
        let chat = floor.admin.post("/inboxes", chat).await;
        is(&desk, &li, "online").await;
        let mut chats = Vec::new();
        for text in ["one", "two"] {
            desk.clock.advance(shouwen_core::time::Length::seconds(1));
            let mut visitor = Socket::visitor(&desk.url(), chat["widget_key"].as_str().unwrap(), None, None).await;
            visitor.wait_type("welcome").await;
            visitor.send(json!({ "type": "send", "client_id": text, "text": text, "attachment_ids": [] })).await;
            visitor.wait_type("ack").await;
            desk.settle().await;
            chats.push(visitor);
        }
        let all = floor.admin.tickets("all").await;
        let given: Vec<&Value> = all.iter().rev().map(|ticket| &ticket["assignee_id"]).collect();
        assert_eq!(given, [&json!(li.id), &json!(null)], "two chats weigh six");
        let own = li.get("/me/presence").await;
        assert_eq!((&own["load"], &own["capacity"]), (&json!(3), &json!(5)));
        // What room is left is kept for the chat that waits longer.
        let letter = mail(&desk, &floor, "anna", "Hello").await;
        assert_eq!(floor.assignee(&letter).await, json!(null));
        let mut weights = automatic(&json!({}));
        weights["weights"]["chat"] = json!(2);
        put(&floor.admin, &format!("/teams/{}/routing", floor.team), weights).await;
        desk.settle().await;
        assert_eq!(floor.assignee(&letter).await, json!(li.id), "two chats of two and a mail");
        assert_eq!(li.get("/me/presence").await["load"], 5);
    }

    async fn language_and_skill_decide_who_can(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        let skill = floor.admin.post("/skills", json!({ "name": "Invoices" })).await["id"].clone();
        floor.set(&li, &json!({ "languages": ["zh"], "capacity": 5 })).await;
        floor.set(&bo, &json!({ "languages": ["en"], "skill_ids": [skill] })).await;
        is(&desk, &li, "online").await;
        is(&desk, &bo, "online").await;
        for (name, text, expected) in [("anna", "灯坏了，请换货", &li), ("berta", "灯还没有到货", &li)] {
            let ticket = mail(&desk, &floor, name, text).await;
            assert_eq!(floor.assignee(&ticket).await, json!(expected.id), "{text}");
            let why = floor.why(&ticket).await;
            assert_eq!(codes(&why["decision"]["reasons"])[0], "speaks");
            assert_eq!(passed_over(&why["decision"], &json!(bo.id)), "does_not_speak");
        }
        let korean = mail(&desk, &floor, "clara", "주문이 아직 오지 않았어요").await;
        assert_eq!(floor.assignee(&korean).await, json!(bo.id), "nobody speaks it, so the least loaded");
        assert_eq!(codes(&floor.why(&korean).await["decision"]["reasons"])[0], "nobody_speaks");

        let needs = automatic(&json!({ "skill_needs": [{ "skill_id": skill, "channel": "email" }] }));
        put(&floor.admin, &format!("/teams/{}/routing", floor.team), needs).await;
        let invoice = mail(&desk, &floor, "dora", "灯的发票在哪里").await;
        assert_eq!(floor.assignee(&invoice).await, json!(null), "who speaks it lacks the skill, who has it does not speak");
        floor.set(&bo, &json!({ "languages": ["en", "zh"], "skill_ids": [skill] })).await;
        desk.settle().await;
        assert_eq!(floor.assignee(&invoice).await, json!(bo.id));
        assert_eq!(codes(&floor.why(&invoice).await["decision"]["reasons"]), ["has_skill", "speaks", "only_one"]);
        let (status, problem) = floor.admin.call(reqwest::Method::DELETE, &format!("/skills/{}", skill.as_str().unwrap()), None).await;
        assert_eq!(status, 409, "{problem}");
    }

    async fn the_customers_own_agent_and_their_tiers_come_first(desk: Desk) {
        let (li, bo, cai) = (desk.agent("Li Na").await, desk.agent("Bo").await, desk.agent("Cai").await);
        let floor = Floor::open(&desk, &[&li, &bo, &cai]).await;
        let tier = floor.admin.post("/tiers", json!({ "name": "Gold", "rank": 5, "dedicated_agent_id": bo.id })).await;
        let waits = mail(&desk, &floor, "anna", "Hello").await;
        let customer = floor.admin.get(&format!("/tickets/{waits}")).await["customer"]["id"].as_str().unwrap().to_owned();
        let path = format!("/customers/{customer}");
        let shown = floor.admin.patch(&path, json!({ "tier": "gold" })).await;
        assert_eq!((&shown["tier_agent_id"], &shown["dedicated_agent_id"]), (&json!(bo.id), &json!(null)));
        for who in [&li, &bo, &cai] {
            is(&desk, who, "away").await;
        }
        is(&desk, &bo, "online").await;
        assert_eq!(floor.assignee(&waits).await, json!(bo.id));
        assert_eq!(codes(&floor.why(&waits).await["decision"]["reasons"]), ["tier_agent"]);

        let shown = floor.admin.patch(&path, json!({ "dedicated_agent_id": cai.id })).await;
        assert_eq!(shown["dedicated_agent_id"], json!(cai.id));
        assert_eq!(floor.admin.get(&format!("/tickets/{waits}")).await["customer"]["dedicated_agent_id"], json!(cai.id));
        for who in [&li, &cai] {
            is(&desk, who, "online").await;
        }
        let (status, _) = edit(&floor.admin, &waits, "assignee", json!(bo.id), json!(null)).await;
        assert!(status.is_success());
        desk.settle().await;
        assert_eq!(floor.assignee(&waits).await, json!(cai.id));
        let tier = tier["id"].as_str().unwrap();
        let changed = floor.admin.patch(&format!("/tiers/{tier}"), json!({ "dedicated_agent_id": null })).await;
        assert_eq!((&changed["dedicated_agent_id"], &changed["rank"]), (&json!(null), &json!(5)));
    }

    async fn a_ticket_comes_back_to_its_owner_only_while_they_are_here(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        is(&desk, &li, "online").await;
        let ticket = mail(&desk, &floor, "anna", "Hello").await;
        floor.answer(&desk, &li, &ticket, true).await;
        is(&desk, &li, "away").await;
        is(&desk, &bo, "online").await;
        floor.customer_calls(&desk, &ticket).await;
        let now = floor.ticket(&ticket).await;
        assert_eq!((&now["category"], &now["assignee_id"], &now["owner_id"]), (&json!("open"), &json!(bo.id), &json!(li.id)));
        assert_eq!(passed_over(&floor.why(&ticket).await["decision"], &json!(li.id)), "away");

        floor.answer(&desk, &bo, &ticket, true).await;
        assert_eq!(floor.ticket(&ticket).await["owner_id"], json!(li.id), "an answer by another moves no ownership");
        is(&desk, &bo, "away").await;
        is(&desk, &li, "online").await;
        for other in ["berta", "clara"] {
            mail(&desk, &floor, other, "Hello").await;
        }
        floor.customer_calls(&desk, &ticket).await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id));
        assert_eq!(codes(&floor.why(&ticket).await["decision"]["reasons"]), ["owner"]);

        // Here all the time: nothing moves.
        floor.answer(&desk, &li, &ticket, true).await;
        is(&desk, &bo, "online").await;
        floor.customer_calls(&desk, &ticket).await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id));
    }

    async fn spam_takes_nobodys_time(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        floor.set(&li, &json!({ "capacity": 1 })).await;
        is(&desk, &li, "online").await;
        let spam = mail(&desk, &floor, "anna", "Buy lamps").await;
        let waits = mail(&desk, &floor, "berta", "Hello").await;
        assert_eq!((floor.assignee(&spam).await, floor.assignee(&waits).await), (json!(li.id), json!(null)));
        floor.admin.post(&format!("/tickets/{spam}/spam"), json!({ "block_sender": false })).await;
        desk.settle().await;
        assert_eq!(floor.assignee(&waits).await, json!(li.id), "there is room again");
        edit(&floor.admin, &spam, "assignee", json!(li.id), json!(null)).await;
        floor.answer(&desk, &li, &waits, true).await;
        assert_eq!(floor.assignee(&spam).await, json!(null), "nobody is given spam");
        let (status, _) = floor.admin.call(reqwest::Method::DELETE, &format!("/tickets/{spam}/spam"), None).await;
        assert!(status.is_success());
        desk.settle().await;
        assert_eq!(floor.assignee(&spam).await, json!(li.id), "no spam after all");
    }

    async fn a_team_that_does_not_give_out_its_tickets_leaves_them_alone(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        let off = automatic(&json!({ "auto_assign": false }));
        put(&floor.admin, &format!("/teams/{}/routing", floor.team), off).await;
        is(&desk, &li, "online").await;
        let ticket = mail(&desk, &floor, "anna", "Hello").await;
        assert_eq!(floor.assignee(&ticket).await, json!(null));
        let why = floor.why(&ticket).await;
        assert_eq!((&why["how"], &why["waits"]), (&json!("nobody"), &json!(null)));
        put(&floor.admin, &format!("/teams/{}/routing", floor.team), automatic(&json!({}))).await;
        desk.settle().await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id), "switched on, it gives out what waits");
    }
}
