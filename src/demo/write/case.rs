//! What is done in the demo's complaints, through the actions of cases, as whoever did it.

use shouwen_core::complaint::{CompensationState, Money, TicketKind};
use shouwen_core::id::TicketId;
use shouwen_core::ticket::Field;

use super::WriteError;
use super::step::Writer;
use crate::actions::complaints::rules::built_in_category;
use crate::actions::complaints::{self as cases, Authority, CaseEdits, NewCompensation, NewEvidence};
use crate::actions::edits;
use crate::demo::plan::CaseAct;
use crate::store::complaints::{self, EvidenceKind};
use crate::store::messages;

impl Writer<'_> {
    pub(super) async fn case(&mut self, ticket: TicketId, act: &CaseAct) -> Result<(), WriteError> {
        let change = &mut *self.change;
        match act {
            CaseAct::Open => return self.become_complaint(ticket).await,
            CaseAct::Grade(grade, why) => cases::grade(change, ticket, *grade, why).await?,
            CaseAct::Take => cases::take(change, ticket).await?,
            CaseAct::Check(key) => cases::check_item(change, ticket, key, true).await?,
            CaseAct::Evidence(_) | CaseAct::FirstMessage(_) => return self.evidence(ticket, act).await,
            CaseAct::Ask { kind, minor, reason } => {
                let new = NewCompensation {
                    kind: *kind,
                    amount: self.money(*minor),
                    reason: reason.clone(),
                };
                cases::request(self.change, ticket, &new).await?;
            }
            CaseAct::Pay => return self.pay(ticket).await,
            CaseAct::Close(closure, note) => cases::close(change, ticket, *closure, note).await?,
            act => {
                let edits = self.edits(act);
                cases::edit(self.change, ticket, &edits).await?;
            }
        }
        Ok(())
    }

    fn money(&self, minor: i64) -> Money {
        let currency = if self.opening.language == "zh" {
            "CNY"
        } else {
            "EUR"
        };
        Money {
            minor,
            currency: currency.to_owned(),
        }
    }

    fn edits(&self, act: &CaseAct) -> CaseEdits {
        let mut edits = CaseEdits::default();
        match act {
            CaseAct::Category(topic) => edits.category = Some(Some(built_in_category(*topic))),
            CaseAct::Cause(cause) => edits.cause = Some(cause.clone()),
            CaseAct::Liable(liable) => edits.liable = Some(Some(*liable)),
            CaseAct::Remedy(remedy, note) => {
                (edits.remedy, edits.remedy_note) = (Some(Some(*remedy)), Some(note.clone()));
            }
            CaseAct::Cost(minor) => edits.cost = Some(Some(self.money(*minor))),
            CaseAct::Authority { name, number, due } => {
                edits.authority = Some(Some(Authority {
                    name: name.clone(),
                    number: number.clone(),
                    due_at: Some(*due),
                }));
            }
            _ => {}
        }
        edits
    }

    async fn become_complaint(&mut self, ticket: TicketId) -> Result<(), WriteError> {
        let edit = edits::Edit {
            field: Field::Kind,
            old: Some(TicketKind::Inquiry.as_str().to_owned()),
            new: Some(TicketKind::Complaint.as_str().to_owned()),
            reason: None,
        };
        edits::edit(self.change, ticket, &[edit]).await?;
        Ok(())
    }

    async fn evidence(&mut self, ticket: TicketId, act: &CaseAct) -> Result<(), WriteError> {
        let workspace = self.change.workspace();
        let mut new = NewEvidence {
            kind: EvidenceKind::Note,
            message_id: None,
            attachment_id: None,
            url: None,
            name: String::new(),
            note: String::new(),
        };
        match act {
            CaseAct::FirstMessage(name) => {
                let first = messages::before(self.change.tx(), workspace, ticket, 2, 1)
                    .await?
                    .pop();
                new.kind = EvidenceKind::Message;
                new.message_id = Some(first.ok_or(WriteError::Missing("a first message"))?.id);
                new.name.clone_from(name);
            }
            CaseAct::Evidence(note) => new.note.clone_from(note),
            _ => {}
        }
        cases::add_evidence(self.change, ticket, &new).await?;
        Ok(())
    }

    /// What was approved and not paid yet.
    async fn pay(&mut self, ticket: TicketId) -> Result<(), WriteError> {
        let workspace = self.change.workspace();
        let all = complaints::compensations(self.change.tx(), workspace, ticket).await?;
        for one in all.iter().filter(|one| one.state == CompensationState::Approved) {
            cases::pay(self.change, ticket, one.id).await?;
        }
        Ok(())
    }
}
