//! What is kept back rather than made a message: mail of blocked senders, loops, automatic mail that belongs to no
//! ticket. Nothing is dropped: it waits, with its cause, for a person. Who is always let in is counted by no fuse.

use shouwen_channels::email::{Automatic, address};
use shouwen_core::event::Origin;
use shouwen_core::threading::FromTrust;

use super::read_mail::Incoming;
use crate::actions::acknowledgements::Sender;
use crate::actions::flow::{self, Passing};
use crate::db::Error;
use crate::log::Change;
use crate::store::inboxes::{EmailSettings, LOOP_LIMIT};
use crate::store::mail_details::Authenticity;
use crate::store::raw_mails::Cause;
use crate::store::sender_rules::{self, RuleKind};
use crate::store::tickets::TicketRow;

/// Why the mail is kept back; `None`: it becomes a message.
pub(super) async fn kept_back(
    change: &mut Change,
    incoming: &Incoming,
    ticket: Option<&TicketRow>,
) -> Result<Option<Cause>, Error> {
    if incoming.raw.recovered {
        return Ok(None);
    }
    let rule = rule(change, incoming).await?;
    if rule == Some(RuleKind::Block) {
        return Ok(Some(Cause::BlockedSender));
    }
    if rule == Some(RuleKind::Allow) {
        return Ok(None);
    }
    if incoming.raw.origin == Origin::Live && is_loop(change, incoming, ticket).await? {
        return Ok(Some(Cause::Loop));
    }
    Ok(if ticket.is_some() {
        None
    } else {
        belongs_nowhere(incoming)
    })
}

async fn is_loop(
    change: &mut Change,
    incoming: &Incoming,
    ticket: Option<&TicketRow>,
) -> Result<bool, Error> {
    let settings = incoming.inbox.settings.0.email.as_ref();
    let sender = writers(incoming).next();
    let passing = Passing {
        sender: sender.as_deref(),
        in_false_name: is_false(incoming),
        ticket: ticket.map(|ticket| ticket.id),
        inbox: incoming.inbox.id,
        most: settings.map_or(LOOP_LIMIT, EmailSettings::loop_limit),
    };
    flow::is_too_much(change, passing).await
}

/// Automatic mail opens no ticket. A notice with somebody else to answer is a web form's.
fn belongs_nowhere(incoming: &Incoming) -> Option<Cause> {
    let mail = &incoming.reading.mail;
    let is_form = mail.reply_to.iter().any(|to| {
        let from = mail.from.as_ref().map(|from| from.address.as_str());
        from.is_none_or(|from| !from.eq_ignore_ascii_case(&to.address))
    });
    match mail.automatic {
        Automatic::AutoReply => Some(Cause::AutoReply),
        Automatic::Bulk => Some(Cause::Bulk),
        Automatic::Machine if !is_form => Some(Cause::Machine),
        Automatic::Machine | Automatic::No | Automatic::Bounce(_) | Automatic::Delay(_) => None,
    }
}

/// What somebody said of this sender: of the address rather than of its domain, of a near domain rather than of a far
/// one. Nobody gets in by a From that is probably not theirs.
async fn rule(change: &mut Change, incoming: &Incoming) -> Result<Option<RuleKind>, Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let senders: Vec<Vec<String>> = writers(incoming).map(|folded| names(&folded)).collect();
    let mut asked: Vec<&str> = senders.iter().flatten().map(String::as_str).collect();
    asked.sort_unstable();
    asked.dedup();
    let rules = sender_rules::some(change.tx(), workspace, &asked, now).await?;
    let mut said = None;
    for names in &senders {
        said = match (said, nearest(&rules, names)) {
            (Some(RuleKind::Block), _) | (_, Some(RuleKind::Block)) => Some(RuleKind::Block),
            (before, found) => before.or(found),
        };
    }
    Ok(said.filter(|rule| *rule == RuleKind::Block || !is_false(incoming)))
}

/// What the rule of the first of these names that has one says.
fn nearest(rules: &[(String, RuleKind)], names: &[String]) -> Option<RuleKind> {
    let of = |name: &String| rules.iter().find(|(sender, _)| sender == name);
    names.iter().find_map(of).map(|(_, kind)| *kind)
}

/// Who wrote it, as it says and by its envelope: folded, as far as they are addresses.
fn writers(incoming: &Incoming) -> impl Iterator<Item = String> {
    let from = incoming.reading.mail.from.as_ref();
    let envelope = Some(incoming.raw.envelope_from.as_str());
    let written = [from.map(|from| from.address.as_str()), envelope];
    written.into_iter().flatten().filter_map(address::fold)
}

/// Its From is probably not theirs.
fn is_false(incoming: &Incoming) -> bool {
    Authenticity::trust(incoming.authenticity.as_ref()) == FromTrust::Failed
}

/// The address, what is alike, its domain, and the domains above it but the last.
fn names(folded: &str) -> Vec<String> {
    let mut names = vec![folded.to_owned()];
    names.extend(flow::alike(folded));
    let mut domain = folded.rsplit_once('@').map_or("", |(_, domain)| domain);
    while domain.contains('.') && names.len() < 11 {
        names.push(domain.to_owned());
        domain = domain.split_once('.').map_or("", |(_, above)| above);
    }
    names
}

/// Who would be answered, and whether that may happen without a person.
pub(super) fn sender(incoming: &Incoming) -> Sender {
    let mail = &incoming.reading.mail;
    let written = mail.reply_to.first().or(mail.from.as_ref());
    let null = mail.return_path.as_deref() == Some("");
    Sender {
        address: written.and_then(|mailbox| address::fold(&mailbox.address)),
        subject: mail.subject.clone(),
        text: incoming.reading.text.chars().take(2_000).collect(),
        is_person: mail.automatic == Automatic::No && !null && !is_false(incoming),
        recovered: incoming.raw.recovered,
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_address_stands_below_its_domains() {
        assert_eq!(
            names("ann@mail.shop.example"),
            ["ann@mail.shop.example", "mail.shop.example", "shop.example"]
        );
        assert_eq!(names("root@localhost"), ["root@localhost"]);
        assert_eq!(
            names("case-7@shop.example"),
            ["case-7@shop.example", "case-#@shop.example", "shop.example"]
        );
    }
}
