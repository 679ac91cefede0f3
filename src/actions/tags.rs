//! Tags: words that agents put on tickets.

use futures_util::FutureExt;
use shouwen_core::actor::Actor;
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::TagId;

use super::administration::{self, AdminError, Result};
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::store::tags::{self, TagRow};
use crate::store::tickets;

shouwen_core::words! {
    TagColor {
        Gray = "gray", Red = "red", Amber = "amber", Green = "green", Teal = "teal", Blue = "blue", Violet = "violet",
    }
}

/// How many tickets lose a deleted tag in one change.
const BATCH: i64 = 100;

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct TagForm {
    pub name: Option<String>,
    pub color: Option<TagColor>,
}

pub async fn create(change: &mut Change, form: &TagForm) -> Result<TagId> {
    let (workspace, now) = (change.workspace(), change.now());
    let tag = TagRow {
        id: change.next_id(),
        name: administration::name("name", form.name.as_deref().unwrap_or_default(), 50)?,
        color: form.color.unwrap_or(TagColor::Gray).to_string(),
        created_at: now,
    };
    tags::add(change.tx(), workspace, &tag)
        .await
        .map_err(name_taken)?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Tags,
    });
    Ok(tag.id)
}

pub async fn update(change: &mut Change, id: TagId, form: &TagForm) -> Result<()> {
    let workspace = change.workspace();
    let mut tag = tags::find(change.tx(), workspace, id)
        .await?
        .ok_or(AdminError::NotFound("tag"))?;
    if let Some(name) = &form.name {
        tag.name = administration::name("name", name, 50)?;
    }
    if let Some(color) = form.color {
        tag.color = color.to_string();
    }
    tags::save(change.tx(), workspace, &tag)
        .await
        .map_err(name_taken)?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Tags,
    });
    Ok(())
}

/// Takes a tag off every ticket, some at a time, then removes it.
pub async fn delete(app: &App, actor: &Actor, id: TagId) -> Result<()> {
    while app
        .change(actor, id, |change, id| delete_some(change, *id).boxed())
        .await?
    {}
    Ok(())
}

/// Whether there may be more.
async fn delete_some(change: &mut Change, id: TagId) -> Result<bool> {
    let workspace = change.workspace();
    tags::find(change.tx(), workspace, id)
        .await?
        .ok_or(AdminError::NotFound("tag"))?;
    let bearers = tags::some_bearers(change.tx(), workspace, id, BATCH).await?;
    for ticket in &bearers {
        if tickets::remove_tag(change.tx(), workspace, *ticket, id).await? {
            change.record(*ticket, Event::TagRemoved { tag: id });
        }
    }
    if i64::try_from(bearers.len()).unwrap_or(BATCH) == BATCH {
        return Ok(true);
    }
    tags::remove(change.tx(), workspace, id).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Tags,
    });
    Ok(false)
}

fn name_taken(error: db::Error) -> AdminError {
    match error {
        db::Error::Conflict(_) => AdminError::Conflict(Fault::NameTaken),
        error => error.into(),
    }
}
