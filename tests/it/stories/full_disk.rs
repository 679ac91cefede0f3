//! A disk that is full: senders are told to come again, people are told what is wrong, and when there is room again
//! everything that was acknowledged is there, once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::process::{Caller, Disk, Program, has_small_disks};
use crate::support::smtp::deliver;
use crate::support::socket::Socket;

const INBOX: &str = "help@shop.example";

/// Fills the disk to its last byte.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("somebody-elses-file");
    let mut file = File::create(&path).unwrap();
    for piece in [1 << 20, 1 << 12, 1] {
        let bytes = vec![b'x'; piece];
        loop {
            match file.write(&bytes) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
    path
}

/// Sends mail `number`; the code of the answer.
async fn send(program: &Program, number: usize) -> u16 {
    let body = "It broke. ".repeat(2000);
    let raw = format!(
        "From: Customer <c{number}@outside.example>\nTo: {INBOX}\nSubject: Lamp {number}\n\
         Message-ID: <full-{number}@outside.example>\n\n{body}\n"
    );
    let from = format!("c{number}@outside.example");
    deliver(program.smtp, &from, &[INBOX], &raw).await.unwrap().0
}

async fn subjects(caller: &Caller) -> Vec<String> {
    let (mut found, mut path) = (Vec::new(), "/tickets?view=all&limit=100".to_owned());
    loop {
        let page = caller.get(&path).await.expect("the desk answers");
        let items = page["items"].as_array().unwrap().iter();
        found.extend(items.map(|item| item["subject"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => path = format!("/tickets?view=all&limit=100&after={next}"),
            None => return found,
        }
    }
}

/// Waits until every mail has become a ticket, looking whenever the desk says that something happened; the subjects.
async fn ticketed(caller: &Caller, mails: &BTreeSet<String>) -> Vec<String> {
    let mut feed = Socket::connect(&caller.url, "/api/v1/feed", &caller.cookie).await;
    feed.send(json!({ "type": "hello", "after": null })).await;
    feed.wait_type("welcome").await;
    let waiting = async {
        loop {
            let found = subjects(caller).await;
            if mails.iter().all(|mail| found.contains(mail)) {
                return found;
            }
            feed.heard().await;
        }
    };
    // A job that was in hand when the disk filled up is taken again when its lease of a minute ends.
    let waited = tokio::time::timeout(Duration::from_mins(3), waiting).await;
    waited.unwrap_or_else(|_| panic!("{mails:?} did not all become tickets"))
}

async fn add_tag(caller: &Caller, name: &str) -> (u16, Value) {
    let tag = json!({ "name": name, "color": "teal" });
    caller.post("/tags", &tag).await.expect("the desk answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_loses_nothing() {
    if !has_small_disks() {
        println!("ABSENT: unshare may mount nothing here; the story of the full disk was not told");
        return;
    }
    let (mut program, cookie) = Program::start_on(Disk::Small(24)).await;
    let caller = Caller::new(program.http, cookie);
    let email = json!({ "name": "Help", "channel": "email", "address": INBOX,
        "settings": { "sender_name": "Help", "smtp": null, "imap": null, "signature": "" } });
    assert_eq!(caller.post("/inboxes", &email).await.unwrap().0, 201);
    let mut taken = BTreeSet::new();
    for number in 0..5 {
        assert_eq!(send(&program, number).await, 250);
        taken.insert(format!("Lamp {number}"));
    }
    let filler = fill(&program.seen_folder());
    let mut refused = 0;
    for number in 5..25 {
        match send(&program, number).await {
            250 => drop(taken.insert(format!("Lamp {number}"))),
            code => {
                assert!(
                    (400..500).contains(&code),
                    "a sender who is told {code} does not come again"
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 15, "the disk was not full: {refused} refused");
    let (status, problem) = add_tag(&caller, "lamp").await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (503, Some("/problems/unavailable")),
        "{problem}"
    );
    assert!(
        caller.get("/tickets?view=all").await.is_some(),
        "what is there can be read"
    );
    std::fs::remove_file(filler).unwrap();
    assert_eq!(
        send(&program, 30).await,
        250,
        "there is room again, without a restart"
    );
    taken.insert("Lamp 30".to_owned());
    assert_eq!(add_tag(&caller, "lamp").await.0, 201);
    let mut found = ticketed(&caller, &taken).await;
    found.sort();
    assert_eq!(
        found,
        taken.into_iter().collect::<Vec<_>>(),
        "each is there once, and nothing that was refused"
    );
    assert!(program.stop(), "it stops in order");
}
