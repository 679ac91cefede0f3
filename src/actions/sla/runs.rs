//! Runs over the open tickets, page by page: what a draft would change, or writing what a change changed. Each page is
//! a small change of its own, so that nobody at the desk waits.

use serde::{Deserialize, Serialize};
use shouwen_core::fault::Fault;
use shouwen_core::id::{CalendarId, SlaPolicyId, SlaRunId, TicketId, WorkspaceId};
use shouwen_core::sla::Book;
use shouwen_core::sla::policy::Policy;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::book::{self, Books};
use super::policies::{PolicyForm, check, check_order};
use super::settle::{Moved, Steps, overdue, settle};
use super::{calendars as editing, story};
use crate::actions::administration::{self, AdminError, Result};
use crate::db::{Conn, Error};
use crate::log::Change;
use crate::store::sla::calendars::{self, Rules};
use crate::store::sla::runs::{self, RunKind, RunRow, RunState};
use crate::store::sla::{clocks, policies};

/// How many tickets share a change.
pub const PAGE: i64 = 25;
/// How many are read at a time when nothing is written.
pub const GLANCE: i64 = 200;
/// The job that carries a run out.
const RUN: &str = "sla_run";

/// What is to be tried.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Draft {
    Policy {
        id: Option<SlaPolicyId>,
        form: PolicyForm,
    },
    Delete(SlaPolicyId),
    Order(Vec<SlaPolicyId>),
    Calendar {
        id: CalendarId,
        rules: Rules,
    },
}

/// Starts writing what another book changes; it goes on in a job.
pub async fn start(change: &mut Change) -> Result<SlaRunId> {
    add(change, RunKind::Recompute, None).await
}

/// Starts finding out what a draft would change.
pub async fn preview(change: &mut Change, draft: &Draft) -> Result<SlaRunId> {
    let (workspace, now) = (change.workspace(), change.now());
    if let Draft::Policy { form, .. } = draft {
        check(change, form).await?;
    }
    let mut book = book::read(change.tx(), workspace, now).await?;
    apply(change.tx(), workspace, &mut book, draft, now).await?;
    let text = serde_json::to_string(draft).unwrap_or_default();
    add(change, RunKind::Preview, Some(text)).await
}

async fn add(change: &mut Change, kind: RunKind, draft: Option<String>) -> Result<SlaRunId> {
    let (workspace, now) = (change.workspace(), change.now());
    let row = RunRow {
        id: change.next_id(),
        kind,
        state: RunState::Waiting,
        draft,
        total: 0,
        done: 0,
        moved: 0,
        become_overdue: 0,
        no_longer_overdue: 0,
        last_ticket: None,
        error: None,
        created_at: now,
        finished_at: None,
    };
    runs::add(change.tx(), workspace, &row).await?;
    change.enqueue(RUN, &serde_json::json!({ "run": row.id }), now);
    Ok(row.id)
}

/// The book as it would be with the draft.
pub async fn apply(
    conn: &mut Conn,
    workspace: WorkspaceId,
    book: &mut Book,
    draft: &Draft,
    now: Timestamp,
) -> Result<()> {
    match draft {
        Draft::Policy { id, form } => set_policy(book, *id, form)?,
        Draft::Delete(id) => {
            let before = book.policies.len();
            book.policies
                .retain(|policy| policy.id != *id || policy.id.0 == workspace.0);
            if book.policies.len() == before {
                return Err(AdminError::NotFound("policy"));
            }
        }
        Draft::Order(ids) => {
            check_order(&policies::all(conn, workspace).await?, ids)?;
            let place = |policy: &Policy| ids.iter().position(|id| *id == policy.id).unwrap_or(usize::MAX);
            book.policies.sort_by_key(place);
        }
        Draft::Calendar { id, rules } => {
            let row = calendars::find(conn, workspace, *id)
                .await?
                .ok_or(AdminError::NotFound("calendar"))?;
            let rules = editing::checked(rules, now)?;
            let days = if rules.feed_url == row.rules.0.feed_url {
                row.feed_days.0
            } else {
                Vec::new()
            };
            book.calendars
                .extend(book::build(&rules, &days, now).map(|calendar| (*id, calendar)));
        }
    }
    Ok(())
}

