//! The server of the desk, in reading order.

pub mod config;

pub mod db;
pub mod log;
pub mod store;

pub mod actions;
pub mod app;
pub mod blobs;
pub mod secrets;
pub mod supervisor;

pub mod housekeeping;
pub mod jobs;
pub mod timers;

pub mod http;
