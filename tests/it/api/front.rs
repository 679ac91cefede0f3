//! What every response bears, and what those who run the server ask.

use super::office::Office;
use crate::support::desk::both_engines;

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
        let draining = somebody.get("//readyz").await.expect(503);
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
}
