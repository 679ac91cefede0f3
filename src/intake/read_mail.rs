//! The job that reads a mail: its files are stored first, then one change makes it a message, or says why not.

use bytes::Bytes;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_channels::email::{Automatic, Mail, address, thread as signed};
use shouwen_core::actor::Actor;
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::id::{CustomerId, MessageId, RawMailId, WorkspaceId};
use shouwen_core::message::{Delivery, Visibility};
use shouwen_core::ticket::{Category, Priority};

use super::read::{Reading, file_name, read_aside};
use super::{report, thread};
use crate::actions::customers::{self, Known};
use crate::actions::files::store_bytes;
use crate::actions::messages::{self, Author, FileRef, NewMessage};
use crate::actions::tickets::{self, NewTicket};
use crate::app::App;
use crate::db::Error;
use crate::jobs::JobError;
use crate::jobs::queue::Job;
use crate::log::Change;
use crate::store::inboxes::{self, InboxRow};
use crate::store::messages::MailDetails;
use crate::store::raw_mails::{self, RawMailRow, RawState};
use crate::store::tickets::{self as ticket_rows, TicketRow};

#[derive(Deserialize)]
struct Payload {
    raw: RawMailId,
}

/// A mail with all that its change needs.
pub(super) struct Incoming {
    pub(super) raw: RawMailRow,
    pub(super) reading: Reading,
    pub(super) key: [u8; 32],
    inbox: InboxRow,
    files: Vec<FileRef>,
    message: MessageId,
}

/// Reads the mail that the job names. Done before: nothing happens.
pub(crate) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    let workspace = job.workspace_id;
    let Some((raw, inbox)) = load(app, job).await? else {
        return Ok(());
    };
    let bytes = app.blobs.get(workspace, &raw.blob).await?;
    let mut reading = read_aside(bytes).await?;
    let files = store_files(app, workspace, &raw, &mut reading).await?;
    let (origin, actor) = (raw.origin, Actor::system(workspace));
    let incoming = Incoming {
        reading,
        key: thread::key(&app.secrets, workspace),
        inbox,
        files,
        message: app.ids.next(app.now()),
        raw,
    };
    let taken = app.log.change_from(origin, &actor, incoming, |change, incoming| {
        take_in(change, incoming).boxed()
    });
    Ok(taken.await?)
}

/// The mail could not be read however often it was tried: a person must look at it.
pub(crate) async fn give_up(app: &App, job: &Job, error: &str) -> Result<(), JobError> {
    let payload: Payload = parse(job)?;
    let (actor, input) = (Actor::system(job.workspace_id), (payload.raw, error.to_owned()));
    app.change(&actor, input, |change, (raw, error)| {
        async move {
            let workspace = change.workspace();
            raw_mails::settle(change.tx(), workspace, *raw, RawState::Failed, Some(error)).await
        }
        .boxed()
    })
    .await?;
    Ok(())
}

fn parse(job: &Job) -> Result<Payload, JobError> {
    serde_json::from_str(&job.payload).map_err(|error| JobError::Hopeless(error.to_string()))
}

async fn load(app: &App, job: &Job) -> Result<Option<(RawMailRow, InboxRow)>, JobError> {
    let payload = parse(job)?;
    let mut conn = app.db.read().await?;
    let raw = raw_mails::find(&mut conn, job.workspace_id, payload.raw).await?;
    let Some(raw) = raw.filter(|raw| raw.state == RawState::Received) else {
        return Ok(None);
    };
    let inbox = inboxes::find(&mut conn, job.workspace_id, raw.inbox_id).await?;
    let inbox = inbox.ok_or_else(|| JobError::Hopeless("the inbox is gone".to_owned()))?;
    Ok(Some((raw, inbox)))
}

/// Stores the files of the mail, and the mail itself as one where something of it could not be shown.
async fn store_files(
    app: &App,
    workspace: WorkspaceId,
    raw: &RawMailRow,
    reading: &mut Reading,
) -> Result<Vec<FileRef>, JobError> {
    let mut files = Vec::with_capacity(reading.files.len());
    for file in std::mem::take(&mut reading.files) {
        let (name, size) = (file_name(&file), file.bytes.len());
        let sha256 = store_bytes(app, workspace, Bytes::from(file.bytes)).await?;
        files.push(FileRef {
            name,
            media_type: file.media_type,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            sha256,
            inline: file.inline,
            content_id: file.content_id,
        });
    }
    if reading.attach_whole {
        files.push(FileRef {
            name: "message.eml".to_owned(),
            media_type: "message/rfc822".to_owned(),
            size: raw.size,
            sha256: raw.blob.clone(),
            inline: false,
            content_id: None,
        });
    }
    Ok(files)
}

