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

/// Gives the tickets out in this order, each agent's load growing as they go. A ticket that only lacks room keeps
/// what room there is from lighter ones behind it, so that a chat is not starved by mails.
pub fn drain(
    queue: &[Waiting],
    mut candidates: Vec<Candidate>,
    may_see: impl Fn(AgentId, TicketId) -> bool,
    now: Timestamp,
) -> Vec<(TicketId, Decision)> {
    let mut kept: BTreeSet<AgentId> = BTreeSet::new();
    let mut decisions = Vec::new();
    for waiting in queue {
        for candidate in &mut candidates {
            candidate.may_see = may_see(candidate.agent, waiting.ticket);
        }
        let decision = choose(&candidates, &waiting.facts, &kept);
        match decision.agent_id {
            Some(agent) => {
                for candidate in candidates.iter_mut().filter(|candidate| candidate.agent == agent) {
                    candidate.load = candidate.load.saturating_add(waiting.facts.weight);
                    candidate.idle_since = now;
                }
            }
            None => kept.extend(
                decision
                    .passed_over
                    .iter()
                    .filter(|one| one.reason.code == ReasonCode::Full)
                    .map(|one| one.agent_id),
            ),
        }
        decisions.push((waiting.ticket, decision));
    }
    decisions
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
