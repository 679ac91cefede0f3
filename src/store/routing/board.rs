//! What the live board counts: along indexes of what waits, never further than it shows.

use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, TeamId, TicketId};
use shouwen_core::ticket::TicketNumber;
use shouwen_core::time::Timestamp;

use super::super::tickets::visible;
use crate::db::{Conn, Result};

/// A stretch of time: from, and up to but without.
pub type Stretch = (Timestamp, Timestamp);

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LongestRow {
    pub id: TicketId,
    pub number: TicketNumber,
    pub subject: String,
    pub waiting_since: Timestamp,
    pub assignee_id: Option<AgentId>,
    pub team_id: Option<TeamId>,
}

/// How many tickets that the actor may see fall due within a stretch of time, counted up to `most`.
pub async fn count_due(conn: &mut Conn, actor: &Actor, within: Stretch, most: i64) -> Result<i64> {
    let query = conn
        .build(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM ticket
             WHERE ticket.workspace_id = $1 AND ticket.active = TRUE AND ticket.sla_due_at IS NOT NULL
               AND ticket.sla_due_at >= $2 AND ticket.sla_due_at < $3",
        )
        .bind(actor.workspace)
        .bind(within.0)
        .bind(within.1);
    let query = visible(query, actor).push(" LIMIT ").push_bind(most);
    let (count,): (i64,) = query.push(") AS counted").one().await?;
    Ok(count)
}

/// How many customers wait who are promised nothing, as far as the actor may see, counted up to `most`.
pub async fn count_without_clock(conn: &mut Conn, actor: &Actor, most: i64) -> Result<i64> {
    let query = conn
        .build(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM ticket
             WHERE ticket.workspace_id = $1 AND ticket.active = TRUE AND ticket.waiting_since IS NOT NULL
               AND ticket.sla_due_at IS NULL",
        )
        .bind(actor.workspace);
    let query = visible(query, actor).push(" LIMIT ").push_bind(most);
    let (count,): (i64,) = query.push(") AS counted").one().await?;
    Ok(count)
}

/// How many tickets of a team and category that the actor may see nobody works on, counted up to `most`.
pub async fn count_unassigned(
    conn: &mut Conn,
    actor: &Actor,
    team: Option<TeamId>,
    category: &'static str,
    most: i64,
) -> Result<i64> {
    let query = conn
        .build(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM ticket
             WHERE ticket.workspace_id = $1 AND ticket.active = TRUE AND ticket.category = $2 AND ticket.assignee_id IS NULL",
        )
        .bind(actor.workspace)
        .bind(category);
    let query = match team {
        Some(team) => query.push(" AND ticket.team_id = ").push_bind(team),
        None => query.push(" AND ticket.team_id IS NULL"),
    };
    let query = visible(query, actor).push(" LIMIT ").push_bind(most);
    let (count,): (i64,) = query.push(") AS counted").one().await?;
    Ok(count)
}

/// Since when the longest waiting of a team waits on whom nobody works and whom the actor may see.
pub async fn oldest_unassigned(
    conn: &mut Conn,
    actor: &Actor,
    team: TeamId,
    category: &'static str,
) -> Result<Option<Timestamp>> {
    let query = conn
        .build(
            "SELECT ticket.waiting_since FROM ticket
             WHERE ticket.workspace_id = $1 AND ticket.team_id = $2 AND ticket.active = TRUE AND ticket.category = $3
               AND ticket.assignee_id IS NULL AND ticket.waiting_since IS NOT NULL",
        )
        .bind(actor.workspace)
        .bind(team)
        .bind(category);
    let row: Option<(Timestamp,)> = visible(query, actor)
        .push(" ORDER BY ticket.waiting_since LIMIT 1")
        .optional()
        .await?;
    Ok(row.map(|(at,)| at))
}

/// Who waits longest of all that the actor may see.
pub async fn longest_waiting(conn: &mut Conn, actor: &Actor) -> Result<Option<LongestRow>> {
    let query = conn
        .build(
            "SELECT ticket.id, ticket.number, ticket.subject, ticket.waiting_since, ticket.assignee_id, ticket.team_id
             FROM ticket WHERE ticket.workspace_id = $1 AND ticket.active = TRUE AND ticket.waiting_since IS NOT NULL",
        )
        .bind(actor.workspace);
    visible(query, actor)
        .push(" ORDER BY ticket.waiting_since, ticket.id LIMIT 1")
        .optional()
        .await
}
