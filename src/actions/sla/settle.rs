//! Deriving the clocks of tickets and writing what differs: at the end of every change, when a timer is due, and when
//! policies or calendars are others.

use std::collections::HashMap;

use shouwen_core::event::{Event, Origin};
use shouwen_core::id::TicketId;
use shouwen_core::message::{Delivery, Visibility};
use shouwen_core::sla::{Book, Clock, Firing, Happened, LevelKind, Metric};
use shouwen_core::ticket::Field;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::book::Books;
use super::firing::{self, People};
use super::story::{self, Story, Verdict};
use crate::db::Error;
use crate::log::{Change, KeptFold};
use crate::store::sla::clocks::{self, FiringRow, Kept};

/// What became of the tickets of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    pub moved: i64,
    pub become_overdue: i64,
    pub no_longer_overdue: i64,
}

/// How many open tickets of one customer follow at once what changed of the customer.
const MOST_OF_CUSTOMER: i64 = 100;

/// Whether steps that were reached fire here, or are left to the ticket's timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    Fire,
    Leave,
}

/// Ends a change: the clocks of every ticket to which something happened that they look at. The tickets are locked
/// by the change, as every ticket is of which events are recorded.
pub async fn finish(change: &mut Change, books: &Books) -> Result<(), Error> {
    if matches!(change.origin(), Origin::Backfill | Origin::Import) {
        return Ok(());
    }
    let mut touched: Vec<TicketId> = change
        .pending()
        .filter(|(_, one)| moves_clocks(&one.event))
        .map(|(ticket, _)| ticket)
        .collect();
    let workspace = change.workspace();
    let customers = if books.look_at_customers(workspace) {
        change.changed_customers()
    } else {
        Vec::new()
    };
    for customer in customers {
        // Their tier or language may choose another policy.
        let theirs = clocks::open_of_customer(change.tx(), workspace, customer, MOST_OF_CUSTOMER).await?;
        clocks::lock(change.tx(), workspace, &theirs).await?;
        touched.extend(theirs);
    }
    touched.sort_unstable();
    touched.dedup();
    if touched.is_empty() {
        return Ok(());
    }
    settle(change, books, &touched, Steps::Leave).await?;
    Ok(())
}

fn moves_clocks(event: &Event) -> bool {
    match event {
        Event::MessageAdded {
            visibility,
            automatic,
            ..
        } => *visibility == Visibility::Public && !automatic,
        Event::MessageDelivery { state, .. } => matches!(state, Delivery::Failed | Delivery::Sent),
        Event::TicketChanged { field, .. } => matches!(field, Field::Priority | Field::Customer),
        Event::TicketOpened { .. }
        | Event::CategoryChanged { .. }
        | Event::TagAdded { .. }
        | Event::TagRemoved { .. }
        | Event::GradeChanged { .. }
        | Event::Merged { .. }
        | Event::MergedIn { .. }
        | Event::MergeUndone { .. }
        | Event::MergeLeft { .. }
        | Event::SplitOff { .. }
        | Event::SplitFrom { .. }
        | Event::SpamChanged { .. }
        | Event::NoReplyNeeded { .. } => true,
        _ => false,
    }
}

