//! A ticket is found by what a caller says or a colleague has at hand, and never one that is hidden.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";

/// A desk with three tickets to find, and a fourth that the agent may not see.
struct Shop {
    admin: Person,
    agent: Person,
    shade: Value,
    parcel: Value,
    lamp: Value,
    hidden: Value,
}

impl Shop {
    async fn of(desk: &Desk) -> Self {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let phone = admin.phone_inbox().await;
        admin.email_inbox(INBOX).await;
        let shade = call(&admin, &phone, "13800138000", "王芳", "灯罩碎了怎么办").await;
        let hidden = call(&admin, &phone, "13911112222", "赵敏", "秘密的灯").await;
        let team = desk.team("Others", &[]).await;
        let edit = json!({ "edits": [{ "field": "team", "old": null, "new": team }] });
        admin.patch(&path(&hidden), edit).await;
        mail(desk, "li.lei@post.example", "订单没有收到").await;
        mail(desk, "Zhang.Wei@Post.example", "Broken LAMP shade").await;
        let all = admin.tickets("all").await;
        let with = |subject: &str| all.iter().find(|one| one["subject"] == subject).unwrap().clone();
        Self {
            parcel: with("订单没有收到"),
            lamp: with("Broken LAMP shade"),
            admin,
            agent,
            shade,
            hidden,
        }
    }
}

async fn call(person: &Person, inbox: &Value, number: &str, name: &str, text: &str) -> Value {
    let call = json!({ "client_id": format!("call-of-{number}"), "inbox_id": inbox["id"], "number": number,
        "direction": "in", "text": text, "outcome": "answered", "duration_s": 60, "customer_name": name });
    person.post("/call-log", call).await["ticket"].clone()
}

async fn mail(desk: &Desk, from: &str, subject: &str) {
    let raw = format!("From: {from}\nTo: {INBOX}\nSubject: {subject}\nMessage-ID: <{from}>\n\nHello.\n");
    let taken = deliver(desk.bound.smtp.unwrap(), from, &[INBOX], &raw).await;
    assert_eq!(taken.unwrap().0, 250);
    desk.settle().await;
}

fn path(ticket: &Value) -> String {
    format!("/tickets/{}", ticket["id"].as_str().unwrap())
}

async fn find(person: &Person, words: &str) -> Value {
    let mut url = url::Url::parse("http://x/find").unwrap();
    url.query_pairs_mut().append_pair("q", words);
    person.get(&format!("/find?{}", url.query().unwrap())).await
}

