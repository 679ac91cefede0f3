//! Agents' own signatures, by language.

use shouwen_core::id::{AgentId, WorkspaceId};

use super::inboxes::Signature;
use crate::db::{Conn, Result, Tx};

#[derive(Debug, sqlx::FromRow)]
struct Row {
    locale: String,
    text: String,
}

pub async fn of_agent(conn: &mut Conn, workspace: WorkspaceId, agent: AgentId) -> Result<Vec<Signature>> {
    let rows: Vec<Row> = conn
        .sql(
            "SELECT locale, text FROM agent_signature WHERE workspace_id = $1 AND agent_id = $2 ORDER BY locale",
        )
        .bind(workspace)
        .bind(agent)
        .all()
        .await?;
    let shown = |row: Row| Signature {
        locale: row.locale,
        text: row.text,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Puts these in the place of all that the agent had.
pub async fn replace(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    signatures: &[Signature],
) -> Result<()> {
    tx.sql("DELETE FROM agent_signature WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent)
        .run()
        .await?;
    for one in signatures {
        tx.sql("INSERT INTO agent_signature (workspace_id, agent_id, locale, text) VALUES ($1, $2, $3, $4)")
            .bind(workspace)
            .bind(agent)
            .bind(&one.locale)
            .bind(&one.text)
            .run()
            .await?;
    }
    Ok(())
}
