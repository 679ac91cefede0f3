//! What every response bears, and what those who run the server ask.

use serde_json::Value;
use shouwen_core::time::Length;

use super::office::Office;
use crate::support::desk::{Desk, Engine, PATIENCE, both_engines};
use crate::support::servers;
use crate::support::smtp::deliver;

both_engines! {
    async fn every_page_says_what_it_may_do(desk: Desk) {
        let somebody = desk.nobody();
        for path in ["//", "//tickets/10427", "//api/v1/setup", "//widget.js"] {
            let answer = somebody.get(path).await;
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(!answer.header("x-request-id").is_empty(), "{path}");
        }
        assert_eq!(somebody.get("//widget.js").await.header("access-control-allow-origin"), "*");
        let page = somebody.get("//tickets/10427").await;
        assert!(page.status == 200 && page.header("content-type").starts_with("text/html"), "the inbox knows its routes");
        assert_eq!(somebody.get("//../../Cargo.toml").await.status, 404);
        assert_eq!(somebody.get("//assets/..%2f..%2f..%2fCargo.toml").await.status, 404);
    }

    async fn a_server_that_drains_wants_no_traffic(desk: Desk) {
        let somebody = desk.nobody();
        assert_eq!(somebody.get("//healthz").await.text, "ok\n");
        assert_eq!(somebody.get("//readyz").await.expect(200)["ready"], true);
        desk.app.health.drain();
        let draining = somebody.get("//readyz").await;
        assert_eq!(draining.header("content-type"), "application/problem+json");
        let draining = draining.expect(503);
        assert_eq!((&draining["ready"], &draining["draining"]), (&false.into(), &true.into()));
        assert_eq!(somebody.get("//healthz").await.status, 200);
    }

    async fn numbers_are_told_to_neighbours_only(desk: Desk) {
        let somebody = desk.nobody();
        somebody.get("/setup").await.ok();
        let numbers = somebody.get("//metrics").await;
        assert!(numbers.text.contains(r#"route="/api/v1/setup",status="200""#), "{}", numbers.text);
        let proxied = somebody.request(reqwest::Method::GET, "//metrics").header("x-forwarded-for", "203.0.113.9");
        assert_eq!(crate::api::caller::send(proxied).await.status, 403);
    }

    async fn how_late_the_desk_is_is_told(desk: Desk) {
        let (admin, somebody) = (desk.administrator().await, desk.nobody());
        admin.email_inbox("help@shop.example").await;
        desk.settle().await;
        let raw = "From: wang@example.com\nTo: help@shop.example\nSubject: Lamp\nMessage-ID: <1@x>\n\nIt broke.\n";
        let smtp = desk.bound.smtp.unwrap();
        assert_eq!(deliver(smtp, "wang@example.com", &["help@shop.example"], raw).await.unwrap().0, 250);
        desk.clock.advance(Length::minutes(5));
        let late = somebody.get("//metrics").await.text;
        for line in [
            r#"shouwen_oldest_seconds{what="unread_mail"} 300"#,
            r#"shouwen_oldest_seconds{what="job"} 300"#,
            r#"shouwen_oldest_seconds{what="unsent_mail"} 0"#,
            r#"shouwen_waiting{what="jobs"} "#,
            r#"shouwen_behind_events{follower="webhooks"} "#,
        ] {
            assert!(late.contains(line), "{line} in {late}");
        }
        assert!(!late.contains(r#"shouwen_waiting{what="jobs"} 0"#), "{late}");
        desk.settle().await;
        let read = somebody.get("//metrics").await.text;
        for line in [
            r#"shouwen_oldest_seconds{what="unread_mail"} 0"#,
            r#"shouwen_waiting{what="jobs"} 0"#,
            r#"shouwen_behind_events{follower="webhooks"} 0"#,
        ] {
            assert!(read.contains(line), "{line} in {read}");
        }
    }
}

/// Asks until the server is as ready as it should be; a finding holds for a moment.
async fn until(desk: &Desk, status: u16) -> Value {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let answer = desk.nobody().get("//readyz").await;
        if answer.status == status {
            return answer.body;
        }
        assert!(tokio::time::Instant::now() < deadline, "{}", answer.text);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

fn check(readiness: &Value, name: &str) -> Value {
    let checks = readiness["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_write_files_wants_no_traffic_until_it_can() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let blobs = desk.app.config.data.folder.join("blobs");
    let aside = blobs.with_file_name("aside");
    std::fs::rename(&blobs, &aside).unwrap();
    std::fs::write(&blobs, "a file where the folder was").unwrap();
    let told = until(&desk, 503).await;
    assert_eq!(check(&told, "files")["ok"], false);
    assert_eq!(
        (&told["status"], &told["type"]),
        (&503.into(), &"/problems/unavailable".into())
    );
    assert!(told["detail"].as_str().unwrap().contains("files"), "{told}");
    std::fs::remove_file(&blobs).unwrap();
    std::fs::rename(&aside, &blobs).unwrap();
    let well = until(&desk, 200).await;
    assert!(
        well["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|check| check["ok"] == true),
        "{well}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_away_is_told_and_turns_nobody_away() {
    let Some(redis) = tokio::task::spawn_blocking(servers::Redis::start).await.unwrap() else {
        return;
    };
    let set = format!("bus.redis_url={}", redis.url);
    let desk = Desk::start_with(Engine::Sqlite, &[&set]).await.unwrap();
    assert_eq!(check(&until(&desk, 200).await, "bus")["ok"], true);
    redis.kill();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while check(&until(&desk, 200).await, "bus")["ok"] == true {
        assert!(tokio::time::Instant::now() < deadline, "it is not told");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let told = check(&until(&desk, 200).await, "bus");
    assert!(
        told["needed"] == false && told["detail"].as_str().unwrap().contains("Redis"),
        "{told}"
    );
}
