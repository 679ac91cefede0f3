//! The fuse: when too many mails come from one sender, or in one thread, within minutes, two machines are talking.

use shouwen_core::id::{InboxId, TicketId};
use shouwen_core::time::Length;

use super::alarms;
use crate::db::Error;
use crate::log::Change;
use crate::store::alarms::AlarmKind;
use crate::store::mail_flow;
use crate::store::sender_rules::{self, RuleKind, RuleOrigin, SenderRuleRow};

/// In minutes.
const WINDOW: i64 = 10;
/// How long a sender is kept back after the fuse blew.
const BLOCKED_FOR: Length = Length::hours(1);
/// So many letters tell a name with a number in it from a name that is a number.
const FEWEST_LETTERS: usize = 3;

/// A mail as the fuse counts it.
#[derive(Debug, Clone, Copy)]
pub struct Passing<'m> {
    /// Who wrote it, folded.
    pub sender: Option<&'m str>,
    /// The sender is probably somebody else: nobody is blocked for what is done in their name.
    pub in_false_name: bool,
    pub ticket: Option<TicketId>,
    pub inbox: InboxId,
    /// So many within ten minutes are not too many.
    pub most: i64,
}

/// Counts a mail, and says whether it is one too many. Its sender is blocked for an hour then.
pub async fn is_too_much(change: &mut Change, mail: Passing<'_>) -> Result<bool, Error> {
    let alike = mail.sender.and_then(alike);
    let one = counted(change, "sender", mail.sender).await? > mail.most;
    let many = counted(change, "alike", alike.as_deref()).await? > mail.most;
    let thread = mail.ticket.map(|id| id.to_string());
    let thread = counted(change, "ticket", thread.as_deref()).await? > mail.most;
    if !(one || many || thread) {
        return Ok(false);
    }
    let blocked = if many && !one {
        alike.as_deref()
    } else {
        mail.sender
    };
    if let Some(sender) = blocked.filter(|_| !mail.in_false_name) {
        block(change, sender).await?;
    }
    alarms::raise(change, AlarmKind::MailLoop, Some(mail.inbox), None).await?;
    Ok(true)
}

/// What the addresses of one machine have in common that writes each mail from another: `help+7@x.example` and
/// `case-7@x.example` are `help@x.example` and `case-#@x.example`. `None`: the address itself says all.
pub fn alike(sender: &str) -> Option<String> {
    let bare = bare(sender);
    let (base, domain) = bare.rsplit_once('@')?;
    let mut name = String::with_capacity(base.len());
    if base.chars().filter(|c| c.is_alphabetic()).count() < FEWEST_LETTERS {
        name.push_str(base);
    } else {
        for c in base.chars() {
            match c {
                '0'..='9' if name.ends_with('#') => {}
                '0'..='9' => name.push('#'),
                c => name.push(c),
            }
        }
    }
    let alike = format!("{name}@{domain}");
    (alike != sender).then_some(alike)
}

/// An address without its plus part: `help+7@x.example` is `help@x.example`.
pub fn bare(sender: &str) -> String {
    match sender.rsplit_once('@') {
        Some((local, domain)) => match local.split_once('+') {
            Some((base, _)) if !base.is_empty() => format!("{base}@{domain}"),
            _ => sender.to_owned(),
        },
        None => sender.to_owned(),
    }
}

/// How many of a kind came lately, with this one; none when it is nobody's.
async fn counted(change: &mut Change, what: &str, whose: Option<&str>) -> Result<i64, Error> {
    let Some(whose) = whose else { return Ok(0) };
    let (workspace, minute, key) = (change.workspace(), minute(change), format!("{what}:{whose}"));
    mail_flow::count(change.tx(), workspace, &key, minute).await?;
    mail_flow::since(change.tx(), workspace, &key, minute - WINDOW).await
}

/// Takes a key for this change: whoever else takes it waits for its end.
pub async fn take_turn(change: &mut Change, key: &str) -> Result<(), Error> {
    let (workspace, minute) = (change.workspace(), minute(change));
    mail_flow::count(change.tx(), workspace, &format!("turn:{key}"), minute).await
}

fn minute(change: &Change) -> i64 {
    change.now().millis().div_euclid(60_000)
}

async fn block(change: &mut Change, sender: &str) -> Result<(), Error> {
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
    sender_rules::set(change.tx(), workspace, &rule).await
}

/// Forgets counts that no longer matter.
pub async fn forget(change: &mut Change) -> Result<(), Error> {
    let (workspace, now, minute) = (change.workspace(), change.now(), minute(change));
    mail_flow::forget(change.tx(), workspace, minute - 60, now.minus(Length::days(2))).await
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn a_machine_that_numbers_its_addresses_is_one() {
        for (sender, wanted) in [
            ("help+7@x.example", Some("help@x.example")),
            ("case-1042@x.example", Some("case-#@x.example")),
            ("case-1042.77@x.example", Some("case-#.#@x.example")),
            ("case7+9@x.example", Some("case#@x.example")),
            // Numbers are names, too.
            ("12345678@qq.example", None),
            ("li88@163.example", None),
            ("wang@example.com", None),
            ("+7@x.example", None),
            ("nonsense", None),
        ] {
            assert_eq!(alike(sender).as_deref(), wanted, "{sender}");
        }
    }
}
