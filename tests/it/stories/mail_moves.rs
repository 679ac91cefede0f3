//! Another matter, the same matter: messages move between tickets, and whatever comes later finds them.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::time::{Clock, Length};

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::{Outside, deliver};
use crate::support::socket::Socket;

const INBOX: &str = "help@shop.example";

async fn receive_at(desk: &Desk, address: &str, raw: &str) {
    desk.clock.advance(Length::from_millis(1)); // so that mails have an order
    let smtp = desk.bound.smtp.unwrap();
    let sent = deliver(smtp, "wang@example.com", &[address], raw).await.unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

async fn receive(desk: &Desk, raw: &str) {
    receive_at(desk, INBOX, raw).await;
}

fn mail(id: &str, subject: &str, more: &str) -> String {
    format!(
        "From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: {subject}\nMessage-ID: <{id}>\n{more}\n{id}\n"
    )
}

fn id_of(ticket: &Value) -> &str {
    ticket["ticket"]["id"].as_str().unwrap()
}

fn texts(ticket: &Value) -> Vec<&str> {
    let messages = ticket["messages"].as_array().unwrap().iter();
    messages
        .map(|message| message["text"].as_str().unwrap().trim())
        .collect()
}

/// The ticket with this subject.
async fn ticket(person: &Person, subject: &str) -> Value {
    let all = person.tickets("all").await;
    let found = all.iter().find(|ticket| ticket["subject"] == subject);
    let id = found.unwrap_or_else(|| panic!("no {subject} in {all:#?}"))["id"]
        .as_str()
        .unwrap();
    person.get(&format!("/tickets/{id}")).await
}

async fn again(person: &Person, ticket: &Value) -> Value {
    person.get(&format!("/tickets/{}", id_of(ticket))).await
}

async fn merge(person: &Person, loser: &Value, winner: &Value) -> Value {
    let body = json!({ "into": winner["ticket"]["number"] });
    person
        .post(&format!("/tickets/{}/merge", id_of(loser)), body)
        .await
}

async fn refused(person: &Person, path: &str, body: Value) -> u16 {
    person.call(Method::POST, path, Some(body)).await.0.as_u16()
}

/// An agent, and the tickets of two mails, "Lamp" and "Cup".
async fn two_tickets(desk: &Desk) -> (Person, Value, Value) {
    let admin = desk.administrator().await;
    admin.email_inbox(INBOX).await;
    receive(desk, &mail("lamp@x", "Lamp", "")).await;
    receive(desk, &mail("cup@x", "Cup", "")).await;
    (
        admin.clone(),
        ticket(&admin, "Lamp").await,
        ticket(&admin, "Cup").await,
    )
}

fn header_address(header: &str) -> String {
    header.split('<').nth(1).unwrap().trim_end_matches('>').to_owned()
}

both_engines! {
    async fn another_matter_becomes_a_ticket_and_its_thread_goes_along(desk: Desk) {
        let (admin, outside) = (desk.administrator().await, Outside::start().await);
        admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
        receive(&desk, &mail("1@x", "Lamp", "")).await;
        receive(&desk, &mail("2@x", "Invoice of March", "In-Reply-To: <1@x>\n")).await;
        let whole = admin.only_ticket().await;
        assert_eq!(whole["messages"][1]["mail"]["joined"]["new_topic"], true);
        assert_eq!(whole["messages"][1]["mail"]["joined"]["because"], "in_reply_to");
        assert_eq!(whole["messages"][1]["mail"]["joined"]["message_id"], whole["messages"][0]["id"]);
        assert_eq!(whole["messages"][1]["mail"]["joined"]["direction"], "in");
        admin.reply(&whole, "About the invoice: here").await;
        desk.settle().await;
        let answer = outside.mails().pop().unwrap();

        let whole = admin.only_ticket().await;
        let ids = json!([whole["messages"][1]["id"], whole["messages"][2]["id"]]);
        let path = format!("/tickets/{}/split", id_of(&whole));
        let new = admin.post(&path, json!({ "message_ids": ids })).await;
        assert_eq!(new["ticket"]["subject"], "Invoice of March");
        assert_ne!(new["ticket"]["number"], whole["ticket"]["number"]);
        assert_eq!((new["ticket"]["category"].as_str(), texts(&new).len()), (Some("open"), 2));
        let old = again(&admin, &whole).await;
        assert_eq!((texts(&old), old["ticket"]["preview"].as_str()), (vec!["1@x"], Some("1@x")));
        assert!(old["ticket"]["waiting_since"].is_null(), "the answer was given before anything was split off");
        let split = old["activities"].as_array().unwrap().iter().find(|line| line["kind"] == "split_off").unwrap();
        assert_eq!(split["other"]["number"], new["ticket"]["number"]);

        // The customer answers: the address names the old ticket, the ids the message that moved.
        let address = header_address(&answer.header("Reply-To").unwrap());
        let id = answer.header("Message-ID").unwrap();
        receive_at(&desk, &address, &mail("3@x", "Re: Invoice of March", &format!("In-Reply-To: {id}\n"))).await;
        receive(&desk, &mail("4@x", "Re: Invoice of March", "References: <1@x> <2@x>\n")).await;
        receive(&desk, &mail("5@x", "Re: Lamp", "In-Reply-To: <1@x>\n")).await;
        assert_eq!(texts(&again(&admin, &new).await)[2..], ["3@x", "4@x"]);
        assert_eq!(texts(&again(&admin, &whole).await), ["1@x", "5@x"]);

        // What we send on from there names the mails as they were sent.
        admin.reply(&again(&admin, &new).await, "And again").await;
        desk.settle().await;
        assert!(outside.mails().pop().unwrap().header("References").unwrap().contains(&id));

        let last = json!({ "message_ids": [old["messages"][0]["id"]] });
        assert_eq!(refused(&admin, &path, json!({ "message_ids": [] })).await, 422);
        assert_eq!(refused(&admin, &path, json!({ "message_ids": ids })).await, 422, "they are not here any more");
        assert_eq!(refused(&admin, &format!("/tickets/{}/split", id_of(&new)), last).await, 422);
        let all: Vec<_> = again(&admin, &whole).await["messages"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(refused(&admin, &path, json!({ "message_ids": all })).await, 409, "nothing would stay");
    }

    async fn the_same_matter_becomes_one_ticket_and_can_be_parted_again(desk: Desk) {
        let (admin, lamp, cup) = two_tickets(&desk).await;
        receive(&desk, &mail("lamp2@x", "Lamp", "In-Reply-To: <lamp@x>\n")).await;
        let mut feed = Socket::feed(&desk.url(), &admin, None).await;
        feed.wait_type("welcome").await;
        feed.send(json!({ "type": "open", "ticket": cup["ticket"]["id"] })).await;
        feed.wait_type("presence").await;

        let one = merge(&admin, &cup, &lamp).await;
        assert_eq!(texts(&one), ["lamp@x", "cup@x", "lamp2@x"], "in the order of time");
        let shown = feed.wait_kind("ticket", |frame| frame["ticket"]["merged_into"].is_object()).await;
        assert_eq!(shown["ticket"]["id"], cup["ticket"]["id"]);
        assert_eq!(shown["ticket"]["merged_into"]["ticket_id"], lamp["ticket"]["id"]);
        let gone = again(&admin, &cup).await;
        assert_eq!((gone["ticket"]["category"].as_str(), texts(&gone).len()), (Some("closed"), 0));
        assert_eq!(gone["ticket"]["merged_into"]["number"], lamp["ticket"]["number"]);

        receive(&desk, &mail("cup2@x", "Re: Cup", "In-Reply-To: <cup@x>\n")).await;
        let number = cup["ticket"]["number"].as_str().unwrap();
        receive(&desk, &mail("cup3@x", &format!("[#{number}] Cup"), "")).await;
        let one = again(&admin, &lamp).await;
        assert_eq!(texts(&one)[3..], ["cup2@x", "cup3@x"], "replies to the one that went");
        assert_eq!(one["messages"][4]["mail"]["joined"]["ticket_number"], cup["ticket"]["number"]);

        let parted = admin.post(&format!("/tickets/{}/unmerge", id_of(&cup)), json!({})).await;
        assert_eq!(texts(&parted), ["cup@x", "cup3@x"]);
        assert_eq!(parted["ticket"]["category"], "new");
        assert!(parted["ticket"]["merged_into"].is_null());
        assert_eq!(texts(&again(&admin, &lamp).await), ["lamp@x", "lamp2@x", "cup2@x"]);
        receive(&desk, &mail("cup4@x", "Re: Cup", "In-Reply-To: <cup@x>\n")).await;
        assert_eq!(texts(&again(&admin, &cup).await), ["cup@x", "cup3@x", "cup4@x"]);
        let path = format!("/tickets/{}/unmerge", id_of(&cup));
        assert_eq!(refused(&admin, &path, json!({})).await, 409, "there is nothing to undo any more");
    }

    async fn answers_that_wait_come_back_when_a_merge_is_undone(desk: Desk) {
        let (admin, lamp, cup) = two_tickets(&desk).await;
        let later = |client_id: &str| json!({ "client_id": client_id, "visibility": "public", "text": client_id,
            "seen_position": 9, "send_at": desk.clock.now().plus(Length::hours(20)) });
        for (ticket, client_id) in [(&lamp, "of-the-lamp"), (&cup, "of-the-cup"), (&cup, "sent-before")] {
            admin.post(&format!("/tickets/{}/messages", id_of(ticket)), later(client_id)).await;
        }
        let waiting = |ticket: Value| {
            let all = ticket["scheduled"].as_array().unwrap().iter();
            let mut texts: Vec<String> = all.map(|one| one["text"].as_str().unwrap().to_owned()).collect();
            texts.sort();
            texts
        };
        let one = merge(&admin, &cup, &lamp).await;
        let sent = one["scheduled"].as_array().unwrap().iter().find(|one| one["text"] == "sent-before").unwrap()["id"].clone();
        assert_eq!(waiting(one), ["of-the-cup", "of-the-lamp", "sent-before"]);
        admin.post(&format!("/scheduled/{}/send", sent.as_str().unwrap()), json!({})).await;
        admin.post(&format!("/tickets/{}/messages", id_of(&lamp)), later("of-both-of-them")).await;

        let parted = admin.post(&format!("/tickets/{}/unmerge", id_of(&cup)), json!({})).await;
        assert_eq!(waiting(parted), ["of-the-cup"]);
        assert_eq!(waiting(again(&admin, &lamp).await), ["of-both-of-them", "of-the-lamp"]);
        desk.advance(Length::hours(21)).await;
        let cup = again(&admin, &cup).await;
        assert_eq!((texts(&cup), waiting(cup.clone())), (vec!["cup@x", "of-the-cup"], vec![]), "it goes from where it was written");
    }

    async fn an_open_conversation_is_told_to_fetch_itself_again(desk: Desk) {
        let (admin, lamp, cup) = two_tickets(&desk).await;
        let mut feed = Socket::feed(&desk.url(), &admin, None).await;
        feed.wait_type("welcome").await;
        feed.send(json!({ "type": "open", "ticket": lamp["ticket"]["id"] })).await;
        feed.wait_type("presence").await;
        merge(&admin, &cup, &lamp).await;
        let frame = feed.wait_kind("conversation", |_| true).await;
        assert_eq!(frame["ticket_id"], lamp["ticket"]["id"]);
    }

    async fn a_chain_of_merges_leads_to_its_end_and_comes_apart_link_by_link(desk: Desk) {
        let (admin, lamp, cup) = two_tickets(&desk).await;
        receive(&desk, &mail("pot@x", "Pot", "")).await;
        let pot = ticket(&admin, "Pot").await;
        merge(&admin, &lamp, &cup).await;
        let path = format!("/tickets/{}/merge", id_of(&pot));
        assert_eq!(refused(&admin, &path, json!({ "into": lamp["ticket"]["id"] })).await, 409);
        merge(&admin, &cup, &pot).await;
        receive(&desk, &mail("lamp2@x", &format!("[#{}]", lamp["ticket"]["number"].as_str().unwrap()), "")).await;
        assert_eq!(texts(&again(&admin, &pot).await), ["lamp@x", "cup@x", "pot@x", "lamp2@x"]);
        admin.post(&format!("/tickets/{}/unmerge", id_of(&lamp)), json!({})).await;
        assert_eq!(texts(&again(&admin, &lamp).await), ["lamp@x", "lamp2@x"]);
        admin.post(&format!("/tickets/{}/unmerge", id_of(&cup)), json!({})).await;
        assert_eq!(texts(&again(&admin, &cup).await), ["cup@x"]);
        assert_eq!(texts(&again(&admin, &pot).await), ["pot@x"]);
        assert_eq!(texts(&again(&admin, &lamp).await), ["lamp@x", "lamp2@x"]);
    }

    async fn of_two_who_merge_in_opposite_directions_one_is_told(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox(INBOX).await;
        for round in 0..6 {
            let (one, other) = (format!("One {round}"), format!("Other {round}"));
            receive(&desk, &mail(&format!("one{round}@x"), &one, "")).await;
            receive(&desk, &mail(&format!("other{round}@x"), &other, "")).await;
            let (one, other) = (ticket(&admin, &one).await, ticket(&admin, &other).await);
            let into = |ticket: &Value| Some(json!({ "into": ticket["ticket"]["id"] }));
            let (there, back) = (format!("/tickets/{}/merge", id_of(&one)), format!("/tickets/{}/merge", id_of(&other)));
            let (first, second) = tokio::join!(
                admin.call(Method::POST, &there, into(&other)),
                admin.call(Method::POST, &back, into(&one)),
            );
            let mut answers = [first.0.as_u16(), second.0.as_u16()];
            answers.sort_unstable();
            assert_eq!(answers, [200, 409], "{first:?} {second:?}");
            let stays = if first.0 == 200 { &other } else { &one };
            assert_eq!(texts(&again(&admin, stays).await).len(), 2, "nothing is lost");
        }
    }

    async fn nobody_merges_what_they_may_not_see(desk: Desk) {
        let (_, lamp, cup) = two_tickets(&desk).await;
        let admin = desk.hire("Bo Boss", BuiltInRole::Administrator).await;
        let agent = desk.agent("Li Na").await;
        let team = desk.team("Others", &[&admin]).await;
        let edit = json!({ "edits": [{ "field": "team", "old": null, "new": team }] });
        admin.patch(&format!("/tickets/{}", id_of(&cup)), edit).await;
        let into = |ticket: &Value| json!({ "into": ticket["ticket"]["number"] });
        assert_eq!(refused(&agent, &format!("/tickets/{}/merge", id_of(&cup)), into(&lamp)).await, 404);
        assert_eq!(refused(&agent, &format!("/tickets/{}/merge", id_of(&lamp)), into(&cup)).await, 404);
        merge(&admin, &lamp, &cup).await;
        assert_eq!(refused(&agent, &format!("/tickets/{}/unmerge", id_of(&lamp)), json!({})).await, 404);
        assert_eq!(refused(&admin, &format!("/tickets/{}/merge", id_of(&cup)), into(&cup)).await, 422);
    }

    async fn who_had_read_both_has_read_the_one(desk: Desk) {
        let (admin, lamp, cup) = two_tickets(&desk).await;
        let agent = desk.agent("Li Na").await;
        for ticket in [&lamp, &cup] {
            let path = format!("/tickets/{}/read", id_of(ticket));
            agent.call(Method::PUT, &path, Some(json!({ "position": 1 }))).await;
        }
        merge(&admin, &lamp, &cup).await;
        assert_eq!(again(&agent, &cup).await["ticket"]["unread"], false);
        assert_eq!(again(&admin, &cup).await["ticket"]["unread"], true);
        admin.post(&format!("/tickets/{}/unmerge", id_of(&lamp)), json!({})).await;
        assert_eq!(again(&agent, &cup).await["ticket"]["unread"], false);
        let left = again(&admin, &cup).await;
        let path = format!("/tickets/{}/read", id_of(&cup));
        admin.call(Method::PUT, &path, Some(json!({ "position": left["messages"][0]["position"] }))).await;
        assert_eq!(again(&admin, &cup).await["ticket"]["unread"], false, "the last that is there is read");
        merge(&admin, &cup, &lamp).await;
        admin.post(&format!("/tickets/{}/unmerge", id_of(&cup)), json!({})).await;
        let left = again(&admin, &lamp).await;
        assert_eq!(texts(&left), ["lamp@x"]);
        let path = format!("/tickets/{}/read", id_of(&lamp));
        admin.call(Method::PUT, &path, Some(json!({ "position": left["messages"][0]["position"] }))).await;
        assert_eq!(again(&admin, &lamp).await["ticket"]["unread"], false, "though positions went on");
    }

    async fn a_visitor_follows_their_conversation_but_reads_nobody_elses(desk: Desk) {
        let (admin, lamp, _) = two_tickets(&desk).await;
        let key = admin.chat_inbox().await["widget_key"].as_str().unwrap().to_owned();
        let mut visitor = Socket::visitor(&desk.url(), &key, None, None).await;
        let token = visitor.wait_type("welcome").await["token"].as_str().unwrap().to_owned();
        visitor.send(json!({ "type": "send", "client_id": "one", "text": "Hello", "attachment_ids": [] })).await;
        visitor.wait_type("ack").await;
        let chat = ticket(&admin, "Hello").await;
        let path = format!("/tickets/{}/merge", id_of(&chat));
        assert_eq!(refused(&admin, &path, json!({ "into": lamp["ticket"]["id"] })).await, 409, "another customer's");
        let edit = json!({ "edits": [{ "field": "customer", "old": chat["customer"]["id"], "new": lamp["customer"]["id"] }] });
        admin.patch(&format!("/tickets/{}", id_of(&chat)), edit).await;
        merge(&admin, &chat, &lamp).await;
        visitor.wait_type("resync").await;
        visitor.send(json!({ "type": "hello", "key": key, "token": token, "after": null, "locale": "en", "page": null })).await;
        let welcome = visitor.wait_type("welcome").await;
        let said: Vec<_> = welcome["messages"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().trim()).collect();
        assert_eq!(said, ["lamp@x", "Hello"]);
        let body = json!({
            "client_id": "an-answer-here", "visibility": "public", "channel": "chat", "text": "Good day", "seen_position": 1_000_000,
        });
        admin.post(&format!("/tickets/{}/messages", id_of(&lamp)), body).await;
        visitor.wait("the answer", |frame| (frame["message"]["text"] == "Good day").then_some(())).await;
        visitor.send(json!({ "type": "send", "client_id": "two", "text": "And a pot", "attachment_ids": [] })).await;
        visitor.wait("ack", |frame| (frame["client_id"] == "two").then_some(())).await;
        let one = again(&admin, &lamp).await;
        assert_eq!(texts(&one), ["lamp@x", "Hello", "Good day", "And a pot"]);
    }

    async fn what_continues_a_closed_matter_is_a_ticket_that_says_so(desk: Desk) {
        let (admin, lamp, _) = two_tickets(&desk).await;
        let inbox = lamp["ticket"]["inbox_id"].as_str().unwrap();
        let settings = json!({ "settings": { "sender_name": "", "signature": "", "follow_up_after_days": 7 } });
        admin.patch(&format!("/inboxes/{inbox}"), settings).await;
        let statuses = admin.get("/bootstrap").await["statuses"].clone();
        let status = |word: &str| {
            let found = statuses.as_array().unwrap().iter().find(|status| status["category"] == word);
            found.unwrap()["id"].clone()
        };
        let edit = json!({ "edits": [{ "field": "status", "old": lamp["ticket"]["status_id"], "new": status("solved") }] });
        admin.patch(&format!("/tickets/{}", id_of(&lamp)), edit).await;
        desk.advance(Length::days(6)).await;
        receive(&desk, &mail("2@x", "Re: Lamp", "In-Reply-To: <lamp@x>\n")).await;
        assert_eq!(texts(&again(&admin, &lamp).await).len(), 2, "soon enough");
        let edit = json!({ "edits": [{ "field": "status", "old": status("open"), "new": status("solved") }] });
        admin.patch(&format!("/tickets/{}", id_of(&lamp)), edit).await;
        desk.advance(Length::days(8)).await;
        receive(&desk, &mail("3@x", "Re: Lamp", "In-Reply-To: <lamp@x>\n")).await;
        let next = ticket(&admin, "Re: Lamp").await;
        assert_eq!(next["ticket"]["follow_up_of"]["number"], lamp["ticket"]["number"]);
        assert_eq!(next["messages"][0]["mail"]["joined"]["follow_up_of"]["ticket_id"], lamp["ticket"]["id"]);
        assert_eq!(again(&admin, &lamp).await["ticket"]["category"], "solved");
    }

    async fn signs_of_less_trust_hold_for_who_takes_part_and_strangers_are_pointed_there(desk: Desk) {
        let (admin, lamp, _) = two_tickets(&desk).await;
        let key = shouwen::intake::thread::key(&desk.app.secrets, desk.app.workspace);
        let number = lamp["ticket"]["number"].as_str().unwrap();
        let mark = shouwen_channels::email::marker::element(&key, number);
        let quoting = |id: &str, from: &str| {
            format!("From: {from}\nSubject: Thanks\nMessage-ID: <{id}>\nContent-Type: text/html\n\n<p>{id}</p><blockquote>{mark}</blockquote>\n")
        };
        receive(&desk, &quoting("2@x", "wang@example.com")).await;
        receive(&desk, &quoting("3@x", "stranger@example.net")).await;
        let joined = again(&admin, &lamp).await;
        assert_eq!(joined["messages"].as_array().unwrap().len(), 2);
        assert_eq!(joined["messages"][1]["mail"]["joined"]["because"], "marker");
        let stranger = ticket(&admin, "Thanks").await;
        let why = &stranger["messages"][0]["mail"]["joined"];
        assert_eq!((why["similar"]["number"].as_str(), &why["refused"]), (Some(number), &json!("not_a_participant")));

        let inbox = lamp["ticket"]["inbox_id"].as_str().unwrap();
        let again_later = |id: &str| mail(id, "Re: Lamp", "");
        receive(&desk, &again_later("4@x")).await;
        assert_eq!(texts(&again(&admin, &lamp).await).len(), 2, "off unless the inbox wants it");
        let settings = json!({ "settings": { "sender_name": "", "signature": "", "same_sender_days": 3 } });
        admin.patch(&format!("/inboxes/{inbox}"), settings).await;
        desk.advance(Length::days(2)).await;
        receive(&desk, &again_later("5@x")).await;
        let last = ticket(&admin, "Re: Lamp").await;
        assert_eq!(texts(&last), ["4@x", "5@x"], "the latest of that subject");
        assert_eq!(last["messages"][1]["mail"]["joined"]["because"], "same_sender");
        desk.advance(Length::days(4)).await;
        receive(&desk, &again_later("6@x")).await;
        assert_eq!(texts(&again(&admin, &last).await).len(), 2, "too long ago");
    }
}
