//! Signing in and out, and choosing passwords.

use std::net::IpAddr;

use futures_util::FutureExt;
use shouwen_core::actor::Actor;
use shouwen_core::customer::fold;
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, SessionId};
use shouwen_core::time::{Length, Timestamp};

use super::throttle::{self, GUESSES, PLACE};
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::network::place;
use crate::passwords::{self, HashError, WeakPassword};
use crate::secrets::{hash_token, new_token};
use crate::store::sessions::NewSession;
use crate::store::{agents, password_resets, sessions};

/// A session that is not used for so long ends.
pub const LIFE: Length = Length::days(30);

/// Where somebody signs in from.
#[derive(Debug, Clone)]
pub struct Device {
    pub ip: IpAddr,
    pub user_agent: String,
}

/// A new session; only whoever signed in ever sees its token.
#[derive(Debug, Clone)]
pub struct Opened {
    pub agent: AgentId,
    pub token: String,
    id: SessionId,
    device: Device,
}

impl Opened {
    /// The same session, of this agent.
    pub(super) fn of(self, agent: AgentId) -> Self {
        Self { agent, ..self }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("the email address or the password is wrong")]
    Wrong,
    /// Seconds to wait.
    #[error("too many attempts")]
    Throttled(u64),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("this is not your password")]
    Wrong,
    #[error("too many attempts")]
    Throttled(u64),
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Signs in by address and password. An unknown address is answered as a wrong password is, and as late.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: String,
    device: &Device,
) -> Result<Opened, SignInError> {
    let folded = fold(email);
    let keys = vec![
        (guess_key(&folded, device.ip), GUESSES),
        (place_key(device.ip), PLACE),
    ];
    if let Some(seconds) = count_attempt(app, keys).await? {
        return Err(SignInError::Throttled(seconds));
    }
    let found = agents::find_by_email(&mut app.db.read().await?, app.workspace, &folded).await?;
    let agent = found.filter(|agent| agent.active);
    let hash = agent.as_ref().and_then(|agent| agent.password_hash.clone());
    if !app.passwords.verify(password, hash.clone()).await? {
        return Err(SignInError::Wrong);
    }
    let agent = agent.ok_or(SignInError::Wrong)?.id;
    let opened = new_session(app, device).of(agent);
    let input = (opened.clone(), hash, guess_key(&folded, device.ip));
    app.change(&app.system(), input, |change, (opened, hash, key)| {
        open(change, opened, hash.as_deref(), key).boxed()
    })
    .await?;
    Ok(opened)
}

async fn open(
    change: &mut Change,
    opened: &Opened,
    hash: Option<&str>,
    key: &str,
) -> Result<(), SignInError> {
    let (workspace, now) = (change.workspace(), change.now());
    agents::lock_access(change.tx(), workspace).await?;
    // Deactivated, or given another password, while this one was compared?
    let agent = agents::find(change.tx(), workspace, opened.agent).await?;
    if !agent.is_some_and(|agent| agent.active && agent.password_hash.as_deref() == hash) {
        return Err(SignInError::Wrong);
    }
    throttle::succeed(change, key).await?;
    throttle::give_back(change, &place_key(opened.device.ip), PLACE).await?;
    sessions::remove_expired(change.tx(), workspace, opened.agent, now).await?;
    add(change, opened.agent, opened).await?;
    Ok(())
}

/// Ends one session. The feeds of its agent's other sessions come back by themselves.
pub async fn sign_out(change: &mut Change, agent: AgentId, session: SessionId) -> Result<(), db::Error> {
    let workspace = change.workspace();
    sessions::remove(change.tx(), workspace, session).await?;
    change.record_general(Event::SignedOut { agent });
    Ok(())
}

/// Ends every session of an agent.
pub async fn sign_out_everywhere(change: &mut Change, agent: AgentId) -> Result<(), db::Error> {
    end_others(change, agent, None).await
}

