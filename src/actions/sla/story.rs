//! What is known of tickets for their clocks: the events, the facts, what was kept before. Read for many at once.

use std::collections::HashMap;

use shouwen_core::channel::Channel;
use shouwen_core::complaint::Grade;
use shouwen_core::event::Event;
use shouwen_core::id::{SlaPolicyId, TagId, TicketId, WorkspaceId};
use shouwen_core::sla::history::KINDS;
use shouwen_core::sla::policy::{Aspect, Policy, Terms};
use shouwen_core::sla::track::Track;
use shouwen_core::sla::{Book, Clock, Fold, Happened, PolicyFacts, clock, history, messages_moved};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::book::pinned;
use crate::db::{Conn, Result};
use crate::log::{self, FoldRow};
use crate::store::sla::clocks::{self, ClockRow, FiringRow, SpokenRow, SubjectRow};
use crate::store::tickets;

/// Events of tickets that are not in the log yet.
pub type Pending = HashMap<TicketId, Vec<Happened>>;

/// A ticket's story.
pub struct Story {
    pub subject: SubjectRow,
    pub facts: PolicyFacts,
    told: Told,
    pub stored: Vec<Clock>,
    /// Of the cycles that are told.
    pub firings: Vec<FiringRow>,
    /// The version of the policy that holds on, because the ticket is over.
    pub pinned: Option<Policy>,
}

/// What happened to the ticket.
enum Told {
    Whole {
        happened: Vec<Happened>,
        spoken: Option<Vec<history::Spoken>>,
    },
    /// From how far it was told before.
    On { fold: Fold, read: usize },
}

/// What follows from a story.
pub struct Verdict {
    pub policy: Option<(SlaPolicyId, i64)>,
    pub terms: Terms,
    pub fold: Fold,
    pub tracks: Vec<Track>,
    pub derived: clock::Derived,
}

/// The stories of these tickets from their beginning, as far as they are in the log.
pub async fn read(
    conn: &mut Conn,
    workspace: WorkspaceId,
    subjects: Vec<SubjectRow>,
    book: &Book,
) -> Result<Vec<Story>> {
    Reading::new(conn, workspace, book, Pending::new(), &subjects)
        .await?
        .whole(subjects)
        .await
}

/// The stories of these tickets, told on where they were told before under this book. `pending` are events that are
/// not in the log yet, of tickets whose whole log they are when they begin with the opening.
pub async fn read_on(
    conn: &mut Conn,
    workspace: WorkspaceId,
    subjects: Vec<SubjectRow>,
    book: &Book,
    stamp: Uuid,
    pending: Pending,
) -> Result<Vec<Story>> {
    let ids: Vec<TicketId> = subjects
        .iter()
        .map(|subject| subject.id)
        .filter(|id| !is_fresh(&pending, *id))
        .collect();
    let mut folds = HashMap::new();
    if !ids.is_empty() {
        let rows = log::folds(conn, workspace, &ids).await?;
        folds.extend(rows.into_iter().map(|row| (row.kept.ticket_id, row)));
    }
    let mut reading = Reading::new(conn, workspace, book, pending, &subjects).await?;
    let (mut stories, mut rest) = (Vec::with_capacity(subjects.len()), Vec::new());
    for subject in subjects {
        let fold = folds.remove(&subject.id).filter(|row| row.kept.stamp == stamp);
        match reading.on(&subject, fold).await? {
            Some(on) => stories.push(on.story(subject)),
            None => rest.push(subject),
        }
    }
    stories.extend(reading.whole(rest).await?);
    Ok(stories)
}

/// What stories are read with.
struct Reading<'a> {
    conn: &'a mut Conn,
    workspace: WorkspaceId,
    book: &'a Book,
    pending: Pending,
    tags: HashMap<TicketId, Vec<TagId>>,
}

/// A story that was told on.
struct On {
    facts: PolicyFacts,
    fold: Fold,
    read: usize,
    stored: Vec<Clock>,
    firings: Vec<FiringRow>,
    pinned: Option<Policy>,
}