fn set_policy(book: &mut Book, id: Option<SlaPolicyId>, form: &PolicyForm) -> Result<()> {
    if let Err((field, detail)) = form.terms.check() {
        return administration::wrong(field, detail);
    }
    let calendar = form.terms.calendar_id;
    if calendar.is_some_and(|calendar| !book.calendars.contains_key(&calendar)) {
        return administration::wrong("calendar_id", Fault::NoSuchCalendar);
    }
    let Some(id) = id else {
        let last = book.policies.len().saturating_sub(1);
        // No version is like a draft's: every ticket that it takes moves.
        let drafted = Policy {
            id: SlaPolicyId(Uuid::nil()),
            version: 0,
            name: form.name.clone(),
            terms: form.terms.clone(),
        };
        book.policies.insert(last, drafted);
        return Ok(());
    };
    let held = book.policies.iter_mut().find(|policy| policy.id == id);
    let held = held.ok_or(AdminError::NotFound("policy"))?;
    held.name.clone_from(&form.name);
    held.terms = form.terms.clone();
    Ok(())
}

/// Takes the next page of a recomputation. The run as it stands then; none when there is no such run.
pub async fn take_page(
    change: &mut Change,
    books: &Books,
    id: SlaRunId,
) -> std::result::Result<Option<RunRow>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(mut run) = runs::lock(change.tx(), workspace, id).await? else {
        return Ok(None);
    };
    if run.finished_at.is_some() {
        return Ok(Some(run));
    }
    begin(change.tx(), workspace, &mut run).await?;
    let after = run.last_ticket.unwrap_or(TicketId(Uuid::nil()));
    let page = runs::open_tickets(change.tx(), workspace, after, PAGE).await?;
    clocks::lock(change.tx(), workspace, &page).await?;
    let moved = if page.is_empty() {
        Moved::default()
    } else {
        settle(change, books, &page, Steps::Leave).await?
    };
    count(&mut run, &page, PAGE, moved, now);
    runs::save(change.tx(), workspace, &run).await?;
    Ok(Some(run))
}

/// What a draft would do to the next open tickets. Nothing is written.
pub async fn glance(
    conn: &mut Conn,
    workspace: WorkspaceId,
    book: &Book,
    run: &mut RunRow,
    now: Timestamp,
) -> std::result::Result<(), Error> {
    begin(conn, workspace, run).await?;
    let after = run.last_ticket.unwrap_or(TicketId(Uuid::nil()));
    let page = runs::open_tickets(conn, workspace, after, GLANCE).await?;
    let mut moved = Moved::default();
    if !page.is_empty() {
        let subjects = clocks::subjects(conn, workspace, &page).await?;
        for story in story::read(conn, workspace, subjects, book).await? {
            let verdict = story.judge(book, now);
            let (was, is) = overdue(&story, &verdict, now);
            let held = story.subject.sla_policy_id;
            let same = held == verdict.policy.map(|(policy, _)| policy)
                && verdict.derived.current() == story.stored_in_order();
            moved.moved += i64::from(!same);
            moved.become_overdue += i64::from(is && !was);
            moved.no_longer_overdue += i64::from(was && !is);
        }
    }
    count(run, &page, GLANCE, moved, now);
    Ok(())
}

async fn begin(conn: &mut Conn, workspace: WorkspaceId, run: &mut RunRow) -> std::result::Result<(), Error> {
    if run.state == RunState::Waiting {
        run.state = RunState::Running;
        run.total = runs::count_open(conn, workspace).await?;
    }
    Ok(())
}

fn count(run: &mut RunRow, page: &[TicketId], most: i64, moved: Moved, now: Timestamp) {
    let taken = i64::try_from(page.len()).unwrap_or(i64::MAX);
    run.done += taken;
    run.moved += moved.moved;
    run.become_overdue += moved.become_overdue;
    run.no_longer_overdue += moved.no_longer_overdue;
    run.last_ticket = page.last().copied().or(run.last_ticket);
    run.total = run.total.max(run.done);
    if taken < most {
        (run.state, run.finished_at) = (RunState::Done, Some(now));
    }
}

/// Writes how far a preview is.
pub async fn note(change: &mut Change, run: &RunRow) -> std::result::Result<(), Error> {
    let workspace = change.workspace();
    runs::save(change.tx(), workspace, run).await
}
