//! Calls: told of by a telephone system while they ring, and logged by the agent who had them.

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, CallId, CustomerId, InboxId, MessageId, TicketId, TimerId};
use shouwen_core::ticket::{Category, Priority};
use shouwen_core::time::Timestamp;

use super::customers::{self as people, Known};
use super::messages::{self as adding, Author, NewMessage};
use super::notifications::notify;
use super::replies::lock_visible;
use super::tickets::{NewTicket, choose_status, open, shorten, usable_status};
use crate::db;
use crate::log::Change;
use crate::store::calls::{self, CallRow, CallState};
use crate::store::messages::{CallDetails, Outcome};
use crate::store::notifications::NotificationKind;
use crate::store::timers::{self, TimerRow};
use crate::store::{agents, customers, inboxes, messages, statuses, tickets};

/// A call as an agent logs it.
#[derive(Debug, Clone)]
pub struct LoggedCall {
    pub id: MessageId,
    pub client_id: String,
    pub inbox: InboxId,
    /// E.164.
    pub number: String,
    pub direction: Direction,
    pub text: String,
    pub outcome: Outcome,
    pub duration_s: i64,
    pub follow_up_at: Option<Timestamp>,
    /// `None`: the call opens a ticket of its own.
    pub ticket: Option<TicketId>,
    /// `None`: whoever has the number, else somebody new.
    pub customer: Option<CustomerId>,
    pub customer_name: Option<String>,
    pub solved: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("choose an inbox that is active")]
    NoSuchInbox,
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("the ticket is closed: log the call as a new one")]
    Closed,
    #[error("no such customer")]
    NoSuchCustomer,
    #[error("say in a word what the call was about")]
    Empty,
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Logs the call, or finds what the same client id logged before. The ticket it is in.
pub async fn log_call(change: &mut Change, agent: AgentId, call: &LoggedCall) -> Result<TicketId, CallError> {
    let workspace = change.workspace();
    let key = format!("agent:{agent}:{}", call.client_id);
    if let Some(before) = messages::find_by_client_key(change.tx(), workspace, &key).await? {
        return Ok(before.ticket_id);
    }
    if call.text.trim().is_empty() {
        return Err(CallError::Empty);
    }
    let inbox = inboxes::find(change.tx(), workspace, call.inbox).await?;
    let inbox = inbox.filter(|inbox| inbox.active).ok_or(CallError::NoSuchInbox)?;
    let ticket = if let Some(id) = call.ticket {
        let ticket = lock_visible(change, id).await?.ok_or(CallError::NoSuchTicket)?;
        if ticket.category == Category::Closed {
            return Err(CallError::Closed);
        }
        ticket
    } else {
        let new = NewTicket {
            subject: shorten(call.text.lines().next().unwrap_or_default(), 80),
            customer: caller(change, call).await?,
            inbox: inbox.id,
            channel: Channel::Phone,
            team: inbox.team_id,
            assignee: Some(agent),
            priority: Priority::Normal,
            follow_up_of: None,
        };
        open(change, &new).await?
    };
    let message = message(agent, call, ticket.customer_id, key, change.now());
    let (mut ticket, row) = adding::add(change, ticket, &message).await?;
    if call.solved {
        let solved = statuses::of_category(change.tx(), workspace, Category::Solved).await?;
        if let Some(status) = usable_status(change, solved).await? {
            choose_status(change, &mut ticket, &status, None).await?;
        }
        tickets::save(change.tx(), workspace, &ticket).await?;
    }
    tickets::mark_read(change.tx(), workspace, ticket.id, agent, row.position).await?;
    if let Some(due_at) = call.follow_up_at {
        set_follow_up(change, ticket.id, due_at).await?;
    }
    Ok(ticket.id)
}

