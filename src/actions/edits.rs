//! Edits of a ticket's fields by hand: each carries the value that the editor saw, and is compared on its own.

use serde::Serialize;
use shouwen_core::actor::{ActorKind, Permission};
use shouwen_core::complaint::TicketKind;
use shouwen_core::event::Event;
use shouwen_core::fault::Fault;
use shouwen_core::id::{AgentId, CustomerId, StatusId, TagId, TeamId, TicketId};
use shouwen_core::ticket::{Field, Priority, Verdict, compare, needs_reason};
use shouwen_core::time::Timestamp;
use uuid::Uuid;

use super::complaints;
use super::notifications::notify;
use super::replies::lock_visible;
use super::routing::owners::tell_new_owner;
use super::routing::sight::sight;
use super::ticket_kinds;
use super::tickets::{LONGEST_SUBJECT, choose_status, note_edit, usable_status};
use crate::db;
use crate::log::Change;
use crate::store::notifications::NotificationKind;
use crate::store::tickets::{DraftRow, TicketRow};
use crate::store::{agents, customers, messages, notifications, tickets};

/// One field's edit, as text: an id, a word, a subject; `None` is "nobody" or "no team".
#[derive(Debug, Clone)]
pub struct Edit {
    pub field: Field,
    pub old: Option<String>,
    pub new: Option<String>,
    /// Why a status is chosen; one that puts work aside needs it.
    pub reason: Option<String>,
}

/// A field that somebody else changed meanwhile.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Conflict {
    pub field: Field,
    pub yours: Option<String>,
    pub current: Option<String>,
    pub by: Option<Uuid>,
    pub by_kind: Option<ActorKind>,
    pub at: Option<Timestamp>,
}

#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error("no such ticket")]
    NoSuchTicket,
    #[error("{1}")]
    Wrong(Field, Fault),
    #[error("say why work on the ticket rests")]
    ReasonNeeded,
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Carries out the edits that hold, and tells of those that do not.
pub async fn edit(change: &mut Change, ticket: TicketId, edits: &[Edit]) -> Result<Vec<Conflict>, EditError> {
    let workspace = change.workspace();
    let mut row = lock_visible(change, ticket)
        .await?
        .ok_or(EditError::NoSuchTicket)?;
    let mut conflicts = Vec::new();
    for edit in edits {
        check_permission(change, edit.field)?;
        let holds = value(&row, edit.field);
        match compare(&edit.old, &edit.new, &holds) {
            Verdict::Same => {}
            Verdict::Conflict => conflicts.push(conflict(change, ticket, edit, holds).await?),
            Verdict::Write => {
                let (new, reason) = (edit.new.as_deref(), edit.reason.as_deref());
                write_and_note(change, &mut row, edit.field, new, reason).await?;
            }
        }
    }
    row.updated_at = change.now();
    tickets::save(change.tx(), workspace, &row).await?;
    Ok(conflicts)
}

/// Gives a field of a ticket, which is locked, what it shall hold for this reason, whatever it held. Does not save the
/// row. What it held before, if that was something else; a refused field is as it was.
pub(super) async fn set_field(
    change: &mut Change,
    row: &mut TicketRow,
    field: Field,
    new: Option<&str>,
    reason: &str,
) -> Result<Option<FieldBefore>, EditError> {
    check_permission(change, field)?;
    let holds = value(row, field);
    if holds.as_deref() == new {
        return Ok(None);
    }
    write_and_note(change, row, field, new, Some(reason)).await?;
    Ok(Some(FieldBefore(holds)))
}

/// What a field held.
#[derive(Debug, Clone)]
pub(super) struct FieldBefore(pub(super) Option<String>);

async fn write_and_note(
    change: &mut Change,
    row: &mut TicketRow,
    field: Field,
    new: Option<&str>,
    reason: Option<&str>,
) -> Result<(), EditError> {
    let holds = value(row, field);
    write(change, row, field, new, reason).await?;
    // A chosen status has noted itself.
    if field != Field::Status {
        note_edit(change, row, field, holds, value(row, field)).await?;
    }
    Ok(())
}

async fn write_status(
    change: &mut Change,
    row: &mut TicketRow,
    new: Option<&str>,
    reason: Option<&str>,
) -> Result<(), EditError> {
    let field = Field::Status;
    let id: StatusId = parse(field, new)?.ok_or(EditError::Wrong(field, Fault::NoSuchStatus))?;
    let status = usable_status(change, id).await?;
    let status = status.ok_or(EditError::Wrong(field, Fault::NoSuchStatus))?;
    if reason.is_none() && needs_reason(&row.life(), status.category) {
        return Err(EditError::ReasonNeeded);
    }
    choose_status(change, row, &status, reason).await?;
    Ok(())
}

