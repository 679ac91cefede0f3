//! What the clocks of tickets show, and which steps of their ladders have fired. Statements for many tickets at once,
//! so that a hundred due timers cost little more than one.

use shouwen_core::channel::Channel;
use shouwen_core::id::{
    AgentId, CustomerId, InboxId, MessageId, SlaPolicyId, TeamId, TicketId, TimerId, WorkspaceId,
};
use shouwen_core::message::{AuthorKind, Delivery, Visibility};
use shouwen_core::sla::{Clock, LevelKind, Metric, State, clock::Target};
use shouwen_core::ticket::{Category, Priority};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Result, Tx};

/// What the clocks need to know of a ticket beside its events.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SubjectRow {
    pub id: TicketId,
    pub category: Category,
    pub priority: Priority,
    pub inbox_id: InboxId,
    pub channel: Channel,
    pub customer_id: CustomerId,
    pub tier: Option<String>,
    pub language: Option<String>,
    pub team_id: Option<TeamId>,
    pub assignee_id: Option<AgentId>,
    pub owner_id: Option<AgentId>,
    pub sla_policy_id: Option<SlaPolicyId>,
    pub sla_policy_version: Option<i64>,
    pub sla_due_at: Option<Timestamp>,
    pub sla_next_at: Option<Timestamp>,
    pub sla_fired: bool,
    /// Which book of policies holds now.
    pub stamp: Option<Uuid>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClockRow {
    pub ticket_id: TicketId,
    pub metric: Metric,
    pub cycle: i64,
    pub state: State,
    pub started_at: Timestamp,
    pub target_s: i64,
    pub due_at: Option<Timestamp>,
    pub warn_at: Option<Timestamp>,
    pub remaining_s: Option<i64>,
    pub paused_since: Option<Timestamp>,
    pub met_at: Option<Timestamp>,
    pub stopped_at: Option<Timestamp>,
    pub breached_at: Option<Timestamp>,
}

