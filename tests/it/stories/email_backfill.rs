//! Older mail of a hosted mailbox: left alone until asked for, then brought in quietly, however much it is.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::json;
use shouwen_core::time::Length;

use super::email_imap::{deliver, started, subjects, watch_mailboxes};
use crate::support::desk::{Desk, Engine, PATIENCE};
use crate::support::servers::Dovecot;
use crate::support::smtp::Outside;

/// As many as a mailbox of some years holds.
const OLD: usize = 20_000;
/// As many are asked for.
const WANTED: usize = 200;

/// Puts old mails into the mailbox's folder itself, one of them poisoned.
fn fill(folder: &Path, count: usize) {
    for name in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    for number in 0..count {
        let mut mail = String::new();
        let _ = write!(
            mail,
            "From: Old {number} <old{number}@example.com>\nTo: help@shop.example\nSubject: Old matter {number}\n\
             Message-ID: <old-{number}@example.com>\n\nLong ago.\n"
        );
        let mut bytes = mail.into_bytes();
        if number == count - 7 {
            bytes.splice(
                0..0,
                b"\0\xff\xfe: =?utf-8?q?=00?=\nContent-Type: multipart/mixed; boundary=\"\"\n"
                    .iter()
                    .copied(),
            );
        }
        let place = folder.join(format!("cur/{}.{number}.old:2,S", 1_600_000_000 + number));
        std::fs::write(&place, bytes).unwrap();
        // Dovecot takes the file's time as that of its arrival.
        let years = if number < count - WANTED { 15 } else { 1 };
        #[expect(clippy::disallowed_methods, reason = "the file's time is that of the machine")]
        let arrived = SystemTime::now() - Duration::from_secs(years * 365 * 86_400);
        let file = std::fs::File::options().write(true).open(&place).unwrap();
        file.set_modified(arrived).unwrap();
    }
}

async fn twenty_thousand(engine: Engine, count: usize) {
    let Some(dovecot) = Dovecot::start() else { return };
    let user = "help";
    deliver(&dovecot, user, "Just before").await;
    fill(&dovecot.mailbox(user), count);
    dovecot.own(user);
    let Some(desk) = Desk::start(engine).await else {
        return;
    };
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    let account = json!({ "host": "127.0.0.1", "port": dovecot.imap_port, "security": "none", "username": user,
        "folder": "INBOX", "password": Dovecot::PASSWORD });
    let smtp =
        json!({ "host": "127.0.0.1", "port": outside.address.port(), "security": "none", "username": null });
    let settings = json!({ "sender_name": "Help", "smtp": smtp, "imap": account, "signature": "",
        "acknowledge": { "on": true, "text_en": "We got it.", "text_zh": "" } });
    let inbox = admin.post("/inboxes", json!({ "name": "Help", "channel": "email", "address": "help@shop.example", "settings": settings })).await;
    let id = inbox["id"].as_str().unwrap().to_owned();
    watch_mailboxes(&desk);
    started(&desk).await;
    deliver(&dovecot, user, "New matter").await;
    assert_eq!(
        subjects(&desk, &admin, 1).await,
        ["New matter"],
        "what is old stays there"
    );
    let acknowledged = outside.mails().len();

    admin
        .post(
            &format!("/inboxes/{id}/backfill"),
            json!({ "since": "2020-09-01T00:00:00Z" }),
        )
        .await;
    let waiting = async {
        loop {
            let all = admin.get("/inboxes").await;
            let backfill = all["items"][0]["backfill"].clone();
            if backfill["state"] == "done" {
                return backfill;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let done = tokio::time::timeout(20 * PATIENCE, waiting)
        .await
        .expect("all of it comes");
    let kept = done["kept"].as_u64().unwrap();
    assert!((WANTED as u64..=WANTED as u64 + 2).contains(&kept), "{done}");
    desk.advance(Length::minutes(5)).await;
    assert_eq!(
        outside.mails().len(),
        acknowledged,
        "nothing is sent to who wrote long ago"
    );
    assert_eq!(admin.get("/notifications").await["items"], json!([]));
    let found = admin.get("/tickets?view=all&limit=100").await;
    let found = found["items"].as_array().unwrap();
    assert_eq!(found.len(), 100);
    assert!(
        found[99]["last_message_at"].as_str().unwrap().starts_with("2025"),
        "{}",
        found[99]
    );
    deliver(&dovecot, user, "Another new matter").await;
    let waiting = async {
        while admin
            .tickets("all")
            .await
            .iter()
            .all(|one| one["subject"] != "Another new matter")
        {
            desk.settle().await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    if tokio::time::timeout(3 * PATIENCE, waiting).await.is_err() {
        let (mails, inboxes) = (admin.get("/mail?limit=5").await, admin.get("/inboxes").await);
        panic!("new mail is not fetched as before: {mails:#} {inboxes:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_thousand_old_mails_those_asked_for_come_and_nobody_is_told_or_answered() {
    twenty_thousand(Engine::Sqlite, OLD).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_mail_comes_quietly_on_postgres_too() {
    twenty_thousand(Engine::Postgres, 2 * WANTED).await;
}
