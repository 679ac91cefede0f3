//! Answers by mail that wait: taken back while they can be, changed, sent by hand, cancelled when the customer writes
//! first. Only when it is released (`releases`) is such an answer a message of its ticket and moves it.

use shouwen_core::channel::Channel;
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, AttachmentId, MacroId, MessageId, TicketId, TimerId};
use shouwen_core::message::Visibility;
use shouwen_core::time::{Length, Timestamp};

use super::notifications::notify;
use super::recipients::{MOST_RECIPIENTS, checked};
use super::releases::{self, RELEASE};
use super::replies::{self, LONGEST_TEXT, Reply, ReplyError, lock_visible};
use crate::db::{Error, JsonText};
use crate::log::Change;
use crate::store::files::AttachmentRow;
use crate::store::messages::{self, MessageRow};
use crate::store::notifications::{self, NotificationKind};
use crate::store::schedules::{self, Content, ScheduleKind, ScheduleRow, ScheduleState};
use crate::store::tickets::{self, DraftRow, TicketRow};
use crate::store::timers::{self, TimerRow};

/// Nobody plans further ahead.
const LONGEST: Length = Length::days(366);
/// Most answers that wait in one ticket.
const MOST: i64 = 20;

/// When an answer is to go.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish {
    /// By mail, it may be taken back for as long as its inbox says.
    pub undoable: bool,
    pub send_at: Option<Timestamp>,
    pub cancel_if_answered: bool,
}

/// What became of an answer.
#[derive(Debug, Clone)]
pub enum Answered {
    Written(Box<MessageRow>),
    Waits(Box<ScheduleRow>),
}