/// Derives the clocks of these tickets, which this change has locked, and writes what differs.
pub async fn settle(
    change: &mut Change,
    books: &Books,
    ids: &[TicketId],
    steps: Steps,
) -> Result<Moved, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let told: Vec<TicketId> = change.pending().map(|(ticket, _)| ticket).collect();
    let mut pending: HashMap<TicketId, Vec<Happened>> = HashMap::new();
    for (ticket, one) in change.unwritten() {
        if ids.contains(&ticket) {
            pending.entry(ticket).or_default().push(one);
        }
    }
    let subjects = clocks::subjects(change.tx(), workspace, ids).await?;
    let Some(stamp) = subjects.first().map(|subject| subject.stamp.unwrap_or_default()) else {
        return Ok(Moved::default());
    };
    let book = books.of(change.tx(), workspace, stamp, now).await?;
    let stories = story::read_on(change.tx(), workspace, subjects, &book, stamp, pending).await?;
    let mut write = Write {
        moved: Moved::default(),
        people: People::default(),
        ..Write::default()
    };
    for story in &stories {
        let verdict = story.judge(&book, now);
        let told = told.contains(&story.subject.id);
        write.take(change, story, &verdict, told).await?;
        let due = due_steps(story, &verdict);
        if steps == Steps::Fire && !due.is_empty() {
            firing::fire(change, &book, story, &verdict, &due, &mut write.people).await?;
        }
        write.keep(change, story, &verdict, &due, steps).await?;
        if due.is_empty() || steps == Steps::Fire {
            keep_fold(change, story, verdict, &book, stamp);
        }
    }
    write.finish(change).await
}

/// So many events of a ticket are read again each time, before it is kept how far they were told.
const LONGEST_READ: usize = 16;

/// Keeps how far a long ticket was told, once nothing of what is forgotten then has yet to fire.
fn keep_fold(change: &mut Change, story: &Story, verdict: Verdict, book: &Book, stamp: Uuid) {
    let Some((policy_id, policy_version)) = verdict.policy.filter(|_| story.read() >= LONGEST_READ) else {
        return;
    };
    let mut fold = verdict.fold;
    fold.shorten(&verdict.terms, book);
    let (first_cycle, next_cycle) = (
        fold.first_cycle(Metric::FirstResponse),
        fold.first_cycle(Metric::NextResponse),
    );
    let Ok(text) = serde_json::to_string(&fold) else {
        return;
    };
    change.keep_fold(KeptFold {
        ticket_id: story.subject.id,
        stamp,
        policy_id,
        policy_version,
        first_cycle,
        next_cycle,
        fold: text,
    });
}

/// The steps that were reached and have not fired: of clocks that still run, and breaches of any.
fn due_steps(story: &Story, verdict: &Verdict) -> Vec<Firing> {
    let fired = |step: &Firing| {
        story.firings.iter().any(|row| {
            row.withdrawn_at.is_none()
                && (row.metric, row.cycle, &row.step) == (step.metric, step.cycle, &step.key)
        })
    };
    let open = |step: &Firing| {
        let mut clocks = verdict.derived.clocks.iter();
        clocks.any(|clock| (clock.metric, clock.cycle) == (step.metric, step.cycle) && clock.is_open())
    };
    let reached = verdict.derived.reached.iter();
    reached
        .filter(|step| !fired(step) && (step.kind == LevelKind::Breach || open(step)))
        .cloned()
        .collect()
}

/// The steps that fired and would not have been reached after all.
fn undone<'a>(story: &'a Story, verdict: &Verdict) -> Vec<&'a FiringRow> {
    let reached = |row: &FiringRow| {
        let mut reached = verdict.derived.reached.iter();
        reached.any(|step| (step.metric, step.cycle, &step.key) == (row.metric, row.cycle, &row.step))
    };
    let standing = story.firings.iter().filter(|row| row.withdrawn_at.is_none());
    standing.filter(|row| !reached(row)).collect()
}

/// What is written for all tickets together.
#[derive(Default)]
struct Write {
    moved: Moved,
    people: People,
    clocks: Vec<(TicketId, Clock)>,
    timers: Vec<(TicketId, Timestamp)>,
    ended: Vec<TicketId>,
}

