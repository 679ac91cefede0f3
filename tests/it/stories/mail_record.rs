//! Every mail that came can be found, with what became of it; what was kept back can be let through.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::Length;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";
const BULK: &str = "List-Id: <news.example.com>\nPrecedence: bulk\n";

async fn receive(desk: &Desk, raw: &str) {
    desk.clock.advance(Length::from_millis(1)); // so that mails have an order
    let smtp = desk.bound.smtp.unwrap();
    let sent = deliver(smtp, "wang@example.com", &[INBOX], raw).await.unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

fn mail(id: &str, more: &str) -> String {
    from("Wang <wang@example.com>", id, more)
}

fn from(sender: &str, id: &str, more: &str) -> String {
    format!("From: {sender}\nTo: {INBOX}\nSubject: About {id}\nMessage-ID: <{id}>\n{more}\nText {id}\n")
}

async fn start(desk: &Desk) -> Person {
    let admin = desk.administrator().await;
    admin.email_inbox(INBOX).await;
    admin
}

async fn records(person: &Person, query: &str) -> Vec<Value> {
    person.get(&format!("/mail{query}")).await["items"]
        .as_array()
        .unwrap()
        .clone()
}

async fn act(person: &Person, mail: &Value, verb: &str, body: Value) -> Value {
    person
        .post(&format!("/mail/{}/{verb}", mail["id"].as_str().unwrap()), body)
        .await
}

both_engines! {
    async fn every_mail_is_found_with_what_became_of_it(desk: Desk) {
        let admin = start(&desk).await;
        receive(&desk, &mail("1@x", "")).await;
        receive(&desk, &mail("1@x", "")).await;
        receive(&desk, &mail("2@x", BULK)).await;
        let all = records(&admin, "").await;
        let states: Vec<_> = all.iter().map(|mail| mail["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["suspended", "duplicate", "read"], "newest first");
        assert_eq!((&all[0]["cause"], &all[0]["subject"]), (&json!("bulk"), &json!("About 2@x")));
        assert_eq!((&all[0]["from"], &all[0]["envelope_from"]), (&json!("wang@example.com"), &json!("wang@example.com")));
        let ticket = admin.only_ticket().await;
        assert_eq!(all[2]["ticket"]["number"], ticket["ticket"]["number"]);
        let detail = admin.get(&format!("/mail/{}", all[2]["id"].as_str().unwrap())).await;
        assert_eq!((&detail["joined"]["because"], &detail["peer"]), (&json!("new"), &json!("127.0.0.1")));
        assert_eq!(detail["helo"], "outside.example");

        assert_eq!(records(&admin, "?state=duplicate,read").await.len(), 2);
        let page = admin.get("/mail?limit=2").await;
        let next = page["next"].as_str().unwrap();
        let rest = records(&admin, &format!("?limit=2&after={next}")).await;
        assert_eq!(rest.len(), 1, "{rest:#?}");
        assert_eq!(rest[0]["id"], all[2]["id"]);
        let inbox = ticket["ticket"]["inbox_id"].as_str().unwrap();
        assert_eq!(records(&admin, &format!("?inbox={inbox}&state=suspended")).await.len(), 1);
        assert_eq!(admin.get("/mail/counts").await["suspended"]["count"], 1);
        let (status, problem) = admin.call(Method::GET, "/mail?state=lost", None).await;
        assert_eq!(status, 400, "{problem}");
    }

    async fn a_mail_that_was_kept_back_is_let_through_once(desk: Desk) {
        let admin = start(&desk).await;
        receive(&desk, &mail("1@x", BULK)).await;
        let kept = records(&admin, "?state=suspended").await.remove(0);
        let still = act(&admin, &kept, "process", json!({})).await;
        assert_eq!(still["state"], "suspended", "the rules have not changed");
        let done = act(&admin, &kept, "recover", json!({})).await;
        assert_eq!(done["state"], "read", "{done}");
        assert_eq!(done["settled_by"], json!(admin.id));
        desk.settle().await;
        let ticket = admin.only_ticket().await;
        assert_eq!(ticket["messages"].as_array().unwrap().len(), 1);
        assert!(ticket["ticket"]["waiting_since"].is_string(), "somebody looked at it: it waits for an answer");
        assert_eq!(act(&admin, &kept, "process", json!({})).await["message_id"], done["message_id"]);
        let path = format!("/mail/{}/recover", kept["id"].as_str().unwrap());
        assert_eq!(admin.call(Method::POST, &path, Some(json!({}))).await.0, 409);
        desk.settle().await;
        assert_eq!(admin.only_ticket().await["messages"].as_array().unwrap().len(), 1);
    }

    async fn a_person_says_to_which_ticket_a_mail_belongs(desk: Desk) {
        let admin = start(&desk).await;
        receive(&desk, &mail("1@x", "")).await;
        receive(&desk, &mail("2@x", BULK)).await;
        let kept = records(&admin, "?state=suspended").await.remove(0);
        let ticket = admin.only_ticket().await;
        let into = json!({ "ticket_id": ticket["ticket"]["id"], "allow_sender": true });
        assert_eq!(act(&admin, &kept, "recover", into).await["joined"]["because"], "person");
        assert_eq!(admin.only_ticket().await["messages"].as_array().unwrap().len(), 2);
        receive(&desk, &mail("3@x", BULK)).await;
        assert_eq!(admin.tickets("all").await.len(), 2, "this sender's notices make tickets now");
    }

    async fn what_is_let_go_is_not_gone_and_its_source_is_read_under_eyes(desk: Desk) {
        let admin = start(&desk).await;
        let agent = desk.agent("Li Na").await;
        let boss = desk.hire("Bo", BuiltInRole::Supervisor).await;
        receive(&desk, &mail("1@x", BULK)).await;
        let kept = records(&boss, "?state=suspended").await.remove(0);
        let path = format!("/mail/{}", kept["id"].as_str().unwrap());
        for (method, path) in [(Method::GET, "/mail".to_owned()), (Method::GET, path.clone()), (Method::GET, format!("{path}/raw")),
            (Method::POST, format!("{path}/recover")), (Method::POST, format!("{path}/discard"))] {
            assert_eq!(agent.call(method, &path, Some(json!({}))).await.0, 403, "{path}");
        }
        assert_eq!(act(&boss, &kept, "discard", json!({})).await["state"], "discarded");
        assert_eq!(boss.get("/mail/counts").await["suspended"]["count"], 0);
        let (status, _) = boss.call(Method::GET, &format!("{path}/raw"), None).await;
        assert_eq!(status, 200);
        assert_eq!(admin.get(&path).await["readings"][0]["by"], json!(boss.id));
        assert_eq!(act(&boss, &kept, "recover", json!({})).await["state"], "read");
        desk.advance(Length::days(91)).await;
        shouwen::housekeeping::run(&desk.app, desk.app.workspace).await.unwrap();
        let detail = admin.get(&path).await;
        assert_eq!((&detail["has_raw"], &detail["subject"], &detail["from"]), (&json!(false), &json!(null), &json!(null)));
        assert_eq!(admin.call(Method::GET, &format!("{path}/raw"), None).await.0, 409);
    }

    async fn mail_of_a_blocked_sender_waits_and_comes_back(desk: Desk) {
        let admin = start(&desk).await;
        let rule = admin.post("/sender-rules", json!({ "kind": "block", "sender": "@Example.com" })).await;
        assert_eq!(rule["sender"], "example.com");
        receive(&desk, &mail("1@x", "")).await;
        receive(&desk, &from("ann@mail.example.com", "2@x", "")).await;
        assert!(admin.tickets("all").await.is_empty());
        let kept = records(&admin, "?state=suspended").await;
        assert_eq!((kept.len(), &kept[0]["cause"]), (2, &json!("blocked_sender")));
        // The address speaks louder than its domain.
        admin.post("/sender-rules", json!({ "kind": "allow", "sender": "wang@example.com" })).await;
        receive(&desk, &mail("3@x", "")).await;
        assert_eq!(admin.tickets("all").await.len(), 1);
        assert_eq!(act(&admin, &kept[1], "process", json!({})).await["state"], "read");
        assert_eq!(act(&admin, &kept[0], "process", json!({})).await["state"], "suspended");
        let path = format!("/sender-rules/{}", rule["id"].as_str().unwrap());
        assert_eq!(admin.call(Method::DELETE, &path, None).await.0, 204);
        assert_eq!(act(&admin, &kept[0], "process", json!({})).await["state"], "read");
        let list = admin.get("/sender-rules").await["items"].as_array().unwrap().clone();
        assert_eq!((list.len(), &list[0]["by"]), (1, &json!(admin.id)));
        for wrong in [json!({ "kind": "block", "sender": "everybody" }), json!({ "kind": "block", "sender": "a@b.c", "expires_at": "2020-01-01T00:00:00Z" })] {
            assert_eq!(admin.call(Method::POST, "/sender-rules", Some(wrong)).await.0, 422);
        }
    }

    async fn a_rule_ends_when_its_time_is_up(desk: Desk) {
        let admin = start(&desk).await;
        let until = shouwen_core::time::Timestamp::to_string(&desk.app.now().plus(Length::hours(1)));
        admin.post("/sender-rules", json!({ "kind": "block", "sender": "wang@example.com", "expires_at": until })).await;
        receive(&desk, &mail("1@x", "")).await;
        assert!(admin.tickets("all").await.is_empty());
        desk.advance(Length::hours(2)).await;
        receive(&desk, &mail("2@x", "")).await;
        assert_eq!(admin.tickets("all").await.len(), 1);
        assert!(admin.get("/sender-rules").await["items"].as_array().unwrap().is_empty());
    }

    async fn spam_leaves_every_view_but_its_own_and_comes_back_whole(desk: Desk) {
        let admin = start(&desk).await;
        receive(&desk, &mail("1@x", "")).await;
        let ticket = admin.only_ticket().await;
        let path = format!("/tickets/{}/spam", ticket["ticket"]["id"].as_str().unwrap());
        assert_eq!(admin.post(&path, json!({ "block_sender": true })).await["spam"], true);
        for view in ["all", "open", "unassigned", "mine"] {
            assert!(admin.tickets(view).await.is_empty(), "{view}");
        }
        assert_eq!(admin.tickets("spam").await.len(), 1);
        assert_eq!(admin.get("/counts").await["views"]["open"]["count"], 0);
        receive(&desk, &mail("2@x", "In-Reply-To: <1@x>\n")).await;
        let kept = records(&admin, "?state=suspended").await;
        assert_eq!((kept.len(), &kept[0]["cause"]), (1, &json!("blocked_sender")));

        let (status, back) = admin.call(Method::DELETE, &path, None).await;
        assert_eq!((status.as_u16(), &back["spam"]), (200, &json!(false)));
        assert_eq!(admin.tickets("open").await.len(), 1);
        assert!(admin.tickets("spam").await.is_empty());
        assert_eq!(act(&admin, &kept[0], "process", json!({})).await["state"], "read", "its sender may write again");
        let whole = admin.only_ticket().await;
        assert_eq!(whole["messages"].as_array().unwrap().len(), 2);
        let kinds: Vec<_> = whole["activities"].as_array().unwrap().iter().map(|line| line["kind"].clone()).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == "spam_changed").count(), 2);
    }
}
