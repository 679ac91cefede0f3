//! The conversation: which command may come when, and what each is answered.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use smtp_proto::{MailFrom, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::content::Content;
use super::wire::{Line, Wire};
use super::{DropError, Envelope, MailDrop, Protocol, Recipient, SessionSettings};

/// After so many mistakes a client is guessing or attacking.
const MAX_MISTAKES: u32 = 20;
/// A sender with a long stale list is not an attacker; one who guesses names is.
const MAX_UNKNOWN: u32 = 100;

const STOPPING: &str = "421 4.3.2 The server is shutting down, please try again";
const IDLE: &str = "421 4.4.2 Too long silent, closing";
const BAD_SEQUENCE: &str = "503 5.5.1 Bad sequence of commands";

pub(super) enum End {
    Closed,
    StartTls,
}

enum Next {
    Continue,
    End(End),
}

pub(super) struct Session<'a, S> {
    wire: Wire<S>,
    peer: Option<SocketAddr>,
    settings: &'a SessionSettings,
    drop: &'a dyn MailDrop,
    stop: CancellationToken,
    encrypted: bool,
    helo: Option<String>,
    /// After MAIL; empty for the null sender.
    from: Option<String>,
    recipients: Vec<String>,
    mistakes: u32,
    unknown: u32,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin + Send> Session<'a, S> {
    pub(super) fn new(
        stream: S,
        peer: Option<SocketAddr>,
        settings: &'a SessionSettings,
        drop: &'a dyn MailDrop,
        stop: CancellationToken,
        encrypted: bool,
    ) -> Self {
        Session {
            wire: Wire::new(stream),
            peer,
            settings,
            drop,
            stop,
            encrypted,
            helo: None,
            from: None,
            recipients: Vec::new(),
            mistakes: 0,
            unknown: 0,
        }
    }

    pub(super) fn into_stream(self) -> S {
        self.wire.into_stream()
    }

    pub(super) fn greet(&mut self) {
        let protocol = if self.settings.protocol == Protocol::Lmtp {
            "LMTP"
        } else {
            "ESMTP"
        };
        self.wire
            .reply(&format!("220 {} {protocol}", self.settings.hostname));
    }

    pub(super) async fn run(&mut self) -> io::Result<End> {
        loop {
            let Some(line) = self.next_line().await? else {
                return Ok(End::Closed);
            };
            if let Next::End(end) = self.answer(line).await? {
                self.wire.flush().await?;
                return Ok(end);
            }
            if self.mistakes > MAX_MISTAKES || self.unknown > MAX_UNKNOWN {
                self.wire.reply("421 4.7.0 Too many errors, closing");
                self.wire.flush().await?;
                return Ok(End::Closed);
            }
        }
    }

    /// `None` when the session is over: the client left, idled, or we stop.
    async fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            if self.stop.is_cancelled() {
                return self.part(STOPPING).await;
            }
            if let Some(line) = self.wire.buffered_line() {
                return Ok(Some(line));
            }
            let flushing = tokio::time::timeout(self.settings.idle_timeout, self.wire.flush());
            let Ok(flushed) = flushing.await else {
                return Ok(None);
            };
            flushed?;
            let stop = self.stop.clone();
            let filled = tokio::select! {
                biased;
                () = stop.cancelled() => return self.part(STOPPING).await,
                filled = tokio::time::timeout(self.settings.idle_timeout, self.wire.fill()) => filled,
            };
            match filled {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ok(None),
                Ok(Err(error)) if is_hang_up(&error) => return Ok(None),
                Ok(Err(error)) => return Err(error),
                Err(_) => return self.part(IDLE).await,
            }
        }
    }

    async fn part(&mut self, reply: &str) -> io::Result<Option<Line>> {
        self.wire.reply(reply);
        // The client may be gone or not reading: either way this is the end.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), self.wire.flush()).await;
        Ok(None)
    }

    async fn answer(&mut self, line: Line) -> io::Result<Next> {
        let Line::Complete(line) = line else {
            self.mistake("500 5.5.2 Line too long");
            return Ok(Next::Continue);
        };
        let request = Request::parse(&mut line.iter());
        match request {
            Ok(Request::Ehlo { host }) if self.settings.protocol == Protocol::Smtp => self.hello(&host),
            Ok(Request::Lhlo { host }) if self.settings.protocol == Protocol::Lmtp => self.hello(&host),
            Ok(Request::Helo { host }) if self.settings.protocol == Protocol::Smtp => self.plain_hello(&host),
            Ok(Request::Mail { from }) => self.mail(&from),
            Ok(Request::Rcpt { to }) => self.recipient(&to.address).await,
            Ok(Request::Data) => return self.data().await,
            Ok(Request::Rset) => {
                self.reset();
                self.wire.reply("250 2.0.0 Reset");
            }
            Ok(Request::Noop { .. }) => self.wire.reply("250 2.0.0 Ok"),
            Ok(Request::Vrfy { .. }) => self.wire.reply("252 2.1.5 Send some mail, we will see"),
            Ok(Request::Help { .. }) => self.wire.reply("214 2.0.0 RFC 5321"),
            Ok(Request::StartTls) => return Ok(self.start_tls()),
            Ok(Request::Quit) => {
                self.wire.reply("221 2.0.0 Bye");
                return Ok(Next::End(End::Closed));
            }
            // Its content would follow and be read as commands.
            Ok(Request::Bdat { .. } | Request::Burl { .. }) => {
                self.wire.reply("502 5.5.1 Not offered, closing");
                return Ok(Next::End(End::Closed));
            }
            Ok(_) => self.mistake("502 5.5.1 Command not implemented"),
            Err(error) => self.refuse(&error),
        }
        Ok(Next::Continue)
    }

    fn refuse(&mut self, error: &smtp_proto::Error) {
        self.mistake(match error {
            smtp_proto::Error::UnknownCommand => "500 5.5.1 Command unknown",
            smtp_proto::Error::InvalidSenderAddress => "553 5.1.7 Sender address not understood",
            smtp_proto::Error::InvalidRecipientAddress => "553 5.1.3 Recipient address not understood",
            smtp_proto::Error::UnsupportedParameter { .. } => "555 5.5.4 Parameter not supported",
            smtp_proto::Error::InvalidParameter { .. } => "501 5.5.4 Parameter not understood",
            _ => "501 5.5.2 Syntax error",
        });
    }

    fn mistake(&mut self, reply: &str) {
        self.mistakes += 1;
        self.wire.reply(reply);
    }

    fn reset(&mut self) {
        self.from = None;
        self.recipients.clear();
    }

    fn hello(&mut self, host: &str) {
        self.reset();
        self.helo = Some(host.to_owned());
        self.wire.reply(&format!("250-{}", self.settings.hostname));
        for capability in ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"] {
            self.wire.reply(&format!("250-{capability}"));
        }
        if self.settings.tls.is_some() && !self.encrypted {
            self.wire.reply("250-STARTTLS");
        }
        self.wire.reply(&format!("250 SIZE {}", self.settings.max_bytes));
    }

    fn plain_hello(&mut self, host: &str) {
        self.reset();
        self.helo = Some(host.to_owned());
        self.wire.reply(&format!("250 {}", self.settings.hostname));
    }

    fn start_tls(&mut self) -> Next {
        if self.encrypted || self.settings.tls.is_none() {
            self.mistake("502 5.5.1 TLS not offered");
            return Next::Continue;
        }
        self.wire.reply("220 2.0.0 Go ahead");
        Next::End(End::StartTls)
    }

    fn mail(&mut self, from: &MailFrom<std::borrow::Cow<'_, str>>) {
        if self.helo.is_none() || self.from.is_some() {
            return self.mistake(BAD_SEQUENCE);
        }
        if from.size > self.settings.max_bytes {
            return self.wire.reply("552 5.3.4 Message too large");
        }
        let address = from.address.trim();
        self.from = Some(address.to_owned());
        self.wire.reply("250 2.1.0 Ok");
    }

    async fn recipient(&mut self, address: &str) {
        if self.from.is_none() {
            return self.mistake(BAD_SEQUENCE);
        }
        if self.recipients.len() >= self.settings.max_recipients {
            return self.wire.reply("452 4.5.3 Too many recipients");
        }
        match self.drop.recipient(address).await {
            Ok(Recipient::Known) => {
                self.recipients.push(address.to_owned());
                self.wire.reply("250 2.1.5 Ok");
            }
            Ok(Recipient::Unknown) => {
                self.unknown += 1;
                self.wire.reply("550 5.1.1 No such mailbox here");
            }
            Err(error) => self.wire.reply(&refusal(&error)),
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.from.is_none() || self.recipients.is_empty() {
            self.mistake("503 5.5.1 No valid recipients");
            return Ok(Next::Continue);
        }
        self.wire.reply("354 End data with <CR><LF>.<CR><LF>");
        self.wire.flush().await?;
        let Some(content) = self.content().await? else {
            return Ok(Next::End(End::Closed));
        };
        let answer = match content.finish() {
            Some(raw) => self.store(raw).await,
            None => "552 5.3.4 Message too large".to_owned(),
        };
        let answers = if self.settings.protocol == Protocol::Lmtp {
            self.recipients.len()
        } else {
            1
        };
        for _ in 0..answers {
            self.wire.reply(&answer);
        }
        self.reset();
        Ok(Next::Continue)
    }

    /// `None` when the client left or idled before the end: such a message was never ours.
    async fn content(&mut self) -> io::Result<Option<Content>> {
        let mut content = Content::new(self.settings.max_bytes);
        loop {
            let (taken, done) = content.take(self.wire.buffered());
            self.wire.consume(taken);
            if done {
                return Ok(Some(content));
            }
            match tokio::time::timeout(self.settings.idle_timeout, self.wire.fill()).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ok(None),
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    self.part(IDLE).await?;
                    return Ok(None);
                }
            }
        }
    }

    async fn store(&mut self, raw: Vec<u8>) -> String {
        let envelope = Envelope {
            from: self.from.clone().filter(|address| !address.is_empty()),
            recipients: self.recipients.clone(),
            helo: self.helo.clone().unwrap_or_default(),
            peer: self.peer,
            encrypted: self.encrypted,
        };
        match self.drop.store(&envelope, Bytes::from(raw)).await {
            Ok(()) => "250 2.0.0 Stored".to_owned(),
            Err(error) => refusal(&error),
        }
    }
}

/// The reason in words that cannot break out of the reply line.
fn refusal(error: &DropError) -> String {
    let (code, reason) = match error {
        DropError::Temporary(reason) => ("451 4.3.0", reason),
        DropError::Refused(reason) => ("554 5.7.1", reason),
    };
    let reason: String = reason
        .chars()
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
        .take(200)
        .collect();
    format!("{code} {reason}")
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof
    )
}
