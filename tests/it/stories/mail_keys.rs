//! Keys of a domain that follow one another: published first, then signing, then laid down; and two algorithms at once.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_channels::email::authenticity::{self, Outcome};
use shouwen_channels::email::dns::Resolver;

use super::mail_domains::{INBOX, asked};
use crate::support::desk::{Desk, Engine};
use crate::support::name_server::NameServer;
use crate::support::person::Person;
use crate::support::smtp::{Outside, Sent};

const DKIM: &str = "/mail-domains/shop.example/dkim";

struct Shop {
    desk: Desk,
    admin: Person,
    outside: Outside,
    names: NameServer,
}

impl Shop {
    /// What the domain is shown with after a call that succeeds.
    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, domain) = self.admin.call(method, path, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {domain}");
        domain
    }

    async fn keys(&self) -> Vec<(String, String)> {
        let all = self.admin.get("/mail-domains").await;
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let keys = all["items"][0]["keys"].as_array().unwrap().iter();
        keys.map(|key| (word(&key["selector"]), word(&key["state"])))
            .collect()
    }

    fn publish(&self, domain: &Value, place: usize) {
        let key = &domain["keys"][place];
        let record = |name: &str| key[name].as_str().unwrap().to_owned();
        self.names.txt(&record("record_name"), &record("record_value"));
    }

    /// The records that the self-test looked at, and what it said of each.
    async fn checked(&self) -> Vec<(String, String)> {
        let report = self
            .admin
            .post("/mail-domains/shop.example/check", json!({}))
            .await;
        let checks = report["checks"].as_array().unwrap().iter();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let dkim = checks.filter(|one| one["what"] == "dkim");
        dkim.map(|one| (word(&one["name"]), word(&one["code"]))).collect()
    }

    /// The next mail of the desk.
    async fn mail(&self) -> Sent {
        self.admin
            .reply(&self.admin.only_ticket().await, "We send another.")
            .await;
        self.desk.settle().await;
        self.outside.mails().pop().unwrap()
    }

    /// Whether its signatures are good, as its receiver finds.
    async fn is_believed(&self, mail: &Sent) -> bool {
        let resolver = Resolver::at(self.names.address).unwrap();
        let envelope = authenticity::Envelope {
            peer: [127, 0, 0, 1].into(),
            helo: "desk.example",
            sender: INBOX,
            receiver: "outside.example",
        };
        let limit = std::time::Duration::from_secs(10);
        authenticity::check(&resolver, mail.raw.as_bytes(), &envelope, limit)
            .await
            .dkim
            == Outcome::Pass
    }
}

/// The selectors of a mail's signatures.
fn selectors(mail: &Sent) -> Vec<&str> {
    let head = mail.raw.split("\r\n\r\n").next().unwrap();
    let parts = head.split("DKIM-Signature:").skip(1);
    parts
        .map(|part| part.split("s=").nth(1).unwrap().split(';').next().unwrap())
        .collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted
        .iter()
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn keys_follow_one_another(engine: Engine) {
    let names = NameServer::start().await;
    let Some(desk) = Desk::start_with(engine, &[&format!("mail.nameserver={}", names.address)]).await else {
        return;
    };
    let (admin, outside) = asked(&desk).await;
    let shop = Shop {
        desk,
        admin,
        outside,
        names,
    };

    let pasted = json!({ "selector": "desk", "private_key": include_str!("rsa_key.pem") });
    let domain = shop.call(Method::PUT, DKIM, pasted).await;
    shop.publish(&domain, 0);
    let domain = shop.call(Method::PUT, DKIM, json!({})).await;
    assert_eq!(shop.keys().await, pairs(&[("desk", "signs"), ("desk2", "next")]));
    assert_eq!(
        shop.checked().await,
        pairs(&[
            ("desk._domainkey.shop.example", "ok"),
            ("desk2._domainkey.shop.example", "dkim_missing")
        ]),
        "told of both"
    );
    let mail = shop.mail().await;
    assert_eq!(selectors(&mail), ["desk"], "the other is not published yet");
    assert!(shop.is_believed(&mail).await);

    shop.publish(&domain, 1);
    assert!(shop.checked().await.iter().all(|(_, code)| code == "ok"));
    shop.call(Method::POST, &format!("{DKIM}/desk2/sign"), json!({}))
        .await;
    assert_eq!(
        shop.keys().await,
        pairs(&[("desk", "retired"), ("desk2", "signs")])
    );
    let after = shop.mail().await;
    assert_eq!(selectors(&after), ["desk2"]);
    assert!(shop.is_believed(&after).await);
    assert!(
        shop.is_believed(&mail).await,
        "mail that is on its way is believed as before"
    );
    assert_eq!(
        shop.checked().await.len(),
        1,
        "what was laid down needs no record for long"
    );

    let ed25519 = json!({ "selector": "small1", "algorithm": "ed25519" });
    let domain = shop.call(Method::PUT, DKIM, ed25519.clone()).await;
    shop.publish(&domain, 2);
    let both = shop.mail().await;
    let mut signed = selectors(&both);
    signed.sort_unstable();
    assert_eq!(signed, ["desk2", "small1"], "one of each algorithm signs");
    assert!(shop.is_believed(&both).await);

    let again = shop.admin.call(Method::PUT, DKIM, Some(ed25519)).await;
    assert_eq!(
        (again.0.as_u16(), &again.1["errors"][0]["pointer"]),
        (422, &json!("/selector")),
        "{}",
        again.1
    );
    let none = shop
        .admin
        .call(Method::POST, &format!("{DKIM}/nothing/sign"), None)
        .await;
    assert_eq!(none.0, 404);
    assert_eq!(
        shop.admin
            .call(Method::DELETE, &format!("{DKIM}/desk"), None)
            .await
            .0,
        204
    );
    assert_eq!(
        shop.admin
            .call(Method::DELETE, &format!("{DKIM}/desk"), None)
            .await
            .0,
        404
    );
    assert_eq!(
        shop.keys().await,
        pairs(&[("desk2", "signs"), ("small1", "signs")])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_published_before_it_signs_and_the_one_before_is_laid_down() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        keys_follow_one_another(engine).await;
    }
}
