//! A forgotten password: the link comes by mail, over real SMTP, and opens the door once.

use reqwest::Method;
use serde_json::json;
use shouwen_core::time::Length;

use crate::support::desk::{Desk, Engine};
use crate::support::smtp::Outside;

const NEW_PASSWORD: &str = "a better passphrase than before";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    story(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    story(Engine::Postgres).await;
}

async fn story(engine: Engine) {
    let outside = Outside::start().await;
    let port = format!("mail.smtp_port={}", outside.address.port());
    let sets = [
        "mail.smtp_host=127.0.0.1",
        &port,
        "mail.smtp_security=none",
        "mail.from=Desk <desk@shop.example>",
        "http.public_url=https://desk.shop.example",
    ];
    let Some(desk) = Desk::start_with(engine, &sets).await else {
        return;
    };
    let li = desk.agent("Li Na").await;

    for address in ["LI.NA@desk.example", "nobody@desk.example"] {
        let (status, _) = li
            .call(
                Method::POST,
                "/password-resets",
                Some(json!({ "email": address })),
            )
            .await;
        assert_eq!(status, 202, "nobody learns who has an account");
    }
    desk.settle().await;
    let mails = outside.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].to.as_slice(), mails[0].from.as_str()),
        (&["li.na@desk.example".to_owned()][..], "desk@shop.example")
    );
    assert_eq!(
        mails[0].header("Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    let token = token(&mails[0].raw);

    let confirm = json!({ "token": token, "password": NEW_PASSWORD });
    let (status, problem) = li
        .call(Method::POST, "/password-resets/confirm", Some(confirm.clone()))
        .await;
    assert_eq!(status, 204, "{problem}");
    let (status, _) = li
        .call(Method::POST, "/password-resets/confirm", Some(confirm))
        .await;
    assert!(status.is_client_error(), "a link opens once");
    let (status, _) = li.call(Method::GET, "/session", None).await;
    assert_eq!(status, 401, "whoever was signed in is signed out");
    let sign_in = json!({ "email": "li.na@desk.example", "password": NEW_PASSWORD });
    let (status, me) = li.call(Method::POST, "/session", Some(sign_in)).await;
    assert_eq!((status.as_u16(), &me["agent"]["name"]), (200, &json!("Li Na")));

    li.call(
        Method::POST,
        "/password-resets",
        Some(json!({ "email": "li.na@desk.example" })),
    )
    .await;
    desk.settle().await;
    let late = json!({ "token": self::token(&outside.mails()[1].raw), "password": NEW_PASSWORD });
    desk.advance(Length::minutes(61)).await;
    let (status, _) = li
        .call(Method::POST, "/password-resets/confirm", Some(late))
        .await;
    assert!(status.is_client_error(), "an old link opens nothing");
}

/// The token in the mail's link, whose lines may be folded by quoted-printable (RFC 2045).
fn token(raw: &str) -> String {
    let text = raw.replace("=\r\n", "").replace("=3D", "=");
    let start = text
        .find("https://desk.shop.example/reset?token=")
        .expect("the link is in the mail");
    text[start..]
        .split('=')
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned()
}
