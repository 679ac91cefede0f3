//! Roles: what their holders may do and see. Nobody gives out more than they hold.

use shouwen_core::actor::{BuiltInRole, PermissionSet, Scope};
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::RoleId;

use super::administration::{self, AdminError, Result};
use crate::db::JsonText;
use crate::log::Change;
use crate::store::agents::{self, RoleRow};
use crate::store::complaints;

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct RoleForm {
    pub name: Option<String>,
    pub permissions: Option<PermissionSet>,
    pub scope: Option<Scope>,
}

pub async fn create(change: &mut Change, form: &RoleForm) -> Result<RoleId> {
    let workspace = change.workspace();
    agents::lock_access(change.tx(), workspace).await?;
    let role = RoleRow {
        id: change.next_id(),
        key: None,
        name: unique_name(change, None, form.name.as_deref().unwrap_or_default()).await?,
        permissions: JsonText(form.permissions.unwrap_or_default()),
        scope: form.scope.unwrap_or(Scope::Assigned),
    };
    check_holds(change, &role)?;
    agents::add_role(change.tx(), workspace, &role).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Roles,
    });
    Ok(role.id)
}

pub async fn update(change: &mut Change, id: RoleId, form: &RoleForm) -> Result<()> {
    let workspace = change.workspace();
    agents::lock_access(change.tx(), workspace).await?;
    let before = find(change, id).await?;
    check_holds(change, &before)?;
    let mut role = before.clone();
    if let Some(name) = &form.name {
        // A built-in role without a name is called in the reader's language.
        let unnamed = role.key.is_some() && name.trim().is_empty();
        role.name = if unnamed {
            String::new()
        } else {
            unique_name(change, Some(id), name).await?
        };
    }
    role.permissions = form.permissions.map_or(role.permissions, JsonText);
    role.scope = form.scope.unwrap_or(role.scope);
    let access_changed = role.permissions != before.permissions || role.scope != before.scope;
    if access_changed && is_administrator(&role) {
        return Err(AdminError::Conflict(Fault::AdministratorsDoAll));
    }
    check_holds(change, &role)?;
    agents::save_role(change.tx(), workspace, &role).await?;
    if access_changed {
        for agent in agents::in_role(change.tx(), workspace, id).await? {
            change.record_general(Event::AccessChanged { agent });
        }
    }
    change.record_general(Event::ReferenceChanged {
        what: Reference::Roles,
    });
    Ok(())
}

pub async fn delete(change: &mut Change, id: RoleId) -> Result<()> {
    let workspace = change.workspace();
    agents::lock_access(change.tx(), workspace).await?;
    let role = find(change, id).await?;
    check_holds(change, &role)?;
    if role.key.is_some() {
        return Err(AdminError::Conflict(Fault::RoleBuiltIn));
    }
    if !agents::in_role(change.tx(), workspace, id).await?.is_empty() {
        return Err(AdminError::Conflict(Fault::RoleHeld));
    }
    complaints::forget_role(change.tx(), workspace, id).await?;
    agents::remove_role(change.tx(), workspace, id).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Roles,
    });
    Ok(())
}

fn is_administrator(role: &RoleRow) -> bool {
    role.key.as_deref() == Some(BuiltInRole::Administrator.as_str())
}

async fn find(change: &mut Change, id: RoleId) -> Result<RoleRow> {
    let workspace = change.workspace();
    agents::find_role(change.tx(), workspace, id)
        .await?
        .ok_or(AdminError::NotFound("role"))
}

fn check_holds(change: &Change, role: &RoleRow) -> Result<()> {
    if administration::holds(change.actor(), role.permissions.0, role.scope) {
        Ok(())
    } else {
        Err(AdminError::Refused(Fault::RoleAboveYou))
    }
}

async fn unique_name(change: &mut Change, own: Option<RoleId>, name: &str) -> Result<String> {
    let (workspace, name) = (change.workspace(), administration::name("name", name, 80)?);
    let roles = agents::roles(change.tx(), workspace).await?;
    let taken = roles
        .iter()
        .any(|role| Some(role.id) != own && administration::same_name(&role.name, &name));
    if taken {
        Err(AdminError::Conflict(Fault::NameTaken))
    } else {
        Ok(name)
    }
}
