//! Every route of the document × everybody who may call: who is let in. A new route shows up here by itself.

use std::fmt::Write;

use reqwest::Method;
use serde_json::{Value, json};
use shouwen::http::router;

use super::caller::{Caller, send};
use super::office::{Office, PASSWORD, address_of};
use crate::support::desk::{Desk, Engine};

const UNKNOWN: &str = "01a20000-0000-7000-8000-000000000000";

/// Calls that would end or lock the account they are made with.
fn is_for_a_spare_caller(route: &str) -> bool {
    ["DELETE /session", "DELETE /sessions", "POST /me/password"].contains(&route)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_route_lets_in_whom_it_should() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let admin = desk.set_up().await;
    let mut callers: Vec<(String, Caller)> = vec![("nobody".to_owned(), desk.nobody())];
    for role in ["agent", "supervisor", "administrator"] {
        callers.push((role.to_owned(), admin.hire(&desk, role, role).await));
        admin.hire(&desk, role, &spare(role)).await;
    }
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
        let (mut let_in, mut unasked) = (Vec::new(), "");
        for (name, caller) in &callers {
            let is_agent = ["agent", "supervisor", "administrator"].contains(&name.as_str());
            let verdict = if is_agent && is_for_a_spare_caller(&route) {
                let caller = desk.sign_in(&address_of(&spare(name)), PASSWORD).await;
                verdict(&caller, method.clone(), &path).await
            } else {
                verdict(caller, method.clone(), &path).await
            };
            assert!(
                name == "nobody" || verdict != "401" || !is_for_agents(&route),
                "{route}: {name} was not recognised"
            );
            match (verdict, name.as_str()) {
                ("in", "nobody") => unasked = "  (without signing in)",
                ("in", name) => let_in.push(name),
                _ => {}
            }
        }
        let _ = writeln!(table, "{route}{unasked}\n    {}", let_in.join(", "));
    }
    desk.stop().await;
    insta::assert_snapshot!(table);
}

/// Not the sign-in itself, and not what visitors call with tokens of their own.
fn is_for_agents(route: &str) -> bool {
    route != "POST /session" && !route.contains(" //api/widget/")
}

/// The name of the agent in a role whose sessions may end.
fn spare(role: &str) -> String {
    format!("spare {role}")
}

/// The methods and paths of the document.
fn routes() -> Vec<(Method, String)> {
    let document: Value = serde_json::from_str(&router::document().to_json().unwrap()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        // A caller takes a path with two slashes from the root.
        let path = path
            .strip_prefix("/api/v1")
            .map_or_else(|| format!("/{path}"), ToOwned::to_owned);
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
