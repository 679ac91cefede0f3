//! Chooses an agent for one ticket: its owner, else the customer's own agent, else the tier's, when they are here and
//! have room; else of those in the team who fit and have room the least loaded, then the longest idle, then by id.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::candidate::Candidate;
use super::reason::{Reason, ReasonCode};
use crate::channel::Channel;
use crate::id::{AgentId, SkillId};
use crate::time::Timestamp;

/// How many of those passed over are told of.
const MOST_PASSED_OVER: usize = 50;

/// What of a ticket and its customer decides who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facts {
    pub channel: Channel,
    /// What it takes of an agent's capacity.
    pub weight: i64,
    /// Primary subtag (ISO 639).
    pub language: Option<String>,
    pub tier: Option<String>,
    pub skill_ids: Vec<SkillId>,
    pub waiting_since: Option<Timestamp>,
    /// Answers for the ticket.
    pub owner_id: Option<AgentId>,
    /// The customer's own agent.
    pub dedicated_id: Option<AgentId>,
    /// The agent of the customer's tier.
    pub tier_agent_id: Option<AgentId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PassedAgent)]
pub struct PassedOver {
    pub agent_id: AgentId,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    pub agent_id: Option<AgentId>,
    pub facts: Facts,
    /// Why this agent, or why nobody.
    pub reasons: Vec<Reason>,
    /// At most 50.
    pub passed_over: Vec<PassedOver>,
}

/// Decides. `kept`: agents whose last room is kept for a heavier ticket that waits longer.
pub fn choose(candidates: &[Candidate], facts: &Facts, kept: &BTreeSet<AgentId>) -> Decision {
    for (code, wanted) in personal(facts) {
        let found = candidates
            .iter()
            .find(|candidate| Some(candidate.agent) == wanted);
        if let Some(candidate) = found.filter(|candidate| personally_refused(candidate, facts).is_none()) {
            let reasons = vec![Reason::plain(code)];
            let passed_over = before(candidates, facts, code);
            return decision(Some(candidate.agent), facts, reasons, passed_over);
        }
    }
    from_team(candidates, facts, kept)
}

fn personal(facts: &Facts) -> [(ReasonCode, Option<AgentId>); 3] {
    [
        (ReasonCode::Owner, facts.owner_id),
        (ReasonCode::Dedicated, facts.dedicated_id),
        (ReasonCode::TierAgent, facts.tier_agent_id),
    ]
}

/// Whoever is asked for by name needs to be here and have room, nothing else.
fn personally_refused(candidate: &Candidate, facts: &Facts) -> Option<Reason> {
    candidate
        .absence()
        .or_else(|| candidate.want_of_room(facts.weight))
}

/// Those asked for by name before `code`, with why they could not.
fn before(candidates: &[Candidate], facts: &Facts, code: ReasonCode) -> Vec<PassedOver> {
    let mut told: Vec<PassedOver> = Vec::new();
    for (_, wanted) in personal(facts)
        .into_iter()
        .take_while(|(earlier, _)| *earlier != code)
    {
        let found = candidates
            .iter()
            .find(|candidate| Some(candidate.agent) == wanted);
        if let Some(candidate) = found
            && let Some(reason) = personally_refused(candidate, facts)
        {
            told.push(PassedOver {
                agent_id: candidate.agent,
                reason,
            });
        }
    }
    told.dedup_by_key(|one| one.agent_id);
    told
}

