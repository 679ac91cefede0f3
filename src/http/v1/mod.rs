//! Version 1 of the API: a file per resource.

pub mod calls;
pub mod customers;
pub mod files;
pub mod find;
pub mod messages;
pub mod notifications;
pub mod tickets;
pub mod view;
