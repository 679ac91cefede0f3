//! The job that reads a mail: its files are stored first, then one change makes it a message, or says why not.

use bytes::Bytes;
use futures_util::FutureExt;
use serde::Deserialize;
use shouwen_channels::email::{Automatic, Mail, address, thread as signed};
use shouwen_core::actor::Actor;
use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::id::{CustomerId, MessageId, RawMailId, TicketId, WorkspaceId};
use shouwen_core::threading::{Because, FromTrust, goes_on};
use shouwen_core::ticket::Priority;
use shouwen_core::time::Length;

use super::read::{Reading, file_name, may_load, read_aside};
use super::{answered_elsewhere, authenticity, copies, gate, message, report, thread};
use crate::actions::acknowledgements;
use crate::actions::customers::{self, Known};
use crate::actions::files::store_bytes;
use crate::actions::merges;
use crate::actions::messages::{self, Author, FileRef};
use crate::actions::tickets::{self, NewTicket, shorten};
use crate::app::App;
use crate::db::{Error, JsonText};
use crate::jobs::JobError;
use crate::jobs::queue::Job;
use crate::log::Change;
use crate::store::inboxes::{self, InboxRow};
use crate::store::mail_details::{Authenticity, Joined, TicketLink};
use crate::store::raw_mails::{self, Description, RawMailRow, RawState};
use crate::store::tickets::{self as ticket_rows, TicketRow};

/// What a list of mails shows of a subject, in characters.
const LONGEST_SUBJECT: usize = 200;

#[derive(Deserialize)]
struct Payload {
    raw: RawMailId,
}

/// A mail with all that its change needs.
pub(super) struct Incoming {
    pub(super) raw: RawMailRow,
    pub(super) reading: Reading,
    pub(super) key: [u8; 32],
    pub(super) inbox: InboxRow,
    pub(super) authenticity: Option<Authenticity>,
    /// The same mail to several inboxes is one ticket.
    pub(super) one_ticket: bool,
    pub(super) files: Vec<FileRef>,
    pub(super) message: MessageId,
}

/// Reads the mail that the job names. Done before: nothing happens.
pub(crate) async fn run(app: &App, job: &Job) -> Result<(), JobError> {
    let payload = parse(job)?;
    read(app, job.workspace_id, payload.raw).await
}

