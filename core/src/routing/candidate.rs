//! An agent as routing sees them, and why they cannot have a ticket.

use super::choose::Facts;
use super::reason::{Reason, ReasonCode};
use crate::id::{AgentId, SkillId};
use crate::time::Timestamp;

words! {
    /// What an agent says of themselves, or the desk of them.
    Presence {
        Online = "online", Away = "away",
        /// Away, and what needs work now goes to the others.
        AwayAndReassign = "away_and_reassign",
        Offline = "offline",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub agent: AgentId,
    /// Not deactivated.
    pub active: bool,
    pub in_team: bool,
    /// The role's scope lets the agent see the ticket.
    pub may_see: bool,
    pub presence: Presence,
    /// True too for whoever has no shift.
    pub on_shift: bool,
    /// The weights of what the agent works on.
    pub load: i64,
    pub capacity: i64,
    pub skills: Vec<SkillId>,
    /// Primary subtags (ISO 639).
    pub languages: Vec<String>,
    /// Since when the agent was given nothing.
    pub idle_since: Timestamp,
}

impl Candidate {
    /// Online and on shift.
    pub fn is_here(&self) -> bool {
        self.active && self.presence == Presence::Online && self.on_shift
    }

    pub fn speaks(&self, language: &str) -> bool {
        self.languages.iter().any(|spoken| spoken == language)
    }

    /// Why the agent cannot have the ticket however well they fit; `None`: they can.
    pub(super) fn absence(&self) -> Option<Reason> {
        let code = match self.presence {
            _ if !self.active => ReasonCode::Deactivated,
            Presence::Offline => ReasonCode::Offline,
            Presence::Away => ReasonCode::Away,
            Presence::AwayAndReassign => ReasonCode::AwayAndReassign,
            Presence::Online if !self.on_shift => ReasonCode::OffShift,
            Presence::Online if !self.may_see => ReasonCode::CannotSee,
            Presence::Online => return None,
        };
        Some(Reason::plain(code))
    }

    /// Why the agent has no room for the weight.
    pub(super) fn want_of_room(&self, weight: i64) -> Option<Reason> {
        if weight > self.capacity {
            return Some(Reason::too_heavy(self.capacity, weight));
        }
        (self.load.saturating_add(weight) > self.capacity)
            .then(|| Reason::full(self.load, self.capacity, weight))
    }

    /// Why the agent is not right for the ticket. `language`: that somebody in the team speaks.
    pub(super) fn want_of_fitness(&self, facts: &Facts, language: Option<&str>) -> Option<Reason> {
        if !self.in_team {
            return Some(Reason::plain(ReasonCode::NotInTeam));
        }
        let lacking = facts.skill_ids.iter().find(|skill| !self.skills.contains(skill));
        if let Some(skill) = lacking {
            return Some(Reason::skill(ReasonCode::LacksSkill, *skill));
        }
        let foreign = language.filter(|language| !self.speaks(language))?;
        Some(Reason::language(ReasonCode::DoesNotSpeak, foreign))
    }
}
