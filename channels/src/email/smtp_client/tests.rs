//! Sending to a scripted server that answers, refuses and dies at chosen places.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// How the scripted server behaves.
#[derive(Clone, Copy, Default)]
struct Script {
    dies_at: Option<&'static str>,
    mail: Option<&'static str>,
    data: Option<&'static str>,
    content: Option<&'static str>,
    auth: Option<&'static str>,
    no_pipelining: bool,
    silent_after_content: bool,
}

fn account(port: u16) -> SmtpAccount {
    SmtpAccount {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        username: None,
        password: None,
        oauth: false,
        timeout: Duration::from_millis(300),
        trust: Trust::default(),
        hello: "desk.example".into(),
    }
}

/// Serves connections until dropped; counts them and the messages taken.
async fn serve(listener: TcpListener, script: Script, connections: &AtomicUsize, messages: &AtomicUsize) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.fetch_add(1, Ordering::SeqCst);
        let _ = converse(stream, script, messages).await;
    }
}

async fn converse(stream: TcpStream, script: Script, messages: &AtomicUsize) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mx.example ready\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split_whitespace().next().unwrap_or_default().to_owned();
        if script.dies_at == Some(verb.as_str()) {
            return Ok(());
        }
        let reply = match verb.as_str() {
            "EHLO" if script.no_pipelining => "250-mx.example\r\n250 AUTH LOGIN",
            "EHLO" => "250-mx.example\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000",
            "AUTH" if script.no_pipelining => {
                stream.write_all(b"334 VXNlcm5hbWU6\r\n").await?;
                stream.read_line(&mut line).await?;
                stream.write_all(b"334 UGFzc3dvcmQ6\r\n").await?;
                stream.read_line(&mut line).await?;
                script.auth.unwrap_or("235 welcome")
            }
            "AUTH" => script.auth.unwrap_or("235 welcome"),
            "MAIL" => script.mail.unwrap_or("250 ok"),
            "RCPT" if line.contains("gone") => "550-5.1.1 no such\r\n550 5.1.1 user",
            "RCPT" if line.contains("full") => "452 4.2.2 mailbox full",
            "DATA" => {
                if let Some(refusal) = script.data {
                    refusal
                } else {
                    stream.write_all(b"354 go\r\n").await?;
                    if !take_content(&mut stream, script).await? {
                        return Ok(());
                    }
                    messages.fetch_add(1, Ordering::SeqCst);
                    script.content.unwrap_or("250 queued as 1")
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}

/// False when the script wants the connection to break.
async fn take_content(stream: &mut BufReader<TcpStream>, script: Script) -> std::io::Result<bool> {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || script.dies_at == Some("content") {
            return Ok(false);
        }
        if line == ".\r\n" {
            break;
        }
    }
    if script.silent_after_content {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await?;
        return Ok(false);
    }
    Ok(script.dies_at != Some("end"))
}

fn to(recipients: &[&str]) -> OutgoingEnvelope {
    let recipients = recipients.iter().map(|address| (*address).to_owned()).collect();
    OutgoingEnvelope {
        from: Some("desk@us.example".into()),
        recipients,
    }
}

struct Seen {
    report: SendReport,
    hook_ran: bool,
    messages: usize,
}

async fn send(script: Script, envelope: &OutgoingEnvelope) -> Seen {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pool = SmtpPool::new(account(listener.local_addr().unwrap().port()), 2);
    let (connections, messages, hooks) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let hook = async || {
        hooks.fetch_add(1, Ordering::SeqCst);
        Ok::<(), ()>(())
    };
    let report = tokio::select! {
        report = pool.send(envelope, b"Subject: x\r\n\r\n.body\r\n", hook) => report.unwrap(),
        () = serve(listener, script, &connections, &messages) => unreachable!(),
    };
    Seen {
        report,
        hook_ran: hooks.load(Ordering::SeqCst) == 1,
        messages: messages.load(Ordering::SeqCst),
    }
}

fn kinds(report: &SendReport) -> String {
    let letter = |delivery: &Delivery| match delivery {
        Delivery::Sent { .. } => 'S',
        Delivery::Temporary { .. } => 'T',
        Delivery::Permanent { .. } => 'P',
        Delivery::Uncertain { .. } => 'U',
    };
    report
        .recipients
        .iter()
        .map(|(_, delivery)| letter(delivery))
        .collect()
}

#[tokio::test]
async fn each_recipient_has_its_own_result() {
    for no_pipelining in [false, true] {
        let seen = send(
            Script {
                no_pipelining,
                ..Script::default()
            },
            &to(&["a@x.y", "gone@x.y", "full@x.y"]),
        )
        .await;
        assert_eq!(kinds(&seen.report), "SPT");
        assert!(seen.hook_ran);
        let Delivery::Permanent { code, text } = &seen.report.recipients[1].1 else {
            panic!()
        };
        assert_eq!((*code, text.as_str()), (Some(550), "5.1.1 no such 5.1.1 user"));
    }
}

#[tokio::test]
async fn the_phase_decides_whether_a_failure_is_certain() {
    let dies_at = |place| Script {
        dies_at: Some(place),
        ..Script::default()
    };
    let data = |reply| Script {
        data: Some(reply),
        ..Script::default()
    };
    let content = |reply| Script {
        content: Some(reply),
        ..Script::default()
    };
    let mail = |reply| Script {
        mail: Some(reply),
        ..Script::default()
    };
    for (script, wanted, hook_ran) in [
        (dies_at("EHLO"), "T", false),
        (dies_at("MAIL"), "T", false),
        (dies_at("RCPT"), "T", false),
        (dies_at("DATA"), "T", true),
        (dies_at("content"), "U", true),
        (dies_at("end"), "U", true),
        (
            Script {
                silent_after_content: true,
                ..Script::default()
            },
            "U",
            true,
        ),
        (data("451 later"), "T", true),
        (data("554 no"), "P", true),
        (content("452 disk full"), "T", true),
        (content("554 spam"), "P", true),
        (mail("451 later"), "T", false),
        (mail("552 too big"), "P", false),
    ] {
        let seen = send(script, &to(&["a@x.y"])).await;
        assert_eq!(kinds(&seen.report), wanted, "{:?}", seen.report);
        assert_eq!(seen.hook_ran, hook_ran, "{:?}", seen.report);
    }
}

#[tokio::test]
async fn nothing_is_sent_when_nobody_was_accepted() {
    let seen = send(Script::default(), &to(&["gone@x.y", "full@x.y"])).await;
    assert_eq!(
        (kinds(&seen.report).as_str(), seen.hook_ran, seen.messages),
        ("PT", false, 0)
    );
}

#[tokio::test]
async fn addresses_cannot_break_out_of_a_command() {
    let seen = send(Script::default(), &to(&["a@x.y>\r\nRCPT TO:<b@x.y"])).await;
    assert_eq!((kinds(&seen.report).as_str(), seen.messages), ("P", 0));
    let seen = send(Script::default(), &to(&["用户@例子.公司"])).await;
    assert_eq!(kinds(&seen.report), "P");
}

#[tokio::test]
async fn a_failing_hook_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pool = SmtpPool::new(account(listener.local_addr().unwrap().port()), 1);
    let (connections, messages) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let envelope = to(&["a@x.y"]);
    let failed = tokio::select! {
        failed = pool.send(&envelope, b"x", async || Err("no commit")) => failed,
        () = serve(listener, Script::default(), &connections, &messages) => unreachable!(),
    };
    assert_eq!(failed.unwrap_err(), "no commit");
    assert_eq!(messages.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn connections_are_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let pool = SmtpPool::new(account(listener.local_addr().unwrap().port()), 1);
    let (connections, messages) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let sending = async {
        for _ in 0..5 {
            let report = pool
                .send(&to(&["a@x.y"]), b"x", async || Ok::<(), ()>(()))
                .await
                .unwrap();
            assert_eq!(kinds(&report), "S");
        }
        pool.close().await;
    };
    tokio::select! {
        () = sending => {}
        () = serve(listener, Script::default(), &connections, &messages) => unreachable!(),
    }
    assert_eq!(
        (
            connections.load(Ordering::SeqCst),
            messages.load(Ordering::SeqCst)
        ),
        (1, 5)
    );
}

#[tokio::test]
async fn a_refused_password_is_the_accounts_trouble() {
    for no_pipelining in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut account = account(listener.local_addr().unwrap().port());
        account.username = Some("desk".into());
        account.password = Some(Secret::new("wrong"));
        let script = Script {
            auth: Some("535 5.7.8 bad credentials"),
            no_pipelining,
            ..Script::default()
        };
        let (connections, messages) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let pool = SmtpPool::new(account.clone(), 1);
        let talking = async {
            let report = pool
                .send(&to(&["a@x.y"]), b"x", async || Ok::<(), ()>(()))
                .await
                .unwrap();
            (report, probe(&account, None).await)
        };
        let (report, probed) = tokio::select! {
            both = talking => both,
            () = serve(listener, script, &connections, &messages) => unreachable!(),
        };
        assert_eq!(kinds(&report), "T");
        assert_eq!(report.account_error.unwrap().code(), "authentication");
        assert_eq!(probed.unwrap_err().code(), "authentication");
    }
}