/// What is to hold of an answer that waits; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    pub send_at: Option<Timestamp>,
    pub cancel_if_answered: Option<bool>,
    pub text: Option<String>,
    pub to: Option<Vec<String>>,
    pub cc: Option<Vec<String>>,
    pub bcc: Option<Vec<String>>,
    pub subject: Option<String>,
    pub attachments: Option<Vec<AttachmentId>>,
    pub macros: Option<Vec<MacroId>>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    #[error("no such answer waits")]
    NoSuchReply,
    #[error("it was sent already; it cannot be taken back any more")]
    AlreadySent,
    #[error("choose a time that is yet to come, within a year")]
    WrongTime,
    #[error("only an answer by email can be sent later")]
    NotByEmail,
    #[error("at most {MOST} answers wait in one ticket: send or discard one of them")]
    TooMany,
    #[error(transparent)]
    Reply(#[from] ReplyError),
    #[error(transparent)]
    Store(#[from] Error),
}

/// Writes the answer now, or lets it wait. The same client id again gives what it made before.
pub async fn answer(
    change: &mut Change,
    agent: AgentId,
    reply: &Reply,
    wish: Wish,
) -> Result<Answered, ScheduleError> {
    let workspace = change.workspace();
    let key = replies::client_key(agent, &reply.client_id);
    if let Some(waits) = schedules::find_by_client_key(change.tx(), workspace, &key).await? {
        return Ok(Answered::Waits(Box::new(waits)));
    }
    let wanted = wish.undoable || wish.send_at.is_some();
    let sent = messages::find_by_client_key(change.tx(), workspace, &key).await?;
    if sent.is_some() || !wanted || reply.visibility == Visibility::Note {
        let row = replies::reply(change, agent, reply).await?;
        return Ok(Answered::Written(Box::new(row)));
    }
    let ticket = replies::lock_for(change, agent, reply).await?;
    let channel = reply.channel.unwrap_or_else(|| replies::answer_channel(&ticket));
    match (channel, wish.send_at) {
        (Channel::Email, _) => {}
        (_, Some(_)) => return Err(ScheduleError::NotByEmail),
        (_, None) => {
            let row = replies::write(change, agent, ticket, reply, key).await?;
            return Ok(Answered::Written(Box::new(row)));
        }
    }
    hold(change, agent, ticket, reply, wish, key).await
}

/// Gives the answer back as a draft of whoever takes it back.
pub async fn take_back(
    change: &mut Change,
    agent: AgentId,
    id: MessageId,
) -> Result<(ScheduleRow, Vec<AttachmentRow>), ScheduleError> {
    let (workspace, now) = (change.workspace(), change.now());
    let (_, row) = lock(change, id).await?;
    let files: Vec<AttachmentRow> = files_of(change, id).await?;
    let ids: Vec<AttachmentId> = files.iter().map(|file| file.id).collect();
    schedules::hand_over(change.tx(), workspace, &ids, agent).await?;
    let before = tickets::draft(change.tx(), workspace, row.ticket_id, agent).await?;
    let Content {
        mut text, mut macros, ..
    } = row.content.0.clone();
    // What was begun meanwhile is kept below.
    if let Some(before) = before.filter(|before| !before.text.trim().is_empty() && before.text != text) {
        text = format!("{}\n\n{}", text.trim_end(), before.text);
        macros.extend(before.macro_ids.0);
    }
    let draft = DraftRow {
        visibility: Visibility::Public,
        text,
        macro_ids: JsonText(macros),
        updated_at: now,
    };
    tickets::save_draft(change.tx(), workspace, row.ticket_id, agent, &draft).await?;
    drop_row(change, &row).await?;
    Ok((row, files))
}

/// Throws the answer away.
pub async fn discard(change: &mut Change, id: MessageId) -> Result<(), ScheduleError> {
    let (_, row) = lock(change, id).await?;
    drop_row(change, &row).await?;
    Ok(())
}

/// Changes an answer that waits; with a new time one that was cancelled waits again.
pub async fn edit(change: &mut Change, id: MessageId, edit: &Edit) -> Result<ScheduleRow, ScheduleError> {
    let workspace = change.workspace();
    let (_, mut row) = lock(change, id).await?;
    if let Some(send_at) = edit.send_at {
        row.send_at = in_time(change, send_at)?;
        (row.kind, row.state, row.reason) = (ScheduleKind::Schedule, ScheduleState::Waiting, None);
    }
    row.cancel_if_answered = edit.cancel_if_answered.unwrap_or(row.cancel_if_answered);
    edit_content(&mut row.content.0, edit)?;
    if let Some(files) = &edit.attachments {
        super::files::check(change, row.agent_id.0, files)
            .await
            .map_err(ReplyError::from)?;
        schedules::set_files(change.tx(), workspace, id, files).await?;
    } else if row.content.0.text.trim().is_empty() && files_of(change, id).await?.is_empty() {
        return Err(ReplyError::Empty.into());
    }
    schedules::save(change.tx(), workspace, &row).await?;
    set_timer(change, &row).await?;
    tell(change, &row);
    Ok(row)
}

/// Sends what waits, or was cancelled, now.
pub async fn send_now(change: &mut Change, id: MessageId) -> Result<MessageRow, ScheduleError> {
    let (ticket, row) = lock(change, id).await?;
    let workspace = change.workspace();
    timers::remove(change.tx(), workspace, TimerId(id.0)).await?;
    Ok(releases::write(change, ticket, &row).await?)
}

/// The customer wrote: what was to go only if they would not is cancelled. Their ticket is locked.
pub async fn cancel_answered(change: &mut Change, ticket: TicketId) -> Result<(), Error> {
    let workspace = change.workspace();
    for (id, agent) in schedules::cancel_answered(change.tx(), workspace, ticket).await? {
        timers::remove(change.tx(), workspace, TimerId(id.0)).await?;
        change.record(ticket, Event::ScheduleChanged { reply: id });
        notify(change, agent, NotificationKind::ScheduleCancelled, ticket, None).await?;
    }
    Ok(())
}

async fn hold(
    change: &mut Change,
    agent: AgentId,
    ticket: TicketRow,
    reply: &Reply,
    wish: Wish,
    key: String,
) -> Result<Answered, ScheduleError> {
    let (workspace, now) = (change.workspace(), change.now());
    let addressed = replies::address(change, &ticket, reply).await?;
    replies::check_parts(change, agent, &ticket, reply).await?;
    let settings = addressed.inbox.settings.0.email.clone().unwrap_or_default();
    let (kind, send_at) = match wish.send_at {
        Some(send_at) => (ScheduleKind::Schedule, in_time(change, send_at)?),
        None => (
            ScheduleKind::Undo,
            now.plus(Length::seconds(settings.undo_seconds())),
        ),
    };
    if send_at <= now {
        let row = replies::write(change, agent, ticket, reply, key).await?;
        return Ok(Answered::Written(Box::new(row)));
    }
    let waiting = schedules::of_ticket(change.tx(), workspace, ticket.id, MOST).await?;
    if i64::try_from(waiting.len()).unwrap_or(MOST) >= MOST {
        return Err(ScheduleError::TooMany);
    }
    let row = ScheduleRow {
        id: reply.id,
        ticket_id: ticket.id,
        agent_id: agent,
        client_key: key,
        kind,
        state: ScheduleState::Waiting,
        reason: None,
        send_at,
        cancel_if_answered: wish.cancel_if_answered && kind == ScheduleKind::Schedule,
        content: JsonText(Content {
            text: reply.text.clone(),
            to: addressed.to,
            cc: addressed.cc,
            bcc: addressed.bcc,
            subject: Some(addressed.subject),
            status: reply.status,
            answering: reply.answering,
            macros: reply.macros.clone(),
        }),
        created_at: now,
    };
    schedules::add(change.tx(), workspace, &row).await?;
    schedules::set_files(change.tx(), workspace, row.id, &reply.attachments).await?;
    set_timer(change, &row).await?;
    tickets::mark_read(change.tx(), workspace, ticket.id, agent, ticket.last_position).await?;
    tickets::clear_draft(change.tx(), workspace, ticket.id, agent).await?;
    notifications::mark_ticket_read(change.tx(), workspace, agent, ticket.id, now).await?;
    tell(change, &row);
    Ok(Answered::Waits(Box::new(row)))
}

/// The ticket and the row, both for this change, if the actor may see the ticket.
async fn lock(change: &mut Change, id: MessageId) -> Result<(TicketRow, ScheduleRow), ScheduleError> {
    let workspace = change.workspace();
    let Some(found) = schedules::find(change.tx(), workspace, id).await? else {
        let Some(sent) = messages::find(change.tx(), workspace, id).await? else {
            return Err(ScheduleError::NoSuchReply);
        };
        let seen = lock_visible(change, sent.ticket_id).await?;
        return Err(seen.map_or(ScheduleError::NoSuchReply, |_| ScheduleError::AlreadySent));
    };
    let ticket = lock_visible(change, found.ticket_id).await?;
    let ticket = ticket.ok_or(ScheduleError::NoSuchReply)?;
    let row = schedules::lock(change.tx(), workspace, id).await?;
    Ok((ticket, row.ok_or(ScheduleError::AlreadySent)?))
}

pub(super) async fn files_of(change: &mut Change, id: MessageId) -> Result<Vec<AttachmentRow>, Error> {
    let workspace = change.workspace();
    let files = schedules::files(change.tx(), workspace, &[id]).await?;
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

async fn drop_row(change: &mut Change, row: &ScheduleRow) -> Result<(), Error> {
    let workspace = change.workspace();
    schedules::remove(change.tx(), workspace, row.id).await?;
    timers::remove(change.tx(), workspace, TimerId(row.id.0)).await?;
    tell(change, row);
    Ok(())
}

fn in_time(change: &Change, send_at: Timestamp) -> Result<Timestamp, ScheduleError> {
    let now = change.now();
    if send_at > now && send_at <= now.plus(LONGEST) {
        Ok(send_at)
    } else {
        Err(ScheduleError::WrongTime)
    }
}

fn edit_content(content: &mut Content, edit: &Edit) -> Result<(), ScheduleError> {
    if let Some(text) = &edit.text {
        if text.chars().count() > LONGEST_TEXT {
            return Err(ReplyError::TooLong.into());
        }
        content.text.clone_from(text);
    }
    for (given, kept) in [
        (&edit.to, &mut content.to),
        (&edit.cc, &mut content.cc),
        (&edit.bcc, &mut content.bcc),
    ] {
        if let Some(given) = given {
            *kept = checked(given.clone())?;
        }
    }
    if content.to.is_empty() {
        return Err(ReplyError::NoRecipient.into());
    }
    if content.to.len() + content.cc.len() + content.bcc.len() > MOST_RECIPIENTS {
        return Err(ReplyError::TooManyRecipients.into());
    }
    if let Some(subject) = &edit.subject {
        if subject.chars().count() > replies::LONGEST_SUBJECT {
            return Err(ReplyError::LongSubject.into());
        }
        content.subject = Some(subject.clone());
    }
    if let Some(macros) = &edit.macros {
        content.macros.clone_from(macros);
    }
    Ok(())
}

async fn set_timer(change: &mut Change, row: &ScheduleRow) -> Result<(), Error> {
    let workspace = change.workspace();
    let id = TimerId(row.id.0);
    timers::remove(change.tx(), workspace, id).await?;
    if row.state == ScheduleState::Cancelled {
        return Ok(());
    }
    let timer = TimerRow {
        workspace_id: workspace,
        id,
        ticket_id: Some(row.ticket_id),
        kind: RELEASE.to_owned(),
        payload: serde_json::json!({ "reply": row.id }).to_string(),
        due_at: row.send_at,
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

pub(super) fn tell(change: &mut Change, row: &ScheduleRow) {
    change.record(row.ticket_id, Event::ScheduleChanged { reply: row.id });
}