/// Reads a mail that was received and not read yet.
pub(crate) async fn read(app: &App, workspace: WorkspaceId, raw: RawMailId) -> Result<(), JobError> {
    let Some((raw, inbox)) = load(app, workspace, raw).await? else {
        return Ok(());
    };
    let _held = may_load(raw.size).await;
    let (bytes, key) = (
        app.blobs.get(workspace, &raw.blob).await?,
        thread::key(&app.secrets, workspace),
    );
    let mut reading = read_aside(bytes.clone(), key).await?;
    let authenticity = authenticity::check(app, &raw, &bytes).await;
    let files = store_files(app, workspace, &raw, &mut reading).await?;
    let (origin, actor) = (raw.origin, Actor::system(workspace));
    let incoming = Incoming {
        reading,
        key,
        inbox,
        authenticity,
        one_ticket: app.config.mail.one_ticket_for_copies,
        files,
        message: app.ids.next(app.now()),
        raw,
    };
    let taken = app.log.change_from(origin, &actor, incoming, |change, incoming| {
        take_in(change, incoming).boxed()
    });
    if let Some(ticket) = taken.await? {
        tracing::Span::current().record("ticket", tracing::field::display(ticket));
        tracing::debug!("a mail was read");
    }
    Ok(())
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

async fn load(
    app: &App,
    workspace: WorkspaceId,
    raw: RawMailId,
) -> Result<Option<(RawMailRow, InboxRow)>, JobError> {
    let mut conn = app.db.read().await?;
    let raw = raw_mails::find(&mut conn, workspace, raw).await?;
    let Some(raw) = raw.filter(|raw| raw.state == RawState::Received) else {
        return Ok(None);
    };
    let inbox = inboxes::find(&mut conn, workspace, raw.inbox_id).await?;
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

/// The ticket that the mail came into, unless it is kept back.
async fn take_in(change: &mut Change, incoming: &Incoming) -> Result<Option<TicketId>, Error> {
    let (workspace, raw, mail) = (change.workspace(), &incoming.raw, &incoming.reading.mail);
    let (same, description) = (&incoming.reading.same, describe(incoming));
    let taken = raw_mails::take(change.tx(), workspace, raw, same, incoming.message, &description);
    if !taken.await? {
        return raw_mails::mark_duplicate(change.tx(), workspace, raw.id, &description)
            .await
            .map(|()| None);
    }
    if is_own(&incoming.key, mail) {
        return raw_mails::settle(change.tx(), workspace, raw.id, RawState::Own, None)
            .await
            .map(|()| None);
    }
    if let Automatic::Bounce(_) | Automatic::Delay(_) = mail.automatic
        && !raw.recovered
    {
        return report::take_in(change, incoming).await.map(|()| None);
    }
    let first = copies::first(change, incoming).await?;
    let (found, mut place) = place(change, incoming).await?;
    if let Some(first) = first
        && copies::join(change, incoming, &first, found.as_ref(), &mut place.joined).await?
    {
        return Ok(None);
    }
    if let Some(cause) = gate::kept_back(change, incoming, found.as_ref()).await? {
        let (state, reason) = (RawState::Suspended, Some(cause.as_str()));
        return raw_mails::settle(change.tx(), workspace, raw.id, state, reason)
            .await
            .map(|()| None);
    }
    become_message(change, incoming, found, &place).await
}

/// Adds the message to the ticket that it continues, or opens one.
async fn become_message(
    change: &mut Change,
    incoming: &Incoming,
    found: Option<TicketRow>,
    place: &Place,
) -> Result<Option<TicketId>, Error> {
    let opened = found.is_none();
    let (ticket, author) = if let Some(ticket) = found {
        let author = match answered_elsewhere::author(change, incoming, &ticket).await? {
            Some(ours) => ours,
            None => Author::Customer(customer(change, incoming).await?),
        };
        (ticket, author)
    } else {
        let customer = customer(change, incoming).await?;
        let follows = place.joined.follow_up_of.as_ref();
        let ticket = open(change, incoming, customer, follows).await?;
        (ticket, Author::Customer(customer))
    };
    let (id, new) = (ticket.id, message::of(incoming, author, &place.joined));
    messages::add(change, ticket, &new).await?;
    if let Some(named) = place.named {
        merges::note_late(change, named, incoming.message).await?;
    }
    if opened {
        acknowledgements::acknowledge(change, id, &gate::sender(incoming), &incoming.inbox).await?;
    }
    Ok(Some(id))
}

fn describe(incoming: &Incoming) -> Description {
    let mail = &incoming.reading.mail;
    Description {
        header_from: mail.from.as_ref().map(|from| from.address.clone()),
        subject: (!mail.subject.trim().is_empty()).then(|| shorten(&mail.subject, LONGEST_SUBJECT)),
        authenticity: incoming.authenticity.map(JsonText),
    }
}

/// A mail of ours that came back to us, by a rule or a copy to an inbox of ours.
fn is_own(key: &[u8], mail: &Mail) -> bool {
    let id = mail.message_id.as_deref();
    id.and_then(|id| signed::read_token(key, id))
        .is_some_and(|token| token.message.is_some())
}

/// Why a mail is where it is, and the merged ticket that it named.
struct Place {
    joined: Joined,
    named: Option<TicketId>,
}

/// The ticket that the mail continues, locked, when it goes on; and why.
async fn place(change: &mut Change, incoming: &Incoming) -> Result<(Option<TicketRow>, Place), Error> {
    let (workspace, raw, now) = (change.workspace(), &incoming.raw, change.now());
    let settings = incoming.inbox.settings.0.email.clone().unwrap_or_default();
    if let Some(into) = raw.recovered_into {
        return Ok((locked(change, into).await?, Place::of(Because::Person)));
    }
    let looked = thread::Looked {
        key: &incoming.key,
        raw,
        mail: &incoming.reading.mail,
        marker: incoming.reading.marker.as_deref(),
        from: Authenticity::trust(incoming.authenticity.as_ref()),
        same_sender_days: settings.same_sender_days,
        now,
    };
    let found = thread::find(change.tx(), workspace, &looked).await?;
    let (mut joined, named) = (found.joined, found.named);
    let Some(ticket) = found.ticket else {
        return Ok((None, Place { joined, named }));
    };
    let Some(ticket) = locked(change, ticket.id).await? else {
        return Ok((None, Place::of(Because::New)));
    };
    let after = settings.follow_up_after_days;
    let after = (after > 0).then(|| Length::days(after));
    if goes_on(ticket.category, ticket.solved_at, now, after) {
        return Ok((Some(ticket), Place { joined, named }));
    }
    joined.follow_up_of = Some(thread::link(&ticket));
    joined.new_topic = false;
    Ok((None, Place { joined, named: None }))
}

impl Place {
    fn of(because: Because) -> Self {
        Self {
            joined: Joined::because(because),
            named: None,
        }
    }
}

/// Locks the ticket in which the messages of this one stand now: it may have been merged while we looked.
async fn locked(change: &mut Change, id: TicketId) -> Result<Option<TicketRow>, Error> {
    let workspace = change.workspace();
    let Some(seen) = ticket_rows::find(change.tx(), workspace, id).await? else {
        return Ok(None);
    };
    let mut id = ticket_rows::standing(change.tx(), workspace, seen).await?.id;
    loop {
        match ticket_rows::lock(change.tx(), workspace, id).await? {
            Some(TicketRow {
                merged_into: Some(into),
                ..
            }) => id = into,
            locked => return Ok(locked),
        }
    }
}

/// Who wrote: by the From, which is a claim unless its domain stands behind it; without one somebody unknown.
async fn customer(change: &mut Change, incoming: &Incoming) -> Result<CustomerId, Error> {
    let from = incoming.reading.mail.from.as_ref();
    let name = from.and_then(|from| from.name.as_deref()).unwrap_or_default();
    let Some(address) = from.and_then(|from| address::fold(&from.address)) else {
        return customers::create(change, name, None).await;
    };
    let verified = match Authenticity::trust(incoming.authenticity.as_ref()) {
        FromTrust::Verified => Verified::Proved,
        FromTrust::Unverified | FromTrust::Failed => Verified::Claimed,
    };
    let known = Known {
        kind: IdentityKind::Email,
        folded: fold(&address),
        value: from
            .map(|from| from.address.trim().to_owned())
            .unwrap_or_default(),
        verified,
    };
    let name = if name.trim().is_empty() {
        known.value.clone()
    } else {
        name.to_owned()
    };
    customers::find_writer(change, &known, &name).await
}

async fn open(
    change: &mut Change,
    incoming: &Incoming,
    customer: CustomerId,
    follows: Option<&TicketLink>,
) -> Result<TicketRow, Error> {
    let new = NewTicket {
        subject: incoming.reading.mail.subject.clone(),
        customer,
        inbox: incoming.inbox.id,
        channel: Channel::Email,
        team: incoming.inbox.team_id,
        assignee: None,
        priority: Priority::Normal,
        follow_up_of: follows.map(|ticket| ticket.ticket_id),
    };
    tickets::open(change, &new).await
}
