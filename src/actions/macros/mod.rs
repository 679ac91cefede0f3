//! Macros, which agents know as saved replies: kept by whoever may, offered for a ticket, and applied to it.
//!
//! A macro gives words for a draft and changes fields; it never sends anything.

mod applying;
mod grades;
mod keeping;
mod offering;
mod targets;

pub use applying::{Applied, FieldChange, LeftOut, apply};
pub use grades::check_sent;
pub use keeping::{Audience, MacroForm, create, delete, forget_team, reorder, update};
pub use offering::{Offer, Offered, UsedBy, example, may_edit, offered, readable};
pub use targets::outdated;

use shouwen_core::actor::Permission;

use crate::db;

#[derive(Debug, thiserror::Error)]
pub enum MacroError {
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("no such macro")]
    NoSuchMacro,
    /// It is for other tickets.
    #[error("{0}")]
    Elsewhere(&'static str),
    /// The complaint's grade does not allow it: a sentence that says so.
    #[error("{0}")]
    GradeForbids(String),
    #[error("this macro changes what needs the permission {0}")]
    Forbidden(Permission),
    #[error(transparent)]
    Store(#[from] db::Error),
}
