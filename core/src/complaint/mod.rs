//! Complaints: what makes one grave, who must answer for it by when, and what it may cost.

mod case;
mod grade;

pub use case::{CaseDue, CaseField, CaseState, Closure, CompensationKind, CompensationState, Liable, Remedy};
pub use grade::Grade;
