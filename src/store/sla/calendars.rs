//! Calendars: their rules, and the days that their feeds named.

use serde::{Deserialize, Serialize};
use shouwen_core::id::{CalendarId, WorkspaceId};
use shouwen_core::sla::holidays::Region;
use shouwen_core::sla::wall::{SpecialDay, Week};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

/// What an administrator sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub zone: String,
    pub week: Week,
    pub days: Vec<SpecialDay>,
    pub region: Option<Region>,
    pub feed_url: Option<String>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CalendarRow {
    pub id: CalendarId,
    pub version: i64,
    pub name: String,
    pub rules: JsonText<Rules>,
    pub feed_days: JsonText<Vec<SpecialDay>>,
    pub feed_fetched_at: Option<Timestamp>,
    pub feed_error: Option<String>,
    pub updated_at: Timestamp,
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<CalendarRow>> {
    conn.sql(
        "SELECT id, version, name, rules, feed_days, feed_fetched_at, feed_error, updated_at FROM calendar
         WHERE workspace_id = $1 ORDER BY created_at, id",
    )
    .bind(workspace)
    .all()
    .await
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: CalendarId) -> Result<Option<CalendarRow>> {
    conn.sql(
        "SELECT id, version, name, rules, feed_days, feed_fetched_at, feed_error, updated_at FROM calendar
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &CalendarRow) -> Result<()> {
    tx.sql(
        "INSERT INTO calendar (workspace_id, id, version, name, rules, feed_days, feed_fetched_at, feed_error,
           created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.version)
    .bind(&row.name)
    .bind(&row.rules)
    .bind(&row.feed_days)
    .bind(row.feed_fetched_at)
    .bind(&row.feed_error)
    .bind(row.updated_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &CalendarRow) -> Result<()> {
    tx.sql(
        "UPDATE calendar SET version = $3, name = $4, rules = $5, feed_days = $6, feed_fetched_at = $7,
           feed_error = $8, updated_at = $9 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.version)
    .bind(&row.name)
    .bind(&row.rules)
    .bind(&row.feed_days)
    .bind(row.feed_fetched_at)
    .bind(&row.feed_error)
    .bind(row.updated_at)
    .run()
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: CalendarId) -> Result<()> {
    tx.sql("DELETE FROM calendar WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}
