//! The log: everything that happened in a workspace, numbered without gaps in the order of commits.
//!
//! The one way to write is a [`Change`]: rows, jobs, timers and events in one transaction. What follows the log reads
//! it from its own cursor; the bus only hints that there is news, and may lose anything.

mod bus;
mod change;
mod cursor;
mod events;
mod folds;
mod follow;
mod writer;

pub use bus::{Bus, BusError, Ephemeral, Hint, News};
pub use change::{Change, NewJob};
pub use cursor::{Cursor, Effect, Step, behind, count_set_aside};
pub use events::{Logged, last_seq, of_ticket, of_ticket_after, of_tickets, read_after};
pub use folds::{FoldRow, KeptFold, folds};
pub use follow::{Follower, follow};
pub use writer::{Finish, Log};
