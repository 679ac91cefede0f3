//! The IMAP client against a private Dovecot. Without Dovecot the tests are skipped, but not in CI.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod dovecot;

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use shouwen_channels::Secret;
use shouwen_channels::email::dial::{Security, Trust};
use shouwen_channels::email::imap::{
    Cursor, ImapAccount, ImapAuth, ImapError, ImapIntake, IntakeError, Start, backfill, probe, run,
};
use tokio_util::sync::CancellationToken;

use dovecot::{Dovecot, access_token};

/// 2001.
const LONG_AGO: i64 = 1_000_000_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Started(u32),
    Stored(u32, String),
    TooLarge(u32),
    Renumbered,
}

/// Remembers what arrived; stops the watch after so many messages, or when caught up.
struct Intake {
    events: Mutex<Vec<Event>>,
    cursor: Mutex<Option<Cursor>>,
    stop: CancellationToken,
    enough: usize,
    stop_when_caught_up: bool,
    caught_up: tokio::sync::Notify,
}

impl Intake {
    fn new(enough: usize, stop_when_caught_up: bool) -> Self {
        Intake {
            events: Mutex::default(),
            cursor: Mutex::default(),
            stop: CancellationToken::new(),
            enough,
            stop_when_caught_up,
            caught_up: tokio::sync::Notify::new(),
        }
    }

    fn note(&self, event: Event) {
        let mut events = self.events.lock().unwrap();
        events.push(event);
        let stored = events
            .iter()
            .filter(|event| matches!(event, Event::Stored(..)))
            .count();
        if stored >= self.enough {
            self.stop.cancel();
        }
    }

    fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    fn move_to(&self, uid_validity: u32, last_uid: u32) {
        *self.cursor.lock().unwrap() = Some(Cursor {
            uid_validity,
            last_uid,
        });
    }
}

#[async_trait]
impl ImapIntake for Intake {
    async fn started(&self, cursor: Cursor) -> Result<(), IntakeError> {
        self.note(Event::Started(cursor.last_uid));
        self.move_to(cursor.uid_validity, cursor.last_uid);
        Ok(())
    }

    async fn store(&self, uid: u32, validity: u32, date: Option<i64>, raw: Bytes) -> Result<(), IntakeError> {
        assert!(date.is_some_and(|date| date > 1_500_000_000_000));
        self.move_to(validity, uid);
        self.note(Event::Stored(uid, shouwen_channels::email::parse(&raw).subject));
        Ok(())
    }

    async fn too_large(&self, uid: u32, validity: u32, _bytes: u32) -> Result<(), IntakeError> {
        self.move_to(validity, uid);
        self.note(Event::TooLarge(uid));
        Ok(())
    }

    async fn unreadable(&self, uid: u32, _validity: u32, reason: &str) -> Result<(), IntakeError> {
        panic!("message {uid} unreadable: {reason}")
    }

    async fn uid_validity_changed(&self, _old: u32, _new: u32) -> Result<(), IntakeError> {
        self.note(Event::Renumbered);
        Ok(())
    }

    async fn caught_up(&self) {
        self.caught_up.notify_one();
        if self.stop_when_caught_up {
            self.stop.cancel();
        }
    }
}

fn account(server: &Dovecot, user: &str) -> ImapAccount {
    ImapAccount {
        host: "localhost".into(),
        port: server.port,
        security: Security::None,
        username: user.into(),
        auth: ImapAuth::Password(Secret::new("pw")),
        folder: "INBOX".into(),
        max_bytes: 5_000,
        timeout: Duration::from_secs(10),
        since_ms: None,
        poll: Duration::from_millis(100),
        trust: Trust::default(),
    }
}

async fn watch(account: &ImapAccount, start: Start, intake: &Intake) -> Result<(), ImapError> {
    let watching = run(account, start, intake, intake.stop.clone());
    tokio::time::timeout(Duration::from_secs(30), watching)
        .await
        .expect("the watch hangs")
}

