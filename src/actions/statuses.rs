//! Statuses: the workspace's own labels over the fixed categories.

use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::StatusId;
use shouwen_core::ticket::Category;

use super::administration::{self, AdminError, Result};
use crate::log::Change;
use crate::store::statuses::{self, StatusRow};

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct StatusForm {
    pub name: Option<String>,
    pub category: Option<Category>,
    pub position: Option<i64>,
    pub archived: Option<bool>,
}

pub async fn create(change: &mut Change, form: &StatusForm) -> Result<StatusId> {
    let workspace = change.workspace();
    let Some(category) = form.category else {
        return administration::wrong("category", Fault::CategoryNeeded);
    };
    let name = unique_name(change, None, form.name.as_deref().unwrap_or_default()).await?;
    let last = statuses::all(change.tx(), workspace)
        .await?
        .iter()
        .map(|status| status.position)
        .max();
    let status = StatusRow {
        id: change.next_id(),
        key: None,
        name,
        category,
        position: form.position.unwrap_or_else(|| last.map_or(0, |last| last + 1)),
        archived: form.archived.unwrap_or(false),
    };
    statuses::add(change.tx(), workspace, &status).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Statuses,
    });
    Ok(status.id)
}

pub async fn update(change: &mut Change, id: StatusId, form: &StatusForm) -> Result<()> {
    let workspace = change.workspace();
    let found = statuses::find(change.tx(), workspace, id).await?;
    let mut status = found.ok_or(AdminError::NotFound("status"))?;
    if let Some(name) = &form.name {
        // A built-in status without a name is called in the reader's language.
        let unnamed = status.key.is_some() && name.trim().is_empty();
        status.name = if unnamed {
            String::new()
        } else {
            unique_name(change, Some(id), name).await?
        };
    }
    if form.category.is_some_and(|category| category != status.category) {
        return Err(AdminError::Conflict(Fault::StatusMeaning));
    }
    if status.key.is_some() && form.archived == Some(true) {
        return Err(AdminError::Conflict(Fault::StatusBuiltIn));
    }
    status.position = form.position.unwrap_or(status.position);
    status.archived = form.archived.unwrap_or(status.archived);
    statuses::save(change.tx(), workspace, &status).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Statuses,
    });
    Ok(())
}

async fn unique_name(change: &mut Change, own: Option<StatusId>, name: &str) -> Result<String> {
    let (workspace, name) = (change.workspace(), administration::name("name", name, 60)?);
    let all = statuses::all(change.tx(), workspace).await?;
    let taken = all
        .iter()
        .any(|status| Some(status.id) != own && administration::same_name(&status.name, &name));
    if taken {
        Err(AdminError::Conflict(Fault::NameTaken))
    } else {
        Ok(name)
    }
}
