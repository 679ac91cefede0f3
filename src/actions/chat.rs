//! A visitor of the chat writes, reads, and says who they are. All they can touch is their own conversation.

use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::event::Event;
use shouwen_core::id::{AttachmentId, CustomerId, InboxId, MessageId, TeamId, TicketId, VisitorId};
use shouwen_core::ticket::{Category, Priority};

use super::customers::{self, Known};
use super::files::{self, FileError};
use super::messages::{self, Author, NewMessage};
use super::recipients::is_address;
use super::tickets::{self, NewTicket};
use crate::db;
use crate::log::Change;
use crate::store::customers as customer_rows;
use crate::store::messages::{MessageRow, find_by_client_key};
use crate::store::tickets as ticket_rows;
use crate::store::visitors::{self, PartRow, VisitorRow};

/// Longest text of one message, in characters.
pub const LONGEST_TEXT: usize = 10_000;
const LONGEST_CLIENT_ID: usize = 100;
const LONGEST_NAME: usize = 200;

/// A visitor as their token tells; they may not be stored yet.
#[derive(Debug, Clone)]
pub struct NewVisitor {
    pub id: VisitorId,
    pub inbox: InboxId,
    pub token_hash: String,
    pub locale: String,
}

/// A message that a visitor wrote.
#[derive(Debug, Clone)]
pub struct Words {
    pub visitor: VisitorId,
    pub id: MessageId,
    /// Made by the visitor's browser; the same again is the same message.
    pub client_id: String,
    pub text: String,
    pub attachments: Vec<AttachmentId>,
    /// Of the inbox: who gets a new ticket.
    pub team: Option<TeamId>,
}

/// Where a message stands in the visitor's conversation.
#[derive(Debug, Clone)]
pub struct Written {
    pub message: MessageRow,
    pub part: PartRow,
}

#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    #[error("write something first")]
    Empty,
    #[error("the text is too long: at most {LONGEST_TEXT} characters")]
    TooLong,
    #[error("the message's client_id has at most {LONGEST_CLIENT_ID} characters, and is not empty")]
    WrongClientId,
    #[error("this is not an email address")]
    NotAnAddress,
    #[error("this conversation is gone")]
    NoSuchVisitor,
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// The key of a visitor's message, which a repeated attempt has again.
pub fn client_key(visitor: VisitorId, client_id: &str) -> String {
    format!("visitor:{visitor}:{client_id}")
}

/// Stores the visitor with a customer of their own, unless they are stored already.
pub async fn admit(change: &mut Change, new: &NewVisitor) -> Result<VisitorRow, ChatError> {
    let (workspace, now) = (change.workspace(), change.now());
    if let Some(found) = visitors::find(change.tx(), workspace, new.id).await? {
        return Ok(found);
    }
    let known = Known {
        kind: IdentityKind::Visitor,
        value: new.id.to_string(),
        folded: new.id.to_string(),
        // They hold the token.
        verified: Verified::Proved,
    };
    let row = VisitorRow {
        id: new.id,
        inbox_id: new.inbox,
        customer_id: customers::find_or_create(change, &known, "").await?,
        token_hash: new.token_hash.clone(),
        ticket_id: None,
        locale: new.locale.clone(),
        claimed_name: None,
        claimed_email: None,
        created_at: now,
    };
    visitors::add(change.tx(), workspace, &row).await?;
    visitors::find(change.tx(), workspace, new.id)
        .await?
        .ok_or(ChatError::NoSuchVisitor)
}

/// Adds what the visitor wrote to their open ticket, or to a new one when there is none or it is closed. Returns the
/// message that the same client id made before, if it did.
pub async fn write(change: &mut Change, words: &Words) -> Result<Written, ChatError> {
    let (workspace, now) = (change.workspace(), change.now());
    check(words)?;
    let locked = visitors::lock(change.tx(), workspace, words.visitor, now).await?;
    let visitor = locked.ok_or(ChatError::NoSuchVisitor)?;
    let key = client_key(visitor.id, &words.client_id);
    if let Some(message) = find_by_client_key(change.tx(), workspace, &key).await? {
        return already(change, &visitor, message).await;
    }
    let (ticket, part) = open_ticket(change, &visitor, words).await?;
    let author = Author::Customer(visitor.customer_id);
    let mut new = NewMessage::plain(
        words.id,
        Channel::Chat,
        author,
        visitor.inbox_id,
        words.text.clone(),
        now,
    );
    new.client_key = Some(key);
    let (mut ticket, message) = messages::add(change, ticket, &new).await?;
    let attached = files::attach(change, visitor.id.0, &words.attachments, message.id).await?;
    if let Some(file) = attached.first().filter(|_| words.text.trim().is_empty()) {
        ticket.preview.clone_from(&file.name);
        ticket_rows::save(change.tx(), workspace, &ticket).await?;
    }
    Ok(Written { message, part })
}

/// The visitor has seen their conversation up to a position of one of its tickets. Moves only forward.
pub async fn seen(change: &mut Change, ticket: TicketId, position: i64) -> Result<(), db::Error> {
    let workspace = change.workspace();
    let Some(mut row) = ticket_rows::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let position = position.min(row.last_position);
    if position > row.customer_seen {
        row.customer_seen = position;
        ticket_rows::save(change.tx(), workspace, &row).await?;
        change.record(ticket, Event::CustomerSeen { position });
    }
    Ok(())
}

