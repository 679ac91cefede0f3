//! When people of the demo write: the shop answers from nine to nine in Shanghai, its customers sleep at night.

use shouwen_core::time::{Length, Timestamp};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Shanghai is eight hours ahead of UTC all the year.
const AHEAD: i64 = 8 * HOUR;

/// The next moment at which somebody of the shop is at work.
pub(super) fn at_work(at: Timestamp) -> Timestamp {
    let clock = clock(at);
    let (opens, closes) = (9 * HOUR, 21 * HOUR);
    if clock < opens {
        // A little after nine, and not all at once.
        at.plus(Length::from_millis(opens - clock + clock % (40 * 60_000)))
    } else if clock >= closes {
        at.plus(Length::from_millis(DAY - clock + opens + clock % (50 * 60_000)))
    } else {
        at
    }
}

/// Somebody who would write in the small hours wrote the evening before instead.
pub(super) fn awake(at: Timestamp) -> Timestamp {
    if clock(at) < 7 * HOUR {
        at.minus(Length::hours(8))
    } else {
        at
    }
}

/// Milliseconds since midnight.
fn clock(at: Timestamp) -> i64 {
    (at.millis() + AHEAD).rem_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn night_mail_is_answered_in_the_morning() {
        let midnight = Timestamp::from_millis(10 * DAY - AHEAD);
        for (hour, from) in [(0, 9), (8, 9), (9, 9), (20, 20), (21, 33), (23, 33)] {
            let answered = at_work(midnight.plus(Length::hours(hour)));
            let after = answered.since(midnight).millis();
            assert!(
                (from * HOUR..(from + 1) * HOUR).contains(&after),
                "{hour}: {after}"
            );
        }
    }
}
