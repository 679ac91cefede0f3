//! Pictures of a mail: its own in their places, those elsewhere only when asked for, fetched by the server and never
//! from inside.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::Value;

use crate::support::desk::{Desk, Engine};
use crate::support::person::Person;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A shop's web server, and what it was told by whoever asked.
#[derive(Clone, Default)]
struct Shop(Arc<Mutex<Vec<HeaderMap>>>);

impl Shop {
    fn asked(&self) -> Vec<HeaderMap> {
        self.0.lock().unwrap().clone()
    }
}

async fn picture(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    shop.0.lock().unwrap().push(headers);
    ([(header::CONTENT_TYPE, "image/png")], PNG).into_response()
}

async fn open_shop() -> (Shop, String) {
    let (shop, listener) = (
        Shop::default(),
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(),
    );
    let address = listener.local_addr().unwrap();
    let inside = format!("http://127.0.0.2:{}/logo.png", address.port());
    let router = Router::new()
        .route("/logo.png", get(picture))
        .route(
            "/inside",
            get(move || async move { Redirect::temporary(&inside) }),
        )
        .route(
            "/page",
            get(|| async { ([(header::CONTENT_TYPE, "image/png")], "<script>1</script>") }),
        )
        .route("/huge", get(|| async { vec![0x89_u8; 11 << 20] }))
        .route("/gone", get(|| async { StatusCode::NOT_FOUND }))
        .with_state(shop.clone());
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    (shop, format!("http://{address}"))
}

/// A desk that may fetch from the shop alone, and the id of a mail with these pictures in it.
async fn desk_with(engine: Engine, pictures: &[String]) -> Option<(Desk, Person, String)> {
    let desk = Desk::start_with(engine, &["fetch.allowed_networks=127.0.0.1"]).await?;
    let admin = desk.administrator().await;
    admin.email_inbox(INBOX).await;
    let images: String = pictures
        .iter()
        .map(|url| format!("<img src=\"{url}\">"))
        .collect();
    let raw = format!(
        "From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: Lamp\nMIME-Version: 1.0\n\
         Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n\
         <table width=\"300\"><tr><td style=\"color:red\">Hello<img src=\"cid:Logo%40x\">{images}</td></tr></table>\n\
         --b\nContent-Type: image/gif; name=logo.gif\nContent-ID: <Logo@x>\nContent-Transfer-Encoding: base64\n\n\
         R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7\n--b--\n"
    );
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250);
    desk.settle().await;
    let message = admin.only_ticket().await["messages"][0].clone();
    assert_eq!(message["has_remote_images"], !pictures.is_empty());
    Some((desk, admin, message["id"].as_str().unwrap().to_owned()))
}

async fn fetch(desk: &Desk, person: &Person, path: &str) -> (u16, HeaderMap, Vec<u8>) {
    let answer = reqwest::Client::new()
        .get(format!("{}{path}", desk.url()))
        .header("cookie", &person.cookie)
        .header("user-agent", "Reader's browser")
        .header("referer", "https://desk.example/tickets/1")
        .header("accept-language", "zh")
        .send()
        .await
        .unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.bytes().await.unwrap().to_vec())
}

/// The addresses of the pictures of a page.
fn sources(page: &str) -> Vec<String> {
    let parts = page.split(" src=\"").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().replace("&amp;", "&"))
        .collect()
}

async fn page(desk: &Desk, person: &Person, message: &str, query: &str) -> String {
    let (status, headers, body) =
        fetch(desk, person, &format!("/api/v1/messages/{message}/html{query}")).await;
    assert_eq!(status, 200);
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'; img-src 'self' data:"),
        "{policy}"
    );
    String::from_utf8(body).unwrap()
}

async fn pictures_are_fetched_when_asked_for(engine: Engine) {
    let (shop, url) = open_shop().await;
    let Some((desk, admin, id)) = desk_with(engine, &[format!("{url}/logo.png?who=wang&n=1")]).await else {
        return;
    };
    let blocked = page(&desk, &admin, &id, "").await;
    assert!(
        blocked.contains("<table width=\"300\">") && blocked.contains("style=\"color:red\""),
        "{blocked}"
    );
    assert_eq!(
        sources(&blocked).len(),
        1,
        "its own picture alone, in its place: {blocked}"
    );
    let (status, _, bytes) = fetch(&desk, &admin, &sources(&blocked)[0]).await;
    assert_eq!((status, &bytes[..3]), (200, &b"GIF"[..]));
    assert!(shop.asked().is_empty());

    let shown = page(&desk, &admin, &id, "?images=true").await;
    assert!(
        !shown.contains(&format!("src=\"{url}")),
        "the browser never goes there: {shown}"
    );
    let remote = sources(&shown)[1].clone();
    for _ in 0..3 {
        let (status, headers, bytes) = fetch(&desk, &admin, &remote).await;
        assert_eq!(
            (
                status,
                headers["content-type"].to_str().unwrap(),
                bytes.as_slice()
            ),
            (200, "image/png", PNG)
        );
    }
    let asked = shop.asked();
    assert_eq!(asked.len(), 1, "asked once, whoever looks how often");
    for telling in [
        "cookie",
        "referer",
        "accept-language",
        "x-forwarded-for",
        "forwarded",
    ] {
        assert!(
            !asked[0].contains_key(telling),
            "{telling} tells of the reader: {:?}",
            asked[0]
        );
    }
    assert_eq!(asked[0]["user-agent"], "Shouwen");

    let forged = remote.replace("logo.png", "other.png");
    assert_eq!(
        fetch(&desk, &admin, &forged).await.0,
        404,
        "what stands in no mail is not fetched"
    );
    let stranger = reqwest::get(format!("{}{remote}", desk.url())).await.unwrap();
    assert_eq!(stranger.status(), 401);

    desk.advance(shouwen_core::time::Length::days(31)).await;
    shouwen::housekeeping::run(&desk.app, desk.app.workspace)
        .await
        .unwrap();
    fetch(&desk, &admin, &remote).await;
    assert_eq!(shop.asked().len(), 2, "kept for a month");
}

async fn nothing_but_pictures_of_the_open_internet(engine: Engine) {
    let (shop, url) = open_shop().await;
    let port = url.rsplit(':').next().unwrap();
    let inside = [
        format!("{url}/inside"),
        format!("http://127.0.0.2:{port}/logo.png"),
        format!("http://[::1]:{port}/logo.png"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("{url}/page"),
        format!("{url}/huge"),
        format!("{url}/gone"),
    ];
    let Some((desk, admin, id)) = desk_with(engine, &inside).await else {
        return;
    };
    let shown = page(&desk, &admin, &id, "?images=true").await;
    let remote = &sources(&shown)[1..];
    assert_eq!(remote.len(), inside.len(), "{shown}");
    for (source, at) in remote.iter().zip(&inside) {
        let (status, _, body) = fetch(&desk, &admin, source).await;
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(status, 409, "{at}: {problem}");
    }
    assert!(shop.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_elsewhere_are_fetched_when_asked_for_and_tell_nothing_of_the_reader() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        pictures_are_fetched_when_asked_for(engine).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_fetches_nothing_but_pictures_of_the_open_internet() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        nothing_but_pictures_of_the_open_internet(engine).await;
    }
}
