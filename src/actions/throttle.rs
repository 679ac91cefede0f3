//! Slowing down whoever guesses: attempts are counted before they are judged, so that many at once count too.

use shouwen_core::time::Length;

use crate::db::Error;
use crate::log::Change;
use crate::store::throttle::{self, Attempts};

/// How many attempts are free, and how the wait grows after them.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    free: i64,
    first_wait: Length,
    longest_wait: Length,
    /// What began this long ago is forgotten.
    memory: Length,
}

/// One address from one place, or one account's own password.
pub const GUESSES: Rule = Rule {
    free: 5,
    first_wait: Length::seconds(30),
    longest_wait: Length::minutes(15),
    memory: Length::hours(24),
};

/// One place with whatever addresses: a whole shop may sit behind it.
pub const PLACE: Rule = Rule {
    free: 30,
    first_wait: Length::seconds(30),
    longest_wait: Length::minutes(15),
    memory: Length::hours(1),
};

/// Mails that anybody can have sent to an agent.
pub const MAILS: Rule = Rule {
    free: 3,
    first_wait: Length::minutes(15),
    longest_wait: Length::minutes(15),
    memory: Length::hours(1),
};

/// Counts an attempt under every key, or tells how many seconds to wait. Nothing is counted while one has to wait.
pub async fn attempt(change: &mut Change, keys: &[(String, Rule)]) -> Result<Option<u64>, Error> {
    let now = change.now();
    let mut found = Vec::with_capacity(keys.len());
    for (key, rule) in keys {
        let attempts = throttle::lock(change.tx(), key, now).await?;
        if attempts.until > now {
            // Rounded up: a client that waits as long is let in.
            return Ok(Some(attempts.until.since(now).as_seconds() + 1));
        }
        found.push(counted(attempts, *rule, now));
    }
    for ((key, _), attempts) in keys.iter().zip(&found) {
        throttle::save(change.tx(), key, attempts).await?;
    }
    Ok(None)
}

/// The attempt under this key was right: it starts anew.
pub async fn succeed(change: &mut Change, key: &str) -> Result<(), Error> {
    throttle::forget(change.tx(), key).await?;
    let before = change.now().minus(Length::days(2));
    throttle::sweep(change.tx(), before).await
}

/// The attempt was right: it does not count, those before it do.
pub async fn give_back(change: &mut Change, key: &str, rule: Rule) -> Result<(), Error> {
    let now = change.now();
    let mut attempts = throttle::lock(change.tx(), key, now).await?;
    attempts.failures = (attempts.failures - 1).max(0);
    if attempts.failures < rule.free {
        attempts.until = now;
    }
    throttle::save(change.tx(), key, &attempts).await
}

fn counted(before: Attempts, rule: Rule, now: shouwen_core::time::Timestamp) -> Attempts {
    let forgotten = now.since(before.since) > rule.memory;
    let (failures, since) = if forgotten {
        (1, now)
    } else {
        (before.failures + 1, before.since)
    };
    Attempts {
        failures,
        since,
        until: now.plus(wait_after(failures, rule)),
    }
}

/// The wait after so many attempts: none while they are free, then doubling.
fn wait_after(failures: i64, rule: Rule) -> Length {
    let doublings = u32::try_from((failures - rule.free).min(30)).ok();
    let wait = doublings.map_or(0, |doublings| rule.first_wait.millis() << doublings);
    Length::from_millis(wait.min(rule.longest_wait.millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_to_a_quarter_of_an_hour() {
        let waits: Vec<_> = [1, 4, 5, 6, 7, 8, 9, 10, 11, 1_000_000]
            .map(|failures| wait_after(failures, GUESSES).as_seconds())
            .to_vec();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    }
}