/// What somebody must be allowed to do to edit a field.
pub fn permission_of(field: Field) -> Permission {
    match field {
        Field::Owner => Permission::TicketReassignOwner,
        Field::Assignee | Field::Team => Permission::TicketAssign,
        Field::Status | Field::Priority | Field::Subject | Field::Customer | Field::Kind => {
            Permission::TicketEdit
        }
    }
}

fn check_permission(change: &Change, field: Field) -> Result<(), EditError> {
    let needed = permission_of(field);
    if change.actor().may(needed) {
        Ok(())
    } else {
        Err(EditError::Forbidden(needed))
    }
}

fn value(row: &TicketRow, field: Field) -> Option<String> {
    match field {
        Field::Status => Some(row.status_id.to_string()),
        Field::Assignee => row.assignee_id.map(|id| id.to_string()),
        Field::Owner => row.owner_id.map(|id| id.to_string()),
        Field::Team => row.team_id.map(|id| id.to_string()),
        Field::Priority => Some(row.priority.to_string()),
        Field::Subject => Some(row.subject.clone()),
        Field::Customer => Some(row.customer_id.to_string()),
        Field::Kind => Some(row.kind.clone()),
    }
}

async fn conflict(
    change: &mut Change,
    ticket: TicketId,
    edit: &Edit,
    current: Option<String>,
) -> Result<Conflict, EditError> {
    let workspace = change.workspace();
    let last = tickets::last_edit(change.tx(), workspace, ticket, edit.field).await?;
    Ok(Conflict {
        field: edit.field,
        yours: edit.new.clone(),
        current,
        by: last.as_ref().and_then(|edit| edit.actor_id),
        by_kind: last.as_ref().map(|edit| edit.actor_kind),
        at: last.map(|edit| edit.at),
    })
}

async fn write(
    change: &mut Change,
    row: &mut TicketRow,
    field: Field,
    new: Option<&str>,
    reason: Option<&str>,
) -> Result<(), EditError> {
    let workspace = change.workspace();
    match field {
        Field::Status => write_status(change, row, new, reason).await?,
        Field::Assignee => {
            row.assignee_id = sighted_agent(change, row, field, new).await?;
            if let Some(agent) = row.assignee_id {
                notify(change, agent, NotificationKind::Assigned, row.id, None).await?;
            }
        }
        Field::Owner => {
            let owner = sighted_agent(change, row, field, new).await?;
            let owner = owner.ok_or(EditError::Wrong(field, Fault::OwnerNeeded))?;
            row.owner_id = Some(owner);
            tell_new_owner(change, owner, row).await?;
        }
        Field::Team => {
            let team: Option<TeamId> = parse(field, new)?;
            if let Some(team) = team
                && !agents::teams(change.tx(), workspace)
                    .await?
                    .iter()
                    .any(|row| row.id == team)
            {
                return Err(EditError::Wrong(field, Fault::NoSuchTeam));
            }
            row.team_id = team;
        }
        Field::Priority => {
            let word = new.and_then(Priority::from_word);
            row.priority = word.ok_or(EditError::Wrong(field, Fault::NotAPriority))?;
        }
        Field::Subject => {
            let subject = new.unwrap_or_default().trim();
            if subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT {
                return Err(EditError::Wrong(
                    field,
                    Fault::SubjectLength {
                        most: LONGEST_SUBJECT,
                    },
                ));
            }
            subject.clone_into(&mut row.subject);
        }
        Field::Customer => {
            let id: CustomerId = parse(field, new)?.ok_or(EditError::Wrong(field, Fault::NoSuchCustomer))?;
            let actor = change.actor().clone();
            let found = customers::find_visible(change.tx(), &actor, id).await?;
            row.customer_id = found.ok_or(EditError::Wrong(field, Fault::NoSuchCustomer))?.id;
        }
        Field::Kind => choose_kind(change, row, new).await?,
    }
    Ok(())
}

