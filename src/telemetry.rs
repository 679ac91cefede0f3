//! What the program says about itself, on stderr. Stdout carries only what other programs read.

use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{LogConfig, LogFormat};

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("log.level is not a level or a list such as \"info,shouwen::feed=debug\": {0}")]
    WrongLevel(#[from] tracing_subscriber::filter::ParseError),
    #[error("the log was started before: {0}")]
    Twice(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Whose closer words are let through. Other crates tell below `info` what passes through them: addresses, the words
/// of a mail while its HTML is read.
const OURS: &[&str] = &["shouwen", "tower_http"];

/// Starts the log for the whole process.
pub fn start(config: &LogConfig) -> Result<(), TelemetryError> {
    let wanted = EnvFilter::try_new(&config.level)?;
    let discreet =
        filter_fn(|of| *of.level() <= Level::INFO || OURS.iter().any(|ours| of.target().starts_with(ours)));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(discreet).with_filter(wanted))
        .try_init()
        .map_err(|error| TelemetryError::Twice(error.into()))
}
