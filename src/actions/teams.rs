//! Teams: who works together.

use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, TeamId};

use super::administration::{self, AdminError, Result};
use super::macros;
use super::routing::ask_for_agent;
use crate::log::Change;
use crate::store::agents::{self, TeamRow};

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct TeamForm {
    pub name: Option<String>,
    pub agents: Option<Vec<AgentId>>,
    pub lead: Option<Option<AgentId>>,
}

pub async fn create(change: &mut Change, form: &TeamForm) -> Result<TeamId> {
    let (workspace, now) = (change.workspace(), change.now());
    let name = unique_name(change, None, form.name.as_deref().unwrap_or_default()).await?;
    let team = TeamRow {
        id: change.next_id(),
        name,
        lead_id: None,
        created_at: now,
    };
    agents::add_team(change.tx(), workspace, &team).await?;
    if let Some(members) = &form.agents {
        set_members(change, team.id, members).await?;
    }
    set_lead(change, team.id, form.lead).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Teams,
    });
    Ok(team.id)
}

pub async fn update(change: &mut Change, id: TeamId, form: &TeamForm) -> Result<()> {
    let workspace = change.workspace();
    let before = find(change, id).await?;
    let name = match &form.name {
        Some(name) => unique_name(change, Some(id), name).await?,
        None => before.name,
    };
    agents::rename_team(change.tx(), workspace, id, &name).await?;
    if let Some(members) = &form.agents {
        set_members(change, id, members).await?;
    }
    set_lead(change, id, form.lead).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Teams,
    });
    Ok(())
}

pub async fn delete(change: &mut Change, id: TeamId) -> Result<()> {
    let workspace = change.workspace();
    find(change, id).await?;
    if agents::team_is_used(change.tx(), workspace, id).await? {
        return Err(AdminError::Conflict(Fault::TeamUsed));
    }
    set_members(change, id, &[]).await?;
    macros::forget_team(change, id).await?;
    agents::remove_team(change.tx(), workspace, id).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Teams,
    });
    Ok(())
}

async fn find(change: &mut Change, id: TeamId) -> Result<TeamRow> {
    let workspace = change.workspace();
    let team = agents::teams(change.tx(), workspace)
        .await?
        .into_iter()
        .find(|team| team.id == id);
    team.ok_or(AdminError::NotFound("team"))
}

async fn unique_name(change: &mut Change, own: Option<TeamId>, name: &str) -> Result<String> {
    let (workspace, name) = (change.workspace(), administration::name("name", name, 80)?);
    let teams = agents::teams(change.tx(), workspace).await?;
    let taken = teams
        .iter()
        .any(|team| Some(team.id) != own && administration::same_name(&team.name, &name));
    if taken {
        Err(AdminError::Conflict(Fault::NameTaken))
    } else {
        Ok(name)
    }
}

/// Makes an active agent the team's lead, or nobody; `None` leaves it as it is.
async fn set_lead(change: &mut Change, team: TeamId, lead: Option<Option<AgentId>>) -> Result<()> {
    let Some(lead) = lead else {
        return Ok(());
    };
    let workspace = change.workspace();
    if let Some(agent) = lead {
        let found = agents::find(change.tx(), workspace, agent).await?;
        if !found.is_some_and(|agent| agent.active) {
            return administration::wrong("lead_id", Fault::NoSuchAgent);
        }
    }
    agents::set_lead(change.tx(), workspace, team, lead).await?;
    Ok(())
}

/// Makes these agents the team's members; those who come or go see other tickets from now on.
async fn set_members(change: &mut Change, team: TeamId, wanted: &[AgentId]) -> Result<()> {
    let workspace = change.workspace();
    let known = agents::all(change.tx(), workspace).await?;
    if !wanted
        .iter()
        .all(|agent| known.iter().any(|row| row.id == *agent))
    {
        return administration::wrong("agent_ids", Fault::NoSuchAgent);
    }
    let memberships = agents::memberships(change.tx(), workspace).await?;
    let present: Vec<AgentId> = memberships
        .iter()
        .filter(|(of, _)| *of == team)
        .map(|(_, agent)| *agent)
        .collect();
    for agent in wanted.iter().filter(|agent| !present.contains(agent)) {
        agents::add_member(change.tx(), workspace, team, *agent).await?;
        change.record_general(Event::AccessChanged { agent: *agent });
        ask_for_agent(change, *agent).await?;
    }
    for agent in present.iter().filter(|agent| !wanted.contains(agent)) {
        agents::remove_member(change.tx(), workspace, team, *agent).await?;
        change.record_general(Event::AccessChanged { agent: *agent });
    }
    change.record_general(Event::ReferenceChanged {
        what: Reference::Agents,
    });
    Ok(())
}
