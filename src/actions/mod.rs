//! Use cases, a file per aggregate: load, ask core, write rows, record events. They run inside a `Change`.

pub mod calls;
pub mod customers;
pub mod deliveries;
pub mod edits;
pub mod files;
pub mod intake;
pub mod messages;
pub mod notifications;
pub mod outbound;
pub mod replies;
pub mod tickets;
pub mod workspaces;
