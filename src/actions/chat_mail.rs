//! A chat goes on by mail: answers that the visitor has not seen for a while go out as one mail to the address that
//! they gave. What they write back comes by the reply token into the same ticket, and so into the widget.
//!
//! A typed address is a claim: it is used for this conversation and proves nothing.

use shouwen_core::channel::{Channel, Direction};
use shouwen_core::customer::IdentityKind;
use shouwen_core::id::{InboxId, MessageId, TicketId, TimerId};
use shouwen_core::message::{AuthorKind, Delivery, Visibility};
use shouwen_core::time::{Length, Timestamp};
use uuid::Uuid;

use super::messages::{self, Author, FileRef, NewMessage};
use super::recipients::is_address;
use super::replies::SEND_MESSAGE;
use crate::db::Error;
use crate::log::Change;
use crate::store::chat_mails::{self, ChatMailRow};
use crate::store::inboxes::{self, InboxRow};
use crate::store::mail_details::MailDetails;
use crate::store::messages::{self as rows, MessageRow};
use crate::store::tickets::{self, TicketRow};
use crate::store::timers::{self, TimerRow};
use crate::store::visitors::{self, VisitorRow};
use crate::store::{agents, customers, files};

/// The timer that looks whether the visitor has seen what was answered.
pub const CHAT_MAIL: &str = "chat_mail";
/// Between two mails of one conversation.
const BETWEEN: Length = Length::minutes(15);
/// Most messages of one mail; what is left goes with the next.
const MOST_MESSAGES: usize = 10;
/// Looked at beyond the customer's mark, the visitor's own among them.
const LOOK: i64 = 100;
/// Told from the ids of other timers, so that a ticket has one of these.
const TIMER: u128 = 0xc4a7_3a11_0000_0000_0000_0000_0000_0001;

/// Somebody answered in chat: in a while it is looked whether the visitor has seen it.
pub async fn expect(change: &mut Change, ticket: &TicketRow) -> Result<(), Error> {
    let Some(minutes) = patience(change, ticket.inbox_id).await? else {
        return Ok(());
    };
    let due_at = change.now().plus(minutes);
    set_timer(change, ticket.id, due_at).await
}

/// The timer is due: mails what was not seen for long enough, or waits on.
pub async fn go_on(change: &mut Change, ticket: TicketId) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(row) = tickets::lock(change.tx(), workspace, ticket).await? else {
        return Ok(());
    };
    let Some(minutes) = patience(change, row.inbox_id).await? else {
        return Ok(());
    };
    let before = chat_mails::find(change.tx(), workspace, ticket).await?;
    let unseen = unseen(change, &row, before.map_or(0, |mail| mail.position)).await?;
    let Some(oldest) = unseen.first() else {
        return Ok(());
    };
    let seemly = before.map_or(now, |mail| mail.mailed_at.plus(BETWEEN));
    let due_at = oldest.created_at.plus(minutes).max(seemly);
    if due_at > now {
        return set_timer(change, ticket, due_at).await;
    }
    mail(change, row, unseen).await
}

/// How long an answer may stay unseen; `None`: it never goes by mail.
async fn patience(change: &mut Change, inbox: InboxId) -> Result<Option<Length>, Error> {
    let workspace = change.workspace();
    let found = inboxes::find(change.tx(), workspace, inbox).await?;
    let settings = found.and_then(|inbox| inbox.settings.0.chat);
    let minutes = settings.map_or(0, |chat| chat.email_after_minutes());
    Ok((minutes > 0).then(|| Length::minutes(minutes)))
}

async fn set_timer(change: &mut Change, ticket: TicketId, due_at: Timestamp) -> Result<(), Error> {
    let timer = TimerRow {
        workspace_id: change.workspace(),
        id: TimerId(Uuid::from_u128(ticket.0.as_u128() ^ TIMER)),
        ticket_id: Some(ticket),
        kind: CHAT_MAIL.to_owned(),
        payload: "null".to_owned(),
        due_at,
        attempts: 0,
    };
    timers::add(change.tx(), &timer).await
}

/// Answers in chat after the visitor's mark and their own last words, which were not mailed. Whoever writes is back.
async fn unseen(change: &mut Change, ticket: &TicketRow, mailed: i64) -> Result<Vec<MessageRow>, Error> {
    let workspace = change.workspace();
    let from = ticket.customer_seen.max(mailed);
    let mut said = visitors::said_after(change.tx(), workspace, ticket.id, from, LOOK).await?;
    let own = said
        .iter()
        .rposition(|row| row.direction == Direction::In && !row.automatic);
    if let Some(own) = own {
        said.drain(..=own);
    }
    said.retain(|row| row.channel == Channel::Chat && row.author_kind == AuthorKind::Agent);
    Ok(said)
}

