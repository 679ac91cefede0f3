//! A ticket's row, and its summary for lists.

use shouwen_core::channel::Channel;
use shouwen_core::complaint::{CaseState, Grade};
use shouwen_core::id::{AgentId, CustomerId, InboxId, SlaPolicyId, StatusId, TeamId, TicketId, WorkspaceId};
use shouwen_core::ticket::{Category, Life, Priority, TicketNumber};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};
use crate::store::sla::clocks::{self, ClockRow};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TicketRow {
    pub id: TicketId,
    pub number: TicketNumber,
    /// Grows by one with every change of the row.
    pub version: i64,
    pub subject: String,
    pub customer_id: CustomerId,
    pub inbox_id: InboxId,
    /// Of the last message.
    pub channel: Channel,
    pub status_id: StatusId,
    pub category: Category,
    pub priority: Priority,
    pub team_id: Option<TeamId>,
    pub assignee_id: Option<AgentId>,
    pub owner_id: Option<AgentId>,
    /// The last words, shortened.
    pub preview: String,
    /// `in`, `out` or `note`.
    pub last_direction: String,
    pub last_position: i64,
    pub last_message_at: Timestamp,
    pub waiting_since: Option<Timestamp>,
    pub failed: bool,
    /// The customer has seen the conversation up to this position.
    pub customer_seen: i64,
    pub first_response_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub spam: bool,
    /// Where its messages are now.
    pub merged_into: Option<TicketId>,
    /// The closed ticket that it continues.
    pub follow_up_of: Option<TicketId>,
    /// The key of a kind.
    pub kind: String,
}

impl TicketRow {
    /// Still somebody's work: neither done nor spam.
    pub fn is_active(&self) -> bool {
        self.category.is_active() && !self.spam
    }

    pub fn life(&self) -> Life {
        Life {
            category: self.category,
            assignee: self.assignee_id,
            owner: self.owner_id,
            waiting_since: self.waiting_since,
            first_response_at: self.first_response_at,
            solved_at: self.solved_at,
        }
    }
}

/// A ticket as a list shows it to one reader.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SummaryRow {
    #[sqlx(flatten)]
    pub ticket: TicketRow,
    pub customer_name: String,
    pub customer_tier: Option<String>,
    /// Of the ticket that this one was merged into, and of the one that it follows up on.
    pub merged_number: Option<TicketNumber>,
    pub earlier_number: Option<TicketNumber>,
    /// Of the ticket's case: confirmed by a person, else suggested.
    pub grade: Option<Grade>,
    pub grade_confirmed: bool,
    pub case_state: Option<CaseState>,
    /// Up to which position the reader has read.
    pub read_position: i64,
    pub sla_policy_id: Option<SlaPolicyId>,
    pub sla_due_at: Option<Timestamp>,
    #[sqlx(skip)]
    pub clocks: Vec<ClockRow>,
}

pub(super) const COLUMNS: &str = "ticket.id, ticket.number, ticket.version, ticket.subject, ticket.customer_id, \
    ticket.inbox_id, ticket.channel, ticket.status_id, ticket.category, ticket.priority, ticket.team_id, \
    ticket.assignee_id, ticket.owner_id, ticket.preview, ticket.last_direction, ticket.last_position, \
    ticket.last_message_at, ticket.waiting_since, ticket.failed, ticket.customer_seen, ticket.first_response_at, \
    ticket.solved_at, ticket.created_at, ticket.updated_at, ticket.spam, ticket.merged_into, ticket.follow_up_of, \
    ticket.kind";

/// Takes the ticket's row for this change: whoever decides on it waits here for whoever came before.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: TicketId) -> Result<Option<TicketRow>> {
    tx.build("UPDATE ticket SET version = version + 1 WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: TicketId) -> Result<Option<TicketRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM ticket WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// These tickets, in no order.
pub async fn some(conn: &mut Conn, workspace: WorkspaceId, ids: &[TicketId]) -> Result<Vec<TicketRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM ticket WHERE workspace_id = $1 AND id IN ");
    query.bind(workspace).push_list(ids.iter().copied()).all().await
}

pub async fn find_by_number(
    conn: &mut Conn,
    workspace: WorkspaceId,
    number: TicketNumber,
) -> Result<Option<TicketRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM ticket WHERE workspace_id = $1 AND number = $2");
    query.bind(workspace).bind(number).optional().await
}

/// The numbers of these tickets, in no order.
pub async fn numbers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[TicketId],
) -> Result<Vec<(TicketId, TicketNumber)>> {
    conn.build("SELECT id, number FROM ticket WHERE workspace_id = $1 AND id IN ")
        .bind(workspace)
        .push_list(ids.iter().copied())
        .all()
        .await
}

/// A ticket was merged into one that was merged into another…
const LONGEST_CHAIN: usize = 20;

/// The ticket in which the messages of a merged one are now.
pub async fn standing(conn: &mut Conn, workspace: WorkspaceId, mut ticket: TicketRow) -> Result<TicketRow> {
    for _ in 0..LONGEST_CHAIN {
        let Some(into) = ticket.merged_into else { break };
        let Some(next) = find(conn, workspace, into).await? else {
            break;
        };
        ticket = next;
    }
    Ok(ticket)
}

