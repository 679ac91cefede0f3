//! Tickets that nobody works on, by seeking along their index; and those of an agent who goes.

use shouwen_core::id::{AgentId, CustomerId, TeamId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Query, Result};

/// Where a page of the backlog ended.
pub type Seek = (Timestamp, TicketId);

/// Tickets of a team (or of none) and category that nobody works on and whose customers wait, the longest waiting
/// first.
pub async fn waiting_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    team: Option<TeamId>,
    category: &'static str,
    after: Seek,
    limit: i64,
) -> Result<Vec<Seek>> {
    let query = conn.build("SELECT waiting_since, id FROM ticket WHERE workspace_id = $1");
    nobodys(query.bind(workspace), team)
        .push(" AND category = ")
        .push_bind(category)
        .push(" AND (waiting_since, id) > (")
        .push_bind(after.0)
        .push(", ")
        .push_bind(after.1)
        .push(") ORDER BY waiting_since, id LIMIT ")
        .push_bind(limit)
        .all()
        .await
}

/// Those that nobody works on though no customer waits: somebody left in the middle.
pub async fn unowned_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    team: Option<TeamId>,
    category: &'static str,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let query = conn.build("SELECT id FROM ticket WHERE workspace_id = $1");
    let rows: Vec<(TicketId,)> = nobodys(query.bind(workspace), team)
        .push(" AND category = ")
        .push_bind(category)
        .push(" AND waiting_since IS NULL ORDER BY id LIMIT ")
        .push_bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Those whose nearest due time comes first, overdue ones included.
pub async fn due_page(
    conn: &mut Conn,
    workspace: WorkspaceId,
    team: Option<TeamId>,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let query = conn.build("SELECT id FROM ticket WHERE workspace_id = $1");
    let rows: Vec<(TicketId,)> = nobodys(query.bind(workspace), team)
        .push(" AND sla_due_at IS NOT NULL AND category IN ('new', 'open') ORDER BY sla_due_at, id LIMIT ")
        .push_bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// On which nobody works, of a team or of none.
fn nobodys(query: Query<'_>, team: Option<TeamId>) -> Query<'_> {
    let query = match team {
        Some(team) => query.push(" AND team_id = ").push_bind(team),
        None => query.push(" AND team_id IS NULL"),
    };
    query.push(" AND active = TRUE AND assignee_id IS NULL")
}

/// When these tickets fall due next; those without a clock are missing.
pub async fn due_times(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[TicketId],
) -> Result<Vec<(TicketId, Timestamp)>> {
    conn.build(
        "SELECT id, sla_due_at FROM ticket WHERE workspace_id = $1 AND sla_due_at IS NOT NULL AND id IN ",
    )
    .bind(workspace)
    .push_list(ids.iter().copied())
    .all()
    .await
}

/// What an agent works on that needs work now, in no order.
pub async fn of_assignee(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let rows: Vec<(TicketId,)> = conn
        .sql(
            "SELECT id FROM ticket WHERE workspace_id = $1 AND assignee_id = $2 AND active = TRUE
             AND category IN ('new', 'open') LIMIT $3",
        )
        .bind(workspace)
        .bind(agent)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Some of the active tickets that an agent answers for.
pub async fn of_owner(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let rows: Vec<(TicketId,)> = conn
        .sql(
            "SELECT id FROM ticket WHERE workspace_id = $1 AND owner_id = $2 AND active = TRUE
             ORDER BY last_message_at DESC, id DESC LIMIT $3",
        )
        .bind(workspace)
        .bind(agent)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who answers for something of this customer that is not solved, each with one such ticket.
pub async fn owners_of_customer(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<(AgentId, TicketId)>> {
    conn.sql(
        "SELECT owner_id, id FROM ticket
         WHERE workspace_id = $1 AND customer_id = $2 AND active = TRUE AND owner_id IS NOT NULL
         ORDER BY owner_id, id LIMIT $3",
    )
    .bind(workspace)
    .bind(customer)
    .bind(limit)
    .all()
    .await
}
