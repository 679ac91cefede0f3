//! The ladder: who must take a case by when. "I take it" stops it; when nobody does, the next step is called.

use shouwen_core::actor::Permission;
use shouwen_core::complaint::{CaseField, CaseState, LadderRole, LadderStep, StepHours};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, TicketId};
use shouwen_core::ticket::Field;
use shouwen_core::time::Timestamp;

use super::{CaseError, Result, keep, lock_open, person, rules, save};
use crate::actions::notifications::notify;
use crate::actions::sla::hours::OwnHours;
use crate::actions::tickets::note_edit;
use crate::db::Error;
use crate::log::Change;
use crate::store::agents;
use crate::store::complaints::{self, CaseRow};
use crate::store::notifications::NotificationKind;
use crate::store::tickets::{self, TicketRow};
use crate::store::timers::{self, TimerRow};

/// The kind of the ladder's timer.
const TIMER: &str = "case_ladder";
/// Nobody calls more people at once.
const MOST_CALLED: usize = 50;

/// Calls the first step of the effective grade's ladder. Does not save the case.
pub(super) async fn start(
    change: &mut Change,
    ticket: &TicketRow,
    case: &mut CaseRow,
) -> std::result::Result<(), Error> {
    (case.taken_by, case.taken_at) = (None, None);
    call(change, ticket, case, 0).await
}

/// Nobody has to take the case any more. Does not save it.
pub(super) async fn stop(change: &mut Change, case: &mut CaseRow) -> std::result::Result<(), Error> {
    let workspace = change.workspace();
    (case.answer_by, case.called_at, case.ladder_calendar_id) = (None, None, None);
    timers::remove_of_ticket(change.tx(), workspace, case.ticket_id, TIMER).await
}

/// Calls a step: its people are told, and its time begins.
async fn call(
    change: &mut Change,
    ticket: &TicketRow,
    case: &mut CaseRow,
    level: i64,
) -> std::result::Result<(), Error> {
    let workspace = change.workspace();
    stop(change, case).await?;
    let rule = rules::rule(change.tx(), workspace, case.effective_grade()).await?;
    case.ladder_level = level;
    let role = match rule.step(level) {
        Some(step) => {
            let now = change.now();
            case.called_at = Some(now);
            let due = set_due(change, case, step, now).await?;
            set_timer(change, ticket.id, TIMER, due).await?;
            step.role
        }
        // The ladder is at its end and nobody came.
        None => LadderRole::Administrator,
    };
    let kind = if level == 0 {
        NotificationKind::CaseOpened
    } else {
        NotificationKind::CaseEscalated
    };
    for agent in people(change, ticket, role).await? {
        notify(change, agent, kind, ticket.id, None).await?;
    }
    Ok(())
}

/// Says by when the step that was called at `called_at` must be answered, in the hours that hold now.
async fn set_due(
    change: &mut Change,
    case: &mut CaseRow,
    step: LadderStep,
    called_at: Timestamp,
) -> std::result::Result<Timestamp, Error> {
    let own = match step.hours {
        StepHours::Business => OwnHours::of_ticket(change, case.ticket_id, case.grade).await?,
        StepHours::Always => OwnHours::always(),
    };
    let due = own.add(called_at, step.length());
    (case.answer_by, case.ladder_calendar_id) = (Some(due), own.calendar());
    Ok(due)
}

