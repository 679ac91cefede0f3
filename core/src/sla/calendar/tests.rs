//! The calendar against a count of every single minute, and the cases that helpdesks are known to get wrong.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::too_many_lines,
    reason = "minutes of a few years, and a long table of cases"
)]

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::sla::wall::WallTime;

const HOUR: i64 = 60 * MINUTE;

fn hours(text: &str) -> Vec<Interval> {
    let time = |text: &str| serde_json::from_value::<WallTime>(text.into()).unwrap();
    let one = |part: &str| {
        part.split_once('-')
            .map(|(from, to)| Interval::new(time(from), time(to)))
            .unwrap()
    };
    text.split_whitespace().map(one).collect()
}

fn working_week(text: &str) -> Week {
    let day = hours(text);
    Week {
        mon: day.clone(),
        tue: day.clone(),
        wed: day.clone(),
        thu: day.clone(),
        fri: day,
        ..Week::default()
    }
}

fn special(date: &str, text: &str) -> SpecialDay {
    SpecialDay {
        date: date.parse().unwrap(),
        name: String::new(),
        hours: hours(text),
    }
}

/// The instant at which the wall clock of the zone shows this; of two the first.
fn at(zone: &str, text: &str) -> Timestamp {
    let time: DateTime = text.parse().unwrap();
    let zone = TimeZoneDatabase::bundled().get(zone).unwrap();
    Timestamp::from_millis(time.to_zoned(zone).unwrap().timestamp().as_millisecond())
}

#[test]
fn due_times_that_helpdesks_are_known_to_get_wrong() {
    let lunch = "09:00-12:00 13:00-18:00";
    for (story, zone, week, days, from, length, due) in [
        (
            "over lunch",
            "Asia/Shanghai",
            working_week(lunch),
            vec![],
            "2026-11-20T11:30",
            HOUR,
            "2026-11-20T13:30",
        ),
        (
            "ends when lunch begins",
            "Asia/Shanghai",
            working_week(lunch),
            vec![],
            "2026-11-20T11:00",
            HOUR,
            "2026-11-20T12:00",
        ),
        (
            "asked during lunch",
            "Asia/Shanghai",
            working_week(lunch),
            vec![],
            "2026-11-20T12:20",
            HOUR,
            "2026-11-20T14:00",
        ),
        (
            "Friday evening to Monday",
            "Asia/Shanghai",
            working_week(lunch),
            vec![],
            "2026-11-20T17:50",
            HOUR,
            "2026-11-23T09:50",
        ),
        (
            "asked at night",
            "Asia/Shanghai",
            working_week(lunch),
            vec![],
            "2026-11-19T23:00",
            HOUR,
            "2026-11-20T10:00",
        ),
        (
            "a holiday between",
            "Asia/Shanghai",
            working_week(lunch),
            vec![special("2026-11-23", "")],
            "2026-11-20T17:50",
            HOUR,
            "2026-11-24T09:50",
        ),
        (
            "a make-up Saturday",
            "Asia/Shanghai",
            working_week(lunch),
            vec![special("2026-11-21", lunch)],
            "2026-11-20T17:50",
            HOUR,
            "2026-11-21T09:50",
        ),
        (
            "the night shift goes on after midnight",
            "Europe/Berlin",
            working_week("22:00-06:00"),
            vec![],
            "2026-11-20T23:00",
            3 * HOUR,
            "2026-11-21T02:00",
        ),
        (
            "the night before a holiday reaches into it",
            "Europe/Berlin",
            working_week("22:00-06:00"),
            vec![special("2026-11-20", "")],
            "2026-11-20T00:00",
            6 * HOUR,
            "2026-11-20T06:00",
        ),
        (
            "a holiday's own night is closed",
            "Europe/Berlin",
            working_week("22:00-06:00"),
            vec![special("2026-11-20", "")],
            "2026-11-20T06:00",
            HOUR,
            "2026-11-23T23:00",
        ),
        (
            "an hour skipped in spring",
            "Europe/Berlin",
            Week {
                sun: hours("01:00-05:00"),
                ..Week::default()
            },
            vec![],
            "2026-03-29T01:00",
            2 * HOUR,
            "2026-03-29T04:00",
        ),
        (
            "an hour repeated in autumn",
            "Europe/Berlin",
            Week {
                sun: hours("01:00-05:00"),
                ..Week::default()
            },
            vec![],
            "2026-10-25T01:00",
            4 * HOUR,
            "2026-10-25T04:00",
        ),
        (
            "hours stay on the wall when the clocks change",
            "America/New_York",
            working_week("09:00-17:00"),
            vec![],
            "2026-10-30T16:00",
            2 * HOUR,
            "2026-11-02T10:00",
        ),
    ] {
        let calendar = Calendar::new(zone, &week, &days).unwrap();
        let due_at = calendar.add(at(zone, from), Length::from_millis(length));
        assert_eq!(due_at, Some(at(zone, due)), "{story}");
        assert_eq!(
            calendar.between(at(zone, from), at(zone, due)).millis(),
            length,
            "{story}"
        );
    }
}

#[test]
fn a_calendar_that_never_opens_is_never_due() {
    let calendar = Calendar::new("UTC", &Week::default(), &[]).unwrap();
    assert_eq!(
        calendar.add(at("UTC", "2026-01-01T00:00"), Length::seconds(1)),
        None
    );
    assert_eq!(calendar.next_open(at("UTC", "2026-01-01T00:00")), None);
}

#[test]
fn a_zone_that_does_not_exist_is_refused() {
    assert_eq!(
        Calendar::new("Mars/Olympus", &Week::default(), &[]).unwrap_err(),
        CalendarError::Zone
    );
}

