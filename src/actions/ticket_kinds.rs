//! Kinds of tickets: four that are built in, and the workspace's own.

use shouwen_core::complaint::TicketKind;
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::WorkspaceId;
use uuid::Uuid;

use super::administration::{self, AdminError, Result};
use crate::db::{self, Conn};
use crate::log::Change;
use crate::store::ticket_kinds::{self, KindRow};

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct KindForm {
    pub name: Option<String>,
    pub archived: Option<bool>,
    pub position: Option<i64>,
}

/// Every kind, the built-in ones as the workspace changed them.
pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> std::result::Result<Vec<KindRow>, db::Error> {
    let mut all = ticket_kinds::all(conn, workspace).await?;
    for (position, kind) in (0..).zip(TicketKind::ALL) {
        if !all.iter().any(|row| row.key == kind.as_str()) {
            all.push(KindRow {
                key: kind.as_str().to_owned(),
                name: String::new(),
                archived: false,
                position,
            });
        }
    }
    all.sort_by(|one, other| (one.position, &one.key).cmp(&(other.position, &other.key)));
    Ok(all)
}

/// Whether a ticket may become of this kind.
pub async fn is_usable(
    conn: &mut Conn,
    workspace: WorkspaceId,
    key: &str,
) -> std::result::Result<bool, db::Error> {
    let all = all(conn, workspace).await?;
    Ok(all.iter().any(|row| row.key == key && !row.archived))
}

const MOST: usize = 100;

pub async fn create(change: &mut Change, form: &KindForm) -> Result<String> {
    let workspace = change.workspace();
    let all = all(change.tx(), workspace).await?;
    if all.len() >= MOST {
        return Err(AdminError::Conflict(Fault::KindsFull));
    }
    let name = unique_name(&all, None, form.name.as_deref().unwrap_or_default())?;
    let last = all.iter().map(|row| row.position).max().unwrap_or_default();
    let row = KindRow {
        key: change.next_id::<Uuid>().to_string(),
        name,
        archived: form.archived.unwrap_or(false),
        position: form.position.unwrap_or(last + 1),
    };
    save(change, &row).await?;
    Ok(row.key)
}

pub async fn update(change: &mut Change, key: &str, form: &KindForm) -> Result<()> {
    let workspace = change.workspace();
    let all = all(change.tx(), workspace).await?;
    let found = all.iter().find(|row| row.key == key).cloned();
    let mut row = found.ok_or(AdminError::NotFound("kind"))?;
    let built_in = TicketKind::from_word(key);
    if let Some(name) = &form.name {
        // A built-in kind without a name is called in the reader's language.
        let unnamed = built_in.is_some() && name.trim().is_empty();
        row.name = if unnamed {
            String::new()
        } else {
            unique_name(&all, Some(key), name)?
        };
    }
    let archived = form.archived.unwrap_or(row.archived);
    if archived && matches!(built_in, Some(TicketKind::Inquiry | TicketKind::Complaint)) {
        return Err(AdminError::Conflict(Fault::KindStays));
    }
    row.archived = archived;
    row.position = form.position.unwrap_or(row.position);
    save(change, &row).await
}

async fn save(change: &mut Change, row: &KindRow) -> Result<()> {
    let workspace = change.workspace();
    ticket_kinds::save(change.tx(), workspace, row).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Kinds,
    });
    Ok(())
}

fn unique_name(all: &[KindRow], own: Option<&str>, name: &str) -> Result<String> {
    let name = administration::name("name", name, 60)?;
    let is_taken =
        |row: &&KindRow| Some(row.key.as_str()) != own && administration::same_name(&row.name, &name);
    if all.iter().any(|row| is_taken(&row)) {
        return Err(AdminError::Conflict(Fault::NameTaken));
    }
    Ok(name)
}
