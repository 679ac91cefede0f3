//! The days off that an iCalendar file or feed names.

use shouwen_channels::calendar_feed::{DayOff, read};
use shouwen_core::sla::wall::SpecialDay;
use shouwen_core::time::Timestamp;

/// From the year before this one to three years ahead; in words what is wrong with the text.
pub fn days_of(text: &str, now: Timestamp) -> Result<Vec<SpecialDay>, String> {
    let at = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or_default();
    let year = i32::from(jiff::tz::TimeZone::UTC.to_datetime(at).year());
    let days = read(text, year - 1, year + 3).map_err(|error| error.to_string())?;
    let day = |day: DayOff| {
        let date = day.date.parse().ok()?;
        Some(SpecialDay {
            date,
            name: day.name,
            hours: Vec::new(),
        })
    };
    Ok(days.into_iter().filter_map(day).collect())
}
