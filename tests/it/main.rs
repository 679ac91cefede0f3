//! The stories of Shouwen: one binary and one process, so that all of them share the private servers of
//! [`support::servers`]. Run it with `cargo test`; a runner that starts a process for each test starts the
//! servers for each test too.
mod api;
mod blobs;
mod invariants;
mod servers;
mod spine;
mod stories;
mod support;
