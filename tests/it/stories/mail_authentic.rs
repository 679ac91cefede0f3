//! Who really wrote a mail: proved, claimed or denied by the domain in its From, and what follows from that.

use serde_json::{Value, json};

use self::name_server::NameServer;
use crate::support::desk::{Desk, Engine};
use crate::support::name_server;
use crate::support::person::Person;
use crate::support::smtp::deliver;

const INBOX: &str = "help@shop.example";

async fn receive(desk: &Desk, from: &str, raw: &str) {
    desk.clock.advance(shouwen_core::time::Length::from_millis(1)); // so that mails have an order
    let sent = deliver(desk.bound.smtp.unwrap(), from, &[INBOX], raw)
        .await
        .unwrap();
    assert_eq!(sent.0, 250, "{}", sent.1);
    desk.settle().await;
}

fn mail(from: &str, id: &str, subject: &str, more: &str) -> String {
    format!("From: {from}\nTo: {INBOX}\nSubject: {subject}\nMessage-ID: <{id}>\n{more}\nText {id}\n")
}

/// A desk on each engine that is there, with an inbox.
async fn desks(sets: &[&str]) -> Vec<(Desk, Person)> {
    let mut desks = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if let Some(desk) = Desk::start_with(engine, sets).await {
            let admin = desk.administrator().await;
            admin.email_inbox(INBOX).await;
            desks.push((desk, admin));
        }
    }
    desks
}

async fn ticket(person: &Person, subject: &str) -> Value {
    let all = person.tickets("all").await;
    let found = all.iter().find(|ticket| ticket["subject"] == subject);
    let id = found.unwrap_or_else(|| panic!("no {subject} in {all:#?}"))["id"]
        .as_str()
        .unwrap();
    person.get(&format!("/tickets/{id}")).await
}

fn authenticity(ticket: &Value) -> &Value {
    &ticket["messages"][0]["mail"]["authenticity"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_from_is_what_its_domain_says_of_it() {
    let names = NameServer::start().await;
    names.txt("honest.example.org", "v=spf1 ip4:127.0.0.1 -all");
    names.txt("bank.example.org", "v=spf1 ip4:192.0.2.1 -all");
    names.txt("_dmarc.bank.example.org", "v=DMARC1; p=reject");
    let nameserver = format!("mail.nameserver={}", names.address);
    for (desk, admin) in desks(&[&nameserver, "mail.check_senders=always"]).await {
        receive(
            &desk,
            "ann@honest.example.org",
            &mail("ann@honest.example.org", "1@x", "Honest", ""),
        )
        .await;
        let honest = ticket(&admin, "Honest").await;
        assert_eq!(
            authenticity(&honest)["from"],
            "verified",
            "{}",
            authenticity(&honest)
        );
        assert_eq!(
            (&authenticity(&honest)["spf"], &authenticity(&honest)["by"]),
            (&json!("pass"), &json!("us"))
        );
        assert_eq!(honest["customer"]["identities"][0]["verified"], "proved");

        receive(
            &desk,
            "bob@nowhere.example.org",
            &mail("bob@nowhere.example.org", "2@x", "Claim", ""),
        )
        .await;
        let claim = ticket(&admin, "Claim").await;
        assert_eq!(
            authenticity(&claim)["from"],
            "unverified",
            "{}",
            authenticity(&claim)
        );
        assert_eq!(claim["customer"]["identities"][0]["verified"], "claimed");

        receive(
            &desk,
            "cleo@bank.example.org",
            &mail("cleo@bank.example.org", "3@x", "Lie", ""),
        )
        .await;
        let lie = ticket(&admin, "Lie").await;
        assert_eq!(authenticity(&lie)["from"], "failed", "{}", authenticity(&lie));
        assert_eq!(
            (&authenticity(&lie)["spf"], &authenticity(&lie)["dmarc"]),
            (&json!("fail"), &json!("fail"))
        );
        let recorded = admin.get("/mail?limit=1").await["items"][0].clone();
        assert_eq!(recorded["authenticity"]["from"], "failed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_denied_by_their_domain_joins_no_conversation_by_guessing() {
    let names = NameServer::start().await;
    names.txt("bank.example.org", "v=spf1 ip4:192.0.2.1 -all");
    names.txt("_dmarc.bank.example.org", "v=DMARC1; p=reject");
    let nameserver = format!("mail.nameserver={}", names.address);
    for (desk, admin) in desks(&[&nameserver, "mail.check_senders=always"]).await {
        let cleo = "cleo@bank.example.org";
        receive(&desk, cleo, &mail(cleo, "1@x", "Account", "")).await;
        let account = ticket(&admin, "Account").await;
        let number = account["ticket"]["number"].as_str().unwrap();
        receive(
            &desk,
            cleo,
            &mail(cleo, "2@x", &format!("[#{number}] by number"), ""),
        )
        .await;
        receive(&desk, cleo, &mail(cleo, "3@x", "by id", "In-Reply-To: <1@x>\n")).await;
        for subject in [format!("[#{number}] by number"), "by id".to_owned()] {
            let stranger = ticket(&admin, &subject).await;
            let joined = &stranger["messages"][0]["mail"]["joined"];
            assert_eq!(
                (&joined["because"], &joined["refused"]),
                (&json!("new"), &json!("from_failed"))
            );
            assert_eq!(joined["similar"]["number"], number);
        }
        // Who got our mail can answer it all the same.
        let key = shouwen::intake::thread::key(&desk.app.secrets, desk.app.workspace);
        let token = shouwen_channels::email::thread::ticket_token(&key, number);
        let address = shouwen_channels::email::thread::plus_address(INBOX, &token);
        let sent = deliver(
            desk.bound.smtp.unwrap(),
            cleo,
            &[&address],
            &mail(cleo, "4@x", "Account", ""),
        )
        .await;
        assert_eq!(sent.unwrap().0, 250);
        desk.settle().await;
        assert_eq!(
            ticket(&admin, "Account").await["messages"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_mail_server_in_front_is_believed_and_nobody_else() {
    for (desk, admin) in desks(&["mail.trusted_authserv=mx.shop.example"]).await {
        let says = |who: &str| {
            format!(
                "Authentication-Results: {who}; spf=fail smtp.mailfrom=bank.example; dmarc=fail header.from=bank.example\n"
            )
        };
        let cleo = "cleo@bank.example";
        let raw = |id: &str, who: &str| format!("{}{}", says(who), mail(cleo, id, id, ""));
        receive(&desk, cleo, &raw("1@x", "mx.shop.example")).await;
        receive(&desk, cleo, &raw("2@x", "mx.evil.example")).await;
        let known = ticket(&admin, "1@x").await;
        assert_eq!(
            (&authenticity(&known)["from"], &authenticity(&known)["by"]),
            (&json!("failed"), &json!("upstream"))
        );
        assert!(
            authenticity(&ticket(&admin, "2@x").await).is_null(),
            "a local relay's address tells nothing"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_taken_though_no_name_server_answers() {
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nameserver = format!("mail.nameserver={nobody}");
    for (desk, admin) in desks(&[&nameserver, "mail.check_senders=always"]).await {
        receive(
            &desk,
            "ann@honest.example.org",
            &mail("ann@honest.example.org", "1@x", "Honest", ""),
        )
        .await;
        let honest = ticket(&admin, "Honest").await;
        assert_eq!(authenticity(&honest)["from"], "unverified");
        assert_eq!(authenticity(&honest)["spf"], "temp_error");
    }
}
