//! Older mail of a hosted mailbox: left alone until asked for, then brought in quietly, however much it is.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use shouwen_core::time::Length;

use super::email_imap::{deliver, started, subjects, watch_mailboxes};
use crate::support::desk::{Desk, Engine};
use crate::support::person::Person;
use crate::support::servers::Dovecot;
use crate::support::smtp::Outside;

/// As many as a mailbox of some years holds.
const OLD: usize = 20_000;
/// As many are asked for.
const WANTED: usize = 400;

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

/// How far the bringing in has come, once it has come so far.
async fn progress(desk: &Desk, admin: &Person, is_there: impl Fn(&Value) -> bool) -> Value {
    desk.until("older mail comes", async || {
        let inboxes = admin.get("/inboxes").await;
        Some(inboxes["items"][0]["backfill"].clone()).filter(|backfill| is_there(backfill))
    })
    .await
}

fn kept(backfill: &Value) -> u64 {
    backfill["kept"].as_u64().unwrap_or_default()
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
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
    started(&desk, &admin).await;
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
    // In the middle of it first their server goes away, then ours.
    progress(&desk, &admin, |backfill| kept(backfill) >= WANTED as u64 / 4).await;
    dovecot.kill();
    dovecot.restart();
    progress(&desk, &admin, |backfill| kept(backfill) >= WANTED as u64 / 2).await;
    let desk = desk.restarted().await;
    let admin = admin.at(desk.url());
    watch_mailboxes(&desk);
    let done = progress(&desk, &admin, |backfill| backfill["state"] == "done").await;
    assert!(
        (WANTED as u64..=WANTED as u64 + 2).contains(&kept(&done)),
        "{done}"
    );
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
    desk.until("new mail is fetched as before", async || {
        let tickets = admin.tickets("all").await;
        tickets
            .iter()
            .any(|one| one["subject"] == "Another new matter")
            .then_some(())
    })
    .await;
    let mut conn = desk.app.db.read().await.unwrap();
    let query = conn.sql(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(DISTINCT subject) AS BIGINT) FROM ticket
         WHERE workspace_id = $1 AND subject LIKE 'Old matter%'",
    );
    let (all, distinct): (i64, i64) = query.bind(desk.app.workspace).one().await.unwrap();
    assert_eq!(
        all, distinct,
        "each once, though both servers went away in the middle"
    );
    // The poisoned one may say no subject that can be read.
    let wanted = i64::try_from(WANTED).unwrap();
    assert!((wanted - 1..=wanted).contains(&all), "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_thousand_old_mails_those_asked_for_come_and_nobody_is_told_or_answered() {
    twenty_thousand(Engine::Sqlite, OLD).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn older_mail_comes_quietly_on_postgres_too() {
    twenty_thousand(Engine::Postgres, 2 * WANTED).await;
}
