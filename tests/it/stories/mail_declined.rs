//! Mail that its receiver may decline by one click (RFC 2369, RFC 8058): only such mail says so, and who declined gets
//! no more of it while answers go on.

use serde_json::json;

use super::mail_automatic::{INBOX, acknowledging, mail, receive};
use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;
use crate::support::smtp::Outside;

async fn let_them_decline(admin: &Person) {
    let inbox = admin.get("/inboxes").await["items"][0].clone();
    let mut settings = inbox["settings"].clone();
    settings["acknowledge"]["may_decline"] = json!(true);
    let path = format!("/inboxes/{}", inbox["id"].as_str().unwrap());
    admin.patch(&path, json!({ "settings": settings })).await;
}

/// The address of a one-click no, as a mail program finds it in the newest mail.
fn one_click(desk: &Desk, outside: &Outside) -> Option<String> {
    let mail = outside.mails().pop().unwrap();
    let (link, how) = (
        mail.header("List-Unsubscribe"),
        mail.header("List-Unsubscribe-Post"),
    );
    assert_eq!(link.is_some(), how.is_some());
    let link = link?;
    assert_eq!(how.unwrap(), "List-Unsubscribe=One-Click");
    let path = link
        .trim_matches(['<', '>'])
        .split("/unsubscribe/")
        .nth(1)
        .unwrap()
        .to_owned();
    Some(format!("{}/unsubscribe/{path}", desk.url()))
}

both_engines! {
    async fn who_declines_acknowledgements_gets_none_and_still_gets_answers(desk: Desk) {
        let (admin, outside) = acknowledging(&desk, INBOX).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "1@x", "")).await;
        assert_eq!((outside.mails().len(), one_click(&desk, &outside)), (1, None), "only where the inbox offers it");
        let_them_decline(&admin).await;
        desk.advance(shouwen_core::time::Length::hours(25)).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "2@x", "")).await;
        let link = one_click(&desk, &outside).unwrap();

        let page = reqwest::get(&link).await.unwrap();
        assert!(page.text().await.unwrap().contains("<form method=post>"), "a scanner that opens links says nothing");
        desk.advance(shouwen_core::time::Length::hours(25)).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "3@x", "")).await;
        assert_eq!(outside.mails().len(), 3);

        let said = reqwest::Client::new().post(&link).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(said.body("List-Unsubscribe=One-Click").send().await.unwrap().status(), 200);
        desk.advance(shouwen_core::time::Length::hours(25)).await;
        receive(&desk, "wang@example.com", &mail("wang@example.com", "4@x", "")).await;
        assert_eq!(outside.mails().len(), 3, "declined");
        receive(&desk, "li@example.com", &mail("li@example.com", "5@x", "")).await;
        assert_eq!(outside.mails().len(), 4, "others are told as before");

        let tickets = admin.tickets("all").await;
        let own = tickets.iter().find(|ticket| ticket["subject"] == "Lamp 4@x").unwrap();
        let ticket = admin.get(&format!("/tickets/{}", own["id"].as_str().unwrap())).await;
        admin.reply(&ticket, "We send another.").await;
        desk.settle().await;
        assert_eq!((outside.mails().len(), one_click(&desk, &outside)), (5, None), "an answer cannot be declined");
    }
}