pub(super) async fn set_timer(
    change: &mut Change,
    ticket: TicketId,
    kind: &'static str,
    due_at: Timestamp,
) -> std::result::Result<(), Error> {
    let workspace = change.workspace();
    timers::remove_of_ticket(change.tx(), workspace, ticket, kind).await?;
    let timer = TimerRow {
        workspace_id: workspace,
        id: change.next_id(),
        ticket_id: Some(ticket),
        kind: kind.to_owned(),
        payload: "null".to_owned(),
        due_at,
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

/// Whom a step calls.
pub(super) async fn people(
    change: &mut Change,
    ticket: &TicketRow,
    role: LadderRole,
) -> std::result::Result<Vec<AgentId>, Error> {
    let workspace = change.workspace();
    match role {
        LadderRole::Assignee => match ticket.assignee_id.or(ticket.owner_id) {
            Some(agent) => Ok(vec![agent]),
            None => team(change, ticket).await,
        },
        LadderRole::Team => team(change, ticket).await,
        LadderRole::Supervisor => holders(change, Permission::ComplaintApprove).await,
        LadderRole::Administrator => {
            let found = holders(change, Permission::AdminComplaints).await?;
            if found.is_empty() {
                return holders(change, Permission::ComplaintApprove).await;
            }
            Ok(found)
        }
    }
    .map(|mut found| {
        found.truncate(MOST_CALLED);
        found
    })
    .inspect(|found| {
        if found.is_empty() {
            tracing::warn!(%workspace, "a step of a complaint's ladder has nobody to call");
        }
    })
}

/// The active members of the ticket's team; without one, those who supervise.
async fn team(change: &mut Change, ticket: &TicketRow) -> std::result::Result<Vec<AgentId>, Error> {
    let workspace = change.workspace();
    let mut found = Vec::new();
    if let Some(team) = ticket.team_id {
        let members = agents::memberships(change.tx(), workspace).await?;
        let active = agents::all(change.tx(), workspace).await?;
        let is_active = |id: &AgentId| active.iter().any(|agent| agent.id == *id && agent.active);
        found.extend(
            members
                .into_iter()
                .filter(|(of, _)| *of == team)
                .map(|(_, id)| id)
                .filter(is_active),
        );
    }
    if found.is_empty() {
        return holders(change, Permission::ComplaintApprove).await;
    }
    Ok(found)
}

/// The active agents whose role gives a permission.
async fn holders(change: &mut Change, permission: Permission) -> std::result::Result<Vec<AgentId>, Error> {
    let workspace = change.workspace();
    let roles = agents::roles(change.tx(), workspace).await?;
    let all = agents::all(change.tx(), workspace).await?;
    let gives = |role| {
        roles
            .iter()
            .any(|row| row.id == role && row.permissions.0.contains(permission))
    };
    Ok(all
        .into_iter()
        .filter(|agent| agent.active && gives(agent.role_id))
        .map(|agent| agent.id)
        .collect())
}

/// "I take it": the ladder stops, and the case has somebody who answers for it.
pub async fn take(change: &mut Change, ticket: TicketId) -> Result<()> {
    let agent = person(change)?;
    let workspace = change.workspace();
    let (mut row, mut case) = lock_open(change, ticket).await?;
    if case.taken_by == Some(agent) {
        return Ok(());
    }
    let rule = rules::rule(change.tx(), workspace, case.effective_grade()).await?;
    let needed = rule.owner_level.permission();
    if !change.actor().may(needed) {
        return Err(CaseError::Forbidden(needed));
    }
    if case.taken_by.is_some() && !change.actor().may(Permission::ComplaintApprove) {
        return Err(CaseError::Conflict(Fault::CaseTaken));
    }
    let before = case.taken_by.map(|id| id.to_string());
    (case.taken_by, case.taken_at) = (Some(agent), Some(change.now()));
    stop(change, &mut case).await?;
    if row.assignee_id.is_none() {
        row.assignee_id = Some(agent);
        note_edit(change, &row, Field::Assignee, None, Some(agent.to_string())).await?;
    }
    keep(
        change,
        ticket,
        CaseField::Taken,
        before,
        Some(agent.to_string()),
        "",
    )
    .await?;
    let level = case.ladder_level;
    change.record(ticket, Event::CaseTaken { level });
    save(change, row, &case).await
}

/// The time of a step is over. Whether it still holds is found out under the locks.
pub async fn climb(change: &mut Change, ticket: TicketId) -> std::result::Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(row) = tickets::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let Some(mut case) = complaints::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let is_due = case.answer_by.is_some_and(|by| by <= now);
    if case.state == CaseState::Closed || case.taken_by.is_some() || !is_due {
        return Ok(());
    }
    if waits_on(change, &mut case).await? {
        return complaints::save(change.tx(), workspace, &case).await;
    }
    let level = case.ladder_level + 1;
    call(change, &row, &mut case, level).await?;
    keep(
        change,
        ticket,
        CaseField::Level,
        Some((level - 1).to_string()),
        Some(level.to_string()),
        "",
    )
    .await?;
    change.record(ticket, Event::CaseEscalated { level });
    complaints::save(change.tx(), workspace, &case).await
}

/// The calendar, the policy or the rule is another one since the step was called, and its time is not over yet.
async fn waits_on(change: &mut Change, case: &mut CaseRow) -> std::result::Result<bool, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let rule = rules::rule(change.tx(), workspace, case.effective_grade()).await?;
    let (Some(called_at), Some(step)) = (case.called_at, rule.step(case.ladder_level)) else {
        return Ok(false);
    };
    let due = set_due(change, case, step, called_at).await?;
    if due <= now {
        return Ok(false);
    }
    set_timer(change, case.ticket_id, TIMER, due).await?;
    let field = CaseField::Level;
    change.record(case.ticket_id, Event::CaseChanged { field });
    Ok(true)
}
