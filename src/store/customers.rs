//! Customers and their identities.

use shouwen_core::actor::{Actor, Scope};
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::id::{CustomerId, IdentityId, WorkspaceId};
use shouwen_core::time::Timestamp;

use super::tickets::visible;
use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub name: String,
    pub tier: Option<String>,
    pub locale: Option<String>,
    pub notes: String,
    pub created_at: Timestamp,
    pub last_contact_at: Option<Timestamp>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IdentityRow {
    pub id: IdentityId,
    pub customer_id: CustomerId,
    pub kind: IdentityKind,
    pub value: String,
    pub folded: String,
    pub verified: Verified,
    /// Since when, and why, mail to it comes back.
    pub undeliverable_since: Option<Timestamp>,
    pub undeliverable_reason: Option<String>,
}

const COLUMNS: &str = "customer.id, customer.name, customer.tier, customer.locale, customer.notes, customer.created_at, customer.last_contact_at";

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: CustomerId) -> Result<Option<CustomerRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM customer WHERE workspace_id = $1 AND id = $2");
    query.bind(workspace).bind(id).optional().await
}

/// Takes the customer's row for this change: whoever decides on it waits here for whoever came before.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId, id: CustomerId) -> Result<Option<CustomerRow>> {
    tx.build("UPDATE customer SET name = name WHERE workspace_id = $1 AND id = $2 RETURNING ")
        .push(COLUMNS)
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

/// The customers of these ids, in no order.
pub async fn some(conn: &mut Conn, workspace: WorkspaceId, ids: &[CustomerId]) -> Result<Vec<CustomerRow>> {
    let query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM customer WHERE workspace_id = $1 AND id IN ");
    query.bind(workspace).push_list(ids.iter().copied()).all().await
}

/// Whether the actor may see the customer: one of the customer's tickets, or a customer who has none yet.
pub async fn is_visible(conn: &mut Conn, actor: &Actor, id: CustomerId) -> Result<bool> {
    if actor.scope == Scope::All {
        return Ok(true);
    }
    let any: Option<(CustomerId,)> = conn
        .sql("SELECT customer_id FROM ticket WHERE workspace_id = $1 AND customer_id = $2 LIMIT 1")
        .bind(actor.workspace)
        .bind(id)
        .optional()
        .await?;
    if any.is_none() {
        return Ok(true);
    }
    let query = conn
        .build("SELECT customer_id FROM ticket WHERE ticket.workspace_id = $1 AND ticket.customer_id = $2")
        .bind(actor.workspace)
        .bind(id);
    let seen: Option<(CustomerId,)> = visible(query, actor).push(" LIMIT 1").optional().await?;
    Ok(seen.is_some())
}

/// The customer, if the actor may see them.
pub async fn find_visible(conn: &mut Conn, actor: &Actor, id: CustomerId) -> Result<Option<CustomerRow>> {
    if !is_visible(conn, actor, id).await? {
        return Ok(None);
    }
    find(conn, actor.workspace, id).await
}