/// Who called: the one chosen, else whoever has the number, else somebody new.
async fn caller(change: &mut Change, call: &LoggedCall) -> Result<CustomerId, CallError> {
    let known = Known {
        kind: IdentityKind::Phone,
        value: call.number.clone(),
        folded: call.number.clone(),
        verified: Verified::Agent,
    };
    if let Some(id) = call.customer {
        let actor = change.actor().clone();
        let found = customers::find_visible(change.tx(), &actor, id).await?;
        found.ok_or(CallError::NoSuchCustomer)?;
        // The number may be somebody else's (an office): then it stays theirs.
        people::add_identity(change, id, &known).await?;
        return Ok(id);
    }
    let name = call
        .customer_name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    Ok(people::find_or_create(change, &known, name.unwrap_or(&call.number)).await?)
}

/// A customer whom nobody reached is still waiting; any other call is an answer by the agent.
fn message(
    agent: AgentId,
    call: &LoggedCall,
    customer: CustomerId,
    key: String,
    at: Timestamp,
) -> NewMessage {
    let reached = matches!(call.outcome, Outcome::Answered | Outcome::CallBack);
    let author = if reached || call.direction == Direction::Out {
        Author::Agent(agent)
    } else {
        Author::Customer(customer)
    };
    let mut message = NewMessage::plain(call.id, Channel::Phone, author, call.inbox, call.text.clone(), at);
    message.direction = call.direction;
    message.client_key = Some(key);
    message.call = Some(CallDetails {
        number: call.number.clone(),
        direction: call.direction,
        outcome: call.outcome,
        duration_s: call.duration_s,
        follow_up_at: call.follow_up_at,
    });
    message
}

async fn set_follow_up(change: &mut Change, ticket: TicketId, due_at: Timestamp) -> Result<(), db::Error> {
    let timer = TimerRow {
        workspace_id: change.workspace(),
        id: change.next_id::<TimerId>(),
        ticket_id: Some(ticket),
        kind: "follow_up".to_owned(),
        payload: "null".to_owned(),
        due_at,
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

/// A follow-up is due: whoever works on the ticket is told, else its owner.
pub async fn remind(change: &mut Change, ticket: TicketId) -> Result<(), db::Error> {
    let workspace = change.workspace();
    let Some(row) = tickets::find(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    match row.assignee_id.or(row.owner_id) {
        Some(agent) => notify(change, agent, NotificationKind::FollowUpDue, ticket, None).await,
        None => Ok(()),
    }
}

/// A call as a telephone system tells of it, again with each change of its state.
#[derive(Debug, Clone)]
pub struct ToldCall {
    pub id: CallId,
    pub external_id: String,
    pub state: CallState,
    /// E.164, or as given when it is none.
    pub number: String,
    pub direction: Direction,
    pub agent_email: Option<String>,
    pub duration_s: Option<i64>,
}

/// Notes the call's state. A call never goes back from its end; being told twice changes nothing.
pub async fn tell_call(change: &mut Change, told: &ToldCall) -> Result<CallRow, db::Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let agent_id = match &told.agent_email {
        Some(email) => agents::find_by_email(change.tx(), workspace, &fold(email))
            .await?
            .map(|agent| agent.id),
        None => None,
    };
    let customer_id =
        customers::find_by_identity(change.tx(), workspace, IdentityKind::Phone, &told.number).await?;
    let fresh = CallRow {
        id: told.id,
        external_id: told.external_id.clone(),
        number: told.number.clone(),
        direction: told.direction,
        state: told.state,
        customer_id,
        agent_id,
        ticket_id: None,
        duration_s: told.duration_s,
        started_at: now,
        updated_at: now,
    };
    let call = if calls::add(change.tx(), workspace, &fresh).await? {
        fresh
    } else {
        let known = calls::lock_by_external(change.tx(), workspace, &told.external_id)
            .await?
            .unwrap_or(fresh);
        let over = matches!(known.state, CallState::Ended | CallState::Missed);
        let state = if over || told.state == CallState::Ringing {
            known.state
        } else {
            told.state
        };
        let call = CallRow {
            state,
            agent_id: agent_id.or(known.agent_id),
            duration_s: told.duration_s.or(known.duration_s),
            updated_at: now,
            ..known
        };
        calls::save(change.tx(), workspace, &call).await?;
        call
    };
    change.record_general(Event::CallChanged { call: call.id });
    Ok(call)
}
