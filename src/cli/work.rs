//! `shouwen work`: jobs, timers and fetching mail without serving people, beside servers on the same PostgreSQL.

use std::process::ExitCode;

use clap::Args;
use shouwen_core::id::Ids;

use super::{ConfigSource, configuration};
use crate::{clock, serve, telemetry};

#[derive(Args)]
pub(super) struct WorkCommand {
    #[command(flatten)]
    source: ConfigSource,
}

impl WorkCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = match configuration(&self.source) {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        if config.database.url.is_empty() {
            eprintln!(
                "`shouwen work` needs PostgreSQL (database.url): SQLite's folder belongs to one process, whose \
                 `shouwen serve` does the work itself"
            );
            return Ok(ExitCode::FAILURE);
        }
        telemetry::start(&config.log)?;
        let clock = clock::from_environment();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve::work(config, clock, Ids::from_system()))?;
        Ok(ExitCode::SUCCESS)
    }
}
