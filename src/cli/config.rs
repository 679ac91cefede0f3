//! `shouwen config check`: explains a wrong configuration, or shows the one that holds, without its secrets.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{ConfigSource, configuration};

#[derive(Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Read every source, say what is wrong, print the values that hold
    Check(ConfigSource),
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Action::Check(source) = self.action;
        let config = match configuration(&source) {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        write!(std::io::stdout(), "{}", config.shown()?)?;
        Ok(ExitCode::SUCCESS)
    }
}
