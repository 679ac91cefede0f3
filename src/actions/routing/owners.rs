//! Who answers for a customer's matter hears of it: of every later contact, on whatever ticket and channel.

use std::collections::BTreeMap;

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::event::Origin;
use shouwen_core::id::{AgentId, TicketId};
use shouwen_core::message::Visibility;
use shouwen_core::routing::Presence;
use shouwen_core::ticket::{Category, Life};

use super::facts::is_on_shift;
use super::sight::sights;
use crate::actions::notifications::notify;
use crate::db::Error;
use crate::log::Change;
use crate::store::messages::MessageRow;
use crate::store::notifications::{self, NotificationKind};
use crate::store::tickets::TicketRow;
use crate::store::{agents, routing};

/// Most owners of one customer's matters who are told of a contact.
const MOST_OWNERS: i64 = 50;

/// A customer got in touch: whoever answers for something of theirs that is not solved is told, each once. An owner
/// who may not see the ticket is told at their own.
pub async fn tell_of_contact(
    change: &mut Change,
    ticket: &TicketRow,
    message: &MessageRow,
) -> Result<(), Error> {
    let by_customer = message.direction == Direction::In && message.visibility == Visibility::Public;
    if !by_customer || message.automatic || change.origin() != Origin::Live {
        return Ok(());
    }
    let workspace = change.workspace();
    let owned = routing::owners_of_customer(change.tx(), workspace, ticket.customer_id, MOST_OWNERS).await?;
    let mut owners: BTreeMap<AgentId, TicketId> = BTreeMap::new();
    for (owner, other) in owned {
        owners.entry(owner).or_insert(other);
    }
    if let Some(owner) = ticket.owner_id.filter(|_| ticket.is_active()) {
        owners.insert(owner, ticket.id);
    }
    if owners.is_empty() {
        return Ok(());
    }
    let ids: Vec<AgentId> = owners.keys().copied().collect();
    let sights = sights(change.tx(), workspace, &ids).await?;
    for (owner, own) in owners {
        let Some(sight) = sights.iter().find(|sight| sight.agent == owner && sight.active) else {
            continue;
        };
        let (at, what) = if sight.sees(ticket) {
            (ticket.id, Some(message.id))
        } else {
            (own, None)
        };
        // The lines of one chat are one contact, until the owner has looked.
        let told = message.channel == Channel::Chat
            && notifications::is_unread(change.tx(), workspace, owner, NotificationKind::OwnerContact, at)
                .await?;
        if !told {
            notify(change, owner, NotificationKind::OwnerContact, at, what).await?;
        }
    }
    Ok(())
}

pub async fn tell_new_owner(change: &mut Change, owner: AgentId, ticket: &TicketRow) -> Result<(), Error> {
    notify(change, owner, NotificationKind::OwnerChanged, ticket.id, None).await
}

/// A customer's words woke a ticket: it stays with its assignee if they are here, else it goes back to the team. An
/// owner who does not work here any more answers for nothing.
pub async fn people_after_waking(
    change: &mut Change,
    ticket: &TicketRow,
    mut life: Life,
) -> Result<Life, Error> {
    let slept = !matches!(ticket.category, Category::New | Category::Open);
    let woken = slept && life.category == Category::Open;
    if !woken || change.origin() != Origin::Live {
        return Ok(life);
    }
    let workspace = change.workspace();
    if let Some(owner) = life.owner
        && !is_active(change, owner).await?
    {
        life.owner = None;
    }
    let Some(assignee) = life.assignee else {
        return Ok(life);
    };
    let state = routing::state(change.tx(), workspace, assignee).await?;
    let left = state
        .as_ref()
        .is_some_and(|state| state.presence == Presence::AwayAndReassign);
    let now = change.now();
    let here = state.is_some_and(|state| state.presence == Presence::Online && is_on_shift(&state, now));
    let automatic = routing::is_automatic(change.tx(), workspace, ticket.team_id).await?;
    if left || automatic && !here || !is_active(change, assignee).await? {
        life.assignee = None;
    }
    Ok(life)
}

async fn is_active(change: &mut Change, agent: AgentId) -> Result<bool, Error> {
    let workspace = change.workspace();
    let found = agents::find(change.tx(), workspace, agent).await?;
    Ok(found.is_some_and(|agent| agent.active))
}
