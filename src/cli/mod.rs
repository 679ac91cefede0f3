//! The command line: a file per command, each a few lines over the server's own parts.

mod backup;
mod config;
mod demo;
mod html;
mod lmtp;
mod mail;
mod openapi;
mod serve;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError};

#[derive(Parser)]
#[command(
    name = "shouwen",
    version,
    about = "An omnichannel customer-service desk for online shops"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Do the background work of a desk on PostgreSQL, without serving people
    Work(work::WorkCommand),
    /// Write the rows and files of a desk into one archive, while it runs
    Backup(backup::Backup),
    /// Read an archive into an empty desk, on either database
    Restore(backup::Restore),
    /// Try it: a shop with two hundred tickets, on a desk of its own
    Demo(demo::DemoCommand),
    /// Look at the configuration
    Config(config::ConfigCommand),
    /// Mail: hand it to the server, look into it
    Mail(mail::MailCommand),
    /// HTML as the desk shows it
    Html(html::HtmlCommand),
    /// Print the OpenAPI document of the HTTP API
    Openapi,
}

/// Where the configuration comes from; the same for every command.
#[derive(Args, Clone)]
pub struct ConfigSource {
    /// A TOML file with the keys that differ from the defaults
    #[arg(long, env = "SHOUWEN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set one key; may be given several times
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    sets: Vec<String>,
}

impl ConfigSource {
    pub fn read(&self) -> Result<Config, ConfigError> {
        Config::read(self.config.as_deref(), std::env::vars(), &self.sets)
    }
}

/// Exit code of a configuration that is wrong.
const WRONG_CONFIG: u8 = 2;

/// Reads the command line and runs what it says.
pub fn run() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Work(work) => work.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Demo(demo) => demo.run(),
        Command::Config(command) => command.run(),
        Command::Mail(command) => command.run(),
        Command::Html(command) => command.run(),
        Command::Openapi => openapi::print(),
    }
}

/// Reads the configuration, or says what is wrong with it.
fn configuration(source: &ConfigSource) -> Result<Config, ExitCode> {
    source.read().map_err(|error| {
        eprintln!("the configuration is wrong: {error}");
        ExitCode::from(WRONG_CONFIG)
    })
}
