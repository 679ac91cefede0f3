//! Agents, their roles and teams.

use shouwen_core::actor::{PermissionSet, Scope};
use shouwen_core::id::{AgentId, RoleId, TeamId, TicketId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AgentRow {
    pub id: AgentId,
    pub name: String,
    pub email: String,
    pub password_hash: Option<String>,
    pub role_id: RoleId,
    pub locale: String,
    pub active: bool,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RoleRow {
    pub id: RoleId,
    /// The built-in role, which can be changed but not removed.
    pub key: Option<String>,
    pub name: String,
    pub permissions: JsonText<PermissionSet>,
    pub scope: Scope,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TeamRow {
    pub id: TeamId,
    pub name: String,
    /// Told when a promise of the team is in danger.
    pub lead_id: Option<AgentId>,
    pub created_at: Timestamp,
}

pub async fn all(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<AgentRow>> {
    conn.sql(
        "SELECT id, name, email, password_hash, role_id, locale, active, created_at FROM agent
         WHERE workspace_id = $1 ORDER BY created_at, id",
    )
    .bind(workspace)
    .all()
    .await
}

pub async fn count(conn: &mut Conn, workspace: WorkspaceId) -> Result<i64> {
    let count = conn
        .sql("SELECT CAST(COUNT(*) AS BIGINT) FROM agent WHERE workspace_id = $1")
        .bind(workspace);
    let (count,): (i64,) = count.one().await?;
    Ok(count)
}

pub async fn find(conn: &mut Conn, workspace: WorkspaceId, id: AgentId) -> Result<Option<AgentRow>> {
    conn.sql(
        "SELECT id, name, email, password_hash, role_id, locale, active, created_at FROM agent
         WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(id)
    .optional()
    .await
}

pub async fn find_by_email(
    conn: &mut Conn,
    workspace: WorkspaceId,
    email_folded: &str,
) -> Result<Option<AgentRow>> {
    conn.sql(
        "SELECT id, name, email, password_hash, role_id, locale, active, created_at FROM agent
         WHERE workspace_id = $1 AND email_folded = $2",
    )
    .bind(workspace)
    .bind(email_folded)
    .optional()
    .await
}

pub async fn add(tx: &mut Tx, workspace: WorkspaceId, agent: &AgentRow) -> Result<()> {
    tx.sql(
        "INSERT INTO agent (workspace_id, id, name, email, email_folded, password_hash, role_id, locale, active, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(workspace)
    .bind(agent.id)
    .bind(&agent.name)
    .bind(&agent.email)
    .bind(shouwen_core::customer::fold(&agent.email))
    .bind(&agent.password_hash)
    .bind(agent.role_id)
    .bind(&agent.locale)
    .bind(agent.active)
    .bind(agent.created_at)
    .run()
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, workspace: WorkspaceId, agent: &AgentRow) -> Result<()> {
    tx.sql(
        "UPDATE agent SET name = $3, email = $4, email_folded = $5, password_hash = $6, role_id = $7, locale = $8,
         active = $9 WHERE workspace_id = $1 AND id = $2",
    )
    .bind(workspace)
    .bind(agent.id)
    .bind(&agent.name)
    .bind(&agent.email)
    .bind(shouwen_core::customer::fold(&agent.email))
    .bind(&agent.password_hash)
    .bind(agent.role_id)
    .bind(&agent.locale)
    .bind(agent.active)
    .run()
    .await?;
    Ok(())
}

pub async fn roles(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<RoleRow>> {
    conn.sql("SELECT id, key, name, permissions, scope FROM role WHERE workspace_id = $1 ORDER BY id")
        .bind(workspace)
        .all()
        .await
}

pub async fn find_role(conn: &mut Conn, workspace: WorkspaceId, id: RoleId) -> Result<Option<RoleRow>> {
    conn.sql("SELECT id, key, name, permissions, scope FROM role WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .optional()
        .await
}

pub async fn add_role(tx: &mut Tx, workspace: WorkspaceId, role: &RoleRow) -> Result<()> {
    tx.sql(
        "INSERT INTO role (workspace_id, id, key, name, permissions, scope) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(workspace)
    .bind(role.id)
    .bind(&role.key)
    .bind(&role.name)
    .bind(&role.permissions)
    .bind(role.scope)
    .run()
    .await?;
    Ok(())
}

pub async fn teams(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<TeamRow>> {
    conn.sql("SELECT id, name, lead_id, created_at FROM team WHERE workspace_id = $1 ORDER BY created_at, id")
        .bind(workspace)
        .all()
        .await
}

pub async fn add_team(tx: &mut Tx, workspace: WorkspaceId, team: &TeamRow) -> Result<()> {
    tx.sql("INSERT INTO team (workspace_id, id, name, created_at, lead_id) VALUES ($1, $2, $3, $4, $5)")
        .bind(workspace)
        .bind(team.id)
        .bind(&team.name)
        .bind(team.created_at)
        .bind(team.lead_id)
        .run()
        .await?;
    Ok(())
}

/// Who is in which team.
pub async fn memberships(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(TeamId, AgentId)>> {
    conn.sql("SELECT team_id, agent_id FROM team_member WHERE workspace_id = $1 ORDER BY team_id, agent_id")
        .bind(workspace)
        .all()
        .await
}

/// The teams of one agent.
pub async fn teams_of(conn: &mut Conn, workspace: WorkspaceId, agent: AgentId) -> Result<Vec<TeamId>> {
    let rows: Vec<(TeamId,)> = conn
        .sql("SELECT team_id FROM team_member WHERE workspace_id = $1 AND agent_id = $2 ORDER BY team_id")
        .bind(workspace)
        .bind(agent)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(team,)| team).collect())
}

pub async fn add_member(tx: &mut Tx, workspace: WorkspaceId, team: TeamId, agent: AgentId) -> Result<()> {
    tx.sql("INSERT INTO team_member (workspace_id, team_id, agent_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(workspace)
        .bind(team)
        .bind(agent)
        .run()
        .await?;
    Ok(())
}

/// Takes the lock under which roles and who holds them are changed: whoever decides on either waits here.
pub async fn lock_access(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    tx.sql("UPDATE role SET scope = scope WHERE workspace_id = $1 AND key = 'administrator'")
        .bind(workspace)
        .run()
        .await?;
    Ok(())
}

/// How many active agents hold a role.
pub async fn count_active_in_role(conn: &mut Conn, workspace: WorkspaceId, role: RoleId) -> Result<i64> {
    let (count,): (i64,) = conn
        .sql(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM agent
             WHERE workspace_id = $1 AND role_id = $2 AND active",
        )
        .bind(workspace)
        .bind(role)
        .one()
        .await?;
    Ok(count)
}

/// The agents who hold a role, active or not.
pub async fn in_role(conn: &mut Conn, workspace: WorkspaceId, role: RoleId) -> Result<Vec<AgentId>> {
    let rows: Vec<(AgentId,)> = conn
        .sql("SELECT id FROM agent WHERE workspace_id = $1 AND role_id = $2 ORDER BY id")
        .bind(workspace)
        .bind(role)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub async fn save_role(tx: &mut Tx, workspace: WorkspaceId, role: &RoleRow) -> Result<()> {
    tx.sql("UPDATE role SET name = $3, permissions = $4, scope = $5 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(role.id)
        .bind(&role.name)
        .bind(&role.permissions)
        .bind(role.scope)
        .run()
        .await?;
    Ok(())
}

pub async fn remove_role(tx: &mut Tx, workspace: WorkspaceId, role: RoleId) -> Result<()> {
    tx.sql("DELETE FROM role WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(role)
        .run()
        .await?;
    Ok(())
}

/// Takes the team's row for this change; false when there is none.
pub async fn rename_team(tx: &mut Tx, workspace: WorkspaceId, team: TeamId, name: &str) -> Result<bool> {
    let changed = tx
        .sql("UPDATE team SET name = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(team)
        .bind(name)
        .run()
        .await?;
    Ok(changed > 0)
}

pub async fn set_lead(
    tx: &mut Tx,
    workspace: WorkspaceId,
    team: TeamId,
    lead: Option<AgentId>,
) -> Result<()> {
    tx.sql("UPDATE team SET lead_id = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(team)
        .bind(lead)
        .run()
        .await?;
    Ok(())
}

/// Removes a team that nothing points at any more, with its memberships.
pub async fn remove_team(tx: &mut Tx, workspace: WorkspaceId, team: TeamId) -> Result<()> {
    tx.sql("DELETE FROM team_member WHERE workspace_id = $1 AND team_id = $2")
        .bind(workspace)
        .bind(team)
        .run()
        .await?;
    tx.sql("DELETE FROM team_routing WHERE workspace_id = $1 AND team_id = $2")
        .bind(workspace)
        .bind(team)
        .run()
        .await?;
    tx.sql("DELETE FROM team WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(team)
        .run()
        .await?;
    Ok(())
}

pub async fn remove_member(tx: &mut Tx, workspace: WorkspaceId, team: TeamId, agent: AgentId) -> Result<()> {
    tx.sql("DELETE FROM team_member WHERE workspace_id = $1 AND team_id = $2 AND agent_id = $3")
        .bind(workspace)
        .bind(team)
        .bind(agent)
        .run()
        .await?;
    Ok(())
}

/// Whether a ticket or an inbox belongs to the team.
pub async fn team_is_used(conn: &mut Conn, workspace: WorkspaceId, team: TeamId) -> Result<bool> {
    let found: Option<(i64,)> = conn
        .sql(
            "SELECT CAST(1 AS BIGINT) FROM team WHERE workspace_id = $1 AND id = $2 AND (
                EXISTS (SELECT 1 FROM ticket WHERE ticket.workspace_id = $1 AND ticket.team_id = $2)
                OR EXISTS (SELECT 1 FROM inbox WHERE inbox.workspace_id = $1 AND inbox.team_id = $2))",
        )
        .bind(workspace)
        .bind(team)
        .optional()
        .await?;
    Ok(found.is_some())
}

/// An agent goes: the teams that they led get another lead, or none. True when there were any.
pub async fn hand_over_teams(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    to: Option<AgentId>,
) -> Result<bool> {
    let led = tx
        .sql("UPDATE team SET lead_id = $3 WHERE workspace_id = $1 AND lead_id = $2")
        .bind(workspace)
        .bind(agent)
        .bind(to)
        .run()
        .await?;
    Ok(led > 0)
}

/// Some of the active tickets that an agent works on.
pub async fn active_tickets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let rows: Vec<(TicketId,)> = conn
        .sql(
            "SELECT id FROM ticket WHERE workspace_id = $1 AND assignee_id = $2 AND active
             ORDER BY id LIMIT $3",
        )
        .bind(workspace)
        .bind(agent)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