/// Becoming a complaint opens the ticket's case; ceasing to be one ends it, if nobody relied on it yet.
async fn choose_kind(change: &mut Change, row: &mut TicketRow, new: Option<&str>) -> Result<(), EditError> {
    let (workspace, field) = (change.workspace(), Field::Kind);
    let key = new.ok_or(EditError::Wrong(field, Fault::NoSuchTicketKind))?;
    if !ticket_kinds::is_usable(change.tx(), workspace, key).await? {
        return Err(EditError::Wrong(field, Fault::NoSuchTicketKind));
    }
    let was_complaint = row.kind == TicketKind::Complaint.as_str();
    if was_complaint && let Some(against) = complaints::stop_being_complaint(change, row).await? {
        return Err(EditError::Wrong(field, against));
    }
    key.clone_into(&mut row.kind);
    if key == TicketKind::Complaint.as_str() {
        complaints::become_complaint(change, row).await?;
    }
    Ok(())
}

/// An active agent whose role shows them the ticket.
async fn sighted_agent(
    change: &mut Change,
    ticket: &TicketRow,
    field: Field,
    new: Option<&str>,
) -> Result<Option<AgentId>, EditError> {
    let Some(id) = parse::<AgentId>(field, new)? else {
        return Ok(None);
    };
    let found = sight(change, id).await?.filter(|sight| sight.active);
    let sight = found.ok_or(EditError::Wrong(field, Fault::NoSuchAgent))?;
    if sight.may_hold(ticket.team_id) || sight.sees(ticket) {
        Ok(Some(id))
    } else {
        Err(EditError::Wrong(field, Fault::CannotSee))
    }
}

fn parse<T: std::str::FromStr>(field: Field, text: Option<&str>) -> Result<Option<T>, EditError> {
    text.map(|text| text.parse().map_err(|_| EditError::Wrong(field, Fault::NotAnId)))
        .transpose()
}

/// Adds and removes tags; several agents may do so at once.
pub async fn edit_tags(
    change: &mut Change,
    ticket: TicketId,
    add: &[TagId],
    remove: &[TagId],
) -> Result<(), EditError> {
    let workspace = change.workspace();
    let mut row = lock_visible(change, ticket)
        .await?
        .ok_or(EditError::NoSuchTicket)?;
    set_tags(change, ticket, add, remove).await?;
    row.updated_at = change.now();
    tickets::save(change.tx(), workspace, &row).await?;
    Ok(())
}

/// Adds and removes tags of a ticket, which is locked: those that came and those that went.
pub(super) async fn set_tags(
    change: &mut Change,
    ticket: TicketId,
    add: &[TagId],
    remove: &[TagId],
) -> Result<(Vec<TagId>, Vec<TagId>), db::Error> {
    let workspace = change.workspace();
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for tag in add {
        if tickets::add_tag(change.tx(), workspace, ticket, *tag).await? {
            change.record(ticket, Event::TagAdded { tag: *tag });
            added.push(*tag);
        }
    }
    for tag in remove {
        if tickets::remove_tag(change.tx(), workspace, ticket, *tag).await? {
            change.record(ticket, Event::TagRemoved { tag: *tag });
            removed.push(*tag);
        }
    }
    Ok((added, removed))
}

/// The agent has read the ticket up to a position, but not beyond its last, which is returned.
pub async fn mark_read(
    change: &mut Change,
    agent: AgentId,
    ticket: TicketId,
    position: i64,
) -> Result<i64, EditError> {
    let (workspace, actor, now) = (change.workspace(), change.actor().clone(), change.now());
    let found = tickets::find_visible(change.tx(), &actor, ticket)
        .await?
        .ok_or(EditError::NoSuchTicket)?;
    let mut position = position.clamp(0, found.last_position);
    // Messages that moved away have left positions free at the end.
    if position < found.last_position
        && messages::after(change.tx(), workspace, ticket, position, 1)
            .await?
            .is_empty()
    {
        position = found.last_position;
    }
    tickets::mark_read(change.tx(), workspace, ticket, agent, position).await?;
    notifications::mark_ticket_read(change.tx(), workspace, agent, ticket, now).await?;
    Ok(position)
}

/// Keeps what the agent is writing, or drops it.
pub async fn keep_draft(
    change: &mut Change,
    agent: AgentId,
    ticket: TicketId,
    draft: Option<&DraftRow>,
) -> Result<(), EditError> {
    let (workspace, actor) = (change.workspace(), change.actor().clone());
    tickets::find_visible(change.tx(), &actor, ticket)
        .await?
        .ok_or(EditError::NoSuchTicket)?;
    match draft {
        Some(draft) => tickets::save_draft(change.tx(), workspace, ticket, agent, draft).await?,
        None => tickets::clear_draft(change.tx(), workspace, ticket, agent).await?,
    }
    Ok(())
}