async fn mail(change: &mut Change, ticket: TicketRow, mut unseen: Vec<MessageRow>) -> Result<(), Error> {
    let (workspace, now) = (change.workspace(), change.now());
    let Some(visitor) = visitor(change, ticket.id).await? else {
        return Ok(());
    };
    let address = address(change, &visitor).await?;
    let (Some(address), Some(inbox)) = (address, sender(change, ticket.inbox_id).await?) else {
        return Ok(());
    };
    let more = unseen.len() > MOST_MESSAGES;
    unseen.truncate(MOST_MESSAGES);
    let position = unseen.last().map_or(0, |row| row.position);
    let new = compose(change, &ticket, &visitor, &inbox, &address, &unseen).await?;
    let id = ticket.id;
    let (_, row) = messages::add_aside(change, ticket, &new).await?;
    rows::add_deliveries(change.tx(), workspace, row.id, &[address], now).await?;
    change.enqueue(SEND_MESSAGE, &serde_json::json!({ "message": row.id }), now);
    let mailed = ChatMailRow {
        position,
        mailed_at: now,
    };
    chat_mails::save(change.tx(), workspace, id, mailed).await?;
    if more {
        set_timer(change, id, now.plus(BETWEEN)).await?;
    }
    Ok(())
}

/// Whose conversation it is.
async fn visitor(change: &mut Change, ticket: TicketId) -> Result<Option<VisitorRow>, Error> {
    let workspace = change.workspace();
    let parts = visitors::parts_of_tickets(change.tx(), workspace, &[ticket]).await?;
    match parts.last() {
        Some(part) => visitors::find(change.tx(), workspace, part.visitor_id).await,
        None => Ok(None),
    }
}

/// What the visitor typed, else an address that the desk knows of them.
async fn address(change: &mut Change, visitor: &VisitorRow) -> Result<Option<String>, Error> {
    let workspace = change.workspace();
    if let Some(claimed) = visitor
        .claimed_email
        .clone()
        .filter(|claimed| is_address(claimed))
    {
        return Ok(Some(claimed));
    }
    let known = customers::identities(change.tx(), workspace, &[visitor.customer_id]).await?;
    let email = known
        .into_iter()
        .find(|identity| identity.kind == IdentityKind::Email);
    Ok(email.map(|identity| identity.value))
}

/// The inbox that the mail comes from: the one that the chat names, else the first that can send.
async fn sender(change: &mut Change, chat: InboxId) -> Result<Option<InboxRow>, Error> {
    let workspace = change.workspace();
    let all = inboxes::all(change.tx(), workspace).await?;
    let named = all.iter().find(|inbox| inbox.id == chat);
    let named = named.and_then(|inbox| inbox.settings.0.chat.as_ref()?.email_inbox);
    let can = |inbox: &&InboxRow| inbox.active && inbox.channel == Channel::Email && inbox.address.is_some();
    let chosen = all.iter().filter(can).find(|inbox| Some(inbox.id) == named);
    Ok(chosen.or_else(|| all.iter().find(can)).cloned())
}

async fn compose(
    change: &mut Change,
    ticket: &TicketRow,
    visitor: &VisitorRow,
    inbox: &InboxRow,
    address: &str,
    unseen: &[MessageRow],
) -> Result<NewMessage, Error> {
    let is_chinese = visitor.locale.starts_with("zh");
    let id: MessageId = change.next_id();
    let text = words(change, unseen, is_chinese).await?;
    let mut new = NewMessage::plain(id, Channel::Email, Author::System, inbox.id, text, change.now());
    // Seen by the desk alone: the widget has these words already.
    new.visibility = Visibility::Note;
    new.direction = Direction::Out;
    new.automatic = true;
    new.delivery = Delivery::Queued;
    new.files = copies(change, unseen).await?;
    let subject = if is_chinese {
        format!("您的咨询有新回复：{}", ticket.subject)
    } else {
        format!("You have an answer: {}", ticket.subject)
    };
    new.mail = Some(MailDetails {
        from: inbox.address.clone(),
        to: vec![address.to_owned()],
        subject: Some(subject),
        ..MailDetails::default()
    });
    Ok(new)
}

/// The messages under the names of who wrote them.
async fn words(change: &mut Change, unseen: &[MessageRow], is_chinese: bool) -> Result<String, Error> {
    let workspace = change.workspace();
    let mut text = String::from(if is_chinese {
        "您好！您离开聊天窗口后，我们给您写了：\n"
    } else {
        "Hello,\n\nwhile you were away from the chat we wrote to you:\n"
    });
    for row in unseen {
        let author = match row.author_id {
            Some(id) => agents::find(change.tx(), workspace, shouwen_core::id::AgentId(id)).await?,
            None => None,
        };
        let name = author.map_or_else(String::new, |agent| agent.name);
        text.push_str(&format!(
            "\n{name}{}\n{}\n",
            if is_chinese { "：" } else { ":" },
            row.text.trim_end()
        ));
    }
    text.push_str(if is_chinese {
        "\n直接回复此邮件即可继续，您的回复也会显示在聊天窗口中。\n"
    } else {
        "\nTo go on, answer this mail: your answer also shows in the chat.\n"
    });
    Ok(text)
}

/// The files of these messages once more, for the mail.
async fn copies(change: &mut Change, unseen: &[MessageRow]) -> Result<Vec<FileRef>, Error> {
    let workspace = change.workspace();
    let ids: Vec<MessageId> = unseen.iter().map(|row| row.id).collect();
    let rows = files::of_messages(change.tx(), workspace, &ids).await?;
    let copy = |row: files::AttachmentRow| FileRef {
        name: row.name,
        media_type: row.media_type,
        size: row.size,
        sha256: row.sha256,
        inline: false,
        content_id: None,
    };
    Ok(rows.into_iter().map(copy).collect())
}
