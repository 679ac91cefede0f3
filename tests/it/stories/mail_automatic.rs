//! The desk's own automatic mail, and everybody else's: marked, rare, and never a conversation of two machines.

use serde_json::{Value, json};
use shouwen_core::time::Length;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::{Outside, deliver};

pub(super) const INBOX: &str = "help@shop.example";

pub(super) async fn receive(desk: &Desk, from: &str, raw: &str) {
    desk.clock.advance(Length::from_millis(1)); // so that mails have an order
    let smtp = desk.bound.smtp.unwrap();
    let sent = deliver(smtp, from, &[INBOX], raw).await.unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

pub(super) fn mail(from: &str, id: &str, more: &str) -> String {
    format!("From: {from}\nTo: {INBOX}\nSubject: Lamp {id}\nMessage-ID: <{id}>\n{more}\nText {id}\n")
}

/// A desk that tells senders that their mail arrived.
pub(super) async fn acknowledging(desk: &Desk, address: &str) -> (Person, Outside) {
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    let inbox = admin.email_inbox_sending_by(address, Some(outside.address)).await;
    let smtp = json!({ "host": outside.address.ip().to_string(), "port": outside.address.port(), "security": "none", "username": null });
    let words = json!({ "on": true, "text_en": "We got it as {{ticket.number}}.", "text_zh": "已收到，编号 {{ticket.number}}。" });
    let settings =
        json!({ "settings": { "sender_name": "", "smtp": smtp, "signature": "", "acknowledge": words } });
    admin
        .patch(&format!("/inboxes/{}", inbox["id"].as_str().unwrap()), settings)
        .await;
    (admin, outside)
}

pub(super) async fn kept_back(person: &Person) -> Vec<Value> {
    person.get("/mail?state=suspended").await["items"]
        .as_array()
        .unwrap()
        .clone()
}

both_engines! {
    async fn a_sender_is_told_once_a_day_and_still_waits(desk: Desk) {
        let (admin, outside) = acknowledging(&desk, INBOX).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "1@x", "")).await;
        let told = outside.mails();
        assert_eq!((told.len(), &told[0].to), (1, &vec!["wang@example.com".to_owned()]));
        assert_eq!(told[0].header("Auto-Submitted").unwrap(), "auto-replied");
        assert_eq!(told[0].header("X-Auto-Response-Suppress").unwrap(), "All");
        let ticket = admin.only_ticket().await;
        assert!(told[0].raw.contains(ticket["ticket"]["number"].as_str().unwrap()));
        assert_eq!(ticket["messages"][1]["automatic"], true);
        assert!(ticket["ticket"]["waiting_since"].is_string(), "nobody has answered");
        assert_eq!((&ticket["ticket"]["category"], &ticket["ticket"]["unread"]), (&json!("new"), &json!(true)));
        assert_eq!(ticket["ticket"]["preview"], "Text 1@x");

        receive(&desk, "wang@example.com", &mail("wang@example.com", "2@x", "")).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "3@x", "In-Reply-To: <1@x>\n")).await;
        assert_eq!(outside.mails().len(), 1, "once a day, once a ticket");
        desk.advance(Length::hours(25)).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "4@x", "In-Reply-To: <1@x>\n")).await;
        assert_eq!(outside.mails().len(), 1, "once a ticket");
        receive(&desk, "wang@example.com", &mail("wang@example.com", "5@x", "").replace("Text", "灯坏了")).await;
        assert_eq!(outside.mails().len(), 2);
        let parsed = shouwen_channels::email::parse(outside.mails()[1].raw.as_bytes());
        assert!(parsed.text.contains("已收到"), "{}", parsed.text);
    }

    async fn machines_and_ourselves_are_told_nothing(desk: Desk) {
        let (admin, outside) = acknowledging(&desk, INBOX).await;
        for (at, (envelope, from, more)) in [
            ("a@b.example", "a@b.example", "Auto-Submitted: auto-replied\n"),
            ("a@b.example", "a@b.example", "Precedence: bulk\n"),
            ("a@b.example", "a@b.example", "X-Auto-Response-Suppress: OOF\n"),
            ("", "a@b.example", ""),
            ("no-reply@b.example", "no-reply@b.example", ""),
            ("a@b.example", INBOX, ""),
            ("a@b.example", "help+anything@shop.example", ""),
        ].into_iter().enumerate() {
            receive(&desk, envelope, &mail(from, &format!("{at}@x"), more)).await;
        }
        assert_eq!(outside.mails().len(), 0);
        // Recovered later: the moment has passed.
        let kept = kept_back(&admin).await;
        assert!(kept.len() >= 4, "{kept:#?}");
        for mail in kept {
            admin.post(&format!("/mail/{}/recover", mail["id"].as_str().unwrap()), json!({})).await;
        }
        desk.settle().await;
        assert_eq!(outside.mails().len(), 0);
    }

    async fn a_flood_from_one_sender_blows_the_fuse_for_an_hour(desk: Desk) {
        let (admin, _) = acknowledging(&desk, INBOX).await;
        let robot = |at: usize| mail("robot@b.example", &format!("{at}@x"), "");
        for at in 0..60 {
            receive(&desk, "robot@b.example", &robot(at)).await;
        }
        let (tickets, kept) = (admin.get("/tickets?view=all&limit=100").await["items"].as_array().unwrap().len(), kept_back(&admin).await);
        assert_eq!((tickets, kept.len()), (40, 20));
        let causes: Vec<_> = kept.iter().map(|mail| mail["cause"].as_str().unwrap()).collect();
        assert_eq!(causes.last(), Some(&"loop"), "the first one too many");
        assert!(causes[..19].iter().all(|cause| *cause == "blocked_sender"));
        let rule = admin.get("/sender-rules").await["items"][0].clone();
        assert_eq!((&rule["sender"], &rule["why"]), (&json!("robot@b.example"), &json!("loop")));
        let alarms = admin.get("/alarms").await;
        assert_eq!(alarms["items"].as_array().unwrap().len(), 1, "administrators are told once");
        assert_eq!(alarms["items"][0]["kind"], "mail_loop");
        receive(&desk, "wang@example.com", &mail("wang@example.com", "wang@x", "")).await;
        assert_eq!(kept_back(&admin).await.len(), 20, "others get through");
        desk.advance(Length::minutes(61)).await;
        receive(&desk, "robot@b.example", &robot(60)).await;
        assert_eq!(kept_back(&admin).await.len(), 20, "the hour is over");
    }

    async fn a_flood_in_one_thread_blows_the_fuse_whoever_writes(desk: Desk) {
        let (admin, _) = acknowledging(&desk, INBOX).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "first@x", "")).await;
        for at in 0..45_u8 {
            // Told apart by letters: addresses that differ by a number count as one.
            let (tens, ones) = ((b'a' + at / 10) as char, (b'a' + at % 10) as char);
            let from = format!("robot-{tens}{ones}@b.example");
            receive(&desk, &from, &mail(&from, &format!("{at}@x"), "In-Reply-To: <first@x>\n")).await;
        }
        assert_eq!(admin.tickets("all").await.len(), 1);
        let kept = kept_back(&admin).await;
        assert_eq!((kept.len(), &kept[0]["cause"]), (5, &json!("loop")));
    }
}
