//! What was acknowledged outlives a power cut: the real program, watched by strace.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use shouwen::config::Config;
use shouwen_core::id::Ids;
use shouwen_core::time::SystemClock;

use crate::support::desk::PATIENCE;
use crate::support::servers;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";

/// The program, with its output open: it would end with nobody to tell.
struct Running(Child, Option<BufReader<ChildStdout>>);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes the inbox before the program starts on the folder.
async fn prepare(folder: &std::path::Path) {
    let sets = [format!("data.folder={}", folder.display())];
    let config = Config::read(None, std::iter::empty(), &sets).unwrap();
    let app = shouwen::app::App::open(config, std::sync::Arc::new(SystemClock), Ids::from_system())
        .await
        .unwrap();
    let system = app.system();
    let made: Result<(), shouwen::db::Error> = app
        .change(&system, (), |change, ()| {
            Box::pin(async move {
                let inbox = shouwen::store::inboxes::InboxRow {
                    workspace_id: change.workspace(),
                    id: change.next_id(),
                    name: "Help".to_owned(),
                    channel: shouwen_core::channel::Channel::Email,
                    address: Some(INBOX.to_owned()),
                    widget_key: None,
                    team_id: None,
                    settings: shouwen::db::JsonText::default(),
                    secrets: None,
                    active: true,
                    created_at: change.now(),
                };
                shouwen::store::inboxes::add(change.tx(), &inbox).await
            })
        })
        .await;
    made.unwrap();
    app.db.close().await;
}

/// Starts the program under strace; its SMTP address.
fn start(folder: &std::path::Path, trace: &std::path::Path) -> Option<(Running, std::net::SocketAddr)> {
    let child = Command::new("strace")
        // The tracer is a grandchild, so that what is started and ended is the program itself.
        .args(["-D", "-f", "-q", "-y", "-s", "80", "-o"])
        .arg(trace)
        .args(["-e", "trace=fsync,fdatasync,sendto,write,writev,sendmsg"])
        .arg(env!("CARGO_BIN_EXE_shouwen"))
        .args(["serve", "--no-workers", "--set"])
        .arg(format!("data.folder={}", folder.display()))
        .args([
            "--set",
            "http.listen=127.0.0.1:0",
            "--set",
            "smtp.listen=127.0.0.1:0",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut running = match child {
        Ok(child) => Running(child, None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("strace: {error}"),
    };
    let mut output = BufReader::new(running.0.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("listening") {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the program ended");
    }
    running.1 = Some(output);
    let smtp = line.split(" smtp=").nth(1).unwrap().split(' ').next().unwrap();
    Some((running, smtp.parse().unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_its_folder_and_the_database_are_on_disk_before_the_answer() {
    is_on_disk_before_the_answer("It broke.\n").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_waited_on_the_disk_is_as_durable_as_a_small_one() {
    is_on_disk_before_the_answer(&"It broke again.\n".repeat(20_000)).await;
}

async fn is_on_disk_before_the_answer(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path()).await;
    let trace = folder.path().join("trace");
    let Some((running, smtp)) = start(folder.path(), &trace) else {
        servers::missing("strace");
        return;
    };
    let raw = format!("From: wang@example.com\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <1@x>\n\n{text}");
    let sent = deliver(smtp, "wang@example.com", &[INBOX], &raw).await.unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    drop(running);
    let text = ended(&trace).await;
    let lines: Vec<&str> = text.lines().collect();
    let answered = lines
        .iter()
        .position(|line| line.contains("Stored"))
        .expect("the answer is in the trace");
    let content = lines[..answered]
        .iter()
        .rposition(|line| line.contains("354"))
        .expect("the content was asked for");
    let synced: Vec<&&str> = lines[content..answered]
        .iter()
        .filter(|line| line.contains("sync("))
        .collect();
    let in_blobs = |line: &&&&str| line.contains("/blobs/");
    let files = synced.iter().filter(in_blobs).count();
    assert!(files >= 2, "the mail's file and its folder: {synced:#?}");
    assert!(
        synced.iter().any(|line| line.contains("shouwen.db-wal")),
        "the database's log: {synced:#?}"
    );
    let last_file = synced.iter().rposition(|line| line.contains("/blobs/")).unwrap();
    let database = synced
        .iter()
        .rposition(|line| line.contains("shouwen.db-wal"))
        .unwrap();
    assert!(
        last_file < database,
        "the row never names a file that may vanish: {synced:#?}"
    );
}

/// The trace, once the tracer has seen the program's end.
async fn ended(trace: &std::path::Path) -> String {
    let waiting = async {
        loop {
            let text = String::from_utf8_lossy(&std::fs::read(trace).unwrap()).into_owned();
            if text.contains("+++ killed") {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("the tracer ends with the program")
}
