//! How a team gives out its tickets.

use shouwen_core::id::{AgentId, TeamId, WorkspaceId};
use shouwen_core::routing::{SkillNeed, Weights};

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TeamRoutingRow {
    pub team_id: TeamId,
    pub auto_assign: bool,
    pub match_language: bool,
    pub release_at_shift_end: bool,
    pub weights: JsonText<Weights>,
    pub skill_needs: JsonText<Vec<SkillNeed>>,
}

impl TeamRoutingRow {
    /// Of a team that nobody has set up.
    pub fn unset(team: TeamId) -> Self {
        Self {
            team_id: team,
            auto_assign: false,
            match_language: true,
            release_at_shift_end: false,
            weights: JsonText(Weights::default()),
            skill_needs: JsonText(Vec::new()),
        }
    }
}

const COLUMNS: &str = "team_id, auto_assign, match_language, release_at_shift_end, weights, skill_needs";

pub async fn team(conn: &mut Conn, workspace: WorkspaceId, team: TeamId) -> Result<Option<TeamRoutingRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM team_routing WHERE workspace_id = $1 AND team_id = $2")
        .bind(workspace)
        .bind(team)
        .optional()
        .await
}

/// Of every team that has been set up.
pub async fn teams(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<TeamRoutingRow>> {
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM team_routing WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await
}

pub async fn save_team(tx: &mut Tx, workspace: WorkspaceId, row: &TeamRoutingRow) -> Result<()> {
    tx.sql(
        "INSERT INTO team_routing (workspace_id, team_id, auto_assign, match_language, release_at_shift_end, weights,
           skill_needs) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, team_id) DO UPDATE SET auto_assign = excluded.auto_assign,
           match_language = excluded.match_language, release_at_shift_end = excluded.release_at_shift_end,
           weights = excluded.weights, skill_needs = excluded.skill_needs",
    )
    .bind(workspace)
    .bind(row.team_id)
    .bind(row.auto_assign)
    .bind(row.match_language)
    .bind(row.release_at_shift_end)
    .bind(&row.weights)
    .bind(&row.skill_needs)
    .run()
    .await?;
    Ok(())
}

/// Whether the team gives out its tickets by itself.
pub async fn is_automatic(conn: &mut Conn, workspace: WorkspaceId, team: TeamId) -> Result<bool> {
    let found: Option<(bool,)> = conn
        .sql("SELECT auto_assign FROM team_routing WHERE workspace_id = $1 AND team_id = $2")
        .bind(workspace)
        .bind(team)
        .optional()
        .await?;
    Ok(found.is_some_and(|(automatic,)| automatic))
}

/// The teams of an agent that give out their tickets by themselves.
pub async fn automatic_teams_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
) -> Result<Vec<TeamId>> {
    let rows: Vec<(TeamId,)> = conn
        .sql(
            "SELECT team_member.team_id FROM team_member
             JOIN team_routing ON team_routing.workspace_id = team_member.workspace_id
              AND team_routing.team_id = team_member.team_id
             WHERE team_member.workspace_id = $1 AND team_member.agent_id = $2 AND team_routing.auto_assign
             ORDER BY team_member.team_id",
        )
        .bind(workspace)
        .bind(agent)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
