//! What a ticket is: an inquiry, a complaint, a return, a repair, or of the workspace's own kinds.

use super::findings::Findings;
use super::signal::Signal;
use super::topic::Topic;
use crate::tone::Tone;

words! {
    /// The built-in kinds; a workspace's own are known by their ids.
    TicketKind { Inquiry = "inquiry", Complaint = "complaint", ReturnExchange = "return_exchange", RepairWarranty = "repair_warranty" }
}

/// A tone weaker than this is a guess.
const SURE: u8 = 60;

/// What the ticket looks like. Suggested only.
pub fn suggest(findings: &Findings) -> TicketKind {
    let harm = [Signal::Safety, Signal::Health]
        .iter()
        .any(|signal| findings.has(*signal));
    let threat = [
        Signal::Media,
        Signal::Lawyer,
        Signal::Authority,
        Signal::LegalWords,
    ]
    .iter()
    .any(|signal| findings.has(*signal));
    let is_negative = findings.negative >= SURE;
    let is_friendly = matches!(findings.tone, Some((Tone::Positive, strength)) if strength >= SURE)
        && findings.negative == 0;
    if harm
        || (threat
            && !is_friendly
            && (findings.negative > 0 || findings.complains > 0 || findings.topic().is_some()))
    {
        return TicketKind::Complaint;
    }
    let is_grave = matches!(findings.topic(), Some(Topic::Counterfeit | Topic::Privacy));
    if is_grave && findings.complains > 0 {
        return TicketKind::Complaint;
    }
    if findings.repairs > 0 && findings.repairs >= findings.returns && findings.complains <= 1 {
        return TicketKind::RepairWarranty;
    }
    if findings.returns > 0 && findings.complains <= 1 && !(findings.complains > 0 && findings.negative >= 85)
    {
        return TicketKind::ReturnExchange;
    }
    if is_friendly {
        return TicketKind::Inquiry;
    }
    let is_about_something = findings.topic().is_some();
    let complains = findings.complains > 0 && (findings.negative > 0 || is_about_something);
    if complains || (is_negative && is_about_something) {
        return TicketKind::Complaint;
    }
    TicketKind::Inquiry
}
