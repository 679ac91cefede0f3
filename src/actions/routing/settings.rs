//! What administrators and supervisors set: an agent's capacity, skills, languages and shift; a team's routing; skills.

use serde::Serialize;
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, SkillId, TeamId};
use shouwen_core::routing::{Shift, SkillNeed, Weights, is_language};

use super::{ask, ask_for_agent, presence};
use crate::actions::administration::{self, AdminError, Result};
use crate::db::{self, JsonText};
use crate::log::Change;
use crate::store::agents;
use crate::store::routing::{self, SkillRow, TeamRoutingRow};

/// Most that an agent may have at once, and most that a ticket may weigh.
const MOST_CAPACITY: i64 = 1_000;
const MOST_LANGUAGES: usize = 50;
const MOST_SKILLS: usize = 200;

#[derive(Debug, Clone)]
pub struct AgentRouting {
    pub capacity: i64,
    pub skills: Vec<SkillId>,
    pub languages: Vec<String>,
    pub shift: Option<Shift>,
}

#[derive(Debug, Clone)]
pub struct TeamRouting {
    pub auto_assign: bool,
    pub match_language: bool,
    pub release_at_shift_end: bool,
    pub weights: Weights,
    pub skill_needs: Vec<SkillNeed>,
}

pub async fn set_agent(change: &mut Change, agent: AgentId, wanted: &AgentRouting) -> Result<()> {
    let workspace = change.workspace();
    check_agent(wanted)?;
    let known = routing::skills(change.tx(), workspace).await?;
    if !wanted
        .skills
        .iter()
        .all(|skill| known.iter().any(|row| row.id == *skill))
    {
        return administration::wrong("skill_ids", Fault::NoSuchSkill);
    }
    let found = presence::locked(change, agent).await?;
    let mut state = found.ok_or(AdminError::NotFound("agent"))?;
    state.capacity = wanted.capacity;
    let mut languages = wanted.languages.clone();
    languages.sort();
    languages.dedup();
    state.languages = JsonText(languages);
    state.shift = wanted.shift.clone().map(JsonText);
    routing::save_state(change.tx(), workspace, &state).await?;
    routing::set_skills(change.tx(), workspace, agent, &wanted.skills).await?;
    presence::set_shift_timer(change, &state).await?;
    let (presence, available) = (state.presence, presence::is_available(&state, change.now()));
    change.record_general(Event::PresenceChanged {
        agent,
        presence,
        available,
    });
    Ok(ask_for_agent(change, agent).await?)
}

fn check_agent(wanted: &AgentRouting) -> Result<()> {
    if !(0..=MOST_CAPACITY).contains(&wanted.capacity) {
        return administration::wrong(
            "capacity",
            Fault::OutOfRange {
                least: 0,
                most: MOST_CAPACITY,
            },
        );
    }
    if wanted.languages.len() > MOST_LANGUAGES || !wanted.languages.iter().all(|word| is_language(word)) {
        return administration::wrong("languages", Fault::NotLanguages);
    }
    if let Some(Err(error)) = wanted.shift.as_ref().map(Shift::check) {
        return administration::wrong("shift", error);
    }
    Ok(())
}

/// How a team gives out its tickets, or how those of no team are given out.
pub async fn set_team(change: &mut Change, team: Option<TeamId>, wanted: &TeamRouting) -> Result<()> {
    let workspace = change.workspace();
    routing::lock(change.tx(), workspace).await?;
    let teams = agents::teams(change.tx(), workspace).await?;
    if team.is_some_and(|team| !teams.iter().any(|row| row.id == team)) {
        return Err(AdminError::NotFound("team"));
    }
    let weights = [wanted.weights.chat, wanted.weights.email, wanted.weights.phone];
    if !weights.iter().all(|weight| (0..=MOST_CAPACITY).contains(weight)) {
        return administration::wrong(
            "weights",
            Fault::OutOfRange {
                least: 0,
                most: MOST_CAPACITY,
            },
        );
    }
    let known = routing::skills(change.tx(), workspace).await?;
    let is_known = |need: &SkillNeed| known.iter().any(|row| row.id == need.skill_id);
    if wanted.skill_needs.len() > MOST_SKILLS || !wanted.skill_needs.iter().all(is_known) {
        return administration::wrong("skill_needs", Fault::SkillNeeds);
    }
    let row = TeamRoutingRow {
        team_id: team,
        auto_assign: wanted.auto_assign,
        match_language: wanted.match_language,
        release_at_shift_end: wanted.release_at_shift_end,
        weights: JsonText(wanted.weights),
        skill_needs: JsonText(wanted.skill_needs.clone()),
    };
    routing::save_team(change.tx(), workspace, &row).await?;
    tell(change);
    if row.auto_assign {
        ask(change, team);
    }
    Ok(())
}

pub async fn add_skill(change: &mut Change, name: &str) -> Result<SkillRow> {
    let (workspace, now) = (change.workspace(), change.now());
    if routing::skills(change.tx(), workspace).await?.len() >= MOST_SKILLS {
        return Err(AdminError::Conflict(Fault::SkillsFull));
    }
    let row = SkillRow {
        id: change.next_id(),
        name: administration::name("name", name, 80)?,
        created_at: now,
    };
    routing::add_skill(change.tx(), workspace, &row)
        .await
        .map_err(taken)?;
    tell(change);
    Ok(row)
}

pub async fn rename_skill(change: &mut Change, id: SkillId, name: &str) -> Result<SkillRow> {
    let (workspace, name) = (change.workspace(), administration::name("name", name, 80)?);
    let renamed = routing::rename_skill(change.tx(), workspace, id, &name)
        .await
        .map_err(taken)?;
    tell(change);
    let found = routing::skills(change.tx(), workspace).await?;
    let row = found.into_iter().find(|row| row.id == id && renamed);
    row.ok_or(AdminError::NotFound("skill"))
}

pub async fn remove_skill(change: &mut Change, id: SkillId) -> Result<()> {
    let workspace = change.workspace();
    routing::lock(change.tx(), workspace).await?;
    let needed = routing::teams(change.tx(), workspace).await?;
    if needed
        .iter()
        .any(|team| team.skill_needs.0.iter().any(|need| need.skill_id == id))
    {
        return Err(AdminError::Conflict(Fault::SkillNeeded));
    }
    if !routing::remove_skill(change.tx(), workspace, id).await? {
        return Err(AdminError::NotFound("skill"));
    }
    tell(change);
    Ok(())
}

pub(super) fn tell(change: &mut Change) {
    change.record_general(Event::ReferenceChanged {
        what: Reference::Routing,
    });
}

pub(super) fn taken(error: db::Error) -> AdminError {
    match error {
        db::Error::Conflict(_) => AdminError::Conflict(Fault::NameTaken),
        error => error.into(),
    }
}

pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is kept is plain data")
}
