//! The tokens of mailboxes that are signed in to by OAuth 2: kept, renewed by one server at a time, given up when the
//! provider takes them back.

use shouwen_core::event::{Event, Reference};
use shouwen_core::id::InboxId;
use shouwen_core::time::{Length, Timestamp};

use super::administration::{AdminError, Result as AdminResult, wrong};
use super::alarms;
use crate::db::Error;
use crate::log::Change;
use crate::store::alarms::AlarmKind;
use crate::store::inboxes::{self, Account, OauthLink, Security};
use crate::store::oauth::{self, OauthProvider, OauthRow, OauthState};

/// How long whoever renews a token has for it.
const RENEWING: Length = Length::seconds(60);
/// How long nobody tries again after a provider did not answer.
const REST: Length = Length::seconds(60);

/// Tokens as a provider gave them, sealed.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub inbox: InboxId,
    pub provider: OauthProvider,
    pub username: String,
    pub refresh_token: String,
    pub access_token: String,
    pub expires_at: Timestamp,
}

/// Why a token was not renewed.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// For good (`invalid_grant`): a person must connect the mailbox again.
    Final(String),
    /// It may work later.
    Passing(String),
}

/// Connects the mailbox: from now on it is signed in to with these tokens. An inbox without servers gets the provider's.
pub async fn connect(change: &mut Change, tokens: &Tokens) -> AdminResult<()> {
    let (workspace, now) = (change.workspace(), change.now());
    let found = inboxes::lock(change.tx(), workspace, tokens.inbox).await?;
    let mut inbox = found.ok_or(AdminError::NotFound("inbox"))?;
    let Some(email) = inbox.settings.0.email.as_mut() else {
        return wrong("inbox", "only an email inbox is connected to a provider of mail");
    };
    let (smtp, imap) = servers(tokens.provider, &tokens.username);
    email.smtp.get_or_insert(smtp);
    email.imap.get_or_insert(imap);
    if email.imap_folder.is_empty() {
        "INBOX".clone_into(&mut email.imap_folder);
    }
    email.oauth = Some(OauthLink {
        provider: tokens.provider,
        username: tokens.username.clone(),
        connected_at: now,
    });
    inboxes::save(change.tx(), &inbox).await?;
    oauth::save(change.tx(), workspace, &row(tokens), now).await?;
    alarms::clear(change, AlarmKind::TokenRefused, Some(tokens.inbox)).await?;
    tell(change, tokens.inbox);
    Ok(())
}

/// Lets go of the tokens; the mailbox has its own password again, if it has one.
pub async fn disconnect(change: &mut Change, id: InboxId) -> AdminResult<()> {
    let workspace = change.workspace();
    let found = inboxes::lock(change.tx(), workspace, id).await?;
    let mut inbox = found.ok_or(AdminError::NotFound("inbox"))?;
    if let Some(email) = inbox.settings.0.email.as_mut() {
        email.oauth = None;
    }
    inboxes::save(change.tx(), &inbox).await?;
    oauth::remove(change.tx(), workspace, id).await?;
    alarms::clear(change, AlarmKind::TokenRefused, Some(id)).await?;
    tell(change, id);
    Ok(())
}

/// Takes the renewing for this server. `None`: another one renews, or nobody is to try now.
pub async fn claim(change: &mut Change, inbox: InboxId) -> Result<Option<OauthRow>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    oauth::claim(change.tx(), workspace, inbox, now, now.plus(RENEWING)).await
}

/// Keeps what renewing gave. A provider may give another refresh token, too.
pub async fn renewed(change: &mut Change, tokens: &Tokens) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    oauth::save(change.tx(), workspace, &row(tokens), now).await
}

/// Notes that the token could not be renewed; for good, it is told as an alarm and never tried again.
pub async fn refused(change: &mut Change, before: &OauthRow, refusal: &Refusal) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let (state, words) = match refusal {
        Refusal::Final(words) => (OauthState::Failed, words),
        Refusal::Passing(words) => (OauthState::Connected, words),
    };
    let row = OauthRow {
        state,
        error: Some(words.clone()),
        renewing_until: now.plus(REST),
        ..before.clone()
    };
    oauth::save(change.tx(), workspace, &row, now).await?;
    if state == OauthState::Failed {
        alarms::raise(
            change,
            AlarmKind::TokenRefused,
            Some(before.inbox_id),
            Some(words),
        )
        .await?;
        change.record_general(Event::MailboxChanged {
            inbox: before.inbox_id,
        });
    }
    Ok(())
}

/// The server did not take this access token (sealed as it was read): it is renewed before the next use.
pub async fn doubt(change: &mut Change, inbox: InboxId, access_token: &str) -> Result<(), Error> {
    let workspace = change.workspace();
    oauth::doubt(change.tx(), workspace, inbox, access_token).await
}

fn row(tokens: &Tokens) -> OauthRow {
    OauthRow {
        inbox_id: tokens.inbox,
        provider: tokens.provider,
        username: tokens.username.clone(),
        refresh_token: tokens.refresh_token.clone(),
        access_token: tokens.access_token.clone(),
        expires_at: tokens.expires_at,
        renewing_until: Timestamp::from_millis(0),
        state: OauthState::Connected,
        error: None,
    }
}

fn servers(provider: OauthProvider, username: &str) -> (Account, Account) {
    let account = |host: &str, port, security| Account {
        host: host.to_owned(),
        port,
        security,
        username: Some(username.to_owned()),
    };
    match provider {
        OauthProvider::Google => (
            account("smtp.gmail.com", 465, Security::Tls),
            account("imap.gmail.com", 993, Security::Tls),
        ),
        OauthProvider::Microsoft => (
            account("smtp.office365.com", 587, Security::StartTls),
            account("outlook.office365.com", 993, Security::Tls),
        ),
    }
}

fn tell(change: &mut Change, inbox: InboxId) {
    change.record_general(Event::ReferenceChanged {
        what: Reference::Inboxes,
    });
    change.record_general(Event::MailboxChanged { inbox });
}
