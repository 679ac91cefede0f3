//! How PostgreSQL walks what is asked again and again: along indexes, never through every ticket there ever was.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use super::source::under;
use super::statements::all;
use crate::support::servers;

/// `(file, function)`: asked by every list, every giving-out, every look at the board, every due clock.
const OFTEN: &[(&str, &str)] = &[
    ("src/store/tickets/lists.rs", "soonest_due"),
    ("src/store/routing/backlog.rs", "waiting_page"),
    ("src/store/routing/backlog.rs", "unowned_page"),
    ("src/store/routing/backlog.rs", "due_page"),
    ("src/store/routing/backlog.rs", "of_assignee"),
    ("src/store/routing/backlog.rs", "of_owner"),
    ("src/store/routing/backlog.rs", "owners_of_customer"),
    ("src/store/routing/agents.rs", "loads"),
    ("src/store/routing/board.rs", "count_due"),
    ("src/store/routing/board.rs", "count_unassigned"),
    ("src/store/routing/board.rs", "oldest_unassigned"),
    ("src/store/routing/board.rs", "longest_waiting"),
    ("src/store/timers.rs", "next_due"),
    ("src/store/timers.rs", "clock_is_due"),
    ("src/store/timers.rs", "due"),
    ("src/store/timers.rs", "claim"),
    ("src/store/sla/clocks.rs", "firings_since"),
    ("src/store/sla/runs.rs", "open_tickets"),
    ("src/log/events.rs", "of_ticket_after"),
    ("src/log/events.rs", "of_tickets"),
];

/// A desk of some years: nine in ten tickets are over, twenty teams, two hundred agents, and a timer for each ticket.
const YEARS: &[&str] = &[
    "SET session_replication_role = replica",
    "INSERT INTO ticket (workspace_id, id, number, version, subject, subject_folded, customer_id, inbox_id, channel,
       status_id, category, active, priority, team_id, assignee_id, owner_id, preview, last_direction, last_position,
       last_message_at, waiting_since, failed, customer_seen, solved_at, created_at, updated_at, sla_due_at)
     SELECT md5('w')::uuid, md5('t' || n)::uuid, n, 1, 'Lamp', 'lamp', md5('c' || n % 5000)::uuid, md5('i')::uuid, 'email',
       md5('s')::uuid, CASE WHEN n % 10 > 0 THEN 'solved' WHEN n % 20 = 0 THEN 'new' ELSE 'open' END, n % 10 = 0, 'normal',
       CASE WHEN n % 7 = 0 THEN NULL ELSE md5('team' || n % 20)::uuid END,
       CASE WHEN n % 30 = 0 THEN NULL ELSE md5('a' || n % 200)::uuid END, md5('a' || n % 199)::uuid, '', 'in', 1, n,
       CASE WHEN n % 10 = 0 THEN n END, FALSE, 0, CASE WHEN n % 10 > 0 THEN n END, n, n, CASE WHEN n % 10 = 0 THEN n END
     FROM generate_series(1, 40000) AS n",
    "INSERT INTO timer (workspace_id, id, ticket_id, kind, payload, due_at, lease_until, attempts)
     SELECT md5('w')::uuid, md5('t' || n)::uuid, md5('t' || n)::uuid, 'sla', 'null', 1000000 + n, 0, 0
     FROM generate_series(1, 40000) AS n",
    "INSERT INTO event (workspace_id, seq, kind, ticket_id, actor_kind, origin, happened_at, written_at, payload)
     SELECT md5('w')::uuid, n, 'message_added', md5('t' || n % 4000)::uuid, 'system', 'live', n, n, '{}'
     FROM generate_series(1, 40000) AS n",
    "INSERT INTO sla_firing (workspace_id, ticket_id, metric, cycle, step, kind, fired_at)
     SELECT md5('w')::uuid, md5('t' || n % 4000)::uuid, 'next_response', n, 'breach', 'breach', n
     FROM generate_series(1, 40000) AS n",
    "INSERT INTO team_member (workspace_id, team_id, agent_id)
     SELECT md5('w')::uuid, md5('team' || n % 20)::uuid, md5('a' || n)::uuid FROM generate_series(1, 200) AS n",
    "ANALYZE",
];

#[tokio::test]
async fn what_is_asked_often_walks_along_an_index() {
    let Some(postgres) = servers::postgres() else {
        return;
    };
    let mut connection = PgConnection::connect(&postgres.create_empty_database())
        .await
        .unwrap();
    for migration in under("migrations", &["sql"]) {
        connection.execute(AssertSqlSafe(migration.text)).await.unwrap();
    }
    for statement in YEARS {
        connection.execute(*statement).await.unwrap();
    }
    let (mut looked_at, mut scanned) = (0, Vec::new());
    for (file, function) in OFTEN {
        let mut texts: Vec<&str> = all()
            .statements
            .iter()
            .filter(|one| one.file == *file && one.function == *function)
            .map(|one| one.text.as_str())
            .collect();
        assert!(!texts.is_empty(), "{file} {function} sends nothing");
        // Of the lists' many combinations those that narrow least.
        texts.sort_by_key(|text| text.len());
        for text in texts.into_iter().take(60) {
            let plan = plan(&mut connection, text).await;
            looked_at += 1;
            if plan.contains("Seq Scan on ticket")
                || plan.contains("Seq Scan on timer")
                || plan.contains("Seq Scan on event")
                || plan.contains("Seq Scan on sla_firing")
            {
                scanned.push(format!("{file} {function}\n{text}\n{plan}"));
            }
        }
    }
    assert!(looked_at >= OFTEN.len());
    assert!(scanned.is_empty(), "{}", scanned.join("\n\n"));
}

/// The plan for values that are not known yet, and for a page of the usual length.
async fn plan(connection: &mut PgConnection, text: &str) -> String {
    let text = text.replace(super::built::SKIP_LOCKED, " FOR UPDATE SKIP LOCKED");
    let (mut limited, mut limits) = (String::new(), Vec::new());
    for (place, part) in text.split("LIMIT $").enumerate() {
        if place == 0 {
            limited.push_str(part);
            continue;
        }
        let number: String = part.chars().take_while(char::is_ascii_digit).collect();
        limited.push_str("LIMIT 50");
        limited.push_str(&part[number.len()..]);
        limits.push(number);
    }
    let most = (1..100)
        .rev()
        .find(|number| text.contains(&format!("${number}")))
        .unwrap_or(0);
    let kind = |number: usize| {
        if limits.contains(&number.to_string()) {
            "bigint"
        } else {
            "unknown"
        }
    };
    let kinds: Vec<&str> = (1..=most).map(kind).collect();
    let (kinds, nothing) = match most {
        0 => (String::new(), String::new()),
        _ => (
            format!("({})", kinds.join(", ")),
            format!("({})", vec!["NULL"; most].join(", ")),
        ),
    };
    let mut lines = Vec::new();
    for step in [
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        format!("PREPARE asked {kinds} AS {limited}"),
        format!("EXPLAIN EXECUTE asked {nothing}"),
        "DEALLOCATE asked".to_owned(),
    ] {
        let rows = connection.fetch_all(AssertSqlSafe(step.clone())).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {step}"));
        lines.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    lines.join("\n")
}
