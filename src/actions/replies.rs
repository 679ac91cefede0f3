//! An agent writes in a ticket: a public answer by the ticket's channel, or a note.

use std::collections::HashSet;

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::customer::{IdentityKind, fold};
use shouwen_core::id::{
    AgentId, AttachmentId, CustomerId, InboxId, MessageId, StatusId, TicketId, WorkspaceId,
};
use shouwen_core::message::{Delivery, Visibility};
use shouwen_core::ticket::Category;

use super::files::{self, FileError};
use super::messages::{self, Author, NewMessage};
use super::notifications::notify;
use super::tickets::choose_status;
use crate::db;
use crate::log::Change;
use crate::store::inboxes::InboxRow;
use crate::store::messages::{MailDetails, MessageRow};
use crate::store::notifications::NotificationKind;
use crate::store::tickets::TicketRow;
use crate::store::{agents, customers, inboxes, messages as rows, notifications, tickets};

/// The job that sends a message by email.
pub const SEND_MESSAGE: &str = "send_message";

/// Longest text of one message, in characters.
pub const LONGEST_TEXT: usize = 200_000;

/// Most addresses that get one answer; as many are looked at of a mail that names more.
pub const MOST_RECIPIENTS: usize = 100;

/// Longest subject that an agent writes, in characters; with the "Re:" of one as long as a ticket's.
const LONGEST_SUBJECT: usize = 1_000;

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
    pub subject: Option<String>,
    pub attachments: Vec<AttachmentId>,
    pub status: Option<StatusId>,
    pub mentions: Vec<AgentId>,
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
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Who gets an answer by email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipients {
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: Option<String>,
}

/// Writes the reply, or returns the message that the same client id made before.
pub async fn reply(change: &mut Change, agent: AgentId, reply: &Reply) -> Result<MessageRow, ReplyError> {
    let workspace = change.workspace();
    let key = format!("agent:{agent}:{}", reply.client_id);
    if let Some(before) = rows::find_by_client_key(change.tx(), workspace, &key).await? {
        return Ok(before);
    }
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
    let (new, recipients) = compose(change, agent, &ticket, reply, key).await?;
    let (ticket, row) = messages::add(change, ticket, &new).await?;
    files::attach(change, agent.0, &reply.attachments, row.id).await?;
    if !recipients.is_empty() {
        let now = change.now();
        rows::add_deliveries(change.tx(), workspace, row.id, &recipients, now).await?;
        change.enqueue(SEND_MESSAGE, &serde_json::json!({ "message": row.id }), now);
    }
    finish(change, agent, ticket, reply, &row).await?;
    Ok(row)
}

fn check_text(reply: &Reply) -> Result<(), ReplyError> {
    if reply.text.trim().is_empty() && reply.attachments.is_empty() {
        return Err(ReplyError::Empty);
    }
    if reply.text.chars().count() > LONGEST_TEXT {
        return Err(ReplyError::TooLong);
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
            let inbox = email_inbox(change, ticket.inbox_id)
                .await?
                .ok_or(ReplyError::NoEmailInbox)?;
            let derived = recipients(change, ticket).await?;
            let to = checked(reply.to.clone().unwrap_or(derived.to))?;
            let cc = checked(reply.cc.clone().unwrap_or(derived.cc))?;
            let everybody = distinct(to.iter().chain(&cc));
            if to.is_empty() {
                return Err(ReplyError::NoRecipient);
            }
            if everybody.len() > MOST_RECIPIENTS {
                return Err(ReplyError::TooManyRecipients);
            }
            let subject = reply
                .subject
                .clone()
                .or(derived.subject)
                .or_else(|| Some(ticket.subject.clone()));
            if subject
                .as_ref()
                .is_some_and(|subject| subject.chars().count() > LONGEST_SUBJECT)
            {
                return Err(ReplyError::LongSubject);
            }
            new.inbox = inbox.id;
            new.delivery = Delivery::Queued;
            new.mail = Some(MailDetails {
                from: inbox.address,
                to,
                cc,
                subject,
                ..MailDetails::default()
            });
            Ok((new, everybody))
        }
    }
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
        for mentioned in mentioned(change, reply).await? {
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
        choose_status(change, &mut ticket, status)
            .await?
            .ok_or(ReplyError::NoSuchStatus)?;
        tickets::save(change.tx(), workspace, &ticket).await?;
    }
    Ok(())
}

/// Who is meant: those that the composer named, and every `@Name` in the text.
async fn mentioned(change: &mut Change, reply: &Reply) -> Result<Vec<AgentId>, db::Error> {
    if !reply.text.contains(['@', '＠']) {
        return Ok(Vec::new());
    }
    let workspace = change.workspace();
    let active: Vec<_> = agents::all(change.tx(), workspace)
        .await?
        .into_iter()
        .filter(|agent| agent.active)
        .collect();
    let names: Vec<_> = active
        .iter()
        .map(|agent| (agent.id, agent.name.clone()))
        .collect();
    let mut found = shouwen_core::mention::mentioned(&reply.text, &names);
    for id in &reply.mentions {
        if !found.contains(id) && active.iter().any(|agent| agent.id == *id) {
            found.push(*id);
        }
    }
    Ok(found)
}

/// The channel an answer takes by default: the customer's last; but a call is answered by email.
pub fn answer_channel(ticket: &TicketRow) -> Channel {
    match ticket.channel {
        Channel::Phone => Channel::Email,
        channel @ (Channel::Email | Channel::Chat) => channel,
    }
}

