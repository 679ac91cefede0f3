//! An agent opens a ticket: a first mail to a customer, or a note about one.

use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::id::{AgentId, AttachmentId, CustomerId, InboxId, MessageId, TicketId};
use shouwen_core::message::Visibility;
use shouwen_core::ticket::Priority;

use super::customers::{self as people, Known};
use super::recipients::is_address;
use super::replies::{self, Reply, ReplyError};
use super::tickets::{NewTicket, open as open_ticket};
use crate::db;
use crate::log::Change;
use crate::store::{customers, inboxes, messages};

#[derive(Debug, Clone)]
pub struct Outbound {
    pub id: MessageId,
    pub client_id: String,
    pub inbox: InboxId,
    pub whom: Whom,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub subject: String,
    pub text: String,
    pub attachments: Vec<AttachmentId>,
    pub visibility: Visibility,
}

#[derive(Debug, Clone)]
pub enum Whom {
    Known(CustomerId),
    /// By the first address of `to`.
    ByEmail {
        name: String,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    #[error("choose an inbox that is active")]
    NoSuchInbox,
    #[error("no such customer")]
    NoSuchCustomer,
    #[error("a ticket needs a subject")]
    NoSubject,
    #[error(transparent)]
    Reply(#[from] ReplyError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Opens the ticket with its first message, or finds the one that the same client id opened before.
pub async fn open(change: &mut Change, agent: AgentId, new: &Outbound) -> Result<TicketId, OutboundError> {
    let workspace = change.workspace();
    let key = format!("agent:{agent}:{}", new.client_id);
    if let Some(before) = messages::find_by_client_key(change.tx(), workspace, &key).await? {
        return Ok(before.ticket_id);
    }
    if new.subject.trim().is_empty() {
        return Err(OutboundError::NoSubject);
    }
    let found = inboxes::find(change.tx(), workspace, new.inbox).await?;
    let inbox = found
        .filter(|inbox| inbox.active)
        .ok_or(OutboundError::NoSuchInbox)?;
    let customer = customer(change, new).await?;
    let ticket = NewTicket {
        subject: new.subject.clone(),
        customer,
        inbox: inbox.id,
        channel: inbox.channel,
        team: inbox.team_id,
        assignee: Some(agent),
        priority: Priority::Normal,
        follow_up_of: None,
    };
    let ticket = open_ticket(change, &ticket).await?;
    let first = Reply {
        ticket: ticket.id,
        id: new.id,
        client_id: new.client_id.clone(),
        visibility: new.visibility,
        channel: Some(Channel::Email),
        text: new.text.clone(),
        to: (!new.to.is_empty()).then(|| new.to.clone()),
        cc: Some(new.cc.clone()),
        bcc: new.bcc.clone(),
        answering: None,
        subject: Some(new.subject.clone()),
        attachments: new.attachments.clone(),
        status: None,
        mentions: Vec::new(),
        macros: Vec::new(),
        seen_position: 0,
    };
    replies::reply(change, agent, &first).await?;
    Ok(ticket.id)
}

async fn customer(change: &mut Change, new: &Outbound) -> Result<CustomerId, OutboundError> {
    match &new.whom {
        Whom::Known(id) => {
            let actor = change.actor().clone();
            let found = customers::find_visible(change.tx(), &actor, *id).await?;
            Ok(found.ok_or(OutboundError::NoSuchCustomer)?.id)
        }
        Whom::ByEmail { name } => {
            let address = new.to.first().map(|address| address.trim()).unwrap_or_default();
            if !is_address(address) {
                return Err(ReplyError::NotAnAddress(address.to_owned()).into());
            }
            let known = Known {
                kind: IdentityKind::Email,
                value: address.to_owned(),
                folded: fold(address),
                verified: Verified::Agent,
            };
            let name = if name.trim().is_empty() { address } else { name };
            Ok(people::find_or_create(change, &known, name).await?)
        }
    }
}
