//! Whole tables, row by row, for backups: the same rows from either engine into either engine.
//!
//! Which tables and columns there are is read from the migrations, run in memory. Backups must not forget a table
//! that a later migration adds, so this is the one place that makes statements from names at run time; the names
//! are ours alone.

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Connection, Row, SqlSafeStr, SqliteConnection, TypeInfo, ValueRef};
use uuid::Uuid;

use super::connect::MIGRATIONS;
use super::{Conn, Db, Engine, Error, Inner, Result, Tx};

/// How many rows are read at a time.
pub const PAGE: usize = 500;
/// Both engines take this many arguments in a statement, with room to spare.
const MOST_ARGUMENTS: usize = 3000;

#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Places of the columns of the primary key, in its order.
    key: Vec<usize>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Uuid,
    Text,
    Integer,
    Boolean,
    Double,
}

/// The tables of this release, those first that others refer to; not what migrations write of themselves.
pub async fn tables() -> Result<Vec<Table>> {
    let mut conn = SqliteConnection::connect("sqlite::memory:").await?;
    let migrated = MIGRATIONS.run(&mut conn).await;
    migrated.map_err(|error| Error::Unavailable(error.to_string()))?;
    let names: Vec<(String,)> = sqlx::query_as(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'
           AND name NOT IN ('_sqlx_migrations', 'contraction') ORDER BY name",
    )
    .fetch_all(&mut conn)
    .await?;
    let mut found = Vec::new();
    for (name,) in names {
        let refers: Vec<(String,)> =
            sqlx::query_as("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)")
                .bind(&name)
                .fetch_all(&mut conn)
                .await?;
        let refers = refers
            .into_iter()
            .map(|(other,)| other)
            .filter(|other| *other != name);
        let refers: BTreeSet<String> = refers.collect();
        found.push((table(&mut conn, name).await?, refers));
    }
    Ok(in_order(found))
}

async fn table(conn: &mut SqliteConnection, name: String) -> Result<Table> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid")
            .bind(&name)
            .fetch_all(conn)
            .await?;
    let mut key: Vec<(i64, usize)> = rows
        .iter()
        .enumerate()
        .filter(|(_, (_, _, place))| *place > 0)
        .map(|(column, (_, _, place))| (*place, column))
        .collect();
    key.sort_unstable();
    let column = |(name, word, _): (String, String, i64)| Column {
        name,
        kind: kind(&word),
    };
    Ok(Table {
        name,
        columns: rows.into_iter().map(column).collect(),
        key: key.into_iter().map(|(_, column)| column).collect(),
    })
}

fn kind(word: &str) -> Kind {
    match word {
        "UUID" => Kind::Uuid,
        "BIGINT" => Kind::Integer,
        "BOOLEAN" => Kind::Boolean,
        "DOUBLE PRECISION" => Kind::Double,
        _ => Kind::Text,
    }
}

fn in_order(mut rest: Vec<(Table, BTreeSet<String>)>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !rest.is_empty() {
        let ready = |refers: &BTreeSet<String>| {
            refers
                .iter()
                .all(|name| ordered.iter().any(|table| table.name == *name))
        };
        let next = rest.iter().position(|(_, refers)| ready(refers));
        // Tables that refer to each other in a ring cannot be ordered; there are none, and a test says so.
        let (table, _) = rest.remove(next.unwrap_or(0));
        ordered.push(table);
    }
    ordered
}

/// The migration that the schema of this release ends with.
pub fn schema_version() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

impl Db {
    /// The migration that the store's own schema ends with.
    pub async fn schema_version(&self) -> Result<i64> {
        let text = "SELECT MAX(version) FROM _sqlx_migrations";
        let (version,): (Option<i64>,) = match &self.engine {
            Engine::Sqlite { read, .. } => sqlx::query_as(text).fetch_one(read).await?,
            Engine::Postgres(pool) => sqlx::query_as(text).fetch_one(pool).await?,
        };
        Ok(version.unwrap_or(0))
    }
}

