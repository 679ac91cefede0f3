//! Skills, in the workspace's own words, and who has them.

use shouwen_core::customer::fold;
use shouwen_core::id::{AgentId, SkillId, WorkspaceId};
use shouwen_core::time::Timestamp;

use crate::db::{Conn, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SkillRow {
    pub id: SkillId,
    pub name: String,
    pub created_at: Timestamp,
}

pub async fn skills(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<SkillRow>> {
    conn.sql("SELECT id, name, created_at FROM skill WHERE workspace_id = $1 ORDER BY name_folded, id")
        .bind(workspace)
        .all()
        .await
}

pub async fn add_skill(tx: &mut Tx, workspace: WorkspaceId, row: &SkillRow) -> Result<()> {
    tx.sql("INSERT INTO skill (workspace_id, id, name, name_folded, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(workspace)
        .bind(row.id)
        .bind(&row.name)
        .bind(fold(&row.name))
        .bind(row.created_at)
        .run()
        .await?;
    Ok(())
}

/// False when there is none.
pub async fn rename_skill(tx: &mut Tx, workspace: WorkspaceId, id: SkillId, name: &str) -> Result<bool> {
    let changed = tx
        .sql("UPDATE skill SET name = $3, name_folded = $4 WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .bind(name)
        .bind(fold(name))
        .run()
        .await?;
    Ok(changed > 0)
}

/// Takes the skill from everybody and removes it; false when there is none.
pub async fn remove_skill(tx: &mut Tx, workspace: WorkspaceId, id: SkillId) -> Result<bool> {
    tx.sql("DELETE FROM agent_skill WHERE workspace_id = $1 AND skill_id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    let removed = tx
        .sql("DELETE FROM skill WHERE workspace_id = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .run()
        .await?;
    Ok(removed > 0)
}

/// Which of these agents has which skill.
pub async fn of_agents(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agents: &[AgentId],
) -> Result<Vec<(AgentId, SkillId)>> {
    conn.build("SELECT agent_id, skill_id FROM agent_skill WHERE workspace_id = $1 AND agent_id IN ")
        .bind(workspace)
        .push_list(agents.iter().copied())
        .push(" ORDER BY agent_id, skill_id")
        .all()
        .await
}

/// Gives the agent these skills and no others.
pub async fn set_skills(
    tx: &mut Tx,
    workspace: WorkspaceId,
    agent: AgentId,
    skills: &[SkillId],
) -> Result<()> {
    tx.sql("DELETE FROM agent_skill WHERE workspace_id = $1 AND agent_id = $2")
        .bind(workspace)
        .bind(agent)
        .run()
        .await?;
    for skill in skills {
        tx.sql("INSERT INTO agent_skill (workspace_id, agent_id, skill_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(workspace)
            .bind(agent)
            .bind(skill)
            .run()
            .await?;
    }
    Ok(())
}
