//! `shouwen mail`: hands a mail to the running server, or shows what the server would read in it.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use shouwen_channels::email;

use super::lmtp::{Handed, hand_over};
use super::{ConfigSource, configuration};

/// Exit codes of sysexits(3), which mail servers act on.
const DATA_ERROR: u8 = 65;
const NO_USER: u8 = 67;
const TRY_AGAIN: u8 = 75;
/// The largest mail that is looked into, in bytes.
const MOST_INSPECTED: usize = 256 << 20;
/// How long a server may take to keep a mail.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Args)]
pub(super) struct MailCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Hand the mail on standard input to the running server; for pipes of mail servers
    Deliver(Deliver),
    /// Show as JSON what the desk reads in the mail on standard input
    Inspect,
}

#[derive(Args)]
struct Deliver {
    #[command(flatten)]
    source: ConfigSource,
    /// To whom; else Delivered-To, X-Original-To, Envelope-To, To and Cc of the mail
    #[arg(long, short)]
    recipient: Vec<String>,
    /// The envelope sender; else the mail's Return-Path, else its From
    #[arg(long, short = 'f')]
    sender: Option<String>,
}

impl MailCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Deliver(deliver) => deliver.run(),
            Action::Inspect => {
                let Some(raw) = read_mail(std::io::stdin().lock(), MOST_INSPECTED)? else {
                    eprintln!("the mail is larger than {MOST_INSPECTED} bytes");
                    return Ok(ExitCode::from(DATA_ERROR));
                };
                let found = serde_json::to_string_pretty(&email::inspect(&raw))?;
                writeln!(std::io::stdout(), "{found}")?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Deliver {
    fn run(self) -> anyhow::Result<ExitCode> {
        let Ok(config) = configuration(&self.source) else {
            // A mail server must not return mail because our configuration is wrong.
            return Ok(ExitCode::from(TRY_AGAIN));
        };
        let most = config.smtp.max_bytes;
        let raw = match read_mail(std::io::stdin().lock(), most) {
            Ok(Some(raw)) => raw,
            Ok(None) => {
                eprintln!("the mail is larger than {most} bytes (smtp.max_bytes)");
                return Ok(ExitCode::from(DATA_ERROR));
            }
            Err(error) => {
                eprintln!("the mail cannot be read: {error}");
                return Ok(ExitCode::from(TRY_AGAIN));
            }
        };
        let raw = raw.as_slice();
        let recipients = self.recipients(raw);
        if recipients.is_empty() {
            eprintln!("the mail names no recipient; say it by --recipient");
            return Ok(ExitCode::from(DATA_ERROR));
        }
        let sender = self.sender.or_else(|| named_sender(raw));
        let socket = config.lmtp_socket();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let handing = hand_over(&socket, sender.as_deref(), &recipients, raw);
        let handed = runtime.block_on(async { tokio::time::timeout(PATIENCE, handing).await });
        let (code, words) = match handed {
            Ok(Ok(Handed::Kept)) => return Ok(ExitCode::SUCCESS),
            Ok(Ok(Handed::Unknown(words))) => (NO_USER, words),
            Ok(Ok(Handed::Refused(words))) => (DATA_ERROR, words),
            Ok(Ok(Handed::Later(words))) => (TRY_AGAIN, words),
            Ok(Err(error)) => (
                TRY_AGAIN,
                format!("the server does not answer on {}: {error}", socket.display()),
            ),
            Err(_) => (TRY_AGAIN, "the server did not answer in time".to_owned()),
        };
        eprintln!("{words}");
        Ok(ExitCode::from(code))
    }

    /// Where the mail really goes stands in what mail servers note; To and Cc are the sender's words.
    fn recipients(&self, raw: &[u8]) -> Vec<String> {
        if !self.recipient.is_empty() {
            return self.recipient.clone();
        }
        let mail = email::parse(raw);
        if !mail.delivered_to.is_empty() {
            return mail.delivered_to;
        }
        mail.to
            .into_iter()
            .chain(mail.cc)
            .map(|to| to.address)
            .filter(|address| email::address::fold(address).is_some())
            .collect()
    }
}

/// The mail, or `None` when it is larger than `most`: read to its end all the same, so that whoever writes it hears
/// our exit code rather than of a broken pipe.
fn read_mail(mut input: impl Read, most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    input.by_ref().take(most as u64 + 1).read_to_end(&mut raw)?;
    if raw.len() <= most {
        return Ok(Some(raw));
    }
    drop(raw);
    std::io::copy(&mut input, &mut std::io::sink())?;
    Ok(None)
}

/// Who sent the mail, as far as the mail itself says. An empty Return-Path is a report's and stays so; a mail that
/// has none at all was not sent by a machine for that.
fn named_sender(raw: &[u8]) -> Option<String> {
    let mail = email::parse(raw);
    mail.return_path.or_else(|| mail.from.map(|from| from.address))
}
