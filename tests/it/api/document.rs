//! The OpenAPI document that is committed is the one that the server serves.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
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

#[test]
fn every_schema_of_the_document_that_is_named_is_there() {
    let document = document();
    let mut named = BTreeSet::new();
    references(&document, &mut named);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let missing: Vec<_> = named.iter().filter(|name| !schemas.contains_key(*name)).collect();
    assert!(
        missing.is_empty(),
        "register them with components(schemas(…)): {missing:?}"
    );
}

#[test]
fn a_parameter_of_the_document_stands_in_the_path_when_the_path_names_it() {
    let document = document();
    let mut wrong = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let operations = operations.as_object().unwrap().values();
        for parameter in operations
            .filter_map(|one| one["parameters"].as_array())
            .flatten()
        {
            let named = path.contains(&format!("{{{}}}", parameter["name"].as_str().unwrap()));
            if named != (parameter["in"] == "path") {
                wrong.push(format!("{path}: {}", parameter["name"]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "say #[into_params(parameter_in = Query)]: {wrong:?}"
    );
}

#[test]
fn no_two_operations_of_the_document_have_one_name() {
    let document = document();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let mut names = BTreeSet::new();
    let twice: Vec<_> = operations
        .map(|one| one["operationId"].to_string())
        .filter(|name| !names.insert(name.clone()))
        .collect();
    assert!(
        twice.is_empty(),
        "name one of them with operation_id = …: {twice:?}"
    );
}

fn document() -> Value {
    serde_json::to_value(router::document()).unwrap()
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|address| address.rsplit('/').next());
            found.extend(name.map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
