//! What every migration keeps to: keys within a workspace, no CHECK that could not be altered, and nothing taken away
//! from the release before without saying so.

use super::source::{Source, under};

/// `(file, words, why)`: what older migrations took away, before anybody ran a release.
const TAKEN_AWAY: &[(&str, &str, &str)] = &[];

/// A migration without its comments, its words a space apart.
fn statements(source: &Source) -> Vec<String> {
    let lines = source
        .text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ");
    let apart = |one: &str| one.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split(';').map(apart).filter(|one| !one.is_empty()).collect()
}

/// The columns of each foreign key that the statement declares, with the table and columns that it refers to.
fn foreign_keys(statement: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in statement.split("FOREIGN KEY (").skip(1) {
        let (columns, rest) = part.split_once(')').unwrap_or((part, ""));
        let refers = rest.split_once("REFERENCES ").map_or("", |(_, refers)| refers);
        let refers = refers.split_once(')').map_or(refers, |(refers, _)| refers);
        found.push((columns.to_owned(), refers.to_owned()));
    }
    found
}

#[test]
fn every_foreign_key_stays_within_its_workspace() {
    let (mut wrong, mut counted) = (Vec::new(), 0);
    for source in under("migrations", &["sql"]) {
        for statement in statements(&source) {
            for (columns, refers) in foreign_keys(&statement) {
                counted += 1;
                if !columns.contains("workspace_id") || !refers.contains("workspace_id") {
                    wrong.push(format!("{}: ({columns}) -> {refers}", source.path));
                }
            }
            // Beside a column stands only the workspace's own key.
            let keys = statement.matches("FOREIGN KEY").count();
            let beside = statement.matches("REFERENCES ").count() - keys;
            let of_workspace = statement
                .matches("workspace_id UUID NOT NULL REFERENCES workspace (id)")
                .count()
                + statement
                    .matches("workspace_id UUID PRIMARY KEY REFERENCES workspace (id)")
                    .count();
            if beside != of_workspace {
                wrong.push(format!("{}: {statement}", source.path));
            }
        }
    }
    assert!(counted > 40, "only {counted} foreign keys were found");
    assert!(
        wrong.is_empty(),
        "these leave the workspace:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn no_column_has_a_check_and_no_text_asks_the_engine_for_the_time() {
    for source in under("migrations", &["sql"]) {
        for statement in statements(&source) {
            let upper = statement.to_uppercase();
            for word in [
                " CHECK (",
                " CHECK(",
                "NOW()",
                "CURRENT_TIMESTAMP",
                "GENERATED",
                "SERIAL",
            ] {
                assert!(!upper.contains(word), "{}: {word} in {statement}", source.path);
            }
        }
    }
}

/// What the release before may still use.
fn takes_away(statement: &str) -> bool {
    let upper = statement.to_uppercase();
    let changes = ["DROP TABLE", "DROP COLUMN", " RENAME ", "ALTER COLUMN"];
    let demands = upper.contains("ADD COLUMN") && upper.contains("NOT NULL") && !upper.contains("DEFAULT");
    demands || changes.iter().any(|words| upper.contains(words))
}

#[test]
fn a_migration_that_takes_something_away_says_so() {
    let mut silent = Vec::new();
    for source in under("migrations", &["sql"]) {
        let all = statements(&source);
        let says = all.iter().any(|one| one.starts_with("INSERT INTO contraction"));
        for statement in all.iter().filter(|statement| takes_away(statement)) {
            let known = TAKEN_AWAY
                .iter()
                .any(|(file, words, _)| source.path.ends_with(file) && statement.contains(words));
            if !says && !known {
                silent.push(format!("{}: {statement}", source.path));
            }
        }
    }
    assert!(
        silent.is_empty(),
        "expand now and contract a release later, with INSERT INTO contraction (version) VALUES (…):\n{}",
        silent.join("\n")
    );
}

#[test]
fn what_takes_away_is_told_from_what_adds() {
    for (statement, takes) in [
        ("CREATE TABLE lamp (id UUID PRIMARY KEY)", false),
        ("ALTER TABLE lamp ADD COLUMN color TEXT", false),
        (
            "ALTER TABLE lamp ADD COLUMN lit BOOLEAN NOT NULL DEFAULT FALSE",
            false,
        ),
        ("ALTER TABLE lamp ADD COLUMN lit BOOLEAN NOT NULL", true),
        ("ALTER TABLE lamp DROP COLUMN color", true),
        ("ALTER TABLE lamp RENAME TO light", true),
        ("DROP INDEX lamp_by_color", false),
        ("DROP TABLE lamp", true),
    ] {
        assert_eq!(takes_away(statement), takes, "{statement}");
    }
}
