//! Applying a macro to a ticket: what it changes is changed at once, and its text is given back for the composer.

use serde::Serialize;
use shouwen_core::event::Event;
use shouwen_core::id::{MacroId, TagId, TicketId};
use shouwen_core::macros::{MacroAssignee, MacroChanges, MacroPart};
use shouwen_core::template::nearest;
use shouwen_core::ticket::Field;

use super::offering::{Reader, holds, lacking, may_use, teams};
use super::targets::Targets;
use super::{MacroError, grades};
use crate::actions::edits::{EditError, set_field, set_tags};
use crate::actions::replies::lock_visible;
use crate::log::Change;
use crate::store::macros::{self, MacroRow};
use crate::store::tickets::{self, TicketRow};

/// What a field held and holds.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldChange {
    pub field: Field,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// What the macro could not change, and why; the rest holds.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LeftOut {
    pub part: MacroPart,
    pub detail: String,
}

#[derive(Debug, Clone)]
pub struct Applied {
    pub name: String,
    pub text: String,
    /// Of the text.
    pub locale: String,
    pub changed: Vec<FieldChange>,
    pub added: Vec<TagId>,
    pub removed: Vec<TagId>,
    pub left_out: Vec<LeftOut>,
}

/// Applies a macro; `locale` is the language of the text, if not the customer's.
///
/// The macro's own row is not locked: it is applied as it stood, and whoever deletes it meanwhile comes after.
pub async fn apply(
    change: &mut Change,
    ticket: TicketId,
    id: MacroId,
    locale: Option<&str>,
) -> Result<Applied, MacroError> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let mut row = lock_visible(change, ticket)
        .await?
        .ok_or(MacroError::NoSuchTicket)?;
    let chosen = usable(change, &row, id).await?;
    let reader = Reader::of(change.tx(), &actor, &row).await?;
    let offer = reader.offer(chosen, &row);
    let wanted = locale.unwrap_or(&offer.locale);
    let text = nearest(&offer.texts, |one| &one.locale, wanted).or(offer.texts.first());
    let text = text.cloned().unwrap_or_default();
    let mut applied = Applied {
        name: offer.row.name.clone(),
        text: text.text,
        locale: text.locale,
        changed: Vec::new(),
        added: Vec::new(),
        removed: Vec::new(),
        left_out: Vec::new(),
    };
    carry_out(change, &mut row, &offer.row.content.0.changes, &mut applied).await?;
    change.record(ticket, Event::MacroApplied { applied: id });
    row.updated_at = change.now();
    tickets::save(change.tx(), workspace, &row).await?;
    Ok(applied)
}

/// The macro, if whoever acts may use it in this ticket, which is locked: so is the grade of its case.
async fn usable(change: &mut Change, ticket: &TicketRow, id: MacroId) -> Result<MacroRow, MacroError> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let teams = teams(change.tx(), &actor).await?;
    let found = macros::find(change.tx(), workspace, id).await?;
    let row = found
        .filter(|row| row.active && may_use(row, actor.agent(), &teams))
        .ok_or(MacroError::NoSuchMacro)?;
    if let Some((grade, rule)) = grades::of_ticket(change.tx(), workspace, ticket).await?
        && !rule.allows_macro(id)
    {
        let why = grades::refusal(change.tx(), workspace, id, grade, &rule).await?;
        return Err(MacroError::GradeForbids(why));
    }
    if !holds(&row, ticket) {
        return Err(MacroError::Elsewhere(
            "this macro is for tickets of another channel or team",
        ));
    }
    match lacking(&actor, &row.content.0.changes) {
        Some(permission) => Err(MacroError::Forbidden(permission)),
        None => Ok(row),
    }
}

async fn carry_out(
    change: &mut Change,
    row: &mut TicketRow,
    changes: &MacroChanges,
    applied: &mut Applied,
) -> Result<(), MacroError> {
    for part in changes.parts() {
        let (field, new) = match part {
            MacroPart::Team => (Field::Team, changes.team_id.map(|id| id.to_string())),
            MacroPart::Assignee => (Field::Assignee, assignee(change, changes)),
            MacroPart::Priority => (Field::Priority, changes.priority.map(|word| word.to_string())),
            MacroPart::Kind => (Field::Kind, changes.kind.clone()),
            MacroPart::Status => (Field::Status, changes.status_id.map(|id| id.to_string())),
            MacroPart::Tags => {
                tag(change, row.id, changes, applied).await?;
                continue;
            }
        };
        match set_field(change, row, field, new.as_deref(), &applied.name).await {
            Ok(None) => {}
            Ok(Some(before)) => applied.changed.push(FieldChange {
                field,
                from: before.0,
                to: new,
            }),
            Err(EditError::Wrong(_, why)) => applied.left_out.push(LeftOut {
                part,
                detail: why.to_string(),
            }),
            // A macro's name is its reason.
            Err(EditError::ReasonNeeded) => {}
            Err(EditError::NoSuchTicket) => return Err(MacroError::NoSuchTicket),
            Err(EditError::Forbidden(permission)) => return Err(MacroError::Forbidden(permission)),
            Err(EditError::Store(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

fn assignee(change: &Change, changes: &MacroChanges) -> Option<String> {
    match changes.assignee? {
        MacroAssignee::Applier => change.actor().agent().map(|id| id.to_string()),
        MacroAssignee::Nobody => None,
        MacroAssignee::Agent { agent_id } => Some(agent_id.to_string()),
    }
}

/// Tags that were deleted since are left out: a row that names one would not be taken.
async fn tag(
    change: &mut Change,
    ticket: TicketId,
    changes: &MacroChanges,
    applied: &mut Applied,
) -> Result<(), MacroError> {
    let workspace = change.workspace();
    let targets = Targets::load(change.tx(), workspace).await?;
    let (add, gone): (Vec<TagId>, Vec<TagId>) =
        changes.add_tag_ids.iter().partition(|id| targets.has_tag(**id));
    if !gone.is_empty() {
        applied.left_out.push(LeftOut {
            part: MacroPart::Tags,
            detail: "one of the tags was deleted".to_owned(),
        });
    }
    (applied.added, applied.removed) = set_tags(change, ticket, &add, &changes.remove_tag_ids).await?;
    Ok(())
}
