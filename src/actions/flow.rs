//! The fuse: when too many mails come from one sender, or in one thread, within minutes, two machines are talking.

use shouwen_core::id::{InboxId, TicketId};
use shouwen_core::time::Length;

use super::alarms;
use crate::db::Error;
use crate::log::Change;
use crate::store::alarms::AlarmKind;
use crate::store::mail_flow;
use crate::store::sender_rules::{self, RuleKind, RuleOrigin, SenderRuleRow};

/// More than a person writes in [`WINDOW`] minutes.
pub const MOST_IN_WINDOW: i64 = 40;
/// In minutes.
const WINDOW: i64 = 10;
/// How long a sender is kept back after the fuse blew.
const BLOCKED_FOR: Length = Length::hours(1);

/// Counts a mail, and says whether it is one too many. The sender is blocked for an hour then.
pub async fn is_too_much(
    change: &mut Change,
    sender: Option<&str>,
    ticket: Option<TicketId>,
    inbox: InboxId,
) -> Result<bool, Error> {
    let mut too_much = false;
    let keys = [
        sender.map(|sender| format!("sender:{sender}")),
        ticket.map(|id| format!("ticket:{id}")),
    ];
    for key in keys.into_iter().flatten() {
        too_much |= counted(change, &key).await? > MOST_IN_WINDOW;
    }
    if too_much && let Some(sender) = sender {
        block(change, sender, inbox).await?;
    }
    Ok(too_much)
}

async fn counted(change: &mut Change, key: &str) -> Result<i64, Error> {
    let (workspace, minute) = (change.workspace(), minute(change));
    mail_flow::count(change.tx(), workspace, key, minute).await?;
    mail_flow::since(change.tx(), workspace, key, minute - WINDOW).await
}

fn minute(change: &Change) -> i64 {
    change.now().millis().div_euclid(60_000)
}

async fn block(change: &mut Change, sender: &str, inbox: InboxId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let rule = SenderRuleRow {
        id: change.next_id(),
        kind: RuleKind::Block,
        sender: sender.to_owned(),
        why: RuleOrigin::Loop,
        agent_id: None,
        created_at: now,
        expires_at: Some(now.plus(BLOCKED_FOR)),
    };
    sender_rules::set(change.tx(), workspace, &rule).await?;
    alarms::raise(change, AlarmKind::MailLoop, Some(inbox), None).await?;
    Ok(())
}

/// Forgets counts that no longer matter.
pub async fn forget(change: &mut Change) -> Result<(), Error> {
    let (workspace, now, minute) = (change.workspace(), change.now(), minute(change));
    mail_flow::forget(change.tx(), workspace, minute - 60, now.minus(Length::days(2))).await
}
