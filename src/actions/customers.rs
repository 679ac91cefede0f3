//! Finding the customer behind an identity, or making one.

use shouwen_core::customer::{IdentityKind, Verified};
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, CustomerId, IdentityId};

use super::administration::AdminError;
use super::routing::tiers;
use crate::db::Error;
use crate::log::Change;
use crate::store::customers::{self, CustomerRow, IdentityRow};

/// An identity as somebody gave it.
#[derive(Debug, Clone)]
pub struct Known {
    pub kind: IdentityKind,
    pub value: String,
    /// How it is compared; unique in a workspace.
    pub folded: String,
    pub verified: Verified,
}

/// The customer with this identity; made, with this name, when there is none. Two at once make one.
pub async fn find_or_create(change: &mut Change, known: &Known, name: &str) -> Result<CustomerId, Error> {
    match find(change, known).await? {
        Some(found) => Ok(found),
        None => make(change, known, name).await,
    }
}

/// As [`find_or_create`], for who wrote a mail: a customer who was there is reached again by it, see [`heard_from`].
pub async fn find_writer(change: &mut Change, known: &Known, name: &str) -> Result<CustomerId, Error> {
    let Some(found) = find(change, known).await? else {
        return make(change, known, name).await;
    };
    heard_from(change, found, known).await?;
    Ok(found)
}

async fn find(change: &mut Change, known: &Known) -> Result<Option<CustomerId>, Error> {
    let workspace = change.workspace();
    customers::find_by_identity(change.tx(), workspace, known.kind, &known.folded).await
}

async fn make(change: &mut Change, known: &Known, name: &str) -> Result<CustomerId, Error> {
    let workspace = change.workspace();
    let id = create(change, name, None).await?;
    if add_identity(change, id, known).await? {
        return Ok(id);
    }
    // Somebody else made the customer since we looked.
    customers::remove(change.tx(), workspace, id).await?;
    find(change, known)
        .await?
        .ok_or_else(|| Error::Unavailable("an identity appeared and vanished".to_owned()))
}

pub async fn create(change: &mut Change, name: &str, locale: Option<String>) -> Result<CustomerId, Error> {
    let (workspace, id, now) = (change.workspace(), change.next_id(), change.now());
    let row = CustomerRow {
        id,
        name: name.trim().to_owned(),
        tier: None,
        locale,
        notes: String::new(),
        created_at: now,
        last_contact_at: Some(now),
    };
    customers::add(change.tx(), workspace, &row).await?;
    Ok(id)
}

/// Adds an identity; false when somebody has it already.
pub async fn add_identity(change: &mut Change, customer: CustomerId, known: &Known) -> Result<bool, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let identity = IdentityRow {
        id: change.next_id(),
        customer_id: customer,
        kind: known.kind,
        value: known.value.clone(),
        folded: known.folded.clone(),
        verified: known.verified,
        undeliverable_since: None,
        undeliverable_reason: None,
    };
    let added = customers::add_identity(change.tx(), workspace, &identity, now).await?;
    if added {
        change.record_general(Event::CustomerChanged { customer });
    }
    Ok(added)
}

/// Mail came from an identity of the customer: it is reached again, and proved when the mail was.
async fn heard_from(change: &mut Change, customer: CustomerId, known: &Known) -> Result<(), Error> {
    let workspace = change.workspace();
    let proved = known.verified == Verified::Proved;
    let changed = customers::heard_from(
        change.tx(),
        workspace,
        customer,
        known.kind,
        &known.folded,
        proved,
    )
    .await?;
    if changed {
        change.record_general(Event::CustomerChanged { customer });
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    #[error("no such customer")]
    NotFound,
    #[error("another customer has this {0} already")]
    Taken(IdentityKind),
    #[error(transparent)]
    Agent(#[from] AdminError),
    #[error(transparent)]
    Store(#[from] Error),
}

/// What an agent writes about a customer; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct CustomerEdit {
    pub name: Option<String>,
    pub tier: Option<Option<String>>,
    pub notes: Option<String>,
    pub locale: Option<Option<String>>,
    /// The customer's own agent.
    pub dedicated: Option<Option<AgentId>>,
}

pub async fn edit(
    change: &mut Change,
    customer: CustomerId,
    edit: &CustomerEdit,
) -> Result<(), CustomerError> {
    let workspace = change.workspace();
    let found = customers::lock(change.tx(), workspace, customer).await?;
    let mut row = found.ok_or(CustomerError::NotFound)?;
    row.name = edit.name.clone().unwrap_or(row.name);
    row.tier = edit.tier.clone().unwrap_or(row.tier);
    row.notes = edit.notes.clone().unwrap_or(row.notes);
    row.locale = edit.locale.clone().unwrap_or(row.locale);
    customers::save(change.tx(), workspace, &row).await?;
    if let Some(agent) = edit.dedicated {
        tiers::set_dedicated(change, customer, agent).await?;
    }
    change.record_general(Event::CustomerChanged { customer });
    Ok(())
}

/// An agent adds an identity.
pub async fn tell_identity(
    change: &mut Change,
    customer: CustomerId,
    known: &Known,
) -> Result<(), CustomerError> {
    let workspace = change.workspace();
    customers::find(change.tx(), workspace, customer)
        .await?
        .ok_or(CustomerError::NotFound)?;
    if add_identity(change, customer, known).await? {
        return Ok(());
    }
    let owner = customers::find_by_identity(change.tx(), workspace, known.kind, &known.folded).await?;
    if owner == Some(customer) {
        Ok(())
    } else {
        Err(CustomerError::Taken(known.kind))
    }
}

pub async fn remove_identity(
    change: &mut Change,
    customer: CustomerId,
    id: IdentityId,
) -> Result<(), CustomerError> {
    let workspace = change.workspace();
    if !customers::remove_identity(change.tx(), workspace, customer, id).await? {
        return Err(CustomerError::NotFound);
    }
    change.record_general(Event::CustomerChanged { customer });
    Ok(())
}
