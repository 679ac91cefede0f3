//! Links by which an agent chooses a password: after forgetting it, or when invited.

use std::net::IpAddr;

use futures_util::FutureExt;
use shouwen_core::customer::fold;
use shouwen_core::time::Length;

use super::desk_mail::{self, Recipient};
use super::sessions::set_password;
use super::throttle::{self, MAILS, PLACE};
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::network::place;
use crate::passwords::{self, HashError, WeakPassword};
use crate::secrets::{hash_token, new_token};
use crate::store::agents::AgentRow;
use crate::store::{agents, password_resets, workspaces};

const RESET_LIFE: Length = Length::hours(1);
const INVITATION_LIFE: Length = Length::days(7);

#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    #[error("this link has been used or has expired; ask for a new one")]
    NoSuchLink,
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// What one request for a link comes from, and the link that it may get.
struct Request {
    folded: String,
    ip: IpAddr,
    token: String,
    public_url: String,
}

/// Mails a link to the agent of this address, if there is one. Nothing tells from outside whether there is.
pub async fn ask(app: &App, email: &str, ip: IpAddr) -> Result<(), db::Error> {
    let request = Request {
        folded: fold(email),
        ip,
        token: new_token(),
        public_url: app.config.public_url(),
    };
    app.change(&app.system(), request, |change, request| {
        ask_within(change, request).boxed()
    })
    .await
}

/// Commits in every case, so that every case takes as long.
async fn ask_within(change: &mut Change, request: &Request) -> Result<(), db::Error> {
    let workspace = change.workspace();
    let keys = [
        (format!("reset of {}", hash_token(&request.folded)), MAILS),
        (format!("reset from {}", place(request.ip)), PLACE),
    ];
    if throttle::attempt(change, &keys).await?.is_some() {
        return Ok(());
    }
    let found = agents::find_by_email(change.tx(), workspace, &request.folded).await?;
    let Some(agent) = found.filter(|agent| agent.active) else {
        return Ok(());
    };
    let expires_at = change.now().plus(RESET_LIFE);
    password_resets::add(
        change.tx(),
        workspace,
        &hash_token(&request.token),
        agent.id,
        expires_at,
    )
    .await?;
    let mail = desk_mail::password_reset(&recipient(&agent), &link(&request.public_url, &request.token));
    desk_mail::send(change, &mail);
    Ok(())
}

/// Mails an invitation, whose link is `token`.
pub(super) async fn invite(
    change: &mut Change,
    agent: &AgentRow,
    public_url: &str,
    token: &str,
) -> Result<(), db::Error> {
    let (workspace, expires_at) = (change.workspace(), change.now().plus(INVITATION_LIFE));
    password_resets::add(change.tx(), workspace, &hash_token(token), agent.id, expires_at).await?;
    let desk = workspaces::name(change.tx(), workspace).await?;
    let mail = desk_mail::invitation(&recipient(agent), &desk, &link(public_url, token));
    desk_mail::send(change, &mail);
    Ok(())
}

/// Gives the agent of a link the password that they chose. A link works once.
pub async fn confirm(app: &App, token: &str, password: String) -> Result<(), ResetError> {
    let token_hash = hash_token(token);
    let mut conn = app.db.read().await?;
    let agent = password_resets::find(&mut conn, app.workspace, &token_hash, app.now()).await?;
    let agent = agents::find(&mut conn, app.workspace, agent.ok_or(ResetError::NoSuchLink)?).await?;
    drop(conn);
    let agent = agent.filter(|agent| agent.active).ok_or(ResetError::NoSuchLink)?;
    passwords::check_strength(&password, &agent.email)?;
    let hash = app.passwords.hash(password).await?;
    app.change(&app.system(), (token_hash, hash), |change, (token_hash, hash)| {
        async move {
            let (workspace, now) = (change.workspace(), change.now());
            let agent = password_resets::redeem(change.tx(), workspace, token_hash, now).await?;
            set_password(change, agent.ok_or(ResetError::NoSuchLink)?, hash, None).await?;
            Ok(())
        }
        .boxed()
    })
    .await
}

fn recipient(agent: &AgentRow) -> Recipient<'_> {
    Recipient {
        name: &agent.name,
        email: &agent.email,
        locale: &agent.locale,
    }
}

fn link(public_url: &str, token: &str) -> String {
    format!("{public_url}/reset?token={token}")
}
