//! One statement with its arguments, encoded for the engine at hand.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    Arguments, AssertSqlSafe, Encode, FromRow, PgConnection, Postgres, SqlSafeStr, SqlStr, Sqlite,
    SqliteConnection, Type,
};

use super::{Conn, Error, Inner, Race, Result};

/// A value that can be bound on either engine.
pub trait Param<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Param<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

/// A row type that can be read from either engine; `#[derive(sqlx::FromRow)]` is enough.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

#[must_use = "a query does nothing until it is run"]
pub struct Query<'c> {
    text: Cow<'static, str>,
    args: Args<'c>,
    race: &'c mut Race,
    error: Option<sqlx::error::BoxDynError>,
}

enum Args<'c> {
    Sqlite(&'c mut SqliteConnection, SqliteArguments),
    Postgres(&'c mut PgConnection, PgArguments),
}

impl<'c> Query<'c> {
    pub(super) fn new(conn: &'c mut Conn, text: Cow<'static, str>) -> Self {
        conn.statements.inc();
        let args = match &mut conn.inner {
            Inner::Sqlite(conn) => Args::Sqlite(conn, SqliteArguments::default()),
            Inner::SqliteTx(tx) => Args::Sqlite(tx, SqliteArguments::default()),
            Inner::Postgres(conn) => Args::Postgres(conn, PgArguments::default()),
            Inner::PostgresTx(tx) => Args::Postgres(tx, PgArguments::default()),
        };
        Self {
            text,
            args,
            race: &mut conn.race,
            error: None,
        }
    }

    /// Binds the next `$n`.
    pub fn bind<'q>(mut self, value: impl Param<'q>) -> Self {
        let added = match &mut self.args {
            Args::Sqlite(_, args) => args.add(value),
            Args::Postgres(_, args) => args.add(value),
        };
        self.error = self.error.or(added.err());
        self
    }

    /// Appends trusted text.
    pub fn push(mut self, fragment: &'static str) -> Self {
        self.text.to_mut().push_str(fragment);
        self
    }

    /// Appends the next `$n` and binds it.
    pub fn push_bind<'q>(mut self, value: impl Param<'q>) -> Self {
        let next = 1 + match &self.args {
            Args::Sqlite(_, args) => args.len(),
            Args::Postgres(_, args) => args.len(),
        };
        let text = self.text.to_mut();
        text.push('$');
        text.push_str(&next.to_string());
        self.bind(value)
    }

    /// Appends `($n, $m, …)` with every value bound; `(NULL)` for none, which matches nothing.
    pub fn push_list<'q, P: Param<'q>>(mut self, values: impl IntoIterator<Item = P>) -> Self {
        self.text.to_mut().push('(');
        let mut any = false;
        for value in values {
            if any {
                self.text.to_mut().push_str(", ");
            }
            any = true;
            self = self.push_bind(value);
        }
        self.text.to_mut().push_str(if any { ")" } else { "NULL)" });
        self
    }

    pub async fn all<T: Record>(self) -> Result<Vec<T>> {
        let (text, args, race) = self.ready()?;
        let rows = match args {
            Args::Sqlite(conn, args) => sqlx::query_as_with(text, args).fetch_all(conn).await,
            Args::Postgres(conn, args) => sqlx::query_as_with(text, args).fetch_all(conn).await,
        };
        rows.map_err(|error| Error::met(error, race))
    }

    pub async fn optional<T: Record>(self) -> Result<Option<T>> {
        let (text, args, race) = self.ready()?;
        let row = match args {
            Args::Sqlite(conn, args) => sqlx::query_as_with(text, args).fetch_optional(conn).await,
            Args::Postgres(conn, args) => sqlx::query_as_with(text, args).fetch_optional(conn).await,
        };
        row.map_err(|error| Error::met(error, race))
    }

    /// The one row that must be there.
    pub async fn one<T: Record>(self) -> Result<T> {
        self.optional()
            .await?
            .ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// Runs the statement; returns the number of rows it changed.
    pub async fn run(self) -> Result<u64> {
        let (text, args, race) = self.ready()?;
        let done = match args {
            Args::Sqlite(conn, args) => sqlx::query_with(text, args)
                .execute(conn)
                .await
                .map(|done| done.rows_affected()),
            Args::Postgres(conn, args) => sqlx::query_with(text, args)
                .execute(conn)
                .await
                .map(|done| done.rows_affected()),
        };
        done.map_err(|error| Error::met(error, race))
    }

    /// The text and the connection with its arguments, or the error that binding met.
    fn ready(self) -> Result<(SqlStr, Args<'c>, &'c mut Race)> {
        if let Some(error) = self.error {
            return Err(sqlx::Error::Encode(error).into());
        }
        let text = match self.text {
            Cow::Borrowed(text) => text.into_sql_str(),
            Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
        };
        Ok((text, self.args, self.race))
    }
}