impl Conn {
    /// The rows after a row, in the order of the key, at most [`PAGE`].
    pub async fn rows_after(&mut self, table: &Table, after: Option<&[Value]>) -> Result<Vec<Vec<Value>>> {
        let key: Vec<&str> = table
            .key
            .iter()
            .map(|place| table.columns[*place].name.as_str())
            .collect();
        let key = key.join(", ");
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let mut text = format!("SELECT {} FROM {}", columns.join(", "), table.name);
        let mut bound = Vec::new();
        if let Some(after) = after {
            let marks: Vec<String> = (1..=table.key.len()).map(|number| format!("${number}")).collect();
            text.push_str(&[" WHERE (", &key, ") > (", &marks.join(", "), ")"].concat());
            bound.extend(
                table
                    .key
                    .iter()
                    .map(|place| (table.columns[*place].kind, &after[*place])),
            );
        }
        text.push_str(&[" ORDER BY ", &key, " LIMIT ", &PAGE.to_string()].concat());
        let text = AssertSqlSafe(text).into_sql_str();
        match &mut self.inner {
            Inner::Sqlite(conn) => sqlite_rows(
                &sqlx::query_with(text, sqlite_arguments(&bound)?)
                    .fetch_all(&mut **conn)
                    .await?,
                table,
            ),
            Inner::SqliteTx(tx) => sqlite_rows(
                &sqlx::query_with(text, sqlite_arguments(&bound)?)
                    .fetch_all(&mut **tx)
                    .await?,
                table,
            ),
            Inner::Postgres(conn) => postgres_rows(
                &sqlx::query_with(text, postgres_arguments(&bound)?)
                    .fetch_all(&mut **conn)
                    .await?,
                table,
            ),
            Inner::PostgresTx(tx) => postgres_rows(
                &sqlx::query_with(text, postgres_arguments(&bound)?)
                    .fetch_all(&mut **tx)
                    .await?,
                table,
            ),
        }
    }
}

