//! Why an agent was chosen or passed over: codes and numbers, which the screens word in the reader's language.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::SkillId;
use crate::time::Timestamp;

words! {
    ReasonCode {
        /// Answers for the ticket already.
        Owner = "owner",
        /// The customer's own agent.
        Dedicated = "dedicated",
        /// The agent of the customer's tier.
        TierAgent = "tier_agent",
        OnlyOne = "only_one", LeastLoaded = "least_loaded", LongestIdle = "longest_idle", FirstById = "first_by_id",
        HasSkill = "has_skill", Speaks = "speaks",
        /// Nobody of the team speaks the customer's language, so it is not asked for.
        NobodySpeaks = "nobody_speaks",
        NobodyIsFree = "nobody_is_free", NobodyInTeam = "nobody_in_team",
        Deactivated = "deactivated", Offline = "offline", Away = "away", AwayAndReassign = "away_and_reassign",
        OffShift = "off_shift",
        Full = "full",
        /// Heavier than all that the agent may have at once.
        TooHeavy = "too_heavy",
        LacksSkill = "lacks_skill", DoesNotSpeak = "does_not_speak", NotInTeam = "not_in_team", CannotSee = "cannot_see",
        /// The room that is left is kept for a heavier ticket that waits longer.
        KeptForOlder = "kept_for_older",
        Busier = "busier", IdleForLess = "idle_for_less", LaterById = "later_by_id",
    }
}

/// A code with what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AssignmentReason)]
pub struct Reason {
    pub code: ReasonCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill_id: Option<SkillId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// How many others could have had it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<i64>,
}

impl Reason {
    pub fn plain(code: ReasonCode) -> Self {
        Self {
            code,
            skill_id: None,
            language: None,
            load: None,
            capacity: None,
            weight: None,
            since: None,
            others: None,
        }
    }

    pub(super) fn skill(code: ReasonCode, skill: SkillId) -> Self {
        Self {
            skill_id: Some(skill),
            ..Self::plain(code)
        }
    }

    pub(super) fn language(code: ReasonCode, language: &str) -> Self {
        Self {
            language: Some(language.to_owned()),
            ..Self::plain(code)
        }
    }

    pub(super) fn load(code: ReasonCode, load: i64, capacity: i64) -> Self {
        Self {
            load: Some(load),
            capacity: Some(capacity),
            ..Self::plain(code)
        }
    }

    pub(super) fn idle(code: ReasonCode, since: Timestamp) -> Self {
        Self {
            since: Some(since),
            ..Self::plain(code)
        }
    }

    pub(super) fn full(load: i64, capacity: i64, weight: i64) -> Self {
        Self {
            weight: Some(weight),
            ..Self::load(ReasonCode::Full, load, capacity)
        }
    }

    pub(super) fn too_heavy(capacity: i64, weight: i64) -> Self {
        Self {
            capacity: Some(capacity),
            weight: Some(weight),
            ..Self::plain(ReasonCode::TooHeavy)
        }
    }
}
