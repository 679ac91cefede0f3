//! Which promise holds for a ticket: the first policy, in their order, whose conditions all hold. It says why.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Metric;
use super::calendar::{Calendar, Hours};
use super::ladder::{Level, Recipient, When};
use crate::channel::Channel;
use crate::complaint::Grade;
use crate::fault::Fault;
use crate::id::{CalendarId, InboxId, SlaPolicyId, TagId};
use crate::ticket::Priority;
use crate::time::Length;

words! {
    /// What a condition looks at.
    Aspect {
        /// The channel by which the ticket was opened.
        Channel = "channel", Inbox = "inbox", Grade = "grade", Priority = "priority",
        /// The customer's.
        Tier = "tier", Tag = "tag",
        /// The customer's; `zh` holds for `zh-CN` too.
        Language = "language",
    }
}

words! {
    Comparison { Is = "is", IsNot = "is_not" }
}

/// Holds when the ticket has any of the values (`is`), or none of them (`is_not`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub field: Aspect,
    pub op: Comparison,
    pub values: Vec<String>,
}

/// What a policy is chosen by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyFacts {
    pub channel: Option<Channel>,
    pub inbox_id: Option<InboxId>,
    pub grade: Option<Grade>,
    pub priority: Option<Priority>,
    pub tier: Option<String>,
    pub tag_ids: Vec<TagId>,
    pub language: Option<String>,
}

/// What is promised, in seconds of the policy's hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Targets {
    pub first_response_s: Option<i64>,
    pub next_response_s: Option<i64>,
    pub resolution_s: Option<i64>,
}

/// What a policy promises: the part of it that has versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Terms {
    pub conditions: Vec<Condition>,
    /// Null: around the clock.
    pub calendar_id: Option<CalendarId>,
    #[serde(flatten)]
    pub targets: Targets,
    /// Whether the resolution also pauses while the ticket is on hold; it always pauses while the desk waits for
    /// the customer.
    #[serde(default)]
    pub pause_on_hold: bool,
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Receivers are told in these hours only; null: at once.
    #[serde(default)]
    pub notify_calendar_id: Option<CalendarId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub id: SlaPolicyId,
    pub version: i64,
    pub name: String,
    pub terms: Terms,
}

/// All policies in the order in which they are tried, and the calendars that they name.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub policies: Vec<Policy>,
    pub calendars: HashMap<CalendarId, Calendar>,
}

/// A condition, and what the ticket has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Compared {
    pub field: Aspect,
    pub op: Comparison,
    pub values: Vec<String>,
    pub actual: Vec<String>,
}

/// A policy that did not hold, and its first condition that did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PassedOver {
    pub policy_id: SlaPolicyId,
    pub name: String,
    pub failed: Compared,
}

/// The policy that holds, and why.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    pub policy: &'a Policy,
    pub because: Vec<Compared>,
    pub passed_over: Vec<PassedOver>,
}

impl Targets {
    pub fn of(&self, metric: Metric) -> Option<Length> {
        let seconds = match metric {
            Metric::FirstResponse => self.first_response_s,
            Metric::NextResponse => self.next_response_s,
            Metric::Resolution => self.resolution_s,
        };
        seconds.map(Length::seconds)
    }

    /// Nothing is promised: "no SLA".
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The shortest and the longest promise, in seconds.
pub const SHORTEST: i64 = 60;
pub const LONGEST: i64 = 366 * 24 * 3600;
const MOST_CONDITIONS: usize = 20;
const MOST_VALUES: usize = 100;
const MOST_LEVELS: usize = 30;

impl Terms {
    /// What a new desk promises: a first answer within 24 hours and a solution within 72, around the clock.
    pub fn usual() -> Self {
        let warning = |metric| Level {
            metric,
            when: When::Percent,
            value: 75,
            to: vec![Recipient::Assignee],
        };
        let breach = |metric| Level {
            to: vec![Recipient::Assignee, Recipient::Lead, Recipient::Supervisors],
            ..Level::breach(metric)
        };
        Self {
            targets: Targets {
                first_response_s: Some(24 * 3600),
                next_response_s: None,
                resolution_s: Some(72 * 3600),
            },
            levels: vec![
                warning(Metric::FirstResponse),
                breach(Metric::FirstResponse),
                warning(Metric::Resolution),
                breach(Metric::Resolution),
            ],
            ..Self::default()
        }
    }

