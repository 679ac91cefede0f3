//! What a request, a job or a follower may reach. Built once; cheap to clone.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shouwen_channels::email::dns::Resolver;
use shouwen_core::actor::Actor;
use shouwen_core::id::{Ids, WorkspaceId};
use shouwen_core::time::{Clock, Timestamp};
use uuid::Uuid;

use crate::actions::{sla, workspaces};
use crate::blobs::{BlobError, Blobs};
use crate::config::Config;
use crate::db::{self, Db};
use crate::feed::Hub;
use crate::fetch::Fetcher;
use crate::health::Health;
use crate::log::{Bus, BusError, Change, Finish, Log};
use crate::metrics::Metrics;
use crate::passwords::Passwords;
use crate::secrets::{SecretError, Secrets};
use crate::sending::Senders;
use crate::setup_token::SetupToken;
use crate::store::workspaces as workspace_rows;
use crate::supervisor::Supervisor;

#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts, for reading; see [`App`].
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub log: Log,
    pub bus: Bus,
    pub blobs: Blobs,
    pub secrets: Secrets,
    pub clock: Arc<dyn Clock>,
    pub ids: Ids,
    pub supervisor: Supervisor,
    pub health: Health,
    pub metrics: Metrics,
    pub setup_token: SetupToken,
    /// Connections to the mail servers that we send by.
    pub senders: Senders,
    pub passwords: Passwords,
    pub feed: Hub,
    /// Policies and calendars in memory.
    pub books: sla::Books,
    /// For what lies outside, at addresses that people typed.
    pub fetcher: Fetcher,
    /// Where names of mail domains are looked up; none where the system has no resolver.
    pub resolver: Option<Resolver>,
    /// Tells this server from the others on the same database.
    pub node: Uuid,
    /// The one workspace of this installation.
    pub workspace: WorkspaceId,
    folder_lock: Option<std::fs::File>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot use the data folder {0}: {1}")]
    Folder(std::path::PathBuf, std::io::Error),
    #[error(
        "another server is running on the data folder {0}: stop it first, or give this one a folder of its own"
    )]
    Locked(std::path::PathBuf),
    #[error(transparent)]
    Database(#[from] db::ConnectError),
    #[error(transparent)]
    Store(#[from] db::Error),
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Secrets(#[from] SecretError),
    #[error("cannot set up connections to the outside: {0}")]
    Fetcher(#[from] reqwest::Error),
    #[error("mail.nameserver: {0}: write an address with its port, such as 127.0.0.1:53")]
    Nameserver(String),
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Locks the folder, opens the store, and makes the workspace when there is none.
    pub async fn open(config: Config, clock: Arc<dyn Clock>, ids: Ids) -> Result<Self, StartError> {
        let folder = config.data.folder.clone();
        let folder_lock = lock_folder(&folder)?;
        let options = db::Options {
            url: (!config.database.url.is_empty()).then(|| config.database.url.clone()),
            connections: config.database.connections,
        };
        let db = Db::open(&options, &folder).await?;
        let (blobs, secrets) = (
            Blobs::open(&config)?,
            Secrets::open(&config.secrets.key, &folder)?,
        );
        blobs.clear_unfinished()?;
        let fetcher = Fetcher::new(config.fetch.networks())?;
        let resolver = resolver(&config)?;
        let supervisor = Supervisor::default();
        let node: Uuid = ids.next(clock.now());
        let bus = start_bus(&config, node, &supervisor)?;
        let books = sla::Books::default();
        let log = Log::start(
            db.clone(),
            bus.clone(),
            clock.clone(),
            ids.clone(),
            finish_by(books.clone()),
        );
        let workspace = workspaces::find_or_create(&db, &log, &ids, clock.now()).await?;
        let health = Health::default();
        watch_database(&health, &db, workspace);
        watch_parts(&health, &blobs, &bus, &supervisor);
        Ok(Self(Arc::new(Parts {
            config,
            metrics: Metrics::new(db.statements()),
            db,
            log,
            bus,
            blobs,
            secrets,
            clock,
            ids,
            supervisor,
            health,
            setup_token: SetupToken::default(),
            senders: Senders::default(),
            passwords: Passwords::default(),
            feed: Hub::default(),
            books,
            fetcher,
            resolver,
            node,
            workspace,
            folder_lock: Some(folder_lock),
        })))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn system(&self) -> Actor {
        Actor::system(self.workspace)
    }

    /// Runs `work` in a transaction; see [`Log::change`].
    pub async fn change<I, T, E, F>(&self, actor: &Actor, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
        F: for<'c> Fn(&'c mut Change, &'c I) -> BoxFuture<'c, Result<T, E>> + Send + Sync + 'static,
    {
        self.log.change(actor, input, work).await
    }

    /// Whether the folder is ours; it stays so until the process ends.
    pub fn holds_folder(&self) -> bool {
        self.folder_lock.is_some()
    }
}

fn watch_database(health: &Health, db: &Db, workspace: WorkspaceId) {
    let db = db.clone();
    health.add_need("database", move || {
        let db = db.clone();
        async move {
            let named = async { workspace_rows::name(&mut db.read().await?, workspace).await };
            let named: Result<_, db::Error> = named.await;
            named.map(drop).map_err(|_| "does not answer".to_owned())
        }
        .boxed()
    });
}

fn watch_parts(health: &Health, blobs: &Blobs, bus: &Bus, supervisor: &Supervisor) {
    let blobs = blobs.clone();
    health.add_need("files", move || {
        let blobs = blobs.clone();
        async move {
            blobs
                .try_writing()
                .await
                .map_err(|_| "cannot be written".to_owned())
        }
        .boxed()
    });
    if bus.is_shared() {
        let bus = bus.clone();
        health.add_wish("bus", move || {
            let bus = bus.clone();
            async move {
                let answers = bus.answers().await;
                answers.map_err(|_| {
                    "Redis does not answer: other servers hear late of what happens here".to_owned()
                })
            }
            .boxed()
        });
    }
    watch_tasks(health, supervisor);
}

fn watch_tasks(health: &Health, supervisor: &Supervisor) {
    let well = |names: &'static [&'static str], words: &'static str, supervisor: &Supervisor| {
        let supervisor = supervisor.clone();
        move || {
            let fails = supervisor.is_failing(names);
            async move { if fails { Err(words.to_owned()) } else { Ok(()) } }.boxed()
        }
    };
    let listening = well(
        &["lmtp listener", "smtp listener"],
        "connections cannot be taken",
        supervisor,
    );
    health.add_need("mail listeners", listening);
    let working = well(
        &["jobs", "mailboxes", "timers"],
        "background work fails and is started again",
        supervisor,
    );
    health.add_wish("work", working);
}

/// The configured nameserver, else the system's. Without one mail is taken all the same, unchecked.
fn resolver(config: &Config) -> Result<Option<Resolver>, StartError> {
    let named = config.mail.nameserver.trim();
    let made = if named.is_empty() {
        Resolver::system()
    } else {
        let at = named.parse();
        Resolver::at(at.map_err(|_| StartError::Nameserver(named.to_owned()))?)
    };
    if let Err(error) = &made {
        tracing::warn!(%error, "names cannot be looked up: senders of mail are not checked");
    }
    Ok(made.ok())
}

/// Every change ends with the clocks of the tickets that it touched.
fn finish_by(books: sla::Books) -> Finish {
    Arc::new(move |change| {
        let books = books.clone();
        async move { sla::finish(change, &books).await }.boxed()
    })
}

fn start_bus(config: &Config, node: Uuid, supervisor: &Supervisor) -> Result<Bus, BusError> {
    if config.bus.redis_url.is_empty() {
        return Ok(Bus::in_process(node));
    }
    let (bus, carrier) = Bus::over_redis(node, &config.bus.redis_url)?;
    let carrier = Arc::new(carrier);
    supervisor.keep("bus", move |stop| {
        let carrier = carrier.clone();
        async move { Ok(carrier.run(stop).await?) }
    });
    Ok(bus)
}

/// Takes the data folder for this process, until the file is closed.
pub(crate) fn lock_folder(folder: &Path) -> Result<std::fs::File, StartError> {
    let wrong = |error| StartError::Folder(folder.to_owned(), error);
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let file = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::Locked(folder.to_owned())),
        Err(std::fs::TryLockError::Error(error)) => Err(wrong(error)),
    }
}