#[tokio::test]
async fn a_probe_tells_in_codes_what_is_wrong() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = account(listener.local_addr().unwrap().port());
    let strict = SmtpAccount {
        security: Security::StartTls,
        ..good.clone()
    };
    let wrong = SmtpAccount {
        security: Security::Tls,
        ..good.clone()
    };
    let (connections, messages) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let script = Script {
        mail: Some("553 not your address"),
        ..Script::default()
    };
    let probing = async {
        let plain = probe(&good, None).await.unwrap();
        assert_eq!(
            (plain.server.as_str(), plain.max_bytes),
            ("mx.example ready", Some(1_000_000))
        );
        assert_eq!(
            probe(&good, Some("boss@x.y")).await.unwrap_err().code(),
            "sender_refused"
        );
        assert_eq!(probe(&strict, None).await.unwrap_err().code(), "no_starttls");
        assert_eq!(probe(&wrong, None).await.unwrap_err().code(), "tls");
    };
    tokio::select! {
        () = probing => {}
        () = serve(listener, script, &connections, &messages) => unreachable!(),
    }
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    assert_eq!(probe(&account(closed), None).await.unwrap_err().code(), "refused");
}

/// The server runs sends as tasks of its own, so their future must be `Send`.
#[test]
fn sending_can_move_between_threads() {
    fn sendable<T: Send>(_: T) {}
    let pool = SmtpPool::new(account(1), 1);
    let envelope = to(&["a@x.y"]);
    let text = String::from("borrowed");
    sendable(pool.send(
        &envelope,
        b"x",
        async || if text.is_empty() { Err(()) } else { Ok(()) },
    ));
}
