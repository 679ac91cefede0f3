//! The course of each clock, from what happened to the ticket: when it ran, paused and ended. No policy is asked but
//! for whether being on hold pauses.

use serde::{Deserialize, Serialize};

use crate::sla::Metric;
use crate::sla::history::{Fact, What};
use crate::ticket::Category;
use crate::time::Timestamp;

words! {
    StretchKind { Running = "running", Paused = "paused", Stopped = "stopped" }
}

words! {
    /// Why a stretch began.
    Reason {
        Opened = "opened", CustomerWrote = "customer_wrote", Answered = "answered",
        /// The answer given here did not arrive.
        AnswerFailed = "answer_failed",
        Waiting = "waiting", OnHold = "on_hold", WorkResumed = "work_resumed", Solved = "solved", Reopened = "reopened",
        Merged = "merged", MergeUndone = "merge_undone", Spam = "spam", NotSpam = "not_spam",
        /// A ticket that still waited for an answer was joined into this one.
        Joined = "joined",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub from: Timestamp,
    /// None: it goes on.
    pub to: Option<Timestamp>,
    pub kind: StretchKind,
    pub because: Reason,
}

/// One clock from its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    pub metric: Metric,
    /// From 1: the questions of a conversation, the reopenings of a ticket.
    pub cycle: i64,
    pub started_at: Timestamp,
    /// What came before the stretches, when they are not told from the start.
    #[serde(default)]
    pub past: Past,
    /// Without gaps. The last one is open; of a clock that is met, it is what came before.
    pub stretches: Vec<Stretch>,
    pub met_at: Option<Timestamp>,
}

/// What is left of stretches that are not told any more. It holds for the hours that it was measured in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Milliseconds of business time.
    pub ran: i64,
    /// How much had run, in milliseconds, when a step was reached.
    pub reached: Vec<(i64, Timestamp)>,
}

impl Track {
    fn new(metric: Metric, cycle: i64, at: Timestamp, kind: StretchKind, because: Reason) -> Self {
        let first = Stretch {
            from: at,
            to: None,
            kind,
            because,
        };
        Self {
            metric,
            cycle,
            started_at: at,
            past: Past::default(),
            stretches: vec![first],
            met_at: None,
        }
    }

    /// Begins another stretch when the kind is another.
    fn turn(&mut self, at: Timestamp, kind: StretchKind, because: Reason) {
        if self.met_at.is_none() && self.last().is_some_and(|last| last.kind != kind) {
            self.mark(at, kind, because);
        }
    }

    /// Begins another stretch in any case.
    fn mark(&mut self, at: Timestamp, kind: StretchKind, because: Reason) {
        if let Some(last) = self.stretches.last_mut() {
            // What lasted no time is not told.
            if last.from == at && self.started_at != at {
                self.stretches.pop();
            } else {
                last.to = Some(at.max(last.from));
            }
        }
        self.stretches.push(Stretch {
            from: at,
            to: None,
            kind,
            because,
        });
    }

    fn meet(&mut self, at: Timestamp) {
        self.met_at = Some(at);
        if let Some(last) = self.stretches.last_mut() {
            last.to = Some(at.max(last.from));
        }
    }

    pub fn last(&self) -> Option<Stretch> {
        self.stretches.last().copied()
    }
}

/// The clocks of a ticket, oldest first within each metric.
pub fn tracks(facts: &[Fact], pause_on_hold: bool) -> Vec<Track> {
    let mut course = Course::new(pause_on_hold);
    for fact in facts {
        course.take(*fact);
    }
    course.into_tracks()
}

/// How far the story has been told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all combinations happen"
)]
pub(super) struct Course {
    pause_on_hold: bool,
    category: Option<Category>,
    spam: bool,
    merged: bool,
    /// A customer asked, and nobody has answered: a clock of the answer is open.
    waits: bool,
    /// The first answer of this cycle was given.
    answered: bool,
    resolution: Option<Track>,
    first: Vec<Track>,
    next: Vec<Track>,
}

impl Course {
    pub(super) fn new(pause_on_hold: bool) -> Self {
        Self {
            pause_on_hold,
            ..Self::default()
        }
    }

    /// The category that was told last.
    pub(super) fn category(&self) -> Option<Category> {
        self.category
    }

    /// Forgets the clocks that others of their metric came after: they were met. Gives those that are left.
    pub(super) fn forget_older(&mut self) -> impl Iterator<Item = &mut Track> {
        for list in [&mut self.first, &mut self.next] {
            let older = list.len().saturating_sub(1);
            list.drain(..older);
        }
        let answers = self.first.iter_mut().chain(&mut self.next);
        answers.chain(&mut self.resolution)
    }

    /// The oldest cycle of a metric that is told.
    pub(super) fn first_cycle(&self, metric: Metric) -> i64 {
        let oldest = match metric {
            Metric::FirstResponse => self.first.first(),
            Metric::NextResponse => self.next.first(),
            Metric::Resolution => self.resolution.as_ref(),
        };
        oldest.map_or(1, |track| track.cycle)
    }

