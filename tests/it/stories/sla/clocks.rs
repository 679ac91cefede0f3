//! Which clock runs when, who is told, and what a change of policy does.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::time::Length;

use super::{change_default, clock, desk_that_promises, office, set_category, shown, told, write};
use crate::support::desk::both_engines;
use crate::support::smtp::Manner;

both_engines! {
    async fn a_question_starts_the_clocks_and_only_a_persons_answer_meets_the_first(desk: Desk) {
        // 2026-11-22 09:30 UTC, a Sunday.
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600, "resolution_s": 14_400 })).await;
        write(&desk, "1", "").await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 10:30");
        assert_eq!(shown(&admin, "resolution").await, "running 22 13:30");
        let ticket = admin.only_ticket().await;
        let id = ticket["ticket"]["id"].as_str().unwrap().to_owned();
        let note = json!({
            "client_id": uuid::Uuid::from_u128(7).to_string(), "visibility": "note", "text": "who knows?", "seen_position": 9,
        });
        admin.post(&format!("/tickets/{id}/messages"), note).await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 10:30");
        desk.advance(Length::minutes(20)).await;
        admin.reply(&ticket, "We look at it.").await;
        assert_eq!(shown(&admin, "first_response").await, "met 22 10:30");
        set_category(&admin, "solved").await;
        assert_eq!(shown(&admin, "resolution").await, "met 22 13:30");
        assert_eq!(admin.only_ticket().await["ticket"]["sla"]["due_at"], Value::Null);
        // Nothing fires for what is over.
        desk.advance(Length::days(3)).await;
        assert_eq!(told(&admin, "sla_breach").await, 0);
    }

    async fn lunch_night_and_weekend_are_not_business_time(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({})).await;
        let calendar = admin.post("/calendars", office("Asia/Shanghai")).await;
        let terms = json!({ "first_response_s": 3600, "resolution_s": 8 * 3600, "calendar_id": calendar["id"] });
        change_default(&desk, &admin, terms).await;
        // Monday 11:30 in Shanghai: half an hour before lunch, half an hour after.
        desk.advance(Length::minutes(18 * 60)).await;
        write(&desk, "1", "").await;
        assert_eq!(shown(&admin, "first_response").await, "running 23 05:30");
        // The rest of Monday is 5.5 hours, and 2.5 of Tuesday.
        assert_eq!(shown(&admin, "resolution").await, "running 24 03:30");
        let id = admin.only_ticket().await["ticket"]["id"].as_str().unwrap().to_owned();
        let why = admin.get(&format!("/tickets/{id}/sla")).await;
        assert_eq!(why["zone"], "Asia/Shanghai");
        assert!(why["hours"].as_array().unwrap().len() >= 4, "{why:#}");
        assert_eq!(why["clocks"][0]["stretches"][0]["because"], "customer_wrote");
    }

    async fn waiting_for_the_customer_pauses_the_resolution_and_a_policy_change_keeps_the_pause(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600, "resolution_s": 14_400 })).await;
        write(&desk, "1", "").await;
        desk.advance(Length::hours(1)).await;
        admin.reply(&admin.only_ticket().await, "Which lamp?").await;
        set_category(&admin, "waiting").await;
        let paused = clock(&admin, "resolution").await;
        assert_eq!((&paused["state"], &paused["remaining_s"]), (&json!("paused"), &json!(3 * 3600)));
        desk.advance(Length::hours(10)).await;
        write(&desk, "2", "In-Reply-To: <1@example.com>\n").await;
        // An hour had run; three are left from 20:30 on.
        assert_eq!(shown(&admin, "resolution").await, "running 22 23:30");
        let run = change_default(&desk, &admin, json!({ "next_response_s": 1800, "resolution_s": 7200 })).await;
        assert_eq!((&run["state"], &run["done"], &run["moved"]), (&json!("done"), &json!(1), &json!(1)));
        assert_eq!(shown(&admin, "resolution").await, "running 22 21:30");
        assert_eq!(shown(&admin, "next_response").await, "running 22 21:00");
        let id = admin.only_ticket().await["ticket"]["id"].as_str().unwrap().to_owned();
        let why = admin.get(&format!("/tickets/{id}/sla")).await;
        let resolution = why["clocks"].as_array().unwrap().iter().find(|one| one["metric"] == "resolution").unwrap();
        let kinds: Vec<&str> =
            resolution["stretches"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["running", "paused", "running"], "{resolution:#}");
    }

    async fn a_bounce_unmeets_the_first_response(desk: Desk) {
        let (admin, outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600 })).await;
        write(&desk, "1", "").await;
        outside.behave(Manner { to_recipient: Some("550 5.1.1 no such mailbox".to_owned()), ..Manner::default() });
        desk.advance(Length::minutes(10)).await;
        admin.reply(&admin.only_ticket().await, "Here is your lamp.").await;
        assert_eq!(shown(&admin, "first_response").await, "met 22 10:30");
        desk.settle().await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 10:30");
        desk.advance(Length::hours(1)).await;
        assert_eq!(shown(&admin, "first_response").await, "breached 22 10:30");
    }

    async fn warning_and_breach_fire_once_each_and_are_withdrawn_when_they_would_not_have_been(desk: Desk) {
        let levels = json!([
            { "metric": "first_response", "when": "percent", "value": 50, "to": ["supervisors"] },
            { "metric": "first_response", "when": "breach", "value": 0, "to": ["supervisors"] },
            { "metric": "first_response", "when": "after", "value": 3600, "to": ["supervisors"] },
        ]);
        let terms = |first: i64| json!({ "first_response_s": first, "levels": levels });
        let (admin, _outside) = desk_that_promises(&desk, terms(3600)).await;
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(29)).await;
        assert_eq!(told(&admin, "sla_warning").await, 0);
        desk.advance(Length::minutes(1)).await;
        assert_eq!(told(&admin, "sla_warning").await, 1);
        desk.advance(Length::minutes(30)).await;
        desk.advance(Length::minutes(1)).await;
        assert_eq!((told(&admin, "sla_warning").await, told(&admin, "sla_breach").await), (1, 1));
        assert_eq!(shown(&admin, "first_response").await, "breached 22 10:30");
        desk.advance(Length::hours(1)).await;
        assert_eq!(told(&admin, "sla_level").await, 1);
        // Six hours would have been promised: neither the breach nor the level was.
        change_default(&desk, &admin, terms(6 * 3600)).await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 15:30");
        let id = admin.only_ticket().await["ticket"]["id"].as_str().unwrap().to_owned();
        let why = admin.get(&format!("/tickets/{id}/sla")).await;
        let breach = why["clocks"][0]["levels"].as_array().unwrap().iter().find(|one| one["key"] == "breach").unwrap();
        assert!(breach["withdrawn_at"].is_string(), "{breach}");
        desk.advance(Length::minutes(239)).await;
        // It came again.
        assert_eq!(told(&admin, "sla_breach").await, 2);
    }

    async fn a_change_is_tried_before_it_holds(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 14_400 })).await;
        write(&desk, "1", "").await;
        desk.advance(Length::hours(2)).await;
        let policy = json!({
            "id": null, "name": "Mail", "conditions": [{ "field": "channel", "op": "is", "values": ["email"] }],
            "calendar_id": null, "first_response_s": 3600, "next_response_s": null, "resolution_s": null,
            "levels": [], "notify_calendar_id": null,
        });
        let run = admin.post("/sla-policies/preview", json!({ "policy": policy })).await;
        desk.settle().await;
        let run = admin.get(&format!("/sla-runs/{}", run["id"].as_str().unwrap())).await;
        let counts = [&run["state"], &run["total"], &run["moved"], &run["become_overdue"], &run["no_longer_overdue"]];
        assert_eq!(counts, [&json!("done"), &json!(1), &json!(1), &json!(1), &json!(0)], "{run}");
        // Nothing has changed yet.
        assert_eq!(shown(&admin, "first_response").await, "running 22 13:30");
        let arrival = json!({ "arrives_at": "2026-11-27T17:50:00Z", "facts": { "channel": "email" }, "draft": { "policy": policy } });
        let why = admin.post("/sla/simulate", arrival).await;
        assert_eq!(why["policy"]["name"], "Mail");
        assert_eq!(why["clocks"][0]["due_at"], "2026-11-27T18:50:00.000Z");
        let mut made = policy.clone();
        made.as_object_mut().unwrap().remove("id");
        admin.post("/sla-policies", made).await;
        desk.settle().await;
        assert_eq!(shown(&admin, "first_response").await, "breached 22 10:30");
        let id = admin.only_ticket().await["ticket"]["id"].as_str().unwrap().to_owned();
        let why = admin.get(&format!("/tickets/{id}/sla")).await;
        assert_eq!(why["because"], json!([{ "field": "channel", "op": "is", "values": ["email"], "actual": ["email"] }]));
    }

    async fn a_ticket_that_is_over_keeps_the_verdict_of_its_policy(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600, "resolution_s": 14_400 })).await;
        write(&desk, "1", "").await;
        desk.advance(Length::hours(2)).await;
        admin.reply(&admin.only_ticket().await, "Sorry, late.").await;
        set_category(&admin, "solved").await;
        let before = admin.only_ticket().await["ticket"]["sla"].clone();
        change_default(&desk, &admin, json!({ "first_response_s": 36_000, "resolution_s": 60 })).await;
        assert_eq!(admin.only_ticket().await["ticket"]["sla"], before);
        let late = clock(&admin, "first_response").await;
        assert!(late["state"] == "breached" && late["met_at"].is_string(), "{late}");
    }

    async fn the_soonest_due_comes_first_in_a_list(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600 })).await;
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(5)).await;
        write(&desk, "2", "").await;
        let by_due = admin.get("/tickets?view=open&order=due&limit=1").await;
        let newest = admin.get("/tickets?view=open&limit=1").await;
        let next = admin.get(&format!("/tickets?view=open&order=due&limit=1&after={}", by_due["next"].as_str().unwrap())).await;
        assert_ne!(by_due["items"][0]["id"], newest["items"][0]["id"]);
        assert_eq!(next["items"][0]["id"], newest["items"][0]["id"]);
    }

    async fn merging_stops_the_clocks_of_what_is_gone_and_brings_over_what_still_waits(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600, "next_response_s": 1800 })).await;
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(5)).await;
        write(&desk, "2", "").await;
        let tickets = admin.tickets("open").await;
        let (late, early) = (&tickets[0], &tickets[1]);
        let target = admin.get(&format!("/tickets/{}", early["id"].as_str().unwrap())).await;
        admin.reply(&target, "Here you are.").await;
        let path = format!("/tickets/{}/merge", late["id"].as_str().unwrap());
        admin.post(&path, json!({ "into": early["id"] })).await;
        let gone = admin.get(&format!("/tickets/{}/sla", late["id"].as_str().unwrap())).await;
        assert_eq!(gone["clocks"][0]["state"], "stopped", "{gone:#}");
        let kept = admin.get(&format!("/tickets/{}/sla", early["id"].as_str().unwrap())).await;
        let next = kept["clocks"].as_array().unwrap().iter().find(|one| one["metric"] == "next_response").unwrap();
        // Asked at 09:35, half an hour.
        assert_eq!((&next["state"], &next["due_at"]), (&json!("running"), &json!("2026-11-22T10:05:00.000Z")));
        desk.advance(Length::hours(2)).await;
        let gone = admin.get(&format!("/tickets/{}/sla", late["id"].as_str().unwrap())).await;
        assert_eq!(gone["clocks"][0]["state"], "stopped", "{gone:#}");
    }

    async fn people_are_told_in_their_hours_and_not_of_what_was_settled_before_them(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({})).await;
        let calendar = admin.post("/calendars", office("Asia/Shanghai")).await;
        let terms = json!({
            "first_response_s": 3600, "notify_calendar_id": calendar["id"],
            "levels": [{ "metric": "first_response", "when": "breach", "value": 0, "to": ["supervisors"] }],
        });
        change_default(&desk, &admin, terms).await;
        write(&desk, "1", "").await;
        let first = admin.only_ticket().await;
        write(&desk, "2", "").await;
        desk.advance(Length::hours(2)).await;
        // It is Sunday evening in Shanghai.
        assert_eq!(told(&admin, "sla_breach").await, 0);
        admin.reply(&first, "Here you are.").await;
        // Monday, 09:00 in Shanghai.
        desk.advance(Length::minutes(13 * 60 + 30)).await;
        assert_eq!(told(&admin, "sla_breach").await, 1);
    }

    async fn agents_ask_why_but_only_administrators_promise(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600 })).await;
        write(&desk, "1", "").await;
        let agent = desk.agent("Li Na").await;
        let id = admin.only_ticket().await["ticket"]["id"].as_str().unwrap().to_owned();
        assert_eq!(agent.get(&format!("/tickets/{id}/sla")).await["policy"]["no_sla"], false);
        for (method, path) in [(Method::GET, "/sla-policies"), (Method::POST, "/calendars"), (Method::POST, "/sla/simulate")] {
            let (status, problem) = agent.call(method, path, Some(office("UTC"))).await;
            assert_eq!(status.as_u16(), 403, "{path} {problem}");
        }
        let (status, problem) = admin.call(Method::POST, "/calendars", Some(office("Mars/Olympus"))).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/zone")), "{problem}");
    }
}
