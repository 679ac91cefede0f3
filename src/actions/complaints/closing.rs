//! Closing a case on the customer's word or a supervisor's, reopening it, and asking the customer again later.

use shouwen_core::actor::Permission;
use shouwen_core::complaint::{CaseDue, CaseField, CaseState, Closure, CompensationState};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::TicketId;
use shouwen_core::time::{Length, Timestamp};

use super::{
    CaseError, Result, editing, keep, keep_and_tell, ladder, lock, lock_open, needed, person, rules, save,
    text,
};
use crate::actions::notifications::notify;
use crate::db;
use crate::log::Change;
use crate::store::complaints::{self, CaseRow};
use crate::store::notifications::NotificationKind;
use crate::store::{tickets, timers};

const AUTHORITY_TIMER: &str = "authority_due";
const FOLLOW_UP_TIMER: &str = "case_follow_up";

/// Closes the case. `note` says how the customer confirmed, or what the supervisor vouches for.
pub async fn close(change: &mut Change, ticket: TicketId, closure: Closure, note: &str) -> Result<()> {
    let agent = person(change)?;
    let note = needed("note", note, Fault::SayHowSettled)?;
    match closure {
        Closure::Customer => {}
        Closure::Supervisor if change.actor().may(Permission::ComplaintClose) => {}
        Closure::Supervisor => return Err(CaseError::Forbidden(Permission::ComplaintClose)),
        Closure::Mistaken => {
            let detail = Fault::ChangeKindInstead;
            return Err(CaseError::Wrong("closure", detail));
        }
    }
    let (row, mut case) = lock_open(change, ticket).await?;
    check_ready(change, &case).await?;
    (case.state, case.closure) = (CaseState::Closed, Some(closure));
    (case.closed_at, case.closed_by) = (Some(change.now()), Some(agent));
    case.closed_note.clone_from(&note);
    ladder::stop(change, &mut case).await?;
    let workspace = change.workspace();
    timers::remove_of_ticket(change.tx(), workspace, ticket, AUTHORITY_TIMER).await?;
    plan_follow_up(change, &mut case).await?;
    keep(
        change,
        ticket,
        CaseField::State,
        Some("open".to_owned()),
        Some(closure.to_string()),
        &note,
    )
    .await?;
    change.record(ticket, Event::CaseClosed { closure });
    save(change, row, &case).await
}

/// What must be done before a case is closed.
async fn check_ready(change: &mut Change, case: &CaseRow) -> Result<()> {
    let (workspace, ticket) = (change.workspace(), case.ticket_id);
    let Some(grade) = case.grade else {
        return Err(CaseError::Conflict(Fault::GradeUnconfirmed));
    };
    let rule = rules::rule(change.tx(), workspace, grade).await?;
    let done = complaints::checks(change.tx(), workspace, ticket).await?;
    let is_open = |key: &str| !done.iter().any(|check| check.key == key);
    if rule
        .checklist
        .iter()
        .any(|item| item.required && is_open(&item.key))
    {
        return Err(CaseError::Conflict(Fault::ChecklistOpen));
    }
    let given = complaints::compensations(change.tx(), workspace, ticket).await?;
    if given.iter().any(|row| row.state == CompensationState::Requested) {
        return Err(CaseError::Conflict(Fault::CompensationWaits));
    }
    if given.iter().any(|row| row.state == CompensationState::Approved) {
        return Err(CaseError::Conflict(Fault::CompensationUnpaid));
    }
    Ok(())
}

/// The grade's rule has the customer asked again some days later, unless somebody planned it already.
async fn plan_follow_up(change: &mut Change, case: &mut CaseRow) -> Result<()> {
    let workspace = change.workspace();
    let rule = rules::rule(change.tx(), workspace, case.effective_grade()).await?;
    let planned = case.follow_up_at.is_some() && case.follow_up_done_at.is_none();
    if let (false, Some(days)) = (planned, rule.follow_up_days) {
        let due = change.now().plus(Length::days(days));
        (case.follow_up_at, case.follow_up_done_at) = (Some(due), None);
        case.follow_up_outcome.clear();
        ladder::set_timer(change, case.ticket_id, FOLLOW_UP_TIMER, due).await?;
    }
    Ok(())
}

