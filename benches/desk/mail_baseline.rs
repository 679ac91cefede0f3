//! What the engine alone does: the writes of one mail by bare sqlx, one mail a commit, and 64 mails a commit.

use std::time::Instant;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use uuid::Uuid;

/// The rows that one mail leaves behind, in the order in which the desk writes them.
const STATEMENTS: &[&str] = &[
    "INSERT INTO blob VALUES ($1, $2, 1024, 1)",
    "INSERT INTO raw_mail VALUES ($1, $2, 'support@shop.example', 'received')",
    "INSERT INTO job VALUES ($1, 'read_mail', $2)",
    "UPDATE raw_mail SET state = 'read' WHERE id = $1",
    "INSERT INTO customer VALUES ($1, $2)",
    "INSERT INTO identity VALUES ($1, 'email', $2)",
    "UPDATE counter SET value = value + 1 WHERE name = 'ticket'",
    "INSERT INTO ticket VALUES ($1, $2, 'new', 0)",
    "INSERT INTO message VALUES ($1, $2)",
    "INSERT INTO mail_reference VALUES ($1, $2)",
    "UPDATE ticket SET last_message_at = 1, preview = $2 WHERE id = $1",
    "UPDATE workspace SET last_seq = last_seq + 2",
    "INSERT INTO event VALUES ($1, $2)",
    "DELETE FROM job WHERE id = $1",
];

const SCHEMA: &str = "CREATE TABLE blob (id BLOB PRIMARY KEY, sha256 TEXT, size BIGINT, uses BIGINT);
    CREATE TABLE raw_mail (id BLOB PRIMARY KEY, blob TEXT, recipient TEXT, state TEXT);
    CREATE TABLE job (id BLOB PRIMARY KEY, kind TEXT, payload TEXT);
    CREATE TABLE customer (id BLOB PRIMARY KEY, name TEXT);
    CREATE TABLE identity (id BLOB PRIMARY KEY, kind TEXT, folded TEXT);
    CREATE UNIQUE INDEX identity_once ON identity (kind, folded, id);
    CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT);
    CREATE TABLE ticket (id BLOB PRIMARY KEY, preview TEXT, category TEXT, last_message_at BIGINT);
    CREATE INDEX ticket_list ON ticket (category, last_message_at, id);
    CREATE TABLE message (id BLOB PRIMARY KEY, text TEXT);
    CREATE TABLE mail_reference (id BLOB PRIMARY KEY, mail_id TEXT);
    CREATE TABLE workspace (last_seq BIGINT);
    CREATE TABLE event (id BLOB PRIMARY KEY, payload TEXT);
    INSERT INTO counter VALUES ('ticket', 0); INSERT INTO workspace VALUES (0);";

pub(crate) async fn run() {
    for (name, mails, group) in [("one by one", 2_000, 1), ("64 in a commit", 12_800, 64)] {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut database = options.connect().await.unwrap();
        sqlx::raw_sql(SCHEMA).execute(&mut database).await.unwrap();
        let start = Instant::now();
        for _ in 0..mails / group {
            write_group(&mut database, group).await;
        }
        let rate = f64::from(mails) / start.elapsed().as_secs_f64();
        println!(
            "  baseline: {rate:6.0} mails/s by bare sqlx, {name}, {} statements a mail",
            STATEMENTS.len()
        );
    }
}

async fn write_group(database: &mut SqliteConnection, group: i32) {
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut *database)
        .await
        .unwrap();
    for _ in 0..group {
        let (id, text) = (
            Uuid::from_u128(rand::random()),
            "The lamp arrived with a broken shade. ".repeat(18),
        );
        for statement in STATEMENTS {
            sqlx::query(*statement)
                .bind(id)
                .bind(&text)
                .execute(&mut *database)
                .await
                .unwrap();
        }
    }
    sqlx::query("COMMIT").execute(&mut *database).await.unwrap();
}