fn stored(intake: &Intake) -> Vec<String> {
    let subject = |event| {
        if let Event::Stored(_, subject) = event {
            Some(subject)
        } else {
            None
        }
    };
    intake.events().into_iter().filter_map(subject).collect()
}

#[tokio::test]
async fn a_first_watch_begins_now_and_idle_brings_what_arrives() {
    let Some(server) = Dovecot::start() else { return };
    server.append("now", "INBOX", "old").await;
    let account = account(&server, "now");
    let intake = Intake::new(2, false);
    let delivering = async {
        for subject in ["first", "second"] {
            intake.caught_up.notified().await;
            server.append("now", "INBOX", subject).await;
        }
    };
    let (watched, ()) = tokio::join!(watch(&account, Start::Now, &intake), delivering);
    watched.unwrap();
    assert_eq!(intake.events()[0], Event::Started(1));
    assert_eq!(stored(&intake), ["first", "second"]);
}

#[tokio::test]
async fn a_watch_goes_on_where_the_last_one_ended() {
    let Some(server) = Dovecot::start() else { return };
    for subject in ["one", "two", "three"] {
        server.append("again", "INBOX", subject).await;
    }
    let account = account(&server, "again");
    let first = Intake::new(2, true);
    watch(&account, Start::Everything, &first).await.unwrap();
    assert_eq!(stored(&first), ["one", "two"]);
    let cursor = first.cursor.lock().unwrap().unwrap();
    let second = Intake::new(9, true);
    watch(&account, Start::After(cursor), &second).await.unwrap();
    assert_eq!(stored(&second), ["three"]);
}

#[tokio::test]
async fn a_renumbered_folder_is_read_again() {
    let Some(server) = Dovecot::start() else { return };
    server.append("renumbered", "INBOX", "one").await;
    let stale = Cursor {
        uid_validity: 1,
        last_uid: 77,
    };
    let intake = Intake::new(9, true);
    watch(&account(&server, "renumbered"), Start::After(stale), &intake)
        .await
        .unwrap();
    let [Event::Renumbered, Event::Started(0), Event::Stored(1, subject)] = &intake.events()[..] else {
        panic!("{:?}", intake.events())
    };
    assert_eq!(subject, "one");
}

#[tokio::test]
async fn a_renumbered_folder_brings_back_nothing_from_before_our_time() {
    let Some(server) = Dovecot::start() else { return };
    server.append("before", "INBOX", "one").await;
    let stale = Cursor {
        uid_validity: 1,
        last_uid: 77,
    };
    let far = 4_102_444_800_000; // 2100
    let account = ImapAccount {
        since_ms: Some(far),
        ..account(&server, "before")
    };
    let intake = Intake::new(9, true);
    watch(&account, Start::After(stale), &intake).await.unwrap();
    assert_eq!(intake.events(), [Event::Renumbered, Event::Started(1)]);
}

#[tokio::test]
async fn a_folder_of_twenty_thousand_is_read_whole_with_a_poisoned_mail_among_them() {
    const MANY: usize = 20_000;
    const POISONED: usize = 7_777;
    let Some(server) = Dovecot::start() else { return };
    server.fill("many", MANY, |number| {
        if number == POISONED {
            let mut bytes =
                b"\0\xff\xfe: =?utf-8?q?=00?=\nContent-Type: multipart/mixed; boundary=\"\"\n".to_vec();
            bytes.extend(std::iter::repeat_n(0_u8, 3_000));
            return bytes;
        }
        format!("From: a@b.c\r\nSubject: number {number}\r\n\r\nHello\r\n").into_bytes()
    });
    let account = account(&server, "many");
    let now = Intake::new(1, true);
    watch(&account, Start::Now, &now).await.unwrap();
    assert_eq!(
        now.events(),
        [Event::Started(20_000)],
        "nothing of it is asked for at first"
    );
    let all = Intake::new(MANY, false);
    let reading = run(&account, Start::Everything, &all, all.stop.clone());
    tokio::time::timeout(Duration::from_mins(5), reading)
        .await
        .expect("it ends")
        .unwrap();
    let subjects = stored(&all);
    assert_eq!(
        (subjects.len(), subjects[MANY - 1].as_str()),
        (MANY, "number 19999")
    );
    assert_eq!(
        subjects[POISONED + 1],
        "number 7778",
        "the next one is not kept waiting"
    );
}

