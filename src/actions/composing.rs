//! What an answer begins with: who gets it and from whom, what stands below it, and who is new or left out.

use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, fold};
use shouwen_core::id::{AgentId, InboxId, MessageId, WorkspaceId};

use super::recipients::{self, distinct, is_own};
use super::replies::{answer_channel, email_inbox};
use super::signatures;
use crate::db::{Conn, Error};
use crate::store::mail_details::MailDetails;
use crate::store::messages;
use crate::store::tickets::TicketRow;
use crate::store::{customers, inboxes};

/// How far back it is looked who stood in a ticket.
const LOOK: i64 = 50;
/// Most addresses that are told.
const MOST_ADDRESSES: usize = 300;

#[derive(Debug, Clone, Default)]
pub struct Beginning {
    pub channel: Option<Channel>,
    /// That sends by email.
    pub inbox: Option<InboxId>,
    /// Address and name that the customer sees.
    pub from: Option<(String, String)>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: Option<String>,
    pub signature: String,
    /// Of the signature.
    pub locale: String,
    pub undo_seconds: i64,
    /// Of the desk itself.
    pub own: Vec<String>,
    /// Who stands in this ticket already.
    pub known: Vec<String>,
    /// Who was in copy before and is not in the mail that is answered.
    pub former_cc: Vec<String>,
}

/// Reads it for an agent who sees the ticket.
pub async fn begin(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: Option<AgentId>,
    ticket: &TicketRow,
    answering: Option<MessageId>,
) -> Result<Beginning, Error> {
    let derived = recipients::derive(conn, workspace, ticket, answering).await?;
    let mut begin = Beginning {
        channel: Some(answer_channel(ticket)),
        subject: derived.subject.or_else(|| Some(ticket.subject.clone())),
        own: recipients::own_addresses(conn, workspace).await?,
        to: derived.to,
        cc: derived.cc,
        ..Beginning::default()
    };
    if let Some(inbox) = email_inbox(conn, workspace, ticket.inbox_id).await? {
        let settings = inbox.settings.0.email.clone().unwrap_or_default();
        (begin.signature, begin.locale) = signatures::read(conn, workspace, agent, ticket, &inbox).await?;
        begin.undo_seconds = settings.undo_seconds();
        begin.inbox = Some(inbox.id);
        let name = if settings.sender_name.trim().is_empty() {
            inbox.name
        } else {
            settings.sender_name
        };
        begin.from = inbox.address.map(|address| (address, name));
    }
    meet(conn, workspace, ticket, &mut begin).await?;
    Ok(begin)
}

/// Who stood in the ticket's mails so far.
async fn meet(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
    begin: &mut Beginning,
) -> Result<(), Error> {
    let recent = messages::before(conn, workspace, ticket.id, i64::MAX, LOOK).await?;
    let mails: Vec<MailDetails> = recent
        .into_iter()
        .filter_map(|row| row.mail)
        .map(|mail| mail.0)
        .collect();
    let identities = customers::identities(conn, workspace, &[ticket.customer_id]).await?;
    let emails = identities
        .iter()
        .filter(|identity| identity.kind == IdentityKind::Email);
    let stood = mails.iter().flat_map(|mail| {
        let senders = mail.from.iter().chain(&mail.reply_to);
        senders.chain(&mail.to).chain(&mail.cc)
    });
    let known = emails.map(|identity| &identity.value).chain(stood);
    begin.known = others(known, &begin.own);
    let answered = begin.to.iter().chain(&begin.cc).map(|address| fold(address));
    let answered: Vec<String> = answered.collect();
    let copied = mails.iter().flat_map(|mail| &mail.cc);
    begin.former_cc = others(copied, &begin.own);
    begin
        .former_cc
        .retain(|address| !answered.contains(&fold(address)));
    Ok(())
}

fn others<'a>(addresses: impl Iterator<Item = &'a String>, own: &[String]) -> Vec<String> {
    let strangers = addresses.filter(|address| !is_own(address, own));
    distinct(strangers.take(10 * MOST_ADDRESSES))
        .into_iter()
        .take(MOST_ADDRESSES)
        .collect()
}

/// An inbox that is there, for whoever previews a signature.
pub async fn known_inbox(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: InboxId,
) -> Result<Option<inboxes::InboxRow>, Error> {
    let found = inboxes::find(conn, workspace, id).await?;
    Ok(found.filter(|inbox| inbox.channel == Channel::Email))
}
