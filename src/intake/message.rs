//! A mail as a message of its ticket.

use shouwen_channels::email::Mailbox;
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::message::{Delivery, Visibility};

use super::read_mail::Incoming;
use crate::actions::messages::{Author, NewMessage};
use crate::store::mail_details::{Joined, MailDetails};

/// The message that the mail becomes.
pub(super) fn of(incoming: &Incoming, author: Author, joined: &Joined) -> NewMessage {
    let (raw, reading) = (&incoming.raw, &incoming.reading);
    let mail = &reading.mail;
    NewMessage {
        id: incoming.message,
        channel: Channel::Email,
        direction: match author {
            Author::Customer(_) => Direction::In,
            Author::Agent(_) | Author::System => Direction::Out,
        },
        visibility: Visibility::Public,
        author,
        inbox: incoming.inbox.id,
        client_key: Some(format!("raw:{}", raw.id)),
        text: reading.text.clone(),
        reply_text: reading.reply_text.clone(),
        html: reading.html.clone(),
        // What a person let through waits for an answer.
        automatic: mail.automatic.forbids_answer() && !raw.recovered,
        delivery: Delivery::None,
        mail: Some(details(incoming, joined)),
        call: None,
        raw: Some(raw.id),
        mail_ids: mail.message_id.iter().cloned().collect(),
        files: incoming.files.clone(),
        happened_at: raw.received_at,
    }
}

fn details(incoming: &Incoming, joined: &Joined) -> MailDetails {
    let mail = &incoming.reading.mail;
    let addresses = |mailboxes: &[Mailbox]| {
        mailboxes
            .iter()
            .map(|mailbox| mailbox.address.clone())
            .collect::<Vec<_>>()
    };
    MailDetails {
        from: mail.from.as_ref().map(|from| from.address.clone()),
        reply_to: addresses(&mail.reply_to),
        to: addresses(&mail.to),
        cc: addresses(&mail.cc),
        subject: (!mail.subject.trim().is_empty()).then(|| mail.subject.clone()),
        joined_because: Some(joined.word().to_owned()),
        joined: Some(joined.clone()),
        authenticity: incoming.authenticity,
        message_id: mail.message_id.clone(),
        in_reply_to: mail.in_reply_to.clone(),
        references: mail.references.clone(),
        ..MailDetails::default()
    }
}
