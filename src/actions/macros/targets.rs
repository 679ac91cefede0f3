//! What a macro changes to: whether it is still there. Checked when the macro is written; what is put away later is
//! left out when it is applied, and shown to whoever keeps it.

use shouwen_core::id::{TagId, TeamId, WorkspaceId};
use shouwen_core::macros::{MacroAssignee, MacroChanges, MacroContext, MacroPart};

use crate::actions::ticket_kinds;
use crate::db::{Conn, Error};
use crate::store::statuses::StatusRow;
use crate::store::ticket_kinds::KindRow;
use crate::store::{agents, statuses, tags};

/// All that macros can name, read once for many.
pub(super) struct Targets {
    statuses: Vec<StatusRow>,
    tags: Vec<tags::TagRow>,
    teams: Vec<agents::TeamRow>,
    agents: Vec<agents::AgentRow>,
    kinds: Vec<KindRow>,
}

impl Targets {
    pub(super) async fn load(conn: &mut Conn, workspace: WorkspaceId) -> Result<Self, Error> {
        Ok(Self {
            statuses: statuses::all(conn, workspace).await?,
            tags: tags::all(conn, workspace).await?,
            teams: agents::teams(conn, workspace).await?,
            agents: agents::all(conn, workspace).await?,
            kinds: ticket_kinds::all(conn, workspace).await?,
        })
    }

    /// The parts that name what is no more or was put away: the field of the form, and what to do.
    pub(super) fn missing(&self, changes: &MacroChanges) -> Vec<(MacroPart, &'static str, &'static str)> {
        let mut missing = Vec::new();
        if let Some(id) = changes.team_id
            && !self.teams.iter().any(|team| team.id == id)
        {
            missing.push((
                MacroPart::Team,
                "changes/team_id",
                "there is no such team: choose another",
            ));
        }
        if let Some(MacroAssignee::Agent { agent_id }) = changes.assignee
            && !self
                .agents
                .iter()
                .any(|agent| agent.id == agent_id && agent.active)
        {
            let detail = "there is no such agent, or the agent is deactivated: choose another";
            missing.push((MacroPart::Assignee, "changes/assignee", detail));
        }
        if let Some(key) = &changes.kind
            && !self.kinds.iter().any(|kind| kind.key == *key && !kind.archived)
        {
            let detail = "there is no such kind, or it is put away: choose another";
            missing.push((MacroPart::Kind, "changes/kind", detail));
        }
        if let Some(id) = changes.status_id
            && !self
                .statuses
                .iter()
                .any(|status| status.id == id && !status.archived)
        {
            let detail = "there is no such status, or it is archived: choose another";
            missing.push((MacroPart::Status, "changes/status_id", detail));
        }
        let gone = |ids: &[_]| !ids.iter().all(|id| self.has_tag(*id));
        if gone(&changes.add_tag_ids) {
            let detail = "one of the tags was deleted: take it out";
            missing.push((MacroPart::Tags, "changes/add_tag_ids", detail));
        } else if gone(&changes.remove_tag_ids) {
            let detail = "one of the tags was deleted: take it out";
            missing.push((MacroPart::Tags, "changes/remove_tag_ids", detail));
        }
        missing
    }

    pub(super) fn has_tag(&self, id: TagId) -> bool {
        self.tags.iter().any(|tag| tag.id == id)
    }

    pub(super) fn has_team(&self, id: TeamId) -> bool {
        self.teams.iter().any(|team| team.id == id)
    }

    pub(super) fn has_teams_of(&self, context: &MacroContext) -> bool {
        context.team_ids.iter().all(|id| self.has_team(*id))
    }
}

/// For each of these, the parts that are left out when it is applied.
pub async fn outdated<'m>(
    conn: &mut Conn,
    workspace: WorkspaceId,
    all: impl Iterator<Item = &'m MacroChanges>,
) -> Result<Vec<Vec<MacroPart>>, Error> {
    let targets = Targets::load(conn, workspace).await?;
    let parts = |changes| {
        let missing = targets.missing(changes).into_iter();
        missing.map(|(part, _, _)| part).collect()
    };
    Ok(all.map(parts).collect())
}
