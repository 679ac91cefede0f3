//! Fetches mail from a hosted mailbox over IMAP (RFC 3501, RFC 2177): every message once, from a
//! cursor that the server keeps, however often the connection breaks. It never changes the mailbox:
//! no flag is set, nothing is moved or deleted. When to connect again is the server's business.

mod folder;
mod session;
mod watch;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::Secret;
use crate::email::dial::{DialError, Security, Trust};

pub use watch::{backfill, run};

#[derive(Debug, Clone)]
pub struct ImapAccount {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub username: String,
    pub auth: ImapAuth,
    /// As people write it, such as `INBOX` or `客服`.
    pub folder: String,
    /// Larger messages are not fetched but reported.
    pub max_bytes: u32,
    /// For each command; fetching a message gets ten times as long.
    pub timeout: Duration,
    /// When we began with this mailbox (epoch milliseconds): what arrived before is left where a folder is numbered
    /// anew. `None`: nothing is left.
    pub since_ms: Option<i64>,
    /// How often to look where the server cannot notify us.
    pub poll: Duration,
    pub trust: Trust,
}

#[derive(Debug, Clone)]
pub enum ImapAuth {
    Password(Secret),
    /// An OAuth access token, renewed by the caller.
    XOAuth2(Secret),
}

/// How far a folder was read. UIDs mean something only under their validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    pub uid_validity: u32,
    pub last_uid: u32,
}

/// Where to begin reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// First time: what is there stays there, what arrives is fetched.
    Now,
    /// First time, with everything that is there.
    Everything,
    After(Cursor),
}

#[derive(Debug, thiserror::Error)]
#[error("the message could not be taken: {0}")]
pub struct IntakeError(pub String);

/// The desk's side. Each method that names a UID also moves the cursor to it, durably on return.
#[async_trait]
pub trait ImapIntake: Send + Sync {
    /// Reading begins (again) after this position.
    async fn started(&self, cursor: Cursor) -> Result<(), IntakeError>;

    /// A message, in order of UIDs. Its server's date is in epoch milliseconds.
    async fn store(
        &self,
        uid: u32,
        uid_validity: u32,
        internal_date_ms: Option<i64>,
        raw: Bytes,
    ) -> Result<(), IntakeError>;

    /// A message over the limit, left where it is.
    async fn too_large(&self, uid: u32, uid_validity: u32, bytes: u32) -> Result<(), IntakeError>;

    /// A message that the server cannot hand out. The next one is not kept waiting.
    async fn unreadable(&self, uid: u32, uid_validity: u32, reason: &str) -> Result<(), IntakeError>;

    /// The server numbered the folder anew: all of it will come again, to be told apart by content.
    async fn uid_validity_changed(&self, old: u32, new: u32) -> Result<(), IntakeError>;

    /// The folder was looked at and all of it is fetched: the account works.
    async fn caught_up(&self) {}
}

#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("the server offers no encryption (STARTTLS)")]
    NoStartTls,
    #[error("the server does not accept this user name and password: {0}")]
    Authentication(String),
    #[error("the mailbox has no folder {0}")]
    FolderMissing(String),
    #[error("the server did not answer in time")]
    Timeout,
    #[error("the server broke off: {0}")]
    BrokenOff(String),
    #[error("the server does not speak IMAP as expected: {0}")]
    Protocol(String),
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

impl ImapError {
    /// For the interface, which has the words in the agent's language.
    pub fn code(&self) -> &'static str {
        match self {
            ImapError::Dial(error) => error.code(),
            ImapError::NoStartTls => "no_starttls",
            ImapError::Authentication(_) => "authentication",
            ImapError::FolderMissing(_) => "folder_missing",
            ImapError::Timeout => "timeout",
            ImapError::BrokenOff(_) => "broken_off",
            ImapError::Protocol(_) => "protocol",
            ImapError::Intake(_) => "intake",
        }
    }
}

impl From<async_imap::error::Error> for ImapError {
    fn from(error: async_imap::error::Error) -> Self {
        use async_imap::error::Error;
        match error {
            Error::Io(error) => ImapError::BrokenOff(error.to_string()),
            Error::ConnectionLost => ImapError::BrokenOff("the connection was closed".into()),
            other => ImapError::Protocol(other.to_string()),
        }
    }
}

/// What a connection test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImapProbe {
    /// In the folder.
    pub messages: u32,
    /// The server tells at once when mail arrives.
    pub notifies: bool,
}

/// Connects, signs in and opens the folder. Fetches nothing.
pub async fn probe(account: &ImapAccount) -> Result<ImapProbe, ImapError> {
    let mut session = session::open(account).await?;
    let notifies = session.notifies;
    let messages = session.select(account).await?.exists;
    session.leave().await;
    Ok(ImapProbe { messages, notifies })
}
