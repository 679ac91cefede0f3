//! One SQL text, two engines: a thin facade over sqlx's SQLite and PostgreSQL drivers.
//!
//! Every statement is written once with `$1` placeholders, which both engines accept. Reads take a [`Conn`], writes
//! a [`Tx`], so that the compiler refuses a write outside a transaction. It knows nothing of tickets.

mod column;
mod connect;
mod error;
mod migrate;
mod query;
mod room;
mod tables;

use prometheus_client::metrics::counter::Counter;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub use column::JsonText;
pub use connect::{ConnectError, Options};
pub use error::{Error, Result};
pub use query::{Param, Query, Record};
pub use tables::{Column, PAGE, Table, schema_version, tables};

/// The store: an engine and its pools. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    statements: Counter,
}

#[derive(Clone)]
enum Engine {
    /// One writer, many readers: SQLite serialises writers, so they queue here rather than at its lock.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn> {
        Ok(self.conn(match &self.engine {
            Engine::Sqlite { read, .. } => Inner::Sqlite(read.acquire().await?),
            Engine::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        }))
    }

    /// A connection whose statements all see one and the same moment.
    pub async fn snapshot(&self) -> Result<Tx> {
        Ok(Tx(self.conn(match &self.engine {
            Engine::Sqlite { read, .. } => Inner::SqliteTx(read.begin().await?),
            Engine::Postgres(pool) => Inner::PostgresTx(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })))
    }

    /// A write transaction, rolled back unless committed. Only the log's writer begins one.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        Ok(Tx(self.conn(match &self.engine {
            Engine::Sqlite { write, .. } => Inner::SqliteTx(write.begin_with("BEGIN IMMEDIATE").await?),
            Engine::Postgres(pool) => Inner::PostgresTx(pool.begin().await?),
        })))
    }

    /// How many statements have been run.
    pub fn statements(&self) -> Counter {
        self.statements.clone()
    }

    fn conn(&self, inner: Inner) -> Conn {
        Conn {
            inner,
            race: Race::None,
            statements: self.statements.clone(),
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.engine, Engine::Sqlite { .. })
    }

    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

/// What statements run on: a pooled connection, or the inside of a [`Tx`].
pub struct Conn {
    inner: Inner,
    race: Race,
    statements: Counter,
}

/// What a statement met that another transaction may have caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Race {
    None,
    /// A row with this key appeared: run again, the transaction sees it, and may find that its work is done.
    Met,
    /// A deadlock or a serialisation failure: run again, and as often as it takes.
    Lost,
    /// Something that does not go away by itself.
    Other,
}

enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

impl Conn {
    /// A statement; `text` is the whole of it.
    pub fn sql(&mut self, text: &'static str) -> Query<'_> {
        Query::new(self, std::borrow::Cow::Borrowed(text))
    }

    /// A statement assembled at run time from trusted fragments, see [`Query::push`].
    pub fn build(&mut self, text: &'static str) -> Query<'_> {
        Query::new(self, std::borrow::Cow::Owned(text.to_owned()))
    }

    /// The one place where the engines' texts differ: claiming work that nobody else holds.
    pub fn skip_locked(&self) -> &'static str {
        match self.inner {
            Inner::Sqlite(_) | Inner::SqliteTx(_) => "",
            Inner::Postgres(_) | Inner::PostgresTx(_) => " FOR UPDATE SKIP LOCKED",
        }
    }
}

/// A transaction.
pub struct Tx(Conn);

impl std::ops::Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<()> {
        match self.0.inner {
            Inner::SqliteTx(tx) => tx.commit().await?,
            Inner::PostgresTx(tx) => tx.commit().await?,
            Inner::Sqlite(_) | Inner::Postgres(_) => {}
        }
        Ok(())
    }

    /// Whether running the transaction again may help.
    pub(crate) fn race(&self) -> Race {
        self.0.race
    }
}
