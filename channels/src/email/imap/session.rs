//! A signed-in connection: opening it, selecting, fetching, each step bounded in time.

use std::time::Duration;

use async_imap::types::{Fetch, Mailbox};
use async_imap::{Authenticator, Client};
use futures_util::TryStreamExt as _;

use super::{ImapAccount, ImapAuth, ImapError, folder};
use crate::email::dial::{self, Security};
use crate::email::mail_stream::MailStream;

pub(super) type Inner = async_imap::Session<MailStream>;

pub(super) struct Session {
    pub(super) inner: Inner,
    /// IDLE is offered.
    pub(super) notifies: bool,
    pub(super) limit: Duration,
}

pub(super) async fn within<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, async_imap::error::Error>>,
) -> Result<T, ImapError> {
    Ok(tokio::time::timeout(limit, step)
        .await
        .map_err(|_| ImapError::Timeout)??)
}

pub(super) async fn open(account: &ImapAccount) -> Result<Session, ImapError> {
    let client = greeted(account).await?;
    let mut inner = sign_in(account, client).await?;
    let capabilities = within(account.timeout, inner.capabilities()).await?;
    if capabilities.has_str("ID") {
        // Some large providers shut out clients that do not say what they are. The answer says
        // nothing to us, and a server that dislikes the question may still serve mail.
        let _ = within(account.timeout, inner.id([("name", Some("Shouwen"))])).await;
    }
    Ok(Session {
        inner,
        notifies: capabilities.has_str("IDLE"),
        limit: account.timeout,
    })
}

async fn greeted(account: &ImapAccount) -> Result<Client<MailStream>, ImapError> {
    let tcp = dial::connect(&account.host, account.port, account.timeout).await?;
    match account.security {
        Security::None => greeting(account, MailStream::Plain(tcp)).await,
        Security::Tls => {
            greeting(
                account,
                dial::encrypt(tcp, &account.host, &account.trust, account.timeout).await?,
            )
            .await
        }
        Security::StartTls => {
            let mut client = greeting(account, MailStream::Plain(tcp)).await?;
            let asking = client.run_command_and_check_ok("STARTTLS", None);
            let asked = tokio::time::timeout(account.timeout, asking)
                .await
                .map_err(|_| ImapError::Timeout)?;
            let (Ok(()), MailStream::Plain(tcp)) = (asked, client.into_inner()) else {
                return Err(ImapError::NoStartTls);
            };
            let stream = dial::encrypt(tcp, &account.host, &account.trust, account.timeout).await?;
            Ok(Client::new(stream))
        }
    }
}

async fn greeting(account: &ImapAccount, stream: MailStream) -> Result<Client<MailStream>, ImapError> {
    let mut client = Client::new(stream);
    let greeting = tokio::time::timeout(account.timeout, client.read_response()).await;
    match greeting {
        Err(_) => Err(ImapError::Timeout),
        Ok(Ok(Some(_))) => Ok(client),
        Ok(Ok(None)) => Err(ImapError::BrokenOff("the server closed at once".into())),
        Ok(Err(error)) => Err(ImapError::Protocol(error.to_string())),
    }
}

async fn sign_in(account: &ImapAccount, client: Client<MailStream>) -> Result<Inner, ImapError> {
    let signing_in = async {
        match &account.auth {
            ImapAuth::Password(password) => client.login(&account.username, password.expose()).await,
            ImapAuth::XOAuth2(token) => {
                let answer = format!(
                    "user={}\u{1}auth=Bearer {}\u{1}\u{1}",
                    account.username,
                    token.expose()
                );
                client.authenticate("XOAUTH2", BearerToken(Some(answer))).await
            }
        }
    };
    let signed_in = tokio::time::timeout(account.timeout, signing_in)
        .await
        .map_err(|_| ImapError::Timeout)?;
    signed_in.map_err(|(error, _)| refusal(error))
}

/// A refusal that names no lasting reason is not the password's fault (RFC 5530).
fn refusal(error: async_imap::error::Error) -> ImapError {
    use async_imap::error::Error;
    match error {
        Error::No(text) | Error::Bad(text) => {
            let upper = text.to_ascii_uppercase();
            let passing = ["UNAVAILABLE", "INUSE", "LIMIT", "TRY AGAIN", "TOO MANY"];
            if passing.iter().any(|word| upper.contains(word)) {
                ImapError::BrokenOff(text)
            } else {
                ImapError::Authentication(text)
            }
        }
        other => other.into(),
    }
}

/// Gives the token once; the server's reason for refusing it wants an empty answer.
struct BearerToken(Option<String>);

impl Authenticator for BearerToken {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

impl Session {
    pub(super) async fn select(&mut self, account: &ImapAccount) -> Result<Mailbox, ImapError> {
        let name = folder::encode(&account.folder);
        let selecting = tokio::time::timeout(self.limit, self.inner.select(name)).await;
        match selecting.map_err(|_| ImapError::Timeout)? {
            Ok(mailbox) => Ok(mailbox),
            Err(async_imap::error::Error::No(_)) => Err(ImapError::FolderMissing(account.folder.clone())),
            Err(other) => Err(other.into()),
        }
    }

    /// UIDs above `last`, ascending.
    pub(super) async fn uids_after(&mut self, last: u32) -> Result<Vec<u32>, ImapError> {
        let query = format!("UID {}:*", last.saturating_add(1));
        let found = within(self.limit, self.inner.uid_search(query)).await?;
        // `n:*` always holds the last message, even when n lies beyond it.
        let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid > last).collect();
        uids.sort_unstable();
        Ok(uids)
    }

    pub(super) async fn fetch(
        &mut self,
        uids: &str,
        what: &str,
        limit: Duration,
    ) -> Result<Vec<Fetch>, ImapError> {
        let inner = &mut self.inner;
        within(limit, async {
            inner.uid_fetch(uids, what).await?.try_collect().await
        })
        .await
    }

    pub(super) async fn leave(mut self) {
        // A polite farewell; whether it arrives changes nothing.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.inner.logout()).await;
    }
}