async fn take_in(change: &mut Change, incoming: &Incoming) -> Result<(), Error> {
    let (workspace, raw, mail) = (change.workspace(), &incoming.raw, &incoming.reading.mail);
    let taken = raw_mails::take(
        change.tx(),
        workspace,
        raw,
        &incoming.reading.same,
        incoming.message,
    )
    .await?;
    if !taken {
        return raw_mails::mark_duplicate(change.tx(), workspace, raw.id).await;
    }
    if is_own(&incoming.key, mail) {
        return raw_mails::settle(change.tx(), workspace, raw.id, RawState::Own, None).await;
    }
    if let Automatic::Bounce(_) | Automatic::Delay(_) = mail.automatic {
        return report::take_in(change, incoming).await;
    }
    let found = joined(change, incoming).await?;
    if found.is_none()
        && let Some(reason) = suspension(mail)
    {
        return raw_mails::settle(change.tx(), workspace, raw.id, RawState::Suspended, Some(reason)).await;
    }
    let author = customer(change, mail).await?;
    let (ticket, because) = match found {
        Some(found) => found,
        None => (open(change, incoming, author).await?, "new"),
    };
    let new = message(incoming, author, because);
    messages::add(change, ticket, &new).await?;
    Ok(())
}

/// A mail of ours that came back to us, by a rule or a copy to an inbox of ours.
fn is_own(key: &[u8], mail: &Mail) -> bool {
    let id = mail.message_id.as_deref();
    id.and_then(|id| signed::read_token(key, id))
        .is_some_and(|token| token.message.is_some())
}

/// The ticket that the mail continues, locked, unless it is closed for good.
async fn joined(
    change: &mut Change,
    incoming: &Incoming,
) -> Result<Option<(TicketRow, &'static str)>, Error> {
    let (workspace, mail) = (change.workspace(), &incoming.reading.mail);
    let found = thread::find(change.tx(), workspace, &incoming.key, &incoming.raw, mail).await?;
    let Some(found) = found else { return Ok(None) };
    let locked = ticket_rows::lock(change.tx(), workspace, found.ticket.id).await?;
    Ok(locked
        .filter(|ticket| ticket.category != Category::Closed)
        .map(|ticket| (ticket, found.because)))
}

/// Why a mail that continues nothing opens no ticket. A notice with somebody else to answer is a web form's.
fn suspension(mail: &Mail) -> Option<&'static str> {
    let is_form = mail.reply_to.iter().any(|to| {
        let from = mail.from.as_ref().map(|from| from.address.as_str());
        from.is_none_or(|from| !from.eq_ignore_ascii_case(&to.address))
    });
    match mail.automatic {
        Automatic::AutoReply => Some("auto_reply"),
        Automatic::Bulk => Some("bulk"),
        Automatic::Machine if !is_form => Some("machine"),
        Automatic::Machine | Automatic::No | Automatic::Bounce(_) | Automatic::Delay(_) => None,
    }
}

/// Who wrote: by the From, which is a claim; without one somebody unknown.
async fn customer(change: &mut Change, mail: &Mail) -> Result<CustomerId, Error> {
    let from = mail.from.as_ref();
    let name = from.and_then(|from| from.name.as_deref()).unwrap_or_default();
    let Some(address) = from.and_then(|from| address::fold(&from.address)) else {
        return customers::create(change, name, None).await;
    };
    let known = Known {
        kind: IdentityKind::Email,
        folded: fold(&address),
        value: from
            .map(|from| from.address.trim().to_owned())
            .unwrap_or_default(),
        verified: Verified::Claimed,
    };
    let name = if name.trim().is_empty() {
        known.value.clone()
    } else {
        name.to_owned()
    };
    customers::find_or_create(change, &known, &name).await
}

async fn open(change: &mut Change, incoming: &Incoming, customer: CustomerId) -> Result<TicketRow, Error> {
    let new = NewTicket {
        subject: incoming.reading.mail.subject.clone(),
        customer,
        inbox: incoming.inbox.id,
        channel: Channel::Email,
        team: incoming.inbox.team_id,
        assignee: None,
        priority: Priority::Normal,
    };
    tickets::open(change, &new).await
}

fn message(incoming: &Incoming, author: CustomerId, because: &'static str) -> NewMessage {
    let (raw, reading) = (&incoming.raw, &incoming.reading);
    let mail = &reading.mail;
    NewMessage {
        id: incoming.message,
        channel: Channel::Email,
        direction: Direction::In,
        visibility: Visibility::Public,
        author: Author::Customer(author),
        inbox: incoming.inbox.id,
        client_key: Some(format!("raw:{}", raw.id)),
        text: reading.text.clone(),
        reply_text: reading.reply_text.clone(),
        html: reading.html.clone(),
        automatic: mail.automatic.forbids_answer(),
        delivery: Delivery::None,
        mail: Some(details(mail, because)),
        call: None,
        raw: Some(raw.id),
        mail_ids: mail.message_id.iter().cloned().collect(),
        files: incoming.files.clone(),
        happened_at: raw.received_at,
    }
}

fn details(mail: &Mail, because: &'static str) -> MailDetails {
    let addresses = |mailboxes: &[shouwen_channels::email::Mailbox]| {
        mailboxes
            .iter()
            .map(|mailbox| mailbox.address.clone())
            .collect::<Vec<_>>()
    };
    MailDetails {
        from: mail.from.as_ref().map(|from| from.address.clone()),
        reply_to: addresses(&mail.reply_to),
        to: addresses(&mail.to),
        cc: addresses(&mail.cc),
        subject: (!mail.subject.trim().is_empty()).then(|| mail.subject.clone()),
        joined_because: Some(because.to_owned()),
        message_id: mail.message_id.clone(),
        in_reply_to: mail.in_reply_to.clone(),
        references: mail.references.clone(),
    }
}
