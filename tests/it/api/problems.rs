//! Whatever goes wrong is told as a problem (RFC 9457): every route of the document with nonsense, and what no route
//! means to happen.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::Value;
use shouwen::http::{layers, router};
use tower::ServiceExt;

use super::caller::{Answer, Caller, send};
use super::office::Office;
use crate::support::desk::{Desk, Engine};

const PROBLEM: &str = "application/problem+json";

/// `(method, path)` of every operation that takes requests as they are; sockets begin with a handshake of their own.
fn operations() -> Vec<(Method, String, bool)> {
    let document = serde_json::to_value(router::document()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            // A caller takes a path with two slashes from the root.
            let path = path
                .strip_prefix("/api/v1")
                .map_or_else(|| format!("/{path}"), str::to_owned);
            found.push((method, path, operation["requestBody"].is_object()));
        }
    }
    found
}

/// Every part of the path in braces becomes `word`.
fn filled(path: &str, word: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { word } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// What is wrong with an answer, if it is a failure told otherwise.
fn fault(what: &str, answer: &Answer) -> Option<String> {
    if answer.status < 400 {
        return None;
    }
    let told = answer.body["status"] == answer.status && answer.body["detail"].is_string();
    let is_problem = answer.header("content-type") == PROBLEM && told;
    let ours = answer.status >= 500;
    (!is_problem || ours).then(|| {
        format!(
            "{what}: {} {} {}",
            answer.status,
            answer.header("content-type"),
            answer.text
        )
    })
}

async fn nonsense(caller: &Caller, method: &Method, path: &str, takes_body: bool) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for (word, query) in [
        ("no-id", ""),
        ("%00", "?limit=many&cursor=%FF&after=x&view=nothing&since=never"),
    ] {
        let request = caller.request(method.clone(), &format!("{}{query}", filled(path, word)));
        answers.push((format!("{method} {path} ({word})"), send(request).await));
    }
    if takes_body {
        let path = filled(path, "01a20000-0000-7000-8000-000000000000");
        let bodies: [(&str, &str, Vec<u8>); 4] = [
            ("broken", "application/json", b"{\"a\": ".to_vec()),
            ("of the wrong kind", "application/json", b"[1, 2]".to_vec()),
            ("no JSON", "text/plain", b"hello".to_vec()),
            (
                "too large",
                "application/json",
                vec![b' '; layers::BODY_LIMIT + 1],
            ),
        ];
        for (what, media_type, body) in bodies {
            let request = caller
                .request(method.clone(), &path)
                .header(CONTENT_TYPE, media_type)
                .body(body);
            answers.push((format!("{method} {path} (body {what})"), send(request).await));
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_to_any_route_is_told_as_a_problem() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let admin = desk.set_up().await;
    let (mut faults, mut asked) = (Vec::new(), 0);
    for (method, path, takes_body) in operations() {
        // Would end the session that the others need.
        if method == Method::DELETE && path.starts_with("/session") {
            continue;
        }
        for (what, answer) in nonsense(&admin, &method, &path, takes_body).await {
            asked += 1;
            faults.extend(fault(&what, &answer));
        }
    }
    assert!(asked > 300, "only {asked} were asked");
    assert!(faults.is_empty(), "of {asked}:\n{}", faults.join("\n"));
    let nobody = desk.nobody();
    for path in ["//api/v1/nothing", "//api/nothing", "//api/widget/v1/nothing"] {
        let answer = nobody.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, PROBLEM),
            "{path}"
        );
    }
    assert_eq!(
        nobody.delete("//healthz").await.expect(405)["type"],
        "/problems/wrong-method"
    );
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_at_once_is_told_as_a_problem() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let admin = desk.set_up().await;
    let large = admin
        .request(Method::POST, "/tags")
        .header(CONTENT_TYPE, "application/json")
        .body(vec![b' '; layers::BODY_LIMIT + 1]);
    let answer = send(large).await;
    assert_eq!((answer.status, answer.header("content-type")), (413, PROBLEM));
    assert!(
        answer.text.contains(&layers::BODY_LIMIT.to_string()),
        "{}",
        answer.text
    );

    let nobody = desk.nobody();
    let wrong = serde_json::json!({ "email": "wang.fang@shop.example", "password": "no" });
    for _ in 0..100 {
        let answer = nobody.post("/session", wrong.clone()).await;
        if answer.status == 429 {
            assert_eq!(answer.header("content-type"), PROBLEM);
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!(
                wait > 0 && answer.body["type"] == "/problems/throttled",
                "{}",
                answer.text
            );
            return;
        }
    }
    panic!("a hundred wrong passwords were taken");
}

async fn ask(service: &Router, path: &str) -> (u16, String, Value) {
    let request = http::Request::get(path)
        .header(CONTENT_LENGTH, 0)
        .body(Body::empty());
    let answer = service.clone().oneshot(request.unwrap()).await.unwrap();
    let media_type = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, media_type, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn what_no_handler_means_to_happen_is_told_as_a_problem() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let pages = Router::new()
        .route(
            "/panics",
            get(async || -> &'static str { panic!("planted words") }),
        )
        .route(
            "/never-answers",
            get(async || std::future::pending::<&'static str>().await),
        );
    let service = router::build_with(desk.app.clone(), pages).0;
    let (status, media_type, problem) = ask(&service, "/panics").await;
    assert_eq!((status, media_type.as_str()), (500, PROBLEM), "{problem}");
    assert!(
        problem["request_id"].is_string() && !problem.to_string().contains("planted"),
        "{problem}"
    );
    // Nothing else happens on this thread: the clock runs to the next thing that is waited for.
    tokio::time::pause();
    let (status, media_type, problem) = ask(&service, "/never-answers").await;
    assert_eq!((status, media_type.as_str()), (503, PROBLEM), "{problem}");
}
