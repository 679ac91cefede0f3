//! The rules of the desk: plain values in, plain values out.
//!
//! No I/O, no async, no clock reads. What a customer would argue about is decided here; forms and rows are the
//! server's. The database enters only as the derive that lets ids and words stand in a column.

#[macro_use]
mod column;

pub mod actor;
pub mod channel;
pub mod complaint;
pub mod customer;
pub mod event;
pub mod fault;
pub mod id;
pub mod macros;
pub mod mention;
pub mod message;
pub mod routing;
pub mod sla;
pub mod template;
pub mod threading;
pub mod ticket;
pub mod time;
pub mod tone;
pub mod wording;
