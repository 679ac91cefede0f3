//! What is promised and kept of promises: calendars, policies, clocks, firings, runs.

pub mod calendars;
pub mod clocks;
pub mod policies;
pub mod runs;