#[test]
fn spans_that_touch_are_one() {
    let all_day = hours("00:00-24:00");
    let week = Week {
        mon: all_day.clone(),
        tue: all_day,
        wed: hours("09:00-10:00"),
        ..Week::default()
    };
    let calendar = Calendar::new("UTC", &week, &[]).unwrap();
    let spans = calendar.spans(at("UTC", "2026-11-16T00:00"), at("UTC", "2026-11-30T00:00"), 3);
    let told = |from, to| (at("UTC", from), at("UTC", to));
    assert_eq!(
        spans[..2],
        [
            told("2026-11-16T00:00", "2026-11-18T00:00"),
            told("2026-11-18T09:00", "2026-11-18T10:00")
        ]
    );
    assert_eq!(spans.len(), 3);
}

const ZONES: [&str; 10] = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Europe/London",
];
/// 2010-12-01, so that Apia's lost day of 2011 is within.
const FIRST: i64 = 1_291_161_600_000;
const MINUTES: usize = 800 * 24 * 60;

fn any_hours() -> impl Strategy<Value = Vec<Interval>> {
    let time = |most: u16| (0..=most).prop_map(|minutes| WallTime::from_minutes(minutes).unwrap());
    prop::collection::vec(
        (time(1439), time(1440)).prop_map(|(from, to)| Interval::new(from, to)),
        0..3,
    )
}

fn any_week() -> impl Strategy<Value = Week> {
    prop::collection::vec(any_hours(), 7).prop_map(|mut days| {
        let mut next = || days.pop().unwrap_or_default();
        Week {
            mon: next(),
            tue: next(),
            wed: next(),
            thu: next(),
            fri: next(),
            sat: next(),
            sun: next(),
        }
    })
}

fn any_days() -> impl Strategy<Value = Vec<SpecialDay>> {
    let day = (0_i32..820, any_hours()).prop_map(|(day, hours)| SpecialDay {
        date: jiff::civil::date(2010, 11, 25) + jiff::Span::new().days(day),
        name: String::new(),
        hours,
    });
    prop::collection::vec(day, 0..40)
}

/// How many of the first n minutes are open, minute by minute, by asking what the wall clock shows.
fn count_minutes(zone: &str, week: &Week, days: &[SpecialDay]) -> Vec<i64> {
    let zone: TimeZone = TimeZoneDatabase::bundled().get(zone).unwrap();
    let usual = week.days();
    let mut own = std::collections::HashMap::new();
    for day in days {
        own.entry(day.date).or_insert(day.hours.as_slice());
    }
    let of = |date: Date| {
        own.get(&date)
            .copied()
            .unwrap_or(usual[usize::from(date.weekday().to_monday_zero_offset() as u8)])
    };
    let mut open = Vec::with_capacity(MINUTES + 1);
    let mut sum = 0;
    let mut known: Option<(Date, Vec<bool>)> = None;
    for minute in 0..MINUTES {
        open.push(sum);
        let instant = jiff::Timestamp::from_millisecond(FIRST + minute as i64 * MINUTE).unwrap();
        let shown = zone.to_datetime(instant);
        let date = shown.date();
        if known.as_ref().is_none_or(|(of, _)| *of != date) {
            let mut minutes = vec![false; 1440];
            for hours in of(date) {
                let (from, to) = hours.minutes();
                minutes[from as usize..to.min(1440) as usize].fill(true);
            }
            for hours in of(date.yesterday().unwrap()) {
                let (_, to) = hours.minutes();
                minutes[..(to - 1440).max(0) as usize].fill(true);
            }
            known = Some((date, minutes));
        }
        let within = known.as_ref().map_or(&[][..], |(_, minutes)| minutes);
        sum += i64::from(within[shown.hour() as usize * 60 + shown.minute() as usize]);
    }
    open.push(sum);
    open
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Two years and more of minutes, with the clocks' changes, against the walk.
    #[test]
    fn agrees_with_a_count_of_every_minute(
        zone in prop::sample::select(&ZONES[..]),
        week in any_week(),
        days in any_days(),
        pairs in prop::collection::vec((0..MINUTES, 0..MINUTES, 1_i64..200_000), 150),
    ) {
        let calendar = Calendar::new(zone, &week, &days).unwrap();
        let open = count_minutes(zone, &week, &days);
        let instant = |minute: usize| Timestamp::from_millis(FIRST + minute as i64 * MINUTE);
        for (one, other, length) in pairs {
            let (from, to) = (one.min(other), one.max(other));
            prop_assert_eq!(
                calendar.between(instant(from), instant(to)).millis(),
                (open[to] - open[from]) * MINUTE
            );
            // The minute in which so many open minutes are full.
            let full = open.partition_point(|sum| *sum < open[from] + length);
            if full < open.len() {
                prop_assert_eq!(
                    calendar.add(instant(from), Length::from_millis(length * MINUTE)),
                    Some(instant(full))
                );
            }
        }
    }

    /// To the millisecond: what was added lies between, and not a millisecond less does.
    #[test]
    fn adding_and_measuring_agree_to_the_millisecond(
        zone in prop::sample::select(&ZONES[..]),
        week in any_week(),
        days in any_days(),
        from in 0..70_000_000_000_i64,
        length in 1..3_000_000_000_i64,
    ) {
        let calendar = Calendar::new(zone, &week, &days).unwrap();
        let from = Timestamp::from_millis(FIRST + from);
        if let Some(due) = calendar.add(from, Length::from_millis(length)) {
            prop_assert_eq!(calendar.between(from, due).millis(), length);
            let before = due.minus(Length::from_millis(1));
            prop_assert_eq!(calendar.between(from, before).millis(), length - 1);
        }
    }
}