/// The inbox that sends for a ticket: its own when it is an email inbox, else the first active one.
async fn email_inbox(change: &mut Change, inbox: InboxId) -> Result<Option<InboxRow>, db::Error> {
    let workspace = change.workspace();
    let all = inboxes::all(change.tx(), workspace).await?;
    let emails = || {
        all.iter()
            .filter(|row| row.channel == Channel::Email && row.active)
    };
    Ok(emails()
        .find(|row| row.id == inbox)
        .or_else(|| emails().next())
        .cloned())
}

/// Recipients derived from the message being answered (RFC 5322, 3.6.3): its Reply-To or From, with its other
/// recipients in copy, less every address of our own.
pub async fn recipients(change: &mut Change, ticket: &TicketRow) -> Result<Recipients, db::Error> {
    let workspace = change.workspace();
    derive(change.tx(), workspace, ticket).await
}

/// As [`recipients`], for reading.
pub async fn derive(
    conn: &mut db::Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
) -> Result<Recipients, db::Error> {
    let own: Vec<String> = inboxes::all(conn, workspace)
        .await?
        .into_iter()
        .filter_map(|inbox| inbox.address)
        .collect();
    let last = rows::last_inbound(conn, workspace, ticket.id).await?;
    let mail = last.and_then(|message| message.mail).map(|mail| mail.0);
    if let Some(mail) = mail {
        return Ok(answering(&mail, &own));
    }
    let to = email_of(conn, workspace, ticket.customer_id).await?;
    Ok(Recipients {
        to: to.into_iter().collect(),
        cc: Vec::new(),
        subject: None,
    })
}

fn answering(mail: &MailDetails, own: &[String]) -> Recipients {
    let to = if mail.reply_to.is_empty() {
        mail.from.iter().cloned().collect()
    } else {
        mail.reply_to.clone()
    };
    let is_own = |address: &String| {
        let folded = fold(address);
        own.iter().any(|own| *own == folded || is_plus_of(&folded, own))
    };
    let to: Vec<String> = distinct(to.iter().take(MOST_RECIPIENTS))
        .into_iter()
        .filter(|address| !is_own(address))
        .collect();
    let foldeds: HashSet<String> = to.iter().map(|address| fold(address)).collect();
    let answered = |address: &String| foldeds.contains(&fold(address));
    let others = mail
        .to
        .iter()
        .chain(&mail.cc)
        .take(MOST_RECIPIENTS)
        .filter(|address| !is_own(address) && !answered(address));
    Recipients {
        cc: distinct(others),
        to: to.clone(),
        subject: mail.subject.as_deref().map(answer_subject),
    }
}

/// `support+token@shop.example` is an address of `support@shop.example`.
fn is_plus_of(address: &str, own: &str) -> bool {
    let (Some((local, host)), Some((own_local, own_host))) = (address.split_once('@'), own.split_once('@'))
    else {
        return false;
    };
    host == own_host && local.split_once('+').is_some_and(|(start, _)| start == own_local)
}

/// The subject of an answer to a mail.
pub fn answer_subject(subject: &str) -> String {
    let begins = |start: &str| {
        subject
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    if begins("Re:") || begins("回复:") || begins("回复：") || begins("答复:") || begins("答复：") {
        subject.to_owned()
    } else {
        format!("Re: {subject}")
    }
}

async fn email_of(
    conn: &mut db::Conn,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Option<String>, db::Error> {
    let identities = customers::identities(conn, workspace, &[customer]).await?;
    Ok(identities
        .into_iter()
        .find(|identity| identity.kind == IdentityKind::Email)
        .map(|identity| identity.value))
}

fn checked(addresses: Vec<String>) -> Result<Vec<String>, ReplyError> {
    if addresses.len() > MOST_RECIPIENTS {
        return Err(ReplyError::TooManyRecipients);
    }
    let trimmed = addresses.into_iter().map(|address| address.trim().to_owned());
    let mut kept = Vec::new();
    for address in trimmed.filter(|address| !address.is_empty()) {
        if !is_address(&address) {
            return Err(ReplyError::NotAnAddress(address));
        }
        kept.push(address);
    }
    Ok(distinct(kept.iter()))
}

/// Enough to be written into a header and an envelope without harm; the mail server judges the rest.
pub fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let harmless = |c: char| {
        !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')')
    };
    !local.is_empty()
        && !host.is_empty()
        && text.len() <= 320
        && text.chars().all(harmless)
        && !local.contains('@')
}

fn distinct<'a>(addresses: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut known = HashSet::new();
    addresses
        .filter(|address| known.insert(fold(address)))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &[&str]) -> Vec<String> {
        text.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn an_answer_goes_to_who_wrote_with_the_others_in_copy_and_never_to_us() {
        let mail = MailDetails {
            from: Some("wang@example.com".into()),
            to: words(&[
                "Support@shop.example",
                "boss@example.com",
                "support+t1.abc@shop.example",
            ]),
            cc: words(&["Wang@example.com", "aunt@example.net", "boss@example.com"]),
            subject: Some("Lamp".into()),
            ..MailDetails::default()
        };
        let found = answering(&mail, &words(&["support@shop.example"]));
        assert_eq!(found.to, words(&["wang@example.com"]));
        assert_eq!(found.cc, words(&["boss@example.com", "aunt@example.net"]));
        assert_eq!(found.subject.as_deref(), Some("Re: Lamp"));
    }

    #[test]
    fn addresses_that_could_break_a_header_are_refused() {
        for wrong in ["nobody", "a@b\r\nBcc: x@y", "a b@c", "<a@b>", "a,b@c", "@b", "a@"] {
            assert!(!is_address(wrong), "{wrong}");
        }
        assert!(is_address("王@例子.中国"));
    }
}
