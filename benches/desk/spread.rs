//! Percentiles of what was measured.

use std::time::Duration;

/// The median and the 99th percentile, in words.
pub(crate) fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    match (at(50), at(99)) {
        (Some(p50), Some(p99)) => {
            format!(
                "p50 {:7.2} ms  p99 {:7.2} ms  (n {})",
                millis(*p50),
                millis(*p99),
                times.len()
            )
        }
        _ => "nothing measured".to_owned(),
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
