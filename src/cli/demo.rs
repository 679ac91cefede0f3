//! `shouwen demo`: the server with a shop's data, a mail catcher instead of the world, and a page with the widget.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use clap::Args;
use shouwen_core::id::Ids;

use crate::config::Config;
use crate::demo::catcher::{self, Catcher};
use crate::demo::{self, Demo, LOGINS, PASSWORD, SUPPORT};
use crate::serve::{self, Bound, ServeError, Signals, Work};
use crate::{clock, telemetry};

#[derive(Args)]
pub(super) struct DemoCommand {
    /// Where the demo keeps its data; delete it to begin anew
    #[arg(long, default_value = "data/demo", value_name = "FOLDER")]
    folder: PathBuf,
    /// Where the browser finds it
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Where it takes mail
    #[arg(long, default_value = "127.0.0.1:2525", value_name = "ADDRESS")]
    smtp: SocketAddr,
}

impl DemoCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(match runtime.block_on(self.serve()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        })
    }

    async fn serve(self) -> anyhow::Result<()> {
        let (sink, relay) = catcher::bind().await?;
        let config = self.config(relay)?;
        telemetry::start(&config.log)?;
        serve::install_tls_provider();
        let signals = Signals::listen()?;
        let clock = clock::from_environment();
        let catcher = Catcher::open(self.folder.join("demo-mail"), clock.clone())?;
        let smtp = Arc::new(OnceLock::new());
        let pages = demo::routes(Demo {
            catcher: catcher.clone(),
            clock: clock.clone(),
            smtp: smtp.clone(),
        });
        let ids = Ids::from_system();
        let started = serve::start_with(config, Arc::clone(&clock), ids, Work::Here, pages).await;
        let (app, bound) = started.map_err(|error| self.explain(error))?;
        let _ = smtp.set(bound.smtp.unwrap_or(self.smtp)); // set here only
        catcher.serve(&app, sink);
        let made = demo::seed(&app, clock.now()).await;
        if let Err(error) = made {
            serve::stop(&app).await;
            return Err(error.into());
        }
        serve::announce(&app, &bound).await?;
        self.welcome(&bound)?;
        serve::run_until_stopped(&app, signals).await;
        Ok(())
    }

    /// The defaults, with everything outgoing turned to the catcher. No file and no environment: a demo is a demo.
    fn config(&self, relay: SocketAddr) -> anyhow::Result<Config> {
        let mut config = Config::read(None, std::iter::empty(), &[])?;
        config.data.folder.clone_from(&self.folder);
        config.http.listen = self.listen;
        config.smtp.listen = self.smtp.to_string();
        config.mail.smtp_host = relay.ip().to_string();
        config.mail.smtp_port = relay.port();
        config.mail.smtp_security = crate::config::MailSecurity::None;
        "Lamp & Tea <desk@lamp-tea.example>".clone_into(&mut config.mail.from);
        "warn".clone_into(&mut config.log.level);
        Ok(config)
    }

    /// What to do about a port that somebody else has.
    fn explain(&self, error: ServeError) -> anyhow::Error {
        let (address, option) = match &error {
            ServeError::Listen(address, cause) if cause.kind() == std::io::ErrorKind::AddrInUse => {
                (*address, "--listen")
            }
            ServeError::Mail(crate::intake::ListenError::Smtp(_, cause))
                if cause.kind() == std::io::ErrorKind::AddrInUse =>
            {
                (self.smtp, "--smtp")
            }
            _ => return error.into(),
        };
        let other = SocketAddr::new(address.ip(), address.port().saturating_add(1));
        anyhow::anyhow!(
            "another program is using {address}: stop it, or choose another port, such as\n  shouwen demo {option} {other}"
        )
    }

    fn welcome(&self, bound: &Bound) -> std::io::Result<()> {
        let base = format!("http://{}", bound.http.unwrap_or(self.listen));
        let smtp = bound.smtp.unwrap_or(self.smtp);
        let mut lines = vec![
            "灯与茶 / Lamp & Tea: the demo is running".to_owned(),
            String::new(),
            format!("Inbox          {base}/"),
            format!("Shop, widget   {base}/demo/shop"),
            format!("Mail catcher   {base}/demo/mail"),
            String::new(),
            format!("Password of everybody: {PASSWORD}"),
        ];
        lines.extend(LOGINS.map(|(role, address)| format!("  {address:<28} {role}")));
        lines.extend([
            String::new(),
            "Write as a customer:".to_owned(),
            format!("  swaks --to {SUPPORT} --from you@example.com --server {smtp}"),
            String::new(),
            format!("Stop: Ctrl-C. Begin anew: delete {}", self.folder.display()),
        ]);
        let widest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
        let edge = "─".repeat(widest + 2);
        let mut out = std::io::stdout().lock();
        writeln!(out, "┌{edge}┐")?;
        for line in &lines {
            writeln!(out, "│ {line}{} │", " ".repeat(widest - width(line)))?;
        }
        writeln!(out, "└{edge}┘")?;
        out.flush()
    }
}

/// Columns in a terminal, where Chinese takes two.
fn width(line: &str) -> usize {
    line.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}
