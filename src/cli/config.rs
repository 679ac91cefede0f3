//! `shouwen config check`: explains a wrong configuration, or shows the one that holds, without its secrets.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{ConfigSource, configuration};
use crate::config::Config;

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
        write!(std::io::stdout(), "{}", show(config)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The configuration as TOML, its secrets masked.
fn show(mut config: Config) -> Result<String, toml::ser::Error> {
    for secret in [
        &mut config.blobs.s3_secret_key,
        &mut config.mail.smtp_password,
        &mut config.secrets.key,
    ] {
        if !secret.is_empty() {
            "(hidden)".clone_into(secret);
        }
    }
    mask_password(&mut config.database.url);
    mask_password(&mut config.bus.redis_url);
    toml::to_string_pretty(&config)
}

/// Hides the password within a URL, in its userinfo or its query.
fn mask_password(text: &mut String) {
    if text.is_empty() {
        return;
    }
    let Ok(mut url) = url::Url::parse(text) else {
        "(hidden: not a URL)".clone_into(text);
        return;
    };
    if url.password().is_some() {
        let _ = url.set_password(Some("hidden")); // fails only for a URL that cannot have one
    }
    if url.query().is_some_and(|query| query.contains("password")) {
        url.set_query(Some("hidden"));
    }
    *text = url.into();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_configuration_holds_no_secret() {
        let sets = [
            "database.url=postgres://desk:geheim@db/desk?password=geheim",
            "bus.redis_url=redis://:geheim@cache:6379",
            "mail.smtp_password=geheim",
            "blobs.s3_secret_key=geheim",
        ];
        let sets: Vec<_> = sets.map(str::to_owned).to_vec();
        let shown = show(Config::read(None, std::iter::empty(), &sets).unwrap()).unwrap();
        assert!(!shown.contains("geheim"), "{shown}");
        assert!(shown.contains("127.0.0.1:8080"), "{shown}");
    }
}
