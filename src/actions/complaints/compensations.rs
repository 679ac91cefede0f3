//! Money and vouchers: approved at once within the ceiling of whoever asks, else by somebody whose own covers it.

use shouwen_core::actor::Permission;
use shouwen_core::complaint::{Ceiling, CompensationKind, CompensationState, GradingPolicy, Money};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, CompensationId, TicketId};

use super::{CaseError, Result, editing, ladder, lock_open, needed, person, rules, save, text};
use crate::actions::notifications::notify;
use crate::log::Change;
use crate::store::complaints::{self, CaseRow, CompensationRow};
use crate::store::notifications::NotificationKind;
use shouwen_core::complaint::LadderRole;

#[derive(Debug, Clone)]
pub struct NewCompensation {
    pub kind: CompensationKind,
    pub amount: Money,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    Refuse,
}

/// A case has at most so many; the store reads no more.
const MOST: usize = 100;

/// Asks for a compensation.
pub async fn request(change: &mut Change, ticket: TicketId, new: &NewCompensation) -> Result<CompensationId> {
    let agent = person(change)?;
    let workspace = change.workspace();
    editing::check_money("amount", &new.amount)?;
    if new.amount.minor == 0 {
        return Err(CaseError::Wrong("amount", Fault::NothingGiven));
    }
    let reason = needed("reason", &new.reason, Fault::SayWhatFor)?;
    let (row, case) = lock_open(change, ticket).await?;
    if case.grade.is_none() {
        return Err(CaseError::Conflict(Fault::GradeFirst));
    }
    let known = complaints::compensations(change.tx(), workspace, ticket).await?;
    if known.len() >= MOST {
        return Err(CaseError::Conflict(Fault::CompensationsFull));
    }
    let above_ceiling = !may_give(change, agent, &case, &known, new.kind, &new.amount).await?;
    let state = if above_ceiling {
        CompensationState::Requested
    } else {
        CompensationState::Approved
    };
    let compensation = CompensationRow {
        id: change.next_id(),
        ticket_id: ticket,
        kind: new.kind,
        minor: new.amount.minor,
        currency: new.amount.currency.clone(),
        reason,
        state,
        above_ceiling,
        requested_by: agent,
        requested_at: change.now(),
        decided_by: (!above_ceiling).then_some(agent),
        decided_at: (!above_ceiling).then(|| change.now()),
        decision: String::new(),
        paid_at: None,
    };
    complaints::add_compensation(change.tx(), workspace, &compensation).await?;
    tell(change, &compensation);
    if above_ceiling {
        for supervisor in ladder::people(change, &row, LadderRole::Supervisor).await? {
            notify(
                change,
                supervisor,
                NotificationKind::CompensationRequested,
                ticket,
                None,
            )
            .await?;
        }
    }
    save(change, row, &case).await?;
    Ok(compensation.id)
}

/// Whether an agent's own ceiling covers the amount on top of what the case was given.
async fn may_give(
    change: &mut Change,
    agent: AgentId,
    case: &CaseRow,
    known: &[CompensationRow],
    kind: CompensationKind,
    amount: &Money,
) -> Result<bool> {
    let workspace = change.workspace();
    let policy: GradingPolicy = rules::policy(change.tx(), workspace).await?;
    let ceiling = rules::ceiling(change.tx(), workspace, agent, case.effective_grade()).await?;
    if amount.currency != policy.currency {
        // A ceiling says nothing of another currency.
        let unlimited = Ceiling {
            refund: None,
            compensation: None,
        };
        return Ok(ceiling == unlimited);
    }
    let is_refund = |kind| kind == CompensationKind::Refund;
    let given = known
        .iter()
        .filter(|row| matches!(row.state, CompensationState::Approved | CompensationState::Paid))
        .filter(|row| is_refund(row.kind) == is_refund(kind) && row.currency == policy.currency)
        .fold(0i64, |sum, row| sum.saturating_add(row.minor));
    Ok(ceiling.allows(kind, given, amount.minor))
}

