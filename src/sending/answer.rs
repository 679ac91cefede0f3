//! An answer as a mail: who it is from, what it answers, and the ids that bring the next mail back to its ticket.

use std::collections::HashMap;

use shouwen_channels::email::Mailbox;
use shouwen_channels::email::compose::{Outgoing, OutgoingFile};
use shouwen_channels::email::{marker, thread};
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::id::{AttachmentId, MessageId, WorkspaceId};
use shouwen_core::message::Visibility;
use shouwen_core::time::{Length, Timestamp};

use crate::actions::public_links;
use crate::app::App;
use crate::config::Mail;
use crate::jobs::JobError;
use crate::store::files::{self, AttachmentRow};
use crate::store::inboxes::{self, InboxRow};
use crate::store::messages::DeliveryRow;
use crate::store::messages::{self, MailDetails, MessageRow};
use crate::store::tickets::{self, TicketRow};

/// RFC 5321, section 4.5.3.1.1.
const LONGEST_LOCAL_PART: usize = 64;
/// How far back the chain of ids is looked for.
const CHAIN: i64 = 60;

/// A message with what its mail is made of.
pub(super) struct Answer {
    pub(super) message: MessageRow,
    pub(super) inbox: InboxRow,
    pub(super) deliveries: Vec<DeliveryRow>,
    ticket: TicketRow,
    /// What was written before, oldest first.
    before: Vec<MessageRow>,
    /// The ids under which messages of ours were sent: they may have been sent from another ticket than they are in.
    sent_as: HashMap<MessageId, String>,
}

pub(super) async fn load(
    app: &App,
    workspace: WorkspaceId,
    id: MessageId,
) -> Result<Option<Answer>, JobError> {
    let mut conn = app.db.snapshot().await?;
    let Some(message) = messages::find(&mut conn, workspace, id).await? else {
        return Ok(None);
    };
    let ticket = tickets::find(&mut conn, workspace, message.ticket_id).await?;
    let inbox = inboxes::find(&mut conn, workspace, message.inbox_id).await?;
    let (Some(ticket), Some(inbox)) = (ticket, inbox) else {
        return Ok(None);
    };
    let deliveries = messages::deliveries(&mut conn, workspace, &[id]).await?;
    let mut before = messages::before(&mut conn, workspace, ticket.id, message.position, CHAIN).await?;
    before.reverse();
    let own = before.iter().filter(|row| row.direction == Direction::Out);
    let ids: Vec<MessageId> = own.map(|row| row.id).chain([id]).collect();
    let sent_as = messages::mail_ids(&mut conn, workspace, &ids).await?;
    Ok(Some(Answer {
        message,
        inbox,
        deliveries,
        ticket,
        before,
        sent_as: sent_as.into_iter().collect(),
    }))
}

impl Answer {
    fn mail(&self) -> MailDetails {
        self.message
            .mail
            .as_ref()
            .map(|mail| mail.0.clone())
            .unwrap_or_default()
    }

    /// The address that the mail is from.
    pub(super) fn sender(&self) -> Option<String> {
        self.mail().from.or_else(|| self.inbox.address.clone())
    }

    /// The Message-ID of one of our messages in this ticket: always the same.
    pub(super) fn mail_id(&self, key: &[u8], message: MessageId) -> String {
        if let Some(id) = self.sent_as.get(&message) {
            return id.clone();
        }
        let address = self.inbox.address.as_deref().unwrap_or_default();
        let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let (ticket, message) = (self.ticket.number.to_string(), message.0.simple().to_string());
        thread::message_id(key, &ticket, &message, domain)
    }

