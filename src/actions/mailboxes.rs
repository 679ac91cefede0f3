//! Reading an IMAP mailbox: the cursor moves in the change that keeps the mail.

use shouwen_core::event::Event;
use shouwen_core::id::InboxId;
use shouwen_core::time::{Length, Timestamp};
use uuid::Uuid;

use super::intake::{self, NewRawMail};
use crate::db::Error;
use crate::log::Change;
use crate::store::mailboxes::{self, MailboxRow};
use crate::store::raw_mails::{self, RawMailRow, RawState, Source};

/// How long a mailbox stays with a server that gives no sign of life.
const LEASE: Length = Length::seconds(60);

#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    #[error("another server reads this mailbox now")]
    Lost,
    #[error(transparent)]
    Store(#[from] Error),
}

/// A place in a mailbox, and which server of ours is there.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub inbox: InboxId,
    pub node: Uuid,
    pub uid_validity: u32,
    pub uid: u32,
}

/// Takes the mailbox for this server, or keeps it; its cursor. `None`: another server has it.
pub async fn hold(change: &mut Change, inbox: InboxId, node: Uuid) -> Result<Option<MailboxRow>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    mailboxes::add(change.tx(), workspace, inbox).await?;
    let until = now.plus(LEASE);
    if !mailboxes::lease(change.tx(), workspace, inbox, node, now, until).await? {
        return Ok(None);
    }
    mailboxes::find(change.tx(), workspace, inbox).await
}

/// Gives the mailbox back, so that another server need not wait.
pub async fn release(change: &mut Change, inbox: InboxId, node: Uuid) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let past = Timestamp::from_millis(0);
    mailboxes::lease(change.tx(), workspace, inbox, node, past, now).await?;
    Ok(())
}

/// Moves the cursor without a mail.
pub async fn advance(change: &mut Change, place: &Place) -> Result<(), MailboxError> {
    let workspace = change.workspace();
    let Place {
        inbox,
        node,
        uid_validity,
        uid,
    } = *place;
    if mailboxes::advance(change.tx(), workspace, inbox, node, uid_validity, uid).await? {
        Ok(())
    } else {
        Err(MailboxError::Lost)
    }
}

/// Keeps a fetched mail and moves the cursor to it.
pub async fn keep(change: &mut Change, place: &Place, new: &NewRawMail) -> Result<(), MailboxError> {
    advance(change, place).await?;
    intake::keep(change, new).await?;
    Ok(())
}

/// Notes a mail that could not be fetched, and goes past it.
pub async fn pass_over(
    change: &mut Change,
    place: &Place,
    size: u32,
    reason: &str,
) -> Result<(), MailboxError> {
    advance(change, place).await?;
    let workspace = change.workspace();
    let row = RawMailRow {
        id: change.next_id(),
        inbox_id: place.inbox,
        envelope_from: String::new(),
        envelope_to: String::new(),
        source: Source::Imap,
        origin: change.origin(),
        size: i64::from(size),
        blob: String::new(),
        state: RawState::Failed,
        reason: Some(reason.to_owned()),
        message_id: None,
        received_at: change.now(),
        peer: None,
        helo: None,
        recovered: false,
        recovered_into: None,
    };
    let (id, reason) = (row.id, row.reason.clone());
    raw_mails::add(change.tx(), workspace, &[row]).await?;
    raw_mails::settle(change.tx(), workspace, id, RawState::Failed, reason.as_deref()).await?;
    Ok(())
}

/// The mailbox works: said to the screens when it did not before.
pub async fn mark_well(change: &mut Change, inbox: InboxId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let before = mailboxes::find(change.tx(), workspace, inbox).await?;
    mailboxes::mark_well(change.tx(), workspace, inbox, now).await?;
    if before.is_some_and(|row| row.error_code.is_some()) {
        change.record_general(Event::MailboxChanged { inbox });
    }
    Ok(())
}

/// The mailbox does not work: said to the screens when the reason is new.
pub async fn mark_failing(change: &mut Change, inbox: InboxId, code: &str, error: &str) -> Result<(), Error> {
    let workspace = change.workspace();
    let before = mailboxes::find(change.tx(), workspace, inbox).await?;
    mailboxes::mark_failing(change.tx(), workspace, inbox, code, error).await?;
    if before.is_none_or(|row| row.error_code.as_deref() != Some(code)) {
        change.record_general(Event::MailboxChanged { inbox });
    }
    Ok(())
}
