//! An owner asks another to answer for a ticket from now on; the other accepts or refuses.

use shouwen_core::actor::Permission;
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, OwnerOfferId, TicketId};
use shouwen_core::routing::OfferState;
use shouwen_core::ticket::Field;

use super::sight::sight;
use crate::actions::notifications::notify;
use crate::actions::replies::lock_visible;
use crate::actions::tickets::note_edit;
use crate::db::Error;
use crate::log::Change;
use crate::store::notifications::NotificationKind;
use crate::store::routing::{self, OfferRow};
use crate::store::tickets::{self, TicketRow};

/// Longest note with an offer, in characters.
pub const LONGEST_NOTE: usize = 1_000;

#[derive(Debug, Clone)]
pub struct NewOffer {
    pub ticket: TicketId,
    pub to: AgentId,
    pub note: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("no such offer")]
    NoSuchOffer,
    #[error("only who answers for the ticket can offer it; ask a supervisor")]
    NotTheOwner,
    #[error("this agent answers for the ticket already")]
    OwnsIt,
    #[error("no such agent, or the agent is deactivated")]
    NoSuchAgent,
    #[error("this agent could not see the ticket: move it to one of their teams first")]
    CannotSee,
    #[error("a note has at most {LONGEST_NOTE} characters")]
    LongNote,
    #[error("the ticket is solved: there is nothing to hand over")]
    Solved,
    #[error("the ticket is offered to somebody already: withdraw that first")]
    OfferedAlready,
    #[error("this offer is not to you")]
    NotToYou,
    #[error("this offer is not open any more")]
    Settled,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Offers the ticket to another.
pub async fn offer(change: &mut Change, by: AgentId, new: &NewOffer) -> Result<OfferRow, OfferError> {
    let (workspace, now) = (change.workspace(), change.now());
    let ticket = lock_visible(change, new.ticket)
        .await?
        .ok_or(OfferError::NoSuchTicket)?;
    let leads = change.actor().may(Permission::TicketReassignOwner);
    if ticket.owner_id != Some(by) && !leads {
        return Err(OfferError::NotTheOwner);
    }
    if ticket.owner_id == Some(new.to) {
        return Err(OfferError::OwnsIt);
    }
    if !ticket.is_active() {
        return Err(OfferError::Solved);
    }
    let note = new.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(OfferError::LongNote);
    }
    check_sight(change, new.to, &ticket).await?;
    if routing::open_offer(change.tx(), workspace, ticket.id)
        .await?
        .is_some()
    {
        return Err(OfferError::OfferedAlready);
    }
    let row = OfferRow {
        id: change.next_id(),
        ticket_id: ticket.id,
        from_agent_id: ticket.owner_id,
        to_agent_id: new.to,
        offered_by: by,
        note: note.map(str::to_owned),
        state: OfferState::Open,
        created_at: now,
        settled_at: None,
    };
    routing::add_offer(change.tx(), workspace, &row).await?;
    change.record(
        ticket.id,
        Event::OwnerOffered {
            offer: row.id,
            to: new.to,
        },
    );
    notify(change, new.to, NotificationKind::OwnerOffered, ticket.id, None).await?;
    Ok(row)
}

/// Whom it was offered to takes it: they answer for the ticket from now on, and work on it unless a third does.
pub async fn accept(
    change: &mut Change,
    by: AgentId,
    ticket: TicketId,
    id: OwnerOfferId,
) -> Result<OfferRow, OfferError> {
    let workspace = change.workspace();
    let (mut ticket, offer) = open_one(change, ticket, id).await?;
    if offer.to_agent_id != by {
        return Err(OfferError::NotToYou);
    }
    check_sight(change, by, &ticket).await?;
    let offer = settle(change, offer, OfferState::Accepted).await?;
    let (from, to) = (ticket.owner_id.map(|id| id.to_string()), Some(by.to_string()));
    let before = ticket.owner_id;
    ticket.owner_id = Some(by);
    note_edit(change, &ticket, Field::Owner, from, to.clone()).await?;
    if ticket.assignee_id.is_none() || ticket.assignee_id == before {
        let from = ticket.assignee_id.map(|id| id.to_string());
        ticket.assignee_id = Some(by);
        note_edit(change, &ticket, Field::Assignee, from, to).await?;
    }
    ticket.updated_at = change.now();
    tickets::save(change.tx(), workspace, &ticket).await?;
    notify(
        change,
        offer.offered_by,
        NotificationKind::OwnerAccepted,
        ticket.id,
        None,
    )
    .await?;
    Ok(offer)
}