impl On {
    fn story(self, subject: SubjectRow) -> Story {
        Story {
            subject,
            facts: self.facts,
            told: Told::On {
                fold: self.fold,
                read: self.read,
            },
            stored: self.stored,
            firings: self.firings,
            pinned: self.pinned,
        }
    }
}

impl<'a> Reading<'a> {
    async fn new(
        conn: &'a mut Conn,
        workspace: WorkspaceId,
        book: &'a Book,
        pending: Pending,
        subjects: &[SubjectRow],
    ) -> Result<Self> {
        let mut tags: HashMap<TicketId, Vec<TagId>> = HashMap::new();
        if book.looks_at(Aspect::Tag) {
            let ids: Vec<TicketId> = subjects.iter().map(|subject| subject.id).collect();
            for (ticket, tag) in tickets::tags(conn, workspace, &ids).await? {
                tags.entry(ticket).or_default().push(tag);
            }
        }
        Ok(Self {
            conn,
            workspace,
            book,
            pending,
            tags,
        })
    }

    /// From how far the ticket was told; none when it was told under another policy, or what came since overturns it.
    async fn on(&mut self, subject: &SubjectRow, row: Option<FoldRow>) -> Result<Option<On>> {
        let Some(row) = row else { return Ok(None) };
        let Ok(told) = serde_json::from_str::<Fold>(&row.kept.fold) else {
            return Ok(None);
        };
        let logged = log::of_ticket_after(self.conn, self.workspace, subject.id, row.seq, i64::MAX).await?;
        let mut rest: Vec<Happened> = logged.into_iter().map(Happened::from).collect();
        rest.extend(self.pending.get(&subject.id).into_iter().flatten().cloned());
        let Some(fold) = told.and(&rest) else {
            return Ok(None);
        };
        let tags = self.tags.get(&subject.id).cloned().unwrap_or_default();
        let facts = policy_facts(subject, fold.opened, fold.grade, tags);
        let pinned = self.pinned(subject).await?;
        let chosen = chosen(self.book, &facts, pinned.as_ref());
        if chosen
            .is_none_or(|policy| (policy.id, policy.version) != (row.kept.policy_id, row.kept.policy_version))
        {
            return Ok(None);
        }
        let stored = clocks::of_tickets(self.conn, self.workspace, &[subject.id]).await?;
        let cycles = (row.kept.first_cycle, row.kept.next_cycle);
        Ok(Some(On {
            facts,
            fold,
            read: rest.len(),
            stored: stored.iter().map(ClockRow::clock).collect(),
            firings: clocks::firings_since(self.conn, self.workspace, subject.id, cycles).await?,
            pinned,
        }))
    }

    async fn whole(mut self, subjects: Vec<SubjectRow>) -> Result<Vec<Story>> {
        let ids: Vec<TicketId> = subjects
            .iter()
            .map(|subject| subject.id)
            .filter(|id| !is_fresh(&self.pending, *id))
            .collect();
        let (mut logged, mut stored, mut firings) = (HashMap::new(), HashMap::new(), HashMap::new());
        if !ids.is_empty() {
            logged = read_log(self.conn, self.workspace, &ids).await?;
            let rows = clocks::of_tickets(self.conn, self.workspace, &ids).await?;
            stored = by_ticket(rows, |row| row.ticket_id);
            let rows = clocks::firings(self.conn, self.workspace, &ids).await?;
            firings = by_ticket(rows, |row| row.ticket_id);
        }
        let mut stories = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let id = subject.id;
            let mut happened: Vec<Happened> = logged.remove(&id).unwrap_or_default();
            happened.extend(self.pending.remove(&id).unwrap_or_default());
            let (opened, grade) = (opened(&happened), grade(&happened));
            let tags = self.tags.remove(&id).unwrap_or_default();
            let pinned = self.pinned(&subject).await?;
            let stored: Vec<ClockRow> = stored.remove(&id).unwrap_or_default();
            stories.push(Story {
                facts: policy_facts(&subject, opened, grade, tags),
                subject,
                told: Told::Whole {
                    happened,
                    spoken: None,
                },
                stored: stored.iter().map(ClockRow::clock).collect(),
                firings: firings.remove(&id).unwrap_or_default(),
                pinned,
            });
        }
        read_moved(self.conn, self.workspace, &mut stories).await?;
        Ok(stories)
    }

    /// The version of the policy that a ticket that is over keeps.
    async fn pinned(&mut self, subject: &SubjectRow) -> Result<Option<Policy>> {
        match subject.sla_policy_id.zip(subject.sla_policy_version) {
            Some((policy, version)) if !subject.category.is_active() => {
                pinned(self.conn, self.workspace, self.book, policy, version).await
            }
            _ => Ok(None),
        }
    }
}

