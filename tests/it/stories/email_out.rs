//! Answers leave by SMTP, and what comes of them comes back.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen::actions::deliveries;
use shouwen::store::messages;
use shouwen_core::id::MessageId;
use shouwen_core::time::Length;

use futures_util::FutureExt;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::{Manner, Outside, deliver};

const INBOX: &str = "help@shop.example";

async fn receive(desk: &Desk, raw: &str) {
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

fn question(id: &str, more: &str) -> String {
    format!(
        "From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <{id}>\n{more}\nQuestion {id}\n"
    )
}

/// A desk that was asked one question, with the outside world that its answers go to.
async fn asked(desk: &Desk) -> (Person, Person, Outside) {
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
    receive(desk, &question("1@example.com", "")).await;
    (admin, desk.agent("Li Na").await, outside)
}

async fn last_message(person: &Person) -> Value {
    let ticket = person.only_ticket().await;
    ticket["messages"].as_array().unwrap().last().unwrap().clone()
}

both_engines! {
    async fn an_answer_leaves_with_all_that_brings_the_next_mail_back(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        agent.reply(&agent.only_ticket().await, "We send a new one.").await;
        assert_eq!(last_message(&agent).await["delivery"], "queued");
        desk.settle().await;
        let mails = outside.mails();
        assert_eq!(mails.len(), 1);
        let first = &mails[0];
        assert_eq!((first.from.as_str(), &first.to), (INBOX, &vec!["wang@example.com".to_owned()]));
        let from = shouwen_channels::email::parse(first.raw.as_bytes()).from.unwrap();
        assert_eq!((from.address.as_str(), from.name.as_deref()), (INBOX, Some("Lamp & Tea")));
        assert_eq!(first.header("Subject").unwrap(), "Re: Lamp");
        assert_eq!(first.header("In-Reply-To").unwrap(), "<1@example.com>");
        assert_eq!(first.header("References").unwrap(), "<1@example.com>");
        assert!(first.raw.contains("We send a new one."));
        let sent = last_message(&agent).await;
        assert_eq!((&sent["delivery"], &sent["deliveries"][0]["state"]), (&json!("sent"), &json!("sent")));

        let id = first.header("Message-ID").unwrap();
        receive(&desk, &question("2@example.com", &format!("In-Reply-To: {id}\n"))).await;
        let ticket = agent.only_ticket().await;
        assert_eq!(ticket["messages"][2]["mail"]["joined_because"], "in_reply_to");

        // Some programs keep nothing but the address.
        let reply_to = first.header("Reply-To").unwrap();
        let address = reply_to.split('<').nth(1).unwrap().trim_end_matches('>').to_owned();
        let sent = deliver(desk.bound.smtp.unwrap(), "x@y.example", &[&address], &question("3@example.com", "")).await;
        assert_eq!(sent.unwrap().0, 250);
        desk.settle().await;
        let ticket = agent.only_ticket().await;
        assert_eq!(ticket["messages"][3]["mail"]["joined_because"], "reply_token");

        agent.reply(&ticket, "And one more.").await;
        desk.settle().await;
        let references = outside.mails()[1].header("References").unwrap();
        assert_eq!(references, format!("<1@example.com> {id} <2@example.com> <3@example.com>"));
        assert_eq!(outside.mails()[1].header("In-Reply-To").unwrap(), "<3@example.com>");
    }

    async fn our_own_copy_is_recognised(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        agent.reply(&agent.only_ticket().await, "Answer").await;
        desk.settle().await;
        let copy = outside.mails()[0].raw.clone();
        receive(&desk, &copy).await;
        assert_eq!(agent.only_ticket().await["messages"].as_array().unwrap().len(), 2);
    }

    async fn what_is_refused_for_now_is_sent_later(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        outside.behave(Manner { to_recipient: Some("451 4.7.1 come back later".to_owned()), ..Manner::default() });
        agent.reply(&agent.only_ticket().await, "Answer").await;
        desk.settle().await;
        let waiting = last_message(&agent).await;
        assert_eq!(waiting["delivery"], "queued");
        assert!(waiting["deliveries"][0]["response"].as_str().unwrap().contains("come back later"));
        outside.behave(Manner::default());
        desk.advance(Length::minutes(1)).await;
        assert_eq!(last_message(&agent).await["delivery"], "sent");
        assert_eq!(outside.mails().len(), 1);
    }

    async fn what_is_refused_for_two_days_has_failed(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        outside.behave(Manner { to_recipient: Some("451 no".to_owned()), ..Manner::default() });
        agent.reply(&agent.only_ticket().await, "Answer").await;
        for _ in 0..60 {
            desk.advance(Length::minutes(80)).await;
        }
        assert_eq!(last_message(&agent).await["delivery"], "failed");
    }

    async fn a_refused_answer_is_told_and_can_be_sent_again(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        outside.behave(Manner { to_recipient: Some("550 5.1.1 no such user".to_owned()), ..Manner::default() });
        agent.reply(&agent.only_ticket().await, "Answer").await;
        desk.settle().await;
        let ticket = agent.only_ticket().await;
        assert_eq!(ticket["ticket"]["failed"], true);
        assert!(ticket["messages"][1]["delivery_error"].as_str().unwrap().contains("no such user"));
        assert_eq!(agent.get("/notifications").await["items"][0]["kind"], "delivery_failed");
        outside.behave(Manner::default());
        let id = ticket["messages"][1]["id"].as_str().unwrap();
        assert_eq!(agent.post(&format!("/messages/{id}/retry"), json!({})).await["delivery"], "queued");
        desk.settle().await;
        let ticket = agent.only_ticket().await;
        assert_eq!((&ticket["ticket"]["failed"], &ticket["messages"][1]["delivery"]), (&json!(false), &json!("sent")));
        let (status, _) = agent.call(Method::POST, &format!("/messages/{id}/retry"), Some(json!({}))).await;
        assert_eq!(status, 409, "nothing failed any more");
    }

    async fn a_lost_answer_of_the_mail_server_is_uncertain_and_never_sent_twice_in_silence(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        outside.behave(Manner { hangs_up: true, ..Manner::default() });
        agent.reply(&agent.only_ticket().await, "Answer").await;
        desk.settle().await;
        outside.behave(Manner::default());
        desk.advance(Length::days(3)).await;
        let message = last_message(&agent).await;
        assert_eq!((message["delivery"].as_str(), outside.mails().len()), (Some("uncertain"), 1));
        let path = format!("/messages/{}/settle", message["id"].as_str().unwrap());
        assert_eq!(agent.post(&path, json!({ "as": "sent" })).await["delivery"], "sent");
        assert_eq!(agent.only_ticket().await["ticket"]["failed"], false);
    }

    async fn a_server_that_died_while_sending_leaves_it_uncertain(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let reply = agent.reply(&agent.only_ticket().await, "Answer").await;
        let id: MessageId = reply["id"].as_str().unwrap().parse().unwrap();
        // What a server commits directly before the content leaves, and nothing after.
        let system = desk.app.system();
        let began: Result<bool, shouwen::db::Error> = desk.app.change(&system, id, |change, id| {
            async move {
                let workspace = change.workspace();
                let row = messages::find(change.tx(), workspace, *id).await?.unwrap();
                deliveries::begin(change, &row, &["wang@example.com".to_owned()], "x@shop.example").await
            }
            .boxed()
        })
        .await;
        assert!(began.unwrap());
        desk.advance(Length::days(3)).await;
        assert_eq!(last_message(&agent).await["delivery"], "uncertain");
        assert_eq!(outside.mails().len(), 0);
        let path = format!("/messages/{id}/retry");
        agent.post(&path, json!({})).await;
        desk.settle().await;
        assert_eq!((last_message(&agent).await["delivery"].as_str(), outside.mails().len()), (Some("sent"), 1));
    }

    async fn a_bounce_marks_the_very_message_that_came_back(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        for text in ["first", "second"] {
            agent.reply(&agent.only_ticket().await, text).await;
            desk.settle().await;
        }
        let id = outside.mails()[0].header("Message-ID").unwrap();
        let bounce = format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@outside.example\nTo: {INBOX}\nSubject: Undelivered Mail\n\
             MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: text/plain\n\nIt did not work.\n--b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; outside.example\n\nFinal-Recipient: rfc822; wang@example.com\nAction: failed\n\
             Status: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {id}\n\n--b--\n"
        );
        receive(&desk, &bounce).await;
        let ticket = agent.only_ticket().await;
        let states: Vec<_> = (1..3).map(|at| ticket["messages"][at]["delivery"].clone()).collect();
        assert_eq!(states, ["failed", "sent"]);
        assert_eq!(ticket["ticket"]["failed"], true);
        assert_eq!(ticket["ticket"]["category"], "open");
        assert!(ticket["messages"][1]["delivery_error"].as_str().unwrap().contains("5.1.1"));
        assert_eq!(agent.get("/notifications").await["items"][0]["kind"], "delivery_failed");
    }

    async fn a_delay_is_no_failure_and_a_report_blames_whom_it_names(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let ticket = agent.only_ticket().await;
        let body = json!({
            "client_id": "to-two-people", "visibility": "public", "text": "Hello both", "seen_position": 1_000,
            "to": ["wang@example.com"], "cc": ["aunt@example.net"],
        });
        agent.post(&format!("/tickets/{}/messages", ticket["ticket"]["id"].as_str().unwrap()), body).await;
        desk.settle().await;
        let id = outside.mails()[0].header("Message-ID").unwrap();
        let report = |number: &str, fields: &str| {
            format!(
                "Return-Path: <>\nFrom: MAILER-DAEMON@outside.example\nTo: {INBOX}\nSubject: Delivery {number}\n\
                 MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
                 --b\nContent-Type: text/plain\n\nReport {number}.\n--b\nContent-Type: message/delivery-status\n\n\
                 Reporting-MTA: dns; outside.example\n\n{fields}\n\n--b\nContent-Type: text/rfc822-headers\n\n\
                 Message-ID: {id}\n\n--b--\n"
            )
        };
        receive(&desk, &report("1", "Final-Recipient: rfc822; aunt@example.net\nAction: delayed\nStatus: 4.4.1")).await;
        let message = last_message(&agent).await;
        assert_eq!(message["delivery"], "delayed");
        assert_eq!((&message["deliveries"][0]["recipient"], &message["deliveries"][0]["reason"]), (&json!("aunt@example.net"), &json!("unreachable")));
        assert_eq!(agent.only_ticket().await["ticket"]["failed"], false);

        receive(&desk, &report("2", "Final-Recipient: rfc822; wang@example.com\nAction: failed\nStatus: 5.1.1")).await;
        let message = last_message(&agent).await;
        let states: Vec<_> = message["deliveries"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
        assert_eq!((states, &message["delivery"]), (vec![json!("delayed"), json!("failed")], &json!("failed")));
        assert_eq!((&message["deliveries"][1]["reason"], &message["deliveries"][1]["code"]), (&json!("no_such_address"), &json!("5.1.1")));
        let ticket = agent.only_ticket().await;
        assert_eq!(ticket["customer"]["identities"][0]["undeliverable"]["reason"], "no_such_address");
        assert!(ticket["ticket"]["waiting_since"].is_string(), "the answer has not arrived");
        receive(&desk, &question("2@example.com", "In-Reply-To: <1@example.com>\n")).await;
        assert!(agent.only_ticket().await["customer"]["identities"][0]["undeliverable"].is_null(), "mail came from there");
    }

    async fn a_report_that_names_nobody_marks_the_message_alone(desk: Desk) {
        let (_, agent, outside) = asked(&desk).await;
        let ticket = agent.only_ticket().await;
        let body = json!({
            "client_id": "to-two-people", "visibility": "public", "text": "Hello both", "seen_position": 1_000,
            "to": ["wang@example.com"], "cc": ["aunt@example.net"],
        });
        agent.post(&format!("/tickets/{}/messages", ticket["ticket"]["id"].as_str().unwrap()), body).await;
        desk.settle().await;
        let id = outside.mails()[0].header("Message-ID").unwrap();
        receive(&desk, &format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@outside.example\nTo: {INBOX}\nSubject: Undelivered Mail\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: text/plain\n\nIt did not work.\n--b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; outside.example\n\nFinal-Recipient: rfc822; someone@elsewhere.example\nAction: failed\n\
             Status: 5.0.0\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {id}\n\n--b--\n"
        )).await;
        let message = last_message(&agent).await;
        assert_eq!(message["delivery"], "failed");
        assert!(message["delivery_error"].as_str().unwrap().contains("from which recipient"));
        let states: Vec<_> = message["deliveries"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["sent", "sent"]);
        assert_eq!(agent.only_ticket().await["ticket"]["failed"], true);
        let path = format!("/messages/{}/settle", message["id"].as_str().unwrap());
        assert_eq!(agent.post(&path, json!({ "as": "sent" })).await["delivery"], "sent");
        assert_eq!(agent.only_ticket().await["ticket"]["failed"], false);
    }

    async fn an_inbox_without_an_account_says_so(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        receive(&desk, &question("1@example.com", "")).await;
        admin.reply(&admin.only_ticket().await, "Answer").await;
        desk.settle().await;
        let message = last_message(&admin).await;
        assert_eq!(message["delivery"], "failed");
        assert!(message["delivery_error"].as_str().unwrap().contains("mail.smtp_host"));
    }
}
