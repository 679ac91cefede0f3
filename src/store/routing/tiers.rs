//! Tiers of customers, and the agents who look after a tier or a customer.

use shouwen_core::customer::fold;
use shouwen_core::id::{AgentId, CustomerId, TierId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TierRow {
    pub id: TierId,
    pub name: String,
    /// A higher one comes first.
    pub rank: i64,
    pub agent_id: Option<AgentId>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CustomerAgentRow {
    pub customer_id: CustomerId,
    pub agent_id: AgentId,
}

pub async fn tiers(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<TierRow>> {
    conn.sql("SELECT id, name, rank, agent_id, created_at FROM tier WHERE workspace_id = $1 ORDER BY rank DESC, id")
        .bind(workspace)
        .all()
        .await
}

pub async fn add_tier(tx: &mut Tx, workspace: WorkspaceId, row: &TierRow) -> Result<()> {
    tx.sql(
        "INSERT INTO tier (workspace_id, id, name, name_folded, rank, agent_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(&row.name)
    .bind(fold(&row.name))
    .bind(row.rank)
    .bind(row.agent_id)
    .bind(row.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save_tier(tx: &mut Tx, workspace: WorkspaceId, row: &TierRow) -> Result<()> {
    tx.sql(
        "UPDATE tier SET name = $3, name_folded = $4, rank = $5, agent_id = $6
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(&row.name)
    .bind(fold(&row.name))
    .bind(row.rank)
    .bind(row.agent_id)
    .run()
    .await?;
    Ok(())
}

/// False when there is none.
pub async fn remove_tier(tx: &mut Tx, workspace: WorkspaceId, id: TierId) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM tier WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}

/// The own agents of these customers.
pub async fn agents_of_customers(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customers: &[CustomerId],
) -> Result<Vec<CustomerAgentRow>> {
    conn.build("SELECT customer_id, agent_id FROM customer_agent WHERE workspace_id = $1 AND customer_id IN ")
        .bind(workspace)
        .push_list(customers.iter().copied())
        .all()
        .await
}

/// Gives the customer an agent of their own, or takes it away.
pub async fn set_agent_of_customer(
    tx: &mut Tx,
    workspace: WorkspaceId,
    customer: CustomerId,
    agent: Option<AgentId>,
) -> Result<()> {
    let Some(agent) = agent else {
        tx.sql("DELETE FROM customer_agent WHERE workspace_id = $1 AND customer_id = $2")
            .bind(workspace)
            .bind(customer)
            .run()
            .await?;
        return Ok(());
    };
    tx.sql(
        "INSERT INTO customer_agent (workspace_id, customer_id, agent_id) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, customer_id) DO UPDATE SET agent_id = excluded.agent_id",
    )
    .bind(workspace)
    .bind(customer)
    .bind(agent)
    .run()
    .await?;
    Ok(())
}

/// How many customers have this agent of their own, counted up to `most`.
pub async fn count_customers_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    most: i64,
) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM customer_agent
             WHERE workspace_id = $1 AND agent_id = $2 LIMIT $3) AS theirs",
        )
        .bind(workspace)
        .bind(agent)
        .bind(most)
        .one()
        .await?;
    Ok(count)
}

/// An agent goes: whoever they looked after gets another, or nobody.
pub async fn hand_over_customers(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    to: Option<AgentId>,
) -> Result<()> {
    tx.sql("UPDATE tier SET agent_id = $3 WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent)
        .bind(to)
        .run()
        .await?;
    match to {
        Some(to) => {
            tx.sql("UPDATE customer_agent SET agent_id = $3 WHERE workspace_id = $1 AND agent_id = $2")
                .bind(workspace)
                .bind(agent)
                .bind(to)
                .run()
                .await?
        }
        None => {
            tx.sql("DELETE FROM customer_agent WHERE workspace_id = $1 AND agent_id = $2")
                .bind(workspace)
                .bind(agent)
                .run()
                .await?
        }
    };
    Ok(())
}
