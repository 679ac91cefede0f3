//! Telling a sender that their mail arrived: by a mail that says of itself that no person wrote it, once a day and
//! once a ticket, to people only who did not decline it. It answers nothing: the customer waits as before.

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::event::Origin;
use shouwen_core::id::TicketId;
use shouwen_core::message::{Delivery, Visibility};
use shouwen_core::time::Length;

use super::messages::{self, Author, NewMessage};
use super::replies::SEND_MESSAGE;
use super::{flow, recipients};
use crate::db::Error;
use crate::log::Change;
use crate::store::inboxes::{Acknowledge, InboxRow};
use crate::store::mail_details::{MailDetails, OptOut};
use crate::store::{mail_flow, messages as rows, opt_outs, tickets};

/// Nobody is told more often.
const BETWEEN: Length = Length::hours(24);

/// Who wrote the mail that opened a ticket.
pub struct Sender {
    /// Folded.
    pub address: Option<String>,
    pub subject: String,
    /// The beginning of what they wrote.
    pub text: String,
    /// A person wrote it, as far as one can tell, and the address is theirs, as far as one can tell.
    pub is_person: bool,
    /// It was kept back and let through: the moment to say that it arrived has passed.
    pub recovered: bool,
}

/// Tells the sender that their mail opened this ticket, if the inbox does so.
pub async fn acknowledge(
    change: &mut Change,
    ticket: TicketId,
    sender: &Sender,
    inbox: &InboxRow,
) -> Result<(), Error> {
    let settings = inbox.settings.0.email.clone().unwrap_or_default();
    let Some(address) = sender.address.as_deref().filter(|_| settings.acknowledge.on) else {
        return Ok(());
    };
    if !sender.is_person || sender.recovered || change.origin() != Origin::Live {
        return Ok(());
    }
    let (workspace, now) = (change.workspace(), change.now());
    let own = recipients::own_addresses(change.tx(), workspace).await?;
    if recipients::is_own(address, &own) {
        return Ok(());
    }
    let until = now.minus(BETWEEN);
    let whom = flow::bare(address);
    if !mail_flow::may_acknowledge(change.tx(), workspace, &whom, now, until).await? {
        return Ok(());
    }
    let Some(ticket) = tickets::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    if opt_outs::has(
        change.tx(),
        workspace,
        ticket.customer_id,
        OptOut::Acknowledgement,
    )
    .await?
    {
        return Ok(());
    }
    let text = words(
        &settings.acknowledge,
        sender,
        &ticket.number.to_string(),
        &ticket.subject,
    );
    let id = change.next_id();
    let mut new = NewMessage::plain(id, Channel::Email, Author::System, inbox.id, text, now);
    new.direction = Direction::Out;
    new.visibility = Visibility::Public;
    new.automatic = true;
    new.delivery = Delivery::Queued;
    new.mail = Some(MailDetails {
        from: inbox.address.clone(),
        to: vec![address.to_owned()],
        subject: Some(recipients::answer_subject(&sender.subject)),
        unsubscribe: settings
            .acknowledge
            .may_decline
            .then_some(OptOut::Acknowledgement),
        ..MailDetails::default()
    });
    messages::add(change, ticket, &new).await?;
    rows::add_deliveries(change.tx(), workspace, id, &[address.to_owned()], now).await?;
    change.enqueue(SEND_MESSAGE, &serde_json::json!({ "message": id }), now);
    Ok(())
}

/// In the language of the mail, as far as the inbox has words in it.
fn words(texts: &Acknowledge, sender: &Sender, number: &str, subject: &str) -> String {
    let wrote_chinese = is_chinese(&sender.subject) || is_chinese(&sender.text);
    let (first, other) = if wrote_chinese {
        (&texts.text_zh, &texts.text_en)
    } else {
        (&texts.text_en, &texts.text_zh)
    };
    let text = if first.trim().is_empty() { other } else { first };
    text.replace("{{ticket.number}}", number)
        .replace("{{ticket.subject}}", subject)
}

fn is_chinese(text: &str) -> bool {
    let is_kana = |c: char| matches!(c, '\u{3040}'..='\u{30ff}');
    text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) && !text.chars().any(is_kana)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(subject: &str, text: &str) -> Sender {
        Sender {
            address: None,
            subject: subject.to_owned(),
            text: text.to_owned(),
            is_person: true,
            recovered: false,
        }
    }

    #[test]
    fn the_words_come_in_the_language_of_the_mail() {
        let texts = Acknowledge {
            on: true,
            text_en: "We got {{ticket.subject}} as {{ticket.number}}.".to_owned(),
            text_zh: "已收到，编号 {{ticket.number}}。".to_owned(),
            may_decline: false,
        };
        for (subject, text, wanted) in [
            ("Lamp", "It broke", "We got Lamp as 10427."),
            ("Lamp", "灯坏了", "已收到，编号 10427。"),
            ("ランプ", "電球が壊れました", "We got Lamp as 10427."),
        ] {
            assert_eq!(words(&texts, &sender(subject, text), "10427", "Lamp"), wanted);
        }
        let english = Acknowledge {
            text_zh: String::new(),
            ..texts
        };
        assert_eq!(words(&english, &sender("灯", ""), "1", "灯"), "We got 灯 as 1.");
    }
}
