//! Makes the OpenAPI document as exact as what is on the wire: in what the server answers, a field that can be null is
//! there all the same. The derive cannot know on which side a schema stands, the whole document can. A field that is
//! left out when it holds nothing says `#[schema(nullable = false)]`, and stays optional.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::schema::{ArrayItems, Schema, SchemaType, Type};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder};

/// Frames that clients send: no route names them as its body.
const FRAMES_IN: &[&str] = &["FeedIn", "WidgetIn"];

/// Requires what is always there in the schemas of answers. Those of requests stay as they are: what may be null there
/// may be left out too.
pub fn require_what_is_always_there(document: &mut OpenApi) {
    let asked = schemas_of_requests(document);
    let Some(components) = document.components.as_mut() else {
        return;
    };
    for (name, schema) in &mut components.schemas {
        if !asked.contains(name) {
            require(schema);
        }
    }
}

/// Any request may meet a fault of ours, or a store that is away: every operation says so.
pub fn add_failures_of_ours(document: &mut OpenApi) {
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    let failure = ResponseBuilder::new()
        .description(
            "Something failed on our side (500), or is not available just now (503, with Retry-After)",
        )
        .content("application/problem+json", problem)
        .build();
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            let answers = &mut operation.responses.responses;
            answers.insert("5XX".to_owned(), RefOr::T(failure.clone()));
        }
    }
}

fn require(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            for (field, of_field) in &mut object.properties {
                if is_nullable(of_field) && !object.required.contains(field) {
                    object.required.push(field.clone());
                }
                require(of_field);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                require(items);
            }
        }
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.iter_mut().for_each(require),
        RefOr::T(Schema::AllOf(all_of)) => all_of.items.iter_mut().for_each(require),
        _ => {}
    }
}

fn is_nullable(schema: &RefOr<Schema>) -> bool {
    match schema {
        RefOr::T(Schema::Object(object)) => holds_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => holds_null(&array.schema_type),
        RefOr::T(Schema::OneOf(one_of)) => one_of.items.iter().any(is_nullable),
        _ => false,
    }
}

fn holds_null(kind: &SchemaType) -> bool {
    match kind {
        SchemaType::Type(Type::Null) => true,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::Type(_) | SchemaType::AnyValue => false,
    }
}

/// The names of all schemas that a request body reaches.
fn schemas_of_requests(document: &OpenApi) -> BTreeSet<String> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut found: BTreeSet<String> = FRAMES_IN.iter().map(|&name| name.to_owned()).collect();
    bodies(&document["paths"], &mut found);
    let mut waiting: Vec<String> = found.iter().cloned().collect();
    while let Some(name) = waiting.pop() {
        let mut reached = BTreeSet::new();
        references(&document["components"]["schemas"][&name], &mut reached);
        waiting.extend(reached.into_iter().filter(|name| found.insert(name.clone())));
    }
    found
}

fn bodies(paths: &Value, found: &mut BTreeSet<String>) {
    let operations = paths.as_object().into_iter().flatten();
    for operation in operations.filter_map(|(_, path)| path.as_object()).flatten() {
        references(&operation.1["requestBody"], found);
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str().filter(|_| key == "$ref") {
                    Some(address) => found.extend(address.rsplit('/').next().map(str::to_owned)),
                    None => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::router;

    fn required(document: &OpenApi, name: &str) -> Vec<String> {
        match &document.components.as_ref().unwrap().schemas[name] {
            RefOr::T(Schema::Object(object)) => object.required.clone(),
            _ => panic!("{name} is no object"),
        }
    }

    #[test]
    fn an_answer_always_has_its_nullable_fields() {
        let document = router::document();
        assert!(required(&document, "TicketSummary").contains(&"assignee_id".to_owned()));
        assert!(required(&document, "Page_Agent").contains(&"next".to_owned()));
    }

    #[test]
    fn a_request_may_leave_out_what_may_be_null() {
        let document = router::document();
        assert!(!required(&document, "ReplyIn").contains(&"status_id".to_owned()));
        assert!(!required(&document, "EditIn").contains(&"old".to_owned()));
    }

    #[test]
    fn an_answer_may_lack_what_it_leaves_out() {
        let document = router::document();
        assert!(!required(&document, "Problem").contains(&"request_id".to_owned()));
        assert!(!required(&document, "Activity").contains(&"from".to_owned()));
    }
}
