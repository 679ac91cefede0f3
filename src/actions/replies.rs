//! An agent writes in a ticket: a public answer by the ticket's channel, or a note.

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::id::{AgentId, AttachmentId, InboxId, MacroId, MessageId, StatusId, TicketId, WorkspaceId};
use shouwen_core::message::{Delivery, Visibility};
use shouwen_core::ticket::Category;

use super::chat_mail;
use super::files::{self, FileError};
use super::macros;
use super::mentions::mentioned;
use super::messages::{self, Author, NewMessage};
use super::notifications::notify;
use super::recipients::{self, MOST_RECIPIENTS, checked, distinct};
use super::signatures;
use super::tickets::{LONGEST_REASON, choose_status, shorten, usable_status};
use crate::db;
use crate::log::Change;
use crate::store::inboxes::InboxRow;
use crate::store::mail_details::MailDetails;
use crate::store::messages::MessageRow;
use crate::store::notifications::NotificationKind;
use crate::store::tickets::TicketRow;
use crate::store::{inboxes, messages as rows, notifications, statuses, tickets};

/// The job that sends a message by email.
pub const SEND_MESSAGE: &str = "send_message";

/// Longest text of one message, in characters.
pub const LONGEST_TEXT: usize = 200_000;

/// Most macros that an answer is written from.
pub const MOST_MACROS: usize = 20;

/// Longest subject that an agent writes, in characters; with the "Re:" of one as long as a ticket's.
pub const LONGEST_SUBJECT: usize = 1_000;

#[derive(Debug, Clone)]
pub struct Reply {
    pub ticket: TicketId,
    pub id: MessageId,
    /// Made by the agent's browser; the same again is the same message.
    pub client_id: String,
    pub visibility: Visibility,
    /// `None`: the channel by which the customer wrote last.
    pub channel: Option<Channel>,
    pub text: String,
    /// `None`: derived from the message being answered.
    pub to: Option<Vec<String>>,
    pub cc: Option<Vec<String>>,
    pub bcc: Vec<String>,
    /// The message that is answered; `None`: the newest that came in.
    pub answering: Option<MessageId>,
    pub subject: Option<String>,
    pub attachments: Vec<AttachmentId>,
    pub status: Option<StatusId>,
    pub mentions: Vec<AgentId>,
    /// From which macros it was written.
    pub macros: Vec<MacroId>,
    /// The newest position that the agent had before the eyes.
    pub seen_position: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("write something first")]
    Empty,
    #[error("the text is too long: at most {LONGEST_TEXT} characters")]
    TooLong,
    #[error("the ticket is closed; open it again first, or write a new one")]
    Closed,
    #[error("something was written in this ticket since you looked")]
    NewMessages,
    #[error("{0} is not an email address")]
    NotAnAddress(String),
    #[error("there is nobody to send it to: add an email address")]
    NoRecipient,
    #[error("at most {MOST_RECIPIENTS} addresses get one answer")]
    TooManyRecipients,
    #[error("a subject has at most {LONGEST_SUBJECT} characters")]
    LongSubject,
    #[error("no inbox can send email; an administrator can add one")]
    NoEmailInbox,
    #[error("an answer cannot go out by phone: call, and log the call")]
    ByPhone,
    #[error("no such status")]
    NoSuchStatus,
    #[error("{0} could not see this ticket: assign it to them, or move it to one of their teams first")]
    MentionUnseen(String),
    #[error("at most {MOST_MACROS} macros in one answer")]
    TooManyMacros,
    /// A sentence that says why the complaint's grade is against it.
    #[error("{0}")]
    MacroForbidden(String),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Writes the reply, or returns the message that the same client id made before.
pub async fn reply(change: &mut Change, agent: AgentId, reply: &Reply) -> Result<MessageRow, ReplyError> {
    let workspace = change.workspace();
    let key = client_key(agent, &reply.client_id);
    if let Some(before) = rows::find_by_client_key(change.tx(), workspace, &key).await? {
        return Ok(before);
    }
    let ticket = lock_for(change, agent, reply).await?;
    write(change, agent, ticket, reply, key).await
}

/// The key of an agent's message, which a repeated attempt has again.
pub fn client_key(agent: AgentId, client_id: &str) -> String {
    format!("agent:{agent}:{client_id}")
}

