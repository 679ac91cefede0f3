//! The evidence of a case: messages of the ticket, their files, links, notes.

use shouwen_core::complaint::CaseField;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AttachmentId, EvidenceId, MessageId, TicketId};

use super::{CaseError, Result, keep_and_tell, lock_open, person, save, text};
use crate::log::Change;
use crate::store::complaints::{self, EvidenceKind, EvidenceRow};
use crate::store::{files, messages};

#[derive(Debug, Clone)]
pub struct NewEvidence {
    pub kind: EvidenceKind,
    pub message_id: Option<MessageId>,
    pub attachment_id: Option<AttachmentId>,
    pub url: Option<String>,
    pub name: String,
    pub note: String,
}

const MOST: i64 = 200;

pub async fn add_evidence(change: &mut Change, ticket: TicketId, new: &NewEvidence) -> Result<EvidenceId> {
    let agent = person(change)?;
    let workspace = change.workspace();
    let (row, case) = lock_open(change, ticket).await?;
    if complaints::evidence_count(change.tx(), workspace, ticket).await? >= MOST {
        return Err(CaseError::Conflict(Fault::EvidenceFull));
    }
    let mut piece = EvidenceRow {
        id: change.next_id(),
        kind: new.kind,
        message_id: None,
        attachment_id: None,
        url: None,
        name: text("name", &new.name)?,
        note: text("note", &new.note)?,
        added_by: Some(agent),
        added_at: change.now(),
    };
    match new.kind {
        EvidenceKind::Message => piece.message_id = Some(own_message(change, ticket, new.message_id).await?),
        EvidenceKind::File => {
            let id = new
                .attachment_id
                .ok_or_else(|| CaseError::Wrong("attachment_id", Fault::FileNeeded))?;
            let found = files::find(change.tx(), workspace, id).await?;
            let message = found.as_ref().and_then(|file| file.message_id);
            piece.message_id = Some(own_message(change, ticket, message).await?);
            piece.attachment_id = Some(id);
            if piece.name.is_empty() {
                piece.name = found.map(|file| file.name).unwrap_or_default();
            }
        }
        EvidenceKind::Link => piece.url = Some(link(new.url.as_deref().unwrap_or_default())?),
        EvidenceKind::Note => {
            if piece.note.is_empty() {
                return Err(CaseError::Wrong("note", Fault::NoteNeeded));
            }
        }
    }
    complaints::add_evidence(change.tx(), workspace, ticket, &piece).await?;
    let told = Some(format!("{} {}", piece.kind, piece.name));
    keep_and_tell(change, ticket, CaseField::Evidence, None, told, "").await?;
    save(change, row, &case).await?;
    Ok(piece.id)
}

/// The message must stand in this ticket: another's words are nobody's evidence here.
async fn own_message(change: &mut Change, ticket: TicketId, message: Option<MessageId>) -> Result<MessageId> {
    let workspace = change.workspace();
    let wrong = || CaseError::Wrong("message_id", Fault::NotInTicket);
    let id = message.ok_or_else(wrong)?;
    let found = messages::find(change.tx(), workspace, id).await?;
    found
        .filter(|found| found.ticket_id == ticket)
        .map(|found| found.id)
        .ok_or_else(wrong)
}

/// Only what a browser opens without running anything of its own.
fn link(given: &str) -> Result<String> {
    let wrong = || CaseError::Wrong("url", Fault::NotALink);
    let url = url::Url::parse(given.trim()).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "https" | "http") || url.as_str().len() > 2000 {
        return Err(wrong());
    }
    Ok(url.to_string())
}

pub async fn remove_evidence(change: &mut Change, ticket: TicketId, id: EvidenceId) -> Result<()> {
    person(change)?;
    let workspace = change.workspace();
    let (row, case) = lock_open(change, ticket).await?;
    let all = complaints::evidence(change.tx(), workspace, ticket).await?;
    let piece = all.into_iter().find(|piece| piece.id == id);
    let piece = piece.ok_or(CaseError::NotFound("evidence"))?;
    complaints::remove_evidence(change.tx(), workspace, ticket, id).await?;
    let told = Some(format!("{} {}", piece.kind, piece.name));
    keep_and_tell(change, ticket, CaseField::Evidence, told, None, "").await?;
    save(change, row, &case).await
}
