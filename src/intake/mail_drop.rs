//! The desk's side of an SMTP or LMTP session: who we take mail for, and keeping it.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use shouwen_channels::email::smtp_server::{DropError, Envelope, MailDrop, Recipient};
use shouwen_core::id::InboxId;

use super::recipients::inbox_of;
use crate::actions::files::store_bytes;
use crate::actions::intake::{NewRawMail, keep};
use crate::app::App;
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

    async fn store(&self, envelope: &Envelope, raw: Bytes) -> Result<(), DropError> {
        let inboxes = self.inboxes(&envelope.recipients).await.map_err(later)?;
        if inboxes.is_empty() {
            return Err(DropError::Temporary(
                "the inbox was closed just now, please try again".to_owned(),
            ));
        }
        let raw = with_return_path(raw, envelope.from.as_deref());
        let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
        let blob = store_bytes(&self.app, self.app.workspace, raw)
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

/// Whoever delivers a mail at last notes its envelope sender (RFC 5321, section 4.4).
fn with_return_path(raw: Bytes, from: Option<&str>) -> Bytes {
    let noted = raw
        .get(..12)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"return-path:"));
    if noted {
        return raw;
    }
    let from: String = from
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '<' | '>'))
        .collect();
    let mut noted = BytesMut::with_capacity(raw.len() + from.len() + 20);
    noted.extend_from_slice(format!("Return-Path: <{from}>\r\n").as_bytes());
    noted.extend_from_slice(&raw);
    noted.freeze()
}
