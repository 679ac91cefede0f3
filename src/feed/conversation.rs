//! A visitor's conversation: what the widget says and is told, and how messages of tickets become its messages.
//!
//! It may run through several tickets, so a position in it is made of the ticket's ordinal and the position there.

use serde::{Deserialize, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::{AttachmentId, MessageId, TicketId, VisitorId, WorkspaceId};
use shouwen_core::message::{AuthorKind, Visibility};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;

use crate::actions::chat::client_key;
use crate::db::{Conn, Result};
use crate::http::Problem;
use crate::http::v1::view::{self, Attachment};
use crate::store::messages::MessageRow;
use crate::store::visitors::{self, PartRow};

/// How many messages a welcome holds.
pub const PAGE: usize = 50;
/// How many tickets back a conversation is shown.
pub const PARTS: i64 = 20;
/// More messages than any ticket has.
const PART: i64 = 1_000_000;

/// What the widget says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WidgetIn {
    /// The first frame, and again after `resync`.
    Hello {
        key: String,
        token: Option<String>,
        /// The position from which to resume; none: the last messages.
        after: Option<i64>,
        #[serde(default)]
        locale: String,
        page: Option<Page>,
    },
    Send {
        client_id: String,
        text: String,
        #[serde(default)]
        attachment_ids: Vec<AttachmentId>,
    },
    Typing {
        typing: bool,
    },
    Seen {
        position: i64,
    },
    /// A claim, never a proof.
    Identify {
        name: Option<String>,
        email: Option<String>,
    },
    Ping,
}

/// The page of the shop that shows the widget, as it says itself.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Page {
    pub url: String,
    pub title: String,
}

/// What the widget is told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WidgetOut {
    Welcome(Box<Welcome>),
    /// The message is durable.
    Ack {
        client_id: String,
        id: MessageId,
        position: i64,
        at: Timestamp,
    },
    /// Why not; `client_id` when it concerns one message.
    Refused {
        client_id: Option<String>,
        problem: Problem,
    },
    Message {
        message: WidgetMessage,
    },
    Agent {
        typing: bool,
        name: Option<String>,
        online: bool,
    },
    /// Agents have read up to here.
    Seen {
        position: i64,
    },
    /// Say hello again, without `after`.
    Resync,
    Moved,
    Pong,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Welcome {
    pub token: String,
    pub visitor: Claimed,
    pub messages: Vec<WidgetMessage>,
    /// Up to here nothing is missing.
    pub position: i64,
    /// There are messages that are not among these.
    pub more: bool,
    pub agent_seen: i64,
    pub online: bool,
}

/// What the visitor said of themselves.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Claimed {
    pub name: Option<String>,
    pub email: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WidgetMessage {
    pub id: MessageId,
    pub client_id: Option<String>,
    pub position: i64,
    pub from: Speaker,
    pub name: Option<String>,
    pub text: String,
    pub attachments: Vec<Attachment>,
    pub at: Timestamp,
}

shouwen_core::words! {
    Speaker { Visitor = "visitor", Agent = "agent", System = "system" }
}

/// A message that its visitors may see, before it is anybody's.
#[derive(Debug)]
pub struct Said {
    pub id: MessageId,
    pub ticket: TicketId,
    pub position: i64,
    pub text: String,
    client_key: Option<String>,
    from: Speaker,
    name: Option<String>,
    attachments: Vec<Attachment>,
    at: Timestamp,
}

impl Said {
    /// As the visitor's own widget shows it.
    pub fn to(&self, part: &PartRow) -> WidgetMessage {
        let own = client_key(part.visitor_id, "");
        let client_id = self
            .client_key
            .as_deref()
            .and_then(|key| key.strip_prefix(own.as_str()));
        WidgetMessage {
            id: self.id,
            client_id: client_id.map(ToOwned::to_owned),
            position: position_in(part, self.position),
            from: self.from,
            name: self.name.clone(),
            text: self.text.clone(),
            attachments: self.attachments.clone(),
            at: self.at,
        }
    }
}

/// The position in the conversation of a position in one of its tickets.
pub fn position_in(part: &PartRow, position: i64) -> i64 {
    part.ordinal * PART + position
}

/// The part of a conversation, and the position in it, of a position in the conversation.
pub fn part_of(parts: &[PartRow], position: i64) -> Option<(PartRow, i64)> {
    let ordinal = position.div_euclid(PART);
    let part = parts.iter().find(|part| part.ordinal == ordinal)?;
    Some((*part, position.rem_euclid(PART)))
}

/// Whether the customer of a ticket may see a message of it in the chat. What was said by phone is the desk's note.
pub fn is_said(row: &MessageRow) -> bool {
    row.visibility == Visibility::Public && row.channel != Channel::Phone
}

/// What visitors may see of messages, in the order of `rows`. The caller has checked [`is_said`].
pub async fn said(conn: &mut Conn, workspace: WorkspaceId, rows: Vec<MessageRow>) -> Result<Vec<Said>> {
    let shown = view::messages(conn, workspace, &rows, 0).await?;
    let said = rows.into_iter().zip(shown).map(|(row, shown)| Said {
        id: row.id,
        ticket: row.ticket_id,
        position: row.position,
        // A mail's quotations and signature are not part of a chat.
        text: row.reply_text.unwrap_or(row.text).trim_end().to_owned(),
        client_key: row.client_key,
        from: match row.author_kind {
            AuthorKind::Customer => Speaker::Visitor,
            AuthorKind::Agent => Speaker::Agent,
            AuthorKind::System => Speaker::System,
        },
        name: (row.author_kind == AuthorKind::Agent).then_some(shown.author.name),
        attachments: shown.attachments,
        at: row.created_at,
    });
    Ok(said.collect())
}

/// What is read of a conversation at once.
#[derive(Debug)]
pub struct History {
    pub parts: Vec<PartRow>,
    pub messages: Vec<WidgetMessage>,
    pub more: bool,
}

/// The messages after a position, at most a page; or the last page.
pub async fn history(
    conn: &mut Conn,
    workspace: WorkspaceId,
    visitor: VisitorId,
    after: Option<i64>,
) -> Result<History> {
    let parts = visitors::parts(conn, workspace, visitor, PARTS).await?;
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let mut rows: Vec<(PartRow, MessageRow)> = Vec::new();
    if let Some(after) = after {
        for part in parts.iter().filter(|part| position_in(part, PART) > after) {
            let from = (after - position_in(part, 0)).max(0);
            let found = visitors::said_after(conn, workspace, part.ticket_id, from, most).await?;
            rows.extend(found.into_iter().map(|row| (*part, row)));
            if rows.len() > PAGE {
                break;
            }
        }
    } else {
        for part in parts.iter().rev() {
            let found = visitors::said_last(conn, workspace, part.ticket_id, most).await?;
            rows.extend(found.into_iter().map(|row| (*part, row)));
            if rows.len() > PAGE {
                break;
            }
        }
    }
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    if after.is_none() {
        rows.reverse();
    }
    let (owners, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let said = said(conn, workspace, rows).await?;
    let messages = said
        .iter()
        .zip(&owners)
        .map(|(said, part)| said.to(part))
        .collect();
    Ok(History {
        parts,
        messages,
        more,
    })
}
