//! The edges at which helpdesks are known to break a promise, or to keep it only on paper.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::Length;

use super::{change_default, clock, desk_that_promises, office, set_category, shown, told, write};
use crate::support::desk::both_engines;
use crate::support::person::Person;

fn breach_of(metric: &str) -> Value {
    json!([{ "metric": metric, "when": "breach", "value": 0, "to": ["supervisors"] }])
}

/// What the ticket says of a metric when it is asked why.
async fn why(person: &Person, ticket: &Value, metric: &str) -> Value {
    let why = person
        .get(&format!("/tickets/{}/sla", ticket.as_str().unwrap()))
        .await;
    let mut clocks = why["clocks"].as_array().unwrap().clone();
    clocks.retain(|one| one["metric"] == metric && one["current"] == true);
    clocks.pop().unwrap_or_default()
}

async fn new_ticket(person: &Person, path: &str) -> Value {
    person.tickets(path).await[0]["id"].clone()
}

both_engines! {
    async fn a_night_that_loses_an_hour_loses_no_business_time(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({})).await;
        let mut berlin = office("Europe/Berlin");
        let night = json!([{ "from": "00:00", "to": "06:00" }]);
        berlin["week"]["sat"] = night.clone();
        berlin["week"]["sun"] = night;
        let calendar = admin.post("/calendars", berlin).await;
        change_default(&desk, &admin, json!({ "first_response_s": 4 * 3600, "calendar_id": calendar["id"] })).await;
        // Sunday 2027-03-28, 01:00 in Berlin: at 02:00 the clocks go to 03:00.
        desk.clock.advance(desk_time("2027-03-28T00:00:00Z").since(desk.app.now()));
        write(&desk, "1", "").await;
        // One hour before the gap, and three after it: 06:00 in Berlin is 04:00 UTC. Nobody stays signed in so long.
        let admin = desk.hire("Bea", BuiltInRole::Administrator).await;
        assert_eq!(shown(&admin, "first_response").await, "running 28 04:00");
        // The night that has 02:30 twice: Sunday 2027-10-31. Four hours are over at 04:00, not at 05:00.
        desk.clock.advance(desk_time("2027-10-30T23:00:00Z").since(desk.app.now()));
        write(&desk, "2", "").await;
        let admin = desk.hire("Cem", BuiltInRole::Administrator).await;
        let second = new_ticket(&admin, "all").await;
        assert_eq!(why(&admin, &second, "first_response").await["due_at"], "2027-10-31T03:00:00.000Z");
    }

    async fn solving_stops_what_nobody_answered_and_reopening_starts_a_first_answer_anew(desk: Desk) {
        let terms = json!({ "first_response_s": 3600, "resolution_s": 14_400, "levels": breach_of("first_response") });
        let (admin, _outside) = desk_that_promises(&desk, terms).await;
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(20)).await;
        set_category(&admin, "solved").await;
        assert_eq!(shown(&admin, "first_response").await, "stopped -");
        desk.advance(Length::days(2)).await;
        assert_eq!(told(&admin, "sla_breach").await, 0);
        // The customer comes back: forty minutes were left of the question that nobody answered.
        write(&desk, "2", "In-Reply-To: <1@example.com>\n").await;
        assert_eq!(shown(&admin, "first_response").await, "running 24 10:30");
        assert_eq!(shown(&admin, "resolution").await, "running 24 13:30");
        admin.reply(&admin.only_ticket().await, "Here.").await;
        set_category(&admin, "solved").await;
        desk.advance(Length::hours(1)).await;
        write(&desk, "3", "In-Reply-To: <1@example.com>\n").await;
        let again = clock(&admin, "first_response").await;
        assert_eq!((&again["state"], &again["cycle"]), (&json!("running"), &json!(2)), "{again}");
    }

    async fn spam_stops_every_clock_and_no_spam_after_all_lets_them_go_on(desk: Desk) {
        let terms = json!({ "first_response_s": 3600, "levels": breach_of("first_response") });
        let (admin, _outside) = desk_that_promises(&desk, terms).await;
        write(&desk, "1", "").await;
        let id = new_ticket(&admin, "all").await;
        let path = format!("/tickets/{}/spam", id.as_str().unwrap());
        desk.advance(Length::minutes(30)).await;
        admin.post(&path, json!({ "block_sender": false })).await;
        desk.advance(Length::hours(5)).await;
        assert_eq!(why(&admin, &id, "first_response").await["state"], "stopped");
        assert_eq!(told(&admin, "sla_breach").await, 0);
        assert!(admin.call(Method::DELETE, &path, None).await.0.is_success());
        // Half an hour had run, five hours did not.
        assert_eq!(shown(&admin, "first_response").await, "running 22 15:30");
        desk.advance(Length::minutes(30)).await;
        assert_eq!(told(&admin, "sla_breach").await, 1);
    }

    async fn what_is_split_off_waits_since_it_was_asked(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600, "next_response_s": 1800 })).await;
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(10)).await;
        admin.reply(&admin.only_ticket().await, "Here is your lamp.").await;
        desk.advance(Length::minutes(5)).await;
        write(&desk, "2", "In-Reply-To: <1@example.com>\n").await;
        assert_eq!(shown(&admin, "next_response").await, "running 22 10:15");
        let whole = admin.only_ticket().await;
        let second = whole["messages"].as_array().unwrap().iter().find(|one| one["position"] == 3).unwrap().clone();
        desk.advance(Length::minutes(10)).await;
        let path = format!("/tickets/{}/split", whole["ticket"]["id"].as_str().unwrap());
        let new = admin.post(&path, json!({ "message_ids": [second["id"]], "subject": "Another matter" })).await;
        // There it is the first question, asked at 09:45; here nobody asks any more.
        let there = why(&admin, &new["ticket"]["id"], "first_response").await;
        assert_eq!((&there["state"], &there["due_at"]), (&json!("running"), &json!("2026-11-22T10:45:00.000Z")), "{there}");
        assert_eq!(why(&admin, &whole["ticket"]["id"], "next_response").await, Value::Null);
    }

    async fn an_answer_is_never_due_twice_and_the_desk_that_spoke_last_is_never_late(desk: Desk) {
        let levels = json!([breach_of("first_response")[0], breach_of("next_response")[0]]);
        let terms = json!({ "first_response_s": 7200, "next_response_s": 1800, "levels": levels });
        let (admin, _outside) = desk_that_promises(&desk, terms).await;
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(10)).await;
        write(&desk, "2", "In-Reply-To: <1@example.com>\n").await;
        // The shorter promise of later answers does not overrule that of the first.
        assert_eq!(shown(&admin, "next_response").await, "none -");
        desk.advance(Length::minutes(40)).await;
        assert_eq!(told(&admin, "sla_breach").await, 0);
        assert_eq!(shown(&admin, "first_response").await, "running 22 11:30");
        admin.reply(&admin.only_ticket().await, "Both answered.").await;
        desk.advance(Length::days(5)).await;
        assert_eq!(told(&admin, "sla_breach").await, 0, "the desk spoke last");
        assert_eq!(admin.only_ticket().await["ticket"]["sla"]["due_at"], Value::Null);
    }

    async fn thanks_that_are_marked_make_nobody_late(desk: Desk) {
        let terms = json!({ "first_response_s": 3600, "next_response_s": 1800, "levels": breach_of("next_response") });
        let (admin, _outside) = desk_that_promises(&desk, terms).await;
        write(&desk, "1", "").await;
        admin.reply(&admin.only_ticket().await, "Here is your lamp.").await;
        desk.advance(Length::minutes(5)).await;
        write(&desk, "2", "In-Reply-To: <1@example.com>\n").await;
        assert_eq!(shown(&admin, "next_response").await, "running 22 10:05");
        let ticket = admin.only_ticket().await;
        let id = ticket["ticket"]["id"].as_str().unwrap();
        let path = |position: i64| {
            let messages = ticket["messages"].as_array().unwrap();
            let message = messages.iter().find(|one| one["position"] == position).unwrap();
            format!("/tickets/{id}/messages/{}/no-reply-needed", message["id"].as_str().unwrap())
        };
        let shown_ticket = admin.post(&path(3), json!({})).await;
        assert_eq!(shown_ticket["waiting_since"], Value::Null);
        assert_eq!(shown(&admin, "next_response").await, "none -");
        desk.advance(Length::hours(2)).await;
        assert_eq!(told(&admin, "sla_breach").await, 0);
        // It was a question after all, and nobody answered it.
        let (status, again) = admin.call(Method::DELETE, &path(3), None).await;
        assert!(status.is_success() && again["waiting_since"].is_string(), "{again}");
        desk.settle().await;
        assert_eq!((shown(&admin, "next_response").await, told(&admin, "sla_breach").await), ("breached 22 10:05".to_owned(), 1));
        // An answer of ours waits for nothing, and another ticket's message is not here.
        assert_eq!(admin.call(Method::POST, &path(2), Some(json!({}))).await.0, 409);
        let elsewhere = format!("/tickets/{id}/messages/{}/no-reply-needed", uuid::Uuid::from_u128(7));
        assert_eq!(admin.call(Method::POST, &elsewhere, Some(json!({}))).await.0, 404);
    }

    async fn a_ticket_that_moves_to_another_policy_keeps_its_age(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 14_400 })).await;
        let urgent = json!({
            "name": "Urgent", "conditions": [{ "field": "priority", "op": "is", "values": ["urgent"] }],
            "calendar_id": null, "first_response_s": 3600, "next_response_s": null, "resolution_s": null,
            "levels": breach_of("first_response"), "notify_calendar_id": null,
        });
        admin.post("/sla-policies", urgent).await;
        write(&desk, "1", "").await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 13:30");
        desk.advance(Length::minutes(50)).await;
        edit_priority(&admin, "normal", "urgent").await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 10:30");
        desk.advance(Length::minutes(10)).await;
        assert_eq!(told(&admin, "sla_breach").await, 1);
        // Back under the longer promise it is not late, and was not.
        edit_priority(&admin, "urgent", "normal").await;
        assert_eq!(shown(&admin, "first_response").await, "running 22 13:30");
        let id = admin.only_ticket().await["ticket"]["id"].clone();
        let events = admin.get(&format!("/tickets/{}/sla", id.as_str().unwrap())).await;
        assert_eq!(events["policy"]["no_sla"], false, "{events}");
    }

    async fn whoever_sets_promises_reads_them_without_the_board(desk: Desk) {
        let admin = desk.administrator().await;
        let role = json!({ "name": "Promises", "permissions": ["admin.sla"], "scope": "all" });
        let role = admin.post("/roles", role).await;
        let setter = desk.hire("Su", BuiltInRole::Agent).await;
        admin.patch(&format!("/agents/{}", setter.id), json!({ "role_id": role["id"] })).await;
        for path in ["/sla-policies", "/calendars", "/sla-runs", "/calendars/regions"] {
            setter.get(path).await;
        }
        let (status, problem) = setter.call(Method::GET, "/board", None).await;
        assert_eq!(status.as_u16(), 403, "{problem}");
        let (status, problem) = setter.call(Method::POST, "/calendars", Some(office("UTC"))).await;
        assert!(status.is_success(), "{problem}");
    }

    async fn agents_who_see_little_see_what_is_due_soonest_of_it(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "first_response_s": 3600 })).await;
        let li = desk.agent("Li Na").await;
        let (own, others) = (desk.team("Lamps", &[&li]).await, desk.team("Others", &[]).await);
        let mut ids = Vec::new();
        for (id, team) in [("1", Some(others)), ("2", Some(own)), ("3", None), ("4", Some(others)), ("5", Some(own))] {
            desk.advance(Length::minutes(1)).await;
            write(&desk, id, "").await;
            let ticket = new_ticket(&admin, "all").await;
            if id == "4" {
                // Hers to work on, though it is the others'.
                let edits = json!({ "edits": [{ "field": "assignee", "old": null, "new": li.id }] });
                admin.patch(&format!("/tickets/{}", ticket.as_str().unwrap()), edits).await;
            }
            if let Some(team) = team {
                let edits = json!({ "edits": [{ "field": "team", "old": null, "new": team }] });
                admin.patch(&format!("/tickets/{}", ticket.as_str().unwrap()), edits).await;
            }
            ids.push(ticket);
        }
        for view in ["all", "open"] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let page = li.get(&format!("/tickets?view={view}&order=due&limit=2{after}")).await;
                seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, [ids[1].clone(), ids[2].clone(), ids[3].clone(), ids[4].clone()], "{view}");
        }
    }
}

fn desk_time(at: &str) -> shouwen_core::time::Timestamp {
    serde_json::from_value(json!(at)).unwrap()
}

async fn edit_priority(person: &Person, from: &str, to: &str) {
    let id = person.only_ticket().await["ticket"]["id"].clone();
    let edits = json!({ "edits": [{ "field": "priority", "old": from, "new": to }] });
    person
        .patch(&format!("/tickets/{}", id.as_str().unwrap()), edits)
        .await;
}
