//! What a grade demands: who answers for the case, who must take it by when, what is to be done before it is closed,
//! and how much may be given without asking.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::case::CompensationKind;
use super::grade::Grade;
use crate::actor::{BuiltInRole, Permission};
use crate::fault::Fault;
use crate::id::MacroId;
use crate::time::Length;

words! {
    /// Who may answer for a case.
    OwnerLevel { Agent = "agent", Supervisor = "supervisor", Administrator = "administrator" }
}

impl OwnerLevel {
    /// What somebody must be allowed to do to take a case of this level.
    pub fn permission(self) -> Permission {
        match self {
            Self::Agent => Permission::ComplaintEdit,
            Self::Supervisor => Permission::ComplaintApprove,
            Self::Administrator => Permission::AdminComplaints,
        }
    }
}

words! {
    /// Who is called at a step of the ladder.
    LadderRole { Assignee = "assignee", Team = "team", Supervisor = "supervisor", Administrator = "administrator" }
}

words! {
    /// Which macros may be used in a case of the grade.
    MacroUse { All = "all", None = "none",
        /// Those that the grade's rule names.
        Listed = "listed" }
}

words! {
    /// In which hours a step's time runs.
    StepHours {
        /// Those of the policy that holds for the ticket; around the clock where that one promises so.
        Business = "business",
        Always = "always",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LadderStep {
    /// How long this step has before the next is called, in minutes of its hours.
    pub after_minutes: i64,
    pub role: LadderRole,
    /// Left out: business.
    #[serde(default = "business")]
    #[schema(required = true)]
    pub hours: StepHours,
}

fn business() -> StepHours {
    StepHours::Business
}

impl LadderStep {
    pub fn length(self) -> Length {
        Length::minutes(self.after_minutes)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckItem {
    pub key: String,
    /// Empty for a built-in item, which is worded in the reader's language.
    pub text: String,
    /// A case is not closed without it.
    pub required: bool,
}

/// What holds for complaints of a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GradeRule {
    pub owner_level: OwnerLevel,
    pub checklist: Vec<CheckItem>,
    /// The steps one after the other; the first begins when the case is opened.
    pub ladder: Vec<LadderStep>,
    /// When the customer is asked again after the case was closed.
    pub follow_up_days: Option<i64>,
    pub macros: MacroUse,
    /// For `listed`.
    #[serde(default)]
    pub macro_ids: Vec<MacroId>,
}

/// Steps that a ladder may have.
const MOST_STEPS: usize = 10;
/// Items that a checklist may have.
const MOST_ITEMS: usize = 30;
/// Macros that a rule may name.
const MOST_MACROS: usize = 300;
const LONGEST_STEP: i64 = 60 * 24 * 90;

/// The built-in items of checklists.
const ITEMS: &[&str] = &[
    "contact_customer",
    "collect_evidence",
    "check_order",
    "name_cause",
    "agree_remedy",
    "stop_sale",
    "inform_management",
];

impl GradeRule {
    /// What holds until the workspace decides otherwise.
    pub fn usual(grade: Grade) -> Self {
        use LadderRole::{Administrator, Assignee, Supervisor};
        let (owner_level, steps, items, follow_up_days): (_, &[(i64, LadderRole)], &[&str], _) = match grade {
            Grade::I => (
                OwnerLevel::Supervisor,
                &[(15, Supervisor), (30, Administrator), (60, Administrator)],
                &[
                    "contact_customer",
                    "collect_evidence",
                    "stop_sale",
                    "inform_management",
                    "name_cause",
                    "agree_remedy",
                ],
                Some(3),
            ),
            Grade::Ii => (
                OwnerLevel::Supervisor,
                &[(30, Assignee), (60, Supervisor), (120, Administrator)],
                &[
                    "contact_customer",
                    "collect_evidence",
                    "name_cause",
                    "agree_remedy",
                ],
                Some(3),
            ),
            Grade::Iii => (
                OwnerLevel::Agent,
                &[(240, Assignee), (480, Supervisor), (1440, Administrator)],
                &["contact_customer", "name_cause", "agree_remedy"],
                Some(7),
            ),
            Grade::Iv => (
                OwnerLevel::Agent,
                &[(1440, Assignee), (1440, Supervisor)],
                &["agree_remedy"],
                None,
            ),
        };
        Self {
            owner_level,
            checklist: items
                .iter()
                .map(|key| CheckItem {
                    key: (*key).to_owned(),
                    text: String::new(),
                    required: true,
                })
                .collect(),
            ladder: steps
                .iter()
                .map(|(after_minutes, role)| LadderStep {
                    after_minutes: *after_minutes,
                    role: *role,
                    // Danger does not wait for Monday.
                    hours: if grade == Grade::I {
                        StepHours::Always
                    } else {
                        StepHours::Business
                    },
                })
                .collect(),
            follow_up_days,
            macros: if grade.reaches(Grade::Ii) {
                MacroUse::None
            } else {
                MacroUse::All
            },
            macro_ids: Vec::new(),
        }
    }

    /// What is wrong with it: the field and what to do.
    pub fn fault(&self) -> Option<(&'static str, Fault)> {
        if self.ladder.is_empty() || self.ladder.len() > MOST_STEPS {
            return Some(("ladder", Fault::LadderSteps { most: MOST_STEPS }));
        }
        if self
            .ladder
            .iter()
            .any(|step| !(1..=LONGEST_STEP).contains(&step.after_minutes))
        {
            return Some(("ladder", Fault::StepMinutes { most: LONGEST_STEP }));
        }
        if self.checklist.len() > MOST_ITEMS {
            return Some(("checklist", Fault::ChecklistFull { most: MOST_ITEMS }));
        }
        for (place, item) in self.checklist.iter().enumerate() {
            let built_in = ITEMS.contains(&item.key.as_str());
            let length = item.text.chars().count();
            if item.key.is_empty() || item.key.len() > 60 || length > 300 || (length == 0 && !built_in) {
                return Some(("checklist", Fault::ChecklistItem));
            }
            if self.checklist[..place].iter().any(|other| other.key == item.key) {
                return Some(("checklist", Fault::ChecklistTwice));
            }
        }
        if self.macro_ids.len() > MOST_MACROS {
            return Some(("macro_ids", Fault::TooMany { most: MOST_MACROS }));
        }
        if self.macros == MacroUse::Listed && self.macro_ids.is_empty() {
            return Some(("macro_ids", Fault::ChooseOne));
        }
        match self.follow_up_days {
            Some(days) if !(1..=365).contains(&days) => {
                Some(("follow_up_days", Fault::DaysOutOfRange { least: 1, most: 365 }))
            }
            _ => None,
        }
    }

    pub fn allows_macro(&self, id: MacroId) -> bool {
        match self.macros {
            MacroUse::All => true,
            MacroUse::None => false,
            MacroUse::Listed => self.macro_ids.contains(&id),
        }
    }

    /// The macro is no more; a list that it leaves empty allows none.
    pub fn forget_macro(&mut self, id: MacroId) -> bool {
        let before = self.macro_ids.len();
        self.macro_ids.retain(|one| *one != id);
        if self.macros == MacroUse::Listed && self.macro_ids.is_empty() {
            self.macros = MacroUse::None;
        }
        self.macro_ids.len() < before
    }

    /// The step at a level; none beyond the ladder's end.
    pub fn step(&self, level: i64) -> Option<LadderStep> {
        self.ladder.get(usize::try_from(level).ok()?).copied()
    }
}

/// What somebody of a role may give in one case without asking, in the smallest unit of the policy's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ceiling {
    /// `null`: as much as there is. 0: always asks.
    pub refund: Option<i64>,
    /// Of compensations and vouchers.
    pub compensation: Option<i64>,
}

impl Ceiling {
    /// What holds for a role until the workspace decides otherwise.
    pub fn usual(role: Option<BuiltInRole>, grade: Grade) -> Self {
        let (refund, compensation) = match grade {
            Grade::Iv => (20_000, 2_000),
            Grade::Iii => (50_000, 5_000),
            Grade::I | Grade::Ii => (50_000, 10_000),
        };
        match role {
            Some(BuiltInRole::Administrator) => Self {
                refund: None,
                compensation: None,
            },
            Some(BuiltInRole::Supervisor) => Self {
                refund: Some(refund * 10),
                compensation: Some(compensation * 10),
            },
            Some(BuiltInRole::Agent) => Self {
                refund: Some(refund),
                compensation: Some(compensation),
            },
            None => Self {
                refund: Some(0),
                compensation: Some(0),
            },
        }
    }

    /// Whether `amount` may be given on top of what was given already.
    pub fn allows(self, kind: CompensationKind, given: i64, amount: i64) -> bool {
        let most = match kind {
            CompensationKind::Refund => self.refund,
            CompensationKind::Compensation | CompensationKind::Voucher => self.compensation,
        };
        most.is_none_or(|most| given.saturating_add(amount) <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_rules_are_without_fault() {
        for grade in Grade::ALL {
            assert_eq!(GradeRule::usual(*grade).fault(), None, "{grade}");
        }
    }

    #[test]
    fn a_step_of_before_hours_were_told_runs_in_business_hours() {
        let step: LadderStep = serde_json::from_str(r#"{"after_minutes":5,"role":"team"}"#).unwrap();
        assert_eq!(step.hours, StepHours::Business);
    }

    #[test]
    fn only_the_gravest_complaint_calls_people_at_night() {
        for grade in Grade::ALL {
            let rule = GradeRule::usual(*grade);
            let at_night = rule.ladder.iter().all(|step| step.hours == StepHours::Always);
            assert_eq!(at_night, *grade == Grade::I, "{grade}");
        }
    }

    #[test]
    fn a_graver_complaint_is_called_out_sooner() {
        let first = |grade| GradeRule::usual(grade).ladder[0].after_minutes;
        assert!(Grade::ALL.windows(2).all(|pair| first(pair[0]) < first(pair[1])));
    }

    #[test]
    fn a_ceiling_counts_what_was_given_already() {
        let ceiling = Ceiling::usual(Some(BuiltInRole::Agent), Grade::Iv);
        assert!(ceiling.allows(CompensationKind::Refund, 0, 20_000));
        assert!(!ceiling.allows(CompensationKind::Refund, 1, 20_000));
        assert!(!ceiling.allows(CompensationKind::Voucher, 0, 20_000));
        assert!(!ceiling.allows(CompensationKind::Refund, i64::MAX, 20_000));
        assert!(Ceiling::usual(Some(BuiltInRole::Administrator), Grade::I).allows(
            CompensationKind::Refund,
            0,
            i64::MAX
        ));
        assert!(!Ceiling::usual(None, Grade::I).allows(CompensationKind::Refund, 0, 1));
    }

    #[test]
    fn a_grade_allows_all_macros_none_or_those_it_names() {
        let id = |number: u128| MacroId(uuid::Uuid::from_u128(number));
        let mut rule = GradeRule::usual(Grade::Iii);
        assert!(rule.allows_macro(id(1)), "usually all in an ordinary complaint");
        assert!(
            !GradeRule::usual(Grade::I).allows_macro(id(1)),
            "and none in a grave one"
        );
        (rule.macros, rule.macro_ids) = (MacroUse::Listed, vec![id(1)]);
        assert!(rule.allows_macro(id(1)) && !rule.allows_macro(id(2)));
        assert!(!rule.forget_macro(id(2)) && rule.forget_macro(id(1)));
        assert_eq!(
            rule.macros,
            MacroUse::None,
            "an empty list does not turn into all"
        );
        rule.macros = MacroUse::Listed;
        assert_eq!(rule.fault().map(|(field, _)| field), Some("macro_ids"));
        // A rule as it was kept before rules could name macros.
        let mut kept = serde_json::to_value(GradeRule::usual(Grade::I)).unwrap();
        kept.as_object_mut().unwrap().remove("macro_ids");
        assert_eq!(
            serde_json::from_value::<GradeRule>(kept).unwrap(),
            GradeRule::usual(Grade::I)
        );
    }

    #[test]
    fn a_rule_without_steps_or_with_doubled_items_is_refused() {
        let usual = || GradeRule::usual(Grade::I);
        assert_eq!(
            GradeRule {
                ladder: Vec::new(),
                ..usual()
            }
            .fault()
            .unwrap()
            .0,
            "ladder"
        );
        let mut doubled = usual();
        doubled.checklist.push(doubled.checklist[0].clone());
        assert_eq!(doubled.fault().unwrap().0, "checklist");
        let mut endless = usual();
        endless.ladder[0].after_minutes = i64::MAX;
        assert_eq!(endless.fault().unwrap().0, "ladder");
    }
}
