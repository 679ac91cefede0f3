//! Which macros a complaint's grade allows, and the sentence that says why one is not.

use shouwen_core::complaint::{CaseState, Grade, GradeRule, MacroUse, TicketKind};
use shouwen_core::id::{MacroId, WorkspaceId};

use crate::actions::complaints::rules;
use crate::db::{Conn, Error};
use crate::store::tickets::TicketRow;
use crate::store::{complaints, macros};

/// Macros that a sentence names.
const NAMED: usize = 3;

/// The grade that the ticket's open case holds, with its rule; `None` for what is no complaint.
pub(super) async fn of_ticket(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
) -> Result<Option<(Grade, GradeRule)>, Error> {
    if ticket.kind != TicketKind::Complaint.as_str() {
        return Ok(None);
    }
    let case = complaints::find(conn, workspace, ticket.id).await?;
    let Some(case) = case.filter(|case| case.state == CaseState::Open) else {
        return Ok(None);
    };
    let grade = case.effective_grade();
    Ok(Some((grade, rules::rule(conn, workspace, grade).await?)))
}

/// Whether an answer that was written from these macros may go out. Asks for nothing but the grade: the words are the
/// agent's by now, whoever may use the macro today. `Some`: the sentence that says why not.
pub async fn check_sent(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
    used: &[MacroId],
) -> Result<Option<String>, Error> {
    if used.is_empty() {
        return Ok(None);
    }
    let Some((grade, rule)) = of_ticket(conn, workspace, ticket).await? else {
        return Ok(None);
    };
    match used.iter().find(|id| !rule.allows_macro(**id)) {
        Some(id) => refusal(conn, workspace, *id, grade, &rule).await.map(Some),
        None => Ok(None),
    }
}

/// Why a macro may not be used in a complaint of this grade.
pub(super) async fn refusal(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: MacroId,
    grade: Grade,
    rule: &GradeRule,
) -> Result<String, Error> {
    let mut asked = rule.macro_ids.clone();
    asked.push(id);
    let names = macros::names(conn, workspace, &asked).await?;
    let name_of = |id: &MacroId| names.iter().find(|(known, _)| known == id);
    let own = name_of(&id).map_or_else(
        || "A saved reply that was deleted".to_owned(),
        |(_, name)| format!("“{name}”"),
    );
    let allowed: Vec<&str> = rule
        .macro_ids
        .iter()
        .filter_map(name_of)
        .map(|(_, name)| name.as_str())
        .collect();
    Ok(sentence(&own, grade, rule.macros, &allowed))
}

fn sentence(own: &str, grade: Grade, uses: MacroUse, allowed: &[&str]) -> String {
    let grade = grade.as_str().to_uppercase();
    if uses != MacroUse::Listed || allowed.is_empty() {
        return format!(
            "{own} may not be used here: grade {grade} complaints allow no saved replies. Answer in your own words"
        );
    }
    let named: Vec<String> = allowed
        .iter()
        .take(NAMED)
        .map(|name| format!("“{name}”"))
        .collect();
    let more = match allowed.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "{own} may not be used here: grade {grade} complaints allow only {}{more}",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_the_grade_allows() {
        for (uses, allowed, wanted) in [
            (
                MacroUse::None,
                &[][..],
                "“Sorry” may not be used here: grade II complaints allow no saved replies. Answer in your own words",
            ),
            (
                MacroUse::Listed,
                &["A", "B"],
                "“Sorry” may not be used here: grade II complaints allow only “A”, “B”",
            ),
            (
                MacroUse::Listed,
                &["A", "B", "C", "D", "E"],
                "“Sorry” may not be used here: grade II complaints allow only “A”, “B”, “C” and 2 more",
            ),
        ] {
            assert_eq!(sentence("“Sorry”", Grade::Ii, uses, allowed), wanted);
        }
    }
}
