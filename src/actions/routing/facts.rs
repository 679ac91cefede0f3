//! Loads what routing decides on: the facts of tickets that wait, and the agents who may have them.

use std::collections::HashMap;

use shouwen_core::customer::fold;
use shouwen_core::id::{AgentId, CustomerId, TagId, TeamId, TicketId, WorkspaceId};
use shouwen_core::routing::{
    Candidate, Facts, Needing, Presence, Waiting, Weights, language_of, needed_skills, primary_subtag,
};
use shouwen_core::time::Timestamp;

use super::presence::CAPACITY;
use super::sight::{Sight, sights};
use crate::db::{Conn, Error};
use crate::store::customers::{self, CustomerRow};
use crate::store::routing::{self, AgentStateRow, TeamRoutingRow, TierRow};
use crate::store::tickets::{self, TicketRow};

/// What holds for a whole desk while its tickets are given out.
pub struct Rules {
    workspace: WorkspaceId,
    now: Timestamp,
    teams: HashMap<Option<TeamId>, TeamRoutingRow>,
    tiers: Vec<TierRow>,
}

impl Rules {
    pub async fn load(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp) -> Result<Self, Error> {
        let teams = routing::teams(conn, workspace).await?;
        Ok(Self {
            workspace,
            now,
            teams: teams.into_iter().map(|row| (row.team_id, row)).collect(),
            tiers: routing::tiers(conn, workspace).await?,
        })
    }

    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Of a team, or of the tickets that have none.
    pub fn team(&self, team: Option<TeamId>) -> Option<&TeamRoutingRow> {
        self.teams.get(&team)
    }

    pub fn weights(&self, team: Option<TeamId>) -> Weights {
        self.team(team).map_or_else(Weights::default, |row| row.weights.0)
    }

    pub fn tier(&self, name: Option<&str>) -> Option<&TierRow> {
        let name = fold(name?);
        self.tiers.iter().find(|tier| fold(&tier.name) == name)
    }

    /// What these tickets are to routing, in their order. `team` is theirs.
    pub async fn waiting(
        &self,
        conn: &mut Conn,
        team: &TeamRoutingRow,
        rows: &[TicketRow],
    ) -> Result<Vec<Waiting>, Error> {
        let ids: Vec<TicketId> = rows.iter().map(|row| row.id).collect();
        let mut people: Vec<CustomerId> = rows.iter().map(|row| row.customer_id).collect();
        people.sort();
        people.dedup();
        let mut tags: HashMap<TicketId, Vec<TagId>> = HashMap::new();
        for (ticket, tag) in tickets::tags(conn, self.workspace, &ids).await? {
            tags.entry(ticket).or_default().push(tag);
        }
        let own = routing::agents_of_customers(conn, self.workspace, &people).await?;
        let own: HashMap<_, _> = own
            .into_iter()
            .map(|row| (row.customer_id, row.agent_id))
            .collect();
        let customers = customers::some(conn, self.workspace, &people).await?;
        let customers: HashMap<_, _> = customers.into_iter().map(|row| (row.id, row)).collect();
        let due = routing::due_times(conn, self.workspace, &ids).await?;
        let due: HashMap<TicketId, Timestamp> = due.into_iter().collect();
        let waiting = rows.iter().map(|row| {
            let customer = customers.get(&row.customer_id);
            let tags = tags.get(&row.id).map_or(&[][..], Vec::as_slice);
            let mut one = self.one(team, row, customer, tags, own.get(&row.customer_id).copied());
            one.due_at = due.get(&row.id).copied();
            one
        });
        Ok(waiting.collect())
    }

    fn one(
        &self,
        team: &TeamRoutingRow,
        row: &TicketRow,
        customer: Option<&CustomerRow>,
        tags: &[TagId],
        dedicated: Option<AgentId>,
    ) -> Waiting {
        let name = customer.and_then(|customer| customer.tier.as_deref());
        let tier = self.tier(name);
        let needing = Needing {
            inbox: row.inbox_id,
            channel: row.channel,
            tags,
            tier: name,
        };
        let facts = Facts {
            channel: row.channel,
            weight: team.weights.0.of(row.channel),
            language: team.match_language.then(|| language(row, customer)).flatten(),
            tier: name.map(str::to_owned),
            skill_ids: needed_skills(&team.skill_needs.0, &needing),
            waiting_since: row.waiting_since,
            owner_id: row.owner_id,
            dedicated_id: dedicated,
            tier_agent_id: tier.and_then(|tier| tier.agent_id),
        };
        Waiting {
            ticket: row.id,
            facts,
            priority: row.priority,
            rank: tier.map_or(0, |tier| tier.rank),
            due_at: None,
            since: row.waiting_since.unwrap_or(row.last_message_at),
        }
    }

    /// These agents as routing sees them, for a ticket of `team`; what they may see is told of each ticket.
    pub async fn candidates(
        &self,
        conn: &mut Conn,
        team: Option<TeamId>,
        ids: &[AgentId],
        members: &[AgentId],
    ) -> Result<(Vec<Candidate>, Vec<Sight>), Error> {
        let seen = sights(conn, self.workspace, ids).await?;
        let states = routing::states(conn, self.workspace).await?;
        let states: HashMap<_, _> = states.into_iter().map(|row| (row.agent_id, row)).collect();
        let mut loads: HashMap<AgentId, i64> = HashMap::new();
        for load in routing::loads(conn, self.workspace, ids).await? {
            let weight = self.weights(load.team_id).of(load.channel);
            let sum = loads.entry(load.agent_id).or_default();
            *sum = sum.saturating_add(weight.saturating_mul(load.tickets));
        }
        let mut skills: HashMap<AgentId, Vec<_>> = HashMap::new();
        for (agent, skill) in routing::of_agents(conn, self.workspace, ids).await? {
            skills.entry(agent).or_default().push(skill);
        }
        let candidates = seen.iter().map(|sight| {
            let mut one = blank(sight, self.now, states.get(&sight.agent));
            one.in_team = members.contains(&sight.agent);
            one.may_see = sight.may_hold(team);
            one.load = loads.get(&sight.agent).copied().unwrap_or(0);
            one.skills = skills.remove(&sight.agent).unwrap_or_default();
            one
        });
        Ok((candidates.collect(), seen))
    }
}

fn blank(sight: &Sight, now: Timestamp, state: Option<&AgentStateRow>) -> Candidate {
    Candidate {
        agent: sight.agent,
        active: sight.active,
        in_team: false,
        may_see: false,
        presence: state.map_or(Presence::Offline, |state| state.presence),
        on_shift: state.is_none_or(|state| is_on_shift(state, now)),
        load: 0,
        capacity: state.map_or(CAPACITY, |state| state.capacity),
        skills: Vec::new(),
        languages: state.map_or_else(Vec::new, |state| state.languages.0.clone()),
        idle_since: state.map_or(now, |state| state.assigned_at),
    }
}

/// Whoever has no shift is always on shift.
pub fn is_on_shift(state: &AgentStateRow, now: Timestamp) -> bool {
    state.shift.as_ref().is_none_or(|shift| shift.0.is_on(now))
}

/// The script of what was written tells it, else what is known of the customer.
fn language(row: &TicketRow, customer: Option<&CustomerRow>) -> Option<String> {
    let words = format!("{} {}", row.preview, row.subject);
    let known = || primary_subtag(customer?.locale.as_deref()?);
    language_of(&words).map(str::to_owned).or_else(known)
}