impl Write {
    /// The clocks that differ, and the steps that are withdrawn.
    async fn take(
        &mut self,
        change: &mut Change,
        story: &Story,
        verdict: &Verdict,
        told: bool,
    ) -> Result<(), Error> {
        let (workspace, now, ticket) = (change.workspace(), change.now(), story.subject.id);
        let current = verdict.derived.current();
        let differs = |clock: &Clock| !story.stored.contains(clock);
        let changed: Vec<Clock> = current.iter().copied().filter(differs).collect();
        let gone: Vec<Metric> = story
            .stored
            .iter()
            .map(|clock| clock.metric)
            .filter(|metric| !current.iter().any(|clock| clock.metric == *metric))
            .collect();
        for metric in &gone {
            clocks::remove(change.tx(), workspace, ticket, *metric).await?;
        }
        let held = story.subject.sla_policy_id.zip(story.subject.sla_policy_version);
        if held.is_some() && held != verdict.policy {
            let (policy, version) = verdict.policy.unzip();
            let version = version.unwrap_or_default();
            change.record(ticket, Event::SlaPolicyChosen { policy, version });
        } else if !told && (!changed.is_empty() || !gone.is_empty()) {
            change.record(ticket, Event::ClocksChanged {});
        }
        self.count(
            story,
            verdict,
            now,
            !changed.is_empty() || !gone.is_empty() || held != verdict.policy,
        );
        self.clocks
            .extend(changed.into_iter().map(|clock| (ticket, clock)));
        for row in undone(story, verdict) {
            clocks::withdraw(change.tx(), workspace, row, now).await?;
            let (metric, cycle, level) = (row.metric, row.cycle, row.kind);
            change.record(ticket, Event::ClockWithdrawn { metric, cycle, level });
        }
        Ok(())
    }

    fn count(&mut self, story: &Story, verdict: &Verdict, now: Timestamp, moved: bool) {
        let (was, is) = overdue(story, verdict, now);
        self.moved.moved += i64::from(moved);
        self.moved.become_overdue += i64::from(is && !was);
        self.moved.no_longer_overdue += i64::from(was && !is);
    }

    /// The ticket's own row, and where its timer stands.
    async fn keep(
        &mut self,
        change: &mut Change,
        story: &Story,
        verdict: &Verdict,
        due: &[Firing],
        steps: Steps,
    ) -> Result<(), Error> {
        let (subject, derived) = (&story.subject, &verdict.derived);
        let waits = steps == Steps::Leave && !due.is_empty();
        let next_at = if waits {
            Some(change.now())
        } else {
            derived.next_at
        };
        let (policy, version) = verdict.policy.unzip();
        let kept = Kept {
            ticket: subject.id,
            policy,
            version,
            due_at: derived.due_at(),
            next_at,
            fired: subject.sla_fired || !due.is_empty(),
        };
        match next_at {
            // A timer that fires has been taken away.
            Some(at) if steps == Steps::Fire || subject.sla_next_at != Some(at) => {
                self.timers.push((subject.id, at));
            }
            None if subject.sla_next_at.is_some() => self.ended.push(subject.id),
            _ => {}
        }
        let before = (
            subject.sla_policy_id,
            subject.sla_policy_version,
            subject.sla_due_at,
            subject.sla_next_at,
        );
        if before != (kept.policy, kept.version, kept.due_at, kept.next_at) || subject.sla_fired != kept.fired
        {
            let workspace = change.workspace();
            clocks::keep(change.tx(), workspace, &kept).await?;
        }
        Ok(())
    }

    async fn finish(self, change: &mut Change) -> Result<Moved, Error> {
        let workspace = change.workspace();
        clocks::save(change.tx(), workspace, &self.clocks).await?;
        clocks::set_timers(change.tx(), workspace, &self.timers).await?;
        if !self.ended.is_empty() {
            clocks::remove_timers(change.tx(), workspace, &self.ended).await?;
        }
        Ok(self.moved)
    }
}

/// Whether the ticket was and is overdue as of now: a clock that is not met is past its due time.
pub fn overdue(story: &Story, verdict: &Verdict, now: Timestamp) -> (bool, bool) {
    let past = |due: Option<Timestamp>| due.is_some_and(|due| due <= now);
    (past(story.subject.sla_due_at), past(verdict.derived.due_at()))
}
