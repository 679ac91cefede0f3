//! Putting work aside is said aloud: it needs a reason, and whoever does it while a customer waits is seen.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::Length;

use super::{desk_that_promises, set_category, write};
use crate::support::desk::both_engines;
use crate::support::person::Person;

async fn choose(person: &Person, category: &str, reason: Value) -> (StatusCode, Value) {
    let ticket = person.only_ticket().await["ticket"].clone();
    let statuses = person.get("/bootstrap").await["statuses"].clone();
    let status = statuses
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["category"] == category)
        .unwrap()
        .clone();
    let edit =
        json!({ "field": "status", "old": ticket["status_id"], "new": status["id"], "reason": reason });
    let path = format!("/tickets/{}", ticket["id"].as_str().unwrap());
    person
        .call(Method::PATCH, &path, Some(json!({ "edits": [edit] })))
        .await
}

both_engines! {
    async fn whoever_puts_work_aside_says_why(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({ "resolution_s": 14_400, "pause_on_hold": true })).await;
        write(&desk, "1", "").await;
        for (category, reason) in [("on_hold", Value::Null), ("on_hold", json!("  ")), ("waiting", Value::Null)] {
            let (status, refused) = choose(&admin, category, reason.clone()).await;
            assert_eq!(status, 422, "{category} {reason}");
            assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/edits/reason"), &json!("pause_reason")));
        }
        let (status, _) = choose(&admin, "on_hold", json!("long ".repeat(101))).await;
        assert_eq!(status, 422);
        assert_eq!(admin.only_ticket().await["ticket"]["category"], "new");

        desk.advance(Length::minutes(30)).await;
        let (status, _) = choose(&admin, "on_hold", json!(" The maker is asked ")).await;
        assert!(status.is_success());
        let ticket = admin.only_ticket().await;
        let chosen: Vec<&Value> = ticket["activities"].as_array().unwrap().iter().filter(|one| one["field"] == "status").collect();
        assert_eq!(chosen.iter().map(|one| &one["reason"]).collect::<Vec<_>>(), [&json!("The maker is asked")]);
        // Whoever was answered waits for nobody: no reason is asked for.
        admin.reply(&ticket, "We have asked the maker.").await;
        let (status, _) = choose(&admin, "waiting", Value::Null).await;
        assert!(status.is_success());
    }

    async fn supervisors_see_what_rests_while_a_customer_waits(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({})).await;
        assert_eq!(admin.get("/sla/pauses").await, json!({ "items": [], "next": null }));
        write(&desk, "1", "").await;
        desk.advance(Length::minutes(10)).await;
        for minute in 0..31 {
            set_category(&admin, if minute % 2 == 0 { "on_hold" } else { "waiting" }).await;
            desk.advance(Length::minutes(1)).await;
        }
        set_category(&admin, "open").await;
        let ticket = admin.only_ticket().await;
        admin.reply(&ticket, "Here it is.").await;
        let (status, _) = choose(&admin, "waiting", json!("nobody waits now")).await;
        assert!(status.is_success());

        let page = admin.get("/sla/pauses").await;
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), 30);
        assert_eq!((&items[0]["category"], &items[0]["reason"]), (&json!("on_hold"), &json!("the story asks for it")));
        assert_eq!((&items[0]["by"]["id"], &items[0]["ticket_number"]), (&json!(admin.id), &ticket["ticket"]["number"]));
        assert_eq!(items[0]["waiting_since"], ticket["messages"][0]["created_at"]);
        // It rested for the minute until the next status.
        let minute = |one: &Value, key: &str| one[key].as_str().unwrap()[14..16].parse::<u32>().unwrap();
        assert_eq!((minute(&items[0], "until") + 60 - minute(&items[0], "at")) % 60, 1);
        let rest = admin.get(&format!("/sla/pauses?after={}", page["next"].as_str().unwrap())).await;
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
        // Agents do not see it, nor do they see its refusal as an empty list.
        let agent = desk.hire("Li Na", BuiltInRole::Agent).await;
        assert_eq!(agent.call(Method::GET, "/sla/pauses", None).await.0, 403);
    }

    async fn a_note_that_goes_with_the_status_is_the_reason(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, json!({})).await;
        write(&desk, "1", "").await;
        let ticket = admin.only_ticket().await["ticket"].clone();
        let statuses = admin.get("/bootstrap").await["statuses"].clone();
        let hold = statuses.as_array().unwrap().iter().find(|one| one["category"] == "on_hold").unwrap()["id"].clone();
        let note = json!({ "text": "Customs holds it.", "visibility": "note", "status_id": hold, "client_id": "note-of-the-pause", "seen_position": 1 });
        admin.post(&format!("/tickets/{}/messages", ticket["id"].as_str().unwrap()), note).await;
        let items = admin.get("/sla/pauses").await["items"].clone();
        assert_eq!((&items[0]["reason"], &items[0]["until"]), (&json!("Customs holds it."), &Value::Null));
    }
}
