//! Stories of the desk, each through the real wire, on both engines.

mod backup;
mod durable_mail;
mod email_in;
mod email_out;
mod examples;
mod kill;
mod phone;
