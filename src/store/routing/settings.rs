//! How a team gives out its tickets, and how those of no team are given out.

use shouwen_core::id::{AgentId, TeamId, WorkspaceId};
use shouwen_core::routing::{SkillNeed, Weights};

use crate::db::{Conn, JsonText, Result, Tx};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TeamRoutingRow {
    /// None: of the tickets that have no team.
    pub team_id: Option<TeamId>,
    pub auto_assign: bool,
    pub match_language: bool,
    pub release_at_shift_end: bool,
    pub weights: JsonText<Weights>,
    pub skill_needs: JsonText<Vec<SkillNeed>>,
}

impl TeamRoutingRow {
    /// Of a team that nobody has set up.
    pub fn unset(team: Option<TeamId>) -> Self {
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
const TEAMLESS: &str =
    "CAST(NULL AS UUID) AS team_id, auto_assign, match_language, release_at_shift_end, weights, skill_needs";

/// Of one team, or of the tickets that have none.
pub async fn team(
    conn: &mut Conn,
    workspace: WorkspaceId,
    team: Option<TeamId>,
) -> Result<Option<TeamRoutingRow>> {
    let Some(team) = team else {
        return teamless(conn, workspace).await;
    };
    conn.build("SELECT ")
        .push(COLUMNS)
        .push(" FROM team_routing WHERE workspace_id = $1 AND team_id = $2")
        .bind(workspace)
        .bind(team)
        .optional()
        .await
}

async fn teamless(conn: &mut Conn, workspace: WorkspaceId) -> Result<Option<TeamRoutingRow>> {
    conn.build("SELECT ")
        .push(TEAMLESS)
        .push(" FROM teamless_routing WHERE workspace_id = $1")
        .bind(workspace)
        .optional()
        .await
}

/// Of every team that has been set up, and of the tickets that have none.
pub async fn teams(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<TeamRoutingRow>> {
    let mut rows: Vec<TeamRoutingRow> = conn
        .build("SELECT ")
        .push(COLUMNS)
        .push(" FROM team_routing WHERE workspace_id = $1")
        .bind(workspace)
        .all()
        .await?;
    rows.extend(teamless(conn, workspace).await?);
    Ok(rows)
}

pub async fn save_team(tx: &mut Tx, workspace: WorkspaceId, row: &TeamRoutingRow) -> Result<()> {
    let save = match row.team_id {
        Some(team) => tx
            .sql(
                "INSERT INTO team_routing (auto_assign, match_language, release_at_shift_end, weights, skill_needs,
                   workspace_id, team_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (workspace_id, team_id) DO UPDATE SET auto_assign = excluded.auto_assign,
                   match_language = excluded.match_language, release_at_shift_end = excluded.release_at_shift_end,
                   weights = excluded.weights, skill_needs = excluded.skill_needs",
            )
            .bind(row.auto_assign)
            .bind(row.match_language)
            .bind(row.release_at_shift_end)
            .bind(&row.weights)
            .bind(&row.skill_needs)
            .bind(workspace)
            .bind(team),
        None => tx
            .sql(
                "INSERT INTO teamless_routing (auto_assign, match_language, release_at_shift_end, weights, skill_needs,
                   workspace_id) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (workspace_id) DO UPDATE SET auto_assign = excluded.auto_assign,
                   match_language = excluded.match_language, release_at_shift_end = excluded.release_at_shift_end,
                   weights = excluded.weights, skill_needs = excluded.skill_needs",
            )
            .bind(row.auto_assign)
            .bind(row.match_language)
            .bind(row.release_at_shift_end)
            .bind(&row.weights)
            .bind(&row.skill_needs)
            .bind(workspace),
    };
    save.run().await?;
    Ok(())
}

/// Whether the team gives out its tickets by itself; asked without one, whether those without a team are given out.
pub async fn is_automatic(conn: &mut Conn, workspace: WorkspaceId, of: Option<TeamId>) -> Result<bool> {
    Ok(team(conn, workspace, of)
        .await?
        .is_some_and(|row| row.auto_assign))
}

/// The teams of an agent that give out their tickets by themselves; `None` among them for the tickets of no team.
pub async fn automatic_teams_of(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: AgentId,
) -> Result<Vec<Option<TeamId>>> {
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
    let mut found: Vec<Option<TeamId>> = rows.into_iter().map(|(id,)| Some(id)).collect();
    if is_automatic(conn, workspace, None).await? {
        found.push(None);
    }
    Ok(found)
}
