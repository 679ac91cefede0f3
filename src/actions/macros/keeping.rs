//! Writing macros: one's own by every agent who answers, shared ones by whoever has the permission.

use shouwen_core::actor::{Actor, Permission};
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, MacroId, TeamId};
use shouwen_core::macros::{MacroChanges, MacroContext, MacroText, fault_of_shortcut, fault_of_texts};

use super::offering::may_edit;
use super::targets::Targets;
use crate::actions::administration::{self, AdminError, Result, same_name, wrong};
use crate::actions::complaints::rules;
use crate::actions::variables::NAMES;
use crate::db::{Error, JsonText};
use crate::log::Change;
use crate::store::macros::{self, MacroContent, MacroRow};

/// Shared macros of a workspace, and own ones of an agent.
const MOST: usize = 300;

/// Who may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    Team(TeamId),
    Me,
}

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct MacroForm {
    pub name: Option<String>,
    pub shortcut: Option<String>,
    pub texts: Option<Vec<MacroText>>,
    pub changes: Option<MacroChanges>,
    pub context: Option<MacroContext>,
    pub audience: Option<Audience>,
    pub active: Option<bool>,
}

pub async fn create(change: &mut Change, form: &MacroForm) -> Result<MacroId> {
    let now = change.now();
    let mut row = MacroRow {
        id: change.next_id(),
        name: String::new(),
        shortcut: String::new(),
        content: JsonText(MacroContent::default()),
        team_id: None,
        agent_id: None,
        active: true,
        position: 0,
        created_at: now,
        updated_at: now,
    };
    let form = MacroForm {
        name: Some(form.name.clone().unwrap_or_default()),
        audience: Some(form.audience.unwrap_or(Audience::Me)),
        ..form.clone()
    };
    let others = write(change, &mut row, &form).await?;
    if others.len() >= MOST {
        return Err(AdminError::Conflict(Fault::MacrosFull));
    }
    let last = others.iter().map(|other| other.position).max();
    row.position = last.map_or(0, |last| last + 1);
    let workspace = change.workspace();
    macros::add(change.tx(), workspace, &row).await?;
    tell(change);
    Ok(row.id)
}

pub async fn update(change: &mut Change, id: MacroId, form: &MacroForm) -> Result<()> {
    let mut row = lock(change, id).await?;
    let was_shared = row.agent_id.is_none();
    write(change, &mut row, form).await?;
    row.updated_at = change.now();
    let workspace = change.workspace();
    macros::save(change.tx(), workspace, &row).await?;
    if was_shared && row.agent_id.is_some() {
        rules::forget_macro(change, id).await?;
    }
    tell(change);
    Ok(())
}

pub async fn delete(change: &mut Change, id: MacroId) -> Result<()> {
    let row = lock(change, id).await?;
    let workspace = change.workspace();
    macros::remove(change.tx(), workspace, row.id).await?;
    rules::forget_macro(change, id).await?;
    tell(change);
    Ok(())
}

/// Puts these in this order; those that are not named stay behind them.
pub async fn reorder(change: &mut Change, ids: &[MacroId]) -> Result<()> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let known = macros::shared_and_own(change.tx(), workspace, actor.agent()).await?;
    let mut ordered = Vec::new();
    for id in ids {
        let row = known.iter().find(|row| row.id == *id);
        let row = row.ok_or(AdminError::NotFound("macro"))?;
        if !may_edit(&actor, row) {
            return Err(NOT_SHARED);
        }
        if !ordered.contains(&row) {
            ordered.push(row);
        }
    }
    let of_same = |row: &&MacroRow| ordered.iter().any(|one| one.agent_id == row.agent_id);
    let behind = known
        .iter()
        .filter(of_same)
        .filter(|row| !ids.contains(&row.id))
        .collect::<Vec<_>>();
    let mut places: Vec<(MacroId, i64)> = ordered
        .into_iter()
        .chain(behind)
        .zip(0..)
        .map(|(row, position)| (row.id, position))
        .collect();
    // Rows are taken in the order of their ids.
    places.sort_unstable();
    for (id, position) in places {
        macros::set_position(change.tx(), workspace, id, position).await?;
    }
    tell(change);
    Ok(())
}

