//! How far a ticket's log was told, so that the rest can be told on its own: the work of a message does not grow with
//! the conversation.
//!
//! What overturns the past (a bounce, a merge, something that happened earlier than what was told) is not told on:
//! then everything is told anew.

use serde::{Deserialize, Serialize};

use super::clock::shorten;
use super::history::{Happened, Spoken, facts_of, fates, told, untold};
use super::policy::{Book, Terms};
use super::track::{Course, Track};
use super::{Metric, messages_moved};
use crate::channel::Channel;
use crate::complaint::Grade;
use crate::event::{Event, Origin};
use crate::id::MessageId;
use crate::message::Delivery;
use crate::ticket::Category;
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    course: Course,
    /// When the newest of what was told happened.
    told_until: Timestamp,
    /// Answers that once did not arrive, and questions that need none.
    lost: Vec<MessageId>,
    /// Messages were moved to or from the ticket.
    moved: bool,
    /// By which channel the ticket was opened.
    pub opened: Option<Channel>,
    /// The grade that a person confirmed last.
    pub grade: Option<Grade>,
}

impl Fold {
    /// Tells everything. `messages` stands in for the log's messages where they moved.
    pub fn whole(happened: &[Happened], messages: Option<&[Spoken]>, pause_on_hold: bool) -> Self {
        let mut fold = Self {
            course: Course::new(pause_on_hold),
            told_until: Timestamp::default(),
            lost: fates(happened).into_keys().collect(),
            moved: messages_moved(happened),
            opened: None,
            grade: None,
        };
        fold.lost.sort_unstable();
        for fact in told(happened, messages) {
            fold.told_until = fact.at;
            fold.course.take(fact);
        }
        fold.note(happened);
        fold
    }

    /// Tells what came after; none when that overturns what was told.
    #[must_use]
    pub fn and(&self, rest: &[Happened]) -> Option<Self> {
        if rest.iter().any(|one| self.is_overturned(one)) {
            return None;
        }
        let mut facts: Vec<_> = rest.iter().flat_map(facts_of).collect();
        facts.sort_by_key(|fact| fact.at);
        if facts.first().is_some_and(|fact| fact.at < self.told_until) {
            return None;
        }
        let mut fold = self.clone();
        for fact in facts {
            fold.told_until = fact.at;
            fold.course.take(fact);
        }
        fold.note(rest);
        Some(fold)
    }

    fn is_overturned(&self, one: &Happened) -> bool {
        match one.event {
            Event::MessageDelivery { message, state } => match state {
                Delivery::Failed => true,
                Delivery::Sent => self.lost.contains(&message),
                _ => false,
            },
            Event::MessageAdded { message, .. } => {
                self.lost.contains(&message)
                    || self.moved && matches!(one.origin, Origin::Backfill | Origin::Import)
            }
            Event::NoReplyNeeded { .. } => true,
            _ => messages_moved(std::slice::from_ref(one)),
        }
    }

    fn note(&mut self, happened: &[Happened]) {
        for one in happened {
            match one.event {
                Event::TicketOpened { channel } => self.opened = self.opened.or(Some(channel)),
                Event::GradeChanged { to, .. } => self.grade = Some(to),
                _ => {}
            }
        }
    }

    /// The clocks of a ticket whose own category is this: that one holds where the log, begun before categories were
    /// told, says something else.
    pub fn tracks(&self, category: Category) -> Vec<Track> {
        let mut course = self.course.clone();
        if let Some(fact) = untold(course.category(), category, self.told_until) {
            course.take(fact);
        }
        course.into_tracks()
    }

    /// Forgets what nobody asks for any more, under these terms: clocks that were met and that others came after, and
    /// the stretches of long ago. What it shows of the newest clocks stays the same.
    pub fn shorten(&mut self, terms: &Terms, book: &Book) {
        for track in self.course.forget_older() {
            shorten(track, terms, book);
        }
    }