    /// The mail, but for its files.
    pub(super) fn outgoing(&self, key: &[u8]) -> Outgoing {
        let (mail, settings) = (
            self.mail(),
            self.inbox.settings.0.email.clone().unwrap_or_default(),
        );
        let chain = self.chain(key);
        let name = [settings.sender_name, self.inbox.name.clone()]
            .into_iter()
            .find(|name| !name.trim().is_empty());
        let text = signed(
            &self.message.text,
            mail.signature.as_deref().unwrap_or(&settings.signature),
        );
        Outgoing {
            from: Mailbox {
                address: self.sender().unwrap_or_default(),
                name: name.clone(),
            },
            to: mail.to.iter().map(|address| bare(address)).collect(),
            cc: mail.cc.iter().map(|address| bare(address)).collect(),
            reply_to: self.reply_address(key).map(|address| Mailbox { address, name }),
            subject: mail.subject.unwrap_or_else(|| self.ticket.subject.clone()),
            message_id: self.mail_id(key, self.message.id),
            in_reply_to: self.answered().or_else(|| chain.last().cloned()),
            references: chain,
            date_ms: self.message.created_at.millis(),
            html: Some(page(
                &text,
                &marker::element(key, &self.ticket.number.to_string()),
            )),
            text,
            attachments: Vec::new(),
            unsubscribe: None,
            automatic: self.message.automatic,
        }
    }

    /// The newest mail of a customer.
    fn answered(&self) -> Option<String> {
        let inbound = self
            .before
            .iter()
            .rev()
            .filter(|row| row.direction == Direction::In && !row.automatic);
        inbound
            .filter_map(|row| row.mail.as_ref())
            .find_map(|mail| mail.0.message_id.clone())
    }

    /// The ids of all mails of the ticket before this one, oldest first.
    fn chain(&self, key: &[u8]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        let mails = self.before.iter().filter(|row| {
            row.channel == Channel::Email && (row.visibility == Visibility::Public || row.mail.is_some())
        });
        for row in mails {
            let known = row.mail.as_ref().map(|mail| &mail.0);
            let mut own: Vec<String> = match row.direction {
                Direction::Out => vec![self.mail_id(key, row.id)],
                Direction::In => known
                    .map(|mail| mail.references.iter().chain(&mail.message_id).cloned().collect())
                    .unwrap_or_default(),
            };
            own.retain(|id| !ids.contains(id));
            ids.append(&mut own);
        }
        ids
    }

    /// The inbox's address with the ticket's token, where that is a possible address.
    fn reply_address(&self, key: &[u8]) -> Option<String> {
        let own = self.inbox.address.as_deref()?;
        let token = thread::ticket_token(key, &self.ticket.number.to_string());
        let address = thread::plus_address(own, &token);
        let local = address.rsplit_once('@').map_or(0, |(local, _)| local.len());
        (local <= LONGEST_LOCAL_PART).then_some(address)
    }

    /// The files of the message: those that go with the mail, with their bytes, and those that go as links.
    pub(super) async fn files(&self, app: &App, workspace: WorkspaceId) -> Result<Files, JobError> {
        let rows = files::of_messages(&mut *app.db.snapshot().await?, workspace, &[self.message.id]).await?;
        let linked = linked(&rows, &app.config.mail);
        let until = self
            .message
            .created_at
            .plus(Length::days(app.config.mail.link_days));
        let mut found = Files {
            enclosed: Vec::with_capacity(rows.len()),
            links: Vec::new(),
            until,
        };
        for row in rows {
            if linked.contains(&row.id) {
                let token = public_links::file_token(&app.secrets, row.id, row.link_until.unwrap_or(until));
                found.links.push(Link {
                    id: row.id,
                    name: row.name,
                    size: row.size,
                    url: format!("{}/files/{token}", app.config.public_url()),
                });
                continue;
            }
            found.enclosed.push(OutgoingFile {
                bytes: app.blobs.get(workspace, &row.sha256).await?.to_vec(),
                name: row.name,
                media_type: row.media_type,
                content_id: row.content_id,
            });
        }
        Ok(found)
    }

    /// The links below the words, above the signature.
    pub(super) fn with_links(&self, outgoing: &mut Outgoing, links: &Files, key: &[u8]) {
        if links.links.is_empty() {
            return;
        }
        let settings = self.inbox.settings.0.email.clone().unwrap_or_default();
        let mail = self.mail();
        let signature = mail.signature.as_deref().unwrap_or(&settings.signature);
        let text = format!("{}\n\n{}", self.message.text.trim_end(), links.words());
        outgoing.text = signed(text.trim_start(), signature);
        let mark = marker::element(key, &self.ticket.number.to_string());
        outgoing.html = Some(page(&outgoing.text, &mark));
    }

