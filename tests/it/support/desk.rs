//! A desk to tell stories with: the real server on one engine, with a clock that stands still.
//!
//! HTTP, SMTP and LMTP are real; jobs and timers run when a story says [`Desk::settle`] or [`Desk::advance`].

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use shouwen::app::App;
use shouwen::config::Config;
use shouwen::db;
use shouwen::secrets::{hash_token, new_token};
use shouwen::serve::{Bound, Work, start};
use shouwen::store::agents::{self, AgentRow};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::id::{AgentId, Ids, SessionId, TeamId};
use shouwen_core::time::{Length, ManualClock, Timestamp};

use super::person::Person;
use super::servers;

/// 2026-11-22 09:30 UTC, a Sunday.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_795_339_800_000);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) bound: Bound,
    pub(crate) clock: ManualClock,
    pub(crate) engine: Engine,
    folder: Arc<tempfile::TempDir>,
}

/// Declares stories that run on both engines: `both_engines! { async fn reply_reopens(desk: Desk) { … } }`.
macro_rules! both_engines {
    ($(async fn $name:ident($desk:ident: Desk) $body:block)+) => { $(
        mod $name {
            #[allow(unused_imports, reason = "a story takes what it needs of its file")]
            use super::*;

            async fn story($desk: $crate::support::desk::Desk) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let desk = $crate::support::desk::Desk::start($crate::support::desk::Engine::Sqlite).await;
                story(desk.expect("SQLite is always there")).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(desk) = $crate::support::desk::Desk::start($crate::support::desk::Engine::Postgres).await {
                    story(desk).await;
                }
            }
        }
    )+ };
}
pub(crate) use both_engines;

impl Desk {
    /// A desk of its own; `None` when PostgreSQL is not installed (said aloud by [`servers`]).
    pub(crate) async fn start(engine: Engine) -> Option<Self> {
        Self::start_with(engine, &[]).await
    }

    /// As [`Desk::start`], with keys of the configuration set as on the command line.
    pub(crate) async fn start_with(engine: Engine, sets: &[&str]) -> Option<Self> {
        Self::start_then(engine, START, sets).await
    }

    /// A desk whose clock stands at another instant.
    pub(crate) async fn start_at(engine: Engine, now: Timestamp) -> Option<Self> {
        Self::start_then(engine, now, &[]).await
    }

    async fn start_then(engine: Engine, now: Timestamp, sets: &[&str]) -> Option<Self> {
        let url = match engine {
            Engine::Sqlite => String::new(),
            Engine::Postgres => postgres_database().await?,
        };
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Some(Self::open(engine, &url, folder, ManualClock::at(now), sets).await)
    }

    /// A desk on an empty PostgreSQL of the story's own.
    pub(crate) async fn on(engine: Engine, url: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(engine, url, folder, ManualClock::at(START), &[]).await
    }

    /// Where the desk keeps what is its own.
    pub(crate) fn folder(&self) -> Arc<tempfile::TempDir> {
        self.folder.clone()
    }