    pub(super) fn take(&mut self, fact: Fact) {
        let at = fact.at;
        match fact.what {
            What::Opened => self.begin(at, Reason::Opened),
            What::CustomerWrote => {
                self.begin(at, Reason::CustomerWrote);
                self.asked(at, at, Reason::CustomerWrote);
            }
            What::Joined(since) => {
                if let Some(since) = since {
                    self.asked(since, at, Reason::Joined);
                }
            }
            What::HumanAnswered => {
                self.begin(at, Reason::Answered);
                self.waits = false;
                self.answered = true;
                if let Some(open) = self.open_answer() {
                    open.meet(at);
                }
            }
            What::AnswerLost => {
                let kind = self.answer_kind();
                if let Some(open) = self.open_answer() {
                    open.mark(at, kind, Reason::AnswerFailed);
                }
            }
            What::Category(category) => {
                let before = self.category.replace(category);
                self.turn_all(at, reason_of(before, category));
            }
            What::Spam(spam) => {
                self.spam = spam;
                self.turn_all(at, if spam { Reason::Spam } else { Reason::NotSpam });
            }
            What::Merged => {
                self.merged = true;
                self.turn_all(at, Reason::Merged);
            }
            What::MergeUndone => {
                self.merged = false;
                self.turn_all(at, Reason::MergeUndone);
            }
        }
    }

    fn begin(&mut self, at: Timestamp, because: Reason) {
        if self.resolution.is_none() {
            let kind = self.resolution_kind();
            self.resolution = Some(Track::new(Metric::Resolution, 1, at, kind, because));
        }
    }

    /// Somebody waits for an answer since `since`; the desk hears of it at `at`.
    fn asked(&mut self, since: Timestamp, at: Timestamp, because: Reason) {
        if self.waits {
            // Another ticket's question that is older than ours is the oldest one now.
            if let Some(open) = self.open_answer()
                && since < open.started_at
            {
                let (metric, cycle) = (open.metric, open.cycle);
                let kind = self.answer_kind();
                let older = Track::new(metric, cycle, since, kind, because);
                if let Some(open) = self.open_answer() {
                    *open = older;
                }
            }
            return;
        }
        self.waits = true;
        let over = self.category.is_some_and(|category| !category.is_active());
        if over {
            // A matter that was over is asked about again: its answer is a first one again.
            self.answered = false;
        }
        let kind = if over && because == Reason::CustomerWrote {
            StretchKind::Running
        } else {
            self.answer_kind()
        };
        let (metric, list) = if self.answered {
            (Metric::NextResponse, &mut self.next)
        } else {
            (Metric::FirstResponse, &mut self.first)
        };
        let cycle = list.last().map_or(1, |last| last.cycle + 1);
        let mut track = Track::new(metric, cycle, since, kind, because);
        if kind == StretchKind::Stopped {
            track.mark(at, kind, because);
        }
        list.push(track);
    }

    /// The clock of the answer that is open.
    fn open_answer(&mut self) -> Option<&mut Track> {
        let tracks = self.first.last_mut().into_iter().chain(self.next.last_mut());
        tracks
            .filter(|track| track.met_at.is_none())
            .max_by_key(|track| track.started_at)
    }

    fn turn_all(&mut self, at: Timestamp, because: Reason) {
        let (answer, resolution) = (self.answer_kind(), self.resolution_kind());
        if self.waits
            && let Some(open) = self.open_answer()
        {
            open.turn(at, answer, because);
        }
        let (gone, over) = (self.merged || self.spam, self.is_over());
        if let Some(track) = &mut self.resolution {
            let was_over = track.last().is_some_and(|last| last.because == Reason::Solved);
            // Solving is a verdict, being merged or spam is none: which of the two it is must be told.
            if gone && was_over {
                track.met_at = None;
                track.mark(at, StretchKind::Stopped, because);
            } else if over
                && !gone
                && track
                    .last()
                    .is_some_and(|last| last.kind == StretchKind::Stopped && !was_over)
            {
                track.mark(at, StretchKind::Stopped, Reason::Solved);
            } else {
                track.turn(at, resolution, because);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.category.is_some_and(|category| !category.is_active())
    }

    fn answer_kind(&self) -> StretchKind {
        if self.merged || self.spam || self.is_over() {
            StretchKind::Stopped
        } else {
            StretchKind::Running
        }
    }

    fn resolution_kind(&self) -> StretchKind {
        match (self.answer_kind(), self.category) {
            (StretchKind::Stopped, _) => StretchKind::Stopped,
            (_, Some(Category::Waiting)) => StretchKind::Paused,
            (_, Some(Category::OnHold)) if self.pause_on_hold => StretchKind::Paused,
            _ => StretchKind::Running,
        }
    }

    pub(super) fn into_tracks(mut self) -> Vec<Track> {
        if let Some(track) = &mut self.resolution
            && let Some(last) = track.last().filter(|last| last.because == Reason::Solved)
        {
            // Solved for good, until it is opened again.
            track.stretches.pop();
            track.meet(last.from);
        }
        let mut all = self.first;
        all.append(&mut self.next);
        all.extend(self.resolution);
        all
    }
}

fn reason_of(before: Option<Category>, now: Category) -> Reason {
    match now {
        Category::Waiting => Reason::Waiting,
        Category::OnHold => Reason::OnHold,
        Category::Solved | Category::Closed => Reason::Solved,
        Category::New | Category::Open if before.is_some_and(|before| !before.is_active()) => {
            Reason::Reopened
        }
        Category::New | Category::Open => Reason::WorkResumed,
    }
}

#[cfg(test)]
pub(super) mod tests;
