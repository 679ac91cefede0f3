//! Mail comes in, by a real SMTP conversation.

use serde_json::{Value, json};
use shouwen_core::time::Length;

use crate::support::desk::{Desk, Engine, both_engines};
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";

/// A mail with these headers before its usual ones.
fn mail(id: &str, more: &str, text: &str) -> String {
    format!(
        "From: Wang Fang <wang@example.com>\nTo: {INBOX}\nSubject: Broken lamp\nMessage-ID: <{id}>\n{more}\n{text}\n"
    )
}

async fn receive(desk: &Desk, raw: &str) {
    desk.clock.advance(Length::from_millis(1)); // so that mails have an order
    let (code, words) = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], raw)
        .await
        .unwrap();
    assert_eq!(code, 250, "{words}");
    desk.settle().await;
}

/// What became of the raw mails, in the order of their arrival.
async fn fates(desk: &Desk) -> Vec<(String, Option<String>)> {
    let mut conn = desk.app.db.read().await.unwrap();
    conn.sql("SELECT state, reason FROM raw_mail WHERE workspace_id = $1 ORDER BY received_at, id")
        .bind(desk.app.workspace)
        .all()
        .await
        .unwrap()
}

fn texts(ticket: &Value) -> Vec<&str> {
    let messages = ticket["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| message["text"].as_str().unwrap().trim())
        .collect()
}

both_engines! {
    async fn a_mail_opens_a_ticket_of_its_customer(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.email_inbox(INBOX).await;
        receive(&desk, &mail("1@example.com", "", "灯坏了。")).await;
        let ticket = admin.only_ticket().await;
        assert_eq!(ticket["ticket"]["subject"], "Broken lamp");
        assert_eq!(ticket["ticket"]["inbox_id"], inbox["id"]);
        assert_eq!(ticket["ticket"]["category"], "new");
        assert!(ticket["ticket"]["waiting_since"].is_string());
        assert_eq!(ticket["customer"]["name"], "Wang Fang");
        assert_eq!(ticket["customer"]["identities"][0]["verified"], "claimed");
        assert_eq!(texts(&ticket), ["灯坏了。"]);
        assert_eq!(ticket["messages"][0]["mail"]["joined_because"], "new");
        assert_eq!(ticket["reply_defaults"]["to"], json!(["wang@example.com"]));
    }

    async fn a_mail_that_comes_twice_is_read_once(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        let (raw, smtp) = (mail("1@example.com", "", "Hello"), desk.bound.smtp.unwrap());
        let (one, two) = tokio::join!(
            deliver(smtp, "wang@example.com", &[INBOX], &raw),
            deliver(smtp, "wang@example.com", &[INBOX], &raw),
        );
        assert_eq!((one.unwrap().0, two.unwrap().0), (250, 250));
        desk.advance(Length::minutes(1)).await;
        receive(&desk, &format!("Received: from elsewhere\n{raw}")).await;
        assert_eq!(texts(&admin.only_ticket().await), ["Hello"]);
        desk.advance(Length::minutes(1)).await;
        let duplicates = fates(&desk).await.into_iter().filter(|(state, _)| state == "duplicate").count();
        assert_eq!(duplicates, 2);
    }

    async fn one_message_id_over_two_texts_is_two_mails(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        for text in ["first", "second"] {
            receive(&desk, &mail("1@example.com", "", text)).await;
        }
        let states: Vec<String> = fates(&desk).await.into_iter().map(|(state, _)| state).collect();
        assert_eq!(states, ["read", "read"]);
        assert_eq!(admin.tickets("all").await.len(), 2);
    }

    async fn a_mail_without_a_message_id_is_told_apart_by_its_content(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        for text in ["first", "second", "first"] {
            receive(&desk, &format!("From: wang@example.com\nSubject: Lamp\nMessage-ID: <>\n\n{text}\n")).await;
        }
        assert_eq!(admin.tickets("all").await.len(), 2, "an empty id joins nothing");
    }

    async fn a_mail_to_two_inboxes_is_one_ticket_of_both(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        admin.email_inbox("sales@shop.example").await;
        let to = [INBOX, "sales@shop.example", "HELP+x@shop.example"];
        let raw = mail("1@example.com", "", "Hello");
        for _ in 0..2 {
            let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &to, &raw).await.unwrap();
            assert_eq!(sent.0, 250);
            desk.settle().await;
        }
        let ticket = admin.only_ticket().await;
        assert_eq!((texts(&ticket), fates(&desk).await.len()), (vec!["Hello"], 4));
        for inbox in admin.get("/inboxes").await["items"].as_array().unwrap() {
            let shown = admin.get(&format!("/tickets?view=all&inbox={}", inbox["id"].as_str().unwrap())).await;
            assert_eq!(shown["items"][0]["id"], ticket["ticket"]["id"], "it belongs to each");
        }
        let copies = admin.get("/mail?state=duplicate").await;
        let copy = copies["items"].as_array().unwrap().iter().find(|mail| mail["cause"] == "other_inbox").unwrap();
        assert_eq!(copy["ticket"]["ticket_id"], ticket["ticket"]["id"]);

        let answer = mail("2@example.com", "In-Reply-To: <1@example.com>\n", "Again");
        deliver(desk.bound.smtp.unwrap(), "wang@example.com", &to, &answer).await.unwrap();
        desk.settle().await;
        assert_eq!(texts(&admin.only_ticket().await), ["Hello", "Again"], "an answer to both is one message, too");
        let other = answer.replace("Again", "Hello, but somewhat else");
        deliver(desk.bound.smtp.unwrap(), "wang@example.com", &["sales@shop.example"], &other).await.unwrap();
        desk.settle().await;
        assert_eq!(texts(&admin.only_ticket().await).len(), 3, "another mail under the same id is another");
    }

    async fn a_team_does_not_lose_sight_of_a_mail_that_another_got_too(desk: Desk) {
        let admin = desk.administrator().await;
        let li = desk.agent("Li Na").await;
        let (sales, returns) = (desk.team("Sales", &[&li]).await, desk.team("Returns", &[]).await);
        for (address, team) in [(INBOX, returns), ("sales@shop.example", sales)] {
            let inbox = admin.email_inbox(address).await;
            admin.patch(&format!("/inboxes/{}", inbox["id"].as_str().unwrap()), json!({ "team_id": team })).await;
        }
        let to = [INBOX, "sales@shop.example"];
        deliver(desk.bound.smtp.unwrap(), "wang@example.com", &to, &mail("1@example.com", "", "Hello")).await.unwrap();
        desk.settle().await;
        let tickets = admin.tickets("all").await;
        assert_eq!(tickets.len(), 2, "each team has its own");
        let mut joined = Vec::new();
        for ticket in &tickets {
            let ticket = admin.get(&format!("/tickets/{}", ticket["id"].as_str().unwrap())).await;
            joined.push(ticket["messages"][0]["mail"]["joined"].clone());
        }
        let numbers: Vec<_> = tickets.iter().map(|ticket| ticket["number"].clone()).collect();
        let told = joined.iter().find(|joined| joined["refused"] == "other_team").unwrap();
        assert!(numbers.contains(&told["similar"]["number"]), "and one says where the other is: {told}");
    }

    async fn an_unknown_recipient_is_refused_and_a_postmaster_never(desk: Desk) {
        desk.administrator().await.email_inbox(INBOX).await;
        let smtp = desk.bound.smtp.unwrap();
        for (to, wanted) in [
            ("nobody@shop.example", 550), ("help@elsewhere.example", 550), ("postmaster@elsewhere.example", 550),
            ("Help@SHOP.example", 250), ("help+any@shop.example", 250), ("postmaster@shop.example", 250),
        ] {
            let (code, words) = deliver(smtp, "x@y.example", &[to], &mail(to, "", "x")).await.unwrap();
            assert_eq!(code, wanted, "{to}: {words}");
        }
    }

    async fn a_mail_is_not_taken_while_the_database_is_away(desk: Desk) {
        desk.administrator().await.email_inbox(INBOX).await;
        desk.app.db.close().await;
        let sent = deliver(desk.bound.smtp.unwrap(), "x@y.example", &[INBOX], &mail("1@x", "", "x")).await.unwrap();
        assert_eq!(sent.0, 451, "{}", sent.1);
    }

    async fn what_is_hardly_a_mail_still_becomes_a_ticket(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        receive(&desk, "Subject: From nobody\n\nHello\n").await;
        receive(&desk, "\u{1}\u{2} this is no mail at all \u{fffd}").await;
        receive(&desk, "From: \n\n\n").await;
        let tickets = admin.tickets("all").await;
        assert_eq!(tickets.len(), 3);
        for ticket in tickets {
            let ticket = admin.get(&format!("/tickets/{}", ticket["id"].as_str().unwrap())).await;
            assert_eq!(ticket["messages"][0]["attachments"][0]["name"], "message.eml");
        }
    }

    async fn an_attachment_can_be_read_and_html_is_harmless(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        let more = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
        let body = "--b\nContent-Type: text/html\n\n<p onclick=x()>Hi<script>x()</script></p>\n--b\n\
            Content-Type: text/plain; name=\"a.txt\"\nContent-Disposition: attachment; filename=\"a.txt\"\n\nfile\n--b--";
        receive(&desk, &mail("1@example.com", more, body)).await;
        let ticket = admin.only_ticket().await;
        let message = &ticket["messages"][0];
        assert_eq!(message["attachments"][0]["name"], "a.txt");
        let mut conn = desk.app.db.read().await.unwrap();
        let (html,): (String,) = conn.sql("SELECT html FROM message WHERE workspace_id = $1").bind(desk.app.workspace).one().await.unwrap();
        assert!(html.contains("Hi") && !html.contains("script") && !html.contains("onclick"), "{html}");
    }

    async fn a_second_mail_of_a_conversation_joins_its_ticket(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        receive(&desk, &mail("1@example.com", "", "first")).await;
        receive(&desk, &mail("2@example.com", "In-Reply-To: <1@example.com>\n", "second")).await;
        receive(&desk, &mail("3@example.com", "References: <x@y> <2@example.com> <unknown@z>\n", "third")).await;
        let ticket = admin.only_ticket().await;
        assert_eq!(texts(&ticket), ["first", "second", "third"]);
        let because: Vec<_> = (0..3).map(|at| ticket["messages"][at]["mail"]["joined_because"].clone()).collect();
        assert_eq!(because, ["new", "in_reply_to", "references"]);
    }

    async fn a_number_in_the_subject_holds_for_who_takes_part(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        receive(&desk, &mail("1@example.com", "", "first")).await;
        let number = admin.only_ticket().await["ticket"]["number"].as_str().unwrap().to_owned();
        let again = |id: &str, from: &str, number: &str| {
            format!("From: {from}\nSubject: RE: [#{number}] lamp\nMessage-ID: <{id}>\n\nagain\n")
        };
        receive(&desk, &again("2@example.com", "WANG@example.com", &number)).await;
        assert_eq!(texts(&admin.only_ticket().await).len(), 2);
        receive(&desk, &again("3@example.com", "stranger@example.net", &number)).await;
        receive(&desk, &again("4@example.com", "wang@example.com", "10001")).await;
        assert_eq!(admin.tickets("all").await.len(), 3);
    }

    async fn a_closed_ticket_stays_closed(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        receive(&desk, &mail("1@example.com", "", "first")).await;
        let ticket = admin.only_ticket().await;
        let bootstrap = admin.get("/bootstrap").await;
        let statuses = bootstrap["statuses"].as_array().unwrap();
        let closed = statuses.iter().find(|status| status["category"] == "closed").unwrap();
        let edit = json!({ "edits": [{ "field": "status", "old": ticket["ticket"]["status_id"], "new": closed["id"] }] });
        admin.patch(&format!("/tickets/{}", ticket["ticket"]["id"].as_str().unwrap()), edit).await;
        receive(&desk, &mail("2@example.com", "In-Reply-To: <1@example.com>\n", "second")).await;
        assert_eq!(admin.tickets("closed").await.len(), 1);
        assert_eq!(admin.tickets("open").await.len(), 1);
    }

    async fn an_automatic_answer_joins_in_silence_and_opens_nothing(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        let auto = "Auto-Submitted: auto-replied\n";
        receive(&desk, &mail("0@example.com", auto, "I am away")).await;
        receive(&desk, &mail("9@example.com", "List-Id: <news.example.com>\nPrecedence: bulk\n", "Buy!")).await;
        assert_eq!(admin.tickets("all").await.len(), 0);
        assert_eq!(fates(&desk).await, [
            ("suspended".to_owned(), Some("auto_reply".to_owned())), ("suspended".to_owned(), Some("bulk".to_owned())),
        ]);
        receive(&desk, &mail("1@example.com", "", "first")).await;
        let ticket = admin.only_ticket().await;
        let bootstrap = admin.get("/bootstrap").await;
        let statuses = bootstrap["statuses"].as_array().unwrap();
        let solved = statuses.iter().find(|status| status["category"] == "solved").unwrap();
        let edit = json!({ "edits": [{ "field": "status", "old": ticket["ticket"]["status_id"], "new": solved["id"] }] });
        admin.patch(&format!("/tickets/{}", ticket["ticket"]["id"].as_str().unwrap()), edit).await;
        receive(&desk, &mail("2@example.com", &format!("{auto}In-Reply-To: <1@example.com>\n"), "away")).await;
        let ticket = admin.only_ticket().await;
        assert_eq!(ticket["ticket"]["category"], "solved");
        assert_eq!(ticket["messages"][1]["automatic"], true);
    }

    async fn a_mail_that_cannot_be_read_holds_up_no_other(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        let smtp = desk.bound.smtp.unwrap();
        deliver(smtp, "x@y.example", &[INBOX], &mail("1@example.com", "", "poison")).await.unwrap();
        let mut conn = desk.app.db.read().await.unwrap();
        let (blob,): (String,) = conn.sql("SELECT blob FROM raw_mail WHERE workspace_id = $1").bind(desk.app.workspace).one().await.unwrap();
        drop(conn);
        desk.app.blobs.remove(desk.app.workspace, &blob).await.unwrap();
        desk.settle().await;
        receive(&desk, &mail("2@example.com", "", "well")).await;
        assert_eq!(texts(&admin.only_ticket().await), ["well"]);
        for _ in 0..6 {
            desk.advance(Length::minutes(5)).await;
        }
        let (state, reason) = fates(&desk).await.remove(0);
        assert_eq!(state, "failed");
        assert!(reason.unwrap().contains("missing"));
        let dead = || async {
            let mut conn = desk.app.db.read().await.unwrap();
            shouwen::jobs::queue::count_dead(&mut conn, 10).await.unwrap()
        };
        assert_eq!(dead().await, 1);
        let failed = admin.get("/mail?state=failed").await["items"][0]["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/mail/{failed}/process"), json!({})).await;
        assert_eq!(dead().await, 0, "what was given up is taken up again");
        for _ in 0..6 {
            desk.advance(Length::minutes(5)).await;
        }
        assert_eq!(dead().await, 1, "its octets are still missing");
        admin.post(&format!("/mail/{failed}/discard"), json!({})).await;
        assert_eq!(dead().await, 0);
    }

    async fn what_is_past_its_time_is_swept(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        receive(&desk, &mail("1@example.com", "", "first")).await;
        let mut conn = desk.app.db.read().await.unwrap();
        let (blob,): (String,) = conn.sql("SELECT blob FROM raw_mail WHERE workspace_id = $1").bind(desk.app.workspace).one().await.unwrap();
        drop(conn);
        sweep(&desk).await;
        assert!(desk.app.blobs.get(desk.app.workspace, &blob).await.is_ok());
        desk.advance(Length::days(91)).await;
        sweep(&desk).await;
        assert!(desk.app.blobs.get(desk.app.workspace, &blob).await.is_ok(), "unused for less than a day");
        desk.advance(Length::hours(25)).await;
        sweep(&desk).await;
        assert!(desk.app.blobs.get(desk.app.workspace, &blob).await.is_err());
        assert_eq!(texts(&admin.only_ticket().await), ["first"]);
        receive(&desk, &mail("1@example.com", "", "first")).await;
        assert_eq!(texts(&admin.only_ticket().await), ["first"], "still known as a duplicate");
    }
}

async fn sweep(desk: &Desk) {
    shouwen::housekeeping::run(&desk.app, desk.app.workspace)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_of_sixty_megabytes_is_refused() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    desk.administrator().await.email_inbox(INBOX).await;
    let line = format!("{}\n", "x".repeat(99));
    let raw = mail("1@example.com", "", &line.repeat(600_000));
    let sent = deliver(desk.bound.smtp.unwrap(), "x@y.example", &[INBOX], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 552, "{}", sent.1);
    assert_eq!(fates(&desk).await, []);
}
