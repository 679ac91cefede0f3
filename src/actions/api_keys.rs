//! API keys: made once, shown once, revoked for good.

use shouwen_core::actor::{KeyScope, Scope};
use shouwen_core::event::{Event, Reference};
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, ApiKeyId};

use super::administration::{self, AdminError, Result};
use crate::db::{self, JsonText};
use crate::log::Change;
use crate::secrets::hash_token;
use crate::store::api_keys::{self, ApiKeyRow};

#[derive(Debug, Clone)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<KeyScope>,
    /// Made outside of the change; only its hash is kept.
    pub token: String,
}

/// Makes a key. It may do no more than whoever makes it.
pub async fn create(change: &mut Change, agent: AgentId, new: &NewKey) -> Result<ApiKeyRow> {
    let mut scopes = new.scopes.clone();
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        return administration::wrong("scopes", Fault::ChooseOne);
    }
    let permissions = scopes
        .iter()
        .flat_map(|scope| scope.permissions().iter().copied())
        .collect();
    if !administration::holds(change.actor(), permissions, Scope::All) {
        return Err(AdminError::Refused(Fault::KeyAboveYou));
    }
    let key = ApiKeyRow {
        workspace_id: change.workspace(),
        id: change.next_id(),
        name: administration::name("name", &new.name, 100)?,
        scopes: JsonText(scopes),
        created_by: agent,
        created_at: change.now(),
        last_used_at: None,
    };
    api_keys::add(change.tx(), &key, &hash_token(&new.token)).await?;
    change.record_general(Event::ReferenceChanged {
        what: Reference::Keys,
    });
    Ok(key)
}

pub async fn revoke(change: &mut Change, id: ApiKeyId) -> Result<()> {
    let (workspace, now) = (change.workspace(), change.now());
    if !api_keys::revoke(change.tx(), workspace, id, now).await? {
        return Err(AdminError::NotFound("API key"));
    }
    change.record_general(Event::ReferenceChanged {
        what: Reference::Keys,
    });
    Ok(())
}

/// Notes that a key is used. Called at most once a minute for each.
pub async fn touch(change: &mut Change, id: ApiKeyId) -> std::result::Result<(), db::Error> {
    let (workspace, now) = (change.workspace(), change.now());
    api_keys::touch(change.tx(), workspace, id, now).await
}
