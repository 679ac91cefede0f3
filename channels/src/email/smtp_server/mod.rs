//! One SMTP or LMTP session with a client that delivers mail to the desk (RFC 5321, RFC 2033).
//! It takes mail for known recipients and never relays. Listening, counting and ending sessions is
//! the server's business; storing is behind [`MailDrop`].

mod content;
mod incoming;
mod session;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use session::{End, Session};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Smtp,
    /// Local delivery from a mail server in front of us: one answer per recipient.
    Lmtp,
}

#[derive(Clone)]
pub struct SessionSettings {
    /// What we call ourselves in the greeting.
    pub hostname: String,
    pub protocol: Protocol,
    /// Of one message.
    pub max_bytes: usize,
    /// STARTTLS is offered when given.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// How long the client may be silent.
    pub idle_timeout: Duration,
    /// How long the content of one message may take in all, however steadily it trickles.
    pub content_timeout: Duration,
    /// After so long the client is asked to connect anew; never within a message.
    pub session_timeout: Duration,
    /// Of one message.
    pub max_recipients: usize,
}

/// What the client said of a message before sending it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `None` for the null sender `<>` of bounces.
    pub from: Option<String>,
    /// Accepted ones only, as the client wrote them.
    pub recipients: Vec<String>,
    pub helo: String,
    pub peer: Option<SocketAddr>,
    pub encrypted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    Known,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DropError {
    /// The client keeps the message and tries again: 451.
    #[error("temporary: {0}")]
    Temporary(String),
    /// There is no room for more mail just now; the client keeps the message and tries again: 452.
    #[error("no room: {0}")]
    NoRoom(String),
    /// The client gives up and tells the sender: 554.
    #[error("refused: {0}")]
    Refused(String),
    /// The content broke off, or was too large: the session knows the answer.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// Why there is no more content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    #[error("the client left")]
    Left,
    #[error("the client was too slow")]
    TooSlow,
    #[error("the message is too large")]
    TooLarge,
}

/// The content of one message as it comes, with CRLF as the client sent it, without dot-stuffing.
#[async_trait]
pub trait RawStream: Send {
    /// The next piece, of some kilobytes; `None` when the message has ended. After an error it is nobody's message.
    async fn next(&mut self) -> Result<Option<Bytes>, ContentError>;
}

/// The whole of it in memory: for what keeps small mail only.
pub async fn read_whole(raw: &mut dyn RawStream) -> Result<Bytes, ContentError> {
    let mut whole = BytesMut::new();
    while let Some(piece) = raw.next().await? {
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

/// The desk's side: who we take mail for, and where it is stored.
#[async_trait]
pub trait MailDrop: Send + Sync {
    /// Whether we take mail for this address. Asked for every recipient, postmaster included.
    async fn recipient(&self, address: &str) -> Result<Recipient, DropError>;

    /// Durable on return: the client is told 250 only then. Called once per message, for all of its
    /// accepted recipients. What it does not read of `raw` is passed over.
    async fn store(&self, envelope: &Envelope, raw: &mut dyn RawStream) -> Result<(), DropError>;
}

/// Why a session ended other than by QUIT, a timeout or a stop.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the connection broke: {0}")]
    Connection(#[from] std::io::Error),
    #[error("TLS could not be agreed on: {0}")]
    Tls(std::io::Error),
}

/// Speaks with one client until it leaves, breaks off, idles too long or `stop` is cancelled.
pub async fn serve_session<S>(
    stream: S,
    peer: Option<SocketAddr>,
    settings: &SessionSettings,
    drop: &dyn MailDrop,
    stop: CancellationToken,
) -> Result<(), SessionError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut plain = Session::new(stream, peer, settings, drop, stop.clone(), false);
    plain.greet();
    let (End::StartTls, Some(config)) = (plain.run().await?, settings.tls.clone()) else {
        return Ok(());
    };
    // Whatever the client sent after STARTTLS in the clear dies with the plain session, so that
    // nobody on the wire can slip commands into the encrypted one (RFC 3207, section 6).
    let accepting = TlsAcceptor::from(config).accept(plain.into_stream());
    let Ok(accepted) = tokio::time::timeout(settings.idle_timeout, accepting).await else {
        return Ok(());
    };
    let encrypted = accepted.map_err(SessionError::Tls)?;
    Box::pin(Session::new(encrypted, peer, settings, drop, stop, true).run()).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
