//! The server of the desk, in reading order.

pub mod cli;
pub mod clock;
pub mod config;
pub mod fetch;
pub mod network;
pub mod serve;
pub mod telemetry;

pub mod db;
pub mod log;
pub mod store;

pub mod actions;
pub mod app;
pub mod blobs;
pub mod health;
pub mod metrics;
pub mod passwords;
pub mod phone;
pub mod secrets;
pub mod setup_token;
pub mod supervisor;

pub mod housekeeping;
pub mod intake;
pub mod jobs;
pub mod sending;
pub mod timers;
pub mod webhooks;
pub mod workers;

pub mod feed;
pub mod http;

pub mod archive;
pub mod demo;
