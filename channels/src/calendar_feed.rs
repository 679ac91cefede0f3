//! Holidays from an iCalendar file or feed (RFC 5545): its all-day events, day by day. Meetings with hours are not
//! holidays, and are left out.

use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarStatus,
};

/// A day off: `YYYY-MM-DD`, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOff {
    pub date: String,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    #[error("this is not an iCalendar file: it begins with BEGIN:VCALENDAR")]
    NotACalendar,
    #[error("this calendar has no all-day events")]
    Empty,
    #[error("this calendar has more than 5000 events: take one of holidays only")]
    TooMany,
}

/// More is somebody's diary.
const MOST_EVENTS: usize = 5_000;
/// How often an event is repeated at most: a yearly one for two centuries.
const MOST_REPEATS: usize = 250;
/// The longest that an event is spread over.
const MOST_DAYS: usize = 40;
const LONGEST_NAME: usize = 200;

/// The days off of the years from `first` to `last`, in order, each date once.
pub fn read(text: &str, first: i32, last: i32) -> Result<Vec<DayOff>, FeedError> {
    let calendar =
        ICalendar::parse(text.trim_start_matches('\u{feff}')).map_err(|_| FeedError::NotACalendar)?;
    let events: Vec<&ICalendarComponent> = calendar.components.iter().filter(|one| is_day_off(one)).collect();
    if events.len() > MOST_EVENTS {
        return Err(FeedError::TooMany);
    }
    if events.is_empty() {
        return Err(FeedError::Empty);
    }
    let mut days = Vec::new();
    for event in events {
        spread(event, first, last, &mut days);
    }
    days.sort();
    days.dedup_by(|one, other| one.date == other.date);
    Ok(days)
}

fn is_day_off(event: &ICalendarComponent) -> bool {
    let start = event
        .property(&ICalendarProperty::Dtstart)
        .and_then(|entry| entry.values.first());
    let all_day = start
        .and_then(|value| value.as_partial_date_time())
        .is_some_and(|start| start.hour.is_none() && start.day.is_some());
    event.component_type == ICalendarComponentType::VEvent
        && all_day
        && event.status() != Some(&ICalendarStatus::Cancelled)
}

/// Adds every day of the event and of its repetitions.
fn spread(event: &ICalendarComponent, first: i32, last: i32, days: &mut Vec<DayOff>) {
    let name = event
        .property(&ICalendarProperty::Summary)
        .and_then(|entry| entry.values.first());
    let name: String = name
        .and_then(|value| value.as_text())
        .unwrap_or_default()
        .chars()
        .take(LONGEST_NAME)
        .collect();
    let alone = ICalendar {
        components: vec![event.clone()],
    };
    for found in alone.expand_dates(Tz::Floating, MOST_REPEATS).events {
        let Some(times) = found.try_into_date_time() else {
            continue;
        };
        let end = times.end.date_naive();
        let mut dates = times.start.date_naive().iter_days();
        let mut taken = 0;
        while let Some(date) = dates
            .next()
            .filter(|date| taken == 0 || (*date < end && taken < MOST_DAYS))
        {
            taken += 1;
            let date = date.to_string();
            let year = date
                .split('-')
                .next()
                .and_then(|year| year.parse().ok())
                .unwrap_or(0);
            if (first..=last).contains(&year) {
                days.push(DayOff {
                    date,
                    name: name.clone(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a shop//EN\r\n{events}END:VCALENDAR\r\n")
    }

    fn event(lines: &str) -> String {
        format!("BEGIN:VEVENT\r\nUID:{}\r\n{lines}\r\nEND:VEVENT\r\n", lines.len())
    }

    fn dates(text: &str) -> Vec<(String, String)> {
        let days = read(text, 2026, 2027).unwrap();
        days.into_iter().map(|day| (day.date, day.name)).collect()
    }

    fn told(days: &[(&str, &str)]) -> Vec<(String, String)> {
        days.iter()
            .map(|(date, name)| ((*date).to_owned(), (*name).to_owned()))
            .collect()
    }

    #[test]
    fn an_all_day_event_ends_before_its_end() {
        let text = calendar(&event(
            "DTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261004\r\nSUMMARY:国庆节",
        ));
        let wanted = [
            ("2026-10-01", "国庆节"),
            ("2026-10-02", "国庆节"),
            ("2026-10-03", "国庆节"),
        ];
        assert_eq!(dates(&text), told(&wanted));
    }

    #[test]
    fn an_event_without_an_end_is_one_day() {
        let text = calendar(&event(
            "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\\, the first",
        ));
        assert_eq!(dates(&text), told(&[("2026-12-25", "Christmas, the first")]));
    }

    #[test]
    fn a_yearly_event_comes_every_year_and_endless_rules_end() {
        let text = calendar(&event(
            "DTSTART;VALUE=DATE:19700501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:May Day",
        ));
        assert_eq!(
            dates(&text),
            told(&[("2026-05-01", "May Day"), ("2027-05-01", "May Day")])
        );
    }

    #[test]
    fn meetings_and_what_was_cancelled_are_no_holidays() {
        let meeting = event("DTSTART:20261001T090000Z\r\nDTEND:20261001T100000Z\r\nSUMMARY:Meeting");
        let cancelled = event("DTSTART;VALUE=DATE:20261002\r\nSTATUS:CANCELLED\r\nSUMMARY:Not this one");
        assert_eq!(
            read(&calendar(&(meeting + &cancelled)), 2026, 2027),
            Err(FeedError::Empty)
        );
    }

    #[test]
    fn what_is_no_calendar_is_said_to_be_none() {
        for text in ["", "<html></html>", "BEGIN:VCARD\r\nEND:VCARD\r\n"] {
            assert!(read(text, 2026, 2027).is_err(), "{text}");
        }
    }
}