impl Tx {
    /// Adds rows as [`Conn::rows_after`] gave them.
    pub async fn add_rows(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<()> {
        let width = table.columns.len();
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        for some in rows.chunks((MOST_ARGUMENTS / width).max(1)) {
            let mut text = format!("INSERT INTO {} ({}) VALUES ", table.name, columns.join(", "));
            let mut bound = Vec::with_capacity(some.len() * width);
            for (place, row) in some.iter().enumerate() {
                if row.len() != width {
                    return Err(unreadable(table, "a row has another number of columns"));
                }
                let marks: Vec<String> = (1..=width)
                    .map(|number| format!("${}", place * width + number))
                    .collect();
                text.push_str(if place == 0 { "(" } else { ", (" });
                text.push_str(&marks.join(", "));
                text.push(')');
                bound.extend(table.columns.iter().map(|column| column.kind).zip(row));
            }
            let text = AssertSqlSafe(text).into_sql_str();
            match &mut self.0.inner {
                Inner::SqliteTx(tx) => {
                    sqlx::query_with(text, sqlite_arguments(&bound)?)
                        .execute(&mut **tx)
                        .await?;
                }
                Inner::PostgresTx(tx) => {
                    sqlx::query_with(text, postgres_arguments(&bound)?)
                        .execute(&mut **tx)
                        .await?;
                }
                Inner::Sqlite(_) | Inner::Postgres(_) => {}
            }
        }
        Ok(())
    }
}

/// A value ready to be bound: a NULL has a type, too.
enum Field {
    Uuid(Option<Uuid>),
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Double(Option<f64>),
}

fn field(kind: Kind, value: &Value) -> Result<Field> {
    let wrong = || Error::Other(sqlx::Error::Encode(format!("{value} is no {kind:?}").into()));
    if value.is_null() {
        return Ok(match kind {
            Kind::Uuid => Field::Uuid(None),
            Kind::Text => Field::Text(None),
            Kind::Integer => Field::Integer(None),
            Kind::Boolean => Field::Boolean(None),
            Kind::Double => Field::Double(None),
        });
    }
    Ok(match kind {
        Kind::Uuid => {
            let id = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
            Field::Uuid(Some(id.ok_or_else(wrong)?))
        }
        Kind::Text => Field::Text(Some(value.as_str().ok_or_else(wrong)?.to_owned())),
        Kind::Integer => Field::Integer(Some(value.as_i64().ok_or_else(wrong)?)),
        Kind::Boolean => Field::Boolean(Some(value.as_bool().ok_or_else(wrong)?)),
        Kind::Double => Field::Double(Some(value.as_f64().ok_or_else(wrong)?)),
    })
}

fn sqlite_arguments(bound: &[(Kind, &Value)]) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    for (kind, value) in bound {
        let added = match field(*kind, value)? {
            Field::Uuid(id) => arguments.add(id),
            Field::Text(text) => arguments.add(text),
            Field::Integer(number) => arguments.add(number),
            Field::Boolean(truth) => arguments.add(truth),
            Field::Double(number) => arguments.add(number),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn postgres_arguments(bound: &[(Kind, &Value)]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for (kind, value) in bound {
        let added = match field(*kind, value)? {
            Field::Uuid(id) => arguments.add(id),
            Field::Text(text) => arguments.add(text),
            Field::Integer(number) => arguments.add(number),
            Field::Boolean(truth) => arguments.add(truth),
            Field::Double(number) => arguments.add(number),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn sqlite_rows(rows: &[SqliteRow], table: &Table) -> Result<Vec<Vec<Value>>> {
    let cell = |row: &SqliteRow, place: usize, kind: Kind| -> Result<Value> {
        if row.try_get_raw(place)?.is_null() {
            return Ok(Value::Null);
        }
        Ok(match kind {
            Kind::Uuid => row.try_get_unchecked::<Uuid, _>(place)?.to_string().into(),
            Kind::Text => row.try_get_unchecked::<String, _>(place)?.into(),
            Kind::Integer => row.try_get_unchecked::<i64, _>(place)?.into(),
            Kind::Boolean => row.try_get_unchecked::<bool, _>(place)?.into(),
            Kind::Double => row.try_get_unchecked::<f64, _>(place)?.into(),
        })
    };
    let read = |row: &SqliteRow| {
        let cells = table.columns.iter().enumerate();
        cells
            .map(|(place, column)| cell(row, place, column.kind))
            .collect()
    };
    rows.iter().map(read).collect()
}

fn postgres_rows(rows: &[PgRow], table: &Table) -> Result<Vec<Vec<Value>>> {
    let cell = |row: &PgRow, place: usize, kind: Kind| -> Result<Value> {
        let raw = row.try_get_raw(place)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        // A type that the migrations do not say is a schema that we do not know.
        let told = raw.type_info().name().to_owned();
        Ok(match (kind, told.as_str()) {
            (Kind::Uuid, "UUID") => row.try_get::<Uuid, _>(place)?.to_string().into(),
            (Kind::Text, "TEXT") => row.try_get::<String, _>(place)?.into(),
            (Kind::Integer, "INT8") => row.try_get::<i64, _>(place)?.into(),
            (Kind::Boolean, "BOOL") => row.try_get::<bool, _>(place)?.into(),
            (Kind::Double, "FLOAT8") => row.try_get::<f64, _>(place)?.into(),
            _ => return Err(unreadable(table, &told)),
        })
    };
    let read = |row: &PgRow| {
        let cells = table.columns.iter().enumerate();
        cells
            .map(|(place, column)| cell(row, place, column.kind))
            .collect()
    };
    rows.iter().map(read).collect()
}

fn unreadable(table: &Table, why: &str) -> Error {
    Error::Other(sqlx::Error::Decode(format!("table {}: {why}", table.name).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tables_come_after_those_they_refer_to() {
        let tables = tables().await.unwrap();
        let place = |name: &str| tables.iter().position(|table| table.name == name).unwrap();
        assert!(place("workspace") < place("ticket"));
        assert!(place("ticket") < place("message") && place("message") < place("attachment"));
        assert!(tables.iter().all(|table| !table.key.is_empty()));
        assert!(tables.len() > 30, "{}", tables.len());
    }
}
