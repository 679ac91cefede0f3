//! The OpenAPI document that is committed is the one that the server serves.

use std::path::Path;

use shouwen::http::router;

#[test]
fn the_committed_document_is_the_servers() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/shared/openapi.json");
    let text = router::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "web/shared/openapi.json is old: UPDATE=1 cargo test --test it document"
    );
}
