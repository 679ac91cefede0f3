//! Complaints: what makes one grave, who must answer for it by when, and what it may cost.
//!
//! `findings` reads messages, `matrix` suggests a grade with its reasons, `rule` says what a grade demands.

mod case;
mod findings;
mod grade;
mod kind;
mod lexicon;
mod matrix;
mod money;
pub mod report;
mod report_words;
mod rule;
mod signal;
mod topic;
mod wordings;

pub use case::{CaseDue, CaseField, CaseState, Closure, CompensationKind, CompensationState, Liable, Remedy};
pub use findings::{Findings, hints, read};
pub use grade::Grade;
pub use kind::{TicketKind, suggest as suggest_kind};
pub use matrix::{Circumstances, GradeReason, GradingPolicy, Matrix, ReasonCode, Suggestion, suggest};
pub use money::Money;
pub use rule::{Ceiling, CheckItem, GradeRule, LadderRole, LadderStep, MacroUse, OwnerLevel, StepHours};
pub use signal::Signal;
pub use topic::Topic;
