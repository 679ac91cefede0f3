//! Mail over TLS from the files that the configuration names, spoken by a client that is not ours; wrong files refuse
//! the start and say which.

use std::path::{Path, PathBuf};

use crate::support::desk::{Desk, Engine};
use crate::support::process::run;
use crate::support::swaks::{Errand, swaks};

const INBOX: &str = "help@shop.example";

/// A certificate for localhost and its key, as PEM files.
fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key)
}

fn sets(certificate: &Path, key: &Path) -> [String; 2] {
    [
        format!("smtp.tls_certificate={}", certificate.display()),
        format!("smtp.tls_key={}", key.display()),
    ]
}

async fn send(desk: &Desk, subject: &str, more: &[&str]) -> Option<Errand> {
    let headers = [format!("Subject: {subject}")];
    let who = ("wang@example.com", INBOX);
    swaks(desk.bound.smtp.unwrap(), who, &headers, "Hello", more).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swaks_delivers_over_starttls() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(folder.path());
    let sets = sets(&certificate, &key);
    let desk = Desk::start_with(Engine::Sqlite, &[&sets[0], &sets[1]])
        .await
        .unwrap();
    let admin = desk.administrator().await;
    admin.email_inbox(INBOX).await;
    let Some(sealed) = send(&desk, "By TLS", &["--tls"]).await else {
        return;
    };
    assert!(sealed.went_well, "{}", sealed.said);
    assert!(sealed.said.contains("TLS started"), "{}", sealed.said);
    let after = sealed.said.split("TLS started").nth(1).unwrap();
    assert!(!after.contains("STARTTLS"), "offered once: {after}");
    let plain = send(&desk, "In the open", &[]).await.unwrap();
    assert!(
        plain.went_well,
        "whoever cannot is not turned away: {}",
        plain.said
    );
    desk.settle().await;
    assert_eq!(admin.tickets("all").await.len(), 2);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_files_starttls_is_not_offered() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    desk.administrator().await.email_inbox(INBOX).await;
    let Some(errand) = send(&desk, "By TLS", &["--tls"]).await else {
        return;
    };
    assert!(
        !errand.went_well && !errand.said.contains("250-STARTTLS"),
        "{}",
        errand.said
    );
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_files_refuse_the_start_and_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(folder.path());
    let (missing, other) = (folder.path().join("nowhere.pem"), folder.path().join("other.pem"));
    let foreign = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&other, foreign.signing_key.serialize_pem()).unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no certificate at all").unwrap();
    for (certificate, key, word) in [
        (&missing, &key, "nowhere.pem"),
        (&certificate, &missing, "nowhere.pem"),
        (&text, &key, "notes.txt"),
        (&certificate, &text, "notes.txt"),
        (&certificate, &other, "other.pem"),
    ] {
        let sets = sets(certificate, key);
        let data = format!("data.folder={}", folder.path().join("data").display());
        let listening = [
            "http.listen=127.0.0.1:0",
            "smtp.listen=127.0.0.1:0",
            &data,
            &sets[0],
            &sets[1],
        ];
        let words: Vec<&str> = ["serve"]
            .into_iter()
            .chain(listening.iter().flat_map(|set| ["--set", *set]))
            .collect();
        let ended = tokio::time::timeout(crate::support::desk::PATIENCE, run(&words)).await;
        let ended = ended.expect("it does not start");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success(), "{said}");
        assert!(
            said.contains("smtp.tls_") && said.contains(word),
            "{word}: {said}"
        );
    }
}
