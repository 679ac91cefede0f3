//! What the API's document promises of every route.

use shouwen::http::router;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{PathItem, RefOr};

#[test]
fn every_operation_says_that_it_fails_with_a_problem() {
    let mut silent = Vec::new();
    for (path, item) in &router::document().paths.paths {
        for (method, operation) in operations(item) {
            if !has_problem(operation, '4') || !has_problem(operation, '5') {
                silent.push(format!("{method} {path}"));
            }
        }
    }
    assert!(
        silent.is_empty(),
        "these have no problem response:\n{}",
        silent.join("\n")
    );
}

#[test]
fn every_operation_has_words_that_say_what_it_does() {
    for (path, item) in &router::document().paths.paths {
        for (method, operation) in operations(item) {
            let words = operation.summary.as_deref().unwrap_or_default();
            assert!(!words.is_empty(), "{method} {path} has no summary");
        }
    }
}

/// Whether failures of a kind, `4` or `5`, are described.
fn has_problem(operation: &Operation, kind: char) -> bool {
    operation
        .responses
        .responses
        .iter()
        .any(|(status, response)| match response {
            RefOr::T(response) => {
                status.starts_with(kind) && response.content.contains_key("application/problem+json")
            }
            RefOr::Ref(_) => false,
        })
}

fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let all = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}