#[tokio::test]
async fn older_mail_is_brought_in_from_where_the_last_attempt_ended() {
    let Some(server) = Dovecot::start() else { return };
    for subject in ["one", "two", "three", "four"] {
        server.append("older", "INBOX", subject).await;
    }
    let account = account(&server, "older");
    let first = Intake::new(2, false);
    let done = backfill(&account, None, LONG_AGO, 3, &first, &first.stop)
        .await
        .unwrap();
    assert!(!done, "it was stopped after two");
    assert_eq!(stored(&first), ["one", "two"]);
    let cursor = *first.cursor.lock().unwrap();
    let second = Intake::new(9, false);
    assert!(
        backfill(&account, cursor, LONG_AGO, 3, &second, &second.stop)
            .await
            .unwrap()
    );
    assert_eq!(stored(&second), ["three"], "the fourth came after the request");
    let none = Intake::new(9, false);
    let far = 4_102_444_800_000;
    assert!(backfill(&account, None, far, 9, &none, &none.stop).await.unwrap());
    assert!(stored(&none).is_empty());
}

#[tokio::test]
async fn a_message_over_the_limit_is_reported_and_passed() {
    let Some(server) = Dovecot::start() else { return };
    server.append("large", "INBOX", &"x".repeat(900)).await;
    server.append_sized("large", "INBOX", "huge", 20_000).await;
    server.append("large", "INBOX", "after").await;
    let intake = Intake::new(9, true);
    watch(&account(&server, "large"), Start::Everything, &intake)
        .await
        .unwrap();
    assert!(intake.events().contains(&Event::TooLarge(2)));
    assert_eq!(stored(&intake).last().map(String::as_str), Some("after"));
}

#[tokio::test]
async fn folders_may_have_chinese_names() {
    let Some(server) = Dovecot::start() else { return };
    server.append("chinese", "&W6JnDQ-", "in folder").await;
    let account = ImapAccount {
        folder: "客服".into(),
        ..account(&server, "chinese")
    };
    assert_eq!(probe(&account).await.unwrap().messages, 1);
}

#[tokio::test]
async fn failures_have_stable_codes() {
    let Some(server) = Dovecot::start() else { return };
    let good = account(&server, "codes");
    let found = probe(&good).await.unwrap();
    assert!(found.notifies);
    let wrong = ImapAccount {
        auth: ImapAuth::Password(Secret::new("no")),
        ..good.clone()
    };
    assert_eq!(probe(&wrong).await.unwrap_err().code(), "authentication");
    let lost = ImapAccount {
        folder: "Nowhere".into(),
        ..good.clone()
    };
    assert_eq!(probe(&lost).await.unwrap_err().code(), "folder_missing");
    let strict = ImapAccount {
        security: Security::StartTls,
        ..good.clone()
    };
    assert_eq!(probe(&strict).await.unwrap_err().code(), "no_starttls");
    let closed = ImapAccount {
        port: 1,
        ..good.clone()
    };
    assert_eq!(probe(&closed).await.unwrap_err().code(), "refused");
}

#[tokio::test]
async fn access_tokens_are_accepted_and_refused() {
    let Some(server) = Dovecot::start() else { return };
    let token = access_token("tokens");
    let good = ImapAccount {
        auth: ImapAuth::XOAuth2(Secret::new(token)),
        ..account(&server, "tokens")
    };
    assert!(probe(&good).await.is_ok());
    let bad = ImapAccount {
        auth: ImapAuth::XOAuth2(Secret::new("stale")),
        ..good
    };
    assert_eq!(probe(&bad).await.unwrap_err().code(), "authentication");
}
