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

/// `22-Nov-2026`: the day of an instant in UTC (days to civil date after H. Hinnant).
fn imap_date(millis: i64) -> String {
    static MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = millis.div_euclid(86_400_000) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let name = usize::try_from(month - 1)
        .ok()
        .and_then(|place| MONTHS.get(place));
    format!("{day}-{}-{year}", name.copied().unwrap_or("Jan"))
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

    /// The first UID that arrived on or after an instant's day.
    pub(super) async fn first_since(&mut self, since_ms: i64) -> Result<Option<u32>, ImapError> {
        let uids = self.uids_since(since_ms, 0, u32::MAX).await?;
        Ok(uids.first().copied())
    }

    /// UIDs above `last` and up to `until` that arrived on or after an instant's day, ascending.
    pub(super) async fn uids_since(
        &mut self,
        since_ms: i64,
        last: u32,
        until: u32,
    ) -> Result<Vec<u32>, ImapError> {
        // A server compares by its own time zone (RFC 3501, section 6.4.4): a day earlier misses nothing.
        let query = format!("SINCE {}", imap_date((since_ms - 86_400_000).max(0)));
        let found = within(self.limit, self.inner.uid_search(query)).await?;
        let mut uids: Vec<u32> = found
            .into_iter()
            .filter(|uid| *uid > last && *uid <= until)
            .collect();
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

#[cfg(test)]
mod tests {
    use super::imap_date;

    #[test]
    fn days_are_written_as_imap_wants_them() {
        for (millis, date) in [
            (0, "1-Jan-1970"),
            (951_782_400_000, "29-Feb-2000"),
            (1_709_251_199_999, "29-Feb-2024"),
            (1_709_251_200_000, "1-Mar-2024"),
            (1_795_339_800_000, "22-Nov-2026"),
            (1_798_761_599_000, "31-Dec-2026"),
        ] {
            assert_eq!(imap_date(millis), date);
        }
    }
}
