//! The API from outside: real HTTP on both engines.

mod accounts;
mod administration;
mod caller;
mod document;
mod front;
mod inboxes;
mod matrix;
mod office;
mod problems;