    /// A folder for another server on the same PostgreSQL: it knows the same secrets.
    pub(crate) fn folder_beside(&self) -> Arc<tempfile::TempDir> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        std::fs::copy(
            self.folder.path().join("secret.key"),
            folder.path().join("secret.key"),
        )
        .unwrap();
        folder
    }

    /// A second server on the same PostgreSQL and Redis, with a folder of its own and the same clock.
    pub(crate) async fn another(&self, sets: &[&str]) -> Self {
        let url = self.app.config.database.url.clone();
        Self::open(self.engine, &url, self.folder_beside(), self.clock.clone(), sets).await
    }

    async fn open(
        engine: Engine,
        url: &str,
        folder: Arc<tempfile::TempDir>,
        clock: ManualClock,
        more: &[&str],
    ) -> Self {
        let mut sets = vec![
            format!("data.folder={}", folder.path().display()),
            format!("database.url={url}"),
            "http.listen=127.0.0.1:0".to_owned(),
            "smtp.listen=127.0.0.1:0".to_owned(),
            "smtp.hostname=desk.example".to_owned(),
            "workers.grace_seconds=5".to_owned(),
        ];
        sets.extend(more.iter().map(|set| (*set).to_owned()));
        let config = Config::read(None, std::iter::empty(), &sets).unwrap();
        shouwen::serve::install_tls_provider();
        let opened = start(
            config,
            Arc::new(clock.clone()),
            Ids::from_system(),
            Work::Elsewhere,
        )
        .await;
        let (app, bound) = opened.unwrap();
        Self {
            app,
            bound,
            clock,
            engine,
            folder,
        }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.bound.http.unwrap())
    }

    /// Runs what is due until nothing is.
    pub(crate) async fn settle(&self) {
        shouwen::jobs::settle(&self.app).await.unwrap();
    }

    /// Moves the clock, then runs what has become due.
    pub(crate) async fn advance(&self, length: Length) {
        self.clock.advance(length);
        self.settle().await;
    }

    /// Looks again whenever something was committed, until it is there. What is due runs first.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let mut news = self.app.log.bus().listen();
        let waiting = async {
            loop {
                self.settle().await;
                if let Some(found) = look().await {
                    return found;
                }
                // Too much at once to be told of each is news, too.
                let _ = news.recv().await;
            }
        };
        let waited = tokio::time::timeout(10 * PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("{what}: not in time"))
    }

    /// Stops the server in order and starts another on the same data.
    pub(crate) async fn restarted(self) -> Self {
        self.stop().await;
        let url = self.app.config.database.url.clone();
        let Self {
            app,
            clock,
            engine,
            folder,
            ..
        } = self;
        drop(app);
        Self::open(engine, &url, folder, clock, &[]).await
    }

    /// Stops the server; the folder stays for as long as the desk is held.
    pub(crate) async fn stop(&self) {
        shouwen::serve::stop(&self.app).await;
    }

    /// Somebody new with a built-in role, signed in.
    pub(crate) async fn hire(&self, name: &str, role: BuiltInRole) -> Person {
        let (token, email) = (
            new_token(),
            format!("{}@desk.example", name.to_lowercase().replace(' ', ".")),
        );
        let input = (name.to_owned(), email, role, hash_token(&token));
        let system = self.app.system();
        let id: Result<AgentId, db::Error> = self
            .app
            .change(&system, input, |change, (name, email, role, token_hash)| {
                async move {
                    let workspace = change.workspace();
                    let roles = agents::roles(change.tx(), workspace).await?;
                    let role = roles.iter().find(|row| row.key.as_deref() == Some(role.as_str())).unwrap().id;
                    let row = AgentRow {
                        id: change.next_id(),
                        name: name.clone(),
                        email: email.clone(),
                        password_hash: None,
                        role_id: role,
                        locale: "en".to_owned(),
                        active: true,
                        created_at: change.now(),
                    };
                    agents::add(change.tx(), workspace, &row).await?;
                    let (now, session) = (change.now(), change.next_id::<SessionId>());
                    change
                        .tx()
                        .sql(
                            "INSERT INTO session (workspace_id, id, token_hash, agent_id, ip, user_agent, created_at,
                               last_seen_at, expires_at) VALUES ($1, $2, $3, $4, '127.0.0.1', 'story', $5, $5, $6)",
                        )
                        .bind(workspace)
                        .bind(session)
                        .bind(token_hash)
                        .bind(row.id)
                        .bind(now)
                        .bind(now.plus(Length::days(3650)))
                        .run()
                        .await?;
                    Ok(row.id)
                }
                .boxed()
            })
            .await;
        Person::new(self.url(), id.unwrap(), &token)
    }

    pub(crate) async fn administrator(&self) -> Person {
        self.hire("Ada Admin", BuiltInRole::Administrator).await
    }

    pub(crate) async fn agent(&self, name: &str) -> Person {
        self.hire(name, BuiltInRole::Agent).await
    }

    /// A team with these members.
    pub(crate) async fn team(&self, name: &str, members: &[&Person]) -> TeamId {
        let input = (
            name.to_owned(),
            members.iter().map(|person| person.id).collect::<Vec<_>>(),
        );
        let made: Result<TeamId, db::Error> = self
            .app
            .change(&self.app.system(), input, |change, (name, members)| {
                async move {
                    let workspace = change.workspace();
                    let row = agents::TeamRow {
                        id: change.next_id(),
                        name: name.clone(),
                        lead_id: None,
                        created_at: change.now(),
                    };
                    agents::add_team(change.tx(), workspace, &row).await?;
                    for agent in members {
                        agents::add_member(change.tx(), workspace, row.id, *agent).await?;
                    }
                    Ok(row.id)
                }
                .boxed()
            })
            .await;
        made.unwrap()
    }
}

/// How long a story waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The URL of a migrated PostgreSQL of the story's own.
pub(crate) async fn postgres_database() -> Option<String> {
    let made = tokio::task::spawn_blocking(|| {
        servers::postgres().map(|postgres| {
            postgres.create_database(|url| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let options = db::Options {
                        url: Some(url.to_owned()),
                        connections: 2,
                    };
                    let db = db::Db::open(&options, std::path::Path::new(".")).await.unwrap();
                    db.close().await;
                });
            })
        })
    });
    made.await.unwrap()
}
