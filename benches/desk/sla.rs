//! Promised times: a change of policy over many open tickets with somebody working beside it, ten thousand clocks that
//! are overdue at once, and one derivation alone.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use shouwen_core::actor::ActorKind;
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::event::{Event, Origin};
use shouwen_core::id::{Ids, MessageId};
use shouwen_core::message::{AuthorKind, Visibility};
use shouwen_core::sla::policy::Terms;
use shouwen_core::sla::wall::Week;
use shouwen_core::sla::{Book, Calendar, Happened, clock, facts, tracks};
use shouwen_core::ticket::Category;
use shouwen_core::time::{Length, Timestamp};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::desk::Desk;
use super::spread::spread;

pub(crate) async fn run() {
    println!("\npromised times");
    derive_alone();
    for (open, fires) in [(10_000_i64, true), (100_000, false)] {
        let folder = Desk::start().await.stop();
        fill(&folder, open).await;
        let desk = Desk::start_in(folder, false).await;
        recompute(&desk, open).await;
        if fires {
            fire(&desk, open).await;
        }
        drop(desk);
    }
}

/// A ticket with twenty messages and ten changes of category, in a calendar.
fn derive_alone() {
    const ROUNDS: u32 = 20_000;
    let ids = Ids::seeded(1);
    let at = |minutes: i64| Timestamp::from_millis(1_795_339_800_000).plus(Length::minutes(minutes));
    let mut happened = Vec::new();
    for step in 0..10 {
        for (offset, direction, author) in [
            (0, Direction::In, AuthorKind::Customer),
            (60, Direction::Out, AuthorKind::Agent),
        ] {
            let event = Event::MessageAdded {
                message: ids.next::<MessageId>(at(0)),
                position: step,
                channel: Channel::Email,
                direction,
                visibility: Visibility::Public,
                automatic: false,
                author: Some(author),
            };
            let at = at(step * 600 + offset);
            happened.push(Happened {
                at,
                who: ActorKind::Agent,
                origin: Origin::Live,
                event,
            });
        }
        let to = if step % 2 == 0 {
            Category::Waiting
        } else {
            Category::Open
        };
        let event = Event::CategoryChanged {
            from: Category::New,
            to,
        };
        happened.push(Happened {
            at: at(step * 600 + 90),
            who: ActorKind::Agent,
            origin: Origin::Live,
            event,
        });
    }
    let week: Week = serde_json::from_value(json!({
        "mon": [{ "from": "09:00", "to": "12:00" }, { "from": "13:00", "to": "18:00" }],
        "wed": [{ "from": "22:00", "to": "06:00" }], "fri": [{ "from": "09:00", "to": "18:00" }],
    }))
    .unwrap();
    let calendar = ids.next(at(0));
    let mut book = Book::default();
    book.calendars
        .insert(calendar, Calendar::new("Europe/Berlin", &week, &[]).unwrap());
    let mut terms = Terms {
        calendar_id: Some(calendar),
        ..Terms::usual()
    };
    terms.targets.next_response_s = Some(7200);
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let facts = facts(&happened, None, Category::Open);
        let derived = clock::derive(&tracks(&facts, false), &terms, &book, at(10_000));
        std::hint::black_box(derived);
    }
    println!(
        "  deriving three metrics from thirty events in a calendar: {:?} each",
        start.elapsed() / ROUNDS
    );
    let berlin = &book.calendars[&calendar];
    let start = Instant::now();
    for round in 0..ROUNDS {
        std::hint::black_box(berlin.add(at(i64::from(round)), Length::hours(40)));
    }
    println!(
        "  adding 40 business hours over a change of the clocks: {:?} each",
        start.elapsed() / ROUNDS
    );
    let start = Instant::now();
    for round in 0..ROUNDS {
        std::hint::black_box(berlin.between(at(i64::from(round)), at(i64::from(round) + 365 * 24 * 60)));
    }
    println!("  measuring a year: {:?} each", start.elapsed() / ROUNDS);
}

