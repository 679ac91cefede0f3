//! The key of a workspace's threads, and which ticket a mail continues.

use shouwen_channels::email::{Mail, address, thread};
use shouwen_core::customer::IdentityKind;
use shouwen_core::id::WorkspaceId;
use shouwen_core::ticket::TicketNumber;

use crate::db::{Conn, Result};
use crate::secrets::Secrets;
use crate::store::messages::{self, MailDetails};
use crate::store::tickets::{self, TicketRow};
use crate::store::{customers, raw_mails::RawMailRow};

/// More ids than this only a machine writes.
const MOST_IDS: usize = 50;

/// Signs what ties an answer to its ticket.
pub fn key(secrets: &Secrets, workspace: WorkspaceId) -> [u8; 32] {
    secrets.key_for(&format!("mail thread {workspace}"))
}

/// The ticket that a mail continues, and why.
#[derive(Debug)]
pub struct Joined {
    pub ticket: TicketRow,
    /// A word for the reader's language: `reply_token`, `in_reply_to`, `references`, `subject_number`.
    pub because: &'static str,
}

/// Looks in the order of trust: our signed address, our signed ids, ids we know, a number in the subject. The last
/// proves nothing, so it holds only for who takes part in that ticket already.
pub async fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    key: &[u8],
    raw: &RawMailRow,
    mail: &Mail,
) -> Result<Option<Joined>> {
    if let Some(ticket) = by_number(conn, workspace, address_token(key, raw, mail)).await? {
        return Ok(Some(Joined {
            ticket,
            because: "reply_token",
        }));
    }
    let ids = ids(mail);
    for (id, because) in &ids {
        let number = thread::read_token(key, id).map(|token| token.ticket);
        if let Some(ticket) = by_number(conn, workspace, number).await? {
            return Ok(Some(Joined { ticket, because }));
        }
    }
    if let Some(joined) = by_known_id(conn, workspace, &ids).await? {
        return Ok(Some(joined));
    }
    by_subject(conn, workspace, mail).await
}

fn address_token(key: &[u8], raw: &RawMailRow, mail: &Mail) -> Option<String> {
    let envelope = raw.envelope_to.split(' ');
    let headers = mail
        .to
        .iter()
        .chain(&mail.cc)
        .map(|mailbox| mailbox.address.as_str());
    let delivered = mail.delivered_to.iter().map(String::as_str);
    envelope
        .chain(delivered)
        .chain(headers)
        .filter(|address| address.contains('+'))
        .find_map(|address| thread::read_token(key, address))
        .map(|token| token.ticket)
}

/// In-Reply-To, then References from the newest.
fn ids(mail: &Mail) -> Vec<(&str, &'static str)> {
    let first = mail.in_reply_to.iter().map(|id| (id.as_str(), "in_reply_to"));
    let rest = mail.references.iter().rev().map(|id| (id.as_str(), "references"));
    let mut found: Vec<(&str, &'static str)> = Vec::new();
    for (id, because) in first.chain(rest) {
        let known = found.iter().any(|(have, _)| *have == id);
        if !id.trim().is_empty() && !known && found.len() < MOST_IDS {
            found.push((id, because));
        }
    }
    found
}

async fn by_number(
    conn: &mut Conn,
    workspace: WorkspaceId,
    number: Option<String>,
) -> Result<Option<TicketRow>> {
    let Some(number) = number.and_then(|number| TicketNumber::parse(&number).ok()) else {
        return Ok(None);
    };
    tickets::find_by_number(conn, workspace, number).await
}

async fn by_known_id(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ids: &[(&str, &'static str)],
) -> Result<Option<Joined>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let list: Vec<&str> = ids.iter().map(|(id, _)| *id).collect();
    let known = messages::tickets_of_mail_ids(conn, workspace, &list).await?;
    for (id, because) in ids {
        let Some((_, ticket)) = known.iter().find(|(known, _)| known == id) else {
            continue;
        };
        if let Some(ticket) = tickets::find(conn, workspace, *ticket).await? {
            return Ok(Some(Joined { ticket, because }));
        }
    }
    Ok(None)
}

async fn by_subject(conn: &mut Conn, workspace: WorkspaceId, mail: &Mail) -> Result<Option<Joined>> {
    let Some(sender) = mail.from.as_ref().and_then(|from| address::fold(&from.address)) else {
        return Ok(None);
    };
    for number in thread::subject_numbers(&mail.subject) {
        if let Some(ticket) = by_number(conn, workspace, Some(number)).await?
            && takes_part(conn, workspace, &ticket, &sender).await?
        {
            return Ok(Some(Joined {
                ticket,
                because: "subject_number",
            }));
        }
    }
    Ok(None)
}

/// Whether the sender is the ticket's customer or stands in one of its mails.
async fn takes_part(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
    sender: &str,
) -> Result<bool> {
    let identities = customers::identities(conn, workspace, &[ticket.customer_id]).await?;
    let is_customer = identities
        .iter()
        .any(|identity| identity.kind == IdentityKind::Email && identity.folded == sender);
    if is_customer {
        return Ok(true);
    }
    let recent = messages::before(conn, workspace, ticket.id, i64::MAX, 50).await?;
    let mails = recent.into_iter().filter_map(|message| message.mail);
    Ok(mails.into_iter().any(|mail| stands_in(&mail.0, sender)))
}

fn stands_in(mail: &MailDetails, sender: &str) -> bool {
    mail.from
        .iter()
        .chain(&mail.to)
        .chain(&mail.cc)
        .any(|written| address::fold(written).as_deref() == Some(sender))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_newest_first_and_empty_ones_never() {
        let mail = Mail {
            in_reply_to: Some("c@x".into()),
            references: vec!["a@x".into(), " ".into(), "b@x".into(), "c@x".into()],
            ..Mail::default()
        };
        assert_eq!(
            ids(&mail),
            [
                ("c@x", "in_reply_to"),
                ("b@x", "references"),
                ("a@x", "references")
            ]
        );
    }
}
