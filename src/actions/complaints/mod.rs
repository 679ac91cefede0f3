//! The case of a complaint: opened, graded, taken, mended, compensated, closed. Every change of it is kept.

mod closing;
mod compensations;
mod editing;
mod evidence;
mod grading;
mod ladder;
mod opening;
mod reading;
pub mod rules;

use shouwen_core::actor::Permission;
use shouwen_core::complaint::{CaseField, CaseState};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, TicketId};

use super::replies::lock_visible;
use crate::db;
use crate::log::Change;
use crate::store::complaints::{self, CaseRow, ChangeRow};
use crate::store::tickets::{self, TicketRow};

pub use closing::{FollowUp, close, finish_follow_up, follow_up_due, reopen, set_follow_up};
pub use compensations::{NewCompensation, Verdict, decide, pay, request, withdraw};
pub use editing::{Authority, CaseEdits, authority_due, check_item, edit};
pub use evidence::{NewEvidence, add_evidence, remove_evidence};
pub use grading::grade;
pub use ladder::{climb, take};
pub use opening::{become_complaint, open, stop_being_complaint};
pub use reading::read_message;

/// The longest reason, note or cause, in characters.
pub const LONGEST_TEXT: usize = 5_000;

#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// One field of what was given is wrong.
    #[error("{1}")]
    Wrong(&'static str, Fault),
    /// What is there stands against it.
    #[error("{0}")]
    Conflict(Fault),
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    #[error("{0}")]
    Refused(Fault),
    #[error(transparent)]
    Store(#[from] db::Error),
}

pub type Result<T> = std::result::Result<T, CaseError>;

/// The ticket and its case, locked, if the actor may see them.
async fn lock(change: &mut Change, ticket: TicketId) -> Result<(TicketRow, CaseRow)> {
    let row = lock_visible(change, ticket)
        .await?
        .ok_or(CaseError::NotFound("ticket"))?;
    let workspace = change.workspace();
    let case = complaints::lock(change.tx(), workspace, ticket).await?;
    Ok((row, case.ok_or(CaseError::NotFound("case"))?))
}

/// As [`lock`]; a closed case changes no more until it is reopened.
async fn lock_open(change: &mut Change, ticket: TicketId) -> Result<(TicketRow, CaseRow)> {
    let (row, case) = lock(change, ticket).await?;
    if case.state == CaseState::Closed {
        return Err(CaseError::Conflict(Fault::CaseClosed));
    }
    Ok((row, case))
}

/// Writes back both.
async fn save(change: &mut Change, mut ticket: TicketRow, case: &CaseRow) -> Result<()> {
    let workspace = change.workspace();
    ticket.updated_at = change.now();
    complaints::save(change.tx(), workspace, case).await?;
    tickets::save(change.tx(), workspace, &ticket).await?;
    Ok(())
}

/// Keeps what a field held and holds, with the reason, and tells of it without the words.
async fn keep(
    change: &mut Change,
    ticket: TicketId,
    field: CaseField,
    old: Option<String>,
    new: Option<String>,
    reason: &str,
) -> std::result::Result<(), db::Error> {
    let (workspace, actor) = (change.workspace(), change.actor().who);
    let row = ChangeRow {
        id: change.next_id(),
        field,
        old,
        new,
        reason: reason.trim().to_owned(),
        actor_kind: actor.kind(),
        actor_id: actor.id(),
        at: change.now(),
    };
    complaints::add_change(change.tx(), workspace, ticket, &row).await
}

/// The same for a field that has no event of its own.
async fn keep_and_tell(
    change: &mut Change,
    ticket: TicketId,
    field: CaseField,
    old: Option<String>,
    new: Option<String>,
    reason: &str,
) -> Result<()> {
    keep(change, ticket, field, old, new, reason).await?;
    change.record(ticket, Event::CaseChanged { field });
    Ok(())
}

/// Whoever acts must be a person: money and grades have a name under them.
fn person(change: &Change) -> Result<AgentId> {
    change
        .actor()
        .agent()
        .ok_or(CaseError::Refused(Fault::KeyIsNobody))
}

/// A text of at most [`LONGEST_TEXT`] characters, without white space around it and without U+0000.
fn text(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim().replace('\0', "");
    if text.chars().count() > LONGEST_TEXT {
        return Err(CaseError::Wrong(field, Fault::TooLong { most: LONGEST_TEXT }));
    }
    Ok(text)
}

/// As [`text`], and there must be one.
fn needed(field: &'static str, given: &str, what: Fault) -> Result<String> {
    let given = text(field, given)?;
    if given.is_empty() {
        return Err(CaseError::Wrong(field, what));
    }
    Ok(given)
}
