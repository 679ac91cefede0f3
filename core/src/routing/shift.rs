//! An agent's week: when their shift is on, and when that changes next. Wall-clock times in a time zone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fault::Fault;
use crate::sla::Calendar;
use crate::sla::calendar::CalendarError;
use crate::sla::wall::{self, WallTime, Week};
use crate::time::{Length, Timestamp};

/// Most intervals of a week.
const MOST_INTERVALS: usize = 50;
/// How far ahead a change is looked for: a week repeats.
const DAYS_AHEAD: i64 = 9;
/// A stretch that began before is seen from its beginning.
const DAYS_BACK: i64 = 2;
/// More than these days can hold.
const MOST_SPANS: usize = 1000;

/// `to` at or before `from` runs into the next day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Interval {
    /// 1 Monday to 7 Sunday.
    pub day: u8,
    /// `HH:MM`
    pub from: String,
    /// `HH:MM`, at most 24:00.
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// A name of the IANA time zone database, such as `Asia/Shanghai`.
    pub zone: String,
    pub intervals: Vec<Interval>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    #[error("this is no time zone; write one such as Asia/Shanghai")]
    Zone,
    #[error("a day is 1 (Monday) to 7 (Sunday)")]
    Day,
    #[error("write a time as 09:00; the end may be 24:00")]
    Time,
    #[error("at most {MOST_INTERVALS} intervals make a week")]
    TooMany,
}

impl From<ShiftError> for Fault {
    fn from(error: ShiftError) -> Self {
        match error {
            ShiftError::Zone => Self::NotAZone,
            ShiftError::Day => Self::NotADay,
            ShiftError::Time => Self::NotATime,
            ShiftError::TooMany => Self::ShiftFull { most: MOST_INTERVALS },
        }
    }
}

impl Shift {
    /// Whether it can be read, and if not what is wrong.
    pub fn check(&self) -> Result<(), ShiftError> {
        self.read().map(drop)
    }

    /// Whether the shift is on. One that cannot be read is never on.
    pub fn is_on(&self, at: Timestamp) -> bool {
        self.stretches(at)
            .iter()
            .any(|(from, to)| *from <= at && at < *to)
    }

    /// When it is on next or off next; `None`: it never changes.
    pub fn changes_at(&self, at: Timestamp) -> Option<Timestamp> {
        let stretches = self.stretches(at);
        let end = stretches.last().map(|(_, to)| *to)?;
        let next = stretches
            .iter()
            .flat_map(|(from, to)| [*from, *to])
            .find(|edge| *edge > at)?;
        // Day and night: the last end is only where the looking ends.
        (stretches.len() > 1 || next != end).then_some(next)
    }

    /// The stretches around `at` that are on, in order, joined where they touch.
    fn stretches(&self, at: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Ok(calendar) = self.read() else {
            return Vec::new();
        };
        let (from, to) = (
            at.minus(Length::days(DAYS_BACK)),
            at.plus(Length::days(DAYS_AHEAD)),
        );
        join(calendar.spans(from, to, MOST_SPANS))
    }

    fn read(&self) -> Result<Calendar, ShiftError> {
        if self.intervals.len() > MOST_INTERVALS {
            return Err(ShiftError::TooMany);
        }
        let mut week = Week::default();
        for interval in &self.intervals {
            let (from, to) = (time(&interval.from)?, time(&interval.to)?);
            if from == WallTime::END {
                return Err(ShiftError::Time);
            }
            let day = day(&mut week, interval.day).ok_or(ShiftError::Day)?;
            day.push(wall::Interval::new(from, to));
        }
        Calendar::new(&self.zone, &week, []).map_err(|CalendarError::Zone| ShiftError::Zone)
    }
}

fn time(text: &str) -> Result<WallTime, ShiftError> {
    WallTime::parse(text).ok_or(ShiftError::Time)
}

/// 1 is Monday.
fn day(week: &mut Week, day: u8) -> Option<&mut Vec<wall::Interval>> {
    Some(match day {
        1 => &mut week.mon,
        2 => &mut week.tue,
        3 => &mut week.wed,
        4 => &mut week.thu,
        5 => &mut week.fri,
        6 => &mut week.sat,
        7 => &mut week.sun,
        _ => return None,
    })
}

fn join(spans: Vec<(Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    let mut joined: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = (*end).max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(intervals: &[(u8, &str, &str)]) -> Shift {
        Shift {
            zone: "Asia/Shanghai".to_owned(),
            intervals: intervals
                .iter()
                .map(|(day, from, to)| Interval {
                    day: *day,
                    from: (*from).to_owned(),
                    to: (*to).to_owned(),
                })
                .collect(),
        }
    }

    fn at(text: &str) -> Timestamp {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    #[test]
    fn a_shift_is_on_between_its_times_and_says_when_it_changes() {
        // 2026-11-22 is a Sunday.
        let day = shift(&[
            (1, "09:00", "12:00"),
            (1, "13:00", "18:00"),
            (5, "22:00", "06:00"),
        ]);
        for (now, on, change) in [
            ("2026-11-22T09:30:00+08:00", false, "2026-11-23T09:00:00+08:00"),
            ("2026-11-23T09:00:00+08:00", true, "2026-11-23T12:00:00+08:00"),
            ("2026-11-23T12:00:00+08:00", false, "2026-11-23T13:00:00+08:00"),
            ("2026-11-23T17:59:59+08:00", true, "2026-11-23T18:00:00+08:00"),
            ("2026-11-28T05:00:00+08:00", true, "2026-11-28T06:00:00+08:00"),
            ("2026-11-28T06:00:00+08:00", false, "2026-11-30T09:00:00+08:00"),
        ] {
            assert_eq!(
                (day.is_on(at(now)), day.changes_at(at(now))),
                (on, Some(at(change))),
                "{now}"
            );
        }
    }

    #[test]
    fn day_and_night_never_change_and_an_empty_week_is_never_on() {
        let always: Vec<_> = (1..=7).map(|day| (day, "00:00", "24:00")).collect();
        let now = at("2026-11-22T09:30:00Z");
        assert_eq!(
            (shift(&always).is_on(now), shift(&always).changes_at(now)),
            (true, None)
        );
        assert_eq!((shift(&[]).is_on(now), shift(&[]).changes_at(now)), (false, None));
    }

    #[test]
    fn a_shift_follows_the_wall_clock_over_the_change_of_summer_time() {
        let mut week = shift(&[(7, "01:00", "04:00")]);
        week.zone = "Europe/Berlin".to_owned();
        // On 2026-03-29 the clocks skip from 02:00 to 03:00.
        let before = at("2026-03-28T20:00:00Z");
        assert_eq!(week.changes_at(before), Some(at("2026-03-29T00:00:00Z")));
        assert_eq!(
            week.changes_at(at("2026-03-29T00:30:00Z")),
            Some(at("2026-03-29T02:00:00Z"))
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_is_wrong() {
        let mut zone = shift(&[]);
        zone.zone = "Mars/Olympus".to_owned();
        for (shift, wrong) in [
            (zone, ShiftError::Zone),
            (shift(&[(0, "09:00", "10:00")]), ShiftError::Day),
            (shift(&[(1, "9:00", "10:00")]), ShiftError::Time),
            (shift(&[(1, "24:00", "10:00")]), ShiftError::Time),
            (shift(&[(1, "09:60", "10:00")]), ShiftError::Time),
            (shift(&[(1, "+9:00", "10:00")]), ShiftError::Time),
            (shift(&vec![(1, "09:00", "10:00"); 51]), ShiftError::TooMany),
        ] {
            assert_eq!(shift.check(), Err(wrong));
        }
    }
}
