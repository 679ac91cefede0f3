//! Large mails, many at once: they wait on the disk and not in memory, and one that is too large holds up no other.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::net::{TcpStream, UnixStream};

use super::pipe::pipe_in;
use crate::support::process::{Caller, Part, Program};
use crate::support::servers::eventually;
use crate::support::smtp::{Delivery, deliver};

const INBOX: &str = "help@shop.example";
const FROM: &str = "wang@example.com";
const MEBIBYTE: usize = 1 << 20;

fn head(subject: &str) -> String {
    format!(
        "From: {FROM}\r\nTo: {INBOX}\r\nSubject: {subject}\r\nMessage-ID: <{}@x>\r\n\
         MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=log.bin\r\n\r\n",
        subject.replace(' ', "-")
    )
}

/// A mebibyte of lines.
fn lines() -> Vec<u8> {
    let line = "It broke again, and this is what it looks like from here on.\r\n";
    line.as_bytes()
        .iter()
        .copied()
        .cycle()
        .take(MEBIBYTE / 62 * 62)
        .collect()
}

async fn desk(sets: &[&str]) -> (Program, Caller) {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    let (program, cookie) = Program::start_with(Part::All, &sets).await;
    let caller = Caller::new(program.http, cookie);
    let inbox = json!({ "name": "Help", "channel": "email", "address": INBOX,
        "settings": { "sender_name": "", "smtp": null, "imap": null, "signature": "" } });
    assert_eq!(caller.post("/inboxes", &inbox).await.unwrap().0, 201);
    (program, caller)
}

async fn begin(program: &Program) -> Delivery<TcpStream> {
    let stream = TcpStream::connect(program.smtp).await.unwrap();
    let begun = Delivery::begin(stream, "EHLO", FROM, &[INBOX]).await.unwrap();
    begun.unwrap_or_else(|refused| panic!("{refused:?}"))
}

/// Writes so much of a mail, all but its end.
async fn write(
    client: &mut Delivery<impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>,
    subject: &str,
    mebibytes: usize,
) {
    let lines = lines();
    client.write(head(subject).as_bytes()).await.unwrap();
    for _ in 0..mebibytes {
        client.write(&lines).await.unwrap();
    }
}

/// The subjects of all tickets, once there are as many as wanted.
async fn subjects(caller: &Caller, wanted: usize) -> BTreeSet<String> {
    let deadline = tokio::time::Instant::now() + Duration::from_mins(3);
    loop {
        let page = caller.get("/tickets?view=all&limit=50").await.unwrap();
        let items = page["items"].as_array().unwrap();
        let found: BTreeSet<String> = items
            .iter()
            .map(|item| item["subject"].as_str().unwrap().to_owned())
            .collect();
        if items.len() >= wanted || tokio::time::Instant::now() > deadline {
            assert_eq!(items.len(), found.len(), "each is there once: {found:?}");
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_large_mails_at_once_are_taken_in_little_memory() {
    let (program, caller) = desk(&[]).await;
    let before = program.peak_memory();
    let mut clients = join_all((0..24).map(|_| begin(&program))).await;
    // All of them are there, 192 MiB in all, and none has ended.
    join_all(clients.iter_mut().enumerate().map(|(number, client)| async move {
        write(client, &format!("Large {number}"), 8).await;
    }))
    .await;
    let held = program.peak_memory() - before;
    assert!(held < 48, "{held} MiB for mails that are still coming in");
    let ends = join_all(clients.iter_mut().map(Delivery::end)).await;
    for end in ends {
        assert_eq!(end.unwrap().0, 250);
    }
    let wanted: BTreeSet<String> = (0..24).map(|number| format!("Large {number}")).collect();
    assert_eq!(subjects(&caller, wanted.len()).await, wanted);
    let peak = program.peak_memory() - before;
    assert!(peak < 400, "{peak} MiB to read them");
    println!("24 mails of 8 MiB at once: {held} MiB to take them, {peak} MiB to read them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_room_for_unfinished_mail_is_asked_to_come_back() {
    let sets = ["smtp.max_bytes=6000000", "smtp.max_unfinished_bytes=10000000"];
    let (program, caller) = desk(&sets).await;
    let (mut first, mut second) = (begin(&program).await, begin(&program).await);
    write(&mut first, "First", 5).await;
    let incoming = program.database().with_file_name("blobs").join("incoming");
    tokio::task::block_in_place(|| eventually(|| unfinished(&incoming) > 5 * 1_000_000));
    write(&mut second, "Second", 5).await;
    let refused = second.end().await.unwrap();
    assert_eq!(refused.0, 452, "{}", refused.1);
    assert_eq!(first.end().await.unwrap().0, 250);
    assert_eq!(second.next(FROM, &[INBOX]).await.unwrap(), None);
    write(&mut second, "Second", 5).await;
    assert_eq!(second.end().await.unwrap().0, 250, "the same conversation, later");
    assert_eq!(subjects(&caller, 2).await.len(), 2);
}

/// How much lies in the folder, in bytes.
fn unfinished(folder: &Path) -> u64 {
    let Ok(files) = std::fs::read_dir(folder) else {
        return 0;
    };
    files
        .map(|file| file.unwrap().metadata().map_or(0, |found| found.len()))
        .sum()
}

/// Pipes a mail of so many mebibytes in; the exit code (sysexits.h).
fn pipe(program: &Program, subject: &str, mebibytes: usize) -> i32 {
    pipe_in(program, &[], |input| {
        input.write_all(head(subject).as_bytes())?;
        (0..mebibytes).try_for_each(|_| input.write_all(&lines()))
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_of_sixty_megabytes_is_refused_on_every_way_in_and_the_next_is_taken() {
    let (program, caller) = desk(&[]).await;
    let socket = program.database().with_file_name("lmtp.sock");
    let lmtp = UnixStream::connect(socket).await.unwrap();
    let begun = Delivery::begin(lmtp, "LHLO", FROM, &[INBOX]).await.unwrap();
    let mut lmtp = begun.unwrap_or_else(|refused| panic!("{refused:?}"));
    write(&mut lmtp, "By LMTP", 60).await;
    assert_eq!(lmtp.end().await.unwrap().0, 552);
    assert_eq!(lmtp.next(FROM, &[INBOX]).await.unwrap(), None);
    write(&mut lmtp, "By LMTP, next", 0).await;
    assert_eq!(lmtp.end().await.unwrap().0, 250);

    assert_eq!(pipe(&program, "By pipe", 60), 65, "EX_DATAERR");
    assert_eq!(pipe(&program, "By pipe, next", 1), 0);

    let mut smtp = begin(&program).await;
    write(&mut smtp, "By SMTP", 60).await;
    assert_eq!(smtp.end().await.unwrap().0, 552);
    let raw = head("By SMTP, next");
    assert_eq!(deliver(program.smtp, FROM, &[INBOX], &raw).await.unwrap().0, 250);

    let wanted = ["By LMTP, next", "By SMTP, next", "By pipe, next"].map(str::to_owned);
    assert_eq!(subjects(&caller, 3).await, wanted.into());
    let peak = program.peak_memory();
    assert!(peak < 300, "{peak} MiB");
}
