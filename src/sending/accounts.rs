//! Through which mail server an inbox sends, and the open connections to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shouwen_channels::Secret;
use shouwen_channels::email::dial::{Security as Dial, Trust};
use shouwen_channels::email::smtp_client::{SmtpAccount, SmtpPool};
use shouwen_core::id::InboxId;

use super::oauth::{self, Access, OauthError};
use crate::actions::inbox_secrets::{self, LostSecrets};
use crate::app::App;
use crate::config::{Config, MailSecurity};
use crate::store::inboxes::{Account, InboxRow, Security};

/// For each step but the content, which gets ten times as long.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_CONNECTIONS: usize = 4;

/// Why an inbox cannot send at all.
#[derive(Debug, thiserror::Error)]
pub enum AccountProblem {
    #[error("this inbox has no account to send by, and the server has none of its own (mail.smtp_host)")]
    NotConfigured,
    #[error(transparent)]
    Secret(#[from] LostSecrets),
    /// Somebody must connect the mailbox again.
    #[error("the mailbox must be connected again: its provider said {0}")]
    Disconnected(String),
    /// It may work later.
    #[error("{0}")]
    Passing(String),
}

impl From<OauthError> for AccountProblem {
    fn from(error: OauthError) -> Self {
        match error {
            OauthError::Refused(words) => Self::Disconnected(words),
            other => Self::Passing(other.to_string()),
        }
    }
}

/// An account, and the token that it signs in with.
pub struct SignedAccount {
    pub account: SmtpAccount,
    pub access: Option<Access>,
}

/// As [`smtp_account`], with a good access token where the mailbox is signed in to by OAuth 2.
pub async fn account_of(app: &App, inbox: &InboxRow) -> Result<SignedAccount, AccountProblem> {
    let (mut account, mut token) = (smtp_account(app, inbox)?, None);
    let email = inbox.settings.0.email.as_ref();
    let linked = email.is_some_and(|email| email.oauth.is_some() && email.smtp.is_some());
    if linked && let Some(access) = oauth::access(app, inbox.workspace_id, inbox.id).await? {
        account.username = Some(access.username.clone());
        account.password = Some(access.token.clone());
        account.oauth = true;
        token = Some(access);
    }
    Ok(SignedAccount {
        account,
        access: token,
    })
}

/// The account by which an inbox sends: its own, else the server's.
pub fn smtp_account(app: &App, inbox: &InboxRow) -> Result<SmtpAccount, AccountProblem> {
    let hello = inbox
        .address
        .as_deref()
        .and_then(|address| address.rsplit_once('@'));
    let hello = hello.map_or_else(|| app.config.host(), |(_, domain)| domain.to_owned());
    let own = inbox
        .settings
        .0
        .email
        .as_ref()
        .and_then(|email| email.smtp.as_ref());
    match own {
        Some(account) => {
            let password = inbox_secrets::open(&app.secrets, inbox)?.smtp_password;
            Ok(own_account(account, password, hello))
        }
        None => relay(&app.config)
            .map(|relay| SmtpAccount { hello, ..relay })
            .ok_or(AccountProblem::NotConfigured),
    }
}

fn own_account(account: &Account, password: Option<String>, hello: String) -> SmtpAccount {
    SmtpAccount {
        host: account.host.clone(),
        port: account.port,
        security: dial_security(account.security),
        username: account.username.clone().filter(|name| !name.is_empty()),
        password: password.map(Secret::new),
        oauth: false,
        timeout: PATIENCE,
        trust: Trust::default(),
        hello,
    }
}

pub fn dial_security(security: Security) -> Dial {
    match security {
        Security::None => Dial::None,
        Security::StartTls => Dial::StartTls,
        Security::Tls => Dial::Tls,
    }
}

/// The account of the server itself, when it has one.
pub fn relay(config: &Config) -> Option<SmtpAccount> {
    let mail = &config.mail;
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    Some(SmtpAccount {
        host: given(&mail.smtp_host)?,
        port: mail.smtp_port,
        security: match mail.smtp_security {
            MailSecurity::None => Dial::None,
            MailSecurity::Starttls => Dial::StartTls,
            MailSecurity::Tls => Dial::Tls,
        },
        username: given(&mail.smtp_username),
        password: given(&mail.smtp_password).map(Secret::new),
        oauth: false,
        timeout: PATIENCE,
        trust: Trust::default(),
        hello: config.host(),
    })
}

/// The pools in use: one for each inbox, one for the server. `None` is the server's.
#[derive(Default)]
pub struct Senders(Mutex<HashMap<Option<InboxId>, Known>>);

/// The fingerprint of an account, and its pool.
type Known = (String, Arc<SmtpPool>);

impl Senders {
    /// The pool of an account; a new one when the account was changed.
    pub fn pool(&self, inbox: Option<InboxId>, account: SmtpAccount) -> Arc<SmtpPool> {
        let print = fingerprint(&account);
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match pools.get(&inbox) {
            Some((known, pool)) if *known == print => pool.clone(),
            _ => {
                let pool = Arc::new(SmtpPool::new(account, MOST_CONNECTIONS));
                pools.insert(inbox, (print, pool.clone()));
                pool
            }
        }
    }
}

/// Differs when the account does. A hash: the password is in it.
fn fingerprint(account: &SmtpAccount) -> String {
    let password = account.password.as_ref().map_or("", Secret::expose);
    let SmtpAccount {
        host,
        port,
        security,
        username,
        hello,
        ..
    } = account;
    let all = format!("{host}\n{port}\n{security:?}\n{username:?}\n{hello}\n{password}");
    crate::blobs::hash(all.as_bytes())
}
