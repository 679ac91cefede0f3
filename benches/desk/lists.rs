//! The inbox's list and opening a ticket, with 1,000 and with 100,000 tickets.

use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::desk::Desk;
use super::spread::spread;

const READS: usize = 300;

pub(crate) async fn run() {
    println!("\nreading over HTTP, one request after the other");
    let mut folder = Desk::start().await.stop();
    let mut there = 0;
    for tickets in [1_000_i64, 100_000] {
        fill(&folder, there, tickets).await;
        there = tickets;
        let desk = Desk::start_in(folder, false).await;
        println!("  {tickets} tickets, two in three of them solved, five messages each");
        let lists = measure(&desk, |_| "/api/v1/tickets?view=open".to_owned()).await;
        println!("    list of open tickets: {}", spread(lists));
        let all = measure(&desk, |_| "/api/v1/tickets?view=all".to_owned()).await;
        println!("    list of all tickets:  {}", spread(all));
        let ids = ticket_ids(&desk).await;
        let opened = measure(&desk, |read| {
            format!("/api/v1/tickets/{}", ids[read * 7 % ids.len()])
        })
        .await;
        println!("    open a ticket:        {}", spread(opened));
        let counts = measure(&desk, |_| "/api/v1/counts".to_owned()).await;
        println!("    counts of the views:  {}", spread(counts));
        let bare = measure(&desk, |_| "/healthz".to_owned()).await;
        println!("    baseline, bare HTTP:  {}", spread(bare));
        println!("    memory: {} MiB resident", desk.memory());
        folder = desk.stop();
    }
}

async fn measure(desk: &Desk, path: impl Fn(usize) -> String) -> Vec<Duration> {
    let mut times = Vec::with_capacity(READS);
    for read in 0..READS {
        let start = Instant::now();
        desk.get(&path(read)).await;
        times.push(start.elapsed());
    }
    times
}

async fn ticket_ids(desk: &Desk) -> Vec<uuid::Uuid> {
    let mut database = SqliteConnection::connect(&desk.database()).await.unwrap();
    let query = sqlx::query_as("SELECT id FROM ticket ORDER BY id LIMIT 5000");
    let rows: Vec<(uuid::Uuid,)> = query.fetch_all(&mut database).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

/// Fills the store of a stopped server by SQL alone, from ticket `from` on.
async fn fill(folder: &tempfile::TempDir, from: i64, to: i64) {
    let file = folder.path().join("shouwen.db");
    let mut database = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap();
    for statement in FILL {
        sqlx::query(*statement)
            .bind(from)
            .bind(to)
            .execute(&mut database)
            .await
            .unwrap();
    }
    database.close().await.unwrap();
}

/// Ids are the number spelt as 16 bytes, with a letter for what it is.
const FILL: &[&str] = &[
    "INSERT INTO inbox (workspace_id, id, name, channel, address, widget_key, team_id, settings, secrets, active, created_at)
     SELECT id, CAST(printf('i%015d', 1) AS BLOB), 'Support', 'email', 'bench@shop.example', NULL, NULL,
            '{}', NULL, TRUE, 0 FROM workspace WHERE $1 = 0 AND $2 > 0",
    "WITH RECURSIVE n (n) AS (SELECT $1 + 1 UNION ALL SELECT n + 1 FROM n WHERE n < $2)
     INSERT INTO customer (workspace_id, id, name, name_folded, tier, locale, notes, created_at, last_contact_at)
     SELECT workspace.id, CAST(printf('c%015d', n) AS BLOB), 'Customer ' || n, 'customer ' || n, NULL, NULL, '', 0, n
     FROM n, workspace",
    "WITH RECURSIVE n (n) AS (SELECT $1 + 1 UNION ALL SELECT n + 1 FROM n WHERE n < $2)
     INSERT INTO ticket (workspace_id, id, number, version, subject, subject_folded, customer_id, inbox_id, channel,
        status_id, category, active, priority, team_id, assignee_id, owner_id, preview, last_direction, last_position,
        last_message_at, waiting_since, failed, customer_seen, first_response_at, solved_at, created_at, updated_at)
     SELECT workspace.id, CAST(printf('t%015d', n) AS BLOB), n * 10 + 1000000000, 1, 'Broken lamp ' || n,
        'broken lamp ' || n, CAST(printf('c%015d', n) AS BLOB), CAST(printf('i%015d', 1) AS BLOB), 'email', status.id,
        status.category, status.category <> 'solved', 'normal', NULL, NULL, NULL, 'The lamp arrived broken', 'in', 5,
        n * 1000, n * 1000, FALSE, 0, NULL, NULL, n * 1000, n * 1000
     FROM n, workspace
     JOIN status ON status.workspace_id = workspace.id AND status.key = CASE WHEN n % 3 = 0 THEN 'open' ELSE 'solved' END",
    "WITH RECURSIVE n (n) AS (SELECT $1 * 5 + 5 UNION ALL SELECT n + 1 FROM n WHERE n < $2 * 5 + 4)
     INSERT INTO message (workspace_id, id, ticket_id, first_ticket_id, inbox_id, position, channel, direction, visibility,
        author_kind, author_id, client_key, text, automatic, delivery, created_at)
     SELECT workspace.id, CAST(printf('m%015d', n) AS BLOB), CAST(printf('t%015d', n / 5) AS BLOB),
        CAST(printf('t%015d', n / 5) AS BLOB), CAST(printf('i%015d', 1) AS BLOB), n % 5 + 1, 'email', 'in', 'public',
        'customer', CAST(printf('c%015d', n / 5) AS BLOB), NULL,
        'The lamp that I ordered last week arrived with a broken shade, and I would like another one instead of it.',
        FALSE, 'none', n * 200
     FROM n, workspace",
];
