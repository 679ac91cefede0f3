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
    let is_friendly = matches!(findings.tone, Some((Tone::Positive, strength)) if strength >= SURE)
        && findings.negative == 0
        && findings.grievances.is_empty();
    if is_grave(findings, is_friendly) {
        return TicketKind::Complaint;
    }
    let is_calm = findings.complains <= 1 && !(findings.complains > 0 && findings.negative >= 85);
    if findings.repairs > 0 && findings.repairs >= findings.returns && only(findings, &[Topic::Quality]) {
        return TicketKind::RepairWarranty;
    }
    let of_goods = [Topic::Quality, Topic::Description, Topic::Logistics];
    if findings.returns > 0 && is_calm && only(findings, &of_goods) {
        return TicketKind::ReturnExchange;
    }
    if is_friendly {
        return TicketKind::Inquiry;
    }
    let is_about_something = findings.topic().is_some();
    let complains = findings.complains > 0 && (findings.negative > 0 || is_about_something);
    if complains || !findings.grievances.is_empty() || (findings.negative >= SURE && is_about_something) {
        return TicketKind::Complaint;
    }
    TicketKind::Inquiry
}

/// Whether nothing went wrong but what a return or a repair puts right.
fn only(findings: &Findings, topics: &[Topic]) -> bool {
    findings.grievances.iter().all(|topic| topics.contains(topic))
}

/// Somebody was hurt, or threatens, or speaks of what a shop must not do.
fn is_grave(findings: &Findings, is_friendly: bool) -> bool {
    let any = |signals: &[Signal]| signals.iter().any(|signal| findings.has(*signal));
    let is_angry = findings.negative > 0 || findings.complains > 0 || findings.topic().is_some();
    let threatens = any(&[
        Signal::Media,
        Signal::Lawyer,
        Signal::Authority,
        Signal::LegalWords,
    ]);
    any(&[Signal::Safety, Signal::Health])
        || (threatens && !is_friendly && is_angry)
        || findings.grievances.contains(&Topic::Counterfeit)
        || findings.grievances.contains(&Topic::Privacy)
}
