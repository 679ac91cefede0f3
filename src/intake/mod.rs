//! Mail that comes in: kept raw and durable before it is acknowledged, read by a job afterwards.

mod answered_elsewhere;
mod authenticity;
mod backfill;
mod copies;
mod gate;
mod listeners;
mod mail_drop;
mod mailbox;
pub mod mailboxes;
mod message;
mod read;
pub mod read_mail;
mod recipients;
mod report;
pub mod thread;

pub use listeners::{ListenError, Listening, start};
pub use mail_drop::DeskMailDrop;
pub use mailbox::imap_account;
