//! The tickets that nobody works on: in which order they are given out, and to whom, one after the other.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::candidate::Candidate;
use super::choose::{Decision, Facts, choose};
use super::reason::ReasonCode;
use crate::id::{AgentId, TicketId};
use crate::ticket::Priority;
use crate::time::{Length, Timestamp};

/// What a ticket without a due time counts as promised: the desk's default for a first answer.
const PROMISED: Length = Length::hours(24);

#[derive(Debug, Clone)]
pub struct Waiting {
    pub ticket: TicketId,
    pub facts: Facts,
    pub priority: Priority,
    /// Of the customer's tier; a higher one comes first.
    pub rank: i64,
    /// When the nearest promise falls due.
    pub due_at: Option<Timestamp>,
    /// Since when somebody waits: the customer, else the ticket.
    pub since: Timestamp,
}

impl Waiting {
    fn urgency(&self) -> Timestamp {
        self.due_at.unwrap_or_else(|| self.since.plus(PROMISED))
    }

    fn is_overdue(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due| due <= now)
    }
}

/// What is overdue first, then what is urgent, then higher tiers; within these the nearest to its due time, then
/// whoever waits longest.
pub fn sort(queue: &mut [Waiting], now: Timestamp) {
    queue.sort_by_key(|waiting| {
        (
            Reverse(waiting.is_overdue(now)),
            Reverse(waiting.priority == Priority::Urgent),
            Reverse(waiting.rank),
            waiting.urgency(),
            waiting.since,
            waiting.ticket,
        )
    });
}

/// Gives tickets out, each agent's load growing as they go.
pub struct Giving {
    candidates: Vec<Candidate>,
    kept: BTreeSet<AgentId>,
}

impl Giving {
    pub fn new(candidates: Vec<Candidate>) -> Self {
        Self {
            candidates,
            kept: BTreeSet::new(),
        }
    }

    /// Brings in those who are not candidates yet.
    pub fn join(&mut self, candidates: Vec<Candidate>) {
        for candidate in candidates {
            if !self.knows(candidate.agent) {
                self.candidates.push(candidate);
            }
        }
    }

    pub fn knows(&self, agent: AgentId) -> bool {
        self.candidates.iter().any(|candidate| candidate.agent == agent)
    }

    /// Whether anybody is here with room for something.
    pub fn has_room(&self) -> bool {
        let free = |candidate: &Candidate| candidate.is_here() && candidate.load < candidate.capacity;
        self.candidates.iter().any(free)
    }

    /// Decides on one ticket. One that only lacks room keeps what room there is from lighter ones behind it, so that
    /// a chat is not starved by mails.
    pub fn give(&mut self, facts: &Facts, may_see: impl Fn(AgentId) -> bool, now: Timestamp) -> Decision {
        for candidate in &mut self.candidates {
            candidate.may_see = may_see(candidate.agent);
        }
        let decision = choose(&self.candidates, facts, &self.kept);
        let Some(agent) = decision.agent_id else {
            let full = decision
                .passed_over
                .iter()
                .filter(|one| one.reason.code == ReasonCode::Full);
            self.kept.extend(full.map(|one| one.agent_id));
            return decision;
        };
        let chosen = self
            .candidates
            .iter_mut()
            .find(|candidate| candidate.agent == agent);
        if let Some(chosen) = chosen {
            chosen.load = chosen.load.saturating_add(facts.weight);
            chosen.idle_since = now;
        }
        decision
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
