//! One conversation with a server: connecting, signing in, commands and replies.

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{AccountError, SmtpAccount};
use crate::Secret;
use crate::email::dial::{self, Security};
use crate::email::mail_stream::MailStream;
use crate::email::mime::charset;

const LONGEST_REPLY: usize = 100_000;

/// A server's answer; several lines joined by blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) text: String,
}

impl Reply {
    pub(super) fn is_positive(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

/// No reply was read: the connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("no answer in time")]
    Timeout,
    #[error("the connection was closed")]
    Closed,
    #[error("{0}")]
    Io(io::Error),
    #[error("not an SMTP reply: {0}")]
    Garbage(String),
}

impl From<Broken> for AccountError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Timeout => AccountError::Dial(dial::DialError::Timeout),
            Broken::Garbage(text) => AccountError::Protocol(text),
            other => AccountError::BrokenOff(other.to_string()),
        }
    }
}

pub(super) struct Connection {
    stream: MailStream,
    input: Vec<u8>,
    limit: Duration,
    greeting: String,
    /// The lines of the last EHLO reply, upper case.
    capabilities: Vec<String>,
}

impl Connection {
    pub(super) async fn open(account: &SmtpAccount) -> Result<Self, AccountError> {
        let tcp = dial::connect(&account.host, account.port, account.timeout).await?;
        let mut connection = match account.security {
            Security::None => Self::greeted(MailStream::Plain(tcp), account).await?,
            Security::Tls => {
                let tls = dial::encrypt(tcp, &account.host, &account.trust, account.timeout).await?;
                Self::greeted(tls, account).await?
            }
            Security::StartTls => Self::upgraded(tcp, account).await?,
        };
        connection.sign_in(account).await?;
        Ok(connection)
    }

    fn over(stream: MailStream, account: &SmtpAccount) -> Self {
        Connection {
            stream,
            input: Vec::new(),
            limit: account.timeout,
            greeting: String::new(),
            capabilities: Vec::new(),
        }
    }

    async fn greeted(stream: MailStream, account: &SmtpAccount) -> Result<Self, AccountError> {
        let mut connection = Self::over(stream, account);
        connection.read_greeting().await?;
        connection.hello(&account.hello).await?;
        Ok(connection)
    }

    async fn read_greeting(&mut self) -> Result<(), AccountError> {
        let reply = self.read_reply(self.limit).await?;
        if !reply.is_positive() {
            return Err(AccountError::BrokenOff(format!("{} {}", reply.code, reply.text)));
        }
        self.greeting = reply.text;
        Ok(())
    }

    async fn upgraded(tcp: TcpStream, account: &SmtpAccount) -> Result<Self, AccountError> {
        let mut plain = Self::greeted(MailStream::Plain(tcp), account).await?;
        if plain.capability("STARTTLS").is_none() {
            return Err(AccountError::NoStartTls);
        }
        let reply = plain.command("STARTTLS").await?;
        // Bytes after the go-ahead were slipped in by somebody on the wire.
        let (MailStream::Plain(tcp), true, true) =
            (plain.stream, reply.is_positive(), plain.input.is_empty())
        else {
            return Err(AccountError::NoStartTls);
        };
        let tls = dial::encrypt(tcp, &account.host, &account.trust, account.timeout).await?;
        let mut connection = Self::over(tls, account);
        connection.greeting = plain.greeting;
        connection.hello(&account.hello).await?;
        Ok(connection)
    }

    async fn hello(&mut self, name: &str) -> Result<(), AccountError> {
        let reply = self.command_lines(&format!("EHLO {name}")).await?;
        if reply.0 / 100 == 2 {
            self.capabilities = reply
                .1
                .iter()
                .map(|line| line.trim().to_ascii_uppercase())
                .collect();
            return Ok(());
        }
        let reply = self.command(&format!("HELO {name}")).await?;
        if reply.is_positive() {
            Ok(())
        } else {
            Err(AccountError::Protocol(reply.text))
        }
    }

