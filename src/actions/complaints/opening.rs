//! A ticket becomes a complaint: its case is opened with what the desk suggests.

use shouwen_core::complaint::{
    self, CaseField, CaseState, Closure, CompensationState, Findings, Suggestion, TicketKind,
};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::TicketId;
use shouwen_core::ticket::Field;

use super::{CaseError, Result, keep, ladder, lock_visible, reading, rules};
use crate::actions::tickets::note_edit;
use crate::db;
use crate::log::Change;
use crate::store::complaints::{self, CaseRow};
use crate::store::tickets::{self, TicketRow};

/// Opens the case of a ticket, and says that the ticket is a complaint.
pub async fn open(change: &mut Change, ticket: TicketId) -> Result<()> {
    let workspace = change.workspace();
    let mut row = lock_visible(change, ticket)
        .await?
        .ok_or(CaseError::NotFound("ticket"))?;
    if let Some(case) = complaints::find(change.tx(), workspace, ticket).await? {
        return Err(CaseError::Conflict(if case.state == CaseState::Closed {
            Fault::CaseThereClosed
        } else {
            Fault::CaseThere
        }));
    }
    if row.kind != TicketKind::Complaint.as_str() {
        let from = std::mem::replace(&mut row.kind, TicketKind::Complaint.as_str().to_owned());
        note_edit(change, &row, Field::Kind, Some(from), Some(row.kind.clone())).await?;
    }
    become_complaint(change, &row).await?;
    row.updated_at = change.now();
    tickets::save(change.tx(), workspace, &row).await?;
    Ok(())
}

/// Opens the case of a ticket that was just said to be a complaint, or takes up the one it had by mistake.
pub async fn become_complaint(change: &mut Change, ticket: &TicketRow) -> std::result::Result<(), db::Error> {
    let (workspace, actor) = (change.workspace(), change.actor().who);
    if let Some(mut case) = complaints::lock(change.tx(), workspace, ticket.id).await? {
        if case.closure == Some(Closure::Mistaken) {
            (case.state, case.closure, case.closed_at, case.closed_by) = (CaseState::Open, None, None, None);
            ladder::start(change, ticket, &mut case).await?;
            complaints::save(change.tx(), workspace, &case).await?;
            change.record(ticket.id, Event::CaseReopened);
        }
        return Ok(());
    }
    let suggestion = suggestion(change, ticket).await?;
    let mut category = None;
    if let Some(topic) = suggestion.topic {
        let id = rules::built_in_category(topic);
        category = rules::use_category(change, id).await?.map(|row| row.id);
    }
    let mut case = CaseRow {
        ticket_id: ticket.id,
        version: 1,
        state: CaseState::Open,
        opened_at: change.now(),
        opened_by_kind: actor.kind(),
        opened_by: actor.id(),
        suggested: suggestion.grade,
        grade: None,
        category_id: category,
        cause: String::new(),
        liable: None,
        remedy: None,
        remedy_note: String::new(),
        cost_minor: None,
        cost_currency: None,
        authority_name: String::new(),
        authority_number: String::new(),
        authority_due_at: None,
        follow_up_at: None,
        follow_up_note: String::new(),
        follow_up_done_at: None,
        follow_up_outcome: String::new(),
        ladder_level: 0,
        answer_by: None,
        called_at: None,
        ladder_calendar_id: None,
        taken_by: None,
        taken_at: None,
        closed_at: None,
        closure: None,
        closed_by: None,
        closed_note: String::new(),
    };
    complaints::add(change.tx(), workspace, &case).await?;
    change.record(ticket.id, Event::CaseOpened);
    ladder::start(change, ticket, &mut case).await?;
    complaints::save(change.tx(), workspace, &case).await
}

/// What the desk makes of the ticket now: what was read, with what is known of the customer today.
async fn suggestion(change: &mut Change, ticket: &TicketRow) -> std::result::Result<Suggestion, db::Error> {
    let workspace = change.workspace();
    let policy = rules::policy(change.tx(), workspace).await?;
    let known = complaints::find_reading(change.tx(), workspace, ticket.id).await?;
    let findings = known.map_or_else(Findings::default, |known| known.findings.0);
    let circumstances = reading::circumstances(change, ticket, policy.repeat_days).await?;
    Ok(complaint::suggest(&findings, &circumstances, &policy))
}

/// The ticket was no complaint after all. `Some`: why its case stands against that.
pub async fn stop_being_complaint(
    change: &mut Change,
    ticket: &TicketRow,
) -> std::result::Result<Option<Fault>, db::Error> {
    let workspace = change.workspace();
    let Some(mut case) = complaints::lock(change.tx(), workspace, ticket.id).await? else {
        return Ok(None);
    };
    if case.state == CaseState::Closed {
        return Ok(None);
    }
    let given = complaints::compensations(change.tx(), workspace, ticket.id).await?;
    let stands = |state| !matches!(state, CompensationState::Refused | CompensationState::Withdrawn);
    if case.grade.is_some() || given.iter().any(|row| stands(row.state)) {
        return Ok(Some(Fault::CaseStands));
    }
    (case.state, case.closure) = (CaseState::Closed, Some(Closure::Mistaken));
    (case.closed_at, case.closed_by) = (Some(change.now()), change.actor().agent());
    ladder::stop(change, &mut case).await?;
    complaints::save(change.tx(), workspace, &case).await?;
    let closed = Some(Closure::Mistaken.to_string());
    keep(change, ticket.id, CaseField::State, None, closed, "").await?;
    let closure = Closure::Mistaken;
    change.record(ticket.id, Event::CaseClosed { closure });
    Ok(None)
}
