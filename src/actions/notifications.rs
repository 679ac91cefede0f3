//! Telling an agent of something beyond the list.

use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, MessageId, NotificationId, TicketId};

use crate::db::Error;
use crate::log::Change;
use crate::store::notifications::{self, NotificationKind, NotificationRow};

/// Notifies the agent, unless they did it themselves or it did not happen live.
pub async fn notify(
    change: &mut Change,
    agent: AgentId,
    kind: NotificationKind,
    ticket: TicketId,
    message: Option<MessageId>,
) -> Result<(), Error> {
    let by = change.actor().agent();
    if by == Some(agent) || change.origin() != shouwen_core::event::Origin::Live {
        return Ok(());
    }
    let (workspace, id): (_, NotificationId) = (change.workspace(), change.next_id());
    let row = NotificationRow {
        id,
        agent_id: agent,
        kind,
        ticket_id: ticket,
        message_id: message,
        by_id: by,
        created_at: change.now(),
        read_at: None,
    };
    notifications::add(change.tx(), workspace, &row).await?;
    change.record(
        ticket,
        Event::NotificationAdded {
            notification: id,
            agent,
        },
    );
    Ok(())
}
