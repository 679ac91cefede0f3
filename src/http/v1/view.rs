//! What the API and the feed show of rows: tickets, messages, customers.

use std::collections::HashMap;

use serde::Serialize;
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::complaint::{CaseState, Grade};
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::id::{
    AgentId, AttachmentId, CustomerId, IdentityId, InboxId, MessageId, StatusId, TagId, TeamId, TicketId,
    WorkspaceId,
};
use shouwen_core::message::{AuthorKind, BounceReason, Delivery, Visibility};
use shouwen_core::ticket::{Category, Priority, TicketNumber};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mail_page::has_remote_pictures;
use super::sla::SlaSummary;
use super::vocabulary::LastDirection;
use crate::db::{Conn, Result};
use crate::store::agents;
use crate::store::customers::{self, CustomerRow, IdentityRow};
use crate::store::files::{self, AttachmentRow};
use crate::store::mail_details::{Authenticity, Joined, TicketLink};
use crate::store::messages::{self, CallDetails, DeliveryRow, MessageRow};
use crate::store::routing;
use crate::store::tickets::{self, SummaryRow};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerBrief {
    pub id: CustomerId,
    pub name: String,
    pub tier: Option<String>,
}

/// A ticket as a list shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TicketSummary {
    pub id: TicketId,
    /// With its check digit.
    pub number: String,
    pub subject: String,
    pub customer: CustomerBrief,
    pub inbox_id: InboxId,
    /// Of the last message.
    pub channel: Channel,
    pub status_id: StatusId,
    pub category: Category,
    pub priority: Priority,
    /// The key of a kind: inquiry, complaint, return_exchange, repair_warranty, or an id.
    pub kind: String,
    /// Of the ticket's complaint case: confirmed by a person, else suggested.
    pub grade: Option<Grade>,
    pub grade_confirmed: bool,
    pub case_state: Option<CaseState>,
    pub team_id: Option<TeamId>,
    pub assignee_id: Option<AgentId>,
    pub owner_id: Option<AgentId>,
    pub tag_ids: Vec<TagId>,
    pub preview: String,
    /// `in`, `out` or `note`.
    #[schema(value_type = LastDirection)]
    pub last_direction: String,
    pub last_message_at: Timestamp,
    /// The oldest customer message that no human has answered in public.
    pub waiting_since: Option<Timestamp>,
    /// The reader has not seen the last message that came in.
    pub unread: bool,
    /// An outgoing message failed or is uncertain.
    pub failed: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    pub spam: bool,
    /// Where its messages are now.
    pub merged_into: Option<TicketLink>,
    /// The closed ticket that it continues.
    pub follow_up_of: Option<TicketLink>,
    pub sla: SlaSummary,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Identity {
    pub id: IdentityId,
    pub kind: IdentityKind,
    pub value: String,
    pub verified: Verified,
    /// Mail to it comes back.
    pub undeliverable: Option<Undeliverable>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Undeliverable {
    pub since: Timestamp,
    pub reason: BounceReason,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    pub tier: Option<String>,
    pub locale: Option<String>,
    pub notes: String,
    pub identities: Vec<Identity>,
    /// The customer's own agent.
    pub dedicated_agent_id: Option<AgentId>,
    /// The agent of the customer's tier.
    pub tier_agent_id: Option<AgentId>,
    pub created_at: Timestamp,
    pub last_contact_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attachment {
    pub id: AttachmentId,
    pub name: String,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub inline: bool,
    pub content_id: Option<String>,
    /// It did not go as a part of its mail but as a link, which works until then.
    pub link_until: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Author {
    pub kind: AuthorKind,
    pub id: Option<Uuid>,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Mail {
    pub from: Option<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// Of an outgoing mail: who got it without standing in it.
    pub bcc: Vec<String>,
    pub subject: Option<String>,
    /// What stands below an outgoing mail.
    pub signature: Option<String>,
    /// The code of the rule that chose the ticket.
    pub joined_because: Option<String>,
    /// Why it is in its ticket; none for mail of ours.
    pub joined: Option<Joined>,
    /// Who really wrote it; none where nobody could check.
    pub authenticity: Option<Authenticity>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecipientDelivery {
    pub recipient: String,
    pub state: Delivery,
    pub response: Option<String>,
    /// Why it did not arrive, for words in the reader's language.
    pub reason: Option<BounceReason>,
    /// RFC 3463, such as `5.1.1`.
    pub code: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Message {
    pub id: MessageId,
    pub ticket_id: TicketId,
    /// The place in the ticket, from 1.
    pub position: i64,
    /// As the agent's browser gave it.
    pub client_id: Option<String>,
    pub channel: Channel,
    pub direction: Direction,
    pub visibility: Visibility,
    pub author: Author,
    pub text: String,
    /// What was newly written, where it differs from `text`.
    pub reply_text: Option<String>,
    pub has_html: bool,
    /// Of the HTML: they are shown when the reader asks.
    pub has_remote_images: bool,
    pub attachments: Vec<Attachment>,
    pub mail: Option<Mail>,
    pub call: Option<CallDetails>,
    pub automatic: bool,
    /// Somebody said that this message of the customer asks for no answer.
    pub no_reply_needed: bool,
    pub delivery: Delivery,
    pub delivery_error: Option<String>,
    pub deliveries: Vec<RecipientDelivery>,
    /// The customer has seen the message (chat).
    pub seen: bool,
    pub created_at: Timestamp,
}

/// The summaries of these tickets for a reader, in the order of `ids`.
pub async fn summaries(
    conn: &mut Conn,
    workspace: WorkspaceId,
    reader: Option<AgentId>,
    ids: &[TicketId],
) -> Result<Vec<TicketSummary>> {
    let rows = tickets::summaries(conn, workspace, reader, ids).await?;
    let mut tags: HashMap<TicketId, Vec<TagId>> = HashMap::new();
    for (ticket, tag) in tickets::tags(conn, workspace, ids).await? {
        tags.entry(ticket).or_default().push(tag);
    }
    let mut found: HashMap<TicketId, TicketSummary> = rows
        .into_iter()
        .map(|row| {
            (
                row.ticket.id,
                summary(&row, tags.remove(&row.ticket.id).unwrap_or_default()),
            )
        })
        .collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The summary of one ticket for its reader.
pub fn summary(row: &SummaryRow, tag_ids: Vec<TagId>) -> TicketSummary {
    let ticket = row.ticket.clone();
    TicketSummary {
        sla: row.into(),
        id: ticket.id,
        number: ticket.number.to_string(),
        customer: CustomerBrief {
            id: ticket.customer_id,
            name: row.customer_name.clone(),
            tier: row.customer_tier.clone(),
        },
        unread: ticket.last_direction == "in" && ticket.last_position > row.read_position,
        subject: ticket.subject,
        inbox_id: ticket.inbox_id,
        channel: ticket.channel,
        status_id: ticket.status_id,
        category: ticket.category,
        priority: ticket.priority,
        kind: ticket.kind,
        grade: row.grade,
        grade_confirmed: row.grade_confirmed,
        case_state: row.case_state,
        team_id: ticket.team_id,
        assignee_id: ticket.assignee_id,
        owner_id: ticket.owner_id,
        tag_ids,
        preview: ticket.preview,
        last_direction: ticket.last_direction,
        last_message_at: ticket.last_message_at,
        waiting_since: ticket.waiting_since,
        failed: ticket.failed,
        created_at: ticket.created_at,
        updated_at: ticket.updated_at,
        version: ticket.version,
        spam: ticket.spam,
        merged_into: link(ticket.merged_into, row.merged_number),
        follow_up_of: link(ticket.follow_up_of, row.earlier_number),
    }
}

fn link(ticket: Option<TicketId>, number: Option<TicketNumber>) -> Option<TicketLink> {
    Some(TicketLink {
        ticket_id: ticket?,
        number: number?.to_string(),
    })
}

/// The customers of these ids, in their order.
pub async fn customers(conn: &mut Conn, workspace: WorkspaceId, ids: &[CustomerId]) -> Result<Vec<Customer>> {
    let rows = customers::some(conn, workspace, ids).await?;
    let mut identities: HashMap<CustomerId, Vec<Identity>> = HashMap::new();
    for row in customers::identities(conn, workspace, ids).await? {
        let shown = Identity {
            id: row.id,
            kind: row.kind,
            undeliverable: undeliverable(&row),
            value: row.value,
            verified: row.verified,
        };
        identities.entry(row.customer_id).or_default().push(shown);
    }
    let own = routing::agents_of_customers(conn, workspace, ids).await?;
    let tiers = routing::tiers(conn, workspace).await?;
    let mut found: HashMap<CustomerId, Customer> = HashMap::new();
    for row in rows {
        let mut shown = customer(row.clone(), identities.remove(&row.id).unwrap_or_default());
        let dedicated = own.iter().find(|own| own.customer_id == row.id);
        shown.dedicated_agent_id = dedicated.map(|own| own.agent_id);
        let named = row.tier.as_deref().map(fold);
        let tier = tiers.iter().find(|tier| Some(fold(&tier.name)) == named);
        shown.tier_agent_id = tier.and_then(|tier| tier.agent_id);
        found.insert(row.id, shown);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn undeliverable(row: &IdentityRow) -> Option<Undeliverable> {
    let reason = row
        .undeliverable_reason
        .as_deref()
        .and_then(BounceReason::from_word);
    Some(Undeliverable {
        since: row.undeliverable_since?,
        reason: reason.unwrap_or(BounceReason::Other),
    })
}

fn customer(row: CustomerRow, mut identities: Vec<Identity>) -> Customer {
    // A visitor's token is nobody's business, not even its hash.
    identities.retain(|identity| identity.kind != IdentityKind::Visitor);
    Customer {
        id: row.id,
        name: row.name,
        tier: row.tier,
        locale: row.locale,
        notes: row.notes,
        identities,
        dedicated_agent_id: None,
        tier_agent_id: None,
        created_at: row.created_at,
        last_contact_at: row.last_contact_at,
    }
}

/// The messages of these rows, in their order. `seen` is the position up to which the customer has seen the chat.
pub async fn messages(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[MessageRow],
    seen: i64,
) -> Result<Vec<Message>> {
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    let mut attachments: HashMap<MessageId, Vec<Attachment>> = HashMap::new();
    for row in files::of_messages(conn, workspace, &ids).await? {
        if let Some(message) = row.message_id {
            attachments.entry(message).or_default().push(attachment(row));
        }
    }
    let mut deliveries: HashMap<MessageId, Vec<DeliveryRow>> = HashMap::new();
    for row in messages::deliveries(conn, workspace, &ids).await? {
        deliveries.entry(row.message_id).or_default().push(row);
    }
    let names = author_names(conn, workspace, rows).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let name = row
                .author_id
                .and_then(|id| names.get(&id).cloned())
                .unwrap_or_default();
            let files = attachments.remove(&row.id).unwrap_or_default();
            message(
                row,
                name,
                files,
                deliveries.remove(&row.id).unwrap_or_default(),
                seen,
            )
        })
        .collect())
}

async fn author_names(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: &[MessageRow],
) -> Result<HashMap<Uuid, String>> {
    let ids_of = |kind| {
        let mut ids: Vec<Uuid> = rows
            .iter()
            .filter(|row| row.author_kind == kind)
            .filter_map(|row| row.author_id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let mut names = HashMap::new();
    let people: Vec<CustomerId> = ids_of(AuthorKind::Customer).into_iter().map(CustomerId).collect();
    if !people.is_empty() {
        for row in customers::some(conn, workspace, &people).await? {
            names.insert(row.id.0, row.name);
        }
    }
    for id in ids_of(AuthorKind::Agent) {
        if let Some(agent) = agents::find(conn, workspace, AgentId(id)).await? {
            names.insert(id, agent.name);
        }
    }
    Ok(names)
}

pub fn attachment(row: AttachmentRow) -> Attachment {
    Attachment {
        id: row.id,
        name: row.name,
        media_type: row.media_type,
        size: row.size,
        inline: row.inline,
        content_id: row.content_id,
        link_until: row.link_until,
    }
}

fn message(
    row: &MessageRow,
    author: String,
    attachments: Vec<Attachment>,
    deliveries: Vec<DeliveryRow>,
    seen: i64,
) -> Message {
    let mail = row.mail.as_ref().map(|mail| &mail.0).map(|mail| Mail {
        from: mail.from.clone(),
        to: mail.to.clone(),
        cc: mail.cc.clone(),
        bcc: mail.bcc.clone(),
        signature: mail.signature.clone(),
        subject: mail.subject.clone(),
        joined_because: mail.joined_because.clone(),
        joined: mail.joined.clone(),
        authenticity: mail.authenticity,
    });
    let own = row.client_key.as_deref().and_then(|key| key.rsplit_once(':'));
    Message {
        id: row.id,
        ticket_id: row.ticket_id,
        position: row.position,
        client_id: own.map(|(_, client)| client.to_owned()),
        channel: row.channel,
        direction: row.direction,
        visibility: row.visibility,
        author: Author {
            kind: row.author_kind,
            id: row.author_id,
            name: author,
        },
        text: row.text.clone(),
        reply_text: row.reply_text.clone(),
        has_html: row.html.is_some(),
        has_remote_images: row.html.as_deref().is_some_and(has_remote_pictures),
        attachments,
        mail,
        call: row.call.clone().map(|call| call.0),
        automatic: row.automatic,
        no_reply_needed: row.no_reply_needed,
        delivery: row.delivery,
        delivery_error: row.delivery_error.clone(),
        deliveries: deliveries
            .into_iter()
            .map(|row| RecipientDelivery {
                recipient: row.recipient,
                state: row.state,
                response: row.response,
                reason: row.reason.as_deref().and_then(BounceReason::from_word),
                code: row.code,
            })
            .collect(),
        seen: row.direction == Direction::Out && row.position <= seen,
        created_at: row.created_at,
    }
}
