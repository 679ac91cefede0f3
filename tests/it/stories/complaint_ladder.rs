//! The ladder of a complaint in business hours; two who approve at once; and the report of what was done.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::Length;

use super::complaints::{case, complaint, tick, told};
use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

/// 09:00 to 18:00 in Shanghai, from Monday to Friday.
async fn office(admin: &Person) -> Value {
    let day = json!([{ "from": "09:00", "to": "18:00" }]);
    let week = json!({ "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": [], "sun": [] });
    let calendar = json!({ "name": "Office", "zone": "Asia/Shanghai", "week": week, "days": [], "region": null, "feed_url": null });
    admin.post("/calendars", calendar).await
}

/// Every ticket is promised an answer within a day of these hours.
async fn promise_in(admin: &Person, calendar: &Value) {
    let policies = admin.get("/sla-policies").await;
    let default = policies["items"].as_array().unwrap().last().unwrap().clone();
    let body = json!({
        "name": "", "version": default["version"], "conditions": [], "calendar_id": calendar["id"],
        "first_response_s": 86_400, "next_response_s": null, "resolution_s": null, "levels": [], "notify_calendar_id": null,
    });
    let path = format!("/sla-policies/{}", default["id"].as_str().unwrap());
    let (status, answer) = admin.call(Method::PUT, &path, Some(body)).await;
    assert!(status.is_success(), "{answer}");
}

/// Friday 2026-11-27, 17:00 in Shanghai.
async fn friday_afternoon(desk: &Desk) {
    let friday: shouwen_core::time::Timestamp =
        serde_json::from_value(json!("2026-11-27T09:00:00Z")).unwrap();
    desk.advance(friday.since(desk.app.now())).await;
}

