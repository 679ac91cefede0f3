//! What is found out about a case: category, cause, who is liable, remedy and its cost, the authority's own case.

use shouwen_core::complaint::{CaseDue, CaseField, CaseState, Liable, Money, Remedy};
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::{ComplaintCategoryId, TicketId};
use shouwen_core::time::{Length, Timestamp};

use super::{CaseError, Result, keep_and_tell, ladder, lock_open, person, rules, save, text};
use crate::actions::notifications::notify;
use crate::db;
use crate::log::Change;
use crate::store::complaints::{self, CaseRow, CheckRow};
use crate::store::notifications::NotificationKind;
use crate::store::tickets;

/// What is left out stays; an inner `None` clears.
#[derive(Debug, Clone, Default)]
pub struct CaseEdits {
    pub category: Option<Option<ComplaintCategoryId>>,
    pub cause: Option<String>,
    pub liable: Option<Option<Liable>>,
    pub remedy: Option<Option<Remedy>>,
    pub remedy_note: Option<String>,
    pub cost: Option<Option<Money>>,
    pub authority: Option<Option<Authority>>,
    pub reason: String,
}

/// A case of an authority such as 12315, with its own number and its own deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    pub name: String,
    pub number: String,
    pub due_at: Option<Timestamp>,
}

const AUTHORITY_TIMER: &str = "authority_due";
/// How long before the authority's deadline somebody is warned.
const WARNING: Length = Length::hours(24);

/// Changes what is given; every field that changes is kept with the reason.
pub async fn edit(change: &mut Change, ticket: TicketId, edits: &CaseEdits) -> Result<()> {
    let reason = text("reason", &edits.reason)?;
    let (row, mut case) = lock_open(change, ticket).await?;
    let before = case.clone();
    apply(change, &mut case, edits).await?;
    for (field, old, new) in differences(&before, &case) {
        keep_and_tell(change, ticket, field, old, new, &reason).await?;
    }
    if case.authority_due_at != before.authority_due_at {
        watch_authority(change, &case).await?;
    }
    save(change, row, &case).await
}

async fn apply(change: &mut Change, case: &mut CaseRow, edits: &CaseEdits) -> Result<()> {
    if let Some(category) = edits.category {
        if let Some(id) = category {
            let found = rules::use_category(change, id).await?;
            found.ok_or_else(|| CaseError::Wrong("category_id", Fault::NoSuchCategory))?;
        }
        case.category_id = category;
    }
    if let Some(cause) = &edits.cause {
        case.cause = text("cause", cause)?;
    }
    case.liable = edits.liable.unwrap_or(case.liable);
    case.remedy = edits.remedy.unwrap_or(case.remedy);
    if let Some(note) = &edits.remedy_note {
        case.remedy_note = text("remedy_note", note)?;
    }
    if let Some(cost) = &edits.cost {
        if let Some(cost) = cost {
            check_money("cost", cost)?;
        }
        case.cost_minor = cost.as_ref().map(|cost| cost.minor);
        case.cost_currency = cost.as_ref().map(|cost| cost.currency.clone());
    }
    if let Some(authority) = &edits.authority {
        let none = Authority {
            name: String::new(),
            number: String::new(),
            due_at: None,
        };
        let authority = authority.as_ref().unwrap_or(&none);
        case.authority_name = short("authority/name", &authority.name)?;
        case.authority_number = short("authority/number", &authority.number)?;
        case.authority_due_at = authority.due_at;
    }
    Ok(())
}

fn short(field: &'static str, given: &str) -> Result<String> {
    let given = text(field, given)?;
    if given.chars().count() > 120 {
        return Err(CaseError::Wrong(field, Fault::TooLong { most: 120 }));
    }
    Ok(given)
}

/// A sum in a currency's smallest unit, not below 0 and not beyond reason.
pub(super) fn check_money(field: &'static str, money: &Money) -> Result<()> {
    const MOST: i64 = 100_000_000_000;
    if !(0..=MOST).contains(&money.minor) {
        return Err(CaseError::Wrong(field, Fault::SumOutOfRange { most: MOST }));
    }
    if money.currency.len() != 3 || !money.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(CaseError::Wrong(field, Fault::NotACurrency));
    }
    Ok(())
}

type Difference = (CaseField, Option<String>, Option<String>);