/// What a visitor says of themselves.
#[derive(Debug, Clone)]
pub struct Claim {
    pub visitor: VisitorId,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// Keeps what the visitor says of themselves. It proves nothing: the address becomes an identity of their customer
/// only when nobody has it, and never leads to somebody else's customer; the name is taken when the customer has none.
pub async fn identify(change: &mut Change, claim: &Claim) -> Result<VisitorRow, ChatError> {
    let (workspace, now) = (change.workspace(), change.now());
    let locked = visitors::lock(change.tx(), workspace, claim.visitor, now).await?;
    let mut visitor = locked.ok_or(ChatError::NoSuchVisitor)?;
    let (before, address_before) = (visitor.claimed_name.clone(), visitor.claimed_email.clone());
    visitor.claimed_name = cleaned(claim.name.as_deref());
    visitor.claimed_email = cleaned(claim.email.as_deref());
    if visitor
        .claimed_email
        .as_deref()
        .is_some_and(|email| !is_address(email))
    {
        return Err(ChatError::NotAnAddress);
    }
    visitors::save_claims(change.tx(), workspace, &visitor).await?;
    take_name(
        change,
        visitor.customer_id,
        before,
        visitor.claimed_name.as_deref(),
    )
    .await?;
    if visitor.claimed_email != address_before {
        take_address(change, &visitor, address_before.as_deref()).await?;
    }
    Ok(visitor)
}

fn check(words: &Words) -> Result<(), ChatError> {
    if words.text.trim().is_empty() && words.attachments.is_empty() {
        return Err(ChatError::Empty);
    }
    if words.text.chars().count() > LONGEST_TEXT {
        return Err(ChatError::TooLong);
    }
    if words.client_id.is_empty() || words.client_id.len() > LONGEST_CLIENT_ID {
        return Err(ChatError::WrongClientId);
    }
    Ok(())
}

async fn already(
    change: &mut Change,
    visitor: &VisitorRow,
    message: MessageRow,
) -> Result<Written, ChatError> {
    let workspace = change.workspace();
    let parts = visitors::parts_of_tickets(change.tx(), workspace, &[message.ticket_id]).await?;
    let part = parts.into_iter().find(|part| part.visitor_id == visitor.id);
    Ok(Written {
        message,
        part: part.ok_or(ChatError::NoSuchVisitor)?,
    })
}

/// The ticket that the conversation goes on in, locked. The visitor's row is locked: there is never a second one.
async fn open_ticket(
    change: &mut Change,
    visitor: &VisitorRow,
    words: &Words,
) -> Result<(ticket_rows::TicketRow, PartRow), ChatError> {
    let workspace = change.workspace();
    let last = visitors::parts(change.tx(), workspace, visitor.id, 1)
        .await?
        .pop();
    if let Some(part) = last
        && let Some(ticket) = ticket_rows::lock(change.tx(), workspace, part.ticket_id).await?
        && ticket.category != Category::Closed
    {
        return Ok((ticket, part));
    }
    let new = NewTicket {
        subject: tickets::shorten(&words.text, 80),
        customer: visitor.customer_id,
        inbox: visitor.inbox_id,
        channel: Channel::Chat,
        team: words.team,
        assignee: None,
        priority: Priority::Normal,
        follow_up_of: None,
    };
    let ticket = tickets::open(change, &new).await?;
    let ordinal = last.map_or(0, |part| part.ordinal + 1);
    let part = PartRow {
        visitor_id: visitor.id,
        ordinal,
        ticket_id: ticket.id,
    };
    visitors::continue_in(change.tx(), workspace, &part).await?;
    Ok((ticket, part))
}

/// Gives the customer the name, unless somebody of the desk gave another.
async fn take_name(
    change: &mut Change,
    customer: CustomerId,
    before: Option<String>,
    name: Option<&str>,
) -> Result<(), ChatError> {
    let workspace = change.workspace();
    let Some(name) = name else { return Ok(()) };
    let found = customer_rows::lock(change.tx(), workspace, customer).await?;
    let mut row = found.ok_or(ChatError::NoSuchVisitor)?;
    let theirs = row.name.is_empty() || Some(&row.name) == before.as_ref();
    if theirs && row.name != name {
        name.clone_into(&mut row.name);
        customer_rows::save(change.tx(), workspace, &row).await?;
        change.record_general(Event::CustomerChanged { customer });
    }
    Ok(())
}

/// Puts the claimed address in the place of the one that the visitor claimed before, so that nobody piles them up.
async fn take_address(
    change: &mut Change,
    visitor: &VisitorRow,
    before: Option<&str>,
) -> Result<(), ChatError> {
    let (workspace, customer) = (change.workspace(), visitor.customer_id);
    let own = customer_rows::identities(change.tx(), workspace, &[customer]).await?;
    let claimed_before = own.iter().find(|identity| {
        identity.kind == IdentityKind::Email
            && identity.verified == Verified::Claimed
            && before.is_some_and(|before| fold(before) == identity.folded)
    });
    if let Some(identity) = claimed_before {
        customer_rows::remove_identity(change.tx(), workspace, customer, identity.id).await?;
        change.record_general(Event::CustomerChanged { customer });
    }
    if let Some(email) = &visitor.claimed_email {
        let (value, folded) = (email.clone(), fold(email));
        let known = Known {
            kind: IdentityKind::Email,
            value,
            folded,
            verified: Verified::Claimed,
        };
        customers::add_identity(change, customer, &known).await?;
    }
    Ok(())
}

/// On one line, short enough, without control characters; `None` when nothing is left.
fn cleaned(text: Option<&str>) -> Option<String> {
    let line: String = text?
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_NAME)
        .collect();
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}
