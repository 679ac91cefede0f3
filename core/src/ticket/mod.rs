//! The ticket: its number, its life, and how edits of two people meet.

mod edit;
mod life;
mod number;

pub use edit::{Field, Verdict, compare};
pub use life::{
    Category, Life, Priority, agent_answered, answer_failed, category_chosen, customer_wrote, joined_by,
    left_with, merged_away, needs_reason,
};
pub use number::{NumberError, TicketNumber};
