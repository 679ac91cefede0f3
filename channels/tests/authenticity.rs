//! SPF, DKIM, DMARC, signing and the check of a domain's records, against a name server of the test's own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod name_server;

use std::net::IpAddr;
use std::process::Command;
use std::time::Duration;

use name_server::NameServer;
use shouwen_channels::Secret;
use shouwen_channels::email::authenticity::{self, Envelope, Outcome, Policy, Verdict};
use shouwen_channels::email::dns::Resolver;
use shouwen_channels::email::dns_check::{self, Asked, Check, Code, Finding, State};
use shouwen_channels::email::sign::{DkimAlgorithm, DkimKey, DkimKeyError, SignError, Signer};

const LIMIT: Duration = Duration::from_secs(20);
const MESSAGE: &str = "From: Ann <ann@shop.example>\r\nTo: desk@us.example\r\nSubject: My parcel\r\n\
    Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\n\r\nWhere is it?\r\n\r\n\r\n";

fn ours(peer: &str) -> Envelope<'static> {
    Envelope {
        peer: peer.parse().unwrap(),
        helo: "mail.shop.example",
        sender: "bounces@shop.example",
        receiver: "mx.us.example",
    }
}

async fn verdict(server: &NameServer, raw: &[u8], envelope: &Envelope<'_>) -> Verdict {
    let resolver = Resolver::at(server.address).unwrap();
    authenticity::check(&resolver, raw, envelope, LIMIT).await
}

fn ed25519() -> DkimKey {
    DkimKey::generate_ed25519().unwrap()
}

/// A key made by another program; `None` where it is not installed.
fn openssl(arguments: &[&str]) -> Option<Secret> {
    let output = Command::new("openssl").args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| Secret::new(String::from_utf8(output.stdout).unwrap()))
}

