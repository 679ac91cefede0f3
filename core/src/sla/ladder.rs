//! When somebody is told of a clock: before it is due, when it is, and at levels after.
//!
//! Each step is a share of business time that has run, so that a pause moves it as it moves the due time.

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::time::Length;

words! {
    /// How a step's value is meant: percent of the target, or seconds of business time from the due time.
    When { Percent = "percent", Before = "before", Breach = "breach", After = "after" }
}

words! {
    LevelKind { Warning = "warning", Breach = "breach", Level = "level" }
}

words! {
    /// Who is told.
    Recipient {
        Assignee = "assignee", Owner = "owner",
        /// Everybody of the ticket's team.
        Team = "team",
        /// The lead of the ticket's team.
        Lead = "lead",
        Supervisors = "supervisors",
    }
}

/// One step of a policy's ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub metric: Metric,
    pub when: When,
    /// Percent 1 to 99; or seconds before or after the due time; 0 for the breach.
    #[serde(default)]
    pub value: i64,
    #[serde(default)]
    pub to: Vec<Recipient>,
}

/// A step that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    pub metric: Metric,
    pub cycle: i64,
    /// What tells this step from the others of its clock, whatever else the ladder has.
    pub key: String,
    pub kind: LevelKind,
    pub at: crate::time::Timestamp,
    pub to: Vec<Recipient>,
}

impl Level {
    /// The breach, which every clock has even when nobody is told of it.
    pub fn breach(metric: Metric) -> Self {
        Self {
            metric,
            when: When::Breach,
            value: 0,
            to: Vec::new(),
        }
    }

    pub fn key(&self) -> String {
        match self.when {
            When::Breach => When::Breach.to_string(),
            when => format!("{when}:{}", self.value),
        }
    }

    pub fn kind(&self) -> LevelKind {
        match self.when {
            When::Percent | When::Before => LevelKind::Warning,
            When::Breach => LevelKind::Breach,
            When::After => LevelKind::Level,
        }
    }

    /// How much business time has run when the step is reached.
    pub fn threshold(&self, target: Length) -> Length {
        let seconds = Length::seconds(self.value);
        let millis = match self.when {
            When::Percent => target.millis().saturating_mul(self.value) / 100,
            When::Before => target.millis().saturating_sub(seconds.millis()),
            When::Breach => target.millis(),
            When::After => target.millis().saturating_add(seconds.millis()),
        };
        Length::from_millis(millis.max(0))
    }
}

/// The steps of one metric with the breach among them, in the order in which they are reached.
pub fn steps(levels: &[Level], metric: Metric, target: Length) -> Vec<Level> {
    let mut steps: Vec<Level> = levels
        .iter()
        .filter(|level| level.metric == metric)
        .cloned()
        .collect();
    if !steps.iter().any(|level| level.when == When::Breach) {
        steps.push(Level::breach(metric));
    }
    steps.sort_by_key(|level| (level.threshold(target), level.kind()));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_in_their_order_and_the_breach_is_always_there() {
        let level = |when, value| Level {
            metric: Metric::Resolution,
            when,
            value,
            to: Vec::new(),
        };
        let ladder = [
            level(When::After, 3600),
            level(When::Before, 600),
            level(When::Percent, 50),
        ];
        let steps = steps(&ladder, Metric::Resolution, Length::hours(1));
        let told: Vec<(String, i64)> = steps
            .iter()
            .map(|step| (step.key(), step.threshold(Length::hours(1)).millis() / 60_000))
            .collect();
        let wanted = [
            ("percent:50", 30),
            ("before:600", 50),
            ("breach", 60),
            ("after:3600", 120),
        ];
        assert_eq!(told, wanted.map(|(key, minutes)| (key.to_owned(), minutes)));
    }
}
