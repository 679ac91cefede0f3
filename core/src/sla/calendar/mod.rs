//! Business time: how much of it lies between two instants, and when a length of it is over.
//!
//! An instant is open when the wall clock of the zone shows it within the hours of its date. An hour that the clocks
//! skip in spring is open for nobody, and one that they repeat in autumn is open twice. Between two changes of the
//! clocks local time runs evenly, so that all is whole numbers of milliseconds.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::sla::wall::{Interval, SpecialDay, Week};
use crate::time::{Length, Timestamp};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const WEEK: i64 = 7 * DAY;
/// Where the search for open time ends: a calendar that is closed for so long is closed for good.
const FARTHEST: i64 = 20 * 366 * DAY;

/// When a clock runs.
#[derive(Debug, Clone, Copy)]
pub enum Hours<'a> {
    Always,
    Of(&'a Calendar),
}

impl Hours<'_> {
    /// The open time between `from` and `to`; nothing when `to` is before `from`.
    pub fn between(self, from: Timestamp, to: Timestamp) -> Length {
        match self {
            Self::Always => Length::from_millis(to.since(from).millis().max(0)),
            Self::Of(calendar) => calendar.between(from, to),
        }
    }

    /// The instant at which `length` of open time is over; `None` when that never comes.
    pub fn add(self, from: Timestamp, length: Length) -> Option<Timestamp> {
        match self {
            Self::Always => Some(from.plus(Length::from_millis(length.millis().max(0)))),
            Self::Of(calendar) => calendar.add(from, length),
        }
    }
}

/// A zone, a usual week, and the dates that differ from it.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// By weekday, Monday first.
    usual: [Plan; 7],
    in_a_week: i64,
    /// By day number, sorted: the special dates and those after them, into which their nights reach.
    special: Vec<(i64, Plan)>,
}

/// The open spans of one local date, in milliseconds from its midnight, in order and apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Plan(Vec<(i64, i64)>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("there is no time zone of this name; write one of the tz database, such as Asia/Shanghai")]
    Zone,
}

/// What a walk over open time meets.
trait Walk {
    /// An open span; false ends the walk.
    fn span(&mut self, from: i64, to: i64) -> bool;
    /// How many of `most` usual weeks with `open` each are taken at once, unseen.
    fn weeks(&mut self, open: i64, most: i64) -> i64;
}

impl Calendar {
    /// Of days for one date the first holds.
    pub fn new<'a>(
        zone: &str,
        week: &Week,
        days: impl IntoIterator<Item = &'a SpecialDay>,
    ) -> Result<Self, CalendarError> {
        let zone = TimeZoneDatabase::bundled()
            .get(zone)
            .map_err(|_| CalendarError::Zone)?;
        let week = week.days();
        let usual = std::array::from_fn(|day| Plan::of(week[day], week[(day + 6) % 7]));
        let mut own = std::collections::BTreeMap::new();
        for day in days {
            own.entry(day_number(day.date)).or_insert(day.hours.as_slice());
        }
        let hours = |day: i64| own.get(&day).copied().unwrap_or(week[weekday(day)]);
        let mut touched: Vec<i64> = own.keys().flat_map(|day| [*day, day + 1]).collect();
        touched.sort_unstable();
        touched.dedup();
        let special = touched
            .into_iter()
            .map(|day| (day, Plan::of(hours(day), hours(day - 1))))
            .collect();
        let in_a_week = usual.iter().map(Plan::total).sum();
        Ok(Self {
            zone,
            usual,
            in_a_week,
            special,
        })
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The open time between two instants.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Length {
        let mut sum = Sum(0);
        self.walk(from.millis(), to.millis(), &mut sum);
        Length::from_millis(sum.0)
    }

    /// The instant at which `length` of open time from `from` on is over; `None` when that never comes.
    pub fn add(&self, from: Timestamp, length: Length) -> Option<Timestamp> {
        if length.millis() <= 0 {
            return Some(from);
        }
        let mut search = Search {
            left: length.millis(),
            found: None,
        };
        self.walk(from.millis(), from.millis().saturating_add(FARTHEST), &mut search);
        search.found.map(Timestamp::from_millis)
    }

    /// The first open instant that is not before `at`.
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        let mut first = Spans {
            found: Vec::new(),
            most: 1,
        };
        self.walk(at.millis(), at.millis().saturating_add(FARTHEST), &mut first);
        first.found.first().map(|(from, _)| *from)
    }

    /// The open spans between two instants, at most `most` of them.
    pub fn spans(&self, from: Timestamp, to: Timestamp, most: usize) -> Vec<(Timestamp, Timestamp)> {
        let mut spans = Spans {
            found: Vec::new(),
            most,
        };
        if most > 0 {
            self.walk(from.millis(), to.millis(), &mut spans);
        }
        spans.found
    }

    fn walk(&self, from: i64, to: i64, walk: &mut impl Walk) {
        let mut at = from;
        while at < to {
            let (offset, until) = self.even_stretch(at);
            let until = until.min(to);
            if !self.walk_evenly(at + offset, until + offset, offset, walk) {
                return;
            }
            at = until;
        }
    }

    /// How far local time is ahead at `at`, and until when it stays so.
    fn even_stretch(&self, at: i64) -> (i64, i64) {
        let Ok(instant) = jiff::Timestamp::from_millisecond(at) else {
            return (0, i64::MAX);
        };
        let offset = i64::from(self.zone.to_offset(instant).seconds()) * 1_000;
        let next = self.zone.following(instant).next();
        (
            offset,
            next.map_or(i64::MAX, |change| change.timestamp().as_millisecond()),
        )
    }

    /// Walks in local time; false when the walk has ended.
    fn walk_evenly(&self, from: i64, to: i64, offset: i64, walk: &mut impl Walk) -> bool {
        let mut at = from;
        while at < to {
            let day = at.div_euclid(DAY);
            let midnight = day * DAY;
            let next = self.special.partition_point(|(special, _)| *special < day);
            if at == midnight {
                let same = self
                    .special
                    .get(next)
                    .map_or(to, |(special, _)| to.min(special * DAY));
                let weeks = (same - at) / WEEK;
                let taken = if weeks > 0 {
                    walk.weeks(self.in_a_week, weeks)
                } else {
                    0
                };
                if taken > 0 {
                    at += taken * WEEK;
                    continue;
                }
            }
            let plan = match self.special.get(next) {
                Some((special, plan)) if *special == day => plan,
                _ => &self.usual[weekday(day)],
            };
            let end = (midnight + DAY).min(to);
            for (open, close) in &plan.0 {
                let (open, close) = ((midnight + open).max(at), (midnight + close).min(end));
                if open < close && !walk.span(open - offset, close - offset) {
                    return false;
                }
            }
            at = end;
        }
        true
    }
}

