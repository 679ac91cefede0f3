//! Macros: offered where they may be used, filled in, applied in one change, and held back by a complaint's grade.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::Length;

use super::complaints::{complaint, newest, write};
use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

/// How often a race is run.
const ROUNDS: usize = 8;

both_engines! {
    async fn a_macro_changes_the_ticket_and_gives_words_that_nobody_sends(desk: Desk) {
        let (agent, ticket) = complaint(&desk, "快递还没到").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let tag = admin.post("/tags", json!({ "name": "催件", "color": "blue" })).await;
        let waiting = status(&admin, "waiting").await;
        let made = shared(&admin, "催件", json!({
            "shortcut": "cj",
            "texts": [
                { "locale": "zh", "text": "{{customer.name|您}}，您好：\n工单 {{ticket.number}} 已为您催促。\n{{agent.name}}" },
                { "locale": "en", "text": "Dear {{customer.name}}" },
            ],
            "changes": { "status_id": waiting, "priority": "high", "assignee": { "to": "applier" }, "add_tag_ids": [tag["id"]] },
        })).await;
        let offered = agent.get(&format!("/tickets/{ticket}/macros")).await;
        let number = agent.get(&format!("/tickets/{ticket}")).await["ticket"]["number"].as_str().unwrap().to_owned();
        let words = format!("Li，您好：\n工单 {number} 已为您催促。\nLin");
        assert_eq!((&offered["items"][0]["locale"], &offered["items"][0]["texts"][0]["text"]), (&json!("zh"), &json!(words)));
        assert_eq!((&offered["grade"], &offered["withheld"]), (&Value::Null, &json!(0)));
        let applied = apply(&agent, &ticket, &made, json!({})).await;
        assert_eq!((&applied["text"], &applied["left_out"]), (&json!(words), &json!([])));
        let changed: Vec<&str> = applied["changed"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!(changed, ["assignee", "priority", "status"]);
        assert_eq!((&applied["changed"][1]["from"], &applied["changed"][1]["to"]), (&json!("normal"), &json!("high")));
        assert_eq!(applied["added_tag_ids"], json!([tag["id"]]));
        let shown = agent.get(&format!("/tickets/{ticket}")).await;
        let now = &shown["ticket"];
        assert_eq!((&now["priority"], &now["category"], &now["assignee_id"]), (&json!("high"), &json!("waiting"), &json!(agent.id)));
        assert_eq!(shown["messages"].as_array().unwrap().len(), 1, "nothing was sent");
        // The same again changes nothing more, and another language can be had.
        let again = apply(&agent, &ticket, &made, json!({ "locale": "en" })).await;
        assert_eq!((&again["text"], &again["changed"], &again["added_tag_ids"]), (&json!("Dear Li"), &json!([]), &json!([])));
        let events = kinds_of_events(&desk).await;
        assert_eq!(events.iter().filter(|kind| *kind == "macro_applied").count(), 2);
    }

    async fn one_uses_what_is_everybodys_ones_teams_and_ones_own(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let zhou = desk.agent("Zhou").await;
        let team = desk.team("Returns", &[&zhou]).await;
        let all = shared(&admin, "All", json!({})).await;
        let of_team = shared(&admin, "Team", json!({ "audience": "team", "team_id": team.to_string() })).await;
        let own = lin.post("/macros", json!({ "name": "Own", "texts": [{ "locale": "", "text": "Mine" }] })).await;
        assert_eq!((&own["audience"], &own["editable"]), (&json!("me"), &json!(true)));
        for (who, names) in [(&lin, vec!["All", "Own"]), (&zhou, vec!["All", "Team"]), (&admin, vec!["All"])] {
            assert_eq!(offered(who, &ticket).await, names);
        }
        for (who, id, expected) in [
            (&lin, &of_team, StatusCode::NOT_FOUND), (&zhou, &of_team, StatusCode::OK),
            (&zhou, &own["id"], StatusCode::NOT_FOUND), (&lin, &own["id"], StatusCode::OK), (&zhou, &all, StatusCode::OK),
        ] {
            assert_eq!(try_apply(who, &ticket, id).await.0, expected, "{id}");
        }
        // Whoever keeps them reads every team's, and nobody's own.
        assert_eq!(names(&admin.get("/macros").await), ["All", "Team"]);
        assert_eq!(names(&lin.get("/macros").await), ["All", "Own"]);
        // Shared ones need the permission; somebody's own are not there for others.
        let rename = Some(json!({ "name": "X" }));
        for (who, id, expected) in [
            (&lin, &all, StatusCode::FORBIDDEN), (&zhou, &own["id"], StatusCode::NOT_FOUND), (&admin, &own["id"], StatusCode::NOT_FOUND),
        ] {
            for method in [Method::PATCH, Method::DELETE] {
                let path = format!("/macros/{}", id.as_str().unwrap());
                let body = rename.clone().filter(|_| method == Method::PATCH);
                assert_eq!(who.call(method, &path, body).await.0, expected, "{path}");
            }
        }
        let wish = json!({ "name": "Y", "audience": "everyone", "texts": [{ "locale": "", "text": "Y" }] });
        assert_eq!(lin.call(Method::POST, "/macros", Some(wish)).await.0, StatusCode::FORBIDDEN);
        let order = lin.call(Method::PUT, "/macros/order", Some(json!({ "ids": [all] }))).await;
        assert_eq!(order.0, StatusCode::FORBIDDEN);
    }

    async fn a_ticket_that_is_hidden_has_no_macros(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let id = shared(&admin, "All", json!({})).await;
        let team = desk.team("Returns", &[&lin]).await;
        let edits = json!({ "edits": [{ "field": "team", "old": null, "new": team.to_string() }] });
        lin.patch(&format!("/tickets/{ticket}"), edits).await;
        let stranger = desk.agent("Zhou").await;
        let path = format!("/tickets/{ticket}/macros");
        assert_eq!(stranger.call(Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(try_apply(&stranger, &ticket, &id).await.0, StatusCode::NOT_FOUND);
        assert_eq!(try_apply(&lin, &ticket, &id).await.0, StatusCode::OK);
    }

    async fn a_macro_is_offered_in_the_channels_and_teams_that_it_is_for(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let team = desk.team("Returns", &[&lin]).await;
        shared(&admin, "Mail", json!({ "context": { "channels": ["email"] } })).await;
        let chat = shared(&admin, "Chat", json!({ "context": { "channels": ["chat"] } })).await;
        shared(&admin, "Returns", json!({ "context": { "team_ids": [team.to_string()] } })).await;
        assert_eq!(offered(&lin, &ticket).await, ["Mail"]);
        let (status, problem) = try_apply(&lin, &ticket, &chat).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/conflict")), "{problem}");
        let edits = json!({ "edits": [{ "field": "team", "old": null, "new": team.to_string() }] });
        lin.patch(&format!("/tickets/{ticket}"), edits).await;
        assert_eq!(offered(&lin, &ticket).await, ["Mail", "Returns"]);
    }

    async fn a_grade_says_which_macros_may_be_used(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "你们卖的是假货").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let (sorry, calm) = (shared(&admin, "Sorry", json!({})).await, shared(&admin, "Calm", json!({})).await);
        let own = lin.post("/macros", json!({ "name": "Own", "texts": [{ "locale": "", "text": "Mine" }] })).await;
        lin.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        assert_eq!(offered(&lin, &ticket).await, ["Sorry", "Calm", "Own"], "an ordinary complaint usually allows all");
        set_rule(&admin, "iii", json!({ "macros": "listed", "macro_ids": [calm] })).await;
        let list = lin.get(&format!("/tickets/{ticket}/macros")).await;
        assert_eq!((names(&list), &list["grade"], &list["withheld"]), (vec!["Calm".to_owned()], &json!("iii"), &json!(2)));
        for id in [&sorry, &own["id"]] {
            let (status, problem) = try_apply(&lin, &ticket, id).await;
            assert_eq!((status, problem["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/macro-forbidden")));
            assert!(problem["detail"].as_str().unwrap().ends_with("grade III complaints allow only “Calm”"), "{problem}");
        }
        assert_eq!(try_apply(&lin, &ticket, &calm).await.0, StatusCode::OK);
        // Another grade, another rule: usually none in a grave complaint.
        lin.post(&format!("/tickets/{ticket}/case/grade"), json!({ "grade": "ii", "reason": "二十件" })).await;
        let (status, problem) = try_apply(&lin, &ticket, &calm).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(problem["detail"].as_str().unwrap().starts_with("“Calm” may not be used here: grade II"), "{problem}");
        // A list names what is there and shared, and not nothing.
        for (wish, field) in [
            (json!({ "macros": "listed", "macro_ids": [own["id"]] }), "/macro_ids"),
            (json!({ "macros": "listed", "macro_ids": [] }), "/macro_ids"),
            (json!({ "macros": "listed", "macro_ids": ["01a20000-0000-7000-8000-000000000000"] }), "/macro_ids"),
        ] {
            let (status, problem) = put_rule(&admin, "iii", wish).await;
            assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some(field)), "{problem}");
        }
        // What is deleted is named by no grade, and an empty list does not become all.
        assert_eq!(admin.call(Method::DELETE, &format!("/macros/{}", calm.as_str().unwrap()), None).await.0, StatusCode::NO_CONTENT);
        let rule = &admin.get("/grades").await["rules"][2];
        assert_eq!((&rule["macros"], &rule["macro_ids"]), (&json!("none"), &json!([])));
    }

    async fn an_answer_from_a_macro_that_became_forbidden_is_refused_by_name(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "你们卖的是假货").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let sorry = shared(&admin, "Sorry", json!({})).await;
        lin.post(&format!("/tickets/{ticket}/case"), json!({})).await;
        let words = apply(&lin, &ticket, &sorry, json!({})).await["text"].clone();
        let draft = json!({ "text": words, "visibility": "public", "macro_ids": [sorry] });
        let kept = lin.call(Method::PUT, &format!("/tickets/{ticket}/draft"), Some(draft)).await;
        assert_eq!(kept.0, StatusCode::NO_CONTENT);
        assert_eq!(lin.get(&format!("/tickets/{ticket}")).await["draft"]["macro_ids"], json!([sorry]));
        // One waits to go out when the grade is raised.
        let mut later = answer(&words, &json!([sorry]));
        later["send_at"] = json!(desk.app.now().plus(Length::hours(1)).to_string());
        let path = format!("/tickets/{ticket}/messages");
        assert_eq!(lin.call(Method::POST, &path, Some(later)).await.0, StatusCode::ACCEPTED);
        lin.post(&format!("/tickets/{ticket}/case/grade"), json!({ "grade": "i", "reason": "记者来电" })).await;
        let (status, problem) = lin.call(Method::POST, &path, Some(answer(&words, &json!([sorry])))).await;
        assert_eq!((status, problem["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/macro-forbidden")));
        assert!(problem["detail"].as_str().unwrap().contains("“Sorry”"), "{problem}");
        // A note is for colleagues, and one's own words are one's own.
        let mut note = answer(&words, &json!([sorry]));
        note["visibility"] = json!("note");
        assert_eq!(lin.call(Method::POST, &path, Some(note)).await.0, StatusCode::CREATED);
        desk.advance(Length::hours(1)).await;
        let waits = &lin.get(&format!("/tickets/{ticket}/scheduled")).await["items"][0];
        assert_eq!((&waits["state"], &waits["reason"]), (&json!("cancelled"), &json!("macro_forbidden")), "{waits}");
        assert_eq!(lin.call(Method::POST, &path, Some(answer(&json!("我们已联系厂家核实。"), &json!([])))).await.0, StatusCode::CREATED);
        let taken = lin.post(&format!("/messages/{}/undo", waits["id"].as_str().unwrap()), json!({})).await;
        assert_eq!(taken["macro_ids"], json!([sorry]), "what is taken back is still known");
    }

    async fn what_was_put_away_is_left_out_and_the_rest_is_done(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let leaver = desk.agent("Zhou").await;
        let tag = admin.post("/tags", json!({ "name": "old", "color": "red" })).await;
        let kept = admin.post("/tags", json!({ "name": "new", "color": "red" })).await;
        let own = admin.post("/statuses", json!({ "name": "等供应商", "category": "on_hold" })).await;
        let id = shared(&admin, "Old", json!({ "changes": {
            "status_id": own["id"], "priority": "urgent", "assignee": { "to": "agent", "agent_id": leaver.id }, "add_tag_ids": [tag["id"], kept["id"]],
        } })).await;
        admin.patch(&format!("/statuses/{}", own["id"].as_str().unwrap()), json!({ "archived": true })).await;
        admin.patch(&format!("/agents/{}", leaver.id), json!({ "active": false })).await;
        admin.call(Method::DELETE, &format!("/tags/{}", tag["id"].as_str().unwrap()), None).await;
        let applied = apply(&lin, &ticket, &id, json!({})).await;
        let left: Vec<&str> = applied["left_out"].as_array().unwrap().iter().map(|one| one["part"].as_str().unwrap()).collect();
        assert_eq!(left, ["assignee", "status", "tags"]);
        assert_eq!((&applied["ticket"]["priority"], &applied["ticket"]["tag_ids"]), (&json!("urgent"), &json!([kept["id"]])));
        let shown = admin.get("/macros").await["items"][0].clone();
        assert_eq!(shown["outdated"], json!(["assignee", "status", "tags"]));
        // Written anew, it must name what there is.
        let path = format!("/macros/{}", id.as_str().unwrap());
        let (status, problem) = admin.call(Method::PATCH, &path, Some(json!({ "changes": shown["changes"] }))).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/changes/assignee")), "{problem}");
    }

    async fn whoever_may_not_change_a_field_may_not_by_a_macro(desk: Desk) {
        let (_, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let assigns = shared(&admin, "Take it", json!({ "changes": { "assignee": { "to": "applier" } } })).await;
        let speaks = shared(&admin, "Hello", json!({})).await;
        let narrow = ["ticket.read", "ticket.note", "ticket.reply", "ticket.edit"];
        let role = admin.post("/roles", json!({ "name": "Writer", "scope": "all", "permissions": narrow })).await;
        let writer = desk.agent("Wu").await;
        admin.patch(&format!("/agents/{}", writer.id), json!({ "role_id": role["id"] })).await;
        assert_eq!(offered(&writer, &ticket).await, ["Hello"]);
        let (status, problem) = try_apply(&writer, &ticket, &assigns).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(problem["detail"].as_str().unwrap().contains("ticket.assign"), "{problem}");
        assert_eq!(try_apply(&writer, &ticket, &speaks).await.0, StatusCode::OK);
    }

    async fn words_of_a_customer_stay_words(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let customer = lin.get(&format!("/tickets/{ticket}")).await["customer"]["id"].as_str().unwrap().to_owned();
        lin.patch(&format!("/customers/{customer}"), json!({ "name": "{{agent.email}}<img src=x onerror=alert(1)>" })).await;
        let own = lin.post("/macros", json!({ "name": "Own", "texts": [{ "locale": "", "text": "Dear {{customer.name}}," }] })).await;
        let applied = apply(&lin, &ticket, &own["id"], json!({})).await;
        assert_eq!(applied["text"], "Dear {{agent.email}}<img src=x onerror=alert(1)>,", "plain text, read once");
    }

    async fn a_wrong_macro_is_told_what_is_wrong(desk: Desk) {
        let admin = desk.administrator().await;
        let tag = admin.post("/tags", json!({ "name": "a", "color": "red" })).await["id"].clone();
        shared(&admin, "Taken", json!({ "shortcut": "tk" })).await;
        let text = |text: &str| json!([{ "locale": "en", "text": text }]);
        for (body, pointer) in [
            (json!({ "name": " ", "texts": text("a") }), "/name"),
            (json!({ "name": "taken", "texts": text("a"), "audience": "everyone" }), "/name"),
            (json!({ "name": "n", "texts": text("a"), "shortcut": "a b" }), "/shortcut"),
            (json!({ "name": "n", "texts": text("a"), "shortcut": "TK", "audience": "everyone" }), "/shortcut"),
            (json!({ "name": "n", "texts": text("{{custmer.name}}") }), "/texts"),
            (json!({ "name": "n" }), "/texts"),
            (json!({ "name": "n", "texts": text("a"), "audience": "team" }), "/team_id"),
            (json!({ "name": "n", "texts": text("a"), "audience": "team", "team_id": tag }), "/team_id"),
            (json!({ "name": "n", "texts": text("a"), "changes": { "status_id": tag } }), "/changes/status_id"),
            (json!({ "name": "n", "texts": text("a"), "changes": { "kind": "none" } }), "/changes/kind"),
            (json!({ "name": "n", "texts": text("a"), "changes": { "team_id": tag } }), "/changes/team_id"),
            (json!({ "name": "n", "texts": text("a"), "changes": { "priority": "top" } }), "/changes/priority"),
            (json!({ "name": "n", "texts": text("a"), "changes": { "add_tag_ids": [tag], "remove_tag_ids": [tag] } }), "/changes/remove_tag_ids"),
            (json!({ "name": "n", "texts": text("a"), "context": { "team_ids": [tag] } }), "/context/team_ids"),
        ] {
            let (status, problem) = admin.call(Method::POST, "/macros", Some(body.clone())).await;
            assert_eq!(
                (status, problem["errors"][0]["pointer"].as_str()),
                (StatusCode::UNPROCESSABLE_ENTITY, Some(pointer)), "{body} {problem}"
            );
        }
        let preview = admin.post("/macros/preview", json!({ "text": "{{customer.name}}，{{agent.name}}", "locale": "zh" })).await;
        assert_eq!(preview["text"], "王芳，Ada Admin");
    }

    async fn macros_stand_in_the_order_that_was_given_them(desk: Desk) {
        let admin = desk.administrator().await;
        let mut ids = Vec::new();
        for name in ["A", "B", "C"] {
            ids.push(shared(&admin, name, json!({})).await);
        }
        let order = json!({ "ids": [ids[2], ids[0]] });
        let (status, page) = admin.call(Method::PUT, "/macros/order", Some(order)).await;
        assert_eq!((status, names(&page)), (StatusCode::OK, ["C", "A", "B"].map(str::to_owned).to_vec()));
        assert_eq!(names(&admin.get("/macros").await), ["C", "A", "B"]);
    }

    async fn what_only_a_team_could_use_is_put_away_with_it(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let team = desk.team("Returns", &[&lin]).await;
        shared(&admin, "Theirs", json!({ "audience": "team", "team_id": team.to_string() })).await;
        shared(&admin, "For their tickets", json!({ "context": { "team_ids": [team.to_string()] } })).await;
        let gone = admin.call(Method::DELETE, &format!("/teams/{team}"), None).await;
        assert_eq!(gone.0, StatusCode::NO_CONTENT, "{}", gone.1);
        assert_eq!(offered(&lin, &ticket).await, Vec::<String>::new(), "neither became everybody's");
        let all = admin.get("/macros").await;
        assert!(all["items"].as_array().unwrap().iter().all(|one| one["active"] == false), "{all}");
    }

    async fn a_macro_that_is_deleted_while_it_is_applied_is_applied_or_is_not_there(desk: Desk) {
        let (lin, ticket) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let mut held = json!("normal");
        for _ in 0..ROUNDS {
            let priority = if held == "high" { "low" } else { "high" };
            let id = shared(&admin, "Brief", json!({ "changes": { "priority": priority } })).await;
            let path = format!("/macros/{}", id.as_str().unwrap());
            let (applied, deleted) = tokio::join!(try_apply(&lin, &ticket, &id), admin.call(Method::DELETE, &path, None));
            assert_eq!(deleted.0, StatusCode::NO_CONTENT);
            let holds = lin.get(&format!("/tickets/{ticket}")).await["ticket"]["priority"].clone();
            match applied.0 {
                StatusCode::OK => assert_eq!(holds, priority, "all of it"),
                StatusCode::NOT_FOUND => assert_eq!(holds, held, "or nothing"),
                other => panic!("{other} {}", applied.1),
            }
            held = holds;
            assert_eq!(try_apply(&lin, &ticket, &id).await.0, StatusCode::NOT_FOUND);
        }
    }

    async fn a_grade_that_is_set_while_a_macro_is_applied_comes_before_or_after_it(desk: Desk) {
        let (lin, _) = complaint(&desk, "请问有蓝色的吗？").await;
        let admin = desk.hire("Ada", BuiltInRole::Administrator).await;
        let id = shared(&admin, "Solve", json!({ "changes": { "priority": "low" } })).await;
        for grade in ["ii", "iii", "iv"] {
            set_rule(&admin, grade, json!({ "macros": "all", "macro_ids": [] })).await;
        }
        for round in 0..ROUNDS {
            write(&desk, &format!("快递还没到，太慢了{}", "！".repeat(round))).await;
            let ticket = newest(&lin).await;
            lin.post(&format!("/tickets/{ticket}/case"), json!({})).await;
            let (grade, path) = (json!({ "grade": "i", "reason": "记者来电" }), format!("/tickets/{ticket}/case/grade"));
            let (applied, graded) = tokio::join!(try_apply(&lin, &ticket, &id), lin.call(Method::POST, &path, Some(grade)));
            assert!(graded.0.is_success(), "{graded:?}");
            let holds = lin.get(&format!("/tickets/{ticket}")).await["ticket"]["priority"].clone();
            assert_eq!(holds == "low", applied.0 == StatusCode::OK, "{applied:?}");
            assert_eq!(try_apply(&lin, &ticket, &id).await.0, StatusCode::CONFLICT);
        }
    }
}

