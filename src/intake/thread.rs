//! The key of a workspace's threads, and which ticket a mail continues: the signs in the order of trust, each held
//! against core's guards.

use shouwen_channels::email::{Mail, address, thread};
use shouwen_core::channel::Direction;
use shouwen_core::customer::{IdentityKind, fold};
use shouwen_core::id::{InboxId, MessageId, TicketId, WorkspaceId};
use shouwen_core::threading::{Because, FromTrust, Refused, Sign, holds};
use shouwen_core::ticket::TicketNumber;
use shouwen_core::time::{Length, Timestamp};

use crate::db::{Conn, Result};
use crate::secrets::Secrets;
use crate::store::mail_details::{Joined, MailDetails, TicketLink};
use crate::store::messages::{self, EvidenceRow};
use crate::store::tickets::{self, Filter, TicketRow, View};
use crate::store::{customers, raw_mails::RawMailRow};

/// More ids than this only a machine writes.
const MOST_IDS: usize = 50;
/// Of who writes without a sign, so many tickets are compared by their subjects.
const RECENT_TICKETS: usize = 20;

/// Signs what ties an answer to its ticket.
pub fn key(secrets: &Secrets, workspace: WorkspaceId) -> [u8; 32] {
    secrets.key_for(&format!("mail thread {workspace}"))
}

/// What is looked at to find a mail's ticket.
pub(super) struct Looked<'a> {
    pub(super) key: &'a [u8],
    pub(super) raw: &'a RawMailRow,
    pub(super) mail: &'a Mail,
    /// The ticket of a mark of ours in the body.
    pub(super) marker: Option<&'a str>,
    pub(super) from: FromTrust,
    /// The inbox joins mails of the same sender and subject within so many days; 0: never.
    pub(super) same_sender_days: i64,
    pub(super) now: Timestamp,
}

/// Where a mail belongs, and why.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) ticket: Option<TicketRow>,
    pub(super) joined: Joined,
    /// The ticket that it named, which has been merged into `ticket`.
    pub(super) named: Option<TicketId>,
}

/// A sign that leads to a ticket.
struct Found {
    ticket: TicketRow,
    because: Because,
    ours: bool,
    evidence: Option<EvidenceRow>,
}

/// Looks for signs in the order of trust; the first that holds decides.
pub(super) async fn find(conn: &mut Conn, workspace: WorkspaceId, looked: &Looked<'_>) -> Result<Decision> {
    let mut refused: Option<(TicketLink, Refused)> = None;
    for step in Step::ALL {
        let Some(found) = step.look(conn, workspace, looked).await? else {
            continue;
        };
        let takes_part = match (&looked.mail.from, found.because) {
            (_, Because::ReplyToken | Because::InReplyTo | Because::References) => false,
            (Some(from), _) => match address::fold(&from.address) {
                Some(sender) => {
                    let now = tickets::standing(conn, workspace, found.ticket.clone()).await?;
                    takes_part(conn, workspace, &found.ticket, &sender).await?
                        || takes_part(conn, workspace, &now, &sender).await?
                }
                None => false,
            },
            (None, _) => false,
        };
        let sign = Sign {
            because: found.because,
            ours: found.ours,
            takes_part,
            from: looked.from,
        };
        match holds(sign) {
            Ok(()) => return decide(conn, workspace, looked.mail, found, refused).await,
            Err(why) => {
                refused.get_or_insert((link(&found.ticket), why));
            }
        }
    }
    let mut joined = Joined::because(Because::New);
    note_refused(&mut joined, refused);
    Ok(Decision {
        ticket: None,
        joined,
        named: None,
    })
}

