//! The spine, rule by rule: each story fails without the rule it tells of.

mod change;
mod cursor;
mod database_away;
mod idempotency;
mod log;
mod races;
mod roles;
mod rows;
mod scope;
mod start;