    /// The first cycle of a metric that is still told.
    pub fn first_cycle(&self, metric: Metric) -> i64 {
        self.course.first_cycle(metric)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::id::CalendarId;
    use crate::sla::clock::{Derived, derive};
    use crate::sla::ladder::{Level, When};
    use crate::sla::policy::Targets;
    use crate::sla::track::tests::{Act, any_act, last_category, log, minute};
    use crate::sla::wall::Week;
    use crate::sla::{Calendar, Firing};

    fn office() -> (Terms, Book) {
        let day = json!([{ "from": "00:10", "to": "00:40" }, { "from": "01:00", "to": "23:00" }]);
        let week: Week = serde_json::from_value(json!({ "thu": day, "fri": day })).unwrap();
        let calendar = CalendarId(uuid::Uuid::from_u128(1));
        let mut book = Book::default();
        book.calendars
            .insert(calendar, Calendar::new("UTC", &week, &[]).unwrap());
        let level = |metric, when, value| Level {
            metric,
            when,
            value,
            to: Vec::new(),
        };
        let terms = Terms {
            calendar_id: Some(calendar),
            targets: Targets {
                first_response_s: Some(3600),
                next_response_s: Some(1800),
                resolution_s: Some(4 * 3600),
            },
            levels: vec![
                level(Metric::FirstResponse, When::Percent, 50),
                level(Metric::Resolution, When::Percent, 25),
                level(Metric::Resolution, When::After, 1800),
            ],
            pause_on_hold: true,
            ..Terms::default()
        };
        (terms, book)
    }

    fn shown(fold: &Fold, category: Category, now: i64) -> Derived {
        let (terms, book) = office();
        derive(&fold.tracks(category), &terms, &book, minute(now))
    }

    /// The steps of the cycles that are still told.
    fn since(derived: &Derived, fold: &Fold) -> Vec<Firing> {
        let told = |firing: &&Firing| firing.cycle >= fold.first_cycle(firing.metric);
        derived.reached.iter().filter(told).cloned().collect()
    }

    #[test]
    fn what_overturns_the_past_is_not_told_on() {
        let told = [
            (0, Act::Opened),
            (0, Act::Asks(1)),
            (5, Act::Answers(2)),
            (6, Act::Fails(2)),
            (9, Act::Answers(3)),
        ];
        let fold = Fold::whole(&log(&told), None, true);
        for (rest, goes_on) in [
            ((10, Act::Asks(4)), true),
            ((10, Act::Arrives(3)), true),
            ((10, Act::Arrives(2)), false),
            ((10, Act::Fails(3)), false),
            ((10, Act::Needless(1)), false),
            ((10, Act::MergedIn(9)), false),
            ((10, Act::MergeLeft(9)), false),
            ((8, Act::Asks(4)), false),
        ] {
            assert_eq!(fold.and(&log(&[rest])).is_some(), goes_on, "{rest:?}");
        }
    }

    #[test]
    fn a_fold_does_not_grow_with_the_conversation() {
        let (terms, book) = office();
        let mut fold = Fold::whole(&log(&[(0, Act::Opened)]), None, true);
        let mut longest = 0;
        for round in 0..2_000_i64 {
            let (at, id) = (round * 10, u128::try_from(round).unwrap() * 2 + 10);
            let acts = [
                (at, Act::Asks(id)),
                (at, Act::Is(Category::Open)),
                (at + 5, Act::Answers(id + 1)),
                (at + 5, Act::Is(Category::Waiting)),
            ];
            fold = fold.and(&log(&acts)).unwrap();
            fold.shorten(&terms, &book);
            longest = longest.max(serde_json::to_string(&fold).unwrap().len());
        }
        assert!(longest < 4_000, "{longest} bytes");
        assert_eq!(fold.first_cycle(Metric::NextResponse), 1_999);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        /// Told in two parts, shortened in between and kept as JSON, a story shows what it shows told at once.
        #[test]
        fn told_in_parts_it_shows_the_same(
            steps in prop::collection::vec((-2..40_i64, any_act()), 0..90),
            cuts in prop::collection::vec(0..90_usize, 1..4),
            later in 0..3_000_i64,
        ) {
            let (terms, book) = office();
            let mut at = 0;
            let mut acts = vec![(0, Act::Opened)];
            for (wait, act) in steps {
                at = (at + wait).max(0);
                acts.push((at, act));
            }
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(acts.len())).collect();
            cuts.push(acts.len());
            cuts.sort_unstable();
            let whole = Fold::whole(&log(&acts), None, true);
            let mut fold = Fold::whole(&log(&acts[..cuts[0]]), None, true);
            for pair in cuts.windows(2) {
                fold.shorten(&terms, &book);
                fold = serde_json::from_str(&serde_json::to_string(&fold).unwrap()).unwrap();
                let (before, rest) = (&acts[..pair[1]], &acts[pair[0]..pair[1]]);
                fold = fold.and(&log(rest)).unwrap_or_else(|| Fold::whole(&log(before), None, true));
            }
            let latest = acts.iter().map(|(at, _)| *at).max().unwrap_or_default();
            let category = last_category(&acts);
            let (parts, once) = (shown(&fold, category, latest + later), shown(&whole, category, latest + later));
            prop_assert_eq!(parts.current(), once.current());
            prop_assert_eq!(parts.due_at(), once.due_at());
            prop_assert_eq!(parts.next_at, once.next_at);
            prop_assert_eq!(since(&parts, &fold), since(&once, &fold));
        }
    }
}
