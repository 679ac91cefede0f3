//! Mail that goes out: answers to customers through their inbox's account, and the server's own mail.

pub mod accounts;
mod answer;
pub(crate) mod desk_mail;
pub mod dkim;
pub mod oauth;
pub(crate) mod send_message;
mod through;
mod trouble;

pub use accounts::{AccountProblem, Senders, smtp_account};
pub use desk_mail::warn_when_unset;
