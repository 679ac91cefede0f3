//! Bringing the schema up to date: with a copy of the desk beforehand, and never beneath a server that is too old for it.

use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;

use super::connect::{ConnectError, MIGRATIONS};
use super::{Db, Engine, Result, schema_version};

/// The first migration that could enter itself among the contractions.
const CONTRACTIONS: i64 = 16;

impl Db {
    pub(super) async fn migrate(&self, folder: &Path) -> std::result::Result<(), ConnectError> {
        // A database without migrations is new.
        let applied = self.applied().await.unwrap_or_default();
        if applied.contains(&CONTRACTIONS)
            && let Some(version) = self.newest_contraction().await?
            && version > schema_version()
        {
            return Err(ConnectError::TooOld { version });
        }
        let is_pending = MIGRATIONS.iter().any(|ours| !applied.contains(&ours.version));
        if !applied.is_empty() && is_pending {
            self.keep_copy(folder).await?;
        }
        // A newer release's migrations may be there already: its schema only expands what this one knows, unless it
        // says otherwise.
        let mut migrator = Migrator {
            migrations: MIGRATIONS.migrations.clone(),
            ..Migrator::DEFAULT
        };
        migrator.set_ignore_missing(true);
        match &self.engine {
            Engine::Sqlite { write, .. } => migrator.run(write).await?,
            Engine::Postgres(pool) => migrator.run(pool).await?,
        }
        Ok(())
    }

    async fn applied(&self) -> Result<Vec<i64>> {
        let text = "SELECT version FROM _sqlx_migrations";
        let rows: Vec<(i64,)> = match &self.engine {
            Engine::Sqlite { write, .. } => sqlx::query_as(text).fetch_all(write).await?,
            Engine::Postgres(pool) => sqlx::query_as(text).fetch_all(pool).await?,
        };
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }

    async fn newest_contraction(&self) -> Result<Option<i64>> {
        let text = "SELECT MAX(version) FROM contraction";
        let (version,): (Option<i64>,) = match &self.engine {
            Engine::Sqlite { write, .. } => sqlx::query_as(text).fetch_one(write).await?,
            Engine::Postgres(pool) => sqlx::query_as(text).fetch_one(pool).await?,
        };
        Ok(version)
    }

    /// The rows as they were, beside the database; of PostgreSQL its owner keeps one.
    async fn keep_copy(&self, folder: &Path) -> std::result::Result<(), ConnectError> {
        let ours = schema_version();
        let Engine::Sqlite { write, .. } = &self.engine else {
            tracing::warn!(
                to = ours,
                "the schema of the database is being brought up to date; a copy from before (pg_dump) is the way back"
            );
            return Ok(());
        };
        let (copy, part) = (copy_of(folder, ours), folder.join("before.part"));
        let failed = |error: std::io::Error| ConnectError::Copy(copy.clone(), error.to_string());
        remove(&part).map_err(failed)?;
        let copied = sqlx::query("VACUUM INTO $1")
            .bind(part.display().to_string())
            .execute(write)
            .await;
        copied.map_err(|error| ConnectError::Copy(copy.clone(), error.to_string()))?;
        std::fs::File::open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&part, &copy))
            .and_then(|()| remove_others(folder, &copy))
            .map_err(failed)?;
        tracing::info!(copy = %copy.display(), to = ours, "kept a copy of the database before its schema changes");
        Ok(())
    }
}

fn copy_of(folder: &Path, version: i64) -> PathBuf {
    folder.join(format!("before-{version:04}.db"))
}

fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// One copy is kept: that of the last change.
fn remove_others(folder: &Path, kept: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let version = name
            .strip_prefix("before-")
            .and_then(|name| name.strip_suffix(".db"));
        let is_copy = version.is_some_and(|version| version.parse::<u32>().is_ok());
        if is_copy && path != kept {
            remove(&path)?;
        }
    }
    Ok(())
}
