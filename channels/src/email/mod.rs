//! Email: reading it, making it safe to show, writing, sending and receiving it.

pub mod address;
mod attribution;
pub mod authenticity;
mod automatic;
mod body;
mod bounce;
mod bounce_text;
pub mod compose;
pub mod dial;
pub mod dns;
pub mod dns_check;
mod flowed;
mod forward;
pub mod html;
mod html_text;
pub mod imap;
mod inspect;
mod mail_stream;
pub mod marker;
mod mime;
mod parse;
mod quote_header;
mod reply;
pub mod sign;
pub mod smtp_client;
pub mod smtp_server;
mod style;
pub mod thread;

pub use address::Mailbox;
pub use automatic::Automatic;
pub use bounce::Bounce;
pub use inspect::inspect;
pub use parse::{Attachment, Mail, body_hash, parse};
pub use reply::trim as trim_reply;