    /// What is wrong with them: the field and what to do.
    pub fn check(&self) -> Result<(), (&'static str, Fault)> {
        let targets = [
            ("first_response_s", self.targets.first_response_s),
            ("next_response_s", self.targets.next_response_s),
            ("resolution_s", self.targets.resolution_s),
        ];
        for (field, target) in targets {
            if target.is_some_and(|seconds| !(SHORTEST..=LONGEST).contains(&seconds)) {
                return Err((field, Fault::PromiseLength));
            }
        }
        if self.conditions.len() > MOST_CONDITIONS {
            return Err(("conditions", Fault::ConditionsFull));
        }
        for condition in &self.conditions {
            if condition.values.is_empty() || condition.values.len() > MOST_VALUES {
                return Err(("conditions", Fault::ConditionValues));
            }
            if !condition.values.iter().all(|value| condition.field.takes(value)) {
                return Err(("conditions", Fault::ConditionValue));
            }
        }
        self.check_levels()
    }

    fn check_levels(&self) -> Result<(), (&'static str, Fault)> {
        if self.levels.len() > MOST_LEVELS {
            return Err(("levels", Fault::LevelsFull));
        }
        for (place, level) in self.levels.iter().enumerate() {
            let within = match level.when {
                When::Percent => (1..=99).contains(&level.value),
                When::Before | When::After => (1..=LONGEST).contains(&level.value),
                When::Breach => level.value == 0,
            };
            if !within {
                return Err(("levels", Fault::LevelValue));
            }
            let target = self.targets.of(level.metric);
            let early = target.is_some_and(|target| level.threshold(target).millis() <= 0);
            if level.when == When::Before && early {
                return Err(("levels", Fault::LevelTooEarly));
            }
            let same = |other: &Level| other.metric == level.metric && other.key() == level.key();
            if self.levels[..place].iter().any(same) {
                return Err(("levels", Fault::LevelTwice));
            }
        }
        Ok(())
    }
}

impl Aspect {
    fn takes(self, value: &str) -> bool {
        match self {
            Self::Channel => Channel::from_word(value).is_some(),
            Self::Inbox | Self::Tag => value.parse::<uuid::Uuid>().is_ok(),
            Self::Grade => Grade::from_word(value).is_some(),
            Self::Priority => Priority::from_word(value).is_some(),
            Self::Tier | Self::Language => !value.trim().is_empty() && value.chars().count() <= 80,
        }
    }

    fn actual(self, facts: &PolicyFacts) -> Vec<String> {
        match self {
            Self::Channel => facts.channel.iter().map(ToString::to_string).collect(),
            Self::Inbox => facts.inbox_id.iter().map(ToString::to_string).collect(),
            Self::Grade => facts.grade.iter().map(ToString::to_string).collect(),
            Self::Priority => facts.priority.iter().map(ToString::to_string).collect(),
            Self::Tier => facts.tier.iter().cloned().collect(),
            Self::Tag => facts.tag_ids.iter().map(ToString::to_string).collect(),
            Self::Language => facts.language.iter().cloned().collect(),
        }
    }

    fn matches(self, value: &str, actual: &str) -> bool {
        match self {
            Self::Language => {
                let (value, actual) = (value.to_lowercase(), actual.to_lowercase());
                actual == value
                    || actual
                        .strip_prefix(&value)
                        .is_some_and(|rest| rest.starts_with(['-', '_']))
            }
            Self::Tier => crate::customer::fold(value) == crate::customer::fold(actual),
            _ => value.eq_ignore_ascii_case(actual),
        }
    }
}

impl Condition {
    fn compare(&self, facts: &PolicyFacts) -> (bool, Compared) {
        let actual = self.field.actual(facts);
        let has = actual
            .iter()
            .any(|actual| self.values.iter().any(|value| self.field.matches(value, actual)));
        let compared = Compared {
            field: self.field,
            op: self.op,
            values: self.values.clone(),
            actual,
        };
        (has == (self.op == Comparison::Is), compared)
    }
}

impl Book {
    /// The policy for a ticket; `None` when none holds.
    pub fn choose(&self, facts: &PolicyFacts) -> Option<Choice<'_>> {
        let mut passed_over = Vec::new();
        for policy in &self.policies {
            let mut because = Vec::new();
            let failed = policy.terms.conditions.iter().find_map(|condition| {
                let (holds, compared) = condition.compare(facts);
                if holds {
                    because.push(compared);
                    return None;
                }
                Some(compared)
            });
            match failed {
                None => {
                    return Some(Choice {
                        policy,
                        because,
                        passed_over,
                    });
                }
                Some(failed) => passed_over.push(PassedOver {
                    policy_id: policy.id,
                    name: policy.name.clone(),
                    failed,
                }),
            }
        }
        None
    }

