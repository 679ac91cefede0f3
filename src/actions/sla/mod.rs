//! Promised times in the desk: every change ends with the clocks of the tickets it touched, derived anew.
//!
//! Nobody calls this: the log's writer does, so that no action can forget a clock.

pub mod book;
pub mod calendars;
pub mod feed;
pub mod firing;
pub mod hours;
pub mod policies;
pub mod runs;
pub mod settle;
pub mod story;
pub mod timers;
pub mod why;

pub use book::Books;
pub use settle::finish;
