//! The commands: a desk is backed up while it works, and restored into an empty folder, where it goes on.

use std::collections::HashSet;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use crate::support::desk::PATIENCE;
use crate::support::load::{Load, comes_to_rest, count, holds_all};
use crate::support::process::{Caller, Program, run};

fn words(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Waits until the desk has something to lose.
async fn is_busy(load: &Load) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let said = load.acknowledged();
        if said.mails.len() > 30
            && said.chats.len() > 10
            && said.answers.len() > 5
            && said.chat_answers.len() > 5
        {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{said:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_working_desk_is_backed_up_and_goes_on_from_the_backup() {
    let (mut program, cookie) = Program::start().await;
    let (load, outside) = Load::on(&program, cookie).await;
    let tasks = load.start();
    is_busy(&load).await;

    let folder = tempfile::tempdir().unwrap();
    let (file, restored) = (
        folder.path().join("desk.tar"),
        Arc::new(tempfile::tempdir().unwrap()),
    );
    let own = program.database().parent().unwrap().to_owned();
    let before = load.acknowledged();
    let made = run(&["backup", words(&file), "--with-key", "--folder", words(&own)]).await;
    assert!(made.status.success(), "{}", said(&made));
    assert!(
        said(&made).contains("rows") && said(&made).contains("secret key is in it"),
        "{}",
        said(&made)
    );
    let after = load.end(tasks).await;
    assert!(
        after.mails.len() > before.mails.len(),
        "it went on while it was backed up"
    );
    let again = run(&["backup", words(&file), "--folder", words(&own)]).await;
    assert!(
        !again.status.success() && said(&again).contains("desk.tar"),
        "{}",
        said(&again)
    );
    let onto_itself = run(&["restore", words(&file), "--folder", words(&own)]).await;
    assert!(
        !onto_itself.status.success(),
        "a desk that runs is not overwritten"
    );
    assert!(program.stop());

    let made = run(&["restore", words(&file), "--folder", words(restored.path())]).await;
    assert!(made.status.success(), "{}", said(&made));
    let again = run(&["restore", words(&file), "--folder", words(restored.path())]).await;
    assert!(!again.status.success(), "nor one that is there already");
    let program = Program::start_in(restored, &[]);
    let rows = program.rows().await;
    comes_to_rest(&rows).await;
    holds_all(&rows, &before).await;
    let caller = Caller::new(program.http, load.caller.cookie.clone());
    let page = caller
        .get("/tickets?view=all")
        .await
        .expect("the session goes on, too");
    assert!(!page["items"].as_array().unwrap().is_empty());
    // What waited at the moment of the backup had left before the desk was stopped.
    let sent: Vec<_> = outside
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    let once: HashSet<_> = sent.iter().collect();
    assert_eq!(once.len(), sent.len(), "an answer was sent by both");
    let doubtful = count(&rows, "SELECT COUNT(*) FROM message WHERE delivery = 'uncertain'").await;
    println!(
        "{} mails left, {doubtful} were doubtful after the restore",
        sent.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_desk_and_no_backup_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.tar");
    let nothing = run(&["backup", words(&file), "--folder", words(folder.path())]).await;
    assert_eq!(nothing.status.code(), Some(1));
    assert!(said(&nothing).contains("shouwen.db"), "{}", said(&nothing));
    assert!(!file.exists(), "half a backup is none");
    std::fs::write(&file, "this is no archive").unwrap();
    let target = folder.path().join("new");
    let refused = run(&["restore", words(&file), "--folder", words(&target)]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("desk.tar"), "{}", said(&refused));
    assert!(!target.join("shouwen.db").exists());
}