/// The summaries of these tickets for a reader, in no order. The caller has checked what the reader may see.
pub async fn summaries(
    conn: &mut Conn,
    workspace: WorkspaceId,
    reader: Option<AgentId>,
    ids: &[TicketId],
) -> Result<Vec<SummaryRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(
            ", customer.name AS customer_name, customer.tier AS customer_tier,
              ticket.sla_policy_id, ticket.sla_due_at,
              target.number AS merged_number, earlier.number AS earlier_number,
              COALESCE(complaint_case.grade, complaint_case.suggested) AS grade,
              complaint_case.grade IS NOT NULL AS grade_confirmed, complaint_case.state AS case_state,
              CAST(COALESCE(read_marker.position, 0) AS BIGINT) AS read_position
             FROM ticket
             JOIN customer ON customer.workspace_id = ticket.workspace_id AND customer.id = ticket.customer_id
             LEFT JOIN read_marker ON read_marker.workspace_id = ticket.workspace_id
                  AND read_marker.ticket_id = ticket.id AND read_marker.agent_id = $2
             LEFT JOIN ticket AS target ON target.workspace_id = ticket.workspace_id AND target.id = ticket.merged_into
             LEFT JOIN ticket AS earlier ON earlier.workspace_id = ticket.workspace_id
                  AND earlier.id = ticket.follow_up_of
             LEFT JOIN complaint_case ON complaint_case.workspace_id = ticket.workspace_id
                  AND complaint_case.ticket_id = ticket.id
             WHERE ticket.workspace_id = $1 AND ticket.id IN ",
        )
        .bind(workspace)
        .bind(reader)
        .push_list(ids.iter().copied());
    let mut rows: Vec<SummaryRow> = query.all().await?;
    for clock in clocks::of_tickets(conn, workspace, ids).await? {
        let of = rows.iter_mut().find(|row| row.ticket.id == clock.ticket_id);
        if let Some(row) = of {
            row.clocks.extend([clock]);
        }
    }
    Ok(rows)
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, ticket: &TicketRow) -> Result<()> {
    tx.sql(
        "INSERT INTO ticket (workspace_id, id, number, version, subject, subject_folded, customer_id, inbox_id, channel,
           status_id, category, active, priority, team_id, assignee_id, owner_id, preview, last_direction,
           last_position, last_message_at, waiting_since, failed, customer_seen, first_response_at, solved_at,
           created_at, updated_at, spam, merged_into, follow_up_of, kind)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
           $23, $24, $25, $26, $27, $28, $29, $30, $31)",
    )
    .bind(workspace)
    .bind(ticket.id)
    .bind(ticket.number)
    .bind(ticket.version)
    .bind(&ticket.subject)
    .bind(shouwen_core::customer::fold(&ticket.subject))
    .bind(ticket.customer_id)
    .bind(ticket.inbox_id)
    .bind(ticket.channel)
    .bind(ticket.status_id)
    .bind(ticket.category)
    .bind(ticket.is_active())
    .bind(ticket.priority)
    .bind(ticket.team_id)
    .bind(ticket.assignee_id)
    .bind(ticket.owner_id)
    .bind(&ticket.preview)
    .bind(&ticket.last_direction)
    .bind(ticket.last_position)
    .bind(ticket.last_message_at)
    .bind(ticket.waiting_since)
    .bind(ticket.failed)
    .bind(ticket.customer_seen)
    .bind(ticket.first_response_at)
    .bind(ticket.solved_at)
    .bind(ticket.created_at)
    .bind(ticket.updated_at)
    .bind(ticket.spam)
    .bind(ticket.merged_into)
    .bind(ticket.follow_up_of)
    .bind(&ticket.kind)
    .run()
    .await?;
    Ok(())
}

/// Writes back a row taken by [`lock`].
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, ticket: &TicketRow) -> Result<()> {
    tx.sql(
        "UPDATE ticket SET subject = $3, subject_folded = $4, customer_id = $5, inbox_id = $6, channel = $7,
           status_id = $8, category = $9, active = $10, priority = $11, team_id = $12, assignee_id = $13,
           owner_id = $14, preview = $15, last_direction = $16, last_position = $17, last_message_at = $18,
           waiting_since = $19, failed = $20, customer_seen = $21, first_response_at = $22, solved_at = $23,
           updated_at = $24, spam = $25, merged_into = $26, follow_up_of = $27, kind = $28
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(ticket.id)
    .bind(&ticket.subject)
    .bind(shouwen_core::customer::fold(&ticket.subject))
    .bind(ticket.customer_id)
    .bind(ticket.inbox_id)
    .bind(ticket.channel)
    .bind(ticket.status_id)
    .bind(ticket.category)
    .bind(ticket.is_active())
    .bind(ticket.priority)
    .bind(ticket.team_id)
    .bind(ticket.assignee_id)
    .bind(ticket.owner_id)
    .bind(&ticket.preview)
    .bind(&ticket.last_direction)
    .bind(ticket.last_position)
    .bind(ticket.last_message_at)
    .bind(ticket.waiting_since)
    .bind(ticket.failed)
    .bind(ticket.customer_seen)
    .bind(ticket.first_response_at)
    .bind(ticket.solved_at)
    .bind(ticket.updated_at)
    .bind(ticket.spam)
    .bind(ticket.merged_into)
    .bind(ticket.follow_up_of)
    .bind(&ticket.kind)
    .run()
    .await?;
    Ok(())
}