/// Another default policy, and how long it takes until every open ticket has it; lists are read meanwhile.
async fn recompute(desk: &Desk, open: i64) {
    let started = Instant::now();
    let run = promise(desk, 4 * 3600).await;
    let mut reads = Vec::new();
    loop {
        let read = Instant::now();
        desk.get("/api/v1/tickets?view=open&order=due").await;
        reads.push(read.elapsed());
        let state: Value = serde_json::from_str(&desk.get(&format!("/api/v1/sla-runs/{run}")).await).unwrap();
        if state["state"] == "done" {
            println!(
                "  a policy changed for {open} open tickets: {:.1} s, {:.0} tickets/s, {} moved",
                started.elapsed().as_secs_f64(),
                state["done"].as_f64().unwrap() / started.elapsed().as_secs_f64(),
                state["moved"]
            );
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("    the list of the soonest due meanwhile: {}", spread(reads));
}

/// A promise that every ticket has broken already: all their clocks are due at once.
async fn fire(desk: &Desk, open: i64) {
    promise(desk, 60).await;
    let mut database = SqliteConnection::connect(&desk.database()).await.unwrap();
    let mut first = None;
    loop {
        let query = sqlx::query_as(
            "SELECT COUNT(*), COALESCE(MIN(fired_at), 0), COALESCE(MAX(fired_at), 0) FROM sla_firing",
        );
        let (count, begun, ended): (i64, i64, i64) = query.fetch_one(&mut database).await.unwrap();
        if count > 0 && first.is_none() {
            first = Some(Instant::now());
        }
        if count >= open {
            let length = Duration::from_millis(u64::try_from(ended - begun).unwrap());
            println!(
                "  {count} breaches found overdue fired once each within {:.1} s of the first, {:.0}/s, while they were recomputed",
                length.as_secs_f64(),
                f64::from(i32::try_from(count).unwrap()) / length.as_secs_f64().max(0.001)
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Changes the default policy's first response; the run that follows.
async fn promise(desk: &Desk, first_response_s: i64) -> String {
    let policies: Value = serde_json::from_str(&desk.get("/api/v1/sla-policies").await).unwrap();
    let default = policies["items"].as_array().unwrap().last().unwrap();
    let body = json!({
        "name": "", "version": default["version"], "conditions": [], "calendar_id": null,
        "first_response_s": first_response_s, "next_response_s": null, "resolution_s": 400_000, "levels": [],
        "notify_calendar_id": null,
    });
    let url = format!(
        "{}/api/v1/sla-policies/{}",
        desk.http,
        default["id"].as_str().unwrap()
    );
    let answer = desk
        .client
        .put(url)
        .header("cookie", &desk.cookie)
        .json(&body)
        .send()
        .await
        .unwrap();
    let changed: Value = answer.json().await.unwrap();
    changed["run_id"].as_str().unwrap().to_owned()
}

/// Open tickets of half an hour ago, with the two events that each begins with, written by SQL into the store of a
/// stopped server.
async fn fill(folder: &tempfile::TempDir, open: i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let asked = i64::try_from(now.as_millis()).unwrap() - 30 * 60_000;
    let file = folder.path().join("shouwen.db");
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let mut database = options.connect().await.unwrap();
    for statement in FILL {
        sqlx::query(*statement)
            .bind(open)
            .bind(asked)
            .execute(&mut database)
            .await
            .unwrap();
    }
    database.close().await.unwrap();
}

const FILL: &[&str] = &[
    "INSERT INTO inbox (workspace_id, id, name, channel, address, widget_key, team_id, settings, secrets, active, created_at)
     SELECT id, CAST(printf('i%015d', 1) AS BLOB), 'Support', 'email', 'bench@shop.example', NULL, NULL, '{}', NULL,
        TRUE, $2 FROM workspace WHERE $1 > 0",
    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)
     INSERT INTO customer (workspace_id, id, name, name_folded, tier, locale, notes, created_at, last_contact_at)
     SELECT workspace.id, CAST(printf('c%015d', n) AS BLOB), 'Customer ' || n, 'customer ' || n, NULL, NULL, '', 0, $2
     FROM n, workspace",
    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)
     INSERT INTO ticket (workspace_id, id, number, version, subject, subject_folded, customer_id, inbox_id, channel,
        status_id, category, active, priority, team_id, assignee_id, owner_id, preview, last_direction, last_position,
        last_message_at, waiting_since, failed, customer_seen, first_response_at, solved_at, created_at, updated_at)
     SELECT workspace.id, CAST(printf('t%015d', n) AS BLOB), n * 10 + 1000000000, 1, 'Broken lamp ' || n,
        'broken lamp ' || n, CAST(printf('c%015d', n) AS BLOB), CAST(printf('i%015d', 1) AS BLOB), 'email', status.id,
        status.category, TRUE, 'normal', NULL, NULL, NULL, 'The lamp arrived broken', 'in', 1, $2, $2, FALSE, 0, NULL,
        NULL, $2, $2
     FROM n, workspace JOIN status ON status.workspace_id = workspace.id AND status.key = 'new'",
    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)
     INSERT INTO event (workspace_id, seq, kind, ticket_id, actor_kind, actor_id, origin, cause, happened_at, written_at,
        payload)
     SELECT workspace.id, 1000 + n * 2, 'ticket_opened', CAST(printf('t%015d', n) AS BLOB), 'system', NULL, 'live', NULL,
        $2, $2, '{\"kind\":\"ticket_opened\",\"channel\":\"email\"}'
     FROM n, workspace",
    "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < $1)
     INSERT INTO event (workspace_id, seq, kind, ticket_id, actor_kind, actor_id, origin, cause, happened_at, written_at,
        payload)
     SELECT workspace.id, 1001 + n * 2, 'message_added', CAST(printf('t%015d', n) AS BLOB), 'system', NULL, 'live', NULL,
        $2, $2, '{\"kind\":\"message_added\",\"message\":\"01a20000-0000-7000-8000-000000000000\",\"position\":1,'
        || '\"channel\":\"email\",\"direction\":\"in\",\"visibility\":\"public\",\"automatic\":false,\"author\":\"customer\"}'
     FROM n, workspace",
    "UPDATE workspace SET last_seq = 1002 + 2 * $1 WHERE $2 > 0",
];
