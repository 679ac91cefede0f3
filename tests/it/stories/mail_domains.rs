//! What makes our mail believed and fit: signatures of our domains, links for large files, a pace, a way to say no.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen::actions::public_links;
use shouwen::store::mail_details::OptOut;
use shouwen::store::opt_outs;
use shouwen_channels::email::authenticity::{self, Outcome};
use shouwen_channels::email::dns::Resolver;
use shouwen_core::time::Length;

use crate::support::desk::{Desk, Engine, both_engines};
use crate::support::name_server::NameServer;
use crate::support::person::Person;
use crate::support::smtp::{Outside, deliver};

pub(super) const INBOX: &str = "help@shop.example";

pub(super) async fn asked(desk: &Desk) -> (Person, Outside) {
    let (admin, outside) = (desk.administrator().await, Outside::start().await);
    admin.email_inbox_sending_by(INBOX, Some(outside.address)).await;
    let raw = format!(
        "From: Wang <wang@example.com>\nTo: {INBOX}\nSubject: Lamp\nMessage-ID: <1@example.com>\n\nHello\n"
    );
    let sent = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &[INBOX], &raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250);
    desk.settle().await;
    (admin, outside)
}

async fn upload(desk: &Desk, person: &Person, name: &str, bytes: Vec<u8>) -> Value {
    let answer = reqwest::Client::new()
        .post(format!("{}/api/v1/uploads?name={name}", desk.url()))
        .header("cookie", &person.cookie)
        .header("sec-fetch-site", "same-origin")
        .body(bytes)
        .send()
        .await
        .unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn change_settings(admin: &Person, change: impl Fn(&mut Value)) {
    let inbox = admin.get("/inboxes").await["items"][0].clone();
    let mut settings = inbox["settings"].clone();
    change(&mut settings);
    let path = format!("/inboxes/{}", inbox["id"].as_str().unwrap());
    admin.patch(&path, json!({ "settings": settings })).await;
}

#[expect(
    clippy::too_many_lines,
    reason = "one story, told from its beginning to its end"
)]
async fn a_signed_mail_is_believed(engine: Engine) {
    let names = NameServer::start().await;
    let Some(desk) = Desk::start_with(engine, &[&format!("mail.nameserver={}", names.address)]).await else {
        return;
    };
    let (admin, outside) = asked(&desk).await;
    let before = admin.post("/mail-domains/shop.example/check", json!({})).await;
    let state = |report: &Value, what: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks
            .iter()
            .find(|one| one["what"] == what)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(state(&before, "spf")["code"], "spf_missing", "{before}");
    assert!(
        state(&before, "dmarc")["record"]["value"]
            .as_str()
            .unwrap()
            .starts_with("v=DMARC1"),
        "{before}"
    );

    let domain = admin
        .call(
            Method::PUT,
            "/mail-domains/shop.example/dkim",
            Some(json!({ "selector": "desk1" })),
        )
        .await;
    assert_eq!(domain.0, 200, "{}", domain.1);
    let key = &domain.1["keys"][0];
    assert_eq!(key["record_name"], "desk1._domainkey.shop.example");
    assert!(!domain.1.to_string().contains("PRIVATE"));
    names.txt(
        key["record_name"].as_str().unwrap(),
        key["record_value"].as_str().unwrap(),
    );
    let after = admin.post("/mail-domains/shop.example/check", json!({})).await;
    assert_eq!(state(&after, "dkim")["ok"], true, "{after}");

    admin.reply(&admin.only_ticket().await, "We send another.").await;
    desk.settle().await;
    let mail = outside.mails()[0].clone();
    let signature = mail.header("DKIM-Signature").unwrap();
    assert!(
        signature.contains("d=shop.example") && signature.contains("s=desk1"),
        "{signature}"
    );
    let resolver = Resolver::at(names.address).unwrap();
    let envelope = authenticity::Envelope {
        peer: [127, 0, 0, 1].into(),
        helo: "desk.example",
        sender: INBOX,
        receiver: "outside.example",
    };
    let limit = std::time::Duration::from_secs(10);
    let verdict = authenticity::check(&resolver, mail.raw.as_bytes(), &envelope, limit).await;
    assert_eq!(
        (verdict.dkim, verdict.aligned_domain.as_deref()),
        (Outcome::Pass, Some("shop.example"))
    );

    let wrong = json!({ "private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" });
    assert_eq!(
        admin
            .call(Method::PUT, "/mail-domains/shop.example/dkim", Some(wrong))
            .await
            .0,
        422
    );
    assert_eq!(
        admin
            .call(Method::PUT, "/mail-domains/other.example/dkim", Some(json!({})))
            .await
            .0,
        404
    );
    assert_eq!(
        admin
            .call(Method::DELETE, "/mail-domains/shop.example/dkim/desk1", None)
            .await
            .0,
        204
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domains_key_signs_its_mail_and_the_self_test_says_what_to_publish() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        a_signed_mail_is_believed(engine).await;
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one story, told from its beginning to its end"
)]
async fn large_files_go_as_links(engine: Engine) {
    let sets = [
        "mail.link_over_bytes=300000",
        "mail.max_sent_bytes=500000",
        "mail.link_days=7",
    ];
    let Some(desk) = Desk::start_with(engine, &sets).await else {
        return;
    };
    let (admin, outside) = asked(&desk).await;
    let mut ids = Vec::new();
    for (name, size) in [
        ("huge.bin", 400_000),
        ("one.bin", 200_000),
        ("two.bin", 210_000),
        ("small.txt", 10),
    ] {
        ids.push(upload(&desk, &admin, name, vec![b'x'; size]).await["id"].clone());
    }
    let ticket = admin.only_ticket().await["ticket"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = json!({ "client_id": "client-one", "visibility": "public", "text": "Look.", "seen_position": 9, "attachment_ids": ids });
    admin.post(&format!("/tickets/{ticket}/messages"), body).await;
    desk.settle().await;
    let mail = shouwen_channels::email::parse(outside.mails()[0].raw.as_bytes());
    let mut enclosed: Vec<_> = mail
        .attachments
        .iter()
        .filter_map(|file| file.name.clone())
        .collect();
    enclosed.sort();
    assert_eq!(enclosed, ["one.bin", "small.txt"], "what fits goes along");
    assert!(outside.mails()[0].raw.len() < 500_000);
    assert!(
        mail.text.contains("huge.bin") && mail.text.contains("two.bin"),
        "{}",
        mail.text
    );
    let shown = admin.only_ticket().await["messages"][1]["attachments"].clone();
    let linked = shown
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| !one["link_until"].is_null())
        .count();
    assert_eq!(linked, 2, "{shown}");

    let links: Vec<&str> = mail
        .text
        .lines()
        .filter(|line| line.contains("/files/"))
        .collect();
    let fetched = reqwest::get(links[0].trim()).await.unwrap();
    assert_eq!(
        (
            fetched.status().as_u16(),
            fetched.headers()["cache-control"].to_str().unwrap()
        ),
        (200, "private, no-store")
    );
    assert!(
        fetched.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(fetched.bytes().await.unwrap().len() >= 210_000);
    assert_eq!(
        reqwest::get(format!("{}x", links[0].trim()))
            .await
            .unwrap()
            .status(),
        404
    );
    desk.advance(Length::days(8)).await;
    assert_eq!(
        reqwest::get(links[0].trim()).await.unwrap().status(),
        404,
        "it ends"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_too_large_for_a_mail_go_as_links_that_end() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        large_files_go_as_links(engine).await;
    }
}

both_engines! {
    async fn an_account_sends_no_faster_than_it_may(desk: Desk) {
        let (admin, outside) = asked(&desk).await;
        change_settings(&admin, |settings| settings["per_minute"] = json!(2)).await;
        let ticket = admin.only_ticket().await;
        for number in 0..5 {
            admin.reply(&ticket, &format!("answer {number}")).await;
        }
        desk.settle().await;
        assert_eq!(outside.mails().len(), 2);
        desk.advance(Length::minutes(1)).await;
        assert_eq!(outside.mails().len(), 4);
        desk.advance(Length::minutes(1)).await;
        assert_eq!(outside.mails().len(), 5, "each once");
    }

    async fn who_says_no_by_one_click_is_remembered(desk: Desk) {
        let (admin, _) = asked(&desk).await;
        let customer = admin.only_ticket().await["customer"]["id"].as_str().unwrap().parse().unwrap();
        let token = public_links::opt_out_token(&desk.app.secrets, customer, OptOut::Survey);
        let url = format!("{}/unsubscribe/{token}", desk.url());
        let has = || async {
            let mut conn = desk.app.db.read().await.unwrap();
            opt_outs::has(&mut conn, desk.app.workspace, customer, OptOut::Survey).await.unwrap()
        };
        assert!(reqwest::get(&url).await.unwrap().text().await.unwrap().contains("<form method=post>"));
        assert!(!has().await, "a scanner that opens links says nothing");
        let client = reqwest::Client::new();
        let form = || client.post(&url).header("content-type", "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click");
        for _ in 0..2 {
            assert_eq!(form().send().await.unwrap().status(), 200);
        }
        assert!(has().await);
        let forged = url.replace("survey", "everything");
        assert_eq!(client.post(forged).send().await.unwrap().status(), 404);
    }
}
