//! SQL and nothing else: a file per aggregate. Reads take a `Conn`, writes a `Tx`; "not found" is `None`.

pub mod agents;
pub mod sessions;
pub mod statuses;
pub mod workspaces;
