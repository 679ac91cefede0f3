//! The same mail to several of our inboxes: one ticket that belongs to each, unless a team would lose sight of it.

use shouwen_core::id::MessageId;
use shouwen_core::threading::Refused;

use super::read_mail::Incoming;
use super::thread;
use crate::actions::flow;
use crate::db::Error;
use crate::log::Change;
use crate::store::copies;
use crate::store::mail_details::Joined;
use crate::store::raw_mails;
use crate::store::tickets::{self, TicketRow};

/// The message that a mail is already, by way of another inbox, and its ticket.
pub(super) struct First {
    message: MessageId,
    ticket: TicketRow,
}

pub(super) async fn first(change: &mut Change, incoming: &Incoming) -> Result<Option<First>, Error> {
    let has_id = incoming.reading.mail.message_id.is_some();
    if !incoming.one_ticket || incoming.raw.recovered || !has_id {
        return Ok(None);
    }
    let (workspace, same) = (change.workspace(), &incoming.reading.same);
    // Of two copies that are read at once the second waits for the first.
    flow::take_turn(change, &same.mail_id).await?;
    let Some(copy) = copies::find(change.tx(), workspace, incoming.inbox.id, same).await? else {
        return Ok(None);
    };
    let ticket = tickets::find(change.tx(), workspace, copy.ticket_id).await?;
    Ok(ticket.map(|ticket| First {
        message: copy.message_id,
        ticket,
    }))
}

/// Lets the mail be the message that it is already. False when it must be one of its own: then why is noted.
pub(super) async fn join(
    change: &mut Change,
    incoming: &Incoming,
    first: &First,
    found: Option<&TicketRow>,
    joined: &mut Joined,
) -> Result<bool, Error> {
    let (workspace, inbox, there) = (change.workspace(), &incoming.inbox, &first.ticket);
    let is_seen = there.team_id.is_none() || there.team_id == inbox.team_id;
    if !is_seen && found.is_none_or(|found| found.id != there.id) {
        (joined.similar, joined.refused) = (Some(thread::link(there)), Some(Refused::OtherTeam));
        return Ok(false);
    }
    if there.inbox_id != inbox.id {
        copies::show_in(change.tx(), workspace, there.id, inbox.id).await?;
    }
    raw_mails::mark_copy(change.tx(), workspace, incoming.raw.id, first.message).await?;
    Ok(true)
}
