//! Adding a message to a ticket: the one place where mail, chat, calls, answers and notes all arrive.

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::event::{Event, Origin};
use shouwen_core::id::{AgentId, AttachmentId, CustomerId, InboxId, MessageId, RawMailId};
use shouwen_core::message::{AuthorKind, Delivery, Visibility};
use shouwen_core::ticket::{agent_answered, customer_wrote};
use shouwen_core::time::Timestamp;

use super::complaints;
use super::routing::owners::tell_of_contact;
use super::schedules;
use super::tickets::{live_on, shorten};
use crate::db::{Error, JsonText};
use crate::log::Change;
use crate::store::customers;
use crate::store::files::{self, AttachmentRow};
use crate::store::messages::{self, CallDetails, MailDetails, MessageRow};
use crate::store::tickets::{self, TicketRow};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Customer(CustomerId),
    Agent(AgentId),
    System,
}

/// A message to be added.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub id: MessageId,
    pub channel: Channel,
    pub direction: Direction,
    pub visibility: Visibility,
    pub author: Author,
    pub inbox: InboxId,
    /// Unique in the workspace; a message that is sent again is found by it.
    pub client_key: Option<String>,
    pub text: String,
    pub reply_text: Option<String>,
    /// Sanitised.
    pub html: Option<String>,
    pub automatic: bool,
    pub delivery: Delivery,
    pub mail: Option<MailDetails>,
    pub call: Option<CallDetails>,
    pub raw: Option<RawMailId>,
    /// RFC 5322 Message-IDs that stand for this message.
    pub mail_ids: Vec<String>,
    pub files: Vec<FileRef>,
    pub happened_at: Timestamp,
}

/// A file whose bytes are in the blob store already.
#[derive(Debug, Clone)]
pub struct FileRef {
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub sha256: String,
    pub inline: bool,
    pub content_id: Option<String>,
}

impl NewMessage {
    /// A public message with nothing but words.
    pub fn plain(
        id: MessageId,
        channel: Channel,
        author: Author,
        inbox: InboxId,
        text: String,
        at: Timestamp,
    ) -> Self {
        let direction = if matches!(author, Author::Customer(_)) {
            Direction::In
        } else {
            Direction::Out
        };
        Self {
            id,
            channel,
            direction,
            visibility: Visibility::Public,
            author,
            inbox,
            client_key: None,
            text,
            reply_text: None,
            html: None,
            automatic: false,
            delivery: Delivery::None,
            mail: None,
            call: None,
            raw: None,
            mail_ids: Vec::new(),
            files: Vec::new(),
            happened_at: at,
        }
    }
}

/// Adds the message at the ticket's next position and moves the ticket by it. `ticket` is locked (or just opened)
/// by this change, and is saved here.
pub async fn add(
    change: &mut Change,
    mut ticket: TicketRow,
    new: &NewMessage,
) -> Result<(TicketRow, MessageRow), Error> {
    let workspace = change.workspace();
    let row = write(change, &mut ticket, new).await?;
    move_ticket(change, &mut ticket, new).await?;
    tickets::save(change.tx(), workspace, &ticket).await?;
    tell_of_contact(change, &ticket, &row).await?;
    if let Author::Customer(customer) = new.author {
        customers::touch(change.tx(), workspace, customer, new.happened_at).await?;
        let answers = row.position > 1 && new.visibility == Visibility::Public && !new.automatic;
        if answers && change.origin() == Origin::Live {
            schedules::cancel_answered(change, ticket.id).await?;
        }
        read_customer(change, &ticket, new).await?;
    }
    Ok((ticket, row))
}

/// As [`add`], of what leaves the ticket as it is: the desk's own mail about what stands there already.
pub async fn add_aside(
    change: &mut Change,
    mut ticket: TicketRow,
    new: &NewMessage,
) -> Result<(TicketRow, MessageRow), Error> {
    let workspace = change.workspace();
    let row = write(change, &mut ticket, new).await?;
    ticket.updated_at = change.now();
    tickets::save(change.tx(), workspace, &ticket).await?;
    Ok((ticket, row))
}

