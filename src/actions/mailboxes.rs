//! Reading an IMAP mailbox: the cursor moves in the change that keeps the mail.

use shouwen_core::event::Event;
use shouwen_core::id::{InboxId, TimerId};
use shouwen_core::time::{Length, Timestamp};
use uuid::Uuid;

use super::alarms;
use super::intake::{self, NewRawMail};
use crate::db::Error;
use crate::log::Change;
use crate::store::alarms::AlarmKind;
use crate::store::inboxes;
use crate::store::mailboxes::{self, MailboxRow};
use crate::store::raw_mails::{self, RawMailRow, RawState, Source};
use crate::store::timers::{self, TimerRow};

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

/// The mailbox works: said to the screens when it did not before, or never did.
pub async fn mark_well(change: &mut Change, inbox: InboxId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let before = mailboxes::find(change.tx(), workspace, inbox).await?;
    mailboxes::mark_well(change.tx(), workspace, inbox, now).await?;
    let news = before.is_some_and(|row| row.error_code.is_some() || row.checked_at.millis() == 0);
    if news {
        change.record_general(Event::MailboxChanged { inbox });
        alarms::clear(change, AlarmKind::MailboxSilent, Some(inbox)).await?;
    }
    Ok(())
}

/// The mailbox does not work: said to the screens when the reason is new, and an alarm if it stays so.
pub async fn mark_failing(change: &mut Change, inbox: InboxId, code: &str, error: &str) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let before = mailboxes::find(change.tx(), workspace, inbox).await?;
    mailboxes::mark_failing(change.tx(), workspace, inbox, code, error, now).await?;
    if before.as_ref().is_none_or(|row| row.failing_since.is_none()) {
        set_alarm(change, inbox, now).await?;
    }
    if before.is_none_or(|row| row.error_code.as_deref() != Some(code)) {
        change.record_general(Event::MailboxChanged { inbox });
    }
    Ok(())
}

/// The timer that looks whether a mailbox still fails.
pub const SILENCE: &str = "mailbox_silence";
/// Told from the ids of other timers, so that a mailbox has one of these.
const TIMER: u128 = 0x51_1e4c_e000_0000_0000_0000_0000_0002;

/// A mailbox failed for a while: if it failed all the time, its alarm is raised.
pub async fn look(change: &mut Change, inbox: InboxId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let row = mailboxes::find(change.tx(), workspace, inbox).await?;
    let found = inboxes::find(change.tx(), workspace, inbox).await?;
    let watched = found.is_some_and(|inbox| {
        inbox.active && inbox.settings.0.email.is_some_and(|email| email.imap.is_some())
    });
    let Some((row, since)) = row.and_then(|row| row.failing_since.map(|since| (row, since))) else {
        return Ok(());
    };
    if !watched {
        return Ok(());
    }
    if since.plus(patience(change, inbox).await?) > now {
        return set_alarm(change, inbox, since).await;
    }
    let code = row.error_code.as_deref();
    alarms::raise(change, AlarmKind::MailboxSilent, Some(inbox), code).await?;
    Ok(())
}

async fn set_alarm(change: &mut Change, inbox: InboxId, since: Timestamp) -> Result<(), Error> {
    let due_at = since.plus(patience(change, inbox).await?);
    let timer = TimerRow {
        workspace_id: change.workspace(),
        id: TimerId(Uuid::from_u128(inbox.0.as_u128() ^ TIMER)),
        ticket_id: None,
        kind: SILENCE.to_owned(),
        payload: serde_json::json!({ "inbox": inbox }).to_string(),
        due_at,
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

/// How long a mailbox may fail before people are told.
async fn patience(change: &mut Change, inbox: InboxId) -> Result<Length, Error> {
    let workspace = change.workspace();
    let found = inboxes::find(change.tx(), workspace, inbox).await?;
    let settings = found.and_then(|inbox| inbox.settings.0.email).unwrap_or_default();
    Ok(Length::minutes(settings.alarm_after_minutes()))
}
