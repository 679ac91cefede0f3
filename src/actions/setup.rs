//! Setting up a new desk: its name and its first administrator.

use futures_util::FutureExt;
use shouwen_core::actor::BuiltInRole;
use shouwen_core::event::{Event, Reference};
use shouwen_core::id::AgentId;

use super::administration::{self, AdminError};
use super::sessions::{self, Device, Opened};
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::passwords::{self, HashError, WeakPassword};
use crate::store::agents::{self, AgentRow};
use crate::store::workspaces;

#[derive(Debug, Clone)]
pub struct NewDesk {
    pub workspace_name: String,
    pub name: String,
    pub email: String,
    pub password: String,
    pub locale: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("this desk is set up already; sign in")]
    Done,
    #[error("this is not the setup link that the server printed when it started last")]
    WrongToken,
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    #[error(transparent)]
    Admin(#[from] AdminError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Whether nobody works here yet.
pub async fn is_needed(app: &App) -> Result<bool, db::Error> {
    Ok(agents::count(&mut app.db.read().await?, app.workspace).await? == 0)
}

/// Makes the first administrator and signs them in.
pub async fn set_up(app: &App, token: &str, desk: NewDesk, device: &Device) -> Result<Opened, SetupError> {
    if !is_needed(app).await? {
        return Err(SetupError::Done);
    }
    if !app.setup_token.is(token) {
        return Err(SetupError::WrongToken);
    }
    let desk = checked(desk)?;
    let hash = app.passwords.hash(desk.password.clone()).await?;
    let opened = sessions::new_session(app, device);
    let input = (desk, hash, opened.clone());
    let agent = app
        .change(&app.system(), input, |change, (desk, hash, opened)| {
            create(change, desk, hash, opened).boxed()
        })
        .await?;
    app.setup_token.withdraw();
    Ok(opened.of(agent))
}

fn checked(desk: NewDesk) -> Result<NewDesk, SetupError> {
    passwords::check_strength(&desk.password, &desk.email)?;
    Ok(NewDesk {
        workspace_name: administration::name("workspace_name", &desk.workspace_name, 120)?,
        name: administration::name("name", &desk.name, 120)?,
        email: administration::email("email", &desk.email)?,
        locale: administration::locale(&desk.locale)?,
        password: desk.password,
    })
}

async fn create(
    change: &mut Change,
    desk: &NewDesk,
    hash: &str,
    opened: &Opened,
) -> Result<AgentId, SetupError> {
    let (workspace, now) = (change.workspace(), change.now());
    // Its row is locked by this: of two that come at once the second sees the first.
    workspaces::rename(change.tx(), workspace, &desk.workspace_name).await?;
    if agents::count(change.tx(), workspace).await? > 0 {
        return Err(SetupError::Done);
    }
    let roles = agents::roles(change.tx(), workspace).await?;
    let administrator = roles
        .iter()
        .find(|role| role.key.as_deref() == Some(BuiltInRole::Administrator.as_str()));
    let agent = AgentRow {
        id: change.next_id(),
        name: desk.name.clone(),
        email: desk.email.clone(),
        password_hash: Some(hash.to_owned()),
        role_id: administrator
            .map(|role| role.id)
            .ok_or(AdminError::NotFound("role"))?,
        locale: desk.locale.clone(),
        active: true,
        created_at: now,
    };
    agents::add(change.tx(), workspace, &agent).await?;
    sessions::add(change, agent.id, opened).await?;
    for what in [Reference::Agents, Reference::Workspace] {
        change.record_general(Event::ReferenceChanged { what });
    }
    Ok(agent.id)
}
