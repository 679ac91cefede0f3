//! Taking mail in: raw and durable first, read later by a job.

use shouwen_core::event::Origin;
use shouwen_core::id::InboxId;
use shouwen_core::time::Timestamp;

use crate::db::Error;
use crate::log::Change;
use crate::store::files;
use crate::store::raw_mails::{self, RawMailRow, RawState, Source};

/// The job that reads a mail.
pub const READ_MAIL: &str = "read_mail";

/// A mail whose bytes are in the blob store.
#[derive(Debug, Clone)]
pub struct NewRawMail {
    /// Each inbox with the recipients that led there.
    pub inboxes: Vec<(InboxId, Vec<String>)>,
    pub from: Option<String>,
    pub source: Source,
    pub size: i64,
    pub blob: String,
    pub received_at: Timestamp,
    /// The other end of the session that brought it, where there was one.
    pub peer: Option<std::net::IpAddr>,
    pub helo: Option<String>,
}

/// Keeps the mail, once for each inbox, and has it read.
pub async fn keep(change: &mut Change, new: &NewRawMail) -> Result<(), Error> {
    let (workspace, origin) = (change.workspace(), change.origin());
    let rows: Vec<_> = new
        .inboxes
        .iter()
        .map(|(inbox, recipients)| raw_row(change, new, *inbox, recipients, origin))
        .collect();
    for _ in &rows {
        files::add_use(change.tx(), workspace, &new.blob, new.size).await?;
    }
    raw_mails::add(change.tx(), workspace, &rows).await?;
    let now = change.now();
    for row in &rows {
        change.enqueue(READ_MAIL, &serde_json::json!({ "raw": row.id }), now);
    }
    Ok(())
}

fn raw_row(
    change: &Change,
    new: &NewRawMail,
    inbox: InboxId,
    recipients: &[String],
    origin: Origin,
) -> RawMailRow {
    RawMailRow {
        id: change.next_id(),
        inbox_id: inbox,
        envelope_from: new.from.clone().unwrap_or_default(),
        envelope_to: recipients.join(" "),
        source: new.source,
        origin,
        size: new.size,
        blob: new.blob.clone(),
        state: RawState::Received,
        reason: None,
        message_id: None,
        received_at: new.received_at,
        peer: new.peer.map(|peer| peer.to_string()),
        helo: new.helo.clone(),
        recovered: false,
        recovered_into: None,
    }
}
