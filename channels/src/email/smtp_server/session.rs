//! The conversation: which command may come when, and what each is answered.

use std::io;
use std::net::SocketAddr;

use smtp_proto::{MailFrom, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::incoming::Incoming;
use super::wire::{Line, Wire};
use super::{ContentError, DropError, Envelope, MailDrop, Protocol, Recipient, SessionSettings};

/// After so many mistakes a client is guessing or attacking.
const MAX_MISTAKES: u32 = 20;
/// A sender with a long stale list is not an attacker; one who guesses names is.
const MAX_UNKNOWN: u32 = 100;

const STOPPING: &str = "421 4.3.2 The server is shutting down, please try again";
const IDLE: &str = "421 4.4.2 Too long silent, closing";
const TOO_SLOW: &str = "421 4.4.2 The message took too long, closing";
const TOO_LONG: &str = "421 4.4.2 This connection is old, please connect again";
const TOO_LARGE: &str = "552 5.3.4 Message too large";
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
    until: Instant,
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
            until: Instant::now() + settings.session_timeout,
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
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return self.part(TOO_LONG).await;
            }
            let flushing = timeout(self.settings.idle_timeout, self.wire.flush());
            let Ok(flushed) = flushing.await else {
                return Ok(None);
            };
            flushed?;
            let (stop, patience) = (self.stop.clone(), self.settings.idle_timeout.min(left));
            let filled = tokio::select! {
                biased;
                () = stop.cancelled() => return self.part(STOPPING).await,
                filled = timeout(patience, self.wire.fill()) => filled,
            };
            match filled {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ok(None),
                Ok(Err(error)) if is_hang_up(&error) => return Ok(None),
                Ok(Err(error)) => return Err(error),
                Err(_) if patience == left => return self.part(TOO_LONG).await,
                Err(_) => return self.part(IDLE).await,
            }
        }
    }

    async fn part(&mut self, reply: &str) -> io::Result<Option<Line>> {
        self.wire.reply(reply);
        // The client may be gone or not reading: either way this is the end.
        let _ = timeout(std::time::Duration::from_secs(5), self.wire.flush()).await;
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
            return self.wire.reply(TOO_LARGE);
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
        let (stored, ended) = self.store().await;
        let answer = match (ended, stored) {
            (Err(ContentError::Left), _) => return Ok(Next::End(End::Closed)),
            (Err(ContentError::TooSlow), _) => {
                self.part(TOO_SLOW).await?;
                return Ok(Next::End(End::Closed));
            }
            (Err(ContentError::TooLarge), _) => TOO_LARGE.to_owned(),
            (Ok(()), Ok(())) => "250 2.0.0 Stored".to_owned(),
            (Ok(()), Err(error)) => refusal(&error),
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

    /// What became of the message, and how its content ended: one that did not end well was never ours.
    async fn store(&mut self) -> (Result<(), DropError>, Result<(), ContentError>) {
        let envelope = Envelope {
            from: self.from.clone().filter(|address| !address.is_empty()),
            recipients: self.recipients.clone(),
            helo: self.helo.clone().unwrap_or_default(),
            peer: self.peer,
            encrypted: self.encrypted,
        };
        let mut incoming = Incoming::new(&mut self.wire, self.settings);
        let stored = self.drop.store(&envelope, &mut incoming).await;
        (stored, incoming.finish().await)
    }
}

/// The reason in words that cannot break out of the reply line.
fn refusal(error: &DropError) -> String {
    let (code, reason) = match error {
        DropError::Temporary(reason) => ("451 4.3.0", reason.as_str()),
        DropError::NoRoom(reason) => ("452 4.3.1", reason.as_str()),
        DropError::Refused(reason) => ("554 5.7.1", reason.as_str()),
        DropError::Content(_) => (
            "451 4.3.0",
            "the message was not read to its end, please try again",
        ),
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
