//! What routing keeps: agents' state, teams' settings, tiers, the backlog, decisions, and offers of ownership.

mod agents;
mod backlog;
mod board;
mod decisions;
mod offers;
mod settings;
mod skills;
mod tiers;

pub use agents::{
    AgentStateRow, LoadRow, MemberRow, ensure_state, loads, members, note_assigned, save_state, state, states,
};
pub use backlog::{
    Seek, due_page, due_times, of_assignee, of_owner, owners_of_customer, unowned_page, waiting_page,
};
pub use board::{
    LongestRow, Stretch, count_due, count_unassigned, count_without_clock, longest_waiting, oldest_unassigned,
};
pub use decisions::{AssignmentRow, assignment, keep_assignment};
pub use offers::{
    OfferRow, ShownOfferRow, add_offer, lock_offer, offers_of_ticket, offers_to, open_offer, overtake,
    settle_offer,
};
pub use settings::{TeamRoutingRow, automatic_teams_of, is_automatic, save_team, team, teams};
pub use skills::{SkillRow, add_skill, of_agents, remove_skill, rename_skill, set_skills, skills};
pub use tiers::{
    CustomerAgentRow, TierRow, add_tier, agents_of_customers, count_customers_of, hand_over_customers,
    remove_tier, save_tier, set_agent_of_customer, tiers,
};

use shouwen_core::id::WorkspaceId;

use crate::db::{Result, Tx};

/// Takes the lock under which tickets are given out, and agents come and go. It is taken before any ticket's.
pub async fn lock(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    tx.sql(
        "INSERT INTO routing (workspace_id, version) VALUES ($1, 1)
         ON CONFLICT (workspace_id) DO UPDATE SET version = routing.version + 1",
    )
    .bind(workspace)
    .run()
    .await?;
    Ok(())
}