    /// The hours of a calendar; around the clock when there is none.
    pub fn hours(&self, calendar: Option<CalendarId>) -> Hours<'_> {
        match calendar.and_then(|id| self.calendars.get(&id)) {
            Some(calendar) => Hours::Of(calendar),
            None => Hours::Always,
        }
    }

    /// Whether any policy looks at this.
    pub fn looks_at(&self, aspect: Aspect) -> bool {
        let mut conditions = self.policies.iter().flat_map(|policy| &policy.terms.conditions);
        conditions.any(|condition| condition.field == aspect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;
    use crate::time::Timestamp;

    fn policy(ids: &Ids, name: &str, conditions: &[(Aspect, Comparison, &str)]) -> Policy {
        let conditions = conditions
            .iter()
            .map(|(field, op, values)| Condition {
                field: *field,
                op: *op,
                values: values.split(',').map(str::to_owned).collect(),
            })
            .collect();
        let terms = Terms {
            conditions,
            ..Terms::default()
        };
        Policy {
            id: ids.next(Timestamp::default()),
            version: 1,
            name: name.to_owned(),
            terms,
        }
    }

    #[test]
    fn the_first_policy_whose_conditions_all_hold_is_chosen_and_says_why() {
        let ids = Ids::seeded(1);
        let book = Book {
            policies: vec![
                policy(&ids, "grave", &[(Aspect::Grade, Comparison::Is, "i,ii")]),
                policy(
                    &ids,
                    "gold chat",
                    &[
                        (Aspect::Tier, Comparison::Is, "Gold"),
                        (Aspect::Channel, Comparison::Is, "chat"),
                    ],
                ),
                policy(
                    &ids,
                    "Chinese mail",
                    &[
                        (Aspect::Language, Comparison::Is, "zh"),
                        (Aspect::Channel, Comparison::IsNot, "phone"),
                    ],
                ),
                policy(&ids, "rest", &[]),
            ],
            calendars: HashMap::new(),
        };
        let facts = |grade, tier: Option<&str>, channel, language: Option<&str>| PolicyFacts {
            grade,
            tier: tier.map(str::to_owned),
            channel: Some(channel),
            language: language.map(str::to_owned),
            ..PolicyFacts::default()
        };
        for (facts, wanted) in [
            (facts(Some(Grade::Ii), Some("gold"), Channel::Chat, None), "grave"),
            (
                facts(Some(Grade::Iii), Some("gold"), Channel::Chat, None),
                "gold chat",
            ),
            (
                facts(None, Some("gold"), Channel::Email, Some("zh-CN")),
                "Chinese mail",
            ),
            (facts(None, None, Channel::Phone, Some("zh")), "rest"),
            (facts(None, None, Channel::Email, Some("zhuang")), "rest"),
        ] {
            assert_eq!(book.choose(&facts).unwrap().policy.name, wanted, "{facts:?}");
        }
        let choice = book
            .choose(&facts(None, Some("gold"), Channel::Email, None))
            .unwrap();
        let passed: Vec<_> = choice
            .passed_over
            .iter()
            .map(|over| (over.name.as_str(), over.failed.field))
            .collect();
        assert_eq!(
            passed,
            [
                ("grave", Aspect::Grade),
                ("gold chat", Aspect::Channel),
                ("Chinese mail", Aspect::Language)
            ]
        );
    }

    #[test]
    fn terms_that_make_no_sense_are_refused() {
        let level = |when, value| Level {
            metric: Metric::FirstResponse,
            when,
            value,
            to: Vec::new(),
        };
        let terms = |first: i64, levels| Terms {
            targets: Targets {
                first_response_s: Some(first),
                ..Targets::default()
            },
            levels,
            ..Terms::default()
        };
        for (terms, field) in [
            (terms(59, vec![]), "first_response_s"),
            (terms(LONGEST + 1, vec![]), "first_response_s"),
            (terms(3600, vec![level(When::Percent, 100)]), "levels"),
            (terms(3600, vec![level(When::Before, 3600)]), "levels"),
            (
                terms(3600, vec![level(When::Breach, 0), level(When::Breach, 0)]),
                "levels",
            ),
        ] {
            assert_eq!(terms.check().unwrap_err().0, field, "{terms:?}");
        }
        assert_eq!(
            terms(3600, vec![level(When::Before, 600), level(When::After, 600)]).check(),
            Ok(())
        );
    }
}
