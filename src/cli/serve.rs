//! `shouwen serve`: the server, until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use shouwen_core::id::Ids;

use super::{ConfigSource, configuration};
use crate::{clock, serve, telemetry};

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    source: ConfigSource,
    /// Serve people only; jobs and timers run elsewhere (`shouwen work`)
    #[arg(long)]
    no_workers: bool,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = match configuration(&self.source) {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        telemetry::start(&config.log)?;
        let work = if self.no_workers {
            serve::Work::Elsewhere
        } else {
            serve::Work::Here
        };
        let clock = clock::from_environment();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve::serve(config, Arc::clone(&clock), Ids::from_system(), work))?;
        Ok(ExitCode::SUCCESS)
    }
}
