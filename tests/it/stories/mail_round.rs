//! The main job once around the wire: a mail by a client that is not ours reaches an agent's open socket, the agent's
//! answer leaves by SMTP, and the customer's answer to it lands in the same ticket.

use serde_json::{Value, json};

use crate::support::desk::{Desk, both_engines};
use crate::support::smtp::{Outside, Sent};
use crate::support::socket::Socket;
use crate::support::swaks::swaks;

const INBOX: &str = "help@shop.example";
const CUSTOMER: &str = "wang@example.com";

/// The customer writes by swaks; false where that is not installed.
async fn write(desk: &Desk, subject: &str, id: &str, more: &[String], body: &str) -> bool {
    let mut headers = vec![
        format!("From: Wang Fang <{CUSTOMER}>"),
        format!("Subject: {subject}"),
        format!("Message-Id: <{id}>"),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
    ];
    headers.extend_from_slice(more);
    let smtp = desk.bound.smtp.unwrap();
    let Some(errand) = swaks(smtp, (CUSTOMER, INBOX), &headers, body, &[]).await else {
        return false;
    };
    assert!(errand.went_well, "{}", errand.said);
    desk.settle().await;
    true
}

/// The headers by which the customer's program and our desk keep the thread; the answer's own id.
fn keeps_the_thread(answer: &Sent, subject: &str, replies_to: &str, references: &str) -> String {
    assert_eq!(
        (answer.from.as_str(), &answer.to),
        (INBOX, &vec![CUSTOMER.to_owned()])
    );
    let read = shouwen_channels::email::parse(answer.raw.as_bytes());
    let from = read.from.unwrap();
    assert_eq!(
        (from.address.as_str(), from.name.as_deref()),
        (INBOX, Some("Lamp & Tea"))
    );
    let to: Vec<_> = read.to.iter().map(|to| to.address.as_str()).collect();
    assert_eq!(to, [CUSTOMER]);
    assert_eq!(answer.header("Subject").unwrap(), subject);
    assert_eq!(answer.header("In-Reply-To").unwrap(), replies_to);
    assert_eq!(answer.header("References").unwrap(), references);
    for absent in ["Bcc", "Auto-Submitted", "Precedence"] {
        assert_eq!(answer.header(absent), None, "a person wrote it");
    }
    assert!(answer.header("Date").is_some());
    let id = answer.header("Message-ID").unwrap();
    assert!(
        id.starts_with('<') && id.ends_with('>') && id.contains('@'),
        "{id}"
    );
    id
}

async fn hears(feed: &mut Socket, text: &str) -> Value {
    let is_it = |one: &Value| {
        one["message"]["text"]
            .as_str()
            .is_some_and(|found| found.trim() == text)
    };
    feed.wait_kind("message", is_it).await["message"].clone()
}

both_engines! {
    async fn a_mail_its_answer_and_the_answer_to_that_are_one_ticket(desk: Desk) {
        let (admin, agent, outside) = (desk.administrator().await, desk.agent("Li Na").await, Outside::start().await);
        admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
        let mut feed = Socket::feed(&desk.url(), &agent, None).await;
        feed.wait_type("welcome").await;

        if !write(&desk, "=?utf-8?B?54Gv572p56KO5LqG?=", "1@example.com", &[], "灯罩碎了。").await {
            return;
        }
        let ticket = feed.wait_kind("ticket", |_| true).await["ticket"].clone();
        assert_eq!((&ticket["subject"], &ticket["channel"]), (&json!("灯罩碎了"), &json!("email")));
        assert_eq!(ticket["customer"]["name"], "Wang Fang");
        feed.send(json!({ "type": "open", "ticket": ticket["id"] })).await;
        assert_eq!(hears(&mut feed, "灯罩碎了。").await["direction"], "in");

        agent.reply(&json!({ "ticket": ticket }), "We send a new one.").await;
        desk.settle().await;
        let is_sent = |one: &Value| one["message"]["text"] == "We send a new one." && one["message"]["delivery"] == "sent";
        feed.wait_kind("message", is_sent).await;
        let answers = outside.mails();
        assert_eq!(answers.len(), 1);
        assert!(answers[0].raw.contains("We send a new one."));
        let subject = shouwen_channels::email::parse(answers[0].raw.as_bytes()).subject;
        assert_eq!(subject, "Re: 灯罩碎了");
        let raw = answers[0].header("Subject").unwrap();
        let id = keeps_the_thread(&answers[0], &raw, "<1@example.com>", "<1@example.com>");

        // As her program writes it: the thread is in the headers, the subject is one of many.
        let thread = [format!("In-Reply-To: {id}"), format!("References: <1@example.com> {id}")];
        assert!(write(&desk, "Re: hello", "2@example.com", &thread, "Thank you, when?").await);
        let joined = hears(&mut feed, "Thank you, when?").await;
        assert_eq!((&joined["ticket_id"], &joined["mail"]["joined_because"]), (&ticket["id"], &json!("in_reply_to")));
        assert_eq!(joined["position"], 3);

        agent.reply(&json!({ "ticket": ticket }), "Tomorrow.").await;
        desk.settle().await;
        let answers = outside.mails();
        assert_eq!(answers.len(), 2);
        let references = format!("<1@example.com> {id} <2@example.com>");
        let second = keeps_the_thread(&answers[1], "Re: hello", "<2@example.com>", &references);
        assert_ne!(id, second);
        assert_eq!(agent.only_ticket().await["messages"].as_array().unwrap().len(), 4);
    }
}
