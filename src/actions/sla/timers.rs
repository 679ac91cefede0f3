//! Timers of clocks that are due: a batch in one change, each derived anew under its ticket's lock.

use shouwen_core::id::TicketId;

use super::book::Books;
use super::settle::{Steps, settle};
use crate::db::Error;
use crate::log::Change;
use crate::store::sla::clocks;
use crate::store::timers::{self, TimerRow};

/// Acts on those of the timers that are still due. All belong to the change's workspace.
pub async fn act(change: &mut Change, books: &Books, due: &[TimerRow]) -> Result<(), Error> {
    let workspace = change.workspace();
    let mut tickets: Vec<TicketId> = due.iter().filter_map(|timer| timer.ticket_id).collect();
    tickets.sort_unstable();
    tickets.dedup();
    // Before the timers' rows: whoever changes a ticket takes the two in this order.
    clocks::lock(change.tx(), workspace, &tickets).await?;
    let mut ours = Vec::with_capacity(due.len());
    for timer in due {
        if timers::take(change.tx(), timer).await? {
            ours.extend(timer.ticket_id);
        }
    }
    if ours.is_empty() {
        return Ok(());
    }
    ours.sort_unstable();
    settle(change, books, &ours, Steps::Fire).await?;
    Ok(())
}
