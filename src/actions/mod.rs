//! Use cases, a file per aggregate: load, ask core, write rows, record events. They run inside a `Change`.

pub mod workspaces;
