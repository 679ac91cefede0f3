//! Sends mail through an account's server, step by step, so that after every failure it is known
//! whether the message may have left (RFC 5321). Retrying is the server's business.
//!
//! The conversation is our own rather than lettre's: replies in GBK, secrets kept out of logs, the
//! whole content in one write, and the moment at which a failure stops being safe to retry.

mod connection;
mod delivery;
mod pool;

use std::time::Duration;

use crate::Secret;
use crate::email::dial::{DialError, Security, Trust};

pub use delivery::{Delivery, OutgoingEnvelope, SendReport};
pub use pool::SmtpPool;

/// A mailbox of ours at the server that sends for it.
#[derive(Debug, Clone)]
pub struct SmtpAccount {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Without it nothing is authenticated.
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// The password is an OAuth access token (XOAUTH2).
    pub oauth: bool,
    /// For each step but the content, which gets ten times as long.
    pub timeout: Duration,
    pub trust: Trust,
    /// What we call ourselves to the server: a domain of ours.
    pub hello: String,
}

/// Why an account cannot send at all, whatever the message. Never the message's fault.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("the server offers no encryption (STARTTLS)")]
    NoStartTls,
    #[error("the server does not accept this user name and password: {0}")]
    Authentication(String),
    #[error("the server offers no way of signing in that we know")]
    NoAuthentication,
    #[error("the server wants a user name and password: {0}")]
    AuthenticationRequired(String),
    #[error("the server does not let this account send as that address: {0}")]
    SenderRefused(String),
    #[error("the server broke off: {0}")]
    BrokenOff(String),
    #[error("the server does not speak SMTP as expected: {0}")]
    Protocol(String),
}

impl AccountError {
    /// For the interface, which has the words in the agent's language.
    pub fn code(&self) -> &'static str {
        match self {
            AccountError::Dial(error) => error.code(),
            AccountError::NoStartTls => "no_starttls",
            AccountError::Authentication(_) => "authentication",
            AccountError::NoAuthentication => "no_authentication",
            AccountError::AuthenticationRequired(_) => "authentication_required",
            AccountError::SenderRefused(_) => "sender_refused",
            AccountError::BrokenOff(_) => "broken_off",
            AccountError::Protocol(_) => "protocol",
        }
    }
}

/// What a connection test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The server's greeting, to show.
    pub server: String,
    pub encrypted: bool,
    pub authenticated: bool,
    /// The largest message it takes, when it says so.
    pub max_bytes: Option<u64>,
}

/// Connects, signs in and asks whether `sender` may send. Sends nothing.
pub async fn probe(account: &SmtpAccount, sender: Option<&str>) -> Result<Probe, AccountError> {
    let mut connection = connection::Connection::open(account).await?;
    let found = Probe {
        server: connection.greeting().to_owned(),
        encrypted: account.security != Security::None,
        authenticated: account.username.is_some(),
        max_bytes: connection.max_bytes(),
    };
    if let Some(sender) = sender {
        let reply = connection.command(&format!("MAIL FROM:<{sender}>")).await?;
        match reply.code {
            200..300 => {}
            530 | 534 | 535 | 538 => return Err(AccountError::AuthenticationRequired(reply.text)),
            _ => return Err(AccountError::SenderRefused(reply.text)),
        }
    }
    connection.quit().await;
    Ok(found)
}

#[cfg(test)]
mod tests;