/// Takes the ticket, if the reply may be written in it as it is.
pub(super) async fn lock_for(
    change: &mut Change,
    agent: AgentId,
    reply: &Reply,
) -> Result<TicketRow, ReplyError> {
    let workspace = change.workspace();
    check_text(reply)?;
    let ticket = lock_visible(change, reply.ticket)
        .await?
        .ok_or(ReplyError::NoSuchTicket)?;
    if reply.visibility == Visibility::Public {
        if ticket.category == Category::Closed {
            return Err(ReplyError::Closed);
        }
        let newest = rows::last_public_by_others(change.tx(), workspace, ticket.id, agent.0).await?;
        if newest > reply.seen_position {
            return Err(ReplyError::NewMessages);
        }
    }
    Ok(ticket)
}

/// Adds the message to its ticket, which is locked, and sets it on its way. What can be refused is refused before
/// anything is written.
pub(super) async fn write(
    change: &mut Change,
    agent: AgentId,
    ticket: TicketRow,
    reply: &Reply,
    key: String,
) -> Result<MessageRow, ReplyError> {
    let workspace = change.workspace();
    let (new, recipients) = compose(change, agent, &ticket, reply, key).await?;
    check_parts(change, agent, &ticket, reply).await?;
    let (ticket, row) = messages::add(change, ticket, &new).await?;
    files::attach(change, agent.0, &reply.attachments, row.id).await?;
    if !recipients.is_empty() {
        let now = change.now();
        rows::add_deliveries(change.tx(), workspace, row.id, &recipients, now).await?;
        change.enqueue(SEND_MESSAGE, &serde_json::json!({ "message": row.id }), now);
    }
    if row.channel == Channel::Chat && row.visibility == Visibility::Public {
        chat_mail::expect(change, &ticket).await?;
    }
    finish(change, agent, ticket, reply, &row).await?;
    Ok(row)
}

/// The files are there and the agent's, the status is one that can be chosen, and the complaint's grade allows the
/// macros that a public answer was written from: it may be another grade than when they were applied.
pub(super) async fn check_parts(
    change: &mut Change,
    agent: AgentId,
    ticket: &TicketRow,
    reply: &Reply,
) -> Result<(), ReplyError> {
    let workspace = change.workspace();
    if reply.visibility == Visibility::Public
        && let Some(why) = macros::check_sent(change.tx(), workspace, ticket, &reply.macros).await?
    {
        return Err(ReplyError::MacroForbidden(why));
    }
    files::check(change, agent.0, &reply.attachments).await?;
    if let Some(status) = reply.status {
        let found = statuses::find(change.tx(), workspace, status).await?;
        found
            .filter(|status| !status.archived)
            .ok_or(ReplyError::NoSuchStatus)?;
    }
    Ok(())
}

fn check_text(reply: &Reply) -> Result<(), ReplyError> {
    if reply.text.trim().is_empty() && reply.attachments.is_empty() {
        return Err(ReplyError::Empty);
    }
    if reply.text.chars().count() > LONGEST_TEXT {
        return Err(ReplyError::TooLong);
    }
    if reply.macros.len() > MOST_MACROS {
        return Err(ReplyError::TooManyMacros);
    }
    Ok(())
}

/// Takes the ticket's row if the actor may see it.
pub async fn lock_visible(change: &mut Change, ticket: TicketId) -> Result<Option<TicketRow>, db::Error> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    let locked = tickets::lock(change.tx(), workspace, ticket).await?;
    if locked.is_none() || !tickets::is_visible(change.tx(), &actor, ticket).await? {
        return Ok(None);
    }
    Ok(locked)
}

/// The message and the addresses it goes to by email (none for a note or a chat).
async fn compose(
    change: &mut Change,
    agent: AgentId,
    ticket: &TicketRow,
    reply: &Reply,
    key: String,
) -> Result<(NewMessage, Vec<String>), ReplyError> {
    let at = change.now();
    let channel = reply.channel.unwrap_or_else(|| answer_channel(ticket));
    let mut new = NewMessage::plain(
        reply.id,
        channel,
        Author::Agent(agent),
        ticket.inbox_id,
        reply.text.clone(),
        at,
    );
    new.client_key = Some(key);
    new.visibility = reply.visibility;
    new.direction = Direction::Out;
    if reply.visibility == Visibility::Note {
        new.channel = ticket.channel;
        return Ok((new, Vec::new()));
    }
    match channel {
        Channel::Phone => Err(ReplyError::ByPhone),
        Channel::Chat => Ok((new, Vec::new())),
        Channel::Email => {
            let addressed = address(change, ticket, reply).await?;
            let everybody = addressed.everybody();
            let signature = signatures::below(change, agent, ticket, &addressed.inbox).await?;
            new.inbox = addressed.inbox.id;
            new.delivery = Delivery::Queued;
            new.mail = Some(MailDetails {
                from: addressed.inbox.address,
                to: addressed.to,
                cc: addressed.cc,
                bcc: addressed.bcc,
                subject: Some(addressed.subject),
                signature: Some(signature),
                ..MailDetails::default()
            });
            Ok((new, everybody))
        }
    }
}

