//! `shouwen html sanitize`: what is left of a mail's HTML when nothing in it can do harm.

use std::io::{Read, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use shouwen_channels::email;

#[derive(Args)]
pub(super) struct HtmlCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Read HTML on standard input, write what the desk shows of it
    Sanitize,
}

impl HtmlCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Action::Sanitize = self.action;
        let mut raw = Vec::new();
        std::io::stdin().lock().read_to_end(&mut raw)?;
        let clean = email::html::sanitise(&String::from_utf8_lossy(&raw));
        std::io::stdout().write_all(clean.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}
