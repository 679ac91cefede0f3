//! Complaints: the case of a ticket, what belongs to it, what messages showed, and what grades demand.

mod case;
mod compensations;
mod evidence;
mod rules;
mod suggestions;

pub use case::{
    CaseRow, ChangeRow, CheckRow, add, add_change, changes, check, checks, find, lock, save, uncheck,
};
pub use compensations::{
    CompensationRow, add_compensation, compensations, find_compensation, save_compensation,
};
pub use evidence::{EvidenceKind, EvidenceRow, add_evidence, evidence, evidence_count, remove_evidence};
pub use rules::{
    CategoryRow, CeilingRow, RuleRow, categories, ceilings, ceilings_of_role, find_rule, forget_role,
    lock_rules, policy, rules, save_category, save_ceiling, save_policy, save_rule,
};
pub use suggestions::{ReadingRow, circumstances, find_reading, save_reading};
