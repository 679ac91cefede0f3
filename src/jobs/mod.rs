//! Background work: rows with leases, claimed in batches, run until done or given up.
//!
//! A job is written by the change that needs it, and runs at least once: its effect stands in one change that can
//! tell that it happened already.

mod calendar_feed;
mod kind;
pub mod queue;
mod routing;
mod runner;
mod sla_runs;

pub use kind::{JobError, JobKind};
pub use runner::{Progress, Runner, settle};
