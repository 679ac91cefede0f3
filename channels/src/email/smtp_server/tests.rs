//! Sessions driven by a client written by hand, and by lettre over TLS.

use std::sync::Mutex;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;

/// Knows `@desk.example` but for `unknown@` and `later@`; stores in memory.
#[derive(Default)]
struct Mailbox {
    stored: Mutex<Vec<(Envelope, Bytes)>>,
    fails: Option<DropError>,
}

#[async_trait]
impl MailDrop for Mailbox {
    async fn recipient(&self, address: &str) -> Result<Recipient, DropError> {
        match address {
            "later@desk.example" => Err(DropError::Temporary("the database is away".into())),
            "unknown@desk.example" => Ok(Recipient::Unknown),
            _ if address.ends_with("@desk.example") => Ok(Recipient::Known),
            _ => Ok(Recipient::Unknown),
        }
    }

    async fn store(&self, envelope: &Envelope, raw: &mut dyn RawStream) -> Result<(), DropError> {
        if let Some(error) = &self.fails {
            return Err(error.clone());
        }
        let raw = read_whole(raw).await?;
        self.stored.lock().unwrap().push((envelope.clone(), raw));
        Ok(())
    }
}

fn settings(protocol: Protocol) -> SessionSettings {
    SessionSettings {
        hostname: "mx.desk.example".into(),
        protocol,
        max_bytes: 10_000,
        tls: None,
        idle_timeout: Duration::from_secs(5),
        content_timeout: Duration::from_secs(5),
        session_timeout: Duration::from_mins(1),
        max_recipients: 3,
    }
}

/// Sends everything at once, as a pipelining client may; gives all replies and what was stored.
async fn converse(settings: SessionSettings, mailbox: &Mailbox, input: &str) -> String {
    let (mut client, server) = tokio::io::duplex(256);
    let session = serve_session(server, None, &settings, mailbox, CancellationToken::new());
    let talk = async {
        let (mut reader, mut writer) = tokio::io::split(&mut client);
        let mut replies = String::new();
        let write = async {
            let _ = writer.write_all(input.as_bytes()).await;
            let _ = writer.shutdown().await;
        };
        let ((), read) = tokio::join!(write, reader.read_to_string(&mut replies));
        let _ = read;
        replies
    };
    let (ended, replies) = tokio::join!(session, talk);
    let _ = ended;
    replies
}

fn codes(replies: &str) -> Vec<&str> {
    replies
        .lines()
        .filter(|line| line.as_bytes().get(3) == Some(&b' '))
        .map(|line| &line[..3])
        .collect()
}

const OPENING: &str =
    "EHLO client.example\r\nMAIL FROM:<ann@shop.example>\r\nRCPT TO:<help@desk.example>\r\n";

