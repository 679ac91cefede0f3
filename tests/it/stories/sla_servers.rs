//! Many clocks that are due in one second, on servers in processes of their own, of which one is killed in the middle.
//!
//! The bench `sla` does the same with ten thousand, and measures it.

use std::time::Duration;

use shouwen_core::time::{Length, Timestamp};

use crate::support::desk::{Desk, Engine};
use crate::support::process::Program;
use crate::support::promised::{Watch, fall_due, now, open_many};
use crate::support::servers;

const TICKETS: usize = 1_000;
const ALL: i64 = 1_000;
/// They are to have fired within this time after they fell due.
const LONGEST: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_clock_fires_once_though_one_of_two_servers_is_killed() {
    let Some(redis) = servers::redis() else { return };
    let Some(desk) = Desk::start_at(Engine::Postgres, now()).await else {
        return;
    };
    open_many(&desk, TICKETS).await;
    let sets = [
        format!("database.url={}", desk.app.config.database.url),
        format!("bus.redis_url={}", redis.url),
    ];
    let start = || Program::start_in(desk.folder_beside(), &sets);
    let (mut lost, going_on) = (start(), start());
    let (watch, due) = (Watch::on(&desk).await, now().plus(Length::seconds(1)));
    fall_due(&desk, due).await;
    watch.until_fired(ALL / 10, PATIENCE).await;
    lost.kill();
    settled(&watch, due).await;
    drop(going_on);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_clock_fires_once_though_the_only_server_is_killed_and_started_again() {
    let desk = Desk::start_at(Engine::Sqlite, now()).await.unwrap();
    open_many(&desk, TICKETS).await;
    let (folder, watch) = (desk.folder(), Watch::on(&desk).await);
    let due = now().plus(Length::seconds(3));
    fall_due(&desk, due).await;
    desk.stop().await;
    drop(desk);
    let mut program = Program::start_in(folder, &[]);
    watch.until_fired(ALL / 10, PATIENCE).await;
    program.kill();
    program.start_again();
    settled(&watch, due).await;
}

/// A server was killed just now: all fire, each once, and in time.
async fn settled(watch: &Watch, due: Timestamp) {
    let killed = watch.fired().await;
    assert!(killed.tickets < ALL, "killed too late to be told of");
    let end = watch.until_fired(ALL, PATIENCE).await;
    let late = watch.lateness(due).await.into_iter().max().unwrap();
    println!(
        "{} had fired when a server was killed, all within {} ms",
        killed.tickets,
        late.as_millis()
    );
    // Whoever fires twice does so by what the killed one had in hand, which has come free by now.
    assert_eq!((end.events, end.tickets, watch.told().await), (ALL, ALL, ALL));
    assert!(late <= LONGEST, "{late:?}");
}