    async fn sign_in(&mut self, account: &SmtpAccount) -> Result<(), AccountError> {
        let (Some(username), Some(password)) = (&account.username, &account.password) else {
            return Ok(());
        };
        let offered = self.capability("AUTH").unwrap_or_default();
        let offers = |name: &str| offered.split([' ', '=']).any(|mechanism| mechanism == name);
        let reply = if account.oauth {
            let token = format!("user={username}\u{1}auth=Bearer {}\u{1}\u{1}", password.expose());
            let reply = self
                .command(&format!("AUTH XOAUTH2 {}", STANDARD.encode(token)))
                .await?;
            // The reason of a refusal comes as a challenge that wants an empty answer.
            if reply.code == 334 {
                self.command("").await?
            } else {
                reply
            }
        } else if offers("PLAIN") {
            let pair = format!("\0{username}\0{}", password.expose());
            self.command(&format!("AUTH PLAIN {}", STANDARD.encode(pair)))
                .await?
        } else if offers("LOGIN") {
            self.login(username, password).await?
        } else {
            return Err(AccountError::NoAuthentication);
        };
        if reply.code == 235 {
            return Ok(());
        }
        if reply.code / 100 == 4 {
            return Err(AccountError::BrokenOff(format!("{} {}", reply.code, reply.text)));
        }
        Err(AccountError::Authentication(reply.text))
    }

    async fn login(&mut self, username: &str, password: &Secret) -> Result<Reply, Broken> {
        let mut reply = self.command("AUTH LOGIN").await?;
        for answer in [username, password.expose()] {
            if reply.code != 334 {
                return Ok(reply);
            }
            reply = self.command(&STANDARD.encode(answer)).await?;
        }
        Ok(reply)
    }

    pub(super) fn greeting(&self) -> &str {
        &self.greeting
    }

    /// The rest of a capability's line, if it was offered.
    pub(super) fn capability(&self, name: &str) -> Option<String> {
        self.capabilities.iter().find_map(|line| {
            let rest = line.strip_prefix(name)?;
            (rest.is_empty() || rest.starts_with([' ', '='])).then(|| rest.trim().to_owned())
        })
    }

    pub(super) fn max_bytes(&self) -> Option<u64> {
        self.capability("SIZE")?.parse().ok().filter(|size| *size > 0)
    }

    /// Sends one line and reads its reply. The line must hold no line break.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Broken> {
        let (code, lines) = self.command_lines(line).await?;
        Ok(Reply {
            code,
            text: lines.join(" "),
        })
    }

    async fn command_lines(&mut self, line: &str) -> Result<(u16, Vec<String>), Broken> {
        self.write(format!("{line}\r\n").as_bytes(), self.limit).await?;
        self.read_lines(self.limit).await
    }

    pub(super) async fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Broken> {
        let stream = &mut self.stream;
        let writing = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        tokio::time::timeout(limit, writing)
            .await
            .map_err(|_| Broken::Timeout)?
            .map_err(Broken::Io)
    }

    pub(super) async fn read_reply(&mut self, limit: Duration) -> Result<Reply, Broken> {
        let (code, lines) = self.read_lines(limit).await?;
        Ok(Reply {
            code,
            text: lines.join(" "),
        })
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    async fn read_lines(&mut self, limit: Duration) -> Result<(u16, Vec<String>), Broken> {
        tokio::time::timeout(limit, self.read_all_lines())
            .await
            .map_err(|_| Broken::Timeout)?
    }

    async fn read_all_lines(&mut self) -> Result<(u16, Vec<String>), Broken> {
        let mut lines = Vec::new();
        let mut total = 0;
        loop {
            let line = self.read_line().await?;
            total += line.len();
            let code = line.get(..3).and_then(|digits| digits.parse::<u16>().ok());
            let (Some(code), true) = (code, total < LONGEST_REPLY) else {
                return Err(Broken::Garbage(line.chars().take(100).collect()));
            };
            lines.push(line.get(4..).unwrap_or_default().trim().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok((code, lines));
            }
        }
    }

    async fn read_line(&mut self) -> Result<String, Broken> {
        loop {
            if let Some(at) = self.input.iter().position(|&b| b == b'\n') {
                let line: Vec<u8> = self.input.drain(..=at).collect();
                return Ok(charset::decode(line.trim_ascii_end(), None));
            }
            if self.input.len() > LONGEST_REPLY {
                return Err(Broken::Garbage("endless line".into()));
            }
            let count = self.stream.read_buf(&mut self.input).await.map_err(Broken::Io)?;
            if count == 0 {
                return Err(Broken::Closed);
            }
        }
    }

    pub(super) async fn quit(&mut self) {
        // A polite farewell; whether it arrives changes nothing.
        let _ = self.command("QUIT").await;
    }
}
