//! What the API shows of a complaint's case, and of what the desk suggests before there is one.

use serde::Serialize;
use shouwen_core::actor::{Actor, Permission};
use shouwen_core::complaint::{
    CaseField, CaseState, Closure, CompensationKind, CompensationState, Findings, Grade, GradeReason,
    GradeRule, LadderStep, Liable, Money, Remedy, Suggestion, TicketKind, Topic,
};
use shouwen_core::id::{
    AgentId, AttachmentId, CaseChangeId, CompensationId, ComplaintCategoryId, EvidenceId, MessageId, TicketId,
};
use shouwen_core::time::Timestamp;
use shouwen_core::tone::Tone;
use utoipa::ToSchema;

use super::activity::ActivityActor;
use crate::actions::complaints::rules;
use crate::db::Conn;
use crate::http::Failure;
use crate::store::complaints::{
    self, CaseRow, CategoryRow, ChangeRow, CheckRow, CompensationRow, EvidenceKind, EvidenceRow, ReadingRow,
};
use crate::store::sla::calendars;
use crate::store::tickets;

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// What the desk makes of the ticket, also when there is no case.
    pub suggestion: Option<SuggestedGrade>,
    pub case: Option<Case>,
    pub categories: Vec<ComplaintCategory>,
    /// What the case's grade demands.
    pub rule: Option<GradeRule>,
    /// What the reader may give in this case without asking.
    pub ceiling: Option<OwnCeiling>,
    pub may: CaseRights,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedGrade {
    pub grade: Grade,
    /// From 1 to 4.
    pub severity: i64,
    /// From 1 to 4.
    pub reach: i64,
    /// What the ticket looks like.
    pub kind: TicketKind,
    pub category_id: Option<ComplaintCategoryId>,
    pub topic: Option<Topic>,
    /// Of the customer's last message.
    pub tone: Tone,
    /// How sure that is, in percent.
    pub tone_strength: u8,
    pub reasons: Vec<GradeReason>,
    pub at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRights {
    pub edit: bool,
    pub approve: bool,
    pub close: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnCeiling {
    pub currency: String,
    /// In the smallest unit; `null`: as much as there is.
    pub refund: Option<i64>,
    pub compensation: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Case {
    pub state: CaseState,
    pub opened_at: Timestamp,
    pub opened_by: ActivityActor,
    /// Confirmed by a person, else suggested.
    pub grade: Grade,
    pub grade_confirmed: bool,
    pub suggested: Grade,
    pub category_id: Option<ComplaintCategoryId>,
    pub cause: String,
    pub liable: Option<Liable>,
    pub remedy: Option<Remedy>,
    pub remedy_note: String,
    pub cost: Option<Money>,
    pub authority: Option<AuthorityCase>,
    pub follow_up: Option<CaseFollowUp>,
    pub checklist: Vec<CheckedItem>,
    pub ladder: Ladder,
    pub evidence: Vec<Evidence>,
    pub compensations: Vec<Compensation>,
    /// The newest 100, newest first.
    pub changes: Vec<CaseChange>,
    pub closed: Option<Closed>,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorityCase {
    pub name: String,
    pub number: String,
    pub due_at: Option<Timestamp>,
    pub overdue: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFollowUp {
    pub due_at: Timestamp,
    pub note: String,
    pub done_at: Option<Timestamp>,
    pub outcome: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedItem {
    pub key: String,
    /// Empty for a built-in item, which is worded in the reader's language.
    pub text: String,
    pub required: bool,
    pub done: bool,
    pub done_by: Option<AgentId>,
    pub done_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Ladder {
    /// The step that is called now, from 0; as many as there are steps: all were called in vain.
    pub level: i64,
    pub of: i64,
    /// By when somebody must take the case.
    pub answer_by: Option<Timestamp>,
    /// By which calendar the time of the step that runs now runs; `null`: around the clock.
    pub calendar: Option<String>,
    pub taken_by: Option<AgentId>,
    pub taken_at: Option<Timestamp>,
    pub steps: Vec<LadderStep>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Evidence {
    pub id: EvidenceId,
    pub kind: EvidenceKind,
    pub message_id: Option<MessageId>,
    pub attachment_id: Option<AttachmentId>,
    pub url: Option<String>,
    pub name: String,
    pub note: String,
    pub added_by: Option<AgentId>,
    pub added_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Compensation {
    pub id: CompensationId,
    pub kind: CompensationKind,
    pub amount: Money,
    pub reason: String,
    pub state: CompensationState,
    pub above_ceiling: bool,
    pub requested_by: AgentId,
    pub requested_at: Timestamp,
    pub decided_by: Option<AgentId>,
    pub decided_at: Option<Timestamp>,
    pub decision_reason: Option<String>,
    pub paid_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseChange {
    pub id: CaseChangeId,
    pub at: Timestamp,
    pub actor: ActivityActor,
    pub field: CaseField,
    pub from: Option<String>,
    pub to: Option<String>,
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Closed {
    pub at: Timestamp,
    pub closure: Closure,
    pub by: Option<AgentId>,
    pub note: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintCategory {
    pub id: ComplaintCategoryId,
    pub parent_id: Option<ComplaintCategoryId>,
    /// Of a built-in one, which is named in the reader's language unless renamed.
    pub key: Option<String>,
    pub name: String,
    pub archived: bool,
    pub position: i64,
}

impl From<CategoryRow> for ComplaintCategory {
    fn from(row: CategoryRow) -> Self {
        Self {
            id: row.id,
            parent_id: row.parent_id,
            key: row.key,
            name: row.name,
            archived: row.archived,
            position: row.position,
        }
    }
}

const MOST_CHANGES: i64 = 100;

/// The case of a ticket as its reader sees it.
pub async fn show(
    conn: &mut Conn,
    actor: &Actor,
    ticket: TicketId,
    now: Timestamp,
) -> Result<CaseView, Failure> {
    let workspace = actor.workspace;
    let found = tickets::find_visible(conn, actor, ticket).await?;
    found.ok_or(Failure::NotFound("ticket"))?;
    let reading = complaints::find_reading(conn, workspace, ticket).await?;
    let case = complaints::find(conn, workspace, ticket).await?;
    let categories = rules::categories(conn, workspace).await?;
    let (mut rule, mut ceiling, mut shown) = (None, None, None);
    if let Some(case) = case {
        let grade = case.effective_grade();
        let demanded = rules::rule(conn, workspace, grade).await?;
        if let Some(agent) = actor.agent() {
            let own = rules::ceiling(conn, workspace, agent, grade).await?;
            ceiling = Some(OwnCeiling {
                currency: rules::policy(conn, workspace).await?.currency,
                refund: own.refund,
                compensation: own.compensation,
            });
        }
        shown = Some(one(conn, actor, case, &demanded, now).await?);
        rule = Some(demanded);
    }
    Ok(CaseView {
        suggestion: reading.map(suggested),
        case: shown,
        categories: categories.into_iter().map(Into::into).collect(),
        rule,
        ceiling,
        may: CaseRights {
            edit: actor.may(Permission::ComplaintEdit),
            approve: actor.may(Permission::ComplaintApprove),
            close: actor.may(Permission::ComplaintClose),
        },
    })
}

fn suggested(row: ReadingRow) -> SuggestedGrade {
    let (suggestion, findings): (Suggestion, Findings) = (row.suggestion.0, row.findings.0);
    let (tone, tone_strength) = findings.tone.unwrap_or((Tone::Neutral, 0));
    SuggestedGrade {
        grade: suggestion.grade,
        severity: suggestion.severity,
        reach: suggestion.reach,
        kind: suggestion.kind,
        category_id: suggestion.topic.map(rules::built_in_category),
        topic: suggestion.topic,
        tone,
        tone_strength,
        reasons: suggestion.reasons,
        at: row.at,
    }
}

async fn one(
    conn: &mut Conn,
    actor: &Actor,
    case: CaseRow,
    rule: &GradeRule,
    now: Timestamp,
) -> Result<Case, Failure> {
    let (workspace, ticket) = (actor.workspace, case.ticket_id);
    let checks = complaints::checks(conn, workspace, ticket).await?;
    let evidence = complaints::evidence(conn, workspace, ticket).await?;
    let compensations = complaints::compensations(conn, workspace, ticket).await?;
    let changes = complaints::changes(conn, workspace, ticket, MOST_CHANGES).await?;
    let calendar = match case.ladder_calendar_id {
        Some(id) => calendars::find(conn, workspace, id).await?.map(|row| row.name),
        None => None,
    };
    Ok(Case {
        state: case.state,
        opened_at: case.opened_at,
        opened_by: ActivityActor {
            kind: case.opened_by_kind,
            id: case.opened_by,
        },
        grade: case.effective_grade(),
        grade_confirmed: case.grade.is_some(),
        suggested: case.suggested,
        category_id: case.category_id,
        liable: case.liable,
        remedy: case.remedy,
        cost: case.cost(),
        authority: authority(&case, now),
        follow_up: follow_up(&case),
        checklist: checklist(rule, &checks),
        ladder: ladder(&case, rule, calendar),
        evidence: evidence.into_iter().map(piece).collect(),
        compensations: compensations.into_iter().map(compensation).collect(),
        changes: changes.into_iter().map(changed).collect(),
        closed: closed(&case),
        version: case.version,
        cause: case.cause,
        remedy_note: case.remedy_note,
    })
}

fn authority(case: &CaseRow, now: Timestamp) -> Option<AuthorityCase> {
    if case.authority_name.is_empty() && case.authority_number.is_empty() && case.authority_due_at.is_none() {
        return None;
    }
    Some(AuthorityCase {
        name: case.authority_name.clone(),
        number: case.authority_number.clone(),
        due_at: case.authority_due_at,
        overdue: case.state == CaseState::Open && case.authority_due_at.is_some_and(|due| due < now),
    })
}

fn follow_up(case: &CaseRow) -> Option<CaseFollowUp> {
    Some(CaseFollowUp {
        due_at: case.follow_up_at?,
        note: case.follow_up_note.clone(),
        done_at: case.follow_up_done_at,
        outcome: case.follow_up_done_at.map(|_| case.follow_up_outcome.clone()),
    })
}

fn checklist(rule: &GradeRule, checks: &[CheckRow]) -> Vec<CheckedItem> {
    let item = |item: &shouwen_core::complaint::CheckItem| {
        let check = checks.iter().find(|check| check.key == item.key);
        CheckedItem {
            key: item.key.clone(),
            text: item.text.clone(),
            required: item.required,
            done: check.is_some(),
            done_by: check.and_then(|check| check.done_by),
            done_at: check.map(|check| check.done_at),
        }
    };
    rule.checklist.iter().map(item).collect()
}

fn ladder(case: &CaseRow, rule: &GradeRule, calendar: Option<String>) -> Ladder {
    Ladder {
        level: case.ladder_level,
        of: i64::try_from(rule.ladder.len()).unwrap_or(i64::MAX),
        answer_by: case.answer_by,
        calendar,
        taken_by: case.taken_by,
        taken_at: case.taken_at,
        steps: rule.ladder.clone(),
    }
}

fn piece(row: EvidenceRow) -> Evidence {
    Evidence {
        id: row.id,
        kind: row.kind,
        message_id: row.message_id,
        attachment_id: row.attachment_id,
        url: row.url,
        name: row.name,
        note: row.note,
        added_by: row.added_by,
        added_at: row.added_at,
    }
}

fn compensation(row: CompensationRow) -> Compensation {
    Compensation {
        amount: row.amount(),
        id: row.id,
        kind: row.kind,
        reason: row.reason,
        state: row.state,
        above_ceiling: row.above_ceiling,
        requested_by: row.requested_by,
        requested_at: row.requested_at,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        decision_reason: Some(row.decision).filter(|words| !words.is_empty()),
        paid_at: row.paid_at,
    }
}

fn changed(row: ChangeRow) -> CaseChange {
    CaseChange {
        id: row.id,
        at: row.at,
        actor: ActivityActor {
            kind: row.actor_kind,
            id: row.actor_id,
        },
        field: row.field,
        from: row.old,
        to: row.new,
        reason: row.reason,
    }
}

fn closed(case: &CaseRow) -> Option<Closed> {
    Some(Closed {
        at: case.closed_at.filter(|_| case.state == CaseState::Closed)?,
        closure: case.closure?,
        by: case.closed_by,
        note: case.closed_note.clone(),
    })
}
