//! One IMAP mailbox: kept by one server at a time, read from its cursor, tried again when it breaks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use shouwen_channels::Secret;
use shouwen_channels::email::dial::Trust;
use shouwen_channels::email::imap::{
    Cursor, ImapAccount, ImapAuth, ImapError, ImapIntake, IntakeError, Start, run,
};
use shouwen_core::time::Timestamp;
use tokio_util::sync::CancellationToken;

use super::backfill;
use crate::actions::files::store_bytes;
use crate::actions::inbox_secrets;
use crate::actions::intake::NewRawMail;
use crate::actions::mailboxes::{self, Place};
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::sending::accounts::{AccountProblem, dial_security};
use crate::sending::oauth::{self, Access};
use crate::store::inboxes::InboxRow;
use crate::store::mailboxes::{MailboxRow, NEVER};
use crate::store::raw_mails::Source;

const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look where the server cannot notify us.
const POLL: Duration = Duration::from_mins(1);
const RENEW: Duration = Duration::from_secs(20);
/// How soon to ask again for a mailbox that another server reads.
const ASK_AGAIN: Duration = Duration::from_secs(15);
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// The account from which an inbox fetches; `None` when mail is delivered to it.
pub async fn imap_account(app: &App, inbox: &InboxRow) -> Result<Option<Signed>, AccountProblem> {
    let Some(email) = &inbox.settings.0.email else {
        return Ok(None);
    };
    let Some(account) = &email.imap else {
        return Ok(None);
    };
    let mut username = account.username.clone().unwrap_or_default();
    let (mut access, auth) = (None, password(app, inbox)?);
    let mut auth = ImapAuth::Password(auth);
    if email.oauth.is_some()
        && let Some(token) = oauth::access(app, inbox.workspace_id, inbox.id).await?
    {
        username.clone_from(&token.username);
        auth = ImapAuth::XOAuth2(token.token.clone());
        access = Some(token);
    }
    let folder = email.imap_folder.trim();
    let account = ImapAccount {
        host: account.host.clone(),
        port: account.port,
        security: dial_security(account.security),
        username,
        auth,
        folder: if folder.is_empty() { "INBOX" } else { folder }.to_owned(),
        max_bytes: u32::try_from(app.config.smtp.max_bytes).unwrap_or(u32::MAX),
        timeout: PATIENCE,
        since_ms: Some(inbox.created_at.millis()),
        poll: POLL,
        trust: Trust::default(),
    };
    Ok(Some(Signed { account, access }))
}

/// An account, and the token that it signs in with.
pub struct Signed {
    pub account: ImapAccount,
    access: Option<Access>,
}

fn password(app: &App, inbox: &InboxRow) -> Result<Secret, AccountProblem> {
    let secrets = inbox_secrets::open(&app.secrets, inbox)?;
    Ok(Secret::new(secrets.imap_password.unwrap_or_default()))
}