/// Approves or refuses what somebody else asked for.
pub async fn decide(
    change: &mut Change,
    ticket: TicketId,
    id: CompensationId,
    verdict: Verdict,
    reason: &str,
) -> Result<()> {
    let agent = person(change)?;
    if !change.actor().may(Permission::ComplaintApprove) {
        return Err(CaseError::Forbidden(Permission::ComplaintApprove));
    }
    let (row, case) = lock_open(change, ticket).await?;
    let (mut compensation, known) = find(change, ticket, id).await?;
    let next = match verdict {
        Verdict::Approve => CompensationState::Approved,
        Verdict::Refuse => CompensationState::Refused,
    };
    if compensation.requested_by == agent {
        return Err(CaseError::Refused(Fault::OwnRequest));
    }
    step(&compensation, next)?;
    compensation.decision = match verdict {
        Verdict::Approve => text("reason", reason)?,
        Verdict::Refuse => needed("reason", reason, Fault::SayWhyRefused)?,
    };
    let amount = compensation.amount();
    if verdict == Verdict::Approve
        && !may_give(change, agent, &case, &known, compensation.kind, &amount).await?
    {
        return Err(CaseError::Refused(Fault::AboveCeiling));
    }
    compensation.state = next;
    (compensation.decided_by, compensation.decided_at) = (Some(agent), Some(change.now()));
    write(change, &compensation).await?;
    let kind = NotificationKind::CompensationDecided;
    notify(change, compensation.requested_by, kind, ticket, None).await?;
    save(change, row, &case).await
}

/// Says that an approved compensation was paid.
pub async fn pay(change: &mut Change, ticket: TicketId, id: CompensationId) -> Result<()> {
    person(change)?;
    let (row, case) = lock_open(change, ticket).await?;
    let (mut compensation, _) = find(change, ticket, id).await?;
    step(&compensation, CompensationState::Paid)?;
    (compensation.state, compensation.paid_at) = (CompensationState::Paid, Some(change.now()));
    write(change, &compensation).await?;
    save(change, row, &case).await
}

/// Takes back what was asked for or approved, before it is paid: whoever asked, or somebody who approves.
pub async fn withdraw(change: &mut Change, ticket: TicketId, id: CompensationId, reason: &str) -> Result<()> {
    let agent = person(change)?;
    let (row, case) = lock_open(change, ticket).await?;
    let (mut compensation, _) = find(change, ticket, id).await?;
    if compensation.requested_by != agent && !change.actor().may(Permission::ComplaintApprove) {
        return Err(CaseError::Forbidden(Permission::ComplaintApprove));
    }
    step(&compensation, CompensationState::Withdrawn)?;
    compensation.state = CompensationState::Withdrawn;
    compensation.decision = text("reason", reason)?;
    write(change, &compensation).await?;
    save(change, row, &case).await
}

async fn find(
    change: &mut Change,
    ticket: TicketId,
    id: CompensationId,
) -> Result<(CompensationRow, Vec<CompensationRow>)> {
    let workspace = change.workspace();
    let all = complaints::compensations(change.tx(), workspace, ticket).await?;
    let found = all.iter().find(|row| row.id == id).cloned();
    Ok((found.ok_or(CaseError::NotFound("compensation"))?, all))
}

fn step(compensation: &CompensationRow, next: CompensationState) -> Result<()> {
    if compensation.state.may_become(next) {
        return Ok(());
    }
    Err(CaseError::Conflict(match compensation.state {
        CompensationState::Requested => Fault::NotApproved,
        CompensationState::Approved => Fault::ApprovedAlready,
        CompensationState::Refused => Fault::WasRefused,
        CompensationState::Paid => Fault::PaidAlready,
        CompensationState::Withdrawn => Fault::TakenBack,
    }))
}

async fn write(change: &mut Change, compensation: &CompensationRow) -> Result<()> {
    let workspace = change.workspace();
    complaints::save_compensation(change.tx(), workspace, compensation).await?;
    tell(change, compensation);
    Ok(())
}

fn tell(change: &mut Change, compensation: &CompensationRow) {
    change.record(
        compensation.ticket_id,
        Event::CompensationChanged {
            compensation: compensation.id,
            state: compensation.state,
        },
    );
}
