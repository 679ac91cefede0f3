//! The running server: opens its parts, says where it listens, and stops in order when it is told to.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use shouwen_core::id::Ids;
use shouwen_core::time::Clock;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::{App, StartError};
use crate::config::Config;
use crate::db;
pub use crate::fetch::install_tls_provider;
use crate::http::router;
use crate::intake;
use crate::store::agents;
use crate::workers;

/// Where jobs and timers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Here,
    Elsewhere,
}

/// What is open, and where.
#[derive(Debug, Default)]
pub struct Bound {
    pub http: Option<SocketAddr>,
    pub smtp: Option<SocketAddr>,
    pub lmtp: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Store(#[from] db::Error),
    #[error("cannot listen on {0} (http.listen): {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error(transparent)]
    Mail(#[from] intake::ListenError),
    #[error("cannot receive signals: {0}")]
    Signals(std::io::Error),
    #[error("cannot write to stdout: {0}")]
    Output(std::io::Error),
}

/// Runs the server until SIGTERM or SIGINT.
pub async fn serve(config: Config, clock: Arc<dyn Clock>, ids: Ids, work: Work) -> Result<(), ServeError> {
    install_tls_provider();
    let signals = Signals::listen()?;
    let (app, bound) = start(config, clock, ids, work).await?;
    announce(&app, &bound).await?;
    run_until_stopped(&app, signals).await;
    Ok(())
}

/// What closing the database may take: a statement that never ends must not keep the process.
const CLOSING: Duration = Duration::from_secs(5);

/// Does the background work, without listening, until SIGTERM or SIGINT.
pub async fn work(config: Config, clock: Arc<dyn Clock>, ids: Ids) -> Result<(), ServeError> {
    install_tls_provider();
    let signals = Signals::listen()?;
    let app = App::open(config, clock, ids).await?;
    workers::start(&app);
    tracing::info!(node = %app.node, "working");
    say("working")?;
    run_until_stopped(&app, signals).await;
    Ok(())
}

/// Waits for a signal, then stops in order; a second signal stops at once. Whoever interrupts at a terminal waits for
/// no balancer.
pub async fn run_until_stopped(app: &App, mut signals: Signals) {
    let told = signals.next().await;
    tracing::info!("stopping");
    let stopped = async {
        if told == Told::Terminate {
            drain(app).await;
        }
        stop(app).await;
    };
    tokio::select! {
        () = stopped => {}
        _ = signals.next() => {
            tracing::warn!("stopping at once");
            std::process::exit(130)
        }
    }
}

/// Opens the parts and every listener.
pub async fn start(
    config: Config,
    clock: Arc<dyn Clock>,
    ids: Ids,
    work: Work,
) -> Result<(App, Bound), ServeError> {
    start_with(config, clock, ids, work, Router::new()).await
}

/// The same with pages that only this server has.
pub async fn start_with(
    mut config: Config,
    clock: Arc<dyn Clock>,
    ids: Ids,
    work: Work,
    pages: Router<App>,
) -> Result<(App, Bound), ServeError> {
    let listener = bind_http(config.http.listen).await?;
    // Links name the port that the system chose for port 0.
    config.http.listen = listener
        .local_addr()
        .map_err(|error| ServeError::Listen(config.http.listen, error))?;
    let app = App::open(config, clock, ids).await?;
    let mail = intake::start(&app).await?;
    let bound = Bound {
        http: Some(app.config.http.listen),
        smtp: mail.smtp,
        lmtp: Some(mail.lmtp),
    };
    serve_http(&app, listener, pages);
    if work == Work::Here {
        workers::start(&app);
    }
    tracing::info!(node = %app.node, sqlite = app.db.is_sqlite(), workers = ?work, "started");
    Ok((app, bound))
}

/// Says on `/readyz` that no more traffic is wanted, and serves on until balancers have heard of it.
async fn drain(app: &App) {
    app.health.drain();
    tokio::time::sleep(Duration::from_secs(app.config.http.drain_seconds)).await;
}

/// Stops in order: no new traffic, then no new connections, then the tasks, then the store.
pub async fn stop(app: &App) {
    app.health.drain();
    let grace = Duration::from_secs(app.config.workers.grace_seconds);
    if !app.supervisor.shut_down(grace).await {
        tracing::warn!(seconds = grace.as_secs(), "some tasks did not end in time");
    }
    if tokio::time::timeout(CLOSING, app.db.close()).await.is_err() {
        tracing::warn!(seconds = CLOSING.as_secs(), "the database was not closed in time");
    }
}

async fn bind_http(wanted: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(wanted)
        .await
        .map_err(|error| ServeError::Listen(wanted, error))
}

fn serve_http(app: &App, listener: TcpListener, pages: Router<App>) {
    let stop = app.supervisor.stop_token();
    let service = router::build_with(app.clone(), pages)
        .0
        .into_make_service_with_connect_info::<SocketAddr>();
    app.supervisor.run("http", async move {
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "HTTP has ended");
        }
    });
}

/// Says on stdout, for people and programs, where the server listens, and how to set it up when nobody works here.
pub async fn announce(app: &App, bound: &Bound) -> Result<(), ServeError> {
    let mut parts = vec!["listening".to_owned()];
    if let Some(http) = bound.http {
        parts.push(format!("http=http://{http}"));
    }
    if let Some(smtp) = bound.smtp {
        parts.push(format!("smtp={smtp}"));
    }
    if let Some(lmtp) = &bound.lmtp {
        parts.push(format!("lmtp={}", lmtp.display()));
    }
    say(&parts.join(" "))?;
    if agents::count(&mut app.db.read().await?, app.workspace).await? == 0 {
        let base = app.config.public_url();
        say(&format!("setup {base}/setup?token={}", app.setup_token.offer()))?;
    }
    Ok(())
}

fn say(line: &str) -> Result<(), ServeError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(ServeError::Output)
}

/// Who told the process to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// SIGTERM: the system.
    Terminate,
    /// SIGINT: a person at a terminal.
    Interrupt,
}

/// What tells the process to stop.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub fn listen() -> Result<Self, ServeError> {
        let listen = |kind| signal(kind).map_err(ServeError::Signals);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Terminate,
            _ = self.interrupt.recv() => Told::Interrupt,
        }
    }
}
