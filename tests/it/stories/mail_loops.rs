//! Machines that answer each other, and what ends it: first that our own automatic mail is marked, rare and never sent
//! to a machine; then, against one that shows nothing of a machine, the fuse.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::time::Length;

use super::mail_automatic::{INBOX, acknowledging, kept_back, mail, receive};
use crate::support::desk::{Desk, Engine, both_engines};
use crate::support::person::Person;
use crate::support::smtp::{Sent, deliver};

/// Takes what one desk has sent to the other, as a relay would; `change` is what the relay does to it.
async fn carry(
    mails: &[Sent],
    taken: &mut usize,
    to: &Desk,
    change: impl Fn(&Sent, usize) -> String,
) -> usize {
    for (at, mail) in mails.iter().enumerate().skip(*taken) {
        let (smtp, recipient) = (to.bound.smtp.unwrap(), [mail.to[0].as_str()]);
        let sent = deliver(smtp, &mail.from, &recipient, &change(mail, at)).await;
        assert_eq!(sent.unwrap().0, 250);
        to.settle().await;
    }
    let carried = mails.len() - *taken;
    *taken = mails.len();
    carried
}

/// A relay that takes away all by which a machine is known, and every thread.
fn stripped(mail: &Sent, at: usize) -> String {
    let parsed = shouwen_channels::email::parse(mail.raw.as_bytes());
    format!(
        "From: {}\nTo: {}\nSubject: Lamp {at} {}\nMessage-ID: <{at}.{}@relay>\n\n{}\n",
        mail.from,
        mail.to[0],
        mail.from,
        mail.from.replace('@', "."),
        parsed.text
    )
}

