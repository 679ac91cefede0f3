//! Reading what a customer wrote, inside the change that adds it: the suggestion beside the ticket.

use shouwen_core::complaint::{self, CaseState, Circumstances, Findings, Suggestion, TicketKind};
use shouwen_core::event::Event;
use shouwen_core::time::Length;

use super::{ladder, rules};
use crate::db::{Error, JsonText};
use crate::log::Change;
use crate::store::complaints::{self, ReadingRow};
use crate::store::tickets::TicketRow;

/// Reads one more message of the customer. Writes nothing for what is calm and ordinary.
pub async fn read_message(change: &mut Change, ticket: &TicketRow, text: &str) -> Result<(), Error> {
    let workspace = change.workspace();
    let known = if ticket.last_position > 1 {
        complaints::find_reading(change.tx(), workspace, ticket.id).await?
    } else {
        None
    };
    let policy = rules::policy(change.tx(), workspace).await?;
    let one = complaint::read(text, &policy.currency);
    let findings = match &known {
        Some(known) => known.findings.0.clone().and(&one),
        None => one,
    };
    if known.is_none() && is_ordinary(&findings) {
        return Ok(());
    }
    let circumstances = if complaint::suggest_kind(&findings) == TicketKind::Complaint {
        circumstances(change, ticket, policy.repeat_days).await?
    } else {
        Circumstances::default()
    };
    let suggestion = complaint::suggest(&findings, &circumstances, &policy);
    let before = known.map(|known| known.suggestion.0);
    let row = ReadingRow {
        findings: JsonText(findings),
        suggestion: JsonText(suggestion),
        at: change.now(),
    };
    complaints::save_reading(change.tx(), workspace, ticket.id, &row).await?;
    tell(change, ticket, before.as_ref(), &row.suggestion.0).await
}

/// Nothing that a person would want to be shown.
fn is_ordinary(findings: &Findings) -> bool {
    findings.signals.is_empty()
        && findings.negative == 0
        && complaint::suggest_kind(findings) == TicketKind::Inquiry
        && findings.topics.is_empty()
}

/// What is known of the customer beyond this ticket.
pub(super) async fn circumstances(
    change: &mut Change,
    ticket: &TicketRow,
    repeat_days: i64,
) -> Result<Circumstances, Error> {
    let workspace = change.workspace();
    let since = change.now().minus(Length::days(repeat_days));
    complaints::circumstances(change.tx(), workspace, ticket.customer_id, ticket.id, since).await
}

/// Tells of a suggestion that changed; a case whose grade nobody confirmed yet follows it when it becomes graver.
async fn tell(
    change: &mut Change,
    ticket: &TicketRow,
    before: Option<&Suggestion>,
    now: &Suggestion,
) -> Result<(), Error> {
    let same = before.is_some_and(|before| before.kind == now.kind && before.grade == now.grade);
    if now.kind != TicketKind::Complaint || same {
        return Ok(());
    }
    change.record(ticket.id, Event::GradeSuggested { grade: now.grade });
    let workspace = change.workspace();
    if ticket.kind != TicketKind::Complaint.as_str() {
        return Ok(());
    }
    let Some(mut case) = complaints::lock(change.tx(), workspace, ticket.id).await? else {
        return Ok(());
    };
    let is_graver = now.grade < case.suggested;
    if case.grade.is_none() && case.state == CaseState::Open && is_graver {
        case.suggested = now.grade;
        ladder::start(change, ticket, &mut case).await?;
        complaints::save(change.tx(), workspace, &case).await?;
    }
    Ok(())
}
