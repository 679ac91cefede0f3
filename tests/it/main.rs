//! The stories of Shouwen: one binary and one process, so that all of them share the private servers of
//! [`support::servers`]. Run it with `cargo test`; a runner that starts a process for each test starts the
//! servers for each test too.
#![expect(clippy::unwrap_used, reason = "a story stops where it cannot go on")]
#![expect(
    clippy::print_stdout,
    reason = "a story says what it was worth, or what it needs to be told"
)]

mod api;
mod blobs;
mod invariants;
mod servers;
mod spine;
mod stories;
mod support;
