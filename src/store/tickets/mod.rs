//! Tickets: one row, its lists, and what hangs from it. Whatever an actor reads goes through [`visible`].

mod lists;
mod marks;
mod row;
mod scope;

pub use lists::{DueSeek, Filter, Seek, View, count, list, list_by_due, mine_to_watch, with_subject};
pub use marks::{
    DraftRow, EditRow, add_edit, add_tag, clear_draft, draft, last_edit, mark_read, read_position,
    remove_tag, save_draft, tags,
};
pub use row::{
    SummaryRow, TicketRow, add, find, find_by_number, lock, numbers, save, some, standing, summaries,
};
pub use scope::{find_visible, is_visible, visible};
