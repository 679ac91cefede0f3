//! The case of a complaint, one per ticket, with every change that was made to it.

use shouwen_core::actor::ActorKind;
use shouwen_core::complaint::{CaseField, CaseState, Closure, Grade, Liable, Money, Remedy};
use shouwen_core::id::{AgentId, CalendarId, CaseChangeId, ComplaintCategoryId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CaseRow {
    pub ticket_id: TicketId,
    /// Grows by one with every change of the row.
    pub version: i64,
    pub state: CaseState,
    pub opened_at: Timestamp,
    pub opened_by_kind: ActorKind,
    pub opened_by: Option<Uuid>,
    pub suggested: Grade,
    /// Confirmed by a person.
    pub grade: Option<Grade>,
    pub category_id: Option<ComplaintCategoryId>,
    pub cause: String,
    pub liable: Option<Liable>,
    pub remedy: Option<Remedy>,
    pub remedy_note: String,
    pub cost_minor: Option<i64>,
    pub cost_currency: Option<String>,
    pub authority_name: String,
    pub authority_number: String,
    pub authority_due_at: Option<Timestamp>,
    pub follow_up_at: Option<Timestamp>,
    pub follow_up_note: String,
    pub follow_up_done_at: Option<Timestamp>,
    pub follow_up_outcome: String,
    pub ladder_level: i64,
    /// By when somebody must take the case; none when it is taken, closed or at the ladder's end.
    pub answer_by: Option<Timestamp>,
    /// When the step that runs now was called; none as of `answer_by`, and for one of before that was kept.
    pub called_at: Option<Timestamp>,
    /// In whose hours that step runs; none: around the clock.
    pub ladder_calendar_id: Option<CalendarId>,
    pub taken_by: Option<AgentId>,
    pub taken_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub closure: Option<Closure>,
    pub closed_by: Option<AgentId>,
    pub closed_note: String,
}

impl CaseRow {
    /// What holds until a person has decided is what the desk suggested.
    pub fn effective_grade(&self) -> Grade {
        self.grade.unwrap_or(self.suggested)
    }

    pub fn cost(&self) -> Option<Money> {
        Some(Money {
            minor: self.cost_minor?,
            currency: self.cost_currency.clone()?,
        })
    }
}

const COLUMNS: &str = "ticket_id, version, state, opened_at, opened_by_kind, opened_by, suggested, grade, category_id, \
    cause, liable, remedy, remedy_note, cost_minor, cost_currency, authority_name, authority_number, \
    authority_due_at, follow_up_at, follow_up_note, follow_up_done_at, follow_up_outcome, ladder_level, answer_by, \
    taken_by, taken_at, closed_at, closure, closed_by, closed_note, called_at, ladder_calendar_id";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<CaseRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM complaint_case WHERE workspace_id = $1 AND ticket_id = $2")
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await
}

/// Takes the case's row for this change. The ticket's row is locked before it.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<CaseRow>> {
    tx.build("UPDATE complaint_case SET version = version + 1 WHERE workspace_id = $1 AND ticket_id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(ticket)
        .optional()
        .await
}

/// Adds a case as it is opened; everything else is empty.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, case: &CaseRow) -> Result<()> {
    tx.sql(
        "INSERT INTO complaint_case (workspace_id, ticket_id, version, state, opened_at, opened_by_kind, opened_by,
           suggested, category_id, cause, remedy_note, authority_name, authority_number, follow_up_note,
           follow_up_outcome, ladder_level, answer_by, closed_note)
         VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, '', '', '', '', '', '', $9, $10, '')",
    )
    .bind(workspace)
    .bind(case.ticket_id)
    .bind(case.state)
    .bind(case.opened_at)
    .bind(case.opened_by_kind)
    .bind(case.opened_by)
    .bind(case.suggested)
    .bind(case.category_id)
    .bind(case.ladder_level)
    .bind(case.answer_by)
    .run()
    .await?;
    Ok(())
}

