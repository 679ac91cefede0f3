//! Opening the store, and bringing its schema up to date.

use std::path::Path;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{Db, Engine};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!();

/// Where the store is.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://…`, or `None` for SQLite in the data folder.
    pub url: Option<String>,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
    pub connections: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("database.url is not a PostgreSQL URL such as postgres://user:password@host/database: {0}")]
    WrongUrl(sqlx::Error),
    #[error("cannot open the database: {0}")]
    Open(#[from] sqlx::Error),
    #[error(
        "the PostgreSQL database does not sort by code point, so that names and subjects would not be found by how \
         they begin: make it anew with CREATE DATABASE … TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'"
    )]
    Collation,
    #[error("cannot bring the database's schema up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error(transparent)]
    Store(#[from] super::Error),
    #[error(
        "cannot keep a copy of the database at {0} before its schema changes, so nothing was changed: {1}. Make room \
         for one, and start again"
    )]
    Copy(std::path::PathBuf, String),
    #[error(
        "the database was changed by a newer release (migration {version:04}) in a way that this one cannot work \
         with: start that release again, or go back to the copy from before"
    )]
    TooOld { version: i64 },
}

impl Db {
    /// Opens the store and migrates it.
    pub async fn open(options: &Options, folder: &Path) -> Result<Self, ConnectError> {
        let db = match &options.url {
            Some(url) => Self::open_postgres(url, options.connections).await?,
            None => Self::open_sqlite(&folder.join("shouwen.db"), options.connections).await?,
        };
        db.migrate(folder).await?;
        Ok(db)
    }

    /// Opens the store of a desk, which may be running, only to read it; migrates nothing.
    pub async fn open_as_it_is(options: &Options, folder: &Path) -> Result<Self, ConnectError> {
        if let Some(url) = &options.url {
            return Self::open_postgres(url, options.connections).await;
        }
        let reading = SqliteConnectOptions::new()
            .filename(folder.join("shouwen.db"))
            .read_only(true)
            .busy_timeout(Duration::from_secs(10))
            .disable_statement_logging();
        let read = SqlitePoolOptions::new()
            .max_connections(options.connections)
            .connect_with(reading)
            .await?;
        Ok(Self {
            engine: Engine::Sqlite {
                write: read.clone(),
                read,
            },
            statements: Counter::default(),
        })
    }

    async fn open_sqlite(file: &Path, connections: u32) -> Result<Self, ConnectError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(true)
            .pragma("cache_size", "-16000")
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(300)
            .disable_statement_logging();
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            // Every change is a savepoint, and each keeps a journal of its own.
            .pragma("temp_store", "MEMORY")
            .pragma("secure_delete", "ON");
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_mins(1))
            .before_acquire(|conn, _| Box::pin(async { is_clean(conn) }))
            .connect_with(writing)
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .before_acquire(|conn, _| Box::pin(async { is_clean(conn) }))
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self {
            engine: Engine::Sqlite { read, write },
            statements: Counter::default(),
        })
    }

    async fn open_postgres(url: &str, connections: u32) -> Result<Self, ConnectError> {
        let options: PgConnectOptions = url.parse().map_err(ConnectError::WrongUrl)?;
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(2))
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.application_name("shouwen").disable_statement_logging())
            .await?;
        let (by_code_point,): (bool,) = sqlx::query_as("SELECT 'B' < 'a' AND '_' < 'a'")
            .fetch_one(&pool)
            .await?;
        if !by_code_point {
            return Err(ConnectError::Collation);
        }
        Ok(Self {
            engine: Engine::Postgres(pool),
            statements: Counter::default(),
        })
    }
}

/// Whether a connection can begin a transaction. A full disk makes SQLite roll back by itself; the driver then fails
/// to, believes for ever that it is within one, and begins no other: such a connection is closed for a new one.
#[expect(clippy::unnecessary_wraps, reason = "the pool asks for a result")]
fn is_clean(conn: &SqliteConnection) -> sqlx::Result<bool> {
    Ok(!conn.is_in_transaction())
}