async fn finds(person: &Person, words: &str) -> Vec<Value> {
    let found = find(person, words).await;
    found["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].clone())
        .collect()
}

/// The number with its last digit changed, as one who misheard it says it.
fn misheard(number: &str) -> String {
    let last = number.chars().last().unwrap().to_digit(10).unwrap();
    format!("{}{}", &number[..number.len() - 1], (last + 1) % 10)
}

both_engines! {
    async fn a_ticket_is_found_by_its_number_however_it_is_written(desk: Desk) {
        let shop = Shop::of(&desk).await;
        let number = shop.lamp["number"].as_str().unwrap();
        let spaced = format!("{} {}", &number[..3], &number[3..]);
        let wide: String = number.chars().map(|digit| char::from_u32(u32::from(digit) + 0xfee0).unwrap()).collect();
        for said in [number, &format!("#{number}"), &spaced, &wide, &format!("＃{wide}"), &format!(" {number} ")] {
            assert_eq!(finds(&shop.agent, said).await, [shop.lamp["id"].clone()], "{said}");
        }
        for wrong in [misheard(number), format!("{number}0"), "99999999".to_owned(), "#".to_owned()] {
            let found = find(&shop.agent, &wrong).await;
            assert_eq!(found, json!({ "tickets": [], "customers": [] }), "{wrong}");
        }
    }

    async fn a_ticket_is_found_by_the_callers_number_and_its_beginning(desk: Desk) {
        let shop = Shop::of(&desk).await;
        for said in ["13800138000", "+86 138-0013-8000", "138 0013 8000", "0086 13800138000", "1380", "138 0013", "+86138"] {
            assert_eq!(finds(&shop.agent, said).await, [shop.shade["id"].clone()], "{said}");
        }
        let known = find(&shop.agent, "138 0013").await;
        assert_eq!(known["customers"][0]["name"], "王芳");
        assert_eq!(finds(&shop.agent, "13800138001").await, Vec::<Value>::new());
    }

    async fn a_ticket_is_found_by_address_subject_and_name_by_their_beginnings(desk: Desk) {
        let shop = Shop::of(&desk).await;
        for (said, ticket) in [
            ("zhang.wei@post.example", &shop.lamp), ("ZHANG.W", &shop.lamp), ("li.lei@post", &shop.parcel),
            ("灯罩碎了怎么办", &shop.shade), ("灯罩", &shop.shade), ("订", &shop.parcel), ("订单没有", &shop.parcel),
            ("broken lamp", &shop.lamp), ("BROKEN", &shop.lamp), ("王", &shop.shade), ("王芳", &shop.shade),
        ] {
            assert_eq!(finds(&shop.agent, said).await, [ticket["id"].clone()], "{said}");
        }
        for nothing in ["没有这样的单", "%", "_", "zhang%", "", "  ", "'; DROP TABLE ticket; --"] {
            assert_eq!(finds(&shop.agent, nothing).await, Vec::<Value>::new(), "{nothing}");
        }
    }

    async fn what_is_hidden_is_found_by_nothing(desk: Desk) {
        let shop = Shop::of(&desk).await;
        let number = shop.hidden["number"].as_str().unwrap();
        for said in [number, "13911112222", "1391", "秘密", "赵敏"] {
            assert_eq!(find(&shop.agent, said).await, json!({ "tickets": [], "customers": [] }), "{said}");
            assert_eq!(finds(&shop.admin, said).await, [shop.hidden["id"].clone()], "{said}");
        }
        assert_eq!(shop.agent.call(Method::GET, &path(&shop.hidden), None).await.0, 404);
        let callers = shop.agent.get("/callers?number=13911112222").await;
        assert_eq!((&callers["customers"], &callers["open_tickets"]), (&json!([]), &json!([])), "{callers}");
    }

    async fn a_customer_is_found_by_the_shops_own_id(desk: Desk) {
        let shop = Shop::of(&desk).await;
        let of = |ticket: &Value| format!("/customers/{}/identities", ticket["customer"]["id"].as_str().unwrap());
        let own = json!({ "kind": "external", "value": " SHOP-0042 " });
        let known = shop.agent.post(&of(&shop.lamp), own.clone()).await;
        let identity = known["identities"].as_array().unwrap().iter().find(|one| one["kind"] == "external").unwrap().clone();
        assert_eq!((&identity["value"], &identity["verified"]), (&json!("SHOP-0042"), &json!("agent")));
        assert_eq!(finds(&shop.agent, "SHOP-0042").await, [shop.lamp["id"].clone()]);
        assert_eq!(finds(&shop.agent, " SHOP-0042 ").await, [shop.lamp["id"].clone()]);
        assert_eq!(finds(&shop.agent, "SHOP-004").await, Vec::<Value>::new(), "an id is whole or none");

        shop.agent.post(&of(&shop.lamp), own.clone()).await; // the same again is no mistake
        let (status, problem) = shop.agent.call(Method::POST, &of(&shop.parcel), Some(own)).await;
        assert_eq!(status, 409, "{problem}");
        let (status, problem) = shop.agent.call(Method::POST, &of(&shop.lamp), Some(json!({ "kind": "external", "value": " " }))).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/value")), "{problem}");

        shop.admin.post(&of(&shop.hidden), json!({ "kind": "external", "value": "SHOP-0043" })).await;
        assert_eq!(find(&shop.agent, "SHOP-0043").await, json!({ "tickets": [], "customers": [] }));
        let drop = format!("{}/{}", of(&shop.lamp), identity["id"].as_str().unwrap());
        let (status, _) = shop.agent.call(Method::DELETE, &drop, None).await;
        assert!(status.is_success());
        assert_eq!(finds(&shop.agent, "SHOP-0042").await, Vec::<Value>::new());
    }
}
