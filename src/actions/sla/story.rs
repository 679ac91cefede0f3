//! What is known of tickets for their clocks: the events, the facts, what was kept before. Read for many at once.

use std::collections::HashMap;

use shouwen_core::event::Event;
use shouwen_core::id::{SlaPolicyId, TagId, TicketId, WorkspaceId};
use shouwen_core::sla::history::{KINDS, messages_moved};
use shouwen_core::sla::policy::{Aspect, Policy, Terms};
use shouwen_core::sla::track::Track;
use shouwen_core::sla::{Book, Clock, Happened, PolicyFacts, clock, facts, history, tracks};
use shouwen_core::time::Timestamp;

use super::book::pinned;
use crate::db::{Conn, Result};
use crate::log;
use crate::store::sla::clocks::{self, ClockRow, FiringRow, SpokenRow, SubjectRow};
use crate::store::tickets;

/// Events of tickets that are not in the log yet.
pub type Pending = HashMap<TicketId, Vec<Happened>>;

/// A ticket's story.
pub struct Story {
    pub subject: SubjectRow,
    pub facts: PolicyFacts,
    happened: Vec<Happened>,
    spoken: Option<Vec<history::Spoken>>,
    pub stored: Vec<Clock>,
    pub firings: Vec<FiringRow>,
    /// The version of the policy that holds on, because the ticket is over.
    pub pinned: Option<Policy>,
}

/// What follows from a story.
pub struct Verdict {
    pub policy: Option<(SlaPolicyId, i64)>,
    pub terms: Terms,
    pub tracks: Vec<Track>,
    pub derived: clock::Derived,
}

/// The stories of these tickets. `pending` are events that are not in the log yet, of tickets whose whole log they
/// are when they begin with the opening.
pub async fn read(
    conn: &mut Conn,
    workspace: WorkspaceId,
    subjects: Vec<SubjectRow>,
    book: &Book,
    mut pending: Pending,
) -> Result<Vec<Story>> {
    let fresh = |id: &TicketId| pending.get(id).is_some_and(|events| is_opening(events));
    let ids: Vec<TicketId> = subjects.iter().map(|subject| subject.id).collect();
    let older: Vec<TicketId> = ids.iter().copied().filter(|id| !fresh(id)).collect();
    let (mut logged, mut stored, mut firings) = (HashMap::new(), HashMap::new(), HashMap::new());
    if !older.is_empty() {
        logged = read_log(conn, workspace, &older).await?;
        stored = by_ticket(clocks::of_tickets(conn, workspace, &older).await?, |row| {
            row.ticket_id
        });
        firings = by_ticket(clocks::firings(conn, workspace, &older).await?, |row| {
            row.ticket_id
        });
    }
    let mut tags: HashMap<TicketId, Vec<TagId>> = HashMap::new();
    if book.looks_at(Aspect::Tag) {
        for (ticket, tag) in tickets::tags(conn, workspace, &ids).await? {
            tags.entry(ticket).or_default().push(tag);
        }
    }
    let mut stories = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let id = subject.id;
        let mut happened: Vec<Happened> = logged.remove(&id).unwrap_or_default();
        happened.extend(pending.remove(&id).unwrap_or_default());
        let facts = policy_facts(&subject, &happened, tags.remove(&id).unwrap_or_default());
        let held = subject.sla_policy_id.zip(subject.sla_policy_version);
        let pinned = match held {
            Some((policy, version)) if !subject.category.is_active() => {
                pinned(conn, workspace, book, policy, version).await?
            }
            _ => None,
        };
        stories.push(Story {
            subject,
            facts,
            happened,
            spoken: None,
            stored: stored
                .remove(&id)
                .unwrap_or_default()
                .iter()
                .map(ClockRow::clock)
                .collect(),
            firings: firings.remove(&id).unwrap_or_default(),
            pinned,
        });
    }
    read_moved(conn, workspace, &mut stories).await?;
    Ok(stories)
}

impl Story {
    /// The clocks that were kept, in the order in which they are derived.
    pub fn stored_in_order(&self) -> Vec<Clock> {
        let mut clocks = self.stored.clone();
        clocks.sort_by_key(|clock| clock.metric);
        clocks
    }

    /// What follows under this book, as of `now`.
    pub fn judge(&self, book: &Book, now: Timestamp) -> Verdict {
        let chosen = match &self.pinned {
            Some(policy) => Some(policy),
            None => book.choose(&self.facts).map(|choice| choice.policy),
        };
        let terms = chosen.map(|policy| policy.terms.clone()).unwrap_or_default();
        let facts = facts(&self.happened, self.spoken.as_deref(), self.subject.category);
        let tracks = tracks(&facts, terms.pause_on_hold);
        let derived = clock::derive(&tracks, &terms, book, now);
        Verdict {
            policy: chosen.map(|policy| (policy.id, policy.version)),
            terms,
            tracks,
            derived,
        }
    }
}

fn is_opening(events: &[Happened]) -> bool {
    events
        .first()
        .is_some_and(|first| matches!(first.event, Event::TicketOpened { .. }))
}

fn policy_facts(subject: &SubjectRow, happened: &[Happened], tag_ids: Vec<TagId>) -> PolicyFacts {
    let opened = happened.iter().find_map(|one| match one.event {
        Event::TicketOpened { channel } => Some(channel),
        _ => None,
    });
    let grade = happened.iter().rev().find_map(|one| match one.event {
        Event::GradeChanged { to, .. } => Some(to),
        _ => None,
    });
    PolicyFacts {
        channel: Some(opened.unwrap_or(subject.channel)),
        inbox_id: Some(subject.inbox_id),
        grade,
        priority: Some(subject.priority),
        tier: subject.tier.clone(),
        tag_ids,
        language: subject.language.clone(),
    }
}

async fn read_log(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[TicketId],
) -> Result<HashMap<TicketId, Vec<Happened>>> {
    let kinds = KINDS.iter().copied().chain(["grade_changed"]);
    let mut found: HashMap<TicketId, Vec<Happened>> = HashMap::new();
    for logged in log::of_tickets(conn, workspace, ids, kinds).await? {
        if let Some(ticket) = logged.ticket_id {
            found.entry(ticket).or_default().push(logged.into());
        }
    }
    Ok(found)
}

/// Reads the messages of those tickets whose messages were moved.
async fn read_moved(conn: &mut Conn, workspace: WorkspaceId, stories: &mut [Story]) -> Result<()> {
    let moved: Vec<TicketId> = stories
        .iter()
        .filter(|story| messages_moved(&story.happened))
        .map(|story| story.subject.id)
        .collect();
    if moved.is_empty() {
        return Ok(());
    }
    let mut rows = by_ticket(clocks::spoken(conn, workspace, &moved).await?, |row| {
        row.ticket_id
    });
    for story in stories
        .iter_mut()
        .filter(|story| moved.contains(&story.subject.id))
    {
        let rows = rows.remove(&story.subject.id).unwrap_or_default();
        story.spoken = Some(rows.iter().map(spoken).collect());
    }
    Ok(())
}

fn spoken(row: &SpokenRow) -> history::Spoken {
    history::Spoken {
        id: row.id,
        first_ticket: row.first_ticket_id,
        at: row.created_at,
        author: row.author_kind,
        visibility: row.visibility,
        automatic: row.automatic,
        delivery: row.delivery,
    }
}

fn by_ticket<T>(rows: Vec<T>, ticket: impl Fn(&T) -> TicketId) -> HashMap<TicketId, Vec<T>> {
    let mut found: HashMap<TicketId, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(ticket(&row)).or_default().push(row);
    }
    found
}