/// Who has an identity, by its folded value.
pub async fn find_by_identity(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: IdentityKind,
    folded: &str,
) -> Result<Option<CustomerId>> {
    let row: Option<(CustomerId,)> = conn
        .sql("SELECT customer_id FROM identity WHERE workspace_id = $1 AND kind = $2 AND folded = $3")
        .bind(workspace)
        .bind(kind)
        .bind(folded)
        .optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Customers whose identity begins with `start`, at most `limit`.
pub async fn starting_with(
    conn: &mut Conn,
    workspace: WorkspaceId,
    kind: IdentityKind,
    start: &str,
    limit: i64,
) -> Result<Vec<CustomerId>> {
    let rows: Vec<(CustomerId,)> = conn
        .sql(
            "SELECT customer_id FROM identity WHERE workspace_id = $1 AND kind = $2 AND folded >= $3 AND folded < $4
             ORDER BY folded LIMIT $5",
        )
        .bind(workspace)
        .bind(kind)
        .bind(start)
        .bind(format!("{start}\u{10ffff}"))
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Customers whose folded name begins with `start`, at most `limit`.
pub async fn named(
    conn: &mut Conn,
    workspace: WorkspaceId,
    start: &str,
    limit: i64,
) -> Result<Vec<CustomerId>> {
    let rows: Vec<(CustomerId,)> = conn
        .sql(
            "SELECT id FROM customer WHERE workspace_id = $1 AND name_folded >= $2 AND name_folded < $3
             ORDER BY name_folded, id LIMIT $4",
        )
        .bind(workspace)
        .bind(start)
        .bind(format!("{start}\u{10ffff}"))
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn identities(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[CustomerId],
) -> Result<Vec<IdentityRow>> {
    conn.build(
        "SELECT id, customer_id, kind, value, folded, verified, undeliverable_since, undeliverable_reason
         FROM identity WHERE workspace_id = $1 AND customer_id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .push(" ORDER BY created_at, id")
    .all()
    .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, customer: &CustomerRow) -> Result<()> {
    tx.sql(
        "INSERT INTO customer (workspace_id, id, name, name_folded, tier, locale, notes, created_at, last_contact_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(workspace)
    .bind(customer.id)
    .bind(&customer.name)
    .bind(fold(&customer.name))
    .bind(&customer.tier)
    .bind(&customer.locale)
    .bind(&customer.notes)
    .bind(customer.created_at)
    .bind(customer.last_contact_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, customer: &CustomerRow) -> Result<()> {
    tx.sql(
        "UPDATE customer SET name = $3, name_folded = $4, tier = $5, locale = $6, notes = $7
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(customer.id)
    .bind(&customer.name)
    .bind(fold(&customer.name))
    .bind(&customer.tier)
    .bind(&customer.locale)
    .bind(&customer.notes)
    .run()
    .await?;
    Ok(())
}

pub async fn touch(tx: &mut Tx, workspace: WorkspaceId, id: CustomerId, at: Timestamp) -> Result<()> {
    tx.sql("UPDATE customer SET last_contact_at = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(at)
        .run()
        .await?;
    Ok(())
}

/// Adds an identity unless somebody has it; false when somebody has.
pub async fn add_identity(
    tx: &mut Tx,
    workspace: WorkspaceId,
    identity: &IdentityRow,
    at: Timestamp,
) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO identity (workspace_id, id, customer_id, kind, value, folded, verified, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, kind, folded) DO NOTHING",
        )
        .bind(workspace)
        .bind(identity.id)
        .bind(identity.customer_id)
        .bind(identity.kind)
        .bind(&identity.value)
        .bind(&identity.folded)
        .bind(identity.verified)
        .bind(at)
        .run()
        .await?;
    Ok(added > 0)
}

/// Mail came from the identity: what stood against it is forgotten, and a proof is kept. False when that is no news.
pub async fn heard_from(
    tx: &mut Tx,
    workspace: WorkspaceId,
    customer: CustomerId,
    kind: IdentityKind,
    folded: &str,
    proved: bool,
) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE identity SET undeliverable_since = NULL, undeliverable_reason = NULL,
               verified = CASE WHEN $5 AND verified = 'claimed' THEN 'proved' ELSE verified END
             WHERE workspace_id = $1 AND customer_id = $2 AND kind = $3 AND folded = $4
               AND (undeliverable_since IS NOT NULL OR ($5 AND verified = 'claimed'))",
        )
        .bind(workspace)
        .bind(customer)
        .bind(kind)
        .bind(folded)
        .bind(proved)
        .run()
        .await?;
    Ok(changed > 0)
}

/// Mail to this address came back for good: whose it is, when it is somebody's and that is news.
pub async fn mark_undeliverable(
    tx: &mut Tx,
    workspace: WorkspaceId,
    folded: &str,
    at: Timestamp,
    reason: &str,
) -> Result<Option<CustomerId>> {
    let row: Option<(CustomerId,)> = tx
        .sql(
            "UPDATE identity SET undeliverable_since = $3, undeliverable_reason = $4
             WHERE workspace_id = $1 AND kind = 'email' AND folded = $2 AND undeliverable_since IS NULL
             RETURNING customer_id",
        )
        .bind(workspace)
        .bind(folded)
        .bind(at)
        .bind(reason)
        .optional()
        .await?;
    Ok(row.map(|(customer,)| customer))
}

pub async fn remove_identity(
    tx: &mut Tx,
    workspace: WorkspaceId,
    customer: CustomerId,
    id: IdentityId,
) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM identity WHERE workspace_id = $1 AND customer_id = $2 AND id = $3")
        .bind(workspace)
        .bind(customer)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}

pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: CustomerId) -> Result<()> {
    tx.sql("DELETE FROM customer WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(())
}
