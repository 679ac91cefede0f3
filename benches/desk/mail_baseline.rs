//! What the engine alone does: the very statements of one mail (`one_mail.json`, as the desk ran them), replayed by
//! bare sqlx on a database that the desk has set up, one mail a commit and 64 mails a commit.

use std::collections::HashMap;
use std::time::Instant;

use serde::Deserialize;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::desk::Desk;
use super::mail::{BODY, add_inbox};

#[derive(Deserialize)]
struct Statement {
    sql: String,
    values: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Id {
        id: String,
    },
    Number(i64),
    /// `{mail}`, `{text}` and the ids' names in braces stand for what differs from mail to mail.
    Text(String),
    Null,
}

/// What stays the same from mail to mail.
struct Ground {
    workspace: Uuid,
    inbox: Uuid,
    status: Uuid,
    number: i64,
    seq: i64,
}

pub(crate) async fn run() {
    let statements: Vec<Statement> = serde_json::from_str(include_str!("one_mail.json")).unwrap();
    for (name, mails, group) in [("one by one", 2_000, 1), ("64 in a commit", 12_800, 64)] {
        let desk = Desk::start().await;
        add_inbox(&desk).await;
        let folder = desk.stop();
        let mut database = open(folder.path()).await;
        let ground = look_up(&mut database).await;
        let start = Instant::now();
        for first in (0..mails).step_by(group) {
            run_sql(&mut database, "BEGIN IMMEDIATE").await;
            for mail in first..first + group {
                replay(&mut database, &statements, &ground, mail).await;
            }
            run_sql(&mut database, "COMMIT").await;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let rate = mails as f64 / start.elapsed().as_secs_f64();
        println!(
            "  baseline: {rate:6.0} mails/s by bare sqlx, {name}, {} statements a mail",
            statements.len()
        );
    }
}

/// As the desk opens its own.
async fn open(folder: &std::path::Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(folder.join("shouwen.db"))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-16000")
        .statement_cache_capacity(300)
        .disable_statement_logging()
        .connect()
        .await
        .unwrap()
}

async fn run_sql(database: &mut SqliteConnection, text: &'static str) {
    sqlx::query(text).execute(database).await.unwrap();
}

async fn look_up(database: &mut SqliteConnection) -> Ground {
    let text = "SELECT workspace.id, inbox.id, status.id, counter.value, last_seq FROM workspace
        JOIN inbox ON inbox.workspace_id = workspace.id JOIN status ON status.workspace_id = workspace.id
        JOIN counter ON counter.workspace_id = workspace.id
        WHERE inbox.channel = 'email' AND status.key = 'new' AND counter.name = 'ticket'";
    let (workspace, inbox, status, number, seq) = sqlx::query_as(text).fetch_one(database).await.unwrap();
    Ground {
        workspace,
        inbox,
        status,
        number,
        seq,
    }
}

async fn replay(database: &mut SqliteConnection, statements: &[Statement], ground: &Ground, mail: usize) {
    let mut ids = HashMap::from([
        ("workspace", ground.workspace),
        ("inbox", ground.inbox),
        ("status", ground.status),
    ]);
    for name in ["raw", "job", "message", "customer", "identity", "ticket"] {
        ids.insert(name, Uuid::now_v7());
    }
    for statement in statements {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.sql.as_str()));
        for value in &statement.values {
            query = bind(query, value, &ids, ground, mail);
        }
        // Rows are read as the desk reads them: to the end.
        query.fetch_all(&mut *database).await.unwrap();
    }
}

type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

fn bind<'q>(
    query: Bound<'q>,
    value: &Value,
    ids: &HashMap<&str, Uuid>,
    ground: &Ground,
    mail: usize,
) -> Bound<'q> {
    let mail_number = i64::try_from(mail).unwrap();
    match value {
        Value::Null => query.bind(None::<String>),
        Value::Number(number) => query.bind(*number),
        Value::Id { id } => match (id.as_str(), id.strip_prefix("seq")) {
            ("number", _) => query.bind(ground.number + mail_number + 1),
            (_, Some(place)) => query.bind(ground.seq + 4 * mail_number + place.parse::<i64>().unwrap()),
            (name, None) => query.bind(ids[name]),
        },
        Value::Text(text) if text.contains('{') => query.bind(filled(text, ids, mail)),
        Value::Text(text) => query.bind(text.clone()),
    }
}

fn filled(text: &str, ids: &HashMap<&str, Uuid>, mail: usize) -> String {
    let mut text = text
        .replace("{mail}", &mail.to_string())
        .replace("{sha256}", &format!("{mail:064x}"))
        .replace("{text}", &BODY.repeat(8))
        .replace("{preview}", &BODY.repeat(2));
    for (name, id) in ids {
        text = text.replace(&format!("{{{name}}}"), &id.to_string());
    }
    text
}
