//! `shouwen backup`, while the desk runs, and `shouwen restore`, into an empty one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{ConfigSource, configuration};
use crate::config::Config;
use crate::{archive, clock, serve};

#[derive(Args)]
pub(super) struct Backup {
    /// The archive to write, such as desk.tar
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Put the secret key into the archive, too: mailbox passwords can be read with it
    #[arg(long)]
    with_key: bool,
}

#[derive(Args)]
pub(super) struct Restore {
    /// The archive to read
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct Place {
    #[command(flatten)]
    source: ConfigSource,
    /// The data folder, in place of the configured one
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Place {
    fn configuration(&self) -> Result<Config, ExitCode> {
        let mut config = configuration(&self.source)?;
        if let Some(folder) = &self.folder {
            config.data.folder.clone_from(folder);
        }
        Ok(config)
    }
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.place.configuration() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        serve::install_tls_provider();
        let now = clock::from_environment().now();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let made = runtime.block_on(archive::backup(&config, &self.file, self.with_key, now, &tell));
        let made = match made {
            Ok(made) => made,
            Err(error) => return Ok(failed(&error)),
        };
        eprintln!(
            "{}: {} rows, {} files, {} bytes",
            self.file.display(),
            made.rows,
            made.blobs,
            made.bytes
        );
        if self.with_key {
            eprintln!("The secret key is in it: whoever has this archive can read the mailbox passwords.");
        } else {
            eprintln!(
                "The secret key is not in it: keep secret.key (or secrets.key of the configuration) elsewhere. \
                 Without it mailbox passwords must be entered again."
            );
        }
        Ok(warn_of_missing(&made.missing))
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.place.configuration() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        serve::install_tls_provider();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let now = clock::from_environment().now();
        let restored = match runtime.block_on(archive::restore(&config, &self.file, now, &tell)) {
            Ok(restored) => restored,
            Err(error) => return Ok(failed(&error)),
        };
        eprintln!("restored {} rows and {} files", restored.rows, restored.blobs);
        if !restored.with_key {
            eprintln!(
                "The archive holds no secret key: put the old secret.key into {} before the first start, \
                 or enter mailbox passwords again.",
                config.data.folder.display()
            );
        }
        Ok(warn_of_missing(&restored.missing))
    }
}

fn tell(line: &str) {
    eprintln!("{line}");
}

fn failed(error: &archive::ArchiveError) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

/// Everything else is there, but a script should notice.
fn warn_of_missing(missing: &[String]) -> ExitCode {
    if missing.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!(
        "{} files were missing from the store: {}",
        missing.len(),
        missing.join(" ")
    );
    ExitCode::FAILURE
}