fn sealed(key: &DkimKey, message: &str) -> Vec<u8> {
    let signer = Signer::new(key, "shop.example", "s1").unwrap();
    Signer::seal(&[signer], message.as_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_signed_message_from_an_allowed_host_proves_its_sender() {
    let server = NameServer::start().await;
    let key = ed25519();
    server.txt("shop.example", "v=spf1 ip4:192.0.2.1 -all");
    server.txt("s1._domainkey.shop.example", &key.record());
    server.txt("_dmarc.shop.example", "v=DMARC1; p=reject");
    let raw = sealed(&key, MESSAGE);
    assert_eq!(
        verdict(&server, &raw, &ours("192.0.2.1")).await,
        Verdict {
            spf: Outcome::Pass,
            spf_domain: Some("shop.example".into()),
            dkim: Outcome::Pass,
            dkim_domains: vec!["shop.example".into()],
            dmarc: Outcome::Pass,
            policy: Some(Policy::Reject),
            from_domain: Some("shop.example".into()),
            aligned_domain: Some("shop.example".into()),
        }
    );
}

#[tokio::test]
async fn either_proof_is_enough() {
    let server = NameServer::start().await;
    let key = ed25519();
    server.txt("shop.example", "v=spf1 ip4:192.0.2.1 -all");
    server.txt("s1._domainkey.shop.example", &key.record());
    server.txt("_dmarc.shop.example", "v=DMARC1; p=quarantine");
    let forwarded = verdict(&server, &sealed(&key, MESSAGE), &ours("198.51.100.9")).await;
    assert_eq!((forwarded.spf, forwarded.dmarc), (Outcome::Fail, Outcome::Pass));
    let unsigned = verdict(&server, MESSAGE.as_bytes(), &ours("192.0.2.1")).await;
    assert_eq!((unsigned.dkim, unsigned.dmarc), (Outcome::None, Outcome::Pass));
}

#[tokio::test]
async fn a_changed_message_fails() {
    let server = NameServer::start().await;
    let key = ed25519();
    server.txt("shop.example", "v=spf1 -all");
    server.txt("s1._domainkey.shop.example", &key.record());
    server.txt("_dmarc.example", "v=DMARC1; p=reject");
    server.txt("_dmarc.shop.example", "v=DMARC1; p=reject");
    let raw = String::from_utf8(sealed(&key, MESSAGE)).unwrap();
    for (changed, what) in [
        (raw.replace("Where is it?", "Where is IT?"), "the body"),
        (raw.replace("My parcel", "My password"), "a header"),
        (raw.replace("From: Ann", "From: Bob"), "the From"),
        (
            raw.replace("\r\nTo:", "\r\nReply-To: eve@evil.example\r\nTo:"),
            "an added Reply-To",
        ),
    ] {
        let seen = verdict(&server, changed.as_bytes(), &ours("192.0.2.1")).await;
        assert!(!seen.proves_from(), "{what}: {seen:?}");
        assert_eq!(
            (seen.dmarc, seen.policy),
            (Outcome::Fail, Some(Policy::Reject)),
            "{what}"
        );
    }
    // Blanks at the end of lines and of the message are changed on the way and mean nothing.
    let wrapped = raw.replace("Where is it?\r\n\r\n\r\n", "Where is it? \r\n");
    assert!(
        verdict(&server, wrapped.as_bytes(), &ours("192.0.2.1"))
            .await
            .proves_from()
    );
}

#[tokio::test]
async fn a_second_from_proves_nothing() {
    let server = NameServer::start().await;
    let key = ed25519();
    server.txt("shop.example", "v=spf1 ip4:192.0.2.1 -all");
    server.txt("s1._domainkey.shop.example", &key.record());
    let raw = String::from_utf8(sealed(&key, MESSAGE)).unwrap();
    for raw in [
        format!("From: ceo@bank.example\r\n{raw}"),
        raw.replace("\r\n\r\nWhere", "\r\nFrom: ceo@bank.example\r\n\r\nWhere"),
        raw.replace("<ann@shop.example>", "<ann@shop.example>, ceo@bank.example"),
    ] {
        let seen = verdict(&server, raw.as_bytes(), &ours("192.0.2.1")).await;
        assert!(!seen.proves_from(), "{seen:?}");
    }
}

#[tokio::test]
async fn a_signature_that_leaves_the_from_open_counts_for_nothing() {
    let server = NameServer::start().await;
    let key = ed25519();
    server.txt("s1._domainkey.shop.example", &key.record());
    let raw = String::from_utf8(sealed(&key, MESSAGE)).unwrap();
    let open = raw.replace(":From", "");
    let seen = verdict(&server, open.as_bytes(), &ours("192.0.2.1")).await;
    assert_eq!((seen.dkim, seen.aligned_domain), (Outcome::None, None));
}

#[tokio::test]
async fn without_a_dmarc_record_a_domain_is_proven_by_itself_or_its_parent() {
    let server = NameServer::start().await;
    let key = ed25519();
    server.txt("s1._domainkey.shop.example", &key.record());
    for (from, proven) in [
        ("ann@shop.example", true),
        ("ann@orders.shop.example", true),
        ("ann@other.example", false),
        ("ann@notshop.example", false),
        ("ann@example", false),
    ] {
        let raw = sealed(&key, &MESSAGE.replace("ann@shop.example", from));
        let seen = verdict(&server, &raw, &ours("192.0.2.1")).await;
        assert_eq!((seen.dkim, seen.proves_from()), (Outcome::Pass, proven), "{from}");
    }
}

#[tokio::test]
async fn the_null_sender_is_judged_by_its_greeting() {
    let server = NameServer::start().await;
    server.txt("mail.shop.example", "v=spf1 ip4:192.0.2.1 -all");
    let envelope = Envelope {
        sender: "",
        ..ours("192.0.2.1")
    };
    let seen = verdict(&server, MESSAGE.as_bytes(), &envelope).await;
    assert_eq!(
        (seen.spf, seen.spf_domain.as_deref()),
        (Outcome::Pass, Some("mail.shop.example"))
    );
}

#[tokio::test]
async fn name_servers_that_fail_are_told_from_records_that_are_missing() {
    let server = NameServer::start().await;
    let key = ed25519();
    for name in [
        "shop.example",
        "s1._domainkey.shop.example",
        "_dmarc.shop.example",
    ] {
        server.fail(name);
    }
    let seen = verdict(&server, &sealed(&key, MESSAGE), &ours("192.0.2.1")).await;
    assert_eq!(
        (seen.spf, seen.dkim, seen.dmarc, seen.aligned_domain),
        (Outcome::TempError, Outcome::TempError, Outcome::TempError, None)
    );
    let empty = NameServer::start().await;
    let seen = verdict(&empty, &sealed(&key, MESSAGE), &ours("192.0.2.1")).await;
    assert_eq!(
        (seen.spf, seen.dkim, seen.dmarc),
        (Outcome::None, Outcome::PermError, Outcome::None)
    );
}

#[tokio::test]
async fn a_silent_name_server_costs_no_more_than_the_limit() {
    let server = NameServer::start().await;
    server.txt("shop.example", "v=spf1 ip4:192.0.2.1 -all");
    server.silence("_dmarc.shop.example");
    let resolver = Resolver::at(server.address).unwrap();
    let limit = Duration::from_millis(300);
    let seen = authenticity::check(&resolver, MESSAGE.as_bytes(), &ours("192.0.2.1"), limit).await;
    assert_eq!(
        (seen.spf, seen.dmarc, seen.aligned_domain),
        (Outcome::Pass, Outcome::TempError, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_breaks_the_check() {
    let server = NameServer::start().await;
    let long = format!("{MESSAGE}{}", "line of a long message\r\n".repeat(50_000));
    let signatures =
        "DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=x; h=from; bh=AA==; b=AA==\r\n".repeat(500);
    for raw in [
        String::new(),
        "From".into(),
        "\r\n\r\n".into(),
        "From: @\r\n\r\n".into(),
        "DKIM-Signature: v=1; a=rsa-sha256; d=; s=; h=from; bh=; b=\r\nFrom: a@b.c\r\n\r\n".into(),
        format!("{signatures}{MESSAGE}"),
        long,
        format!("X: {}\r\n{MESSAGE}", "x".repeat(2 << 20)),
    ] {
        let seen = verdict(&server, raw.as_bytes(), &ours("192.0.2.1")).await;
        assert!(!seen.proves_from());
    }
}

#[tokio::test]
async fn keys_of_other_programs_sign_and_are_kept() {
    let Some(rsa) = openssl(&["genrsa", "2048"]) else {
        println!("skipped: openssl is not installed");
        return;
    };
    let traditional = openssl(&["genrsa", "-traditional", "2048"]);
    let ed = openssl(&["genpkey", "-algorithm", "ed25519"]).unwrap();
    for (pem, algorithm) in [
        (Some(rsa), DkimAlgorithm::Rsa),
        (traditional, DkimAlgorithm::Rsa),
        (Some(ed), DkimAlgorithm::Ed25519),
    ] {
        let key = DkimKey::from_pem(&pem.unwrap()).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        let kept = DkimKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(kept.record(), key.record());
        let server = NameServer::start().await;
        server.txt("s1._domainkey.shop.example", &key.record());
        let seen = verdict(&server, &sealed(&kept, MESSAGE), &ours("192.0.2.1")).await;
        assert_eq!(seen.dkim, Outcome::Pass, "{algorithm:?}");
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
}

#[test]
fn unusable_keys_are_refused_with_a_reason() {
    for (pem, wanted) in [
        (Some(Secret::new("")), DkimKeyError::NotPem),
        (
            Some(Secret::new(
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            )),
            DkimKeyError::Invalid,
        ),
        (openssl(&["genrsa", "1024"]), DkimKeyError::TooShort),
        (
            openssl(&["ecparam", "-genkey", "-noout", "-name", "prime256v1"]),
            DkimKeyError::Unsupported,
        ),
        (
            openssl(&[
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ]),
            DkimKeyError::Unsupported,
        ),
        (
            openssl(&["genrsa", "-aes128", "-passout", "pass:x", "2048"]),
            DkimKeyError::Unsupported,
        ),
    ] {
        if let Some(pem) = pem {
            assert_eq!(DkimKey::from_pem(&pem).unwrap_err(), wanted, "{}", wanted.code());
        }
    }
    let key = ed25519();
    assert_eq!(
        Signer::new(&key, "no domain", "s").unwrap_err(),
        SignError::Domain
    );
    assert_eq!(
        Signer::new(&key, "shop.example", "a b").unwrap_err(),
        SignError::Selector
    );
    let signer = Signer::new(&key, "shop.example", "s").unwrap();
    assert_eq!(signer.sign(b"Subject: x\r\n\r\n").unwrap_err(), SignError::NoFrom);
}

async fn report(
    server: &NameServer,
    dkim: &[(&str, Option<String>)],
    host: Option<&str>,
    ips: &[&str],
) -> Vec<Finding> {
    let resolver = Resolver::at(server.address).unwrap();
    let ips: Vec<IpAddr> = ips.iter().map(|ip| ip.parse().unwrap()).collect();
    let asked = Asked {
        domain: "Shop.Example",
        dkim,
        sending_host: host,
        sending_ips: &ips,
    };
    dns_check::check(&resolver, &asked, LIMIT).await.findings
}

fn of(findings: &[Finding], check: Check) -> (State, Code, Option<&str>) {
    let finding = findings.iter().find(|finding| finding.check == check).unwrap();
    let wanted = finding.wanted.as_ref().map(|record| record.value.as_str());
    (finding.state, finding.code, wanted)
}

#[tokio::test]
async fn a_domain_without_records_is_told_what_to_publish() {
    let server = NameServer::start().await;
    let key = ed25519();
    let keys = [("s1", Some(key.record()))];
    let findings = report(&server, &keys, Some("mail.shop.example"), &["192.0.2.1"]).await;
    let (state, code, wanted) = of(&findings, Check::Spf);
    assert_eq!(
        (state, code, wanted),
        (
            State::Missing,
            Code::SpfMissing,
            Some("v=spf1 ip4:192.0.2.1 ~all")
        )
    );
    let (_, code, wanted) = of(&findings, Check::Dkim);
    assert_eq!((code, wanted), (Code::DkimMissing, Some(key.record().as_str())));
    let (_, code, wanted) = of(&findings, Check::Dmarc);
    assert_eq!(
        (code, wanted),
        (
            Code::DmarcMissing,
            Some("v=DMARC1; p=none; rua=mailto:postmaster@shop.example")
        )
    );
    assert_eq!(of(&findings, Check::Mx).1, Code::MxMissing);
    let (_, code, wanted) = of(&findings, Check::ReverseDns);
    assert_eq!((code, wanted), (Code::ReverseMissing, Some("mail.shop.example.")));
}

#[tokio::test]
async fn what_was_wanted_is_good_once_it_is_published() {
    let server = NameServer::start().await;
    let key = ed25519();
    let keys = [("s1", Some(key.record()))];
    server.mx("shop.example", 10, "mail.shop.example");
    server.address("mail.shop.example", "192.0.2.1");
    server.reverse("192.0.2.1", "mail.shop.example");
    // The same resolver asked before there was anything.
    for _ in 0..2 {
        let findings = report(&server, &keys, Some("mail.shop.example"), &[]).await;
        for wanted in findings.iter().filter_map(|finding| finding.wanted.as_ref()) {
            server.txt(&wanted.name, &wanted.value);
        }
    }
    let findings = report(&server, &keys, Some("mail.shop.example"), &[]).await;
    let seen: Vec<_> = findings
        .iter()
        .map(|finding| (finding.check, finding.code))
        .collect();
    assert_eq!(
        seen,
        [
            (Check::Spf, Code::Ok),
            (Check::Dkim, Code::Ok),
            (Check::Dmarc, Code::DmarcOnlyWatches),
            (Check::Mx, Code::Ok),
            (Check::ReverseDns, Code::Ok),
        ]
    );
}

#[tokio::test]
async fn every_mistake_in_spf_has_its_code() {
    let many: Vec<String> = (0..11).map(|n| format!("a:h{n}.example")).collect();
    let many = format!("v=spf1 {} -all", many.join(" "));
    for (records, code) in [
        (vec!["v=spf1 ip4:192.0.2.1 -all"], Code::Ok),
        (vec!["v=spf1 ip4:192.0.2.9 -all"], Code::SpfHostNotAllowed),
        (vec!["v=spf1 -all", "v=spf1 mx -all"], Code::SpfSeveral),
        (vec!["v=spf1 ipv4:192.0.2.1 -all"], Code::SpfInvalid),
        (vec!["v=spf1 include:nothing.example -all"], Code::SpfInvalid),
        (vec!["v=spf1 +all"], Code::SpfAllowsAll),
        (vec!["v=spf1 ip4:192.0.2.1"], Code::SpfWithoutEnd),
        (vec![many.as_str()], Code::SpfTooManyLookups),
        (vec!["v=spf1 include:loop.example -all"], Code::SpfTooManyLookups),
        (vec!["google-site-verification=x"], Code::SpfMissing),
    ] {
        let server = NameServer::start().await;
        server.txt("loop.example", "v=spf1 include:loop.example -all");
        for record in &records {
            server.txt("shop.example", record);
        }
        let findings = report(&server, &[], None, &["192.0.2.1"]).await;
        assert_eq!(of(&findings, Check::Spf).1, code, "{records:?}");
    }
}

#[tokio::test]
async fn a_provider_is_allowed_by_its_own_mechanism() {
    let server = NameServer::start().await;
    server.txt("shop.example", "v=spf1 mx -all");
    let findings = report(&server, &[], Some("smtp.exmail.qq.com"), &[]).await;
    let (state, code, wanted) = of(&findings, Check::Spf);
    assert_eq!(
        (state, code, wanted),
        (
            State::Weak,
            Code::SpfHostNotAllowed,
            Some("v=spf1 include:spf.mail.qq.com mx -all")
        )
    );
    assert!(findings.iter().all(|finding| finding.check != Check::ReverseDns));
}

#[tokio::test]
async fn every_mistake_in_dkim_dmarc_mx_and_reverse_has_its_code() {
    let key = ed25519();
    let other = ed25519();
    for (record, code) in [
        (key.record(), Code::Ok),
        (key.record().replace("p=", "p= "), Code::Ok),
        (other.record(), Code::DkimOtherKey),
        ("v=DKIM1; k=rsa; p=".into(), Code::DkimRevoked),
        ("v=DKIM1; k=rsa".into(), Code::DkimInvalid),
        (format!("{}; t=y", key.record()), Code::DkimTestMode),
    ] {
        let server = NameServer::start().await;
        server.txt("s1._domainkey.shop.example", &record);
        let findings = report(&server, &[("s1", Some(key.record()))], None, &[]).await;
        assert_eq!(of(&findings, Check::Dkim).1, code, "{record}");
    }
    for (records, code) in [
        (vec!["v=DMARC1; p=reject"], Code::Ok),
        (vec!["v=DMARC1; p=none"], Code::DmarcOnlyWatches),
        (vec!["v=DMARC1; p=rejekt"], Code::DmarcInvalid),
        (vec!["v=DMARC1; rua=mailto:a@b.c"], Code::DmarcInvalid),
        (vec!["v=DMARC1; p=none", "v=DMARC1; p=reject"], Code::DmarcSeveral),
    ] {
        let server = NameServer::start().await;
        for record in &records {
            server.txt("_dmarc.shop.example", record);
        }
        let findings = report(&server, &[], None, &[]).await;
        assert_eq!(of(&findings, Check::Dmarc).1, code, "{records:?}");
    }
    let server = NameServer::start().await;
    server.mx("shop.example", 0, ".");
    server.reverse("192.0.2.1", "elsewhere.example");
    server.fail("_dmarc.shop.example");
    let findings = report(&server, &[], None, &["192.0.2.1", "10.0.0.1"]).await;
    assert_eq!(of(&findings, Check::Mx).1, Code::MxRefusesMail);
    assert_eq!(of(&findings, Check::ReverseDns).1, Code::ReverseMismatch);
    assert_eq!(
        findings
            .iter()
            .filter(|finding| finding.check == Check::ReverseDns)
            .count(),
        1
    );
    assert_eq!(
        (of(&findings, Check::Dmarc).0, of(&findings, Check::Dmarc).1),
        (State::Unknown, Code::DnsFailed)
    );
    let server = NameServer::start().await;
    server.mx("shop.example", 10, "gone.example");
    let findings = report(&server, &[], Some("gone.example"), &[]).await;
    assert_eq!(of(&findings, Check::Mx).1, Code::MxUnresolvable);
    assert_eq!(of(&findings, Check::ReverseDns).1, Code::HostUnknown);
}
