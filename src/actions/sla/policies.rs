//! Policies: written, put in order, taken out of use. Each change starts a run over the open tickets.

use serde::{Deserialize, Serialize};
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{SlaPolicyId, SlaRunId};
use shouwen_core::sla::policy::Terms;

use super::runs;
use crate::actions::administration::{self, AdminError, Result};
use crate::db::JsonText;
use crate::log::Change;
use crate::store::sla::calendars;
use crate::store::sla::policies::{self, PolicyRow};

/// More could not be read by whoever keeps them in order.
const MOST: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyForm {
    pub name: String,
    pub terms: Terms,
}

/// Adds a policy, to be tried after the others and before the default one.
pub async fn create(change: &mut Change, form: &PolicyForm) -> Result<(SlaPolicyId, SlaRunId)> {
    let workspace = change.workspace();
    begin(change).await?;
    let all = policies::all(change.tx(), workspace).await?;
    if all.len() >= MOST {
        return Err(AdminError::Conflict(Fault::PoliciesFull));
    }
    check(change, form).await?;
    let row = PolicyRow {
        id: change.next_id(),
        version: 1,
        name: unique_name(&all, None, &form.name)?,
        position: all.iter().map(|row| row.position).max().unwrap_or_default() + 1,
        is_default: false,
        updated_at: change.now(),
        terms: JsonText(form.terms.clone()),
    };
    policies::add(change.tx(), workspace, &row).await?;
    Ok((row.id, end(change).await?))
}

/// Changes a policy, which was at `version` when its editor saw it.
pub async fn update(
    change: &mut Change,
    id: SlaPolicyId,
    version: i64,
    form: &PolicyForm,
) -> Result<SlaRunId> {
    let workspace = change.workspace();
    begin(change).await?;
    let all = policies::all(change.tx(), workspace).await?;
    let before = all
        .iter()
        .find(|row| row.id == id)
        .ok_or(AdminError::NotFound("policy"))?;
    if before.version != version {
        return Err(AdminError::Conflict(Fault::PolicyChanged));
    }
    if before.is_default && !form.terms.conditions.is_empty() {
        return administration::wrong("conditions", Fault::DefaultTakesAll);
    }
    check(change, form).await?;
    // The default policy may go by the name that the reader's language gives it.
    let nameless = before.is_default && form.name.trim().is_empty();
    let name = if nameless {
        String::new()
    } else {
        unique_name(&all, Some(id), &form.name)?
    };
    let row = PolicyRow {
        version: version + 1,
        name,
        updated_at: change.now(),
        terms: JsonText(form.terms.clone()),
        ..before.clone()
    };
    policies::save(change.tx(), workspace, &row).await?;
    end(change).await
}

/// Puts all policies but the default one into this order.
pub async fn order(change: &mut Change, ids: &[SlaPolicyId]) -> Result<SlaRunId> {
    let workspace = change.workspace();
    begin(change).await?;
    let all = policies::all(change.tx(), workspace).await?;
    check_order(&all, ids)?;
    for (position, id) in (1..).zip(ids) {
        policies::place(change.tx(), workspace, *id, position).await?;
    }
    end(change).await
}

/// That these are all policies but the default one, each once.
pub fn check_order(all: &[PolicyRow], ids: &[SlaPolicyId]) -> Result<()> {
    let mut wanted: Vec<SlaPolicyId> = all
        .iter()
        .filter(|row| !row.is_default)
        .map(|row| row.id)
        .collect();
    let mut given = ids.to_vec();
    wanted.sort_unstable();
    given.sort_unstable();
    if wanted == given {
        return Ok(());
    }
    administration::wrong("ids", Fault::OrderIncomplete)
}

/// Takes a policy out of use. Tickets that are over keep the verdict that it gave them.
pub async fn delete(change: &mut Change, id: SlaPolicyId) -> Result<SlaRunId> {
    let workspace = change.workspace();
    begin(change).await?;
    let all = policies::all(change.tx(), workspace).await?;
    let row = all
        .iter()
        .find(|row| row.id == id)
        .ok_or(AdminError::NotFound("policy"))?;
    if row.is_default {
        return Err(AdminError::Conflict(Fault::DefaultStays));
    }
    policies::delete(change.tx(), workspace, id).await?;
    end(change).await
}

/// Waits for whoever changes the book now, and gives it another stamp.
pub async fn begin(change: &mut Change) -> Result<()> {
    let (workspace, stamp) = (change.workspace(), change.next_id());
    policies::set_stamp(change.tx(), workspace, stamp).await?;
    Ok(())
}

async fn end(change: &mut Change) -> Result<SlaRunId> {
    change.record_general(Event::ReferenceChanged { what: Reference::Sla });
    runs::start(change).await
}

/// That the terms make sense, and that the calendars that they name are there.
pub async fn check(change: &mut Change, form: &PolicyForm) -> Result<()> {
    if let Err((field, detail)) = form.terms.check() {
        return administration::wrong(field, detail);
    }
    let workspace = change.workspace();
    let named = [
        ("calendar_id", form.terms.calendar_id),
        ("notify_calendar_id", form.terms.notify_calendar_id),
    ];
    for (field, calendar) in named {
        if let Some(id) = calendar
            && calendars::find(change.tx(), workspace, id).await?.is_none()
        {
            return administration::wrong(field, Fault::NoSuchCalendar);
        }
    }
    Ok(())
}

fn unique_name(all: &[PolicyRow], own: Option<SlaPolicyId>, name: &str) -> Result<String> {
    let name = administration::name("name", name, 80)?;
    let taken = all
        .iter()
        .any(|row| Some(row.id) != own && administration::same_name(&row.name, &name));
    if taken {
        return Err(AdminError::Conflict(Fault::NameTaken));
    }
    Ok(name)
}
