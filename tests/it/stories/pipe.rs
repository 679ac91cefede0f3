//! `shouwen mail deliver`: mail by pipe, handed to the running server, or given back for later.

use std::io::Write;
use std::process::{ChildStdin, Command, Stdio};

use serde_json::json;

use crate::support::process::{Caller, Program};

const MAIL: &str =
    "From: Li <li@example.com>\nTo: help@shop.example\nSubject: By pipe\nMessage-ID: <1@x>\n\nIt broke.\n";

/// Pipes a mail in; the exit code (sysexits.h).
fn pipe(program: &Program, more: &[&str], mail: &str) -> i32 {
    pipe_in(program, more, |input| input.write_all(mail.as_bytes()))
}

/// The same with what `write` writes.
pub(super) fn pipe_in(
    program: &Program,
    more: &[&str],
    write: impl FnOnce(&mut ChildStdin) -> std::io::Result<()>,
) -> i32 {
    let folder = program.database().parent().unwrap().display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_shouwen"))
        .args(["mail", "deliver", "--set", &format!("data.folder={folder}")])
        .args(more)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    write(&mut input).expect("it is read to its end");
    drop(input);
    child.wait().unwrap().code().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_piped_mail_becomes_a_ticket_or_is_given_back() {
    let (mut program, cookie) = Program::start().await;
    let caller = Caller::new(program.http, cookie);
    let inbox = json!({ "name": "Help", "channel": "email", "address": "help@shop.example",
        "settings": { "sender_name": "", "smtp": null, "imap": null, "signature": "" } });
    assert_eq!(caller.post("/inboxes", &inbox).await.unwrap().0, 201);

    assert_eq!(pipe(&program, &[], MAIL), 0);
    assert_eq!(
        pipe(&program, &["-r", "nobody@shop.example"], MAIL),
        67,
        "EX_NOUSER"
    );
    assert_eq!(pipe(&program, &[], "Subject: to nobody\n\n"), 65, "EX_DATAERR");
    let deadline = tokio::time::Instant::now() + crate::support::desk::PATIENCE;
    let subjects = loop {
        let page = caller.get("/tickets?view=all").await.unwrap();
        let items = page["items"].as_array().unwrap().clone();
        if !items.is_empty() || tokio::time::Instant::now() > deadline {
            break items;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(subjects.len(), 1, "a mail that names its sender is no machine's");
    assert_eq!(subjects[0]["subject"], "By pipe");

    assert!(program.stop());
    assert_eq!(
        pipe(&program, &[], MAIL),
        75,
        "EX_TEMPFAIL: the mail server keeps it and tries again"
    );
}