async fn decide(
    conn: &mut Conn,
    workspace: WorkspaceId,
    mail: &Mail,
    found: Found,
    refused: Option<(TicketLink, Refused)>,
) -> Result<Decision> {
    let named = found.ticket;
    let ticket = tickets::standing(conn, workspace, named.clone()).await?;
    let went = ticket.id != named.id;
    let mut joined = Joined::because(found.because);
    joined.ticket_number = went.then(|| named.number.to_string());
    joined.new_topic = thread::is_other_topic(&mail.subject, &ticket.subject);
    if let Some(evidence) = &found.evidence {
        joined.message_id = Some(evidence.id);
        joined.direction = Some(evidence.direction);
        joined.at = Some(evidence.created_at);
    }
    note_refused(&mut joined, refused);
    Ok(Decision {
        ticket: Some(ticket),
        joined,
        named: went.then_some(named.id),
    })
}

fn note_refused(joined: &mut Joined, refused: Option<(TicketLink, Refused)>) {
    if let Some((ticket, why)) = refused {
        (joined.similar, joined.refused) = (Some(ticket), Some(why));
    }
}

/// The ticket as it is named to people.
pub(super) fn link(ticket: &TicketRow) -> TicketLink {
    TicketLink {
        ticket_id: ticket.id,
        number: ticket.number.to_string(),
    }
}

/// The signs, in the order of trust.
#[derive(Debug, Clone, Copy)]
enum Step {
    Address,
    OurIds,
    KnownIds,
    Subject,
    Marker,
    SameSender,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Address,
        Self::OurIds,
        Self::KnownIds,
        Self::Subject,
        Self::Marker,
        Self::SameSender,
    ];

    async fn look(
        self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        looked: &Looked<'_>,
    ) -> Result<Option<Found>> {
        match self {
            Self::Address => by_address(conn, workspace, looked).await,
            Self::OurIds => by_our_ids(conn, workspace, looked).await,
            Self::KnownIds => by_known_ids(conn, workspace, looked.mail).await,
            Self::Subject => by_subject(conn, workspace, looked.mail).await,
            Self::Marker => by_marker(conn, workspace, looked.marker).await,
            Self::SameSender => by_sender(conn, workspace, looked).await,
        }
    }
}

