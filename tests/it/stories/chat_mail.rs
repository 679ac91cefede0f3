//! A visitor goes away before the answer comes: it reaches them by mail, and theirs comes back into the chat.

use serde_json::{Value, json};
use shouwen_core::time::Length;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::{Outside, Sent, deliver};
use crate::support::socket::Socket;

const INBOX: &str = "help@shop.example";
const VISITOR: &str = "wang@example.com";

/// A visitor who wrote, said where mail reaches them, and is there.
struct Chat {
    agent: Person,
    outside: Outside,
    key: String,
    token: String,
    /// `None`: they went away.
    visitor: Option<Socket>,
}

async fn begun(desk: &Desk) -> Chat {
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
    let key = admin.chat_inbox().await["widget_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut visitor = Socket::visitor(&desk.url(), &key, None, None).await;
    let token = visitor.wait_type("welcome").await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    visitor
        .send(json!({ "type": "send", "client_id": "one", "text": "My lamp is broken" }))
        .await;
    visitor.wait_type("ack").await;
    visitor.wait_type("message").await;
    visitor
        .send(json!({ "type": "identify", "name": "Wang", "email": VISITOR }))
        .await;
    visitor.send(json!({ "type": "ping" })).await;
    visitor.wait_type("pong").await;
    let agent = desk.agent("Li Na").await;
    let visitor = Some(visitor);
    Chat {
        agent,
        outside,
        key,
        token,
        visitor,
    }
}

impl Chat {
    fn leave(&mut self) {
        if let Some(visitor) = self.visitor.take() {
            visitor.tear();
        }
    }

    fn visitor(&mut self) -> &mut Socket {
        self.visitor.as_mut().expect("the visitor is there")
    }

    async fn answer(&self, text: &str) {
        self.agent.reply(&self.agent.only_ticket().await, text).await;
    }
}

/// What a mail says, read as its receiver does.
fn text(mail: &Sent) -> String {
    shouwen_channels::email::parse(mail.raw.as_bytes()).text
}

both_engines! {
    async fn what_a_visitor_has_not_seen_goes_by_mail_and_their_answer_comes_back_into_the_chat(desk: Desk) {
        let mut chat = begun(&desk).await;
        chat.leave();
        chat.answer("Which lamp is it?").await;
        chat.answer("We have three.").await;
        desk.advance(Length::minutes(9)).await;
        assert!(chat.outside.mails().is_empty(), "they may be back in a moment");
        desk.advance(Length::minutes(1)).await;
        let mails = chat.outside.mails();
        assert_eq!(mails.len(), 1, "one mail for both");
        assert_eq!((mails[0].from.as_str(), &mails[0].to), (INBOX, &vec![VISITOR.to_owned()]));
        let words = text(&mails[0]);
        assert!(words.contains("Which lamp is it?") && words.contains("We have three.") && words.contains("Li Na"), "{words}");
        assert_eq!(mails[0].header("Auto-Submitted").unwrap(), "auto-generated");
        let ticket = chat.agent.only_ticket().await;
        assert_eq!(ticket["ticket"]["last_direction"], "out");
        let aside = ticket["messages"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&aside["visibility"], &aside["delivery"]), (&json!("note"), &json!("sent")), "{aside}");

        let reply_to = mails[0].header("Reply-To").unwrap();
        let address = reply_to.split('<').nth(1).unwrap().trim_end_matches('>').to_owned();
        let raw = format!("From: Wang <{VISITOR}>\nTo: {address}\nSubject: Re: x\nMessage-ID: <a@example.com>\n\nThe red one.\n");
        assert_eq!(deliver(desk.bound.smtp.unwrap(), VISITOR, &[&address], &raw).await.unwrap().0, 250);
        desk.settle().await;
        let ticket = chat.agent.only_ticket().await;
        assert_eq!(ticket["ticket"]["preview"], "The red one.");
        let mut back = Socket::visitor(&desk.url(), &chat.key, Some(&chat.token), None).await;
        let welcome = back.wait_type("welcome").await;
        let said: Vec<Value> = welcome["messages"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
        assert_eq!(said, ["My lamp is broken", "Which lamp is it?", "We have three.", "The red one."]);
        assert_eq!(welcome["messages"][3]["from"], "visitor");
        desk.advance(Length::hours(2)).await;
        assert_eq!(chat.outside.mails().len(), 1, "what was mailed is not mailed again");
    }

    async fn who_saw_the_answer_gets_no_mail(desk: Desk) {
        let mut chat = begun(&desk).await;
        chat.answer("Which lamp is it?").await;
        let position = chat.visitor().wait_type("message").await["message"]["position"].clone();
        chat.visitor().send(json!({ "type": "seen", "position": position })).await;
        chat.visitor().send(json!({ "type": "ping" })).await;
        chat.visitor().wait_type("pong").await;
        desk.advance(Length::hours(1)).await;
        assert!(chat.outside.mails().is_empty());

        chat.answer("And how old?").await;
        chat.visitor().send(json!({ "type": "send", "client_id": "two", "text": "Two years" })).await;
        chat.visitor().wait("ack", |frame| (frame["client_id"] == "two" && frame["type"] == "ack").then_some(())).await;
        desk.advance(Length::hours(1)).await;
        assert!(chat.outside.mails().is_empty(), "who writes is back");
    }

    async fn mails_of_a_chat_keep_their_distance_and_hold_ten_messages_at_most(desk: Desk) {
        let mut chat = begun(&desk).await;
        chat.leave();
        for number in 1..=12 {
            chat.answer(&format!("answer {number}.")).await;
        }
        desk.advance(Length::minutes(10)).await;
        chat.answer("one more.").await;
        desk.advance(Length::minutes(14)).await;
        assert_eq!(chat.outside.mails().len(), 1);
        assert!(text(&chat.outside.mails()[0]).contains("answer 10."));
        assert!(!text(&chat.outside.mails()[0]).contains("answer 11."));
        desk.advance(Length::minutes(1)).await;
        let mails = chat.outside.mails();
        assert_eq!(mails.len(), 2, "a quarter of an hour later the rest goes");
        let words = text(&mails[1]);
        assert!(words.contains("answer 11.") && words.contains("answer 12.") && words.contains("one more."), "{words}");
        assert!(!words.contains("answer 10."), "{words}");
        assert_eq!(mails[1].header("References"), mails[0].header("Message-ID"), "one thread in their mailbox");
    }

    async fn an_inbox_may_keep_its_chats_in_the_chat(desk: Desk) {
        let mut chat = begun(&desk).await;
        let admin = desk.hire("Bo Boss", shouwen_core::actor::BuiltInRole::Administrator).await;
        let inboxes = admin.get("/inboxes").await;
        let inbox = inboxes["items"].as_array().unwrap().iter().find(|one| one["channel"] == "chat").unwrap().clone();
        let mut settings = inbox["settings"].clone();
        assert_eq!(settings["email_after_minutes"], 10);
        settings["email_after_minutes"] = json!(0);
        admin.patch(&format!("/inboxes/{}", inbox["id"].as_str().unwrap()), json!({ "settings": settings })).await;
        chat.leave();
        chat.answer("Which lamp is it?").await;
        desk.advance(Length::hours(1)).await;
        assert!(chat.outside.mails().is_empty());
    }
}
