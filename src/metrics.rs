//! Numbers about this server for Prometheus: counted here, read at `/metrics`.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use shouwen_core::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Job {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stuck {
    what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Follower {
    follower: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Socket {
    kind: &'static str,
}

/// How a job came out.
#[derive(Debug, Clone, Copy)]
pub enum JobOutcome {
    Done,
    /// Failed, and will be tried again.
    Failed,
    /// Failed for good.
    Dead,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Numbers>);

struct Numbers {
    registry: Registry,
    requests: Family<Request, Counter>,
    request_seconds: Family<Route, Histogram, fn() -> Histogram>,
    jobs: Family<Job, Counter>,
    sockets: Family<Socket, Gauge>,
    stuck: Family<Stuck, Gauge>,
    waiting: Family<Stuck, Gauge>,
    oldest: Family<Stuck, Gauge<f64, AtomicU64>>,
    behind: Family<Follower, Gauge>,
}

impl Metrics {
    /// `statements` counts what the store runs.
    pub fn new(statements: Counter) -> Self {
        let requests = Family::default();
        // From 1 ms to 16 s.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 15));
        let request_seconds = Family::new_with_constructor(histogram);
        let (jobs, sockets, stuck) = (Family::default(), Family::default(), Family::default());
        let mut registry = Registry::with_prefix("shouwen");
        registry.register("http_requests", "HTTP requests answered", requests.clone());
        registry.register(
            "http_request_seconds",
            "Seconds until the answer began",
            request_seconds.clone(),
        );
        registry.register("sql_statements", "SQL statements run", statements);
        registry.register("jobs", "Background jobs run", jobs.clone());
        registry.register("sockets", "WebSockets that are open", sockets.clone());
        registry.register(
            "stuck",
            "What was given up and waits for a person, counted up to 1000",
            stuck.clone(),
        );
        let (waiting, oldest, behind) = (Family::default(), Family::default(), Family::default());
        registry.register(
            "waiting",
            "What is due and not begun, counted up to 1000",
            waiting.clone(),
        );
        registry.register(
            "oldest_seconds",
            "For how long the oldest of what waits has waited",
            oldest.clone(),
        );
        registry.register(
            "behind_events",
            "Events that a follower of the log has not read",
            behind.clone(),
        );
        Self(Arc::new(Numbers {
            registry,
            requests,
            request_seconds,
            jobs,
            sockets,
            stuck,
            waiting,
            oldest,
            behind,
        }))
    }

    /// A request was answered; `route` is its pattern, never its path.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let request = Request {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.0.requests.get_or_create(&request).inc();
        self.0
            .request_seconds
            .get_or_create(&Route {
                route: route.to_owned(),
            })
            .observe(took.as_secs_f64());
    }

    pub fn job(&self, kind: &'static str, outcome: JobOutcome) {
        let outcome = match outcome {
            JobOutcome::Done => "done",
            JobOutcome::Failed => "failed",
            JobOutcome::Dead => "dead",
        };
        self.0.jobs.get_or_create(&Job { kind, outcome }).inc();
    }

    /// A socket was opened; it counts until the guard is dropped. `kind` is `feed` or `widget`.
    pub fn socket(&self, kind: &'static str) -> SocketGuard {
        let gauge = self.0.sockets.get_or_create_owned(&Socket { kind });
        gauge.inc();
        SocketGuard(gauge)
    }

    /// How much of `what` (`jobs`, `events`) was given up and waits for a person.
    pub fn set_stuck(&self, what: &'static str, count: i64) {
        self.0.stuck.get_or_create(&Stuck { what }).set(count);
    }

    /// How much of `what` is due and not begun.
    pub fn set_waiting(&self, what: &'static str, count: i64) {
        self.0.waiting.get_or_create(&Stuck { what }).set(count);
    }

    /// Since when the oldest of `what` waits; `None`: nothing does.
    pub fn set_oldest(&self, what: &'static str, since: Option<Timestamp>, now: Timestamp) {
        let waited = since.map_or(0, |since| now.millis() - since.millis()).max(0);
        let seconds = Duration::from_millis(waited.unsigned_abs()).as_secs_f64();
        self.0.oldest.get_or_create(&Stuck { what }).set(seconds);
    }

    /// How many events `follower` has not read yet.
    pub fn set_behind(&self, follower: String, events: i64) {
        self.0.behind.get_or_create(&Follower { follower }).set(events);
    }

    /// All numbers in the OpenMetrics text format.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// Counts a socket as open.
pub struct SocketGuard(Gauge);

impl Drop for SocketGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::new(Counter::default());
        metrics.request("GET", "/api/v1/me", 200, Duration::from_millis(3));
        metrics.job("send_message", JobOutcome::Done);
        let open = metrics.socket("feed");
        let text = metrics.text().unwrap();
        for line in [
            r#"shouwen_http_requests_total{method="GET",route="/api/v1/me",status="200"} 1"#,
            r#"shouwen_jobs_total{kind="send_message",outcome="done"} 1"#,
            r#"shouwen_sockets{kind="feed"} 1"#,
        ] {
            assert!(text.contains(line), "{text}");
        }
        drop(open);
        assert!(
            metrics
                .text()
                .unwrap()
                .contains(r#"shouwen_sockets{kind="feed"} 0"#)
        );
    }
}
