//! What a workspace decided about complaints: its policy, the rules and ceilings of grades, its categories.
//!
//! Only what differs from the program's own has a row.

use shouwen_core::complaint::{Grade, GradeRule, GradingPolicy};
use shouwen_core::id::{ComplaintCategoryId, RoleId, WorkspaceId};

use crate::db::{Conn, JsonText, Result, Tx};

pub async fn policy(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<GradingPolicy>> {
    let row: Option<(JsonText<GradingPolicy>,)> = conn
        .sql("SELECT policy FROM complaint_policy WHERE workspace_id = $1")
        .bind(workspace)
        .optional()
        .await?;
    Ok(row.map(|(policy,)| policy.0))
}

pub async fn save_policy(tx: &mut Tx, workspace: WorkspaceId, policy: &GradingPolicy) -> Result<()> {
    tx.sql(
        "INSERT INTO complaint_policy (workspace_id, policy) VALUES ($1, $2)
         ON CONFLICT (workspace_id) DO UPDATE SET policy = excluded.policy",
    )
    .bind(workspace)
    .bind(JsonText(policy))
    .run()
    .await?;
    Ok(())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RuleRow {
    pub grade: Grade,
    pub rule: JsonText<GradeRule>,
}

pub async fn rules(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<RuleRow>> {
    conn.sql("SELECT grade, rule FROM grade_rule WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await
}

/// Takes all rules of the workspace for this change.
pub async fn lock_rules(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<RuleRow>> {
    tx.sql("UPDATE grade_rule SET rule = rule WHERE workspace_id = $1 RETURNING grade, rule")
        .bind(workspace)
        .all()
        .await
}

pub async fn find_rule(conn: &mut Conn, workspace: WorkspaceId, grade: Grade) -> Result<Option<GradeRule>> {
    let row: Option<RuleRow> = conn
        .sql("SELECT grade, rule FROM grade_rule WHERE workspace_id = $1 AND grade = $2")
        .bind(workspace)
        .bind(grade)
        .optional()
        .await?;
    Ok(row.map(|row| row.rule.0))
}

pub async fn save_rule(tx: &mut Tx, workspace: WorkspaceId, grade: Grade, rule: &GradeRule) -> Result<()> {
    tx.sql(
        "INSERT INTO grade_rule (workspace_id, grade, rule) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, grade) DO UPDATE SET rule = excluded.rule",
    )
    .bind(workspace)
    .bind(grade)
    .bind(JsonText(rule))
    .run()
    .await?;
    Ok(())
}

#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct CeilingRow {
    pub role_id: RoleId,
    pub grade: Grade,
    pub refund: Option<i64>,
    pub compensation: Option<i64>,
}

pub async fn ceilings(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<CeilingRow>> {
    conn.sql("SELECT role_id, grade, refund, compensation FROM grade_ceiling WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await
}

pub async fn ceilings_of_role(
    conn: &mut Conn,
    workspace: WorkspaceId,
    role: RoleId,
) -> Result<Vec<CeilingRow>> {
    conn.sql(
        "SELECT role_id, grade, refund, compensation FROM grade_ceiling WHERE workspace_id = $1 AND role_id = $2",
    )
    .bind(workspace)
    .bind(role)
    .all()
    .await
}

pub async fn save_ceiling(tx: &mut Tx, workspace: WorkspaceId, row: &CeilingRow) -> Result<()> {
    tx.sql(
        "INSERT INTO grade_ceiling (workspace_id, role_id, grade, refund, compensation) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, role_id, grade)
         DO UPDATE SET refund = excluded.refund, compensation = excluded.compensation",
    )
    .bind(workspace)
    .bind(row.role_id)
    .bind(row.grade)
    .bind(row.refund)
    .bind(row.compensation)
    .run()
    .await?;
    Ok(())
}

/// Before a role is removed.
pub async fn forget_role(tx: &mut Tx, workspace: WorkspaceId, role: RoleId) -> Result<()> {
    tx.sql("DELETE FROM grade_ceiling WHERE workspace_id = $1 AND role_id = $2")
        .bind(workspace)
        .bind(role)
        .run()
        .await?;
    Ok(())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CategoryRow {
    pub id: ComplaintCategoryId,
    pub parent_id: Option<ComplaintCategoryId>,
    /// Of a built-in one, which is named in the reader's language unless renamed.
    pub key: Option<String>,
    pub name: String,
    pub archived: bool,
    pub position: i64,
}

pub async fn categories(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<CategoryRow>> {
    conn.sql(
        "SELECT id, parent_id, key, name, archived, position FROM complaint_category
         WHERE workspace_id = $1 ORDER BY position, id LIMIT 1000",
    )
    .bind(workspace)
    .all()
    .await
}

/// Adds the category or writes it anew.
pub async fn save_category(tx: &mut Tx, workspace: WorkspaceId, row: &CategoryRow) -> Result<()> {
    tx.sql(
        "INSERT INTO complaint_category (workspace_id, id, parent_id, key, name, archived, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name,
           archived = excluded.archived, position = excluded.position",
    )
    .bind(workspace)
    .bind(row.id)
    .bind(row.parent_id)
    .bind(&row.key)
    .bind(&row.name)
    .bind(row.archived)
    .bind(row.position)
    .run()
    .await?;
    Ok(())
}