/// Opens a closed case again: its ladder begins anew.
pub async fn reopen(change: &mut Change, ticket: TicketId, reason: &str) -> Result<()> {
    person(change)?;
    let reason = needed("reason", reason, Fault::SayWhyReopened)?;
    let (row, mut case) = lock(change, ticket).await?;
    if case.state == CaseState::Open {
        return Err(CaseError::Conflict(Fault::CaseOpen));
    }
    if case.closure == Some(Closure::Mistaken) {
        return Err(CaseError::Conflict(Fault::NoComplaint));
    }
    let from = case.closure.map(|closure| closure.to_string());
    (case.state, case.closure, case.closed_at, case.closed_by) = (CaseState::Open, None, None, None);
    case.closed_note.clear();
    ladder::start(change, &row, &mut case).await?;
    if let Some(due) = case.authority_due_at.filter(|due| *due > change.now()) {
        ladder::set_timer(change, ticket, AUTHORITY_TIMER, due).await?;
    }
    keep(
        change,
        ticket,
        CaseField::State,
        from,
        Some("open".to_owned()),
        &reason,
    )
    .await?;
    change.record(ticket, Event::CaseReopened);
    save(change, row, &case).await
}

#[derive(Debug, Clone)]
pub struct FollowUp {
    pub due_at: Timestamp,
    pub note: String,
}

/// Plans when the customer is asked again; open and closed cases alike.
pub async fn set_follow_up(change: &mut Change, ticket: TicketId, follow_up: &FollowUp) -> Result<()> {
    person(change)?;
    let note = text("note", &follow_up.note)?;
    if follow_up.due_at <= change.now() {
        return Err(CaseError::Wrong("due_at", Fault::TimeToCome));
    }
    let (row, mut case) = lock(change, ticket).await?;
    let before = case.follow_up_at.map(|at| at.to_string());
    (case.follow_up_at, case.follow_up_done_at) = (Some(follow_up.due_at), None);
    (case.follow_up_note, case.follow_up_outcome) = (note.clone(), String::new());
    ladder::set_timer(change, ticket, FOLLOW_UP_TIMER, follow_up.due_at).await?;
    let now = Some(follow_up.due_at.to_string());
    keep_and_tell(change, ticket, CaseField::FollowUp, before, now, &note).await?;
    save(change, row, &case).await
}

/// The customer was asked again.
pub async fn finish_follow_up(change: &mut Change, ticket: TicketId, outcome: &str) -> Result<()> {
    person(change)?;
    let workspace = change.workspace();
    let outcome = needed("outcome", outcome, Fault::SayOutcome)?;
    let (row, mut case) = lock(change, ticket).await?;
    if case.follow_up_at.is_none() || case.follow_up_done_at.is_some() {
        return Err(CaseError::Conflict(Fault::NoFollowUp));
    }
    case.follow_up_done_at = Some(change.now());
    case.follow_up_outcome.clone_from(&outcome);
    timers::remove_of_ticket(change.tx(), workspace, ticket, FOLLOW_UP_TIMER).await?;
    keep_and_tell(
        change,
        ticket,
        CaseField::FollowUp,
        None,
        Some("done".to_owned()),
        &outcome,
    )
    .await?;
    save(change, row, &case).await
}

/// A follow-up is due. Whether it still holds is found out under the locks.
pub async fn follow_up_due(change: &mut Change, ticket: TicketId) -> std::result::Result<(), db::Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(row) = tickets::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let Some(case) = complaints::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    if case.follow_up_done_at.is_some() || case.follow_up_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let what = CaseDue::FollowUp;
    change.record(ticket, Event::CaseFellDue { what });
    for agent in editing::answerers(change, &row, &case).await? {
        notify(change, agent, NotificationKind::CaseFollowUp, ticket, None).await?;
    }
    Ok(())
}