/// Writes the message at the next position, with its files and the ids that stand for it.
async fn write(change: &mut Change, ticket: &mut TicketRow, new: &NewMessage) -> Result<MessageRow, Error> {
    let workspace = change.workspace();
    ticket.last_position += 1;
    let row = message_row(ticket, new);
    messages::add(change.tx(), workspace, &row).await?;
    messages::add_mail_ids(change.tx(), workspace, row.id, &new.mail_ids).await?;
    let rows = file_rows(change, &row, &new.files);
    files::add(change.tx(), workspace, &rows).await?;
    change.record_at(
        Some(ticket.id),
        Event::MessageAdded {
            message: row.id,
            position: row.position,
            channel: row.channel,
            direction: row.direction,
            visibility: row.visibility,
            automatic: row.automatic,
            author: Some(row.author_kind),
        },
        new.happened_at,
    );
    Ok(row)
}

/// What the customer's words show of a complaint; a first mail is read with its subject.
async fn read_customer(change: &mut Change, ticket: &TicketRow, new: &NewMessage) -> Result<(), Error> {
    if new.automatic || new.visibility != Visibility::Public || change.origin() == Origin::Backfill {
        return Ok(());
    }
    let words = new.reply_text.as_deref().unwrap_or(&new.text);
    if ticket.last_position == 1 && new.channel == Channel::Email {
        let text = format!("{}\n{words}", ticket.subject);
        return complaints::read_message(change, ticket, &text).await;
    }
    complaints::read_message(change, ticket, words).await
}

/// What a message does to its ticket: its life by core's rules, and what a list shows of it.
async fn move_ticket(change: &mut Change, ticket: &mut TicketRow, new: &NewMessage) -> Result<(), Error> {
    let life = match (new.author, new.visibility) {
        (Author::Customer(_), Visibility::Public) => {
            customer_wrote(&ticket.life(), new.happened_at, new.automatic).unwrap_or_else(|| ticket.life())
        }
        (Author::Agent(agent), Visibility::Public) if !new.automatic => {
            agent_answered(&ticket.life(), agent, new.happened_at)
        }
        // A note, the desk's own words: nothing that the customer waits for.
        _ => ticket.life(),
    };
    live_on(change, ticket, &life).await?;
    ticket.updated_at = change.now();
    if new.author == Author::System && new.automatic {
        // The desk's own automatic mail answers nothing: the list goes on showing what the customer wrote.
        return Ok(());
    }
    if new.visibility == Visibility::Public {
        ticket.channel = new.channel;
        new.direction.as_str().clone_into(&mut ticket.last_direction);
    } else {
        "note".clone_into(&mut ticket.last_direction);
    }
    let words = new.reply_text.as_deref().unwrap_or(&new.text);
    let first_file = new.files.first().map(|file| file.name.as_str());
    ticket.preview = if words.trim().is_empty() {
        first_file.unwrap_or_default().to_owned()
    } else {
        shorten(words, 140)
    };
    // Older mail that is brought in stands in the lists where its own time puts it.
    let is_old = change.origin() == Origin::Backfill && ticket.last_position == 1;
    ticket.last_message_at = if is_old {
        new.happened_at
    } else {
        ticket.last_message_at.max(new.happened_at)
    };
    Ok(())
}

fn message_row(ticket: &TicketRow, new: &NewMessage) -> MessageRow {
    let (author_kind, author_id) = match new.author {
        Author::Customer(id) => (AuthorKind::Customer, Some(id.0)),
        Author::Agent(id) => (AuthorKind::Agent, Some(id.0)),
        Author::System => (AuthorKind::System, None),
    };
    MessageRow {
        id: new.id,
        ticket_id: ticket.id,
        inbox_id: new.inbox,
        position: ticket.last_position,
        channel: new.channel,
        direction: new.direction,
        visibility: new.visibility,
        author_kind,
        author_id,
        client_key: new.client_key.clone(),
        text: new.text.clone(),
        reply_text: new.reply_text.clone(),
        html: new.html.clone(),
        automatic: new.automatic,
        delivery: new.delivery,
        delivery_error: None,
        mail: new.mail.clone().map(JsonText),
        call: new.call.clone().map(JsonText),
        raw_id: new.raw,
        no_reply_needed: false,
        created_at: new.happened_at,
    }
}

fn file_rows(change: &Change, message: &MessageRow, files: &[FileRef]) -> Vec<AttachmentRow> {
    let row = |(position, file): (i64, &FileRef)| AttachmentRow {
        id: change.next_id::<AttachmentId>(),
        message_id: Some(message.id),
        uploader_id: None,
        position,
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
        sha256: file.sha256.clone(),
        inline: file.inline,
        content_id: file.content_id.clone(),
        created_at: change.now(),
        link_until: None,
    };
    (1..).zip(files).map(row).collect()
}
