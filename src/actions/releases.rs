//! When the time of an answer that waits has come: it becomes a message of its ticket, or is cancelled with the reason.

use shouwen_core::actor::{Actor, PermissionSet, Scope, Who};
use shouwen_core::channel::Channel;
use shouwen_core::id::{AttachmentId, MessageId};
use shouwen_core::message::Visibility;
use shouwen_core::ticket::Category;

use super::files::FileError;
use super::notifications::notify;
use super::replies::{self, Reply, ReplyError};
use super::schedules::{files_of, tell};
use crate::db::Error;
use crate::log::Change;
use crate::store::messages::MessageRow;
use crate::store::notifications::NotificationKind;
use crate::store::schedules::{self, CancelReason, ScheduleRow, ScheduleState};
use crate::store::tickets::{self, TicketRow};

/// The timer that releases an answer. Its id is the answer's.
pub const RELEASE: &str = "release_reply";

/// It is time: the answer becomes a message, or is cancelled with the reason.
pub async fn release(change: &mut Change, id: MessageId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(row) = schedules::find(change.tx(), workspace, id).await? else {
        return Ok(());
    };
    let ticket = tickets::lock(change.tx(), workspace, row.ticket_id).await?;
    let row = schedules::lock(change.tx(), workspace, id).await?;
    let (Some(ticket), Some(row)) = (ticket, row) else {
        return Ok(());
    };
    if row.state != ScheduleState::Waiting || row.send_at > now {
        return Ok(());
    }
    // Whoever wrote it, sends it.
    let agent = Actor {
        workspace,
        who: Who::Agent(row.agent_id),
        permissions: PermissionSet::default(),
        scope: Scope::All,
    };
    let system = change.actor().clone();
    change.replay(agent, now);
    match write(change, ticket, &row).await {
        Ok(_) => Ok(()),
        Err(ReplyError::Store(error)) => Err(error),
        Err(refused) => {
            change.replay(system, now);
            cancel(change, row, reason(&refused)).await
        }
    }
}

/// Writes the message of a row that is locked, and removes the row.
pub(super) async fn write(
    change: &mut Change,
    ticket: TicketRow,
    row: &ScheduleRow,
) -> Result<MessageRow, ReplyError> {
    if ticket.category == Category::Closed {
        return Err(ReplyError::Closed);
    }
    let files: Vec<AttachmentId> = files_of(change, row.id)
        .await?
        .iter()
        .map(|file| file.id)
        .collect();
    let content = row.content.0.clone();
    let client_id = row.client_key.rsplit(':').next().unwrap_or_default().to_owned();
    let reply = Reply {
        ticket: ticket.id,
        id: row.id,
        client_id,
        visibility: Visibility::Public,
        channel: Some(Channel::Email),
        text: content.text,
        to: Some(content.to),
        cc: Some(content.cc),
        bcc: content.bcc,
        answering: content.answering,
        subject: content.subject,
        attachments: files,
        status: content.status,
        mentions: Vec::new(),
        macros: content.macros,
        seen_position: i64::MAX,
    };
    let message = replies::write(change, row.agent_id, ticket, &reply, row.client_key.clone()).await?;
    let workspace = change.workspace();
    schedules::remove(change.tx(), workspace, row.id).await?;
    tell(change, row);
    Ok(message)
}

async fn cancel(change: &mut Change, mut row: ScheduleRow, reason: CancelReason) -> Result<(), Error> {
    let workspace = change.workspace();
    (row.state, row.reason) = (ScheduleState::Cancelled, Some(reason));
    schedules::save(change.tx(), workspace, &row).await?;
    tell(change, &row);
    notify(
        change,
        row.agent_id,
        NotificationKind::ScheduleCancelled,
        row.ticket_id,
        None,
    )
    .await
}

fn reason(refused: &ReplyError) -> CancelReason {
    match refused {
        ReplyError::Closed => CancelReason::Closed,
        ReplyError::MacroForbidden(_) => CancelReason::MacroForbidden,
        ReplyError::NoEmailInbox => CancelReason::NoInbox,
        ReplyError::NoRecipient | ReplyError::NotAnAddress(_) => CancelReason::NoRecipient,
        ReplyError::File(FileError::Gone) => CancelReason::Gone,
        _ => CancelReason::Refused,
    }
}
