//! Every route of the document × everybody who may call: who is let in. A new route shows up here by itself.

use std::fmt::Write;

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use shouwen::http::router;

use super::caller::{Caller, send};
use super::office::Office;
use crate::support::desk::{Desk, Engine};

const UNKNOWN: &str = "01a20000-0000-7000-8000-000000000000";

/// Calls that would end or lock the account they are made with.
fn is_for_a_spare_caller(route: &str) -> bool {
    [
        "DELETE /session",
        "DELETE /sessions",
        "POST /me/password",
        "POST /session",
    ]
    .contains(&route)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_route_lets_in_whom_it_should() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let admin = desk.set_up().await;
    let mut callers: Vec<(String, Caller)> = vec![("nobody".to_owned(), desk.nobody())];
    for role in ["agent", "supervisor"] {
        callers.push((role.to_owned(), admin.hire(&desk, role, role).await));
    }
    callers.push((
        "administrator".to_owned(),
        admin.hire(&desk, "administrator", "other").await,
    ));
    for scope in [
        "calls:write",
        "tickets:read",
        "tickets:write",
        "customers:read",
        "customers:write",
    ] {
        callers.push((scope.to_owned(), admin.make_key(&desk, &[scope]).await));
    }
    let mut table = String::new();
    for (method, path) in routes() {
        let route = format!("{method} {path}");
        let verdicts = futures_util::stream::iter(&callers).then(|(name, caller)| {
            let (desk, method, path, route) = (&desk, method.clone(), path.clone(), route.clone());
            async move {
                let spare = is_for_a_spare_caller(&route)
                    && ["agent", "supervisor", "administrator"].contains(&name.as_str());
                let caller = if spare {
                    &desk
                        .sign_in(&super::office::address_of(address(name)), super::office::PASSWORD)
                        .await
                } else {
                    caller
                };
                verdict(caller, method, &path).await
            }
        });
        let verdicts: Vec<&str> = verdicts.collect().await;
        let let_in: Vec<&str> = callers
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdict)| **verdict == "in")
            .map(|((name, _), _)| name.as_str())
            .collect();
        let unasked = if verdicts[0] == "401" {
            ""
        } else {
            "  (without signing in)"
        };
        let _ = writeln!(table, "{route}{unasked}\n    {}", let_in.join(", "));
        for ((name, _), verdict) in callers.iter().zip(&verdicts) {
            assert!(
                *name == "nobody" || *verdict != "401",
                "{route}: {name} is known and was not recognised"
            );
        }
    }
    desk.stop().await;
    insta::assert_snapshot!(table);
}

fn address(name: &str) -> &str {
    if name == "administrator" { "other" } else { name }
}

/// The methods and paths of the document.
fn routes() -> Vec<(Method, String)> {
    let document: Value = serde_json::from_str(&router::document().to_json().unwrap()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap_or(path).to_owned();
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            routes.push((method, path.clone()));
        }
    }
    routes.sort_by(|one, other| (&one.1, one.0.as_str()).cmp(&(&other.1, other.0.as_str())));
    routes
}

/// Whether a request without sense passes the door: a refusal of its content means that it did.
async fn verdict(caller: &Caller, method: Method, path: &str) -> &'static str {
    let mut filled = path.to_owned();
    while let (Some(start), Some(end)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(start..=end, UNKNOWN);
    }
    let request = caller.request(method.clone(), &filled);
    let request = if method == Method::GET {
        request
    } else {
        request.json(&json!({}))
    };
    match send(request).await.status {
        401 => "401",
        403 => "403",
        _ => "in",
    }
}