fn differences(before: &CaseRow, now: &CaseRow) -> Vec<Difference> {
    let authority = |case: &CaseRow| {
        let due = case.authority_due_at.map(|due| due.to_string());
        let parts = [
            case.authority_name.clone(),
            case.authority_number.clone(),
            due.unwrap_or_default(),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    };
    let remedy = |case: &CaseRow| {
        let word = case.remedy.map(|remedy| remedy.to_string()).unwrap_or_default();
        let parts: Vec<String> = [word, case.remedy_note.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    };
    let cost = |case: &CaseRow| {
        case.cost()
            .map(|cost| format!("{} {}", cost.minor, cost.currency))
    };
    let words = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let all = [
        (
            CaseField::Category,
            before.category_id.map(|id| id.to_string()),
            now.category_id.map(|id| id.to_string()),
        ),
        (CaseField::Cause, words(&before.cause), words(&now.cause)),
        (
            CaseField::Liable,
            before.liable.map(|word| word.to_string()),
            now.liable.map(|word| word.to_string()),
        ),
        (CaseField::Remedy, remedy(before), remedy(now)),
        (CaseField::Cost, cost(before), cost(now)),
        (CaseField::Authority, authority(before), authority(now)),
    ];
    all.into_iter().filter(|(_, old, new)| old != new).collect()
}

/// The authority's own clock: a warning a day before, and once more when the time is over.
async fn watch_authority(change: &mut Change, case: &CaseRow) -> Result<()> {
    let (workspace, now) = (change.workspace(), change.now());
    match case.authority_due_at {
        Some(due) if due > now => {
            let warning = due.minus(WARNING);
            let at = if warning > now { warning } else { due };
            ladder::set_timer(change, case.ticket_id, AUTHORITY_TIMER, at).await?;
        }
        _ => {
            crate::store::timers::remove_of_ticket(change.tx(), workspace, case.ticket_id, AUTHORITY_TIMER)
                .await?;
        }
    }
    Ok(())
}

/// The authority's deadline is near or over. Whether it still holds is found out under the locks.
pub async fn authority_due(change: &mut Change, ticket: TicketId) -> std::result::Result<(), db::Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(row) = tickets::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let Some(case) = complaints::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let Some(due) = case
        .authority_due_at
        .filter(|due| case.state == CaseState::Open && now >= due.minus(WARNING))
    else {
        return Ok(());
    };
    if now < due {
        ladder::set_timer(change, ticket, AUTHORITY_TIMER, due).await?;
    } else {
        let what = CaseDue::Authority;
        change.record(ticket, Event::CaseFellDue { what });
    }
    for agent in answerers(change, &row, &case).await? {
        notify(change, agent, NotificationKind::AuthorityDue, ticket, None).await?;
    }
    Ok(())
}

/// Who answers for a case: who took it, else those whom its ladder calls.
pub(super) async fn answerers(
    change: &mut Change,
    ticket: &tickets::TicketRow,
    case: &CaseRow,
) -> std::result::Result<Vec<shouwen_core::id::AgentId>, db::Error> {
    match case.taken_by.or(ticket.assignee_id).or(ticket.owner_id) {
        Some(agent) => Ok(vec![agent]),
        None => ladder::people(change, ticket, shouwen_core::complaint::LadderRole::Supervisor).await,
    }
}

/// Marks a thing of the checklist as done, or as not done after all.
pub async fn check_item(change: &mut Change, ticket: TicketId, key: &str, done: bool) -> Result<()> {
    let agent = person(change)?;
    let workspace = change.workspace();
    let (row, case) = lock_open(change, ticket).await?;
    let rule = rules::rule(change.tx(), workspace, case.effective_grade()).await?;
    if !rule.checklist.iter().any(|item| item.key == key) {
        return Err(CaseError::Wrong("key", Fault::NoSuchItem));
    }
    let changed = if done {
        let check = CheckRow {
            key: key.to_owned(),
            done_by: Some(agent),
            done_at: change.now(),
        };
        complaints::check(change.tx(), workspace, ticket, &check).await?
    } else {
        complaints::uncheck(change.tx(), workspace, ticket, key).await?
    };
    if changed {
        let (old, new) = if done {
            (None, Some(key))
        } else {
            (Some(key), None)
        };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        keep_and_tell(change, ticket, CaseField::Checklist, owned(old), owned(new), "").await?;
    }
    save(change, row, &case).await
}
