//! What holds of the source itself: who uses whom, where SQL stands, how large a file grows.
//!
//! Each rule is an absence written down in ARCHITECTURE.md. An exception is named here, with its reason.
mod built;
mod changes;
mod directions;
mod files;
mod migrations;
mod plans;
mod routes;
mod schemas;
mod setup;
mod source;
mod statements;
