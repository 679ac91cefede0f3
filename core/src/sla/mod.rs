//! Promised times: which policy holds for a ticket, what its clocks show, and in which hours they run.
//!
//! A clock is never counted up. It is derived from what happened to the ticket, so that another policy, another
//! calendar or an answer that bounced give what would have been all along.

pub mod calendar;
pub mod clock;
pub mod fold;
pub mod history;
pub mod holidays;
pub mod ladder;
pub mod policy;
pub mod track;
pub mod wall;

pub use calendar::{Calendar, Hours};
pub use clock::{Clock, State, derive};
pub use fold::Fold;
pub use history::{Fact, Happened, facts, messages_moved};
pub use ladder::{Firing, Level, LevelKind, Recipient, When};
pub use policy::{Book, Condition, Policy, PolicyFacts, Targets};
pub use track::{Reason, Stretch, StretchKind, Track, tracks};

words! {
    /// What is promised.
    Metric { FirstResponse = "first_response", NextResponse = "next_response", Resolution = "resolution" }
}
