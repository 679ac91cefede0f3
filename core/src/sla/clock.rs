//! What a clock shows: a track, held against a promise in its hours.

use serde::{Deserialize, Serialize};

use super::Metric;
use super::calendar::Hours;
use super::ladder::{Firing, Level, steps};
use super::policy::{Book, Terms};
use super::track::{Past, StretchKind, Track};
use crate::time::{Length, Timestamp};

words! {
    State {
        Running = "running", Paused = "paused", Met = "met",
        /// The due time passed first.
        Breached = "breached",
        /// Ended without a verdict.
        Stopped = "stopped",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub metric: Metric,
    pub cycle: i64,
    pub state: State,
    pub started_at: Timestamp,
    pub target: Target,
    /// None while it rests, or when it is never due.
    pub due_at: Option<Timestamp>,
    /// From when on it is worth a colour.
    pub warn_at: Option<Timestamp>,
    /// What was left when it was paused.
    pub remaining_s: Option<i64>,
    pub paused_since: Option<Timestamp>,
    pub met_at: Option<Timestamp>,
    /// It rests since then without a verdict: solved unanswered, merged away, spam. Work on the ticket resumes it.
    pub stopped_at: Option<Timestamp>,
    pub breached_at: Option<Timestamp>,
}

/// Seconds of business time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Target(pub i64);

impl Clock {
    /// Nothing can happen to it any more but by another event.
    pub fn is_open(&self) -> bool {
        self.met_at.is_none() && self.stopped_at.is_none()
    }
}

/// All that follows for a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derived {
    /// Every clock that the terms promise something for, oldest first within each metric.
    pub clocks: Vec<Clock>,
    /// Every step that was reached, of every cycle.
    pub reached: Vec<Firing>,
    /// When the next step is reached.
    pub next_at: Option<Timestamp>,
}

impl Derived {
    /// The newest clock of each metric.
    pub fn current(&self) -> Vec<Clock> {
        let newest = |metric: &Metric| self.clocks.iter().rfind(|clock| clock.metric == *metric).copied();
        Metric::ALL.iter().filter_map(newest).collect()
    }

    /// The nearest due time of a clock that is not met.
    pub fn due_at(&self) -> Option<Timestamp> {
        let open = self.clocks.iter().filter(|clock| clock.is_open());
        open.filter_map(|clock| clock.due_at).min()
    }
}

/// Holds the tracks against the terms, as of `now`.
pub fn derive(tracks: &[Track], terms: &Terms, book: &Book, now: Timestamp) -> Derived {
    let hours = book.hours(terms.calendar_id);
    let mut derived = Derived::default();
    for track in tracks {
        let Some(target) = terms.targets.of(track.metric) else {
            continue;
        };
        let steps = steps(&terms.levels, track.metric, target);
        let seen = Seen {
            track,
            hours,
            target,
            now,
        };
        derived.clocks.push(seen.clock(&steps));
        for step in &steps {
            let Some(at) = seen.reaches(step.threshold(target)) else {
                continue;
            };
            if at <= now {
                derived.reached.push(Firing {
                    metric: track.metric,
                    cycle: track.cycle,
                    key: step.key(),
                    kind: step.kind(),
                    at,
                    to: step.to.clone(),
                });
            } else {
                derived.next_at = Some(derived.next_at.map_or(at, |next| next.min(at)));
            }
        }
    }
    derived
}

/// When each step of a track is reached: for the reader of "why".
pub fn step_times(
    track: &Track,
    target: Length,
    hours: Hours<'_>,
    levels: &[Level],
) -> Vec<(Level, Option<Timestamp>)> {
    let seen = Seen {
        track,
        hours,
        target,
        now: track.started_at,
    };
    let steps = steps(levels, track.metric, target).into_iter();
    steps
        .map(|step| {
            let at = seen.reaches(step.threshold(target));
            (step, at)
        })
        .collect()
}

/// How many stretches are told before the older ones of them are put together.
const MOST_STRETCHES: usize = 12;
/// How many of them stay as they are.
const KEPT_STRETCHES: usize = 4;

