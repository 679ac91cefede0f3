//! Clocks that fall due: ten thousand in one second on two servers of which one is killed, a hundred together, and a
//! million that are far away.

use std::time::{Duration, Instant};

use shouwen_core::time::Length;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};

use super::spread::spread;
use super::support::desk::{Desk, Engine};
use super::support::process::Program;
use super::support::promised::{Watch, fall_due, now, open_many};
use super::support::servers;

const MANY: usize = 10_000;
const FEW: usize = 100;
const FAR: i64 = 1_000_000;
const PATIENCE: Duration = Duration::from_mins(2);
/// How long an idle server is watched.
const IDLE: Duration = Duration::from_secs(10);
/// A kernel counts the time of a processor in hundredths of a second.
const TICKS: u64 = 100;

pub(crate) async fn run() {
    println!("\nclocks that fall due");
    many_on_two_servers().await;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        few_together(engine).await;
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        far_away(engine).await;
    }
}

/// What the servers share: nothing, on the embedded store.
fn sets(desk: &Desk) -> Vec<String> {
    if desk.engine == Engine::Sqlite {
        return Vec::new();
    }
    let redis = servers::redis().map(|redis| redis.url.clone());
    vec![
        format!("database.url={}", desk.app.config.database.url),
        format!("bus.redis_url={}", redis.unwrap_or_default()),
    ]
}

async fn many_on_two_servers() {
    let Some(desk) = Desk::start_at(Engine::Postgres, now()).await else {
        return;
    };
    let opening = Instant::now();
    open_many(&desk, MANY).await;
    println!(
        "  {MANY} tickets opened through the store in {:.1} s",
        opening.elapsed().as_secs_f64()
    );
    let sets = sets(&desk);
    let start = || Program::start_in(desk.folder_beside(), &sets);
    let (mut lost, going_on) = (start(), start());
    let (watch, due) = (Watch::on(&desk).await, now().plus(Length::seconds(2)));
    fall_due(&desk, due).await;
    let all = i64::try_from(MANY).unwrap();
    let killed = watch.until_fired(all / 3, PATIENCE).await;
    lost.kill();
    let end = watch.until_fired(all, PATIENCE).await;
    drop(going_on);
    let late = watch.lateness(due).await;
    println!(
        "  {} of {} tickets' clocks fired on two servers, one killed after {}: {} events, {} people told; the last {:.1} s \
         after they were due",
        end.tickets,
        MANY,
        killed.tickets,
        end.events,
        watch.told().await,
        late.iter().max().unwrap().as_secs_f64()
    );
    println!("    lateness: {}", spread(late));
    desk.stop().await;
}

async fn few_together(engine: Engine) {
    let Some(desk) = Desk::start_at(engine, now()).await else {
        return;
    };
    open_many(&desk, FEW).await;
    let (watch, folder, sets) = (Watch::on(&desk).await, desk.folder(), sets(&desk));
    let due = now().plus(Length::seconds(4));
    fall_due(&desk, due).await;
    desk.stop().await;
    drop(desk);
    let program = Program::start_in(folder, &sets);
    watch.until_fired(i64::try_from(FEW).unwrap(), PATIENCE).await;
    println!(
        "  {FEW} clocks due together, {engine:?}: lateness {}",
        spread(watch.lateness(due).await)
    );
    drop(program);
}

/// What a server does that nobody uses, with and without a million timers of another day.
async fn far_away(engine: Engine) {
    let Some(desk) = Desk::start_at(engine, now()).await else {
        return;
    };
    let (cookie, folder, sets) = (desk.administrator().await.cookie, desk.folder(), sets(&desk));
    let url = desk.app.config.database.url.clone();
    desk.stop().await;
    drop(desk);
    for timers in [0, FAR] {
        let plan = match engine {
            Engine::Sqlite => plan_of_sqlite(&folder.path().join("shouwen.db"), timers).await,
            Engine::Postgres => plan_of_postgres(&url, timers).await,
        };
        let program = Program::start_in(folder.clone(), &sets);
        tokio::time::sleep(Duration::from_secs(3)).await;
        let before = (statements(&program, &cookie).await, processor(&program));
        tokio::time::sleep(IDLE).await;
        let after = (statements(&program, &cookie).await, processor(&program));
        println!(
            "  idle, {engine:?}, {timers} timers far away: {:.1} statements/s, {} ms of processor in {} s, {} MiB resident",
            (after.0 - before.0) / IDLE.as_secs_f64(),
            (after.1 - before.1) * 1_000 / TICKS,
            IDLE.as_secs(),
            resident(&program)
        );
        println!("    the next one due is found by: {plan}");
        drop(program);
    }
}

const SERIES_OF_SQLITE: &str =
    "WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < MOST)
     INSERT INTO timer (workspace_id, id, ticket_id, kind, payload, due_at, lease_until, attempts)
     SELECT workspace.id, CAST(printf('x%015d', n) AS BLOB), NULL, 'sla', 'null', DUE + n, 0, 0
     FROM series, workspace WHERE MOST > 0";
const SERIES_OF_POSTGRES: &str =
    "INSERT INTO timer (workspace_id, id, ticket_id, kind, payload, due_at, lease_until, attempts)
     SELECT workspace.id, md5('x' || n)::uuid, NULL, 'sla', 'null', DUE + n, 0, 0
     FROM generate_series(1, MOST) AS n, workspace";

/// Adds so many timers; how the store finds what the worker asks for whenever it wakes.
async fn plan_of_sqlite(file: &std::path::Path, timers: i64) -> String {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    database
        .execute(filled_in(SERIES_OF_SQLITE, timers))
        .await
        .unwrap();
    let rows = database.fetch_all(asked("EXPLAIN QUERY PLAN ")).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(3)).collect();
    lines.join("; ")
}

async fn plan_of_postgres(url: &str, timers: i64) -> String {
    let mut database = PgConnection::connect(url).await.unwrap();
    database
        .execute(filled_in(SERIES_OF_POSTGRES, timers))
        .await
        .unwrap();
    database.execute("ANALYZE timer").await.unwrap();
    let rows = database
        .fetch_all(asked("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) "))
        .await
        .unwrap();
    let lines: Vec<String> = rows
        .iter()
        .map(|row| row.get::<String, _>(0).trim().to_owned())
        .collect();
    lines.join("; ")
}

fn filled_in(series: &str, timers: i64) -> AssertSqlSafe<String> {
    let due = now().plus(Length::days(30)).millis();
    AssertSqlSafe(
        series
            .replace("MOST", &timers.to_string())
            .replace("DUE", &due.to_string()),
    )
}

fn asked(explain: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "{explain}SELECT due_at FROM timer WHERE lease_until <= {} ORDER BY due_at, id LIMIT 1",
        now().millis()
    ))
}

async fn statements(program: &Program, cookie: &str) -> f64 {
    let request = reqwest::Client::new().get(format!("http://{}/metrics", program.http));
    let text = request
        .header("cookie", cookie)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let line = text
        .lines()
        .find(|line| line.contains("sql_statements_total") && !line.starts_with('#'));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
        .unwrap()
}

/// How long the processors have worked for the program, in ticks.
fn processor(program: &Program) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).unwrap();
    let after_name = text.rsplit(')').next().unwrap();
    let times = after_name.split_whitespace().skip(11).take(2);
    times.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// Resident memory in MiB.
fn resident(program: &Program) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