pub async fn refuse(
    change: &mut Change,
    by: AgentId,
    ticket: TicketId,
    id: OwnerOfferId,
) -> Result<OfferRow, OfferError> {
    let (ticket, offer) = open_one(change, ticket, id).await?;
    if offer.to_agent_id != by {
        return Err(OfferError::NotToYou);
    }
    let offer = settle(change, offer, OfferState::Refused).await?;
    notify(
        change,
        offer.offered_by,
        NotificationKind::OwnerRefused,
        ticket.id,
        None,
    )
    .await?;
    Ok(offer)
}

pub async fn withdraw(
    change: &mut Change,
    by: AgentId,
    ticket: TicketId,
    id: OwnerOfferId,
) -> Result<OfferRow, OfferError> {
    let (ticket, offer) = open_one(change, ticket, id).await?;
    let leads = change.actor().may(Permission::TicketReassignOwner);
    if offer.offered_by != by && ticket.owner_id != Some(by) && !leads {
        return Err(OfferError::NotTheOwner);
    }
    settle(change, offer, OfferState::Withdrawn).await
}

/// The owner changed otherwise: what is offered of the ticket is void.
pub async fn overtake(change: &mut Change, ticket: &TicketRow) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    if let Some(offer) = routing::overtake(change.tx(), workspace, ticket.id, now).await? {
        let state = OfferState::Overtaken;
        change.record(ticket.id, Event::OwnerOfferSettled { offer, state });
    }
    Ok(())
}

async fn open_one(
    change: &mut Change,
    ticket: TicketId,
    id: OwnerOfferId,
) -> Result<(TicketRow, OfferRow), OfferError> {
    let workspace = change.workspace();
    let me = change.actor().agent();
    let Some(ticket) = tickets::lock(change.tx(), workspace, ticket).await? else {
        return Err(OfferError::NoSuchTicket);
    };
    let found = routing::lock_offer(change.tx(), workspace, ticket.id, id).await?;
    let offer = found.ok_or(OfferError::NoSuchOffer)?;
    // Who is asked sees the offer even when the ticket has left their scope; others need to see the ticket.
    let actor = change.actor().clone();
    if me != Some(offer.to_agent_id) && !tickets::is_visible(change.tx(), &actor, ticket.id).await? {
        return Err(OfferError::NoSuchTicket);
    }
    if offer.state == OfferState::Open {
        Ok((ticket, offer))
    } else {
        Err(OfferError::Settled)
    }
}

async fn settle(change: &mut Change, offer: OfferRow, state: OfferState) -> Result<OfferRow, OfferError> {
    let (workspace, now) = (change.workspace(), change.now());
    routing::settle_offer(change.tx(), workspace, offer.id, state, now).await?;
    change.record(
        offer.ticket_id,
        Event::OwnerOfferSettled {
            offer: offer.id,
            state,
        },
    );
    Ok(OfferRow {
        state,
        settled_at: Some(now),
        ..offer
    })
}

async fn check_sight(change: &mut Change, agent: AgentId, ticket: &TicketRow) -> Result<(), OfferError> {
    let found = sight(change, agent).await?.filter(|sight| sight.active);
    let sight = found.ok_or(OfferError::NoSuchAgent)?;
    if sight.sees(ticket) || sight.may_hold(ticket.team_id) {
        Ok(())
    } else {
        Err(OfferError::CannotSee)
    }
}
