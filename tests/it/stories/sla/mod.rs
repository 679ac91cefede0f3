//! What was promised to customers, told with a clock that stands still: the cases that helpdesks are known to get wrong.

mod calendars;
mod clocks;
mod edges;
mod long;
mod pauses;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::desk::Desk;
use crate::support::person::Person;
use crate::support::smtp::{Outside, deliver};

const INBOX: &str = "help@shop.example";

async fn write(desk: &Desk, id: &str, more: &str) {
    let raw = format!(
        "From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <{id}@example.com>\n{more}\nQuestion {id}\n"
    );
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

/// A desk whose only promise is the default policy with these times and this calendar.
async fn desk_that_promises(desk: &Desk, terms: Value) -> (Person, Outside) {
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
    change_default(desk, &admin, terms).await;
    (admin, outside)
}

async fn change_default(desk: &Desk, admin: &Person, terms: Value) -> Value {
    let policies = admin.get("/sla-policies").await;
    let default = policies["items"].as_array().unwrap().last().unwrap().clone();
    let mut body = json!({
        "name": "", "version": default["version"], "conditions": [], "calendar_id": null, "first_response_s": null,
        "next_response_s": null, "resolution_s": null, "levels": [], "notify_calendar_id": null,
    });
    for (key, value) in terms.as_object().unwrap() {
        body[key] = value.clone();
    }
    let path = format!("/sla-policies/{}", default["id"].as_str().unwrap());
    let (status, changed) = admin.call(Method::PUT, &path, Some(body)).await;
    assert!(status.is_success(), "{status} {changed}");
    desk.settle().await;
    admin
        .get(&format!("/sla-runs/{}", changed["run_id"].as_str().unwrap()))
        .await
}

async fn clock(person: &Person, metric: &str) -> Value {
    let ticket = person.only_ticket().await;
    let clocks = ticket["ticket"]["sla"]["clocks"].as_array().unwrap().clone();
    clocks
        .into_iter()
        .find(|clock| clock["metric"] == metric)
        .unwrap_or_default()
}

/// `state due`, due as `DD HH:MM` UTC.
async fn shown(person: &Person, metric: &str) -> String {
    let clock = clock(person, metric).await;
    let due = clock["due_at"]
        .as_str()
        .map_or("-".to_owned(), |due| due[8..16].replace('T', " "));
    format!("{} {due}", clock["state"].as_str().unwrap_or("none"))
}

async fn set_category(person: &Person, category: &str) {
    let ticket = person.only_ticket().await;
    let statuses = person.get("/bootstrap").await["statuses"].clone();
    let status = statuses
        .as_array()
        .unwrap()
        .iter()
        .find(|status| status["category"] == category)
        .unwrap()
        .clone();
    let path = format!("/tickets/{}", ticket["ticket"]["id"].as_str().unwrap());
    let edit = json!({
        "field": "status", "old": ticket["ticket"]["status_id"], "new": status["id"], "reason": "the story asks for it",
    });
    person.patch(&path, json!({ "edits": [edit] })).await;
}

async fn told(person: &Person, kind: &str) -> usize {
    let page = person.get("/notifications").await;
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == kind)
        .count()
}

fn office(zone: &str) -> Value {
    let day = json!([{ "from": "09:00", "to": "12:00" }, { "from": "13:00", "to": "18:00" }]);
    json!({
        "name": "Office", "zone": zone, "days": [], "region": null, "feed_url": null,
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": [], "sun": [] },
    })
}
