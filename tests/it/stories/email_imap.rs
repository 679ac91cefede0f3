//! A hosted mailbox, read over IMAP from a real Dovecot that goes away in the middle.

use std::net::SocketAddr;

use serde_json::json;
use shouwen::intake::mailboxes;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::desk::{Desk, both_engines};
use crate::support::imap::Imap;
use crate::support::person::Person;
use crate::support::servers::Dovecot;

both_engines! {
    async fn a_hosted_mailbox_is_read_from_now_on_and_once_whatever_happens_to_its_server(desk: Desk) {
        let Some(dovecot) = Dovecot::start() else { return };
        let user = "help";
        deliver(&dovecot, user, "An old matter").await;
        let admin = desk.administrator().await;
        watch_mailboxes(&desk);
        let account = json!({ "host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "username": user,
            "folder": "INBOX", "password": Dovecot::PASSWORD });
        let settings = json!({ "sender_name": "Help", "smtp": null, "imap": account, "signature": "" });
        let inbox = admin.post("/inboxes", json!({ "name": "Help", "channel": "email", "address": "help@shop.example",
            "settings": settings })).await;
        assert!(!inbox.to_string().contains(Dovecot::PASSWORD), "a password is only ever written");
        let test = admin.post(&format!("/inboxes/{}/test", inbox["id"].as_str().unwrap()), json!({})).await;
        let imap = test["checks"].as_array().unwrap().iter().find(|check| check["what"] == "imap").unwrap().clone();
        assert_eq!(imap["code"], "ok", "{test}");

        started(&desk, &admin).await;
        deliver(&dovecot, user, "The lamp is broken").await;
        assert_eq!(subjects(&desk, &admin, 1).await, ["The lamp is broken"], "what was there before stays there");

        dovecot.kill();
        dovecot.restart();
        deliver(&dovecot, user, "And the shade").await;
        assert_eq!(subjects(&desk, &admin, 2).await, ["And the shade", "The lamp is broken"]);
    }

    async fn a_folder_that_was_made_anew_is_read_again_and_nothing_comes_twice_or_is_lost(desk: Desk) {
        let Some(dovecot) = Dovecot::start() else { return };
        let mut imap = Imap::sign_in(&dovecot, "help").await;
        imap.command("CREATE Support").await;
        imap.append("Support", "22-Nov-2026 08:00:00 +0000", &mail("Before our time")).await;
        let admin = desk.administrator().await;
        watch_mailboxes(&desk);
        let account = json!({ "host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "username": "help",
            "folder": "Support", "password": Dovecot::PASSWORD });
        let settings = json!({ "sender_name": "Help", "smtp": null, "imap": account, "signature": "" });
        admin.post("/inboxes", json!({ "name": "Help", "channel": "email", "address": "help@shop.example",
            "settings": settings })).await;
        started(&desk, &admin).await;
        for subject in ["One", "Two"] {
            imap.append("Support", "22-Nov-2026 10:00:00 +0000", &mail(subject)).await;
        }
        assert_eq!(subjects(&desk, &admin, 2).await, ["One", "Two"]);

        // Somebody restores the folder from a copy: all is numbered anew, and one mail is there that we never saw.
        let before = imap.uid_validity("Support").await;
        imap.command("DELETE Support").await;
        imap.command("CREATE Support").await;
        assert_ne!(imap.uid_validity("Support").await, before);
        imap.append("Support", "22-Nov-2026 08:00:00 +0000", &mail("Before our time")).await;
        for subject in ["Two", "Three", "One"] {
            imap.append("Support", "22-Nov-2026 10:00:00 +0000", &mail(subject)).await;
        }
        assert_eq!(subjects(&desk, &admin, 3).await, ["One", "Three", "Two"]);
        imap.append("Support", "22-Nov-2026 11:00:00 +0000", &mail("Four")).await;
        assert_eq!(subjects(&desk, &admin, 4).await, ["Four", "One", "Three", "Two"]);
        let again = desk.until("those that were there are known again", async || {
            let mails = admin.get("/mail?state=duplicate").await["items"].as_array().unwrap().len();
            (mails == 2).then_some(mails)
        });
        again.await;
        assert_eq!(admin.get("/mail").await["items"].as_array().unwrap().len(), 6, "and nothing else came");
    }
}

pub(super) fn watch_mailboxes(desk: &Desk) {
    let app = desk.app.clone();
    desk.app.supervisor.keep("mailboxes", move |stop| {
        let app = app.clone();
        async move { Ok(mailboxes::run(&app, stop).await?) }
    });
}

/// Waits until the mailbox has been opened: from then on its mail is ours.
pub(super) async fn started(desk: &Desk, admin: &Person) {
    desk.until("the mailbox is opened", async || {
        let inboxes = admin.get("/inboxes").await;
        let all = inboxes["items"].as_array().unwrap();
        all.iter()
            .any(|inbox| inbox["mailbox"]["state"] == "well")
            .then_some(())
    })
    .await;
}

/// The subjects of the desk's tickets, sorted, once there are so many.
pub(super) async fn subjects(desk: &Desk, admin: &Person, count: usize) -> Vec<String> {
    desk.until("the mail comes", async || {
        let tickets = admin.tickets("all").await;
        let subject = |ticket: &serde_json::Value| ticket["subject"].as_str().unwrap().to_owned();
        let mut subjects: Vec<String> = tickets.iter().map(subject).collect();
        subjects.sort();
        (subjects.len() >= count).then_some(subjects)
    })
    .await
}

fn mail(subject: &str) -> String {
    let id = subject.replace(' ', "-");
    format!(
        "From: Wang <wang@example.com>\nTo: help@shop.example\nSubject: {subject}\nMessage-ID: <{id}@example.com>\n\n{subject}.\n"
    )
}

/// Puts a mail into the mailbox by Dovecot's LMTP.
pub(super) async fn deliver(dovecot: &Dovecot, user: &str, subject: &str) {
    let address: SocketAddr = ([127, 0, 0, 1], dovecot.lmtp_port).into();
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mail = format!(
        "From: Wang <wang@example.com>\r\nTo: {user}@shop.example\r\nSubject: {subject}\r\n\
         Message-ID: <{}@example.com>\r\n\r\n{subject}.\r\n.",
        subject.replace(' ', "-")
    );
    let recipient = format!("RCPT TO:<{user}>");
    for line in [
        "LHLO test",
        "MAIL FROM:<wang@example.com>",
        &recipient,
        "DATA",
        &mail,
    ] {
        answer(&mut stream).await;
        stream
            .get_mut()
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
    }
    answer(&mut stream).await;
}

async fn answer(stream: &mut BufReader<TcpStream>) {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with(['2', '3']), "{line}");
        if line.as_bytes().get(3) != Some(&b'-') {
            return;
        }
    }
}
