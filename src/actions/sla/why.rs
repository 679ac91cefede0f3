//! Why a ticket is due when it is: the policy and what chose it, and the stretches in which its clocks ran. The same
//! for a ticket that only might come.

use serde::Serialize;
use shouwen_core::id::{CalendarId, SlaPolicyId, TicketId, WorkspaceId};
use shouwen_core::sla::history::What;
use shouwen_core::sla::policy::{Compared, PassedOver, Policy, Terms};
use shouwen_core::sla::track::{Reason, StretchKind, Track};
use shouwen_core::sla::{
    Book, Clock, Fact, Hours, LevelKind, Metric, PolicyFacts, Recipient, When, clock, tracks,
};
use shouwen_core::ticket::Priority;
use shouwen_core::time::{Length, Timestamp};
use utoipa::ToSchema;

use super::book::Books;
use super::story;
use crate::db::{Conn, Result};
use crate::store::sla::clocks::{self, FiringRow};
use crate::store::sla::{calendars, policies};

/// How many clocks of earlier cycles are told, and how many open spans of the calendar.
const MOST_CLOCKS: usize = 20;
const MOST_SPANS: usize = 400;
/// How far beyond the last due time the calendar is shown.
const BEYOND: Length = Length::hours(24);

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyPolicy {
    pub id: SlaPolicyId,
    pub name: String,
    pub version: i64,
    /// It promises nothing.
    pub no_sla: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyCalendar {
    pub id: CalendarId,
    pub name: String,
    pub zone: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyStretch {
    pub from: Timestamp,
    /// Null: it goes on.
    pub to: Option<Timestamp>,
    pub kind: StretchKind,
    pub because: Reason,
    /// Business seconds in it so far.
    pub counted_s: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyLevel {
    pub key: String,
    pub kind: LevelKind,
    pub when: When,
    pub value: i64,
    pub to: Vec<Recipient>,
    /// Null: the clock rests, or ended before.
    pub at: Option<Timestamp>,
    pub fired_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
}

/// A clock as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShownClock {
    pub metric: Metric,
    /// Grows with each question of the customer, and with each reopening.
    pub cycle: i64,
    pub state: clock::State,
    pub started_at: Timestamp,
    pub target_s: i64,
    /// Null while it rests, or when it is never due.
    pub due_at: Option<Timestamp>,
    /// Worth a colour from here on.
    pub warn_at: Option<Timestamp>,
    /// Business seconds left, while it is paused.
    pub remaining_s: Option<i64>,
    pub paused_since: Option<Timestamp>,
    pub met_at: Option<Timestamp>,
    /// It rests without a verdict: solved unanswered, merged away, spam.
    pub stopped_at: Option<Timestamp>,
    pub breached_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyClock {
    #[serde(flatten)]
    pub clock: ShownClock,
    /// False: of an earlier cycle.
    pub current: bool,
    /// Null: around the clock.
    pub calendar: Option<WhyCalendar>,
    pub stretches: Vec<WhyStretch>,
    pub levels: Vec<WhyLevel>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenSpan {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The answer to "why then?".
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Why {
    pub as_of: Timestamp,
    /// Of the calendar; UTC around the clock.
    pub zone: String,
    pub policy: Option<WhyPolicy>,
    pub facts: PolicyFacts,
    /// The conditions that held; none of a policy that takes every ticket, or that was kept because the ticket is over.
    pub because: Vec<Compared>,
    /// The policies that were tried before, each with its first condition that did not hold.
    pub passed_over: Vec<PassedOver>,
    pub clocks: Vec<WhyClock>,
    /// Open hours of the calendar along the clocks; none around the clock.
    pub hours: Vec<OpenSpan>,
}

impl From<Clock> for ShownClock {
    fn from(clock: Clock) -> Self {
        Self {
            metric: clock.metric,
            cycle: clock.cycle,
            state: clock.state,
            started_at: clock.started_at,
            target_s: clock.target.0,
            due_at: clock.due_at,
            warn_at: clock.warn_at,
            remaining_s: clock.remaining_s,
            paused_since: clock.paused_since,
            met_at: clock.met_at,
            stopped_at: clock.stopped_at,
            breached_at: clock.breached_at,
        }
    }
}

/// Why a ticket is due when it is; none when there is no such ticket. The caller has checked who may see it.
pub async fn of_ticket(
    conn: &mut Conn,
    books: &Books,
    workspace: WorkspaceId,
    ticket: TicketId,
    now: Timestamp,
) -> Result<Option<Why>> {
    let subjects = clocks::subjects(conn, workspace, &[ticket]).await?;
    let stamp = policies::stamp(conn, workspace).await?;
    let book = books.of(conn, workspace, stamp, now).await?;
    let stories = story::read(conn, workspace, subjects, &book).await?;
    let Some(story) = stories.into_iter().next() else {
        return Ok(None);
    };
    let verdict = story.judge(&book, now);
    let (policy, because, passed_over) = match (&story.pinned, book.choose(&story.facts)) {
        (Some(policy), _) => (Some(policy.clone()), Vec::new(), Vec::new()),
        (None, Some(choice)) => (Some(choice.policy.clone()), choice.because, choice.passed_over),
        (None, None) => (None, Vec::new(), Vec::new()),
    };
    let told = Told {
        policy,
        because,
        passed_over,
        facts: story.facts.clone(),
    };
    let whole = told
        .explain(conn, workspace, &book, &verdict.tracks, &story.firings, now)
        .await?;
    Ok(Some(whole))
}

/// When a ticket that comes at `arrives_at` would be due, if nobody ever answered it.
pub async fn of_arrival(
    conn: &mut Conn,
    workspace: WorkspaceId,
    book: &Book,
    mut facts: PolicyFacts,
    arrives_at: Timestamp,
) -> Result<Why> {
    facts.priority.get_or_insert(Priority::Normal);
    let story = [What::Opened, What::CustomerWrote].map(|what| Fact { at: arrives_at, what });
    let choice = book.choose(&facts);
    let terms = choice
        .as_ref()
        .map(|choice| choice.policy.terms.clone())
        .unwrap_or_default();
    let mut tracks = tracks(&story, terms.pause_on_hold);
    // As if it were asked again right after an answer.
    if let Some(first) = tracks
        .iter()
        .find(|track| track.metric == Metric::FirstResponse)
        .cloned()
    {
        tracks.insert(
            1,
            Track {
                metric: Metric::NextResponse,
                ..first
            },
        );
    }
    let told = match choice {
        Some(choice) => Told {
            policy: Some(choice.policy.clone()),
            because: choice.because,
            passed_over: choice.passed_over,
            facts: facts.clone(),
        },
        None => Told {
            policy: None,
            because: Vec::new(),
            passed_over: Vec::new(),
            facts: facts.clone(),
        },
    };
    told.explain(conn, workspace, book, &tracks, &[], arrives_at)
        .await
}

/// Which policy holds, and why.
struct Told {
    policy: Option<Policy>,
    because: Vec<Compared>,
    passed_over: Vec<PassedOver>,
    facts: PolicyFacts,
}

impl Told {
    async fn explain(
        self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        book: &Book,
        tracks: &[Track],
        firings: &[FiringRow],
        now: Timestamp,
    ) -> Result<Why> {
        let terms = self
            .policy
            .as_ref()
            .map(|policy| policy.terms.clone())
            .unwrap_or_default();
        let calendar = match terms.calendar_id {
            Some(id) => calendars::find(conn, workspace, id).await?,
            None => None,
        };
        let calendar = calendar.map(|row| WhyCalendar {
            id: row.id,
            name: row.name,
            zone: row.rules.0.zone,
        });
        let explained = explain_clocks(&terms, book, tracks, firings, calendar.as_ref(), now);
        let hours = open_spans(book.hours(terms.calendar_id), &explained, now);
        Ok(Why {
            as_of: now,
            zone: calendar.map_or_else(|| "UTC".to_owned(), |calendar| calendar.zone),
            policy: self.policy.map(|policy| WhyPolicy {
                id: policy.id,
                name: policy.name,
                version: policy.version,
                no_sla: policy.terms.targets.is_empty(),
            }),
            facts: self.facts,
            because: self.because,
            passed_over: self.passed_over,
            clocks: explained,
            hours,
        })
    }
}

/// The current clocks first, then those of earlier cycles, newest first.
fn explain_clocks(
    terms: &Terms,
    book: &Book,
    tracks: &[Track],
    firings: &[FiringRow],
    calendar: Option<&WhyCalendar>,
    now: Timestamp,
) -> Vec<WhyClock> {
    let (derived, hours) = (
        clock::derive(tracks, terms, book, now),
        book.hours(terms.calendar_id),
    );
    let current = derived.current();
    let mut explained = Vec::new();
    for clock in &derived.clocks {
        let track = tracks
            .iter()
            .find(|track| (track.metric, track.cycle) == (clock.metric, clock.cycle));
        let Some(track) = track else { continue };
        explained.push(WhyClock {
            current: current.contains(clock),
            clock: (*clock).into(),
            calendar: calendar.cloned(),
            stretches: stretches(track, hours, now),
            levels: levels(track, Length::seconds(clock.target.0), hours, terms, firings),
        });
    }
    explained.sort_by_key(|one| {
        (
            !one.current,
            if one.current {
                one.clock.metric as i64
            } else {
                -one.clock.started_at.millis()
            },
        )
    });
    explained.truncate(MOST_CLOCKS);
    explained
}

fn stretches(track: &Track, hours: Hours<'_>, now: Timestamp) -> Vec<WhyStretch> {
    let told = track.stretches.iter().map(|stretch| WhyStretch {
        from: stretch.from,
        to: stretch.to,
        kind: stretch.kind,
        because: stretch.because,
        counted_s: hours.between(stretch.from, stretch.to.unwrap_or(now)).millis() / 1_000,
    });
    told.collect()
}

fn levels(
    track: &Track,
    target: Length,
    hours: Hours<'_>,
    terms: &Terms,
    firings: &[FiringRow],
) -> Vec<WhyLevel> {
    let times = clock::step_times(track, target, hours, &terms.levels);
    let told = times.into_iter().map(|(level, at)| {
        let key = level.key();
        let fired = firings
            .iter()
            .find(|row| (row.metric, row.cycle, &row.step) == (track.metric, track.cycle, &key));
        WhyLevel {
            kind: level.kind(),
            when: level.when,
            value: level.value,
            to: level.to,
            at,
            fired_at: fired.map(|row| row.fired_at),
            withdrawn_at: fired.and_then(|row| row.withdrawn_at),
            key,
        }
    });
    told.collect()
}

fn open_spans(hours: Hours<'_>, clocks: &[WhyClock], now: Timestamp) -> Vec<OpenSpan> {
    let Hours::Of(calendar) = hours else {
        return Vec::new();
    };
    let started = clocks
        .iter()
        .filter(|one| one.current)
        .map(|one| one.clock.started_at);
    let due = clocks.iter().filter_map(|one| one.clock.due_at);
    let Some(from) = started.min() else {
        return Vec::new();
    };
    let to = due.max().unwrap_or(now).max(now).plus(BEYOND);
    let spans = calendar.spans(from, to, MOST_SPANS).into_iter();
    spans.map(|(from, to)| OpenSpan { from, to }).collect()
}
