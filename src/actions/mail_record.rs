//! What a person does with a mail that came: lets it through, has it read again, lets it go. Nothing is deleted before
//! its time.

use shouwen_core::id::{RawMailId, TicketId};

use super::intake::READ_MAIL;
use crate::db::Error;
use crate::log::Change;
use crate::store::mail_record::{self, Again, RecordRow};
use crate::store::raw_mails::RawState;
use crate::store::sender_rules::{self, RuleKind, RuleOrigin, SenderRuleRow};
use crate::store::tickets;

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("no such mail")]
    NoSuchMail,
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("the raw source of this mail is past its time and gone: it cannot be read again")]
    Gone,
    #[error("this mail is a message already: move it from there")]
    IsMessage,
    #[error("this mail is being read just now: look again in a moment")]
    BeingRead,
    #[error("only mail that waits or failed can be discarded")]
    NotWaiting,
    #[error(transparent)]
    Store(#[from] Error),
}

/// How a kept-back mail is let through.
#[derive(Debug, Clone)]
pub struct Recover {
    pub mail: RawMailId,
    /// The ticket that it belongs to; none: as its signs say, or a new one.
    pub ticket: Option<TicketId>,
    /// From now on automatic mail of this sender makes tickets.
    pub allow_sender: bool,
}

/// Makes the mail a message, whatever kept it back.
pub async fn recover(change: &mut Change, recover: &Recover) -> Result<(), RecordError> {
    let row = lock(change, recover.mail).await?;
    match row.state {
        RawState::Read => return Err(RecordError::IsMessage),
        RawState::Received => return Err(RecordError::BeingRead),
        RawState::Duplicate
        | RawState::Own
        | RawState::Report
        | RawState::Suspended
        | RawState::Failed
        | RawState::Discarded => {}
    }
    if let Some(ticket) = recover.ticket {
        let actor = change.actor().clone();
        let found = tickets::find_visible(change.tx(), &actor, ticket).await?;
        found.ok_or(RecordError::NoSuchTicket)?;
    }
    if recover.allow_sender {
        allow(change, &row).await?;
    }
    again(change, &row, true, recover.ticket).await
}

/// Has the mail read once more, by the rules as they are now. One that is a message stays it. True when it is read.
pub async fn process(change: &mut Change, mail: RawMailId) -> Result<bool, RecordError> {
    let row = lock(change, mail).await?;
    match row.state {
        RawState::Read | RawState::Received => Ok(false),
        RawState::Duplicate
        | RawState::Own
        | RawState::Report
        | RawState::Suspended
        | RawState::Failed
        | RawState::Discarded => {
            again(change, &row, false, None).await?;
            Ok(true)
        }
    }
}

/// Takes the mail out of the queue. It can be recovered for as long as its octets are kept.
pub async fn discard(change: &mut Change, mail: RawMailId) -> Result<(), RecordError> {
    let row = lock(change, mail).await?;
    let (workspace, now, by) = (change.workspace(), change.now(), change.actor().agent());
    match row.state {
        RawState::Discarded => Ok(()),
        RawState::Suspended | RawState::Failed => {
            forget_job(change, mail).await?;
            Ok(mail_record::discard(change.tx(), workspace, mail, by, now).await?)
        }
        RawState::Received | RawState::Read | RawState::Duplicate | RawState::Own | RawState::Report => {
            Err(RecordError::NotWaiting)
        }
    }
}

/// Notes that somebody reads the raw source of a mail.
pub async fn note_reading(change: &mut Change, mail: RawMailId) -> Result<(), Error> {
    let (workspace, now, by) = (change.workspace(), change.now(), change.actor().agent());
    let id = change.next_id();
    mail_record::add_reading(change.tx(), workspace, id, mail, by, now).await
}

async fn lock(change: &mut Change, mail: RawMailId) -> Result<RecordRow, RecordError> {
    let workspace = change.workspace();
    let found = mail_record::lock(change.tx(), workspace, mail).await?;
    found.ok_or(RecordError::NoSuchMail)
}

/// The job reads it even if this server stops now.
async fn again(
    change: &mut Change,
    row: &RecordRow,
    recovered: bool,
    into: Option<TicketId>,
) -> Result<(), RecordError> {
    if row.blob.is_empty() {
        return Err(RecordError::Gone);
    }
    let (workspace, at, by) = (change.workspace(), change.now(), change.actor().agent());
    let again = Again {
        recovered,
        into,
        by,
        at,
    };
    mail_record::receive_again(change.tx(), workspace, row.id, &again).await?;
    forget_job(change, row.id).await?;
    change.enqueue(READ_MAIL, &payload(row.id), at);
    Ok(())
}

fn payload(mail: RawMailId) -> serde_json::Value {
    serde_json::json!({ "raw": mail })
}

/// The job that gave the mail up is settled with it.
async fn forget_job(change: &mut Change, mail: RawMailId) -> Result<(), Error> {
    let (workspace, payload) = (change.workspace(), payload(mail).to_string());
    mail_record::forget_given_up(change.tx(), workspace, READ_MAIL, &payload).await
}

async fn allow(change: &mut Change, row: &RecordRow) -> Result<(), RecordError> {
    let from = row.header_from.as_deref().map(shouwen_core::customer::fold);
    let Some(sender) = from.filter(|sender| super::recipients::is_address(sender)) else {
        return Ok(());
    };
    let (workspace, now) = (change.workspace(), change.now());
    let rule = SenderRuleRow {
        id: change.next_id(),
        kind: RuleKind::Allow,
        sender,
        why: RuleOrigin::Person,
        agent_id: change.actor().agent(),
        created_at: now,
        expires_at: None,
    };
    sender_rules::set(change.tx(), workspace, &rule).await?;
    Ok(())
}
