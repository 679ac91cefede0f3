//! Raising and clearing alarms: shown to administrators at once, and told by mail on another road than the one that
//! is broken.

use shouwen_core::actor::Permission;
use shouwen_core::event::Event;
use shouwen_core::id::{AlarmId, InboxId};

use super::desk_mail::{self, Recipient, SEND_DESK_MAIL};
use crate::db::Error;
use crate::log::Change;
use crate::store::alarms::{self, AlarmKind, AlarmRow};
use crate::store::{agents, inboxes};

/// Most people who get the mail.
const MOST_TOLD: usize = 20;

/// Raises an alarm, once until it is cleared. True when it is new: then its people are told.
pub async fn raise(
    change: &mut Change,
    kind: AlarmKind,
    inbox: Option<InboxId>,
    code: Option<&str>,
) -> Result<bool, Error> {
    let workspace = change.workspace();
    let row = AlarmRow {
        id: change.next_id(),
        kind,
        inbox_id: inbox,
        code: code.map(ToOwned::to_owned),
        raised_at: change.now(),
        cleared_at: None,
    };
    if !alarms::raise(change.tx(), workspace, &row, &open_key(kind, inbox)).await? {
        return Ok(false);
    }
    change.record_general(Event::AlarmChanged { alarm: row.id });
    tell_by_mail(change, &row).await?;
    Ok(true)
}

/// It is well again.
pub async fn clear(change: &mut Change, kind: AlarmKind, inbox: Option<InboxId>) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let key = open_key(kind, inbox);
    let open = alarms::open(change.tx(), workspace, 100).await?;
    let open = open
        .into_iter()
        .find(|row| row.kind == kind && row.inbox_id == inbox);
    if let Some(row) = open
        && alarms::clear(change.tx(), workspace, &key, now).await?
    {
        change.record_general(Event::AlarmChanged { alarm: row.id });
    }
    Ok(())
}

/// A person has seen to it. `None`: there is no such alarm.
pub async fn clear_one(change: &mut Change, id: AlarmId) -> Result<Option<AlarmRow>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    if alarms::clear_one(change.tx(), workspace, id, now).await? {
        change.record_general(Event::AlarmChanged { alarm: id });
    }
    alarms::find(change.tx(), workspace, id).await
}

fn open_key(kind: AlarmKind, inbox: Option<InboxId>) -> String {
    match inbox {
        Some(inbox) => format!("{kind}:{inbox}"),
        None => kind.to_string(),
    }
}

/// A mail to each administrator of inboxes, in their language.
async fn tell_by_mail(change: &mut Change, alarm: &AlarmRow) -> Result<(), Error> {
    let workspace = change.workspace();
    let mut inbox = None;
    if let Some(id) = alarm.inbox_id {
        inbox = inboxes::find(change.tx(), workspace, id).await?;
    }
    let name = inbox.map(|inbox| inbox.name).unwrap_or_default();
    let roles = agents::roles(change.tx(), workspace).await?;
    let roles: Vec<_> = roles
        .into_iter()
        .filter(|role| role.permissions.0.contains(Permission::AdminInboxes))
        .map(|role| role.id)
        .collect();
    let everybody = agents::all(change.tx(), workspace).await?;
    let told = everybody
        .iter()
        .filter(|agent| agent.active && roles.contains(&agent.role_id))
        .take(MOST_TOLD);
    for agent in told {
        let to = Recipient {
            name: &agent.name,
            email: &agent.email,
            locale: &agent.locale,
        };
        let code = alarm.code.as_deref().unwrap_or_default();
        let mail = desk_mail::alarm(&to, alarm.kind, &name, code, alarm.inbox_id);
        let now = change.now();
        change.enqueue(SEND_DESK_MAIL, &mail, now);
    }
    Ok(())
}