/// Ends every session of an agent but `kept`.
pub(super) async fn end_others(
    change: &mut Change,
    agent: AgentId,
    kept: Option<SessionId>,
) -> Result<(), db::Error> {
    let workspace = change.workspace();
    sessions::remove_others(change.tx(), workspace, agent, kept).await?;
    change.record_general(Event::SignedOut { agent });
    Ok(())
}

/// Changes the agent's own password, and ends the sessions elsewhere.
pub async fn change_password(
    app: &App,
    actor: &Actor,
    (agent, session): (AgentId, SessionId),
    current: String,
    new: String,
) -> Result<(), PasswordError> {
    let key = format!("password of {agent}");
    if let Some(seconds) = count_attempt(app, vec![(key.clone(), GUESSES)]).await? {
        return Err(PasswordError::Throttled(seconds));
    }
    let row = agents::find(&mut app.db.read().await?, app.workspace, agent).await?;
    let row = row.ok_or(PasswordError::Wrong)?;
    if !app.passwords.verify(current, row.password_hash).await? {
        return Err(PasswordError::Wrong);
    }
    passwords::check_strength(&new, &row.email)?;
    let hash = app.passwords.hash(new).await?;
    app.change(
        actor,
        (agent, session, hash, key),
        |change, (agent, session, hash, key)| {
            async move {
                throttle::succeed(change, key).await?;
                set_password(change, *agent, hash, Some(*session)).await
            }
            .boxed()
        },
    )
    .await?;
    Ok(())
}

/// Gives the agent a password, voids the links that would give another, and ends every session but `kept`.
pub(super) async fn set_password(
    change: &mut Change,
    agent: AgentId,
    hash: &str,
    kept: Option<SessionId>,
) -> Result<(), db::Error> {
    let workspace = change.workspace();
    agents::lock_access(change.tx(), workspace).await?;
    if let Some(mut row) = agents::find(change.tx(), workspace, agent).await? {
        row.password_hash = Some(hash.to_owned());
        agents::save(change.tx(), workspace, &row).await?;
    }
    password_resets::remove_of(change.tx(), workspace, agent).await?;
    end_others(change, agent, kept).await
}

/// Lets a session live on. Called at most once a minute for each.
pub async fn touch(change: &mut Change, session: SessionId) -> Result<(), db::Error> {
    let (workspace, now) = (change.workspace(), change.now());
    sessions::touch(change.tx(), workspace, session, now, now.plus(LIFE)).await
}

/// A session of whoever will be its agent.
pub(super) fn new_session(app: &App, device: &Device) -> Opened {
    let now = app.now();
    Opened {
        agent: app.ids.next(now),
        token: new_token(),
        id: app.ids.next(now),
        device: device.clone(),
    }
}

pub(super) async fn add(change: &mut Change, agent: AgentId, opened: &Opened) -> Result<(), db::Error> {
    let (workspace, now): (_, Timestamp) = (change.workspace(), change.now());
    let session = NewSession {
        id: opened.id,
        token_hash: hash_token(&opened.token),
        agent,
        ip: opened.device.ip.to_string(),
        user_agent: opened.device.user_agent.chars().take(300).collect(),
        created_at: now,
        expires_at: now.plus(LIFE),
    };
    sessions::add(change.tx(), workspace, &session).await
}

pub(super) async fn count_attempt(
    app: &App,
    keys: Vec<(String, throttle::Rule)>,
) -> Result<Option<u64>, db::Error> {
    app.change(&app.system(), keys, |change, keys| {
        throttle::attempt(change, keys).boxed()
    })
    .await
}

/// Holds no address in the clear.
fn guess_key(folded: &str, ip: IpAddr) -> String {
    format!("sign-in of {} from {}", hash_token(folded), place(ip))
}

fn place_key(ip: IpAddr) -> String {
    format!("sign-in from {}", place(ip))
}