#[tokio::test]
async fn a_message_is_stored_before_it_is_acknowledged() {
    let mailbox = Mailbox::default();
    let replies = converse(
        settings(Protocol::Smtp),
        &mailbox,
        &format!("{OPENING}DATA\r\nSubject: hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n"),
    )
    .await;
    assert_eq!(
        codes(&replies),
        ["220", "250", "250", "250", "354", "250", "221"],
        "{replies}"
    );
    let stored = mailbox.stored.lock().unwrap();
    assert_eq!(&stored[0].1[..], b"Subject: hi\r\n\r\n.dot\r\n");
    assert_eq!(stored[0].0.from.as_deref(), Some("ann@shop.example"));
    assert_eq!(stored[0].0.recipients, ["help@desk.example"]);
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_acknowledged() {
    for (error, code) in [
        (
            DropError::Temporary("disk full\r\n250 fooled".into()),
            "451 4.3.0 disk full??250 fooled",
        ),
        (DropError::Refused("not today".into()), "554 5.7.1 not today"),
    ] {
        let mailbox = Mailbox {
            fails: Some(error),
            ..Mailbox::default()
        };
        let replies = converse(
            settings(Protocol::Smtp),
            &mailbox,
            &format!("{OPENING}DATA\r\nx\r\n.\r\nQUIT\r\n"),
        )
        .await;
        assert!(replies.contains(code), "{replies}");
        assert_eq!(codes(&replies).last(), Some(&"221"));
    }
}

#[tokio::test]
async fn recipients_are_known_unknown_or_unclear_and_never_relayed() {
    let mailbox = Mailbox::default();
    let input = "EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<unknown@desk.example>\r\nRCPT TO:<someone@elsewhere.example>\r\nRCPT TO:<later@desk.example>\r\nDATA\r\nRCPT TO:<a@desk.example>\r\nRCPT TO:<b@desk.example>\r\nRCPT TO:<c@desk.example>\r\nRCPT TO:<d@desk.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
    let replies = converse(settings(Protocol::Smtp), &mailbox, input).await;
    let wanted = [
        "220", "250", "250", "550", "550", "451", "503", "250", "250", "250", "452", "354", "250", "221",
    ];
    assert_eq!(codes(&replies), wanted, "{replies}");
    let stored = mailbox.stored.lock().unwrap();
    assert_eq!(stored[0].0.from, None);
    assert_eq!(stored[0].0.recipients.len(), 3);
}

#[tokio::test]
async fn lmtp_answers_once_per_recipient() {
    let mailbox = Mailbox::default();
    let input = "LHLO c\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@desk.example>\r\nRCPT TO:<unknown@desk.example>\r\nRCPT TO:<b@desk.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
    let replies = converse(settings(Protocol::Lmtp), &mailbox, input).await;
    assert_eq!(
        codes(&replies),
        [
            "220", "250", "250", "250", "550", "250", "354", "250", "250", "221"
        ]
    );
    assert_eq!(mailbox.stored.lock().unwrap().len(), 1);
    let wrong = converse(settings(Protocol::Lmtp), &mailbox, "EHLO c\r\nQUIT\r\n").await;
    assert_eq!(codes(&wrong), ["220", "502", "221"]);
}

#[tokio::test]
async fn too_large_messages_are_refused_and_the_session_goes_on() {
    let mailbox = Mailbox::default();
    let big = "x".repeat(20_000);
    let input = format!(
        "EHLO c\r\nMAIL FROM:<a@b.c> SIZE=20000\r\n{OPENING}DATA\r\n{big}\r\n.\r\n{OPENING}DATA\r\nsmall\r\n.\r\nQUIT\r\n"
    );
    let replies = converse(settings(Protocol::Smtp), &mailbox, &input).await;
    assert!(replies.contains("552 5.3.4"));
    let wanted = [
        "220", "250", "552", "250", "250", "250", "354", "552", "250", "250", "250", "354", "250", "221",
    ];
    assert_eq!(codes(&replies), wanted);
    assert_eq!(mailbox.stored.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn smuggled_ends_stay_content() {
    let mailbox = Mailbox::default();
    let smuggled =
        "x\n.\nMAIL FROM:<evil@e.e>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\ny\n.\r\nz\r\n.\r\nQUIT\r\n";
    let replies = converse(
        settings(Protocol::Smtp),
        &mailbox,
        &format!("{OPENING}DATA\r\n{smuggled}"),
    )
    .await;
    assert_eq!(codes(&replies), ["220", "250", "250", "250", "354", "250", "221"]);
    assert_eq!(mailbox.stored.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn mistakes_are_answered_and_many_end_the_session() {
    let mailbox = Mailbox::default();
    let mut input = format!(
        "MAIL FROM:<a@b.c>\r\nNONSENSE\r\nVRFY x\r\nNOOP\r\n{}\r\n",
        "y".repeat(9000)
    );
    let few = converse(settings(Protocol::Smtp), &mailbox, &format!("{input}QUIT\r\n")).await;
    assert_eq!(codes(&few), ["220", "503", "500", "252", "250", "500", "221"]);
    input.push_str(&"NONSENSE\r\n".repeat(100));
    let many = converse(settings(Protocol::Smtp), &mailbox, &input).await;
    assert!(many.trim_end().ends_with("421 4.7.0 Too many errors, closing"));
}

#[tokio::test]
async fn silence_ends_the_session() {
    let mailbox = Mailbox::default();
    let settings = SessionSettings {
        idle_timeout: Duration::from_millis(50),
        ..settings(Protocol::Smtp)
    };
    let (mut client, server) = tokio::io::duplex(4096);
    let session = serve_session(server, None, &settings, &mailbox, CancellationToken::new());
    let mut replies = String::new();
    let (ended, _) = tokio::join!(session, client.read_to_string(&mut replies));
    assert!(ended.is_ok());
    assert_eq!(codes(&replies), ["220", "421"]);
}

#[tokio::test]
async fn a_trickle_of_content_ends_when_its_time_is_over() {
    let mailbox = Mailbox::default();
    let settings = SessionSettings {
        max_bytes: usize::MAX,
        content_timeout: Duration::from_millis(100),
        ..settings(Protocol::Smtp)
    };
    let (mut client, server) = tokio::io::duplex(4096);
    let session = serve_session(server, None, &settings, &mailbox, CancellationToken::new());
    let talk = async {
        client
            .write_all(format!("{OPENING}DATA\r\n").as_bytes())
            .await
            .unwrap();
        // A byte at a time, without end, is never silence.
        while client.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
        let mut replies = String::new();
        client.read_to_string(&mut replies).await.unwrap();
        replies
    };
    let (ended, replies) = tokio::join!(session, talk);
    assert!(ended.is_ok());
    assert_eq!(codes(&replies), ["220", "250", "250", "250", "354", "421"]);
    assert!(mailbox.stored.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_client_that_only_keeps_the_line_busy_is_asked_to_connect_again() {
    let mailbox = Mailbox::default();
    let settings = SessionSettings {
        session_timeout: Duration::from_millis(100),
        ..settings(Protocol::Smtp)
    };
    let (mut client, server) = tokio::io::duplex(4096);
    let session = serve_session(server, None, &settings, &mailbox, CancellationToken::new());
    let talk = async {
        let mut replies = String::new();
        while client.write_all(b"NOOP\r\n").await.is_ok() {
            replies.push_str(&reply(&mut client).await);
        }
        client.read_to_string(&mut replies).await.unwrap();
        replies
    };
    let (ended, replies) = tokio::join!(session, talk);
    assert!(ended.is_ok());
    assert!(replies.trim_end().ends_with("please connect again"), "{replies}");
}

#[tokio::test]
async fn what_the_desk_does_not_read_is_passed_over() {
    let mailbox = Mailbox {
        fails: Some(DropError::NoRoom("too much at once".into())),
        ..Mailbox::default()
    };
    let input = format!("{OPENING}DATA\r\n{}\r\n.\r\nNOOP\r\nQUIT\r\n", "x".repeat(9_000));
    let replies = converse(settings(Protocol::Smtp), &mailbox, &input).await;
    let wanted = ["220", "250", "250", "250", "354", "452", "250", "221"];
    assert_eq!(codes(&replies), wanted, "{replies}");
}

async fn reply(client: &mut DuplexStream) -> String {
    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer).await.unwrap();
    String::from_utf8_lossy(&buffer[..count]).into_owned()
}

#[tokio::test]
async fn stopping_waits_for_the_message_in_flight() {
    let mailbox = Mailbox::default();
    let settings = settings(Protocol::Smtp);
    let stop = CancellationToken::new();
    let (mut client, server) = tokio::io::duplex(4096);
    let session = serve_session(server, None, &settings, &mailbox, stop.clone());
    let talk = async {
        reply(&mut client).await;
        for command in OPENING.lines() {
            client
                .write_all(format!("{command}\r\n").as_bytes())
                .await
                .unwrap();
            reply(&mut client).await;
        }
        client.write_all(b"DATA\r\n").await.unwrap();
        assert!(reply(&mut client).await.starts_with("354"));
        stop.cancel();
        client.write_all(b"kept\r\n.\r\n").await.unwrap();
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        rest
    };
    let (ended, rest) = tokio::join!(session, talk);
    assert!(ended.is_ok());
    assert_eq!(codes(&rest), ["250", "421"]);
    assert_eq!(mailbox.stored.lock().unwrap().len(), 1);
}

fn certificate() -> (Arc<rustls::ServerConfig>, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), made.cert.der().to_vec())
}

#[tokio::test]
async fn lettre_delivers_over_starttls() {
    use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
    use lettre::{AsyncTransport, Message, Tokio1Executor};

    let (config, der) = certificate();
    let mailbox = Mailbox::default();
    let settings = SessionSettings {
        tls: Some(config),
        ..settings(Protocol::Smtp)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = async {
        let (stream, peer) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        serve_session(stream, Some(peer), &settings, &mailbox, CancellationToken::new())
            .await
            .unwrap();
    };
    let sending = async {
        let trust = TlsParameters::builder("localhost".to_owned())
            .add_root_certificate(Certificate::from_der(der).unwrap())
            .build()
            .unwrap();
        let transport = lettre::AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(port)
            .tls(Tls::Required(trust))
            .build();
        let message = Message::builder()
            .from("安 <ann@shop.example>".parse().unwrap())
            .to("help@desk.example".parse().unwrap())
            .subject("你好")
            .body(".leading dot\r\n..two".to_owned())
            .unwrap();
        transport.send(message).await.unwrap();
        transport.shutdown().await;
    };
    tokio::join!(serving, sending);
    let stored = mailbox.stored.lock().unwrap();
    assert!(stored[0].0.encrypted);
    let mail = crate::email::parse(&stored[0].1);
    assert_eq!(
        (mail.subject.as_str(), mail.text.trim()),
        ("你好", ".leading dot\n..two")
    );
}

#[tokio::test]
async fn commands_sent_along_with_starttls_are_dropped() {
    let (config, _) = certificate();
    let mailbox = Mailbox::default();
    let settings = SessionSettings {
        tls: Some(config),
        ..settings(Protocol::Smtp)
    };
    let injected = format!("EHLO c\r\nSTARTTLS\r\n{OPENING}DATA\r\nevil\r\n.\r\n");
    let replies = converse(settings, &mailbox, &injected).await;
    assert!(replies.contains("220 2.0.0 Go ahead"));
    assert!(mailbox.stored.lock().unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_input_breaks_a_session(lines in proptest::collection::vec("(EHLO|MAIL FROM:|RCPT TO:|DATA|RSET|\\.|<>|<a@desk.example>|[ -~]){0,4}", 0..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let replies = runtime.block_on(converse(settings(Protocol::Smtp), &Mailbox::default(), &format!("{}\r\n.\r\nQUIT\r\n", lines.join("\r\n"))));
        prop_assert!(replies.starts_with("220 "));
    }
}