/// A team is no more. What only it could use, or was for its tickets alone, is put away, for whoever keeps the macros
/// to look at: it must not become everybody's.
pub async fn forget_team(change: &mut Change, team: TeamId) -> std::result::Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let mut shared = macros::shared_and_own(change.tx(), workspace, None).await?;
    shared.retain(|row| row.team_id == Some(team) || row.content.0.context.team_ids.contains(&team));
    shared.sort_unstable_by_key(|row| row.id);
    for MacroRow { id, .. } in shared {
        let Some(mut row) = macros::lock(change.tx(), workspace, id).await? else {
            continue;
        };
        if row.team_id == Some(team) {
            (row.team_id, row.active) = (None, false);
        }
        if !row.content.0.context.forget_team(team) {
            row.active = false;
        }
        row.updated_at = now;
        macros::save(change.tx(), workspace, &row).await?;
        tell(change);
    }
    Ok(())
}

/// The macro, taken for this change, if the actor may edit it.
async fn lock(change: &mut Change, id: MacroId) -> Result<MacroRow> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let found = macros::lock(change.tx(), workspace, id).await?;
    let visible = |row: &MacroRow| row.agent_id.is_none() || row.agent_id == actor.agent();
    let row = found.filter(visible).ok_or(AdminError::NotFound("macro"))?;
    if may_edit(&actor, &row) {
        Ok(row)
    } else {
        Err(NOT_SHARED)
    }
}

const NOT_SHARED: AdminError = AdminError::Refused(Fault::MacroShared);

/// Fills in what the form says; the others of the same kind, shared or own, among which its name stands.
async fn write(change: &mut Change, row: &mut MacroRow, form: &MacroForm) -> Result<Vec<MacroRow>> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    if let Some(audience) = form.audience {
        (row.team_id, row.agent_id) = hand_to(&actor, audience)?;
    }
    let known = macros::shared_and_own(change.tx(), workspace, row.agent_id).await?;
    let others: Vec<MacroRow> = known
        .into_iter()
        .filter(|other| other.id != row.id && other.agent_id == row.agent_id)
        .collect();
    write_names(row, form, &others)?;
    let targets = Targets::load(change.tx(), workspace).await?;
    if form.audience.is_some() && row.team_id.is_some_and(|team| !targets.has_team(team)) {
        return wrong("team_id", Fault::NoSuchTeam);
    }
    write_content(&mut row.content.0, form, &targets)?;
    row.active = form.active.unwrap_or(row.active);
    Ok(others)
}

/// The team and the agent whose it is.
fn hand_to(actor: &Actor, audience: Audience) -> Result<(Option<TeamId>, Option<AgentId>)> {
    if audience != Audience::Me && !actor.may(Permission::AdminMacros) {
        return Err(NOT_SHARED);
    }
    match audience {
        Audience::Everyone => Ok((None, None)),
        Audience::Team(team) => Ok((Some(team), None)),
        Audience::Me => match actor.agent() {
            Some(agent) => Ok((None, Some(agent))),
            None => Err(AdminError::Refused(Fault::KeyHasNoMacros)),
        },
    }
}

fn write_names(row: &mut MacroRow, form: &MacroForm, others: &[MacroRow]) -> Result<()> {
    if let Some(name) = &form.name {
        row.name = administration::name("name", name, 80)?;
    }
    if let Some(shortcut) = &form.shortcut {
        shortcut.trim().clone_into(&mut row.shortcut);
        if let Some(fault) = fault_of_shortcut(&row.shortcut) {
            return wrong("shortcut", fault);
        }
    }
    if others.iter().any(|other| same_name(&other.name, &row.name)) {
        return wrong("name", Fault::NameTaken);
    }
    let same = |other: &&MacroRow| !row.shortcut.is_empty() && same_name(&other.shortcut, &row.shortcut);
    if let Some(other) = others.iter().find(same) {
        return wrong(
            "shortcut",
            Fault::ShortcutTaken {
                name: other.name.clone(),
            },
        );
    }
    Ok(())
}

fn write_content(content: &mut MacroContent, form: &MacroForm, targets: &Targets) -> Result<()> {
    if let Some(texts) = &form.texts {
        if let Some(fault) = fault_of_texts(texts, NAMES) {
            return wrong("texts", fault);
        }
        content.texts.clone_from(texts);
    }
    if let Some(changes) = &form.changes {
        if let Some((field, fault)) = changes.fault() {
            return wrong(field, fault);
        }
        if let Some((_, field, detail)) = targets.missing(changes).first() {
            return wrong(field, *detail);
        }
        content.changes.clone_from(changes);
    }
    if let Some(context) = &form.context {
        if !targets.has_teams_of(context) {
            return wrong("context/team_ids", Fault::MacroTeamGone);
        }
        content.context.clone_from(context);
    }
    if content.texts.is_empty() && content.changes.is_empty() {
        return wrong("texts", Fault::MacroEmpty);
    }
    Ok(())
}

fn tell(change: &mut Change) {
    change.record_general(Event::ReferenceChanged {
        what: Reference::Macros,
    });
}