fn from_team(candidates: &[Candidate], facts: &Facts, kept: &BTreeSet<AgentId>) -> Decision {
    let spoken = facts.language.as_deref().filter(|language| {
        candidates
            .iter()
            .any(|candidate| candidate.in_team && candidate.active && candidate.speaks(language))
    });
    let named: Vec<AgentId> = personal(facts)
        .into_iter()
        .filter_map(|(_, wanted)| wanted)
        .collect();
    let (mut fit, mut passed_over) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let refused = if named.contains(&candidate.agent) {
            personally_refused(candidate, facts).or_else(|| candidate.want_of_fitness(facts, spoken))
        } else {
            refused(candidate, facts, spoken, kept)
        };
        match refused {
            Some(reason) => passed_over.push(PassedOver {
                agent_id: candidate.agent,
                reason,
            }),
            None => fit.push(candidate),
        }
    }
    fit.sort_by(|one, other| rank(one, other));
    let Some((first, others)) = fit.split_first() else {
        let code = if candidates.iter().any(|candidate| candidate.in_team) {
            ReasonCode::NobodyIsFree
        } else {
            ReasonCode::NobodyInTeam
        };
        return decision(None, facts, vec![Reason::plain(code)], passed_over);
    };
    let mut reasons = fitness(facts, spoken);
    reasons.push(advantage(first, others));
    let behind = others.iter().map(|other| PassedOver {
        agent_id: other.agent,
        reason: drawback(first, other),
    });
    let passed_over = behind.chain(passed_over).collect();
    decision(Some(first.agent), facts, reasons, passed_over)
}

fn refused(
    candidate: &Candidate,
    facts: &Facts,
    spoken: Option<&str>,
    kept: &BTreeSet<AgentId>,
) -> Option<Reason> {
    candidate
        .want_of_fitness(facts, spoken)
        .or_else(|| candidate.absence())
        .or_else(|| candidate.want_of_room(facts.weight))
        .or_else(|| {
            kept.contains(&candidate.agent)
                .then(|| Reason::plain(ReasonCode::KeptForOlder))
        })
}

/// The least loaded for their capacity first, then the longest idle, then by id.
fn rank(one: &Candidate, other: &Candidate) -> Ordering {
    share(one, other)
        .then(one.idle_since.cmp(&other.idle_since))
        .then(one.agent.cmp(&other.agent))
}

fn share(one: &Candidate, other: &Candidate) -> Ordering {
    let left = i128::from(one.load) * i128::from(other.capacity);
    let right = i128::from(other.load) * i128::from(one.capacity);
    left.cmp(&right)
}

fn fitness(facts: &Facts, spoken: Option<&str>) -> Vec<Reason> {
    let skills = facts
        .skill_ids
        .iter()
        .map(|skill| Reason::skill(ReasonCode::HasSkill, *skill));
    let language = match (facts.language.as_deref(), spoken) {
        (_, Some(language)) => Some(Reason::language(ReasonCode::Speaks, language)),
        (Some(language), None) => Some(Reason::language(ReasonCode::NobodySpeaks, language)),
        (None, None) => None,
    };
    skills.chain(language).collect()
}

fn advantage(first: &Candidate, others: &[&Candidate]) -> Reason {
    let mut reason = match others.first() {
        None => Reason::plain(ReasonCode::OnlyOne),
        Some(second) if share(first, second).is_lt() => {
            Reason::load(ReasonCode::LeastLoaded, first.load, first.capacity)
        }
        Some(second) if first.idle_since < second.idle_since => {
            Reason::idle(ReasonCode::LongestIdle, first.idle_since)
        }
        Some(_) => Reason::plain(ReasonCode::FirstById),
    };
    reason.others = i64::try_from(others.len()).ok();
    reason
}

fn drawback(first: &Candidate, other: &Candidate) -> Reason {
    if share(first, other).is_lt() {
        Reason::load(ReasonCode::Busier, other.load, other.capacity)
    } else if first.idle_since < other.idle_since {
        Reason::idle(ReasonCode::IdleForLess, other.idle_since)
    } else {
        Reason::plain(ReasonCode::LaterById)
    }
}

fn decision(
    agent_id: Option<AgentId>,
    facts: &Facts,
    reasons: Vec<Reason>,
    mut passed_over: Vec<PassedOver>,
) -> Decision {
    passed_over.truncate(MOST_PASSED_OVER);
    Decision {
        agent_id,
        facts: facts.clone(),
        reasons,
        passed_over,
    }
}
