//! Who gets an answer by email: derived from the mail that is answered, checked when somebody typed it.
//!
//! Derived from that one mail alone: nobody who stood in another, and never an address of our own.

use std::collections::HashSet;

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::customer::{IdentityKind, fold};
use shouwen_core::id::{CustomerId, MessageId, WorkspaceId};

use super::replies::ReplyError;
use crate::db;
use crate::store::mail_details::MailDetails;
use crate::store::messages;
use crate::store::tickets::TicketRow;
use crate::store::{customers, inboxes};

/// Most addresses that get one answer; as many are looked at of a mail that names more.
pub const MOST_RECIPIENTS: usize = 100;

/// Who gets an answer by email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipients {
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: Option<String>,
}

/// Recipients derived from the message being answered (RFC 5322, 3.6.3): its Reply-To or From, with its other
/// recipients in copy, less every address of our own.
///
/// `answering` names that message; without it, it is the newest that came in.
pub async fn derive(
    conn: &mut db::Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
    answering: Option<MessageId>,
) -> Result<Recipients, db::Error> {
    let own = own_addresses(conn, workspace).await?;
    let answered = match answering {
        Some(id) => messages::find(conn, workspace, id)
            .await?
            .filter(|row| row.ticket_id == ticket.id),
        None => None,
    };
    let answered = match answered {
        Some(row) => Some(row),
        None => messages::last_inbound(conn, workspace, ticket.id).await?,
    };
    if let Some(row) = answered.as_ref().filter(|row| row.direction == Direction::Out)
        && let Some(mail) = &row.mail
    {
        return Ok(again(&mail.0, &own));
    }
    let mail = answered.and_then(|message| message.mail).map(|mail| mail.0);
    if let Some(mail) = mail {
        return Ok(of_answer_to(&mail, &own));
    }
    let to = email_of(conn, workspace, ticket.customer_id).await?;
    Ok(Recipients {
        to: to.into_iter().collect(),
        cc: Vec::new(),
        subject: None,
    })
}

/// The folded addresses of the desk itself.
pub async fn own_addresses(conn: &mut db::Conn, workspace: WorkspaceId) -> Result<Vec<String>, db::Error> {
    let all = inboxes::all(conn, workspace).await?;
    let mails = all.into_iter().filter(|inbox| inbox.channel == Channel::Email);
    Ok(mails
        .flat_map(|inbox| inbox.addresses().cloned().collect::<Vec<_>>())
        .collect())
}

/// A mail of ours that is followed by another goes to the same people, but never to whom it was a secret.
fn again(mail: &MailDetails, own: &[String]) -> Recipients {
    let others = |addresses: &[String]| distinct(addresses.iter().filter(|address| !is_own(address, own)));
    Recipients {
        to: others(&mail.to),
        cc: others(&mail.cc),
        subject: mail.subject.as_deref().map(answer_subject),
    }
}

/// Whether an address leads to the desk itself.
pub fn is_own(address: &str, own: &[String]) -> bool {
    let folded = fold(address);
    own.iter().any(|own| *own == folded || is_plus_of(&folded, own))
}

fn of_answer_to(mail: &MailDetails, own: &[String]) -> Recipients {
    let to = if mail.reply_to.is_empty() {
        mail.from.iter().cloned().collect()
    } else {
        mail.reply_to.clone()
    };
    let is_own = |address: &String| is_own(address, own);
    let to: Vec<String> = distinct(to.iter().take(MOST_RECIPIENTS))
        .into_iter()
        .filter(|address| !is_own(address))
        .collect();
    let foldeds: HashSet<String> = to.iter().map(|address| fold(address)).collect();
    let answered = |address: &String| foldeds.contains(&fold(address));
    let others = mail
        .to
        .iter()
        .chain(&mail.cc)
        .take(MOST_RECIPIENTS)
        .filter(|address| !is_own(address) && !answered(address));
    Recipients {
        cc: distinct(others),
        to: to.clone(),
        subject: mail.subject.as_deref().map(answer_subject),
    }
}

/// `support+token@shop.example` is an address of `support@shop.example`.
fn is_plus_of(address: &str, own: &str) -> bool {
    let (Some((local, host)), Some((own_local, own_host))) = (address.split_once('@'), own.split_once('@'))
    else {
        return false;
    };
    host == own_host && local.split_once('+').is_some_and(|(start, _)| start == own_local)
}

/// The subject of an answer to a mail.
pub fn answer_subject(subject: &str) -> String {
    let begins = |start: &str| {
        subject
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    if begins("Re:") || begins("回复:") || begins("回复：") || begins("答复:") || begins("答复：") {
        subject.to_owned()
    } else {
        format!("Re: {subject}")
    }
}

async fn email_of(
    conn: &mut db::Conn,
    workspace: WorkspaceId,
    customer: CustomerId,
) -> Result<Option<String>, db::Error> {
    let identities = customers::identities(conn, workspace, &[customer]).await?;
    Ok(identities
        .into_iter()
        .find(|identity| identity.kind == IdentityKind::Email)
        .map(|identity| identity.value))
}

/// Addresses as somebody typed them: each once, and each one.
pub fn checked(addresses: Vec<String>) -> Result<Vec<String>, ReplyError> {
    if addresses.len() > MOST_RECIPIENTS {
        return Err(ReplyError::TooManyRecipients);
    }
    let trimmed = addresses.into_iter().map(|address| address.trim().to_owned());
    let mut kept = Vec::new();
    for address in trimmed.filter(|address| !address.is_empty()) {
        if !is_address(&address) {
            return Err(ReplyError::NotAnAddress(address));
        }
        kept.push(address);
    }
    Ok(distinct(kept.iter()))
}

/// Enough to be written into a header and an envelope without harm; the mail server judges the rest.
pub fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let harmless = |c: char| {
        !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')')
    };
    !local.is_empty()
        && !host.is_empty()
        && text.len() <= 320
        && text.chars().all(harmless)
        && !local.contains('@')
}

/// Each address once, whatever its case.
pub fn distinct<'a>(addresses: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut known = HashSet::new();
    addresses
        .filter(|address| known.insert(fold(address)))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &[&str]) -> Vec<String> {
        text.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn an_answer_goes_to_who_wrote_with_the_others_in_copy_and_never_to_us() {
        let mail = MailDetails {
            from: Some("wang@example.com".into()),
            to: words(&[
                "Support@shop.example",
                "boss@example.com",
                "support+t1.abc@shop.example",
            ]),
            cc: words(&["Wang@example.com", "aunt@example.net", "boss@example.com"]),
            subject: Some("Lamp".into()),
            ..MailDetails::default()
        };
        let found = of_answer_to(&mail, &words(&["support@shop.example"]));
        assert_eq!(found.to, words(&["wang@example.com"]));
        assert_eq!(found.cc, words(&["boss@example.com", "aunt@example.net"]));
        assert_eq!(found.subject.as_deref(), Some("Re: Lamp"));
    }

    #[test]
    fn addresses_that_could_break_a_header_are_refused() {
        for wrong in ["nobody", "a@b\r\nBcc: x@y", "a b@c", "<a@b>", "a,b@c", "@b", "a@"] {
            assert!(!is_address(wrong), "{wrong}");
        }
        assert!(is_address("王@例子.中国"));
    }
}
