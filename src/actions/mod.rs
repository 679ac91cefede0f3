//! Use cases, a file per aggregate: load, ask core, write rows, record events. They run inside a `Change`.

pub mod administration;
pub mod agents;
pub mod api_keys;
pub mod calls;
pub mod customers;
pub mod deliveries;
pub mod desk_mail;
pub mod edits;
pub mod files;
pub mod inbox_test;
pub mod inboxes;
pub mod intake;
pub mod messages;
pub mod notifications;
pub mod outbound;
pub mod password_resets;
pub mod replies;
pub mod roles;
pub mod sessions;
pub mod setup;
pub mod statuses;
pub mod tags;
pub mod teams;
pub mod throttle;
pub mod tickets;
pub mod workspaces;