    /// Where the receiver says no to such mail.
    pub(super) fn unsubscribe(&self, app: &App) -> Option<String> {
        let kind = self.mail().unsubscribe?;
        let token = public_links::opt_out_token(&app.secrets, self.ticket.customer_id, kind);
        Some(format!("{}/unsubscribe/{token}", app.config.public_url()))
    }
}

/// What goes with a mail, and what is fetched by a link.
pub(super) struct Files {
    pub(super) enclosed: Vec<OutgoingFile>,
    pub(super) links: Vec<Link>,
    pub(super) until: Timestamp,
}

pub(super) struct Link {
    pub(super) id: AttachmentId,
    name: String,
    size: i64,
    url: String,
}

impl Files {
    fn words(&self) -> String {
        let date = self.until.to_string();
        let date = date.split('T').next().unwrap_or_default();
        let mut words = format!("Files to download until {date} · 请在此日期前下载：\n");
        for link in &self.links {
            let megabytes = (link.size + 500_000) / 1_000_000;
            words.push_str(&format!(
                "{} ({} MB)\n{}\n",
                link.name,
                megabytes.max(1),
                link.url
            ));
        }
        words
    }
}

/// Which files go as links: those that are large, and the largest of those that together are too large for one mail.
fn linked(rows: &[AttachmentRow], limits: &Mail) -> Vec<AttachmentId> {
    let size = |row: &AttachmentRow| usize::try_from(row.size).unwrap_or(0);
    let mut by_size: Vec<&AttachmentRow> = rows.iter().collect();
    by_size.sort_by_key(|row| (size(row), row.id));
    let mut linked: Vec<AttachmentId> = Vec::new();
    // In base64 with its line ends three bytes are a little more than four; the words need room, too.
    let mut room = limits.max_sent_bytes.saturating_sub(64 << 10) / 11 * 8;
    for row in by_size {
        if row.link_until.is_some() || size(row) > limits.link_over_bytes || size(row) > room {
            linked.push(row.id);
        } else {
            room -= size(row);
        }
    }
    linked
}

fn bare(address: &str) -> Mailbox {
    Mailbox {
        address: address.to_owned(),
        name: None,
    }
}

/// The text with the signature below the usual mark (RFC 3676, section 4.3).
fn signed(text: &str, signature: &str) -> String {
    if signature.trim().is_empty() {
        text.to_owned()
    } else {
        format!("{}\n\n-- \n{}\n", text.trim_end(), signature.trim_end())
    }
}

/// The text as HTML, with a mark that brings the answer back where nothing but the quotation survives.
fn page(text: &str, mark: &str) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 8 + mark.len());
    for (place, line) in text.trim_end().lines().enumerate() {
        if place > 0 {
            shown.push_str("<br>\n");
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        shown.push_str(&"&nbsp;".repeat(indent));
        for c in line[indent..].chars() {
            match c {
                '&' => shown.push_str("&amp;"),
                '<' => shown.push_str("&lt;"),
                '>' => shown.push_str("&gt;"),
                '"' => shown.push_str("&quot;"),
                c => shown.push(c),
            }
        }
    }
    format!("<!doctype html>\n<html><body>\n<div>{shown}</div>\n{mark}\n</body></html>\n")
}

#[cfg(test)]
mod tests {
    use super::{page, signed};

    #[test]
    fn html_says_what_the_text_says_and_nothing_more() {
        let page = page("1 < 2 & \"3\"\n  <b>\n", "MARK");
        assert!(
            page.contains("<div>1 &lt; 2 &amp; &quot;3&quot;<br>\n&nbsp;&nbsp;&lt;b&gt;</div>\nMARK"),
            "{page}"
        );
    }

    #[test]
    fn a_signature_stands_below_its_mark() {
        assert_eq!(signed("Hello\n", ""), "Hello\n");
        assert_eq!(signed("Hello\n", "Lamp shop\n"), "Hello\n\n-- \nLamp shop\n");
    }
}
