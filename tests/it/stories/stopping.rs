//! SIGTERM: the balancer hears of it first, and what is in hand is finished, or given back to be taken at once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::support::desk::PATIENCE;
use crate::support::process::{Caller, Part, Program};

/// Takes connections and never says a word; tells of each.
async fn listen_in_silence() -> (std::net::SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, came) = (listener.local_addr().unwrap(), Arc::new(Notify::new()));
    let tell = came.clone();
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
            tell.notify_one();
        }
    });
    (address, came)
}

async fn within<T>(patience: Duration, what: &str, happens: impl Future<Output = T>) -> T {
    let happened = tokio::time::timeout(patience, happens).await;
    happened.unwrap_or_else(|_| panic!("{what} within {patience:?}"))
}

async fn log_call(caller: &Caller) {
    let inbox = json!({ "name": "Phone", "channel": "phone", "settings": {} });
    let (status, inbox) = caller.post("/inboxes", &inbox).await.unwrap();
    assert_eq!(status, 201, "{inbox}");
    let call = json!({ "client_id": "call-0001", "inbox_id": inbox["id"], "number": "13800138000",
        "direction": "in", "text": "The lamp is broken", "outcome": "answered", "duration_s": 90, "solved": false });
    let (status, answer) = caller.post("/call-log", &call).await.unwrap();
    assert!(status < 300, "{answer}");
}

/// The jobs of a kind that are there: how often each was tried, and until when it is somebody's.
async fn jobs(program: &Program, kind: &str) -> Vec<(i64, i64)> {
    let file = format!("sqlite://{}", program.database().display());
    let mut connection = SqliteConnection::connect(&file).await.unwrap();
    let rows = sqlx::query_as("SELECT attempts, lease_until FROM job WHERE kind = $1").bind(kind);
    rows.fetch_all(&mut connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_outlasts_the_grace_is_given_back_and_taken_at_once() {
    let sets = ["workers.grace_seconds=1", "fetch.allowed_networks=127.0.0.0/8"];
    let (mut program, cookie) = Program::start_with(Part::All, &sets.map(str::to_owned)).await;
    let caller = Caller::new(program.http, cookie);
    let (address, called) = listen_in_silence().await;
    let url = format!("http://{address}/hook");
    let hook = json!({ "name": "Orders", "url": url, "kinds": ["ticket_opened"] });
    assert_eq!(caller.post("/webhooks", &hook).await.unwrap().0, 201);
    log_call(&caller).await;
    within(PATIENCE, "the webhook is called", called.notified()).await;

    assert!(program.stop(), "it stops in order");
    assert_eq!(
        jobs(&program, "send_webhook").await,
        [(0, 0)],
        "nobody's, and not counted as tried"
    );
    program.start_again();
    // A lease that nobody gave back would hold it for a minute.
    within(Duration::from_secs(15), "it is called again", called.notified()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_balancer_hears_of_the_stop_while_the_door_is_still_open() {
    let (mut program, _) = Program::start_with(Part::All, &["http.drain_seconds=2".to_owned()]).await;
    // Each time on a connection of its own, as a balancer would send a customer.
    let ask = async |path: &str| {
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        client.get(format!("http://{}{path}", program.http)).send().await
    };
    assert_eq!(ask("/readyz").await.unwrap().status(), 200);
    program.terminate();
    let mut refusals = 0;
    loop {
        let Ok(ready) = ask("/readyz").await else { break };
        if ready.status() == 503 {
            assert_eq!(ready.headers()["content-type"], "application/problem+json");
            let told: Value = ready.json().await.unwrap_or_default();
            assert_eq!(
                (&told["draining"], &told["status"]),
                (&json!(true), &json!(503)),
                "{told}"
            );
            // The door may close between the two; never before it was said.
            if let Ok(page) = ask("/healthz").await {
                assert_eq!(page.status(), 200);
                refusals += 1;
            }
        } else {
            assert_eq!(refusals, 0, "a no is not taken back");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(refusals > 10, "only {refusals} were told before the door closed");
    assert!(program.ended_well());
}
