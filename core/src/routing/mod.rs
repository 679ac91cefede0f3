//! Who gets a ticket that nobody works on: the one rule of assignment, and the words in which it explains itself.
//!
//! Plain values in, a decision out. Which rows are candidates and which tickets wait is the server's to load.

mod candidate;
mod choose;
mod language;
mod queue;
mod reason;
mod shift;

pub use candidate::{Candidate, Presence};
pub use choose::{Decision, Facts, PassedOver, choose};
pub use language::{is_language, language_of, primary_subtag};
pub use queue::{Giving, Waiting, sort};
pub use reason::{Reason, ReasonCode};
pub use shift::{Interval, Shift, ShiftError};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::id::{InboxId, SkillId, TagId};

words! {
    /// What became of an offer to answer for a ticket.
    OfferState {
        Open = "open", Accepted = "accepted", Refused = "refused", Withdrawn = "withdrawn",
        /// The owner changed otherwise meanwhile.
        Overtaken = "overtaken",
    }
}

/// How much of an agent's capacity a ticket takes, by the channel of its last message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Weights {
    pub chat: i64,
    pub email: i64,
    pub phone: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            chat: 3,
            email: 1,
            phone: 1,
        }
    }
}

impl Weights {
    pub fn of(self, channel: Channel) -> i64 {
        match channel {
            Channel::Chat => self.chat,
            Channel::Email => self.email,
            Channel::Phone => self.phone,
        }
    }
}

/// A skill that tickets need on which all the given conditions hold; with none given, every ticket of the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SkillNeed {
    pub skill_id: SkillId,
    pub inbox_id: Option<InboxId>,
    pub channel: Option<Channel>,
    pub tag_id: Option<TagId>,
    /// As it stands with the customer; compared without case or width.
    pub tier: Option<String>,
}

/// What a need is compared with.
#[derive(Debug, Clone)]
pub struct Needing<'a> {
    pub inbox: InboxId,
    pub channel: Channel,
    pub tags: &'a [TagId],
    pub tier: Option<&'a str>,
}

/// The skills that a ticket needs, each once.
pub fn needed_skills(needs: &[SkillNeed], ticket: &Needing<'_>) -> Vec<SkillId> {
    let mut found = Vec::new();
    for need in needs {
        if need.holds(ticket) && !found.contains(&need.skill_id) {
            found.push(need.skill_id);
        }
    }
    found
}

impl SkillNeed {
    fn holds(&self, ticket: &Needing<'_>) -> bool {
        let tier = |wanted: &str| {
            ticket
                .tier
                .is_some_and(|tier| crate::customer::fold(tier) == crate::customer::fold(wanted))
        };
        self.inbox_id.is_none_or(|inbox| inbox == ticket.inbox)
            && self.channel.is_none_or(|channel| channel == ticket.channel)
            && self.tag_id.is_none_or(|tag| ticket.tags.contains(&tag))
            && self.tier.as_deref().is_none_or(tier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;
    use crate::time::Timestamp;

    #[test]
    fn a_skill_is_needed_where_every_given_condition_holds() {
        let (ids, at) = (Ids::seeded(1), Timestamp::default());
        let (inbox, tag, skill): (InboxId, TagId, SkillId) = (ids.next(at), ids.next(at), ids.next(at));
        let need = |channel, tag_id, tier: Option<&str>| SkillNeed {
            skill_id: skill,
            inbox_id: Some(inbox),
            channel,
            tag_id,
            tier: tier.map(str::to_owned),
        };
        let ticket = Needing {
            inbox,
            channel: Channel::Chat,
            tags: &[tag],
            tier: Some("ＧOLD"),
        };
        for (need, holds) in [
            (need(None, None, None), true),
            (need(Some(Channel::Chat), Some(tag), Some("gold")), true),
            (need(Some(Channel::Email), Some(tag), None), false),
            (need(None, None, Some("silver")), false),
        ] {
            let found = needed_skills(&[need.clone(), need.clone()], &ticket);
            assert_eq!(found, vec![skill; usize::from(holds)], "{need:?}");
        }
    }
}