/// How many mails two desks that acknowledge each other's mail exchange in ten rounds, on either engine.
async fn exchange(relay: impl Fn(&Sent, usize) -> String + Copy) -> Vec<usize> {
    let mut all = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (Some(one), Some(other)) = (Desk::start(engine).await, Desk::start(engine).await) else {
            continue;
        };
        let (_, from_one) = acknowledging(&one, INBOX).await;
        let (_, from_other) = acknowledging(&other, "care@other.example").await;
        // Somebody writes to the one in the name of the other.
        let first = mail("care@other.example", "first@x", "");
        receive(&one, "care@other.example", &first).await;
        let (mut out, mut back, mut carried) = (0, 0, 0);
        for _ in 0..10 {
            carried += carry(&from_one.mails(), &mut out, &other, relay).await;
            other.clock.advance(Length::seconds(1));
            carried += carry(&from_other.mails(), &mut back, &one, relay).await;
            one.clock.advance(Length::seconds(1));
        }
        all.push(carried);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desks_that_acknowledge_each_other_stop_at_once() {
    let carried = exchange(|mail, _| mail.raw.clone()).await;
    assert!(
        carried.iter().all(|mails| *mails == 1),
        "the other knows a machine's mail: {carried:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_hides_the_machine_does_not_make_a_loop_of_it() {
    let carried = exchange(stripped).await;
    assert!(
        carried.iter().all(|mails| *mails == 2),
        "each is told once a day: {carried:?}"
    );
}

async fn set_limit(admin: &Person, limit: i64) -> (u16, Value) {
    let inboxes = admin.get("/inboxes").await;
    let all = inboxes["items"].as_array().unwrap();
    let inbox = all.iter().find(|one| one["address"] == INBOX).unwrap();
    let mut settings = inbox["settings"].clone();
    settings["loop_limit"] = json!(limit);
    let path = format!("/inboxes/{}", inbox["id"].as_str().unwrap());
    let (status, value) = admin
        .call(Method::PATCH, &path, Some(json!({ "settings": settings })))
        .await;
    (status.as_u16(), value)
}

/// A mail of another desk that looks as if a person had written it: no mark, no thread, an id and an address of its
/// own each time, as desks have that give each ticket its address.
fn robot(case: usize) -> (String, String) {
    let from = format!("case-{case}@robot.example");
    let raw = format!(
        "From: Robot <{from}>\nTo: {INBOX}\nSubject: Re: Lamp\nMessage-ID: <{case}.{case}@robot.example>\n\nThank you, \
         we look into it.\n"
    );
    (from, raw)
}

both_engines! {
    async fn a_robot_that_answers_all_and_looks_like_people_is_stopped_by_the_fuse(desk: Desk) {
        let (admin, outside) = acknowledging(&desk, INBOX).await;
        admin.email_inbox_sending_by("other@shop.example", Some(outside.address)).await;
        assert_eq!(set_limit(&admin, 12).await.0, 200);
        let to_robot = || outside.mails().iter().filter(|mail| mail.to[0].ends_with("@robot.example")).count();
        let (from, raw) = robot(0);
        receive(&desk, &from, &raw).await;
        let (mut case, mut answered) = (0, 0);
        while answered < to_robot() && case < 50 {
            (case, answered) = (case + 1, answered + 1);
            let (from, raw) = robot(case);
            receive(&desk, &from, &raw).await;
        }
        assert_eq!((case, to_robot()), (12, 12), "each of its mails was acknowledged until the fuse blew");
        let kept = kept_back(&admin).await;
        assert_eq!((kept.len(), &kept[0]["cause"]), (1, &json!("loop")));

        let rules = admin.get("/sender-rules").await;
        let rule = &rules["items"][0];
        assert_eq!(
            (&rule["sender"], &rule["kind"], &rule["why"], &rule["expires_at"]),
            (&json!("case-#@robot.example"), &json!("block"), &json!("loop"), &json!("2026-11-22T10:30:00.013Z")),
        );
        let alarms = admin.get("/alarms?open=true").await;
        assert_eq!((alarms["items"].as_array().unwrap().len(), &alarms["items"][0]["kind"]), (1, &json!("mail_loop")));
        let told = outside.mails().iter().filter(|mail| mail.header("Subject").unwrap().starts_with("Alarm")).count();
        assert_eq!(told, 1, "the administrator is told once, by another inbox");

        let (from, raw) = robot(90);
        receive(&desk, &from, &raw).await;
        assert_eq!(kept_back(&admin).await[0]["cause"], "blocked_sender", "all its addresses are");
        receive(&desk, "anna@robot.example", &mail("anna@robot.example", "anna@x", "")).await;
        assert_eq!(kept_back(&admin).await.len(), 2, "people there get through");

        let before = (admin.get("/tickets?view=all&limit=100").await["items"].as_array().unwrap().len(), to_robot());
        let lost = kept[0]["id"].as_str().unwrap();
        let recovered = admin.post(&format!("/mail/{lost}/recover"), json!({})).await;
        desk.settle().await;
        assert_eq!(recovered["state"], "read", "{recovered}");
        let after = (admin.get("/tickets?view=all&limit=100").await["items"].as_array().unwrap().len(), to_robot());
        assert_eq!(after, (before.0 + 1, before.1), "nothing is lost, and nothing is answered to it");

        desk.advance(Length::minutes(61)).await;
        let (from, raw) = robot(91);
        receive(&desk, &from, &raw).await;
        assert_eq!(kept_back(&admin).await.len(), 1, "the hour is over");
    }

    async fn how_many_are_a_loop_is_the_inboxes_to_say_and_who_is_let_in_is_not_counted(desk: Desk) {
        let (admin, _) = acknowledging(&desk, INBOX).await;
        let (status, problem) = set_limit(&admin, 4).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/settings/loop_limit")), "{problem}");
        assert_eq!(set_limit(&admin, 5).await.0, 200);
        let shop = |at: usize| mail("orders@market.example", &format!("{at}@m"), "");
        for at in 0..8 {
            receive(&desk, "orders@market.example", &shop(at)).await;
        }
        assert_eq!((admin.tickets("all").await.len(), kept_back(&admin).await.len()), (5, 3));
        admin.post("/sender-rules", json!({ "kind": "allow", "sender": "market.example" })).await;
        receive(&desk, "orders@market.example", &shop(8)).await;
        assert_eq!(kept_back(&admin).await.len(), 4, "what is said of the address itself counts more");
        admin.post("/sender-rules", json!({ "kind": "allow", "sender": "orders@market.example" })).await;
        for at in 9..29 {
            receive(&desk, "orders@market.example", &shop(at)).await;
        }
        assert_eq!((admin.tickets("all").await.len(), kept_back(&admin).await.len()), (25, 4));
    }
}