/// Our signed address. It names the ticket for which it was made; when the message that the mail answers has been
/// taken from there to another ticket (split off, merged), the mail goes after it.
async fn by_address(conn: &mut Conn, workspace: WorkspaceId, looked: &Looked<'_>) -> Result<Option<Found>> {
    let number = address_token(looked.key, looked.raw, looked.mail);
    let Some(ticket) = by_number(conn, workspace, number).await? else {
        return Ok(None);
    };
    let answered = match by_our_ids(conn, workspace, looked).await? {
        Some(found) => Some(found),
        None => by_known_ids(conn, workspace, looked.mail).await?,
    };
    let moved = answered.filter(|found| {
        let evidence = found.evidence.as_ref();
        evidence.is_some_and(|row| row.first_ticket_id == ticket.id && row.ticket_id != ticket.id)
    });
    Ok(moved.or(Some(Found {
        ticket,
        because: Because::ReplyToken,
        ours: true,
        evidence: None,
    })))
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
fn ids(mail: &Mail) -> Vec<(&str, Because)> {
    let first = mail
        .in_reply_to
        .iter()
        .map(|id| (id.as_str(), Because::InReplyTo));
    let rest = mail
        .references
        .iter()
        .rev()
        .map(|id| (id.as_str(), Because::References));
    let mut found: Vec<(&str, Because)> = Vec::new();
    for (id, because) in first.chain(rest) {
        let known = found.iter().any(|(have, _)| *have == id);
        if !id.trim().is_empty() && !known && found.len() < MOST_IDS {
            found.push((id, because));
        }
    }
    found
}

/// An id that we made and signed: the message's ticket of today, else the ticket that the id names.
async fn by_our_ids(conn: &mut Conn, workspace: WorkspaceId, looked: &Looked<'_>) -> Result<Option<Found>> {
    for (id, because) in ids(looked.mail) {
        let Some(token) = thread::read_token(looked.key, id) else {
            continue;
        };
        let message = token
            .message
            .and_then(|message| message.parse::<MessageId>().ok());
        let evidence = match message {
            Some(message) => messages::evidence(conn, workspace, message).await?,
            None => None,
        };
        let ticket = match &evidence {
            Some(row) => tickets::find(conn, workspace, row.ticket_id).await?,
            None => by_number(conn, workspace, Some(token.ticket)).await?,
        };
        if let Some(ticket) = ticket {
            return Ok(Some(Found {
                ticket,
                because,
                ours: true,
                evidence,
            }));
        }
    }
    Ok(None)
}

/// Ids that came with mail of the ticket: a second mail before our first answer, a colleague in copy.
async fn by_known_ids(conn: &mut Conn, workspace: WorkspaceId, mail: &Mail) -> Result<Option<Found>> {
    let ids = ids(mail);
    if ids.is_empty() {
        return Ok(None);
    }
    let list: Vec<&str> = ids.iter().map(|(id, _)| *id).collect();
    let known = messages::evidence_of_mail_ids(conn, workspace, &list).await?;
    for (id, because) in ids {
        let Some((_, evidence)) = known.iter().find(|(known, _)| known == id) else {
            continue;
        };
        if let Some(ticket) = tickets::find(conn, workspace, evidence.ticket_id).await? {
            return Ok(Some(Found {
                ticket,
                because,
                ours: evidence.direction == Direction::Out,
                evidence: Some(evidence.clone()),
            }));
        }
    }
    Ok(None)
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

async fn by_subject(conn: &mut Conn, workspace: WorkspaceId, mail: &Mail) -> Result<Option<Found>> {
    for number in thread::subject_numbers(&mail.subject) {
        if let Some(ticket) = by_number(conn, workspace, Some(number)).await? {
            return Ok(Some(unsigned(ticket, Because::SubjectNumber)));
        }
    }
    Ok(None)
}

async fn by_marker(conn: &mut Conn, workspace: WorkspaceId, marker: Option<&str>) -> Result<Option<Found>> {
    let found = by_number(conn, workspace, marker.map(ToOwned::to_owned)).await?;
    Ok(found.map(|ticket| unsigned(ticket, Because::Marker)))
}

fn unsigned(ticket: TicketRow, because: Because) -> Found {
    Found {
        ticket,
        because,
        ours: false,
        evidence: None,
    }
}

/// A recent ticket of the sender in this inbox with the same subject, where the inbox joins such mails.
async fn by_sender(conn: &mut Conn, workspace: WorkspaceId, looked: &Looked<'_>) -> Result<Option<Found>> {
    let subject = fold(&thread::normalise_subject(&looked.mail.subject));
    let sender = looked
        .mail
        .from
        .as_ref()
        .and_then(|from| address::fold(&from.address));
    let (false, Some(sender), true) = (subject.is_empty(), sender, looked.same_sender_days > 0) else {
        return Ok(None);
    };
    let customer = customers::find_by_identity(conn, workspace, IdentityKind::Email, &fold(&sender)).await?;
    let Some(customer) = customer else { return Ok(None) };
    let since = looked.now.minus(Length::days(looked.same_sender_days));
    for ticket in recent(conn, workspace, customer, looked.raw.inbox_id).await? {
        let same = fold(&thread::normalise_subject(&ticket.subject)) == subject;
        if same && ticket.last_message_at >= since {
            return Ok(Some(unsigned(ticket, Because::SameSender)));
        }
    }
    Ok(None)
}

async fn recent(
    conn: &mut Conn,
    workspace: WorkspaceId,
    customer: shouwen_core::id::CustomerId,
    inbox: InboxId,
) -> Result<Vec<TicketRow>> {
    let filter = Filter {
        customer: Some(customer),
        inbox: Some(inbox),
        ..Filter::default()
    };
    let system = shouwen_core::actor::Actor::system(workspace);
    let mut found = Vec::new();
    for seek in tickets::list(conn, &system, View::All, &filter, None, RECENT_TICKETS).await? {
        found.extend(tickets::find(conn, workspace, seek.id).await?);
    }
    Ok(found)
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
                ("c@x", Because::InReplyTo),
                ("b@x", Because::References),
                ("a@x", Because::References)
            ]
        );
    }
}