/// Puts the older stretches of a track that has many together: how much ran in them, and when which step was reached.
/// It shows the same from then on, in these hours and under these terms.
pub fn shorten(track: &mut Track, terms: &Terms, book: &Book) {
    if track.stretches.len() <= MOST_STRETCHES {
        return;
    }
    // The last that ran tells when a clock that was met would have been due.
    let ran_last = track
        .stretches
        .iter()
        .rposition(|stretch| stretch.kind == StretchKind::Running);
    let later = track.stretches.len() - KEPT_STRETCHES;
    let rest = track
        .stretches
        .split_off(ran_last.map_or(later, |last| last.min(later)));
    let target = terms.targets.of(track.metric);
    let steps = target.map(|target| (target, steps(&terms.levels, track.metric, target)));
    let seen = Seen {
        track,
        hours: book.hours(terms.calendar_id),
        target: target.unwrap_or_default(),
        now: track.started_at,
    };
    let mut past = Past {
        ran: seen.ran(),
        reached: Vec::new(),
    };
    for (target, step) in steps
        .iter()
        .flat_map(|(target, steps)| steps.iter().map(|step| (*target, step)))
    {
        let threshold = step.threshold(target);
        past.reached
            .extend(seen.reaches(threshold).map(|at| (threshold.millis(), at)));
    }
    past.reached.dedup();
    (track.past, track.stretches) = (past, rest);
}

/// A track as a promise sees it.
struct Seen<'a> {
    track: &'a Track,
    hours: Hours<'a>,
    target: Length,
    now: Timestamp,
}

impl Seen<'_> {
    /// The instant at which so much business time has run, before the track ended; in an open stretch it may lie
    /// in the future.
    fn reaches(&self, threshold: Length) -> Option<Timestamp> {
        let past = &self.track.past;
        let mut known = past.reached.iter().filter(|(ran, _)| *ran == threshold.millis());
        if let Some((_, at)) = known.next() {
            return Some(*at);
        }
        let mut left = threshold.millis() - past.ran;
        for stretch in &self.track.stretches {
            if stretch.kind != StretchKind::Running {
                continue;
            }
            let Some(to) = stretch.to else {
                return self.hours.add(stretch.from, Length::from_millis(left));
            };
            let ran = self.hours.between(stretch.from, to).millis();
            // Answered in the very moment in which it was due is in time.
            if ran > left {
                return self.hours.add(stretch.from, Length::from_millis(left));
            }
            left -= ran;
        }
        None
    }

    /// When a track that was met in time would have been due.
    fn would_be_due(&self) -> Option<Timestamp> {
        let ran = self.ran();
        let last = self
            .track
            .stretches
            .iter()
            .rfind(|stretch| stretch.kind == StretchKind::Running)?;
        let left = Length::from_millis((self.target.millis() - ran).max(0));
        self.hours.add(last.to?, left)
    }

    /// Business time that has run in closed stretches.
    fn ran(&self) -> i64 {
        let running = self
            .track
            .stretches
            .iter()
            .filter(|stretch| stretch.kind == StretchKind::Running);
        let ran = running.filter_map(|stretch| Some(self.hours.between(stretch.from, stretch.to?).millis()));
        self.track.past.ran + ran.sum::<i64>()
    }

    fn clock(&self, steps: &[Level]) -> Clock {
        let (track, due) = (self.track, self.reaches(self.target));
        let breached_at = due.filter(|due| *due <= self.now);
        let resting = track
            .last()
            .filter(|last| last.to.is_none() && last.kind != StretchKind::Running);
        let paused = resting.filter(|last| last.kind == StretchKind::Paused && track.met_at.is_none());
        let stopped = resting.filter(|last| last.kind == StretchKind::Stopped && track.met_at.is_none());
        let state = match (breached_at, track.met_at) {
            (Some(_), _) => State::Breached,
            (None, Some(_)) => State::Met,
            (None, None) if stopped.is_some() => State::Stopped,
            (None, None) if paused.is_some() => State::Paused,
            (None, None) => State::Running,
        };
        let warning = steps.iter().find(|step| step.kind() == super::LevelKind::Warning);
        let left = (self.target.millis() - self.ran()).max(0);
        Clock {
            metric: track.metric,
            cycle: track.cycle,
            state,
            started_at: track.started_at,
            target: Target(self.target.millis() / 1_000),
            due_at: match due {
                None if track.met_at.is_some() => self.would_be_due(),
                due => due,
            },
            warn_at: warning.and_then(|step| self.reaches(step.threshold(self.target))),
            remaining_s: paused.filter(|_| breached_at.is_none()).map(|_| left / 1_000),
            paused_since: paused.map(|last| last.from),
            met_at: track.met_at,
            stopped_at: stopped.map(|last| last.from),
            breached_at,
        }
    }
}
