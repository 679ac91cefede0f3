//! Agents: who works here, in which role and teams, and what becomes of their tickets when they leave.

use futures_util::FutureExt;
use shouwen_core::actor::{Actor, BuiltInRole};
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, RoleId, TeamId, WorkspaceId};

use super::administration::{self, AdminError, Result};
use super::password_resets;
use super::routing::ask_for_agent;
use super::routing::presence;
use super::routing::release::{self, Release, Why};
use super::sessions;
use crate::app::App;
use crate::db::{self, Conn};
use crate::log::Change;
use crate::store::agents::{self, AgentRow, RoleRow};
use crate::store::{password_resets as links, routing};

#[derive(Debug, Clone)]
pub struct NewAgent {
    pub name: String,
    pub email: String,
    pub role: RoleId,
    pub teams: Vec<TeamId>,
    pub locale: String,
    pub access: FirstAccess,
}

/// How a new agent comes to a password.
#[derive(Debug, Clone)]
pub enum FirstAccess {
    /// Was given one, which is hashed.
    Password(String),
    /// Is mailed a link.
    Invitation { public_url: String, token: String },
}

/// What is to change; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct AgentChanges {
    pub name: Option<String>,
    pub email: Option<String>,
    pub role: Option<RoleId>,
    pub teams: Option<Vec<TeamId>>,
    pub locale: Option<String>,
    pub active: Option<bool>,
    /// Who gets the tickets of an agent who is deactivated by this; `None`: their teams.
    pub hand_over: Option<AgentId>,
}

/// What everybody may change of their own account.
#[derive(Debug, Clone, Default)]
pub struct OwnChanges {
    pub name: Option<String>,
    pub locale: Option<String>,
}

pub async fn create(change: &mut Change, new: &NewAgent) -> Result<AgentId> {
    let (workspace, now) = (change.workspace(), change.now());
    agents::lock_access(change.tx(), workspace).await?;
    let role = grantable_role(change, new.role).await?;
    let agent = AgentRow {
        id: change.next_id(),
        name: administration::name("name", &new.name, 120)?,
        email: administration::email("email", &new.email)?,
        password_hash: match &new.access {
            FirstAccess::Password(hash) => Some(hash.clone()),
            FirstAccess::Invitation { .. } => None,
        },
        role_id: role.id,
        locale: administration::locale(&new.locale)?,
        active: true,
        created_at: now,
    };
    agents::add(change.tx(), workspace, &agent)
        .await
        .map_err(address_taken)?;
    set_teams(change, agent.id, &new.teams).await?;
    if let FirstAccess::Invitation { public_url, token } = &new.access {
        password_resets::invite(change, &agent, public_url, token).await?;
    }
    change.record_general(Event::ReferenceChanged {
        what: Reference::Agents,
    });
    Ok(agent.id)
}

/// Changes an agent. Whoever is deactivated is signed out; [`release_tickets`] follows.
pub async fn update(change: &mut Change, id: AgentId, changes: &AgentChanges) -> Result<()> {
    let workspace = change.workspace();
    agents::lock_access(change.tx(), workspace).await?;
    let before = commanded(change, id).await?;
    let mut agent = before.clone();
    if let Some(name) = &changes.name {
        agent.name = administration::name("name", name, 120)?;
    }
    if let Some(email) = &changes.email {
        agent.email = administration::email("email", email)?;
    }
    if let Some(locale) = &changes.locale {
        agent.locale = administration::locale(locale)?;
    }
    if let Some(role) = changes.role.filter(|role| *role != agent.role_id) {
        agent.role_id = grantable_role(change, role).await?.id;
    }
    agent.active = changes.active.unwrap_or(agent.active);
    keep_an_administrator(change, &before, &agent).await?;
    agents::save(change.tx(), workspace, &agent)
        .await
        .map_err(address_taken)?;
    let moved = match &changes.teams {
        Some(teams) => set_teams(change, id, teams).await?,
        None => false,
    };
    if agent.email != before.email || !agent.active {
        links::remove_of(change.tx(), workspace, id).await?;
    }
    if before.active && !agent.active {
        sessions::sign_out_everywhere(change, id).await?;
        let heir = heir(change, id, changes.hand_over).await?;
        presence::leave(change, id).await?;
        routing::hand_over_customers(change.tx(), workspace, id, heir).await?;
        if agents::hand_over_teams(change.tx(), workspace, id, heir).await? {
            change.record_general(Event::ReferenceChanged {
                what: Reference::Teams,
            });
        }
        // The handler does some at once; the job does the rest, and all should this server die before.
        release::ask(change, id, heir, Why::Deactivated);
    }
    if moved || agent.role_id != before.role_id || agent.active != before.active {
        change.record_general(Event::AccessChanged { agent: id });
    }
    change.record_general(Event::ReferenceChanged {
        what: Reference::Agents,
    });
    Ok(())
}

pub async fn change_own(change: &mut Change, id: AgentId, changes: &OwnChanges) -> Result<()> {
    let workspace = change.workspace();
    agents::lock_access(change.tx(), workspace).await?;
    let mut agent = agents::find(change.tx(), workspace, id)
        .await?
        .ok_or(AdminError::NotFound("agent"))?;
    if let Some(name) = &changes.name {
        agent.name = administration::name("name", name, 120)?;
    }
    if let Some(locale) = &changes.locale {
        agent.locale = administration::locale(locale)?;
    }
    agents::save(change.tx(), workspace, &agent).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Agents,
    });
    Ok(())
}