/// An answer by email with everything that stands on its envelope.
#[derive(Debug, Clone)]
pub(super) struct Addressed {
    pub(super) inbox: InboxRow,
    pub(super) to: Vec<String>,
    pub(super) cc: Vec<String>,
    pub(super) bcc: Vec<String>,
    pub(super) subject: String,
}

impl Addressed {
    /// Each address once.
    fn everybody(&self) -> Vec<String> {
        distinct(self.to.iter().chain(&self.cc).chain(&self.bcc))
    }
}

/// Who the answer goes to and from, as the agent said or as the mail answered says.
pub(super) async fn address(
    change: &mut Change,
    ticket: &TicketRow,
    reply: &Reply,
) -> Result<Addressed, ReplyError> {
    let workspace = change.workspace();
    let inbox = email_inbox(change.tx(), workspace, ticket.inbox_id)
        .await?
        .ok_or(ReplyError::NoEmailInbox)?;
    let derived = recipients::derive(change.tx(), workspace, ticket, reply.answering).await?;
    let to = checked(reply.to.clone().unwrap_or(derived.to))?;
    let cc = checked(reply.cc.clone().unwrap_or(derived.cc))?;
    let bcc = checked(reply.bcc.clone())?;
    if to.is_empty() {
        return Err(ReplyError::NoRecipient);
    }
    let given = reply.subject.clone().or(derived.subject);
    let subject = given.unwrap_or_else(|| ticket.subject.clone());
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(ReplyError::LongSubject);
    }
    let addressed = Addressed {
        inbox,
        to,
        cc,
        bcc,
        subject,
    };
    if addressed.everybody().len() > MOST_RECIPIENTS {
        return Err(ReplyError::TooManyRecipients);
    }
    Ok(addressed)
}

/// Marks, mentions, the chosen status: what goes with the message.
async fn finish(
    change: &mut Change,
    agent: AgentId,
    mut ticket: TicketRow,
    reply: &Reply,
    row: &MessageRow,
) -> Result<(), ReplyError> {
    let (workspace, now) = (change.workspace(), change.now());
    tickets::mark_read(change.tx(), workspace, ticket.id, agent, row.position).await?;
    tickets::clear_draft(change.tx(), workspace, ticket.id, agent).await?;
    notifications::mark_ticket_read(change.tx(), workspace, agent, ticket.id, now).await?;
    if reply.visibility == Visibility::Note {
        for mentioned in mentioned(change, &ticket, reply).await? {
            notify(
                change,
                mentioned,
                NotificationKind::Mention,
                ticket.id,
                Some(row.id),
            )
            .await?;
        }
    }
    if let Some(status) = reply.status {
        let status = usable_status(change, status).await?;
        let status = status.ok_or(ReplyError::NoSuchStatus)?;
        // Whoever puts work aside with a note says there why.
        let note = (reply.visibility == Visibility::Note).then(|| shorten(&reply.text, LONGEST_REASON));
        choose_status(change, &mut ticket, &status, note.as_deref()).await?;
        tickets::save(change.tx(), workspace, &ticket).await?;
    }
    Ok(())
}

/// The channel an answer takes by default: the customer's last; but a call is answered by email.
pub fn answer_channel(ticket: &TicketRow) -> Channel {
    match ticket.channel {
        Channel::Phone => Channel::Email,
        channel @ (Channel::Email | Channel::Chat) => channel,
    }
}

/// The inbox that sends for a ticket: its own when it is an email inbox, else the first active one.
pub async fn email_inbox(
    conn: &mut db::Conn,
    workspace: WorkspaceId,
    inbox: InboxId,
) -> Result<Option<InboxRow>, db::Error> {
    let all = inboxes::all(conn, workspace).await?;
    let emails = || {
        all.iter()
            .filter(|row| row.channel == Channel::Email && row.active)
    };
    Ok(emails()
        .find(|row| row.id == inbox)
        .or_else(|| emails().next())
        .cloned())
}