impl ClockRow {
    pub fn clock(&self) -> Clock {
        Clock {
            metric: self.metric,
            cycle: self.cycle,
            state: self.state,
            started_at: self.started_at,
            target: Target(self.target_s),
            due_at: self.due_at,
            warn_at: self.warn_at,
            remaining_s: self.remaining_s,
            paused_since: self.paused_since,
            met_at: self.met_at,
            stopped_at: self.stopped_at,
            breached_at: self.breached_at,
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FiringRow {
    pub ticket_id: TicketId,
    pub metric: Metric,
    pub cycle: i64,
    /// The key of the ladder's step.
    pub step: String,
    pub kind: LevelKind,
    pub fired_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

/// A message as the clocks see it, of a ticket whose messages were moved.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SpokenRow {
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub first_ticket_id: TicketId,
    pub created_at: Timestamp,
    pub author_kind: AuthorKind,
    pub visibility: Visibility,
    pub automatic: bool,
    pub delivery: Delivery,
    pub no_reply_needed: bool,
}

/// Where the ticket's timer and its place in the lists are.
#[derive(Debug, Clone)]
pub struct Kept {
    pub ticket: TicketId,
    pub policy: Option<SlaPolicyId>,
    pub version: Option<i64>,
    pub due_at: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    pub fired: bool,
}

/// Takes the tickets' rows for this change, in the order of their ids.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, ids: &[TicketId]) -> Result<()> {
    for id in ids {
        tx.sql("UPDATE ticket SET sla_fired = sla_fired WHERE workspace_id = $1 AND id = $2")
            .bind(workspace)
            .bind(*id)
            .run()
            .await?;
    }
    Ok(())
}

/// The open tickets of a customer, in the order of their ids.
pub async fn open_of_customer(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let rows: Vec<(TicketId,)> = conn
        .sql(
            "SELECT id FROM (SELECT id, active FROM ticket WHERE workspace_id = $1 AND customer_id = $2
               ORDER BY last_message_at DESC, id DESC LIMIT $3) AS newest WHERE active = TRUE ORDER BY id",
        )
        .bind(workspace)
        .bind(customer)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn subjects(conn: &mut Conn, workspace: WorkspaceId, ids: &[TicketId]) -> Result<Vec<SubjectRow>> {
    conn.build(
        "SELECT ticket.id, ticket.category, ticket.priority, ticket.inbox_id, ticket.channel, ticket.customer_id,
           customer.tier, customer.locale AS language, ticket.team_id, ticket.assignee_id, ticket.owner_id,
           ticket.sla_policy_id, ticket.sla_policy_version, ticket.sla_due_at, ticket.sla_next_at, ticket.sla_fired,
           (SELECT stamp FROM sla_book WHERE sla_book.workspace_id = $1) AS stamp
         FROM ticket
         JOIN customer ON customer.workspace_id = ticket.workspace_id AND customer.id = ticket.customer_id
         WHERE ticket.workspace_id = $1 AND ticket.id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .all()
    .await
}

pub async fn of_tickets(conn: &mut Conn, workspace: WorkspaceId, ids: &[TicketId]) -> Result<Vec<ClockRow>> {
    conn.build(
        "SELECT ticket_id, metric, cycle, state, started_at, target_s, due_at, warn_at, remaining_s, paused_since,
           met_at, stopped_at, breached_at FROM sla_clock WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .all()
    .await
}

pub async fn firings(conn: &mut Conn, workspace: WorkspaceId, ids: &[TicketId]) -> Result<Vec<FiringRow>> {
    conn.build(
        "SELECT ticket_id, metric, cycle, step, kind, fired_at, withdrawn_at FROM sla_firing
         WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .all()
    .await
}

/// The steps of a ticket that fired from these cycles on, of the first response and of the next.
pub async fn firings_since(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    (first, next): (i64, i64),
) -> Result<Vec<FiringRow>> {
    conn.sql(
        "SELECT ticket_id, metric, cycle, step, kind, fired_at, withdrawn_at FROM sla_firing
         WHERE workspace_id = $1 AND ticket_id = $2 AND metric = 'first_response' AND cycle >= $3
         UNION ALL
         SELECT ticket_id, metric, cycle, step, kind, fired_at, withdrawn_at FROM sla_firing
         WHERE workspace_id = $1 AND ticket_id = $2 AND metric = 'next_response' AND cycle >= $4
         UNION ALL
         SELECT ticket_id, metric, cycle, step, kind, fired_at, withdrawn_at FROM sla_firing
         WHERE workspace_id = $1 AND ticket_id = $2 AND metric = 'resolution'",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(first)
    .bind(next)
    .all()
    .await
}

/// The messages of these tickets as they stand today.
pub async fn spoken(conn: &mut Conn, workspace: WorkspaceId, ids: &[TicketId]) -> Result<Vec<SpokenRow>> {
    conn.build(
        "SELECT id, ticket_id, first_ticket_id, created_at, author_kind, visibility, automatic, delivery,
           no_reply_needed FROM message
         WHERE workspace_id = $1 AND ticket_id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .push(" ORDER BY ticket_id, position")
    .all()
    .await
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, clocks: &[(TicketId, Clock)]) -> Result<()> {
    for some in clocks.chunks(100) {
        let mut insert = tx.build(
            "INSERT INTO sla_clock (workspace_id, ticket_id, metric, cycle, state, started_at, target_s, due_at, warn_at,
               remaining_s, paused_since, met_at, stopped_at, breached_at) VALUES ",
        );
        for (place, (ticket, clock)) in some.iter().enumerate() {
            insert = insert
                .push(if place == 0 { "(" } else { ", (" })
                .push_bind(workspace);
            insert = insert
                .push(", ")
                .push_bind(*ticket)
                .push(", ")
                .push_bind(clock.metric);
            insert = insert
                .push(", ")
                .push_bind(clock.cycle)
                .push(", ")
                .push_bind(clock.state);
            insert = insert.push(", ").push_bind(clock.started_at);
            insert = insert.push(", ").push_bind(clock.target.0);
            insert = insert
                .push(", ")
                .push_bind(clock.due_at)
                .push(", ")
                .push_bind(clock.warn_at);
            insert = insert.push(", ").push_bind(clock.remaining_s);
            insert = insert.push(", ").push_bind(clock.paused_since);
            insert = insert.push(", ").push_bind(clock.met_at);
            insert = insert.push(", ").push_bind(clock.stopped_at);
            insert = insert.push(", ").push_bind(clock.breached_at).push(")");
        }
        insert
            .push(
                " ON CONFLICT (workspace_id, ticket_id, metric) DO UPDATE SET cycle = excluded.cycle,
                   state = excluded.state, started_at = excluded.started_at, target_s = excluded.target_s,
                   due_at = excluded.due_at, warn_at = excluded.warn_at, remaining_s = excluded.remaining_s,
                   paused_since = excluded.paused_since, met_at = excluded.met_at, stopped_at = excluded.stopped_at,
                   breached_at = excluded.breached_at",
            )
            .run()
            .await?;
    }
    Ok(())
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, metric: Metric) -> Result<()> {
    tx.sql("DELETE FROM sla_clock WHERE workspace_id = $1 AND ticket_id = $2 AND metric = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(metric)
        .run()
        .await?;
    Ok(())
}

pub async fn keep(tx: &mut Tx, workspace: WorkspaceId, kept: &Kept) -> Result<()> {
    tx.sql(
        "UPDATE ticket SET sla_policy_id = $3, sla_policy_version = $4, sla_due_at = $5, sla_next_at = $6, sla_fired = $7
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(kept.ticket)
    .bind(kept.policy)
    .bind(kept.version)
    .bind(kept.due_at)
    .bind(kept.next_at)
    .bind(kept.fired)
    .run()
    .await?;
    Ok(())
}

/// Notes steps as fired; one that was withdrawn fires again.
pub async fn add_firings(tx: &mut Tx, workspace: WorkspaceId, rows: &[FiringRow]) -> Result<()> {
    for some in rows.chunks(200) {
        let mut insert = tx.build(
            "INSERT INTO sla_firing (workspace_id, ticket_id, metric, cycle, step, kind, fired_at) VALUES ",
        );
        for (place, row) in some.iter().enumerate() {
            insert = insert
                .push(if place == 0 { "(" } else { ", (" })
                .push_bind(workspace);
            insert = insert
                .push(", ")
                .push_bind(row.ticket_id)
                .push(", ")
                .push_bind(row.metric);
            insert = insert
                .push(", ")
                .push_bind(row.cycle)
                .push(", ")
                .push_bind(&row.step);
            insert = insert
                .push(", ")
                .push_bind(row.kind)
                .push(", ")
                .push_bind(row.fired_at)
                .push(")");
        }
        insert
            .push(
                " ON CONFLICT (workspace_id, ticket_id, metric, cycle, step)
                 DO UPDATE SET fired_at = excluded.fired_at, withdrawn_at = NULL",
            )
            .run()
            .await?;
    }
    Ok(())
}

pub async fn withdraw(tx: &mut Tx, workspace: WorkspaceId, row: &FiringRow, at: Timestamp) -> Result<()> {
    tx.sql(
        "UPDATE sla_firing SET withdrawn_at = $6
         WHERE workspace_id = $1 AND ticket_id = $2 AND metric = $3 AND cycle = $4 AND step = $5",
    )
    .bind(workspace)
    .bind(row.ticket_id)
    .bind(row.metric)
    .bind(row.cycle)
    .bind(&row.step)
    .bind(at)
    .run()
    .await?;
    Ok(())
}

/// The one timer of a ticket's clocks bears the ticket's own id.
pub fn timer(ticket: TicketId) -> TimerId {
    TimerId(ticket.0)
}

/// Sets the timers of these tickets, or moves them.
pub async fn set_timers(tx: &mut Tx, workspace: WorkspaceId, timers: &[(TicketId, Timestamp)]) -> Result<()> {
    for some in timers.chunks(200) {
        let mut insert = tx.build(
            "INSERT INTO timer (workspace_id, id, ticket_id, kind, payload, due_at, lease_until, attempts) VALUES ",
        );
        for (place, (ticket, due_at)) in some.iter().enumerate() {
            insert = insert
                .push(if place == 0 { "(" } else { ", (" })
                .push_bind(workspace);
            insert = insert
                .push(", ")
                .push_bind(timer(*ticket))
                .push(", ")
                .push_bind(*ticket);
            insert = insert
                .push(", 'sla', 'null', ")
                .push_bind(*due_at)
                .push(", 0, 0)");
        }
        insert
            .push(
                " ON CONFLICT (workspace_id, id)
                 DO UPDATE SET due_at = excluded.due_at, lease_until = 0, attempts = 0",
            )
            .run()
            .await?;
    }
    Ok(())
}

pub async fn remove_timers(tx: &mut Tx, workspace: WorkspaceId, tickets: &[TicketId]) -> Result<()> {
    tx.build("DELETE FROM timer WHERE workspace_id = $1 AND id IN ")
        .bind(workspace)
        .push_list(tickets.iter().map(|ticket| timer(*ticket)))
        .run()
        .await?;
    Ok(())
}