/// Ends every session of an agent.
pub async fn sign_out(change: &mut Change, id: AgentId) -> Result<()> {
    commanded(change, id).await?;
    Ok(sessions::sign_out_everywhere(change, id).await?)
}

/// What would be left behind if an agent went now. Each is counted up to [`COUNTED_TO`].
#[derive(Debug, Clone, Copy)]
pub struct Work {
    pub assigned: usize,
    pub owned: usize,
    /// Whose own agent they are.
    pub customers: usize,
}

/// Nobody needs to know how many more there are.
pub const COUNTED_TO: i64 = 1_000;

pub async fn work_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
) -> std::result::Result<Option<Work>, db::Error> {
    if agents::find(conn, workspace, agent).await?.is_none() {
        return Ok(None);
    }
    let customers = routing::count_customers_of(conn, workspace, agent, COUNTED_TO).await?;
    Ok(Some(Work {
        assigned: agents::active_tickets(conn, workspace, agent, COUNTED_TO)
            .await?
            .len(),
        owned: routing::of_owner(conn, workspace, agent, COUNTED_TO).await?.len(),
        customers: usize::try_from(customers).unwrap_or_default(),
    }))
}

/// So many batches are handed over while the administrator waits; a job does the others.
const AT_ONCE: usize = 5;

/// Takes a deactivated agent off the first of their active tickets; the closed ones keep their history.
pub async fn release_tickets(
    app: &App,
    actor: &Actor,
    agent: AgentId,
    to: Option<AgentId>,
) -> std::result::Result<(), db::Error> {
    let mut part = Release::of(agent, to, Why::Deactivated);
    for _ in 0..AT_ONCE {
        let next = app
            .change(actor, part, |change, part| {
                release::release_some(change, part).boxed()
            })
            .await?;
        let Some(next) = next else { break };
        part = next;
    }
    Ok(())
}

/// Who gets the tickets of whoever goes.
async fn heir(change: &mut Change, gone: AgentId, to: Option<AgentId>) -> Result<Option<AgentId>> {
    let Some(to) = to else { return Ok(None) };
    let workspace = change.workspace();
    let found = agents::find(change.tx(), workspace, to).await?;
    if to == gone || !found.is_some_and(|agent| agent.active) {
        return administration::wrong("hand_over_to", Fault::NoSuchAgent);
    }
    Ok(Some(to))
}

/// The agent, if the caller holds all that the agent's role gives: nobody rules those above.
async fn commanded(change: &mut Change, id: AgentId) -> Result<AgentRow> {
    let workspace = change.workspace();
    let agent = agents::find(change.tx(), workspace, id)
        .await?
        .ok_or(AdminError::NotFound("agent"))?;
    let role = agents::find_role(change.tx(), workspace, agent.role_id)
        .await?
        .ok_or(AdminError::NotFound("role"))?;
    if holds_role(change.actor(), &role) {
        Ok(agent)
    } else {
        Err(AdminError::Refused(Fault::AboveYou))
    }
}

/// The role, if the caller holds all of it.
async fn grantable_role(change: &mut Change, id: RoleId) -> Result<RoleRow> {
    let workspace = change.workspace();
    let Some(role) = agents::find_role(change.tx(), workspace, id).await? else {
        return administration::wrong("role_id", Fault::NoSuchRole);
    };
    if holds_role(change.actor(), &role) {
        Ok(role)
    } else {
        Err(AdminError::Refused(Fault::RoleAboveYou))
    }
}

fn holds_role(actor: &Actor, role: &RoleRow) -> bool {
    administration::holds(actor, role.permissions.0, role.scope)
}

/// Refuses to let the last active administrator go.
async fn keep_an_administrator(change: &mut Change, before: &AgentRow, after: &AgentRow) -> Result<()> {
    let workspace = change.workspace();
    if !before.active || (after.active && after.role_id == before.role_id) {
        return Ok(());
    }
    let role = agents::find_role(change.tx(), workspace, before.role_id).await?;
    let administrator = BuiltInRole::Administrator.as_str();
    let is_administrator = role.is_some_and(|role| role.key.as_deref() == Some(administrator));
    if is_administrator && agents::count_active_in_role(change.tx(), workspace, before.role_id).await? <= 1 {
        return Err(AdminError::Conflict(Fault::LastAdministrator));
    }
    Ok(())
}

/// Puts the agent in these teams and no others; whether that changed anything.
async fn set_teams(change: &mut Change, agent: AgentId, wanted: &[TeamId]) -> Result<bool> {
    let workspace = change.workspace();
    let known = agents::teams(change.tx(), workspace).await?;
    if !wanted.iter().all(|team| known.iter().any(|row| row.id == *team)) {
        return administration::wrong("team_ids", Fault::NoSuchTeam);
    }
    let memberships = agents::memberships(change.tx(), workspace).await?;
    let present: Vec<TeamId> = memberships
        .iter()
        .filter(|(_, member)| *member == agent)
        .map(|(team, _)| *team)
        .collect();
    let mut changed = false;
    for team in wanted.iter().filter(|team| !present.contains(team)) {
        agents::add_member(change.tx(), workspace, *team, agent).await?;
        changed = true;
    }
    for team in present.iter().filter(|team| !wanted.contains(team)) {
        agents::remove_member(change.tx(), workspace, *team, agent).await?;
        changed = true;
    }
    if changed {
        change.record_general(Event::ReferenceChanged {
            what: Reference::Teams,
        });
        ask_for_agent(change, agent).await?;
    }
    Ok(changed)
}

fn address_taken(error: db::Error) -> AdminError {
    match error {
        db::Error::Conflict(_) => AdminError::Conflict(Fault::AddressTaken),
        error => error.into(),
    }
}