/// Writes back a row taken by [`lock`].
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, case: &CaseRow) -> Result<()> {
    tx.sql(
        "UPDATE complaint_case SET state = $3, suggested = $4, grade = $5, category_id = $6, cause = $7, liable = $8,
           remedy = $9, remedy_note = $10, cost_minor = $11, cost_currency = $12, authority_name = $13,
           authority_number = $14, authority_due_at = $15, follow_up_at = $16, follow_up_note = $17,
           follow_up_done_at = $18, follow_up_outcome = $19, ladder_level = $20, answer_by = $21, taken_by = $22,
           taken_at = $23, closed_at = $24, closure = $25, closed_by = $26, closed_note = $27,
           called_at = $28, ladder_calendar_id = $29
         WHERE workspace_id = $1 AND ticket_id = $2",
    )
    .bind(workspace)
    .bind(case.ticket_id)
    .bind(case.state)
    .bind(case.suggested)
    .bind(case.grade)
    .bind(case.category_id)
    .bind(&case.cause)
    .bind(case.liable)
    .bind(case.remedy)
    .bind(&case.remedy_note)
    .bind(case.cost_minor)
    .bind(&case.cost_currency)
    .bind(&case.authority_name)
    .bind(&case.authority_number)
    .bind(case.authority_due_at)
    .bind(case.follow_up_at)
    .bind(&case.follow_up_note)
    .bind(case.follow_up_done_at)
    .bind(&case.follow_up_outcome)
    .bind(case.ladder_level)
    .bind(case.answer_by)
    .bind(case.taken_by)
    .bind(case.taken_at)
    .bind(case.closed_at)
    .bind(case.closure)
    .bind(case.closed_by)
    .bind(&case.closed_note)
    .bind(case.called_at)
    .bind(case.ladder_calendar_id)
    .run()
    .await?;
    Ok(())
}

/// A thing of the checklist that is done.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CheckRow {
    pub key: String,
    pub done_by: Option<AgentId>,
    pub done_at: Timestamp,
}

pub async fn checks(conn: &mut Conn, workspace: WorkspaceId, ticket: TicketId) -> Result<Vec<CheckRow>> {
    conn.sql(
        "SELECT key, done_by, done_at FROM case_check WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY key",
    )
    .bind(workspace)
    .bind(ticket)
    .all()
    .await
}

/// True when it was not done before.
pub async fn check(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, row: &CheckRow) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO case_check (workspace_id, ticket_id, key, done_by, done_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
        )
        .bind(workspace)
        .bind(ticket)
        .bind(&row.key)
        .bind(row.done_by)
        .bind(row.done_at)
        .run()
        .await?;
    Ok(added > 0)
}

/// True when it was done before.
pub async fn uncheck(tx: &mut Tx, workspace: WorkspaceId, ticket: TicketId, key: &str) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM case_check WHERE workspace_id = $1 AND ticket_id = $2 AND key = $3")
        .bind(workspace)
        .bind(ticket)
        .bind(key)
        .run()
        .await?;
    Ok(removed > 0)
}

/// A change of a case, for good.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ChangeRow {
    pub id: CaseChangeId,
    pub field: CaseField,
    pub old: Option<String>,
    pub new: Option<String>,
    pub reason: String,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub at: Timestamp,
}

pub async fn add_change(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ticket: TicketId,
    change: &ChangeRow,
) -> Result<()> {
    tx.sql(
        "INSERT INTO case_change (workspace_id, id, ticket_id, field, old, new, reason, actor_kind, actor_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(workspace)
    .bind(change.id)
    .bind(ticket)
    .bind(change.field)
    .bind(&change.old)
    .bind(&change.new)
    .bind(&change.reason)
    .bind(change.actor_kind)
    .bind(change.actor_id)
    .bind(change.at)
    .run()
    .await?;
    Ok(())
}

/// The newest changes, newest first.
pub async fn changes(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    limit: i64,
) -> Result<Vec<ChangeRow>> {
    conn.sql(
        "SELECT id, field, old, new, reason, actor_kind, actor_id, at FROM case_change
         WHERE workspace_id = $1 AND ticket_id = $2 ORDER BY at DESC, id DESC LIMIT $3",
    )
    .bind(workspace)
    .bind(ticket)
    .bind(limit)
    .all()
    .await
}
