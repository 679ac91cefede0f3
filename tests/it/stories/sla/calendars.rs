//! Holidays: from files, from regions, and from feeds that may fail.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::office;
use crate::support::desk::{Desk, Engine, both_engines};

both_engines! {
    async fn a_calendar_takes_holidays_from_a_file_and_from_its_region(desk: Desk) {
        let admin = desk.administrator().await;
        let mut body = office("Asia/Shanghai");
        body["region"] = json!("CN");
        let made = admin.post("/calendars", body).await;
        let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n\
                   DTSTART;VALUE=DATE:20261124\r\nSUMMARY:Moving house\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let path = format!("/calendars/{}", made["id"].as_str().unwrap());
        let done = admin.post(&format!("{path}/import"), json!({ "ics": ics })).await;
        assert_eq!((&done["imported"], &done["calendar"]["days"][0]["name"]), (&json!(1), &json!("Moving house")));
        let (status, wrong) = admin.call(Method::POST, &format!("{path}/import"), Some(json!({ "ics": "<html>" }))).await;
        assert_eq!((status.as_u16(), &wrong["errors"][0]["pointer"]), (422, &json!("/ics")), "{wrong}");
        let year = admin.get("/calendars/holidays?region=CN&year=2026").await;
        assert_eq!(year.as_array().unwrap().iter().filter(|day| day["working"] == true).count(), 6);
        let default = admin.get("/sla-policies").await["items"][0].clone();
        let arrival = |at: &str| json!({ "arrives_at": at, "facts": {}, "draft": { "policy": {
            "id": default["id"], "name": "", "conditions": [], "calendar_id": made["id"], "first_response_s": 3600,
            "next_response_s": null, "resolution_s": null, "levels": [], "notify_calendar_id": null,
        } } });
        // Saturday 2026-10-10 makes up for the National Day: open from 09:00 in Shanghai.
        let why = admin.post("/sla/simulate", arrival("2026-10-09T23:00:00Z")).await;
        assert_eq!(why["clocks"][0]["due_at"], "2026-10-10T02:00:00.000Z");
        // Tuesday the 24th is off.
        let why = admin.post("/sla/simulate", arrival("2026-11-23T12:00:00Z")).await;
        assert_eq!(why["clocks"][0]["due_at"], "2026-11-25T02:00:00.000Z");
    }
}

/// A holiday feed of this machine: what it answers can be changed.
async fn feed(answer: &Arc<Mutex<(u16, String)>>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer.clone();
    let pages = Router::new().fallback(move || {
        let (status, text) = answer.lock().unwrap().clone();
        async move { (StatusCode::from_u16(status).unwrap(), text) }
    });
    #[expect(clippy::disallowed_methods, reason = "the story's own server")]
    tokio::spawn(async move { axum::serve(listener, pages).await });
    format!("http://{address}/holidays.ics")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_brings_holidays_and_one_that_fails_keeps_those_that_are_known() {
    let sets = ["fetch.allowed_networks=127.0.0.0/8"];
    let desk = Desk::start_with(Engine::Sqlite, &sets).await.unwrap();
    let admin = desk.administrator().await;
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n\
               DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let answer = Arc::new(Mutex::new((200, ics.to_owned())));
    let mut body = office("Europe/Berlin");
    body["feed_url"] = json!(feed(&answer).await);
    let made = admin.post("/calendars", body).await;
    let path = format!("/calendars/{}", made["id"].as_str().unwrap());
    desk.settle().await;
    let fetched = admin.get(&path).await["feed"].clone();
    assert_eq!(
        (&fetched["days"][0]["date"], &fetched["error"]),
        (&json!("2026-12-25"), &Value::Null),
        "{fetched}"
    );
    for broken in [(500, String::new()), (200, "<html>a new page</html>".to_owned())] {
        *answer.lock().unwrap() = broken;
        admin.post(&format!("{path}/fetch"), json!({})).await;
        desk.settle().await;
        let failed = admin.get(&path).await["feed"].clone();
        assert!(
            failed["error"].is_string() && failed["days"] == fetched["days"],
            "{failed}"
        );
    }
    let mut private = office("Europe/Berlin");
    private["name"] = json!("Inside");
    private["feed_url"] = json!("http://10.0.0.1/holidays.ics");
    let (status, problem) = admin.call(Method::POST, "/calendars", Some(private)).await;
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["pointer"]),
        (422, &json!("/feed_url")),
        "{problem}"
    );
    desk.stop().await;
}
