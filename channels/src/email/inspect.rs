//! What the reader found in a message, as one neutral JSON object: for `shouwen mail inspect`, for
//! comparing with other software and for asking a user "what do you see in this mail?".

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::email::address::Mailbox;
use crate::email::automatic::Automatic;
use crate::email::parse::{Attachment, hexadecimal, parse};

/// Reads a message and states what is in it. Attachments by digest, not by content.
pub fn inspect(raw: &[u8]) -> Value {
    let mut mail = parse(raw);
    let bounce = match &mail.automatic {
        Automatic::Bounce(bounce) => Some(bounce),
        _ => None,
    };
    let mut seen = json!({
        "from": mail.from.as_ref().map(|from| &from.address),
        "from_name": mail.from.as_ref().and_then(|from| from.name.as_ref()),
        "to": addresses(&mail.to),
        "cc": addresses(&mail.cc),
        "subject": mail.subject,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "attachments": mail.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "is_bounce": bounce.is_some(),
        "bounce_recipient": bounce.and_then(|bounce| bounce.recipient.as_ref()),
        "bounce_status": bounce.and_then(|bounce| bounce.status.as_ref()),
        "is_auto_reply": mail.automatic == Automatic::AutoReply,
        "is_machine": !matches!(mail.automatic, Automatic::No | Automatic::Bulk),
        "protection": mail.protection,
        "is_forward": mail.is_forward,
        "forwarded_from": mail.forwarded_from,
    });
    // The long ones are moved, not copied.
    seen["text"] = Value::String(std::mem::take(&mut mail.text));
    seen["reply"] = Value::String(std::mem::take(&mut mail.reply));
    seen
}

fn addresses(mailboxes: &[Mailbox]) -> Vec<&str> {
    mailboxes.iter().map(|mailbox| mailbox.address.as_str()).collect()
}

fn attachment(attachment: &Attachment) -> Value {
    json!({
        "name": attachment.name,
        "mime": attachment.media_type,
        "size": attachment.bytes.len(),
        "sha256": hexadecimal(&Sha256::digest(&attachment.bytes)),
        "inline": attachment.inline,
    })
}
