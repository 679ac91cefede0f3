//! Addresses and domains whose mail is kept back, or always becomes tickets.

use serde::{Deserialize, Serialize};
use shouwen_core::id::{AgentId, SenderRuleId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

shouwen_core::words! {
    RuleKind {
        /// Kept back with the cause `blocked_sender`.
        Block = "block",
        /// Automatic mail of this sender makes tickets too.
        Allow = "allow",
    }
}

shouwen_core::words! {
    /// How a rule came about.
    RuleOrigin { Person = "person", Spam = "spam", Loop = "loop" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SenderRuleRow {
    pub id: SenderRuleId,
    pub kind: RuleKind,
    /// A folded address, or a domain with all that is below it.
    pub sender: String,
    pub why: RuleOrigin,
    pub agent_id: Option<AgentId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Seek {
    pub created_at: Timestamp,
    pub id: SenderRuleId,
}

const COLUMNS: &str = "id, kind, sender, why, agent_id, created_at, expires_at";

/// Rules that still hold, newest first.
pub async fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    now: Timestamp,
    after: Option<Seek>,
    limit: i64,
) -> Result<Vec<SenderRuleRow>> {
    let mut query = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM sender_rule WHERE workspace_id = $1 AND (expires_at IS NULL OR expires_at > $2)")
        .bind(workspace)
        .bind(now);
    if let Some(seek) = after {
        query = query.push(" AND (created_at, id) < (").push_bind(seek.created_at);
        query = query.push(", ").push_bind(seek.id).push(")");
    }
    query
        .push(" ORDER BY created_at DESC, id DESC LIMIT ")
        .push_bind(limit)
        .all()
        .await
}

/// The rules of these names, in no order.
pub async fn some(
    conn: &mut Conn,
    workspace: WorkspaceId,
    names: &[&str],
    now: Timestamp,
) -> Result<Vec<(String, RuleKind)>> {
    conn.build(
            "SELECT sender, kind FROM sender_rule WHERE workspace_id = $1 AND (expires_at IS NULL OR expires_at > $2)
             AND sender IN ",
        )
        .bind(workspace)
        .bind(now)
        .push_list(names.iter().copied())
        .all()
        .await
}

/// Sets the rule of a sender; one that is there already gives way.
pub async fn set(tx: &mut Tx, workspace: WorkspaceId, rule: &SenderRuleRow) -> Result<()> {
    tx.sql(
        "INSERT INTO sender_rule (workspace_id, id, kind, sender, why, agent_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (workspace_id, sender) DO UPDATE SET id = excluded.id, kind = excluded.kind, why = excluded.why,
           agent_id = excluded.agent_id, created_at = excluded.created_at, expires_at = excluded.expires_at",
    )
    .bind(workspace)
    .bind(rule.id)
    .bind(rule.kind)
    .bind(&rule.sender)
    .bind(rule.why)
    .bind(rule.agent_id)
    .bind(rule.created_at)
    .bind(rule.expires_at)
    .run()
    .await?;
    Ok(())
}

/// False when it is not there.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: SenderRuleId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM sender_rule WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}

/// Takes back what was said of a sender.
pub async fn remove_of(tx: &mut Tx, workspace: WorkspaceId, sender: &str, kind: RuleKind) -> Result<()> {
    tx.sql("DELETE FROM sender_rule WHERE workspace_id = $1 AND sender = $2 AND kind = $3")
        .bind(workspace)
        .bind(sender)
        .bind(kind)
        .run()
        .await?;
    Ok(())
}
