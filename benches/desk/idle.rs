//! Memory of a server that nobody uses.

use super::desk::Desk;

pub(crate) async fn run() {
    let desk = Desk::start().await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    println!(
        "idle: {} MiB resident, embedded store, 5 s after start",
        desk.memory()
    );
}
