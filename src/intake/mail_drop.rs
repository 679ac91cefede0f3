//! The desk's side of an SMTP or LMTP session: who we take mail for, and keeping it.

use async_trait::async_trait;
use bytes::BytesMut;
use futures_util::FutureExt;
use shouwen_channels::email::smtp_server::{DropError, Envelope, MailDrop, RawStream, Recipient};
use shouwen_core::id::InboxId;

use super::recipients::inbox_of;
use crate::actions::files::store_spooled;
use crate::actions::intake::{NewRawMail, keep};
use crate::app::App;
use crate::blobs::{SpoolError, Spooled};
use crate::db;
use crate::store::raw_mails::Source;

/// Keeps what the sessions of one listener receive.
pub struct DeskMailDrop {
    app: App,
    source: Source,
}

impl DeskMailDrop {
    pub fn new(app: App, source: Source) -> Self {
        Self { app, source }
    }

    /// The inboxes that the recipients lead to, each once, with its recipients.
    async fn inboxes(&self, recipients: &[String]) -> Result<Vec<(InboxId, Vec<String>)>, db::Error> {
        let mut conn = self.app.db.read().await?;
        let mut found: Vec<(InboxId, Vec<String>)> = Vec::new();
        for recipient in recipients {
            let Some(inbox) = inbox_of(&mut conn, self.app.workspace, recipient).await? else {
                continue;
            };
            match found.iter_mut().find(|(id, _)| *id == inbox.id) {
                Some((_, led)) => led.push(recipient.clone()),
                None => found.push((inbox.id, vec![recipient.clone()])),
            }
        }
        Ok(found)
    }

    /// The mail as it comes, with its envelope's sender noted before it.
    async fn spool(&self, raw: &mut dyn RawStream, from: Option<&str>) -> Result<Spooled, DropError> {
        let mut spool = self.app.blobs.spool(self.app.ids.next(self.app.now()));
        let mut head = BytesMut::new();
        while head.len() < RETURN_PATH.len()
            && let Some(piece) = raw.next().await?
        {
            head.extend_from_slice(&piece);
        }
        spool.write(&return_path(&head, from)).await.map_err(no_room)?;
        spool.write(&head).await.map_err(no_room)?;
        while let Some(piece) = raw.next().await? {
            spool.write(&piece).await.map_err(no_room)?;
        }
        spool.finish().await.map_err(no_room)
    }
}

#[async_trait]
impl MailDrop for DeskMailDrop {
    async fn recipient(&self, address: &str) -> Result<Recipient, DropError> {
        let mut conn = self.app.db.read().await.map_err(later)?;
        let found = inbox_of(&mut conn, self.app.workspace, address)
            .await
            .map_err(later)?;
        Ok(if found.is_some() {
            Recipient::Known
        } else {
            Recipient::Unknown
        })
    }

    async fn store(&self, envelope: &Envelope, raw: &mut dyn RawStream) -> Result<(), DropError> {
        let inboxes = self.inboxes(&envelope.recipients).await.map_err(later)?;
        if inboxes.is_empty() {
            return Err(DropError::Temporary(
                "the inbox was closed just now, please try again".to_owned(),
            ));
        }
        let spooled = self.spool(raw, envelope.from.as_deref()).await?;
        let size = i64::try_from(spooled.size).unwrap_or(i64::MAX);
        let blob = store_spooled(&self.app, self.app.workspace, spooled)
            .await
            .map_err(later)?;
        let new = NewRawMail {
            inboxes,
            from: envelope.from.clone(),
            source: self.source,
            size,
            blob,
            received_at: self.app.now(),
            peer: envelope.peer.map(|peer| peer.ip().to_canonical()),
            helo: name_of(&envelope.helo),
        };
        let system = self.app.system();
        let kept = self.app.change(&system, new, |change, new| {
            async move { keep(change, new).await }.boxed()
        });
        kept.await.map_err(later)
    }
}

/// What the other end called itself, as far as it is a name.
fn name_of(helo: &str) -> Option<String> {
    let name: String = helo.chars().filter(|c| !c.is_control()).take(255).collect();
    (!name.is_empty()).then_some(name)
}

/// The client keeps the mail and tries again: whatever is wrong here, the mail is not.
fn later(error: impl std::fmt::Display) -> DropError {
    tracing::error!(%error, "a mail could not be taken; its sender was asked to try again later");
    DropError::Temporary("cannot store just now, please try again later".to_owned())
}

fn no_room(error: SpoolError) -> DropError {
    match error {
        SpoolError::NoRoom => {
            tracing::warn!("too much mail comes in at once: a sender was asked to come back later");
            DropError::NoRoom("too much mail is coming in just now, please try again later".to_owned())
        }
        SpoolError::Blob(error) => later(error),
    }
}

const RETURN_PATH: &[u8] = b"return-path:";

/// Whoever delivers a mail at last notes its envelope sender (RFC 5321, section 4.4), unless it was noted before.
fn return_path(head: &[u8], from: Option<&str>) -> Vec<u8> {
    let noted = head
        .get(..RETURN_PATH.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(RETURN_PATH));
    if noted {
        return Vec::new();
    }
    let from: String = from
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '<' | '>'))
        .collect();
    format!("Return-Path: <{from}>\r\n").into_bytes()
}