/// A macro for everybody; its id.
async fn shared(keeper: &Person, name: &str, more: Value) -> Value {
    let mut body = json!({ "name": name, "audience": "everyone", "texts": [{ "locale": "", "text": format!("{name}, {{{{customer.name}}}}") }] });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    keeper.post("/macros", body).await["id"].clone()
}

async fn try_apply(who: &Person, ticket: &str, id: &Value) -> (StatusCode, Value) {
    let path = format!("/tickets/{ticket}/macros/{}", id.as_str().unwrap());
    who.call(Method::POST, &path, Some(json!({}))).await
}

async fn apply(who: &Person, ticket: &str, id: &Value, body: Value) -> Value {
    let id = id.as_str().or(id["id"].as_str()).unwrap();
    who.post(&format!("/tickets/{ticket}/macros/{id}"), body).await
}

async fn offered(who: &Person, ticket: &str) -> Vec<String> {
    names(&who.get(&format!("/tickets/{ticket}/macros")).await)
}

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn status(who: &Person, category: &str) -> Value {
    let all = who.get("/bootstrap").await["statuses"]
        .as_array()
        .unwrap()
        .clone();
    all.iter().find(|one| one["category"] == category).unwrap()["id"].clone()
}

async fn put_rule(admin: &Person, grade: &str, wish: Value) -> (StatusCode, Value) {
    let rules = admin.get("/grades").await["rules"].as_array().unwrap().clone();
    let mut rule = rules.into_iter().find(|one| one["grade"] == grade).unwrap();
    rule.as_object_mut()
        .unwrap()
        .extend(wish.as_object().unwrap().clone());
    admin
        .call(Method::PUT, &format!("/grades/{grade}"), Some(rule))
        .await
}

async fn set_rule(admin: &Person, grade: &str, wish: Value) {
    let (status, problem) = put_rule(admin, grade, wish).await;
    assert!(status.is_success(), "{problem}");
}

fn answer(text: &Value, macros: &Value) -> Value {
    let client = uuid::Uuid::from_u128(rand::random()).to_string();
    json!({ "client_id": client, "visibility": "public", "text": text, "seen_position": 1_000_000, "macro_ids": macros })
}

async fn kinds_of_events(desk: &Desk) -> Vec<String> {
    let mut conn = desk.app.db.read().await.unwrap();
    let events: Vec<(String,)> = conn
        .sql("SELECT kind FROM event WHERE workspace_id = $1 ORDER BY seq")
        .bind(desk.app.workspace)
        .all()
        .await
        .unwrap();
    events.into_iter().map(|(kind,)| kind).collect()
}
