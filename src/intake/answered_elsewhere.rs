//! Answers that an agent wrote in a mail program, by an address of ours: messages of the desk, not of a customer.
//!
//! Only where the From is proved: otherwise anybody who knows a ticket's mail could answer in our name.

use shouwen_channels::email::address;
use shouwen_core::customer::{IdentityKind, fold};
use shouwen_core::threading::FromTrust;

use super::read_mail::Incoming;
use crate::actions::messages::Author;
use crate::actions::recipients;
use crate::db::Error;
use crate::log::Change;
use crate::store::agents;
use crate::store::customers;
use crate::store::mail_details::Authenticity;
use crate::store::raw_mails::Source;
use crate::store::tickets::TicketRow;

/// Who of us wrote the mail, which continues this ticket; `None`: nobody, as far as one can tell.
pub(super) async fn author(
    change: &mut Change,
    incoming: &Incoming,
    ticket: &TicketRow,
) -> Result<Option<Author>, Error> {
    let Some(from) = &incoming.reading.mail.from else {
        return Ok(None);
    };
    let Some(written) = address::fold(&from.address).filter(|_| is_proved(incoming)) else {
        return Ok(None);
    };
    let (workspace, written) = (change.workspace(), fold(&written));
    if let Some(agent) = agents::find_by_email(change.tx(), workspace, &written).await?
        && agent.active
        && !is_customer(change, ticket, &written).await?
    {
        return Ok(Some(Author::Agent(agent.id)));
    }
    let own = recipients::own_addresses(change.tx(), workspace).await?;
    if !recipients::is_own(&written, &own) {
        return Ok(None);
    }
    let Some(name) = from.name.as_deref().map(fold).filter(|name| !name.is_empty()) else {
        return Ok(Some(Author::System));
    };
    let all = agents::all(change.tx(), workspace).await?;
    let mut named = all
        .iter()
        .filter(|agent| agent.active && fold(&agent.name) == name);
    Ok(Some(match (named.next(), named.next()) {
        (Some(agent), None) => Author::Agent(agent.id),
        _ => Author::System,
    }))
}

/// The domain stands behind it, or it was put into the mailbox without having travelled, as sent copies are.
fn is_proved(incoming: &Incoming) -> bool {
    match Authenticity::trust(incoming.authenticity.as_ref()) {
        FromTrust::Verified => true,
        FromTrust::Unverified => incoming.raw.source == Source::Imap && !incoming.reading.has_travelled,
        FromTrust::Failed => false,
    }
}

/// A colleague who writes as a customer stays one in their own ticket.
async fn is_customer(change: &mut Change, ticket: &TicketRow, written: &str) -> Result<bool, Error> {
    let workspace = change.workspace();
    let identities = customers::identities(change.tx(), workspace, &[ticket.customer_id]).await?;
    Ok(identities
        .iter()
        .any(|identity| identity.kind == IdentityKind::Email && identity.folded == written))
}
