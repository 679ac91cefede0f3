//! Room on the disk: SQLite keeps the pages of what was deleted, for what comes next. What is more than that goes back
//! to the file system, a little at a time. PostgreSQL sees to it by itself.

use super::{Db, Engine, Result};

/// How many free pages are kept.
const SPARE: i64 = 256;

impl Db {
    /// Gives back some two megabytes of what is free; false when there is no more to give.
    pub async fn give_back_room(&self) -> Result<bool> {
        let Engine::Sqlite { write, .. } = &self.engine else {
            return Ok(false);
        };
        let (free,): (i64,) = sqlx::query_as("PRAGMA freelist_count").fetch_one(write).await?;
        if free <= SPARE {
            return Ok(false);
        }
        sqlx::raw_sql("PRAGMA incremental_vacuum(500)")
            .execute(write)
            .await?;
        Ok(true)
    }
}
