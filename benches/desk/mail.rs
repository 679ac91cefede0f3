//! Mail: acknowledged (durable) and ticketed per second, at 1 and 64 deliveries at once.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::desk::Desk;
use super::mail_baseline;

pub(crate) const BODY: &str =
    "The lamp that I ordered last week arrived with a broken shade, and I would like another.\r\n";

pub(crate) async fn run() {
    println!("\nmail in, by SMTP, each a ticket of a customer of its own (about 1 KB)");
    for (at_once, mails) in [(1, 1_000), (64, 6_400)] {
        measure(at_once, mails).await;
    }
    mail_baseline::run().await;
}

async fn measure(at_once: usize, mails: usize) {
    let desk = Desk::start().await;
    add_inbox(&desk).await;
    let before = desk.metric("shouwen_sql_statements_total").await;
    let start = Instant::now();
    let senders: Vec<_> = (0..at_once)
        .map(|sender| {
            let address = desk.smtp.clone();
            tokio::task::spawn(async move { deliver(&address, sender, mails / at_once).await })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    let acknowledged = start.elapsed();
    let mut database = SqliteConnection::connect(&desk.database()).await.unwrap();
    while unread(&mut database).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let ticketed = start.elapsed();
    let statements = desk.metric("shouwen_sql_statements_total").await - before;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = mails as f64;
    println!(
        "  {at_once:3} at once: {:6.0} acknowledged/s  {:6.0} ticketed/s  {:.1} statements a mail",
        count / acknowledged.as_secs_f64(),
        count / ticketed.as_secs_f64(),
        statements / count,
    );
}

pub(crate) async fn add_inbox(desk: &Desk) {
    let inbox = json!({ "name": "Support", "channel": "email", "address": "support@shop.example",
        "settings": { "sender_name": "Shop", "smtp": null, "imap": null, "signature": "" } });
    desk.post("/inboxes", inbox).await;
}

async fn unread(database: &mut SqliteConnection) -> i64 {
    let query = sqlx::query_as("SELECT COUNT(*) FROM raw_mail WHERE state = 'received'");
    let (count,): (i64,) = query.fetch_one(database).await.unwrap();
    count
}

/// One SMTP connection that delivers mail after mail, waiting for each 250.
async fn deliver(address: &str, sender: usize, mails: usize) {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    answer(&mut stream, "220").await;
    command(&mut stream, "EHLO bench.example", "250").await;
    for number in 0..mails {
        command(&mut stream, "MAIL FROM:<customer@example.org>", "250").await;
        command(&mut stream, "RCPT TO:<support@shop.example>", "250").await;
        command(&mut stream, "DATA", "354").await;
        let mail = format!(
            "From: Customer {sender}-{number} <c{sender}.{number}@example.org>\r\nTo: support@shop.example\r\n\
             Subject: Broken lamp {number}\r\nMessage-ID: <{sender}.{number}@example.org>\r\n\
             Date: Sun, 22 Nov 2026 09:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n.",
            BODY.repeat(8)
        );
        command(&mut stream, &mail, "250").await;
    }
    command(&mut stream, "QUIT", "221").await;
}

async fn command(stream: &mut BufReader<TcpStream>, text: &str, wanted: &str) {
    stream
        .get_mut()
        .write_all(format!("{text}\r\n").as_bytes())
        .await
        .unwrap();
    answer(stream, wanted).await;
}

async fn answer(stream: &mut BufReader<TcpStream>, wanted: &str) {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with(wanted), "wanted {wanted}, got {line}");
        if line.as_bytes().get(3) != Some(&b'-') {
            return;
        }
    }
}
