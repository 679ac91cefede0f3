//! The keys that sign the mail of our domains, each under its selector.

use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    DkimAlgorithm { Rsa = "rsa", Ed25519 = "ed25519" }
}

shouwen_core::words! {
    DkimState {
        /// Its record is to be published before it signs.
        Next = "next",
        Signs = "signs",
        /// It signs no more; its record is still wanted for mail that is on its way.
        Retired = "retired",
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DkimRow {
    pub domain: String,
    pub selector: String,
    pub algorithm: DkimAlgorithm,
    pub state: DkimState,
    /// PEM, sealed.
    pub private_key: String,
    /// The text to publish.
    pub public_key: String,
    pub created_at: Timestamp,
}

const COLUMNS: &str = "domain, selector, algorithm, state, private_key, public_key, created_at";

/// The keys of a domain, oldest first.
pub async fn of_domain(conn: &mut Conn, workspace: WorkspaceId, domain: &str) -> Result<Vec<DkimRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM dkim_selector WHERE workspace_id = $1 AND domain = $2 ORDER BY created_at, selector")
        .bind(workspace)
        .bind(domain)
        .all()
        .await
}

/// Those of every domain, oldest first.
pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<DkimRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM dkim_selector WHERE workspace_id = $1 ORDER BY domain, created_at, selector")
        .bind(workspace)
        .all()
        .await
}

/// Takes the keys of a domain for this change.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, domain: &str) -> Result<Vec<DkimRow>> {
    tx.build("UPDATE dkim_selector SET state = state WHERE workspace_id = $1 AND domain = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(domain)
        .all()
        .await
}

/// False when the domain has a key under this selector.
pub async fn add(tx: &mut Tx, workspace: WorkspaceId, row: &DkimRow) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO dkim_selector
               (workspace_id, domain, selector, algorithm, state, private_key, public_key, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )
        .bind(workspace)
        .bind(&row.domain)
        .bind(&row.selector)
        .bind(row.algorithm)
        .bind(row.state)
        .bind(&row.private_key)
        .bind(&row.public_key)
        .bind(row.created_at)
        .run()
        .await?;
    Ok(added > 0)
}

pub async fn set_state(
    tx: &mut Tx,
    workspace: WorkspaceId,
    domain: &str,
    selector: &str,
    state: DkimState,
) -> Result<()> {
    tx.sql("UPDATE dkim_selector SET state = $4 WHERE workspace_id = $1 AND domain = $2 AND selector = $3")
        .bind(workspace)
        .bind(domain)
        .bind(selector)
        .bind(state)
        .run()
        .await?;
    Ok(())
}

/// False when there is none.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, domain: &str, selector: &str) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM dkim_selector WHERE workspace_id = $1 AND domain = $2 AND selector = $3")
        .bind(workspace)
        .bind(domain)
        .bind(selector)
        .run()
        .await?;
    Ok(removed > 0)
}
