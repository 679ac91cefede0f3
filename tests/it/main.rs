//! The stories of Shouwen: one binary and one process, so that all of them share the private servers of
//! [`support::servers`]. Run it with `cargo test`; a runner that starts a process for each test starts the
//! servers for each test too.
#![allow(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod api;
mod blobs;
mod invariants;
mod servers;
mod spine;
mod stories;
mod support;