/// The policy that holds.
fn chosen<'a>(book: &'a Book, facts: &PolicyFacts, pinned: Option<&'a Policy>) -> Option<&'a Policy> {
    pinned.or_else(|| book.choose(facts).map(|choice| choice.policy))
}

fn is_fresh(pending: &Pending, ticket: TicketId) -> bool {
    pending.get(&ticket).is_some_and(|events| is_opening(events))
}

impl Story {
    /// How many events were read for it.
    pub fn read(&self) -> usize {
        match &self.told {
            Told::Whole { happened, .. } => happened.len(),
            Told::On { read, .. } => *read,
        }
    }

    /// The clocks that were kept, in the order in which they are derived.
    pub fn stored_in_order(&self) -> Vec<Clock> {
        let mut clocks = self.stored.clone();
        clocks.sort_by_key(|clock| clock.metric);
        clocks
    }

    /// What follows under this book, as of `now`.
    pub fn judge(&self, book: &Book, now: Timestamp) -> Verdict {
        let chosen = chosen(book, &self.facts, self.pinned.as_ref());
        let terms = chosen.map(|policy| policy.terms.clone()).unwrap_or_default();
        let fold = match &self.told {
            Told::Whole { happened, spoken } => Fold::whole(happened, spoken.as_deref(), terms.pause_on_hold),
            Told::On { fold, .. } => fold.clone(),
        };
        let tracks = fold.tracks(self.subject.category);
        let derived = clock::derive(&tracks, &terms, book, now);
        Verdict {
            policy: chosen.map(|policy| (policy.id, policy.version)),
            terms,
            fold,
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

fn opened(happened: &[Happened]) -> Option<Channel> {
    happened.iter().find_map(|one| match one.event {
        Event::TicketOpened { channel } => Some(channel),
        _ => None,
    })
}

fn grade(happened: &[Happened]) -> Option<Grade> {
    happened.iter().rev().find_map(|one| match one.event {
        Event::GradeChanged { to, .. } => Some(to),
        _ => None,
    })
}

/// What a policy is chosen by: of a ticket that was opened by this channel, and is of this confirmed grade.
pub fn policy_facts(
    subject: &SubjectRow,
    opened: Option<Channel>,
    grade: Option<Grade>,
    tag_ids: Vec<TagId>,
) -> PolicyFacts {
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
        .filter(|story| matches!(&story.told, Told::Whole { happened, .. } if messages_moved(happened)))
        .map(|story| story.subject.id)
        .collect();
    if moved.is_empty() {
        return Ok(());
    }
    let rows = clocks::spoken(conn, workspace, &moved).await?;
    let mut rows = by_ticket(rows, |row| row.ticket_id);
    for story in stories {
        if let Told::Whole { spoken: own, .. } = &mut story.told
            && moved.contains(&story.subject.id)
        {
            let rows = rows.remove(&story.subject.id).unwrap_or_default();
            *own = Some(rows.iter().map(spoken).collect());
        }
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
        no_reply_needed: row.no_reply_needed,
    }
}

fn by_ticket<T>(rows: Vec<T>, ticket: impl Fn(&T) -> TicketId) -> HashMap<TicketId, Vec<T>> {
    let mut found: HashMap<TicketId, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(ticket(&row)).or_default().push(row);
    }
    found
}