/// Reads the mailbox until `stop`.
pub(super) async fn watch(app: App, inbox: InboxRow, stop: CancellationToken) {
    let desk = Desk {
        app,
        inbox,
        rereads: AtomicBool::new(false),
    };
    let mut wait = FIRST_WAIT;
    while !stop.is_cancelled() {
        let pause = match desk.watch_once(&stop).await {
            Ok(Watched::Stopped) => break,
            Ok(Watched::Elsewhere) => ASK_AGAIN,
            Err(trouble) => {
                desk.complain(&trouble).await;
                // A mailbox that worked for a while is well again soon.
                wait = if trouble.worked {
                    FIRST_WAIT
                } else {
                    (wait * 2).min(LONGEST_WAIT)
                };
                wait
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
    desk.release().await;
}

enum Watched {
    Stopped,
    /// Another server reads it.
    Elsewhere,
}

struct Trouble {
    code: &'static str,
    words: String,
    worked: bool,
}

struct Desk {
    app: App,
    inbox: InboxRow,
    /// The folder was numbered anew and is read again: what is older than the inbox is none of ours.
    rereads: AtomicBool,
}

impl Desk {
    async fn watch_once(&self, stop: &CancellationToken) -> Result<Watched, Trouble> {
        let trouble = |code, words: String| Trouble {
            code,
            words,
            worked: false,
        };
        let held = self.hold().await;
        let Some(row) = held.map_err(|error| trouble("intake", error.to_string()))? else {
            return Ok(Watched::Elsewhere);
        };
        let signed = imap_account(&self.app, &self.inbox).await;
        let signed = signed.map_err(|error| trouble(code_of(&error), error.to_string()))?;
        let Some(Signed { account, access }) = signed else {
            return Ok(Watched::Stopped);
        };
        let (session, started) = (stop.child_token(), tokio::time::Instant::now());
        let reading = run(&account, start(&row), self, session.clone());
        let renewing = async {
            loop {
                tokio::time::sleep(RENEW).await;
                if !matches!(self.hold().await, Ok(Some(_))) {
                    session.cancel();
                    std::future::pending::<()>().await;
                }
            }
        };
        let older = backfill::run(&self.app, &self.inbox, &account, &session);
        let ended: Result<(), ImapError> = tokio::select! {
            ended = reading => ended,
            () = older => Ok(()),
            () = renewing => Ok(()),
        };
        match ended {
            Ok(()) if stop.is_cancelled() => Ok(Watched::Stopped),
            Ok(()) => Ok(Watched::Elsewhere),
            Err(error) => {
                if let (ImapError::Authentication(_), Some(access)) = (&error, access) {
                    self.distrust(access).await;
                }
                Err(Trouble {
                    worked: started.elapsed() > LONGEST_WAIT,
                    ..trouble(error.code(), error.to_string())
                })
            }
        }
    }

    /// The token was refused before its time: the next attempt has another.
    async fn distrust(&self, access: Access) {
        let (workspace, inbox) = (self.inbox.workspace_id, self.inbox.id);
        if let Err(error) = oauth::distrust(&self.app, workspace, inbox, access).await {
            tracing::warn!(%error, "that a token was refused could not be noted");
        }
    }

    async fn hold(&self) -> Result<Option<MailboxRow>, db::Error> {
        let (inbox, node) = (self.inbox.id, self.app.node);
        self.change((inbox, node), |change, (inbox, node)| {
            mailboxes::hold(change, *inbox, *node).boxed()
        })
        .await
    }

    async fn release(&self) {
        let (inbox, node) = (self.inbox.id, self.app.node);
        let released = self.change((inbox, node), |change, (inbox, node)| {
            mailboxes::release(change, *inbox, *node).boxed()
        });
        if let Err(error) = released.await {
            tracing::debug!(%error, "a mailbox is not given back; its lease will end");
        }
    }

    async fn complain(&self, trouble: &Trouble) {
        let (inbox, code) = (self.inbox.id, trouble.code);
        tracing::warn!(inbox.id = %inbox, code, error = trouble.words, "a mailbox cannot be read");
        let input = (inbox, code, trouble.words.clone());
        let noted = self.change(input, |change, (inbox, code, words)| {
            mailboxes::mark_failing(change, *inbox, code, words).boxed()
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "what is wrong with a mailbox could not be noted");
        }
    }

    fn place(&self, uid_validity: u32, uid: u32) -> Place {
        Place {
            inbox: self.inbox.id,
            node: self.app.node,
            uid_validity,
            uid,
        }
    }

    async fn change<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
        F: for<'c> Fn(&'c mut Change, &'c I) -> futures_util::future::BoxFuture<'c, Result<T, E>>
            + Send
            + Sync
            + 'static,
    {
        let actor = shouwen_core::actor::Actor::system(self.inbox.workspace_id);
        self.app.change(&actor, input, work).await
    }

    async fn pass_over(&self, place: Place, size: u32, reason: String) -> Result<(), IntakeError> {
        self.change((place, size, reason), |change, (place, size, reason)| {
            mailboxes::pass_over(change, place, *size, reason).boxed()
        })
        .await
        .map_err(refused)
    }
}

fn code_of(problem: &AccountProblem) -> &'static str {
    match problem {
        AccountProblem::Disconnected(_) => "token_refused",
        AccountProblem::Passing(_) => "token_endpoint",
        _ => "secret",
    }
}

fn start(row: &MailboxRow) -> Start {
    if row.uid_validity == NEVER {
        return Start::Now;
    }
    let number = |value: i64| u32::try_from(value).unwrap_or_default();
    Start::After(Cursor {
        uid_validity: number(row.uid_validity),
        last_uid: number(row.last_uid),
    })
}

fn refused(error: impl std::fmt::Display) -> IntakeError {
    IntakeError(error.to_string())
}

#[async_trait]
impl ImapIntake for Desk {
    async fn started(&self, cursor: Cursor) -> Result<(), IntakeError> {
        let place = self.place(cursor.uid_validity, cursor.last_uid);
        self.change(place, |change, place| mailboxes::advance(change, place).boxed())
            .await
            .map_err(refused)
    }

    async fn store(
        &self,
        uid: u32,
        uid_validity: u32,
        internal_date_ms: Option<i64>,
        raw: Bytes,
    ) -> Result<(), IntakeError> {
        let (workspace, now) = (self.inbox.workspace_id, self.app.now());
        let is_older = internal_date_ms.is_some_and(|arrived| arrived < self.inbox.created_at.millis());
        if is_older && self.rereads.load(Ordering::Relaxed) {
            return self
                .started(Cursor {
                    uid_validity,
                    last_uid: uid,
                })
                .await;
        }
        let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
        let blob = store_bytes(&self.app, workspace, raw).await.map_err(refused)?;
        let arrived = internal_date_ms.map_or(now, Timestamp::from_millis).min(now);
        let new = NewRawMail {
            inboxes: vec![(self.inbox.id, self.inbox.address.iter().cloned().collect())],
            from: None,
            source: Source::Imap,
            size,
            blob,
            received_at: arrived,
            peer: None,
            helo: None,
        };
        let place = self.place(uid_validity, uid);
        self.change((place, new), |change, (place, new)| {
            mailboxes::keep(change, place, new).boxed()
        })
        .await
        .map_err(refused)
    }

    async fn too_large(&self, uid: u32, uid_validity: u32, bytes: u32) -> Result<(), IntakeError> {
        let place = self.place(uid_validity, uid);
        self.pass_over(place, bytes, "too_large".to_owned()).await
    }

    async fn unreadable(&self, uid: u32, uid_validity: u32, reason: &str) -> Result<(), IntakeError> {
        let place = self.place(uid_validity, uid);
        self.pass_over(place, 0, format!("unreadable: {reason}")).await
    }

    async fn uid_validity_changed(&self, old: u32, new: u32) -> Result<(), IntakeError> {
        tracing::warn!(inbox.id = %self.inbox.id, old, new, "a mailbox was numbered anew and is read again");
        self.rereads.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn caught_up(&self) {
        self.rereads.store(false, Ordering::Relaxed);
        let noted = self.change(self.inbox.id, |change, inbox| {
            mailboxes::mark_well(change, *inbox).boxed()
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "that a mailbox works could not be noted");
        }
    }
}
