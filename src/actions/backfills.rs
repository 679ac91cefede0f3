//! Bringing in older mail on request. What is brought in so starts no clock, tells nobody and is answered by nothing.

use shouwen_core::event::Event;
use shouwen_core::id::InboxId;
use shouwen_core::time::Timestamp;

use super::administration::{AdminError, Result as AdminResult, wrong};
use super::intake::{self, NewRawMail};
use super::mailboxes::MailboxError;
use crate::db::Error;
use crate::log::Change;
use crate::store::backfills::{self, BackfillRow, BackfillState};
use crate::store::{inboxes, mailboxes};

/// Asks for everything since an instant that is in the mailbox already.
pub async fn request(change: &mut Change, inbox: InboxId, since: Timestamp) -> AdminResult<BackfillRow> {
    let (workspace, now) = (change.workspace(), change.now());
    let found = inboxes::lock(change.tx(), workspace, inbox).await?;
    let found = found.ok_or(AdminError::NotFound("inbox"))?;
    let has_mailbox = found.settings.0.email.is_some_and(|email| email.imap.is_some());
    if !has_mailbox {
        return wrong("since", "this inbox fetches no mail (IMAP)");
    }
    if since > now {
        return wrong("since", "choose a day that is past");
    }
    let cursor = mailboxes::find(change.tx(), workspace, inbox).await?;
    let cursor = cursor.filter(|row| row.uid_validity > 0);
    let row = BackfillRow {
        inbox_id: inbox,
        since,
        state: BackfillState::Waiting,
        uid_validity: cursor.as_ref().map_or(0, |row| row.uid_validity),
        next_uid: 0,
        end_uid: cursor.map_or(i64::from(u32::MAX), |row| row.last_uid),
        kept: 0,
        passed: 0,
        error: None,
        created_at: now,
    };
    backfills::save(change.tx(), workspace, &row, now).await?;
    change.record_general(Event::MailboxChanged { inbox });
    Ok(row)
}

/// Takes the request back; what was brought in stays.
pub async fn stop(change: &mut Change, inbox: InboxId) -> Result<bool, Error> {
    let workspace = change.workspace();
    let removed = backfills::remove(change.tx(), workspace, inbox).await?;
    change.record_general(Event::MailboxChanged { inbox });
    Ok(removed)
}

/// Where the bringing in is in a mailbox.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub inbox: InboxId,
    pub uid_validity: u32,
    pub uid: u32,
}

/// Keeps a mail and moves on to it; without one it moves on past it.
pub async fn keep(change: &mut Change, place: &Place, new: Option<&NewRawMail>) -> Result<(), MailboxError> {
    let (workspace, now) = (change.workspace(), change.now());
    let at = (i64::from(place.uid_validity), i64::from(place.uid));
    let more = if new.is_some() {
        (1, 0)
    } else {
        (0, i64::from(place.uid > 0))
    };
    if !backfills::advance(change.tx(), workspace, place.inbox, at, more, now).await? {
        return Err(MailboxError::Lost);
    }
    if let Some(new) = new {
        intake::keep(change, new).await?;
    }
    Ok(())
}

/// It has come to its end, or waits for the reason.
pub async fn settle(
    change: &mut Change,
    inbox: InboxId,
    state: BackfillState,
    error: Option<&str>,
) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    backfills::set_state(change.tx(), workspace, inbox, state, error, now).await?;
    change.record_general(Event::MailboxChanged { inbox });
    Ok(())
}