impl Plan {
    /// The open spans of a date with these hours, after a date with those.
    fn of(own: &[Interval], before: &[Interval]) -> Self {
        let own = own.iter().map(|hours| hours.minutes());
        let night = before.iter().map(|hours| {
            let (from, to) = hours.minutes();
            (from - 24 * 60, to - 24 * 60)
        });
        let mut spans: Vec<(i64, i64)> = own
            .chain(night)
            .map(|(from, to)| (from.max(0) * MINUTE, to.min(24 * 60) * MINUTE))
            .filter(|(from, to)| from < to)
            .collect();
        spans.sort_unstable();
        let mut apart: Vec<(i64, i64)> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match apart.last_mut() {
                Some((_, end)) if *end >= from => *end = (*end).max(to),
                _ => apart.push((from, to)),
            }
        }
        Self(apart)
    }

    fn total(&self) -> i64 {
        self.0.iter().map(|(from, to)| to - from).sum()
    }
}

struct Sum(i64);

impl Walk for Sum {
    fn span(&mut self, from: i64, to: i64) -> bool {
        self.0 += to - from;
        true
    }

    fn weeks(&mut self, open: i64, most: i64) -> i64 {
        self.0 += open * most;
        most
    }
}

struct Search {
    left: i64,
    found: Option<i64>,
}

impl Walk for Search {
    fn span(&mut self, from: i64, to: i64) -> bool {
        if to - from >= self.left {
            self.found = Some(from + self.left);
            return false;
        }
        self.left -= to - from;
        true
    }

    fn weeks(&mut self, open: i64, most: i64) -> i64 {
        // Something is left over, so that the end is found inside a span.
        let taken = if open == 0 {
            most
        } else {
            most.min((self.left - 1) / open)
        };
        self.left -= taken * open;
        taken
    }
}

struct Spans {
    found: Vec<(Timestamp, Timestamp)>,
    most: usize,
}

impl Walk for Spans {
    fn span(&mut self, from: i64, to: i64) -> bool {
        let (from, to) = (Timestamp::from_millis(from), Timestamp::from_millis(to));
        let full = self.found.len() == self.most;
        match self.found.last_mut() {
            // Over midnight, or over a change of the clocks.
            Some((_, end)) if *end == from => *end = to,
            _ if full => return false,
            _ => self.found.push((from, to)),
        }
        true
    }

    fn weeks(&mut self, open: i64, most: i64) -> i64 {
        if open == 0 { most } else { 0 }
    }
}

/// Days since 1970-01-01, which was a Thursday.
fn day_number(date: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

fn weekday(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
