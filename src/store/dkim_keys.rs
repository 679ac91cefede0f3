//! The keys that sign the mail of our domains.

use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    DkimAlgorithm { Rsa = "rsa", Ed25519 = "ed25519" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DkimRow {
    pub domain: String,
    pub selector: String,
    pub algorithm: DkimAlgorithm,
    /// PEM, sealed.
    pub private_key: String,
    /// The text to publish.
    pub public_key: String,
    pub created_at: Timestamp,
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, domain: &str) -> Result<Option<DkimRow>> {
    conn.sql(
        "SELECT domain, selector, algorithm, private_key, public_key, created_at FROM dkim_key
         WHERE workspace_id = $1 AND domain = $2",
    )
    .bind(workspace)
    .bind(domain)
    .optional()
    .await
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<DkimRow>> {
    conn.sql(
        "SELECT domain, selector, algorithm, private_key, public_key, created_at FROM dkim_key
         WHERE workspace_id = $1 ORDER BY domain",
    )
    .bind(workspace)
    .all()
    .await
}

/// Puts the key in the place of the one that the domain had.
pub async fn save(tx: &mut Tx, workspace: WorkspaceId, row: &DkimRow) -> Result<()> {
    tx.sql(
        "INSERT INTO dkim_key (workspace_id, domain, selector, algorithm, private_key, public_key, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, domain) DO UPDATE SET selector = excluded.selector,
           algorithm = excluded.algorithm, private_key = excluded.private_key, public_key = excluded.public_key,
           created_at = excluded.created_at",
    )
    .bind(workspace)
    .bind(&row.domain)
    .bind(&row.selector)
    .bind(row.algorithm)
    .bind(&row.private_key)
    .bind(&row.public_key)
    .bind(row.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, domain: &str) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM dkim_key WHERE workspace_id = $1 AND domain = $2")
        .bind(workspace)
        .bind(domain)
        .run()
        .await?;
    Ok(removed > 0)
}
