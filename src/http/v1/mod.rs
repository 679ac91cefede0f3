//! Version 1 of the API: a file per resource.

pub mod agents;
pub mod api_keys;
pub mod bootstrap;
pub mod calls;
pub mod customers;
pub mod deliveries;
pub mod feed;
pub mod files;
pub mod find;
pub mod inbox_settings;
pub mod inboxes;
pub mod me;
pub mod messages;
pub mod notifications;
pub mod password_resets;
pub mod roles;
pub mod session;
pub mod setup;
pub mod statuses;
pub mod tags;
pub mod teams;
pub mod tickets;
pub mod view;
pub mod webhooks;
pub mod vocabulary;