both_engines! {
    async fn a_ladder_rests_over_the_weekend(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let (admin, supervisor) = (desk.hire("Bao", BuiltInRole::Administrator).await, desk.hire("Sun", BuiltInRole::Supervisor).await);
        promise_in(&admin, &office(&admin).await).await;
        friday_afternoon(&desk).await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        // Grade III: four hours. One of them on Friday, three on Monday from 09:00 on.
        let ladder = case(&agent, &ticket).await["ladder"].clone();
        assert_eq!((&ladder["answer_by"], &ladder["calendar"]), (&json!("2026-11-30T04:00:00.000Z"), &json!("Office")), "{ladder}");
        desk.advance(Length::days(2)).await;
        assert_eq!(told(&supervisor, "case_escalated").await, 0, "nobody is called on a Sunday");
        desk.advance(Length::hours(19)).await;
        assert_eq!(told(&supervisor, "case_escalated").await, 1);
        // The supervisors have eight hours: six on Monday, two on Tuesday.
        assert_eq!(case(&agent, &ticket).await["ladder"]["answer_by"], "2026-12-01T03:00:00.000Z");
    }

    async fn the_gravest_complaint_does_not_wait_for_monday_unless_its_grade_says_so(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "高压锅爆炸了，手烫伤，花了3800块，我要打12315投诉").await;
        let (admin, supervisor) = (desk.hire("Bao", BuiltInRole::Administrator).await, desk.hire("Sun", BuiltInRole::Supervisor).await);
        promise_in(&admin, &office(&admin).await).await;
        friday_afternoon(&desk).await;
        desk.advance(Length::hours(12)).await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let ladder = case(&agent, &ticket).await["ladder"].clone();
        assert_eq!((&ladder["answer_by"], &ladder["calendar"]), (&json!("2026-11-27T21:15:00.000Z"), &Value::Null), "{ladder}");
        desk.advance(Length::minutes(15)).await;
        assert_eq!(case(&agent, &ticket).await["ladder"]["level"], 1);
        // Another grade whose steps run in business hours calls anew, and waits.
        let grades = admin.get("/grades").await;
        let mut rule = grades["rules"][1].clone();
        assert_eq!(rule["ladder"][0]["hours"], "business");
        rule["ladder"] = json!([{ "after_minutes": 90, "role": "supervisor" }]);
        let (status, saved) = admin.call(Method::PUT, "/grades/ii", Some(rule)).await;
        assert_eq!((status, &saved["rules"][1]["ladder"][0]["hours"]), (StatusCode::OK, &json!("business")), "{saved}");
        supervisor.post(&format!("/tickets/{ticket}/case/grade"), json!({ "grade": "ii", "reason": "轻伤" })).await;
        assert_eq!(case(&agent, &ticket).await["ladder"]["answer_by"], "2026-11-30T02:30:00.000Z");
    }

    async fn the_grades_own_policy_gives_the_ladder_its_hours(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let admin = desk.hire("Bao", BuiltInRole::Administrator).await;
        promise_in(&admin, &office(&admin).await).await;
        let grave = json!({
            "name": "Grave", "conditions": [{ "field": "grade", "op": "is", "values": ["ii"] }], "calendar_id": null,
            "first_response_s": 3600, "next_response_s": null, "resolution_s": null, "levels": [], "notify_calendar_id": null,
        });
        admin.post("/sla-policies", grave).await;
        friday_afternoon(&desk).await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        // What chooses the policy changes in the same moment as what calls the people.
        agent.post(&format!("/tickets/{ticket}/case/grade"), json!({ "grade": "ii", "reason": "二十件" })).await;
        let ladder = case(&agent, &ticket).await["ladder"].clone();
        assert_eq!((&ladder["answer_by"], &ladder["calendar"]), (&json!("2026-11-27T09:30:00.000Z"), &Value::Null), "{ladder}");
    }

    async fn a_holiday_that_is_added_meanwhile_moves_the_ladder(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let (admin, supervisor) = (desk.hire("Bao", BuiltInRole::Administrator).await, desk.hire("Sun", BuiltInRole::Supervisor).await);
        let calendar = office(&admin).await;
        promise_in(&admin, &calendar).await;
        friday_afternoon(&desk).await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let mut closed = calendar.clone();
        closed["days"] = json!([{ "date": "2026-11-30", "name": "Stocktaking", "hours": [] }]);
        let path = format!("/calendars/{}", calendar["id"].as_str().unwrap());
        let (status, saved) = admin.call(Method::PUT, &path, Some(closed)).await;
        assert!(status.is_success(), "{saved}");
        desk.advance(Length::hours(67)).await;
        // Monday 12:00 in Shanghai, when its time would have been over.
        assert_eq!(told(&supervisor, "case_escalated").await, 0);
        let ladder = case(&agent, &ticket).await["ladder"].clone();
        assert_eq!((&ladder["level"], &ladder["answer_by"]), (&json!(0), &json!("2026-12-01T04:00:00.000Z")), "{ladder}");
        desk.advance(Length::hours(24)).await;
        assert_eq!(told(&supervisor, "case_escalated").await, 1);
    }

    async fn of_two_who_approve_at_once_one_has_approved(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let (one, other) = (desk.hire("Sun", BuiltInRole::Supervisor).await, desk.hire("Qian", BuiltInRole::Supervisor).await);
        let base = format!("/tickets/{ticket}/case");
        agent.post(&base, json!({})).await;
        agent.post(&format!("{base}/grade"), json!({ "grade": "iii" })).await;
        for round in 1..=5 {
            tick(&desk);
            let ask = json!({ "kind": "refund", "amount": { "minor": 60_000, "currency": "CNY" }, "reason": "退款" });
            let view = agent.post(&format!("{base}/compensations"), ask).await;
            let asked = view["case"]["compensations"].as_array().unwrap().last().unwrap().clone();
            assert_eq!(asked["state"], "requested", "{asked}");
            let path = format!("{base}/compensations/{}/approve", asked["id"].as_str().unwrap());
            let approve = |who: &Person| {
                let (who, path) = (who.clone(), path.clone());
                async move { who.call(Method::POST, &path, Some(json!({ "reason": "好" }))).await.0 }
            };
            let mut said = <[StatusCode; 2]>::from(tokio::join!(approve(&one), approve(&other)));
            said.sort();
            assert_eq!(said, [StatusCode::OK, StatusCode::CONFLICT]);
            assert_eq!(told(&agent, "compensation_decided").await, round);
            agent.post(&format!("{base}/compensations/{}/withdraw", asked["id"].as_str().unwrap()), json!({ "reason": "误" })).await;
        }
    }

    async fn the_report_tells_the_case_in_both_languages(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let supervisor = desk.hire("Sun", BuiltInRole::Supervisor).await;
        let base = format!("/tickets/{ticket}/case");
        agent.post(&base, json!({})).await;
        agent.post(&format!("{base}/grade"), json!({ "grade": "iii" })).await;
        agent.patch(&base, json!({ "cause": "<b>供应商</b>混入仿品", "liable": "supplier" })).await;
        let ask = json!({ "kind": "refund", "amount": { "minor": 60_050, "currency": "CNY" }, "reason": "退货退款" });
        let view = agent.post(&format!("{base}/compensations"), ask).await;
        let id = view["case"]["compensations"][0]["id"].as_str().unwrap();
        supervisor.post(&format!("{base}/compensations/{id}/approve"), json!({ "reason": "属实" })).await;
        let told_by = |language: &str, zone: &str| {
            let url = format!("{}/api/v1{base}/report?lang={language}&zone={zone}", desk.url());
            let request = reqwest::Client::new().get(url).header("cookie", &agent.cookie);
            async move {
                let answer = request.send().await.unwrap();
                assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
                answer.text().await.unwrap()
            }
        };
        let (english, chinese) = (told_by("en", "UTC").await, told_by("zh", "Asia/Shanghai").await);
        for (page, words) in [
            (&english, ["lang=\"en\"", "Counterfeit", "Supplier", "Refund", "600.50", "approved", "Liable: – → Supplier", "2026-11-22 09:30"]),
            (&chinese, ["lang=\"zh", "假", "供应商", "退款", "600.50", "已批准", "– → 供应商", "2026-11-22 17:30"]),
        ] {
            for word in words {
                assert!(page.contains(word), "{word} is not in {page}");
            }
            for word in ["&lt;b&gt;供应商&lt;/b&gt;混入仿品", "属实", "Lin", "Sun"] {
                assert!(page.contains(word), "{word} is not in {page}");
            }
            assert!(!page.contains("<b>供应商"), "what was written is not a part of the page");
        }
    }
}
