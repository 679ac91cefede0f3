//! Every statement that the server can send: it stands where SQL belongs, both engines take it, and it keeps to
//! one workspace.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection};
use syn::visit::{self, Visit};

use super::built::{self, Read, SKIP_LOCKED, Statement};
use super::source::{Source, server, under};
use crate::support::servers;

/// Where SQL stands.
const ROOMS_OF_SQL: &[&str] = &["src/store/", "src/log/", "src/jobs/queue.rs", "src/reports/"];

/// `(file, function, why)`: statements on a workspace's table that name no workspace.
const OVER_ALL_WORKSPACES: &[(&str, &str, &str)] = &[
    (
        "src/jobs/queue.rs",
        "*",
        "jobs are claimed over all workspaces, and then held by their id",
    ),
    (
        "src/store/timers.rs",
        "due",
        "timers that are due are claimed over all workspaces",
    ),
    (
        "src/store/timers.rs",
        "next_due",
        "the worker wakes for the next timer of any workspace",
    ),
    (
        "src/store/timers.rs",
        "clock_is_due",
        "timers that are due are claimed over all workspaces",
    ),
    (
        "src/store/api_keys.rs",
        "find_by_token",
        "an API key's token names its workspace",
    ),
    (
        "src/store/inboxes.rs",
        "find_by_widget_key",
        "the key in a script tag names its workspace",
    ),
];

pub(super) fn all() -> &'static Read {
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(|| built::read(server().iter().filter(|source| may_send(source))))
}

fn may_send(source: &Source) -> bool {
    ROOMS_OF_SQL.iter().any(|room| source.path.starts_with(room))
}

#[test]
fn sql_stands_only_where_it_belongs() {
    for source in server() {
        let mut calls = Calls(0);
        calls.visit_file(&source.parsed());
        assert!(
            calls.0 == 0 || may_send(source),
            "{} sends statements of its own",
            source.path
        );
    }
}

/// Counts `….sql(text)` and `….build(text)`.
struct Calls(usize);

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if (call.method == "sql" || call.method == "build") && call.args.len() == 1 {
            self.0 += 1;
        }
        visit::visit_expr_method_call(self, call);
    }
}

#[test]
fn every_statement_can_be_read_from_the_source() {
    let read = all();
    assert!(read.unreadable.is_empty(), "{}", read.unreadable.join("\n"));
    assert!(
        read.statements.len() > 100,
        "only {} were found",
        read.statements.len()
    );
}

#[test]
fn no_statement_asks_the_engine_for_the_time() {
    for statement in &all().statements {
        let text = statement.text.to_lowercase();
        for asks in [
            "now()",
            "current_timestamp",
            "current_date",
            "datetime(",
            "strftime(",
        ] {
            let told = format!("{} {}: {asks}", statement.file, statement.function);
            assert!(!text.contains(asks), "{told}: bind the clock's time");
        }
    }
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for migration in under("migrations", &["sql"]) {
        connection.execute(AssertSqlSafe(migration.text)).await.unwrap();
    }
    let mut refused = Vec::new();
    for statement in &all().statements {
        let text = statement.text.replace(SKIP_LOCKED, "");
        if let Err(error) = (&mut connection)
            .prepare(AssertSqlSafe(text).into_sql_str())
            .await
        {
            refused.push(told(statement, &error));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

#[tokio::test]
async fn every_statement_prepares_on_postgres() {
    let Some(postgres) = servers::postgres() else {
        return;
    };
    let mut connection = PgConnection::connect(&postgres.create_empty_database())
        .await
        .unwrap();
    for migration in under("migrations", &["sql"]) {
        connection.execute(AssertSqlSafe(migration.text)).await.unwrap();
    }
    let mut refused = Vec::new();
    for statement in &all().statements {
        let text = statement.text.replace(SKIP_LOCKED, " FOR UPDATE SKIP LOCKED");
        if let Err(error) = (&mut connection)
            .prepare(AssertSqlSafe(text).into_sql_str())
            .await
        {
            refused.push(told(statement, &error));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

fn told(statement: &Statement, error: &sqlx::Error) -> String {
    format!(
        "{} {}: {error}\n{}",
        statement.file, statement.function, statement.text
    )
}

#[test]
fn every_statement_on_a_workspaces_table_names_the_workspace() {
    let tables = tables_of_workspaces();
    assert!(
        tables.contains("ticket") && !tables.contains("throttle"),
        "{tables:?}"
    );
    let (mut wrong, mut excepted) = (Vec::new(), BTreeSet::new());
    for statement in &all().statements {
        if names_workspace(&statement.text, &tables) {
            continue;
        }
        let exception = OVER_ALL_WORKSPACES.iter().find(|(file, function, _)| {
            *file == statement.file && (*function == "*" || *function == statement.function)
        });
        match exception {
            Some(exception) => drop(excepted.insert(exception)),
            None => wrong.push(format!(
                "{} {}\n{}",
                statement.file, statement.function, statement.text
            )),
        }
    }
    assert!(
        wrong.is_empty(),
        "these name no workspace:\n\n{}",
        wrong.join("\n\n")
    );
    for exception in OVER_ALL_WORKSPACES {
        assert!(
            excepted.contains(exception),
            "no longer an exception: {exception:?}"
        );
    }
}

/// The tables that have a column `workspace_id`.
fn tables_of_workspaces() -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for migration in under("migrations", &["sql"]) {
        for table in migration.text.split("CREATE TABLE ").skip(1) {
            let body = table.split(");").next().unwrap_or_default();
            if body.contains("workspace_id ") {
                tables.extend(table.split_whitespace().next().map(str::to_owned));
            }
        }
    }
    tables
}

/// Whether the text names `workspace_id` for each of the workspaces' tables it touches: in its conditions or its
/// columns to insert, not in what it only shows.
fn names_workspace(text: &str, tables: &BTreeSet<String>) -> bool {
    let shown = text
        .find(" FROM ")
        .filter(|_| text.trim_start().starts_with("SELECT"));
    let text = &text[shown.unwrap_or(0)..];
    let text = text.split(" RETURNING ").next().unwrap_or(text);
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '='))
        .filter(|word| !word.is_empty())
        .collect();
    let opens = |word: &str| matches!(word, "FROM" | "JOIN" | "UPDATE" | "INTO");
    let touched = words
        .windows(2)
        .filter(|pair| opens(pair[0]) && tables.contains(pair[1]))
        .count();
    let named = words
        .iter()
        .filter(|word| word.split('.').next_back() == Some("workspace_id"))
        .count();
    named >= touched
}

#[test]
fn a_statement_that_only_shows_the_workspace_does_not_name_it() {
    let tables = BTreeSet::from(["inbox".to_owned(), "ticket".to_owned()]);
    for (text, names) in [
        ("SELECT workspace_id, id FROM inbox WHERE widget_key = $1", false),
        ("SELECT id FROM inbox WHERE workspace_id = $1", true),
        (
            "SELECT id FROM inbox WHERE workspace_id = $1 AND id IN (SELECT inbox_id FROM ticket)",
            false,
        ),
        ("DELETE FROM ticket WHERE id = $1 RETURNING workspace_id", false),
        ("INSERT INTO ticket (workspace_id, id) VALUES ($1, $2)", true),
        ("SELECT 1 FROM throttle", true),
    ] {
        assert_eq!(names_workspace(text, &tables), names, "{text}");
    }
}
