//! What somebody did to a ticket, as grey lines between its messages.

use serde::Serialize;
use shouwen_core::actor::ActorKind;
use shouwen_core::event::Event;
use shouwen_core::id::{TagId, TicketId, WorkspaceId};
use shouwen_core::sla::{LevelKind, Metric};
use shouwen_core::ticket::Field;
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::{Conn, Result};
use crate::log::Logged;
use crate::store::mail_details::TicketLink;
use crate::store::{pauses, tickets};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityActor {
    pub kind: ActorKind,
    pub id: Option<Uuid>,
}

/// What somebody did to a ticket, for one grey line in the reader's language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Activity {
    pub seq: i64,
    pub at: Timestamp,
    pub actor: ActivityActor,
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tag_id: Option<TagId>,
    /// The other ticket of a merge or a split.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub other: Option<TicketLink>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub spam: Option<bool>,
    /// Of a clock that reached a step of its ladder, or did not after all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub metric: Option<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub level: Option<LevelKind>,
    /// Why work on the ticket was put aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// The ticket at the other end of a merge or a split.
pub fn other_ticket(event: &Event) -> Option<TicketId> {
    match event {
        Event::Merged { into } | Event::MergeLeft { into } | Event::SplitOff { into } => Some(*into),
        Event::MergedIn { from } | Event::MergeUndone { from } | Event::SplitFrom { from } => Some(*from),
        _ => None,
    }
}

/// The lines for these events of one ticket, in their order.
pub async fn activities(
    conn: &mut Conn,
    workspace: WorkspaceId,
    events: &[&Logged],
) -> Result<Vec<Activity>> {
    let mut lines: Vec<Activity> = events.iter().filter_map(|event| activity(event)).collect();
    if let Some(ticket) = events.iter().find_map(|event| event.ticket_id) {
        give_reasons(conn, workspace, ticket, &mut lines).await?;
    }
    let others: Vec<TicketId> = lines
        .iter()
        .filter_map(|line| Some(line.other.as_ref()?.ticket_id))
        .collect();
    if others.is_empty() {
        return Ok(lines);
    }
    let numbers = tickets::numbers(conn, workspace, &others).await?;
    for other in lines.iter_mut().filter_map(|line| line.other.as_mut()) {
        let found = numbers.iter().find(|(id, _)| *id == other.ticket_id);
        other.number = found.map(|(_, number)| number.to_string()).unwrap_or_default();
    }
    Ok(lines)
}

/// Says of a status that was chosen for a reason why.
async fn give_reasons(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: TicketId,
    lines: &mut [Activity],
) -> Result<()> {
    let chosen = |line: &&mut Activity| line.field == Some(Field::Status);
    let mut chosen: Vec<&mut Activity> = lines.iter_mut().filter(chosen).collect();
    if chosen.is_empty() {
        return Ok(());
    }
    for (at, reason) in pauses::reasons(conn, workspace, ticket).await? {
        if let Some(line) = chosen.iter_mut().find(|line| line.at == at) {
            line.reason = Some(reason);
        }
    }
    Ok(())
}

/// The line for an event, when it is one that a reader of the ticket wants to see.
fn activity(logged: &Logged) -> Option<Activity> {
    let mut line = Activity {
        seq: logged.seq,
        at: logged.happened_at,
        actor: ActivityActor {
            kind: logged.actor_kind,
            id: logged.actor_id,
        },
        kind: logged.event().kind().to_owned(),
        field: None,
        from: None,
        to: None,
        tag_id: None,
        other: None,
        spam: None,
        metric: None,
        level: None,
        reason: None,
    };
    match logged.event() {
        Event::TicketOpened { .. } => {}
        Event::TicketChanged { field, from, to } => {
            (line.field, line.from, line.to) = (Some(*field), from.clone(), to.clone());
        }
        Event::TagAdded { tag } | Event::TagRemoved { tag } => line.tag_id = Some(*tag),
        Event::OwnerOffered { to, .. } => line.to = Some(to.to_string()),
        Event::OwnerOfferSettled { state, .. } => line.to = Some(state.to_string()),
        Event::SpamChanged { spam } => line.spam = Some(*spam),
        Event::ClockFired { metric, level, .. } | Event::ClockWithdrawn { metric, level, .. } => {
            (line.metric, line.level) = (Some(*metric), Some(*level));
        }
        Event::SlaPolicyChosen { .. } => {}
        Event::CaseOpened | Event::CaseReopened => {}
        Event::GradeChanged { from, to } => {
            (line.from, line.to) = (from.map(|grade| grade.to_string()), Some(to.to_string()));
        }
        Event::CaseTaken { level } | Event::CaseEscalated { level } => line.to = Some(level.to_string()),
        Event::CaseClosed { closure } => line.to = Some(closure.to_string()),
        Event::CompensationChanged { state, .. } => line.to = Some(state.to_string()),
        Event::CaseFellDue { what } => line.to = Some(what.to_string()),
        other => {
            line.other = Some(TicketLink {
                ticket_id: other_ticket(other)?,
                number: String::new(),
            });
        }
    }
    Some(line)
}
