//! Tiers of customers and the agents who look after them.

use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, CustomerId, TierId};

use super::settings::{taken, tell};
use super::sight::sight;
use crate::actions::administration::{self, AdminError, Result};
use crate::log::Change;
use crate::store::customers;
use crate::store::routing::{self, TierRow};

const MOST_TIERS: usize = 50;
const MOST_RANK: i64 = 1_000;

/// What is to hold; on an edit, what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct TierForm {
    pub name: Option<String>,
    pub rank: Option<i64>,
    pub agent: Option<Option<AgentId>>,
}

pub async fn add(change: &mut Change, form: &TierForm) -> Result<TierRow> {
    let (workspace, now) = (change.workspace(), change.now());
    if routing::tiers(change.tx(), workspace).await?.len() >= MOST_TIERS {
        return Err(AdminError::Conflict(Fault::RoutingTiersFull));
    }
    let blank = TierRow {
        id: change.next_id(),
        name: String::new(),
        rank: 0,
        agent_id: None,
        created_at: now,
    };
    let row = filled(change, blank, form).await?;
    routing::add_tier(change.tx(), workspace, &row)
        .await
        .map_err(taken)?;
    tell(change);
    Ok(row)
}

pub async fn edit(change: &mut Change, id: TierId, form: &TierForm) -> Result<TierRow> {
    let workspace = change.workspace();
    routing::lock(change.tx(), workspace).await?;
    let all = routing::tiers(change.tx(), workspace).await?;
    let before = all.into_iter().find(|row| row.id == id);
    let row = filled(change, before.ok_or(AdminError::NotFound("tier"))?, form).await?;
    routing::save_tier(change.tx(), workspace, &row)
        .await
        .map_err(taken)?;
    tell(change);
    Ok(row)
}

pub async fn remove(change: &mut Change, id: TierId) -> Result<()> {
    let workspace = change.workspace();
    if !routing::remove_tier(change.tx(), workspace, id).await? {
        return Err(AdminError::NotFound("tier"));
    }
    tell(change);
    Ok(())
}

async fn filled(change: &mut Change, mut row: TierRow, form: &TierForm) -> Result<TierRow> {
    let name = form.name.as_deref().unwrap_or(&row.name);
    row.name = administration::name("name", name, 100)?;
    row.rank = form.rank.unwrap_or(row.rank);
    if !(0..=MOST_RANK).contains(&row.rank) {
        return administration::wrong(
            "rank",
            Fault::OutOfRange {
                least: 0,
                most: MOST_RANK,
            },
        );
    }
    row.agent_id = form.agent.unwrap_or(row.agent_id);
    if let Some(agent) = form.agent.flatten() {
        check_agent(change, agent).await?;
    }
    Ok(row)
}

/// Gives a customer an agent of their own, or takes that away.
pub async fn set_dedicated(change: &mut Change, customer: CustomerId, agent: Option<AgentId>) -> Result<()> {
    let workspace = change.workspace();
    let found = customers::lock(change.tx(), workspace, customer).await?;
    found.ok_or(AdminError::NotFound("customer"))?;
    if let Some(agent) = agent {
        check_agent(change, agent).await?;
    }
    routing::set_agent_of_customer(change.tx(), workspace, customer, agent).await?;
    change.record_general(Event::CustomerChanged { customer });
    Ok(())
}

async fn check_agent(change: &mut Change, agent: AgentId) -> Result<()> {
    let found = sight(change, agent).await?;
    if found.is_some_and(|sight| sight.active) {
        return Ok(());
    }
    administration::wrong("dedicated_agent_id", Fault::NoSuchAgent)
}
