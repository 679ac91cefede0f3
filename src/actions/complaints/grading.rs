//! A person confirms the suggested grade or chooses another.

use shouwen_core::actor::Permission;
use shouwen_core::complaint::{CaseField, Grade};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::TicketId;

use super::{Result, keep, ladder, lock_open, needed, person, rules, save, text};
use crate::log::Change;
use crate::store::agents;
use crate::store::complaints::CaseRow;

/// Confirms or changes the grade. Whoever agrees with what holds needs no words, whoever does not gives a reason.
pub async fn grade(change: &mut Change, ticket: TicketId, grade: Grade, reason: &str) -> Result<()> {
    person(change)?;
    let (row, mut case) = lock_open(change, ticket).await?;
    let held = case.effective_grade();
    let reason = if grade == held {
        text("reason", reason)?
    } else {
        needed("reason", reason, Fault::SayWhyGrade)?
    };
    if case.grade == Some(grade) {
        return Ok(());
    }
    let from = case.grade;
    case.grade = Some(grade);
    // A confirmed suggestion changes nothing for whoever is on the case; another grade calls its own people.
    if grade != held && !still_answers(change, &case, grade).await? {
        ladder::start(change, &row, &mut case).await?;
    }
    keep(
        change,
        ticket,
        CaseField::Grade,
        Some(held.to_string()),
        Some(grade.to_string()),
        &reason,
    )
    .await?;
    change.record(ticket, Event::GradeChanged { from, to: grade });
    save(change, row, &case).await
}

/// Whether whoever took the case may answer for a case of this grade, too.
async fn still_answers(change: &mut Change, case: &CaseRow, grade: Grade) -> Result<bool> {
    let workspace = change.workspace();
    let Some(taken_by) = case.taken_by else {
        return Ok(false);
    };
    let needed: Permission = rules::rule(change.tx(), workspace, grade)
        .await?
        .owner_level
        .permission();
    let Some(agent) = agents::find(change.tx(), workspace, taken_by).await? else {
        return Ok(false);
    };
    let role = agents::find_role(change.tx(), workspace, agent.role_id).await?;
    Ok(agent.active && role.is_some_and(|role| role.permissions.0.contains(needed)))
}
