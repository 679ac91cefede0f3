//! Policies in the order in which they are tried, with every version of what they promised.

use shouwen_core::id::{SlaPolicyId, WorkspaceId};
use shouwen_core::sla::policy::Terms;
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PolicyRow {
    pub id: SlaPolicyId,
    pub version: i64,
    pub name: String,
    pub position: i64,
    pub is_default: bool,
    pub updated_at: Timestamp,
    pub terms: JsonText<Terms>,
}

/// Which book of policies and calendars holds: another stamp with every change of either.
pub async fn stamp(conn: &mut Conn, workspace: WorkspaceId) -> Result<Uuid> {
    let row: Option<(Uuid,)> = conn
        .sql("SELECT stamp FROM sla_book WHERE workspace_id = $1")
        .bind(workspace)
        .optional()
        .await?;
    Ok(row.map_or(Uuid::nil(), |(stamp,)| stamp))
}

/// Says that the book is another one. Whoever changes it waits here for whoever came before.
pub async fn set_stamp(tx: &mut Tx, workspace: WorkspaceId, stamp: Uuid) -> Result<()> {
    tx.sql(
        "INSERT INTO sla_book (workspace_id, stamp) VALUES ($1, $2)
         ON CONFLICT (workspace_id) DO UPDATE SET stamp = excluded.stamp",
    )
    .bind(workspace)
    .bind(stamp)
    .run()
    .await?;
    Ok(())
}

/// Those that hold, the default one last.
pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<PolicyRow>> {
    conn.sql(
        "SELECT sla_policy.id, sla_policy.version, sla_policy.name, sla_policy.position, sla_policy.is_default,
           sla_policy.updated_at, sla_terms.terms
         FROM sla_policy
         JOIN sla_terms ON sla_terms.workspace_id = sla_policy.workspace_id
              AND sla_terms.policy_id = sla_policy.id AND sla_terms.version = sla_policy.version
         WHERE sla_policy.workspace_id = $1 AND sla_policy.deleted = FALSE
         ORDER BY sla_policy.is_default, sla_policy.position, sla_policy.id",
    )
    .bind(workspace)
    .all()
    .await
}

/// A policy as it was in one of its versions, though it may be gone since.
pub async fn version(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: SlaPolicyId,
    version: i64,
) -> Result<Option<PolicyRow>> {
    conn.sql(
        "SELECT sla_policy.id, sla_terms.version, sla_policy.name, sla_policy.position, sla_policy.is_default,
           sla_policy.updated_at, sla_terms.terms
         FROM sla_policy
         JOIN sla_terms ON sla_terms.workspace_id = sla_policy.workspace_id AND sla_terms.policy_id = sla_policy.id
         WHERE sla_policy.workspace_id = $1 AND sla_policy.id = $2 AND sla_terms.version = $3",
    )
    .bind(workspace)
    .bind(id)
    .bind(version)
    .optional()
    .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &PolicyRow) -> Result<()> {
    tx.sql(
        "INSERT INTO sla_policy (workspace_id, id, version, name, position, is_default, deleted, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, FALSE, $7, $7)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.version)
    .bind(&row.name)
    .bind(row.position)
    .bind(row.is_default)
    .bind(row.updated_at)
    .run()
    .await?;
    add_terms(tx, workspace, row).await
}

/// Writes a row whose version has grown, and what it promises from now on.
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &PolicyRow) -> Result<()> {
    tx.sql(
        "UPDATE sla_policy SET version = $3, name = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.version)
    .bind(&row.name)
    .bind(row.updated_at)
    .run()
    .await?;
    add_terms(tx, workspace, row).await
}

async fn add_terms(tx: &mut Tx, workspace: WorkspaceId, row: &PolicyRow) -> Result<()> {
    tx.sql("INSERT INTO sla_terms (workspace_id, policy_id, version, terms, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(workspace)
        .bind(row.id)
        .bind(row.version)
        .bind(&row.terms)
        .bind(row.updated_at)
        .run()
        .await?;
    Ok(())
}

pub async fn place(tx: &mut Tx, workspace: WorkspaceId, id: SlaPolicyId, position: i64) -> Result<()> {
    tx.sql("UPDATE sla_policy SET position = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(position)
        .run()
        .await?;
    Ok(())
}

/// Takes a policy out of use; its versions stay for the tickets that had them.
pub async fn delete(tx: &mut Tx, workspace: WorkspaceId, id: SlaPolicyId) -> Result<()> {
    tx.sql("UPDATE sla_policy SET deleted = TRUE WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}
