//! SQL and nothing else: a file per aggregate. Reads take a `Conn`, writes a `Tx`; "not found" is `None`.

pub mod agents;
pub mod api_keys;
pub mod calls;
pub mod customers;
pub mod files;
pub mod idempotency;
pub mod inboxes;
pub mod listeners;
pub mod mailboxes;
pub mod messages;
pub mod notifications;
pub mod password_resets;
pub mod raw_mails;
pub mod sessions;
pub mod statuses;
pub mod sweeps;
pub mod tags;
pub mod throttle;
pub mod tickets;
pub mod timers;
pub mod visitors;
pub mod webhooks;
pub mod workspaces;
