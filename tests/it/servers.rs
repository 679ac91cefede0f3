//! The private servers themselves: do they start, keep stories apart, come back, and leave nothing behind?

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::support::servers::{self, Dovecot, Postgres, Redis};

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built").block_on(future)
}

async fn execute(url: &str, sql: &'static str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(sql).await?;
    connection.close().await
}

fn migrate(url: &str) {
    run(execute(url, "CREATE TABLE ticket (id BIGINT PRIMARY KEY)"))
        .expect("an empty database can be migrated");
}

#[test]
fn every_database_is_a_migrated_one_of_its_own() {
    // One of its own: on the shared one, what others migrate is the template.
    let Some(postgres) = Postgres::start(&["fsync=off"]) else {
        return;
    };
    let (one, other) = (
        postgres.create_database(migrate),
        postgres.create_database(migrate),
    );
    assert_ne!(one, other);
    for url in [one, other] {
        run(execute(&url, "INSERT INTO ticket VALUES (1)")).expect("each has the table, and no row in it");
    }
    let empty = postgres.create_empty_database();
    assert!(run(execute(&empty, "SELECT id FROM ticket")).is_err());
}

#[test]
fn a_durable_postgres_keeps_what_was_committed_before_it_was_killed() {
    let Some(postgres) = Postgres::start(&["shared_buffers=16MB"]) else {
        return;
    };
    let url = postgres.create_database(migrate);
    run(execute(&url, "INSERT INTO ticket VALUES (1)")).expect("it can be written");
    postgres.kill();
    assert!(run(execute(&url, "SELECT 1")).is_err());
    postgres.restart();
    assert!(
        run(execute(&url, "INSERT INTO ticket VALUES (1)")).is_err(),
        "the row is there already"
    );
}

#[test]
fn a_killed_redis_comes_back_on_its_port() {
    let Some(redis) = Redis::start() else { return };
    assert!(servers::redis().is_some_and(|shared| shared.url != redis.url && shared.answers()));
    redis.kill();
    assert!(!redis.answers());
    redis.restart();
    assert!(redis.answers());
}

#[test]
fn a_server_of_your_own_leaves_no_folder_behind() {
    let Some(redis) = Redis::start() else { return };
    let folder = redis.folder().to_path_buf();
    assert!(folder.exists());
    drop(redis);
    assert!(!folder.exists());
}

#[test]
fn dovecot_delivers_what_lmtp_brings_and_lets_token_and_password_in() {
    let Some(dovecot) = servers::dovecot() else { return };
    let mail = "Subject: hello\r\n\r\n首问\r\n.";
    let delivery = [
        "LHLO tests",
        "MAIL FROM:<wang@shop.example>",
        "RCPT TO:<li@desk.example>",
        "DATA",
        mail,
    ];
    let answers = talk(dovecot.lmtp_port, &delivery);
    assert!(
        answers.last().is_some_and(|answer| answer.starts_with("250")),
        "{answers:?}"
    );

    let bearer = format!("user=li\x01auth=Bearer {}\x01\x01", Dovecot::token("li"));
    let login = format!("a LOGIN li {}", Dovecot::PASSWORD);
    for authenticate in [
        login,
        format!("a AUTHENTICATE XOAUTH2 {}", STANDARD.encode(bearer)),
    ] {
        let answers = talk(dovecot.imap_port, &[&authenticate, "b STATUS INBOX (MESSAGES)"]);
        assert!(
            answers.iter().any(|answer| answer.contains("MESSAGES 1")),
            "{answers:?}"
        );
    }
    let refused = talk(dovecot.imap_port, &["a LOGIN li wrong"]);
    assert!(
        refused.iter().any(|answer| answer.starts_with("a NO")),
        "{refused:?}"
    );
}

#[test]
fn a_restarted_dovecot_answers_again() {
    let Some(dovecot) = Dovecot::start() else { return };
    dovecot.kill();
    assert!(TcpStream::connect(("127.0.0.1", dovecot.imap_port)).is_err());
    dovecot.restart();
    assert!(TcpStream::connect(("127.0.0.1", dovecot.imap_port)).is_ok());
}

/// Says each line when the one before was answered, and returns all that was answered.
fn talk(port: u16, lines: &[&str]) -> Vec<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a socket takes a timeout");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket can be shared"));
    let mut answers = vec![final_line(&mut reader, &mut Vec::new())];
    for line in lines {
        write!(stream, "{line}\r\n").expect("the server reads");
        let mut before = Vec::new();
        let last = final_line(&mut reader, &mut before);
        answers.extend(before);
        answers.push(last);
    }
    answers
}

/// Reads up to the line that ends an answer: not `250-…` of LMTP, not `* …` of IMAP but its greeting.
fn final_line(reader: &mut impl BufRead, before: &mut Vec<String>) -> String {
    loop {
        let mut line = String::new();
        let length = reader.read_line(&mut line).expect("the server answers");
        let goes_on = line.as_bytes().get(3) == Some(&b'-');
        let untagged = line.starts_with("* ") && !line.starts_with("* OK [CAPABILITY");
        if length == 0 || !(goes_on || untagged) {
            return line;
        }
        before.push(line);
    }
}

#[test]
fn nothing_outlives_a_killed_test_process() {
    if servers::redis().is_none() {
        return;
    }
    let this = std::env::current_exe().expect("a test knows its own program");
    let mut child = Command::new(this)
        .args([
            "--exact",
            "--nocapture",
            "servers::the_child_of_nothing_outlives_a_killed_test_process",
        ])
        .env("SHOUWEN_TEST_CHILD", "1")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("a test can start itself");
    let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let announced = output.lines().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("keeps ")?;
        Some(rest.to_owned())
    });
    let folder = std::path::PathBuf::from(announced.expect("the child says where its server lives"));
    assert!(folder.exists());
    child.kill().expect("the child still runs");
    child.wait().expect("the child ends");
    servers::eventually(|| !folder.exists());
}

/// Only as the child of the test above: starts a server and waits to be killed.
#[test]
fn the_child_of_nothing_outlives_a_killed_test_process() {
    if std::env::var_os("SHOUWEN_TEST_CHILD").is_none() {
        return;
    }
    let redis = Redis::start().expect("the parent found it");
    println!("keeps {}", redis.folder().display());
    std::thread::park();
}
