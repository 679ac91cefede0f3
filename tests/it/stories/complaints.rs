//! Complaints: suggested from what the customer writes, graded and taken by people, compensated within ceilings,
//! escalated by the clock, and closed only when somebody may.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::Length;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::deliver;

const BURNT: &str = "高压锅爆炸了，手烫伤，花了3800块，我要打12315投诉";

both_engines! {
    async fn a_suggestion_is_shown_with_its_reasons_and_decides_nothing(desk: Desk) {
        let (agent, ticket) = complaint(&desk, BURNT).await;
        let view = agent.get(&format!("/tickets/{ticket}/case")).await;
        assert_eq!(view["case"], Value::Null);
        let suggestion = &view["suggestion"];
        assert_eq!((suggestion["grade"].as_str(), suggestion["kind"].as_str()), (Some("i"), Some("complaint")));
        let codes: Vec<&str> = suggestion["reasons"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        for code in ["safety", "health", "authority", "amount", "matrix"] {
            assert!(codes.contains(&code), "{code} is not among {codes:?}");
        }
        let shown = agent.get(&format!("/tickets/{ticket}")).await;
        assert_eq!((shown["ticket"]["kind"].as_str(), &shown["ticket"]["grade"]), (Some("inquiry"), &Value::Null));
    }

    async fn a_calm_question_is_no_complaint(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "请问这款台灯有蓝色的吗？").await;
        let view = agent.get(&format!("/tickets/{ticket}/case")).await;
        assert!(view["suggestion"].is_null() || view["suggestion"]["kind"] == "inquiry", "{view}");
    }

    async fn saying_that_a_ticket_is_a_complaint_opens_its_case_and_calls_the_ladder(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let supervisor = desk.hire("Sun", BuiltInRole::Supervisor).await;
        let edits = json!({ "edits": [{ "field": "kind", "old": "inquiry", "new": "complaint" }] });
        let shown = agent.patch(&format!("/tickets/{ticket}"), edits).await;
        assert_eq!((shown["kind"].as_str(), shown["grade"].as_str()), (Some("complaint"), Some("iii")));
        assert_eq!((shown["grade_confirmed"].as_bool(), shown["case_state"].as_str()), (Some(false), Some("open")));
        // Grade III: four hours for whoever works on it, then the supervisors.
        desk.advance(Length::minutes(239)).await;
        assert_eq!(told(&supervisor, "case_escalated").await, 0);
        desk.advance(Length::minutes(1)).await;
        assert_eq!(told(&supervisor, "case_escalated").await, 1);
        desk.settle().await;
        assert_eq!(told(&supervisor, "case_escalated").await, 1, "each step calls once");
        let case = case(&supervisor, &ticket).await;
        assert_eq!(case["ladder"]["level"], 1);
        supervisor.post(&format!("/tickets/{ticket}/case/take"), json!({})).await;
        desk.advance(Length::days(10)).await;
        assert_eq!(told(&supervisor, "case_escalated").await, 1, "a case that was taken calls nobody");
    }

    async fn the_ladder_ends_with_the_administrators(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "快递还没到，太慢了").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        desk.advance(Length::days(1)).await;
        desk.advance(Length::days(1)).await;
        desk.advance(Length::days(30)).await;
        let case = case(&agent, &ticket).await;
        assert_eq!((&case["ladder"]["level"], &case["ladder"]["answer_by"]), (&json!(2), &Value::Null));
        assert!(told(&admin, "case_escalated").await >= 1);
    }

    async fn a_grave_case_is_not_taken_by_whoever_may_not_answer_for_it(desk: Desk) {
        let (agent, ticket) = complaint(&desk, BURNT).await;
        let supervisor = desk.hire("Sun", BuiltInRole::Supervisor).await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        assert_eq!(told(&supervisor, "case_opened").await, 1);
        let path = format!("/tickets/{ticket}/case/take");
        let (status, problem) = agent.call(Method::POST, &path, Some(json!({}))).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::FORBIDDEN, Some("/problems/forbidden")), "{problem}");
        let view = supervisor.post(&path, json!({})).await;
        assert_eq!(view["case"]["ladder"]["taken_by"], json!(supervisor.id.to_string()));
    }

    async fn a_changed_grade_needs_a_reason_and_every_change_is_kept(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let path = format!("/tickets/{ticket}/case/grade");
        let (status, _) = agent.call(Method::POST, &path, Some(json!({ "grade": "ii" }))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        agent.post(&path, json!({ "grade": "iii" })).await;
        tick(&desk);
        let view = agent.post(&path, json!({ "grade": "ii", "reason": "他还买了二十件" })).await;
        assert_eq!((&view["case"]["grade"], &view["case"]["grade_confirmed"]), (&json!("ii"), &json!(true)));
        let kept: Vec<&Value> = view["case"]["changes"].as_array().unwrap().iter().filter(|one| one["field"] == "grade").collect();
        assert_eq!(kept.len(), 2);
        assert_eq!((&kept[0]["from"], &kept[0]["to"], &kept[0]["reason"]), (&json!("iii"), &json!("ii"), &json!("他还买了二十件")));
        assert_eq!(kept[0]["actor"]["id"], json!(agent.id.to_string()));
    }

    async fn above_the_ceiling_somebody_else_approves(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let supervisor = desk.hire("Sun", BuiltInRole::Supervisor).await;
        let base = format!("/tickets/{ticket}/case");
        let ask = |minor: i64| json!({ "kind": "compensation", "amount": { "minor": minor, "currency": "CNY" }, "reason": "道歉" });
        agent.post(&base, json!({})).await;
        let (status, _) = agent.call(Method::POST, &format!("{base}/compensations"), Some(ask(100))).await;
        assert_eq!(status, StatusCode::CONFLICT, "the grade is not confirmed");
        agent.post(&format!("{base}/grade"), json!({ "grade": "iii" })).await;
        // An agent may give 50.00 in a case of grade III: two sums that together stay below it are approved at once.
        for minor in [3_000, 2_000] {
            tick(&desk);
            agent.post(&format!("{base}/compensations"), ask(minor)).await;
        }
        tick(&desk);
        let view = agent.post(&format!("{base}/compensations"), ask(1)).await;
        let states = |view: &Value| -> Vec<String> {
            view["case"]["compensations"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(states(&view), ["approved", "approved", "requested"]);
        assert_eq!(told(&supervisor, "compensation_requested").await, 1);
        let id = view["case"]["compensations"][2]["id"].as_str().unwrap().to_owned();
        let approve = format!("{base}/compensations/{id}/approve");
        let (status, _) = agent.call(Method::POST, &approve, Some(json!({}))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "agents approve nothing");
        let view = supervisor.post(&approve, json!({ "reason": "好" })).await;
        assert_eq!(states(&view)[2], "approved");
        assert_eq!(told(&agent, "compensation_decided").await, 1);
        let (status, _) = supervisor.call(Method::POST, &approve, Some(json!({}))).await;
        assert_eq!(status, StatusCode::CONFLICT, "nothing is approved twice");
        // Nobody approves their own, and nobody above their own ceiling.
        tick(&desk);
        let view = supervisor.post(&format!("{base}/compensations"), ask(90_000)).await;
        let own = view["case"]["compensations"][3]["id"].as_str().unwrap().to_owned();
        assert_eq!(states(&view)[3], "requested");
        let (status, _) = supervisor.call(Method::POST, &format!("{base}/compensations/{own}/approve"), Some(json!({}))).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let second = desk.hire("Qian", BuiltInRole::Supervisor).await;
        let (status, problem) = second.call(Method::POST, &format!("{base}/compensations/{own}/approve"), Some(json!({}))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{problem}");
        let (status, _) = second.call(Method::POST, &format!("{base}/compensations/{own}/refuse"), Some(json!({}))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a refusal needs a reason");
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let view = admin.post(&format!("{base}/compensations/{own}/approve"), json!({})).await;
        assert_eq!(states(&view)[3], "approved");
    }

    async fn a_case_is_closed_only_when_all_is_done_and_somebody_vouches(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "快递还没到，太慢了").await;
        let base = format!("/tickets/{ticket}/case");
        let close = |closure: &str, note: &str| json!({ "closure": closure, "note": note });
        agent.post(&base, json!({})).await;
        let path = format!("{base}/close");
        let (status, _) = agent.call(Method::POST, &path, Some(close("customer", "电话确认"))).await;
        assert_eq!(status, StatusCode::CONFLICT, "the grade is not confirmed");
        agent.post(&format!("{base}/grade"), json!({ "grade": "iii", "reason": "第三次了" })).await;
        let (status, _) = agent.call(Method::POST, &path, Some(close("customer", "电话确认"))).await;
        assert_eq!(status, StatusCode::CONFLICT, "the checklist is not done");
        agent.post(&format!("{base}/take"), json!({})).await;
        for key in ["contact_customer", "name_cause", "agree_remedy"] {
            agent.post(&format!("{base}/checklist"), json!({ "key": key, "done": true })).await;
        }
        let (status, _) = agent.call(Method::POST, &path, Some(close("supervisor", "可以了"))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "an agent is no supervisor");
        let (status, _) = agent.call(Method::POST, &path, Some(close("customer", " "))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "how did the customer confirm?");
        let view = agent.post(&path, close("customer", "电话确认")).await;
        assert_eq!((&view["case"]["state"], &view["case"]["closed"]["closure"]), (&json!("closed"), &json!("customer")));
        let (status, _) = agent.call(Method::PATCH, &base, Some(json!({ "cause": "x" }))).await;
        assert_eq!(status, StatusCode::CONFLICT, "a closed case changes no more");
        let (status, _) = agent.call(Method::POST, &format!("{base}/take"), Some(json!({}))).await;
        assert_eq!(status, StatusCode::CONFLICT);
        // A week later the customer is to be asked again.
        assert_eq!(told(&agent, "case_follow_up").await, 0);
        desk.advance(Length::days(7)).await;
        assert_eq!(told(&agent, "case_follow_up").await, 1);
        let view = agent.post(&format!("{base}/follow-up/done"), json!({ "outcome": "满意" })).await;
        assert_eq!(view["case"]["follow_up"]["outcome"], "满意");
        let view = agent.post(&format!("{base}/reopen"), json!({ "reason": "又丢了" })).await;
        assert_eq!((&view["case"]["state"], &view["case"]["closed"]), (&json!("open"), &Value::Null));
    }

    async fn an_authoritys_deadline_warns_once_before_and_once_at_its_end(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let base = format!("/tickets/{ticket}/case");
        agent.post(&base, json!({})).await;
        agent.post(&format!("{base}/take"), json!({})).await;
        let due = desk.app.now().plus(Length::days(3));
        let body = json!({ "authority": { "name": "12315", "number": "A-77", "due_at": due.to_string() }, "reason": "来函" });
        let view = agent.patch(&base, body).await;
        assert_eq!(view["case"]["authority"]["number"], "A-77");
        desk.advance(Length::hours(47)).await;
        assert_eq!(told(&agent, "authority_due").await, 0);
        desk.advance(Length::hours(1)).await;
        assert_eq!(told(&agent, "authority_due").await, 1);
        desk.advance(Length::hours(24)).await;
        assert_eq!(told(&agent, "authority_due").await, 2);
        desk.advance(Length::days(3)).await;
        assert_eq!(told(&agent, "authority_due").await, 2);
        assert_eq!(case(&agent, &ticket).await["authority"]["overdue"], true);
    }

    async fn a_second_complaint_within_thirty_days_reaches_further(desk: Desk) {
        let (agent, first) = complaint(&desk, "快递还没到，太慢了").await;
        agent.post(&format!("/tickets/{first}/case"), json!({})).await;
        assert_eq!(case(&agent, &first).await["grade"], "iv");
        desk.advance(Length::days(20)).await;
        write(&desk, "另一件快递也还没到，太慢了").await;
        let second = newest(&agent).await;
        assert_ne!(first, second);
        let view = agent.post(&format!("/tickets/{second}/case"), json!({})).await;
        assert_eq!(view["case"]["grade"], "iii");
        assert!(view["suggestion"]["reasons"].as_array().unwrap().iter().any(|one| one["code"] == "repeated"), "{view}");
    }

    async fn a_mistaken_complaint_ends_its_case_unless_somebody_relied_on_it(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let back = json!({ "edits": [{ "field": "kind", "old": "complaint", "new": "inquiry" }] });
        let shown = agent.patch(&format!("/tickets/{ticket}"), back.clone()).await;
        assert_eq!((shown["kind"].as_str(), shown["case_state"].as_str()), (Some("inquiry"), Some("closed")));
        let again = json!({ "edits": [{ "field": "kind", "old": "inquiry", "new": "complaint" }] });
        agent.patch(&format!("/tickets/{ticket}"), again).await;
        agent.post(&format!("/tickets/{ticket}/case/grade"), json!({ "grade": "iii" })).await;
        let (status, _) = agent.call(Method::PATCH, &format!("/tickets/{ticket}"), Some(back)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn evidence_is_of_the_tickets_own_and_links_run_nothing(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let path = format!("/tickets/{ticket}/case/evidence");
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let message = agent.get(&format!("/tickets/{ticket}")).await["messages"][0]["id"].clone();
        agent.post(&path, json!({ "kind": "message", "message_id": message, "note": "原话" })).await;
        let view = agent.post(&path, json!({ "kind": "link", "url": "https://shop.example/p/1", "name": "商品页" })).await;
        let pieces = view["case"]["evidence"].as_array().unwrap().clone();
        assert_eq!(pieces.len(), 2);
        for bad in [
            json!({ "kind": "link", "url": "javascript:alert(1)" }),
            json!({ "kind": "message", "message_id": "01a20000-0000-7000-8000-000000000000" }),
            json!({ "kind": "note" }),
        ] {
            let (status, problem) = agent.call(Method::POST, &path, Some(bad.clone())).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad} {problem}");
        }
        let id = pieces[1]["id"].as_str().unwrap();
        let (status, view) = agent.call(Method::DELETE, &format!("{path}/{id}"), None).await;
        assert_eq!((status, view["case"]["evidence"].as_array().unwrap().len()), (StatusCode::OK, 1));
    }

    async fn whoever_does_not_see_the_ticket_does_not_see_its_case(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        agent.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let team = desk.team("Returns", &[&agent]).await;
        let edits = json!({ "edits": [{ "field": "team", "old": null, "new": team.to_string() }] });
        agent.patch(&format!("/tickets/{ticket}"), edits).await;
        let stranger = desk.agent("Zhou").await;
        for (method, path) in [(Method::GET, ""), (Method::POST, "/take"), (Method::GET, "/report?lang=en")] {
            let body = (method == Method::POST).then(|| json!({}));
            let (status, _) = stranger.call(method, &format!("/tickets/{ticket}/case{path}"), body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn kinds_categories_rules_and_ceilings_are_the_workspaces_own(desk: Desk) {
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let kind = admin.post("/ticket-kinds", json!({ "name": "批发" })).await;
        assert_eq!(admin.get("/ticket-kinds").await["items"].as_array().unwrap().len(), 5);
        let (agent, ticket) = complaint(&desk, "你们卖的是假货").await;
        let edits = json!({ "edits": [{ "field": "kind", "old": "inquiry", "new": kind["key"] }] });
        assert_eq!(agent.patch(&format!("/tickets/{ticket}"), edits).await["kind"], kind["key"]);
        let categories = admin.get("/complaint-categories").await;
        let quality = categories["items"].as_array().unwrap().iter().find(|one| one["key"] == "quality").unwrap()["id"].clone();
        let own = admin.post("/complaint-categories", json!({ "name": "灯泡", "parent_id": quality })).await;
        let ring = json!({ "parent_id": own["id"] });
        let (status, _) = admin.call(Method::PATCH, &format!("/complaint-categories/{}", quality.as_str().unwrap()), Some(ring)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a tree has no rings");
        let grades = admin.get("/grades").await;
        let mut rule = grades["rules"][3].clone();
        rule["ladder"] = json!([{ "after_minutes": 5, "role": "supervisor" }]);
        let grades = admin.call(Method::PUT, "/grades/iv", Some(rule)).await;
        assert_eq!((grades.0, &grades.1["rules"][3]["ladder"][0]["after_minutes"]), (StatusCode::OK, &json!(5)));
        let (status, _) = agent.call(Method::PUT, "/grades/iv", Some(grades.1["rules"][3].clone())).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
}

/// A customer's mail to a desk with one agent; the agent and the ticket's id.
pub(super) async fn complaint(desk: &Desk, text: &str) -> (Person, String) {
    let admin = desk.administrator().await;
    admin.email_inbox("help@shop.example").await;
    write(desk, text).await;
    let agent = desk.agent("Lin").await;
    let ticket = newest(&agent).await;
    (agent, ticket)
}

pub(super) async fn write(desk: &Desk, text: &str) {
    let raw = format!(
        "From: Li <li@customer.example>\r\nTo: help@shop.example\r\nSubject: 你好 {}\r\nMessage-ID: <{}@customer.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        text.len(),
        uuid::Uuid::from_u128(rand::random()),
    );
    desk.clock.advance(Length::from_millis(1)); // so that mails have an order
    let sent = deliver(
        desk.bound.smtp.unwrap(),
        "li@customer.example",
        &["help@shop.example"],
        &raw,
    )
    .await;
    assert_eq!(sent.unwrap().0, 250);
    desk.settle().await;
}

/// What is written after this comes after what was written before.
pub(super) fn tick(desk: &Desk) {
    desk.clock.advance(Length::from_millis(1));
}

pub(super) async fn newest(agent: &Person) -> String {
    agent.tickets("all").await[0]["id"].as_str().unwrap().to_owned()
}

pub(super) async fn case(person: &Person, ticket: &str) -> Value {
    person.get(&format!("/tickets/{ticket}/case")).await["case"].clone()
}

/// How many notifications of a kind the person has.
pub(super) async fn told(person: &Person, kind: &str) -> usize {
    let all = person.get("/notifications?limit=100").await;
    all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == kind)
        .count()
}
