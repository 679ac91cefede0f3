//! Writing the demo's five weeks into the desk, through its actions, as an import.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use shouwen_channels::email::html::sanitise;
use shouwen_core::actor::{Actor, Who};
use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified, fold};
use shouwen_core::event::{Event, Origin};
use shouwen_core::id::{MessageId, NotificationId, TicketId};
use shouwen_core::message::{BounceReason, Delivery, Visibility};
use shouwen_core::time::{Length, Timestamp};

use super::plan::{self, Act, Opening, Plan, Said, Step};
use super::staff::{SERVICE_ZH, SUPPORT, VISITED};
use super::{SHOP, SeedError};
use crate::actions::administration::AdminError;
use crate::actions::calls::{self, CallError, LoggedCall};
use crate::actions::customers::{self as people, Known};
use crate::actions::edits::{self, EditError};
use crate::actions::messages::{self as adding, Author, FileRef, NewMessage};
use crate::actions::tickets::{self as opening, NewTicket};
use crate::app::App;
use crate::db;
use crate::log::Change;
use crate::store::messages::{self, DeliveryRow, MailDetails};
use crate::store::notifications::{self, NotificationKind, NotificationRow};
use crate::store::{customers, tickets, workspaces};

mod replies;
mod shop;

use shop::Shop;

/// How many steps share a change.
const BATCH: usize = 120;
/// What was said of the visited agents before is read.
const FRESH: Length = Length::hours(30);

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Keep(#[from] AdminError),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error("the demo's plan names {0}, which there is not")]
    Missing(&'static str),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// One change's part of the plan.
struct Batch {
    shop: Arc<Shop>,
    plan: Arc<Plan>,
    steps: Vec<(Step, Vec<FileRef>)>,
    /// The tickets that are open already.
    known: HashMap<usize, TicketId>,
}

pub(super) async fn write(app: &App, now: Timestamp) -> Result<(), SeedError> {
    let plan = Arc::new(plan::make(now));
    let shop = Arc::new(shop::open(app, &plan, now).await?);
    let mut known = HashMap::new();
    let mut stored = BTreeMap::new();
    for steps in plan.steps.chunks(BATCH) {
        let mut ready = Vec::with_capacity(steps.len());
        for step in steps {
            ready.push((step.clone(), store_files(app, step, &mut stored).await?));
        }
        let batch = Batch {
            shop: shop.clone(),
            plan: plan.clone(),
            steps: ready,
            known: known.clone(),
        };
        known = app
            .log
            .change_from(Origin::Demo, &app.system(), batch, |change, batch| {
                write_batch(change, batch).boxed()
            })
            .await?;
    }
    let last = (shop, known, now);
    app.change(&app.system(), last, |change, (shop, known, now)| {
        finish(change, shop, known, *now).boxed()
    })
    .await?;
    Ok(())
}

/// Puts the step's files into the blob store; each content once.
async fn store_files(
    app: &App,
    step: &Step,
    stored: &mut BTreeMap<Vec<u8>, String>,
) -> Result<Vec<FileRef>, SeedError> {
    let Act::Say(said) = &step.act else {
        return Ok(Vec::new());
    };
    let mut refs = Vec::new();
    for (place, file) in said.files.iter().enumerate() {
        let known = stored.get(&file.bytes).cloned();
        let sha256 = if let Some(sha256) = known {
            sha256
        } else {
            let bytes = Bytes::from(file.bytes.clone());
            let sha256 = app.blobs.put(app.workspace, bytes).await?;
            stored.insert(file.bytes.clone(), sha256.clone());
            sha256
        };
        let inline = place == 0 && said.html.is_some();
        refs.push(FileRef {
            name: file.name.clone(),
            media_type: file.media_type.to_owned(),
            size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
            sha256,
            inline,
            content_id: inline.then(|| "picture@mail".to_owned()),
        });
    }
    Ok(refs)
}

async fn write_batch(change: &mut Change, batch: &Batch) -> Result<HashMap<usize, TicketId>, WriteError> {
    let mut known = batch.known.clone();
    for (step, files) in &batch.steps {
        let opening = &batch.plan.tickets[step.ticket];
        let workspace = change.workspace();
        let who = match (&step.act, step.by) {
            (_, Some(colleague)) => Who::Agent(batch.shop.staff[colleague]),
            (Act::Status(_), None) => Who::System,
            (_, None) => Who::Customer(batch.shop.customers[opening.customer]),
        };
        let actor = Actor {
            who,
            ..Actor::system(workspace)
        };
        change.replay(actor, step.at);
        let ticket = Writer {
            change,
            shop: &batch.shop,
            plan: &batch.plan,
            opening,
            step,
        }
        .write(known.get(&step.ticket).copied(), files)
        .await?;
        known.insert(step.ticket, ticket);
    }
    Ok(known)
}

/// Writes one step.
struct Writer<'a> {
    change: &'a mut Change,
    shop: &'a Shop,
    plan: &'a Plan,
    opening: &'a Opening,
    step: &'a Step,
}

impl Writer<'_> {
    async fn write(&mut self, ticket: Option<TicketId>, files: &[FileRef]) -> Result<TicketId, WriteError> {
        match &self.step.act {
            Act::Say(said) => self.say(ticket, said, files).await,
            Act::Call { .. } => self.call(ticket).await,
            Act::Note { text, mention } => {
                let ticket = ticket.ok_or(WriteError::Missing("a ticket"))?;
                self.note(ticket, text, *mention).await?;
                Ok(ticket)
            }
            Act::Tag => {
                let tags: Vec<_> = self
                    .opening
                    .tags
                    .iter()
                    .filter_map(|tag| self.shop.tags.get(tag))
                    .copied()
                    .collect();
                let ticket = ticket.ok_or(WriteError::Missing("a ticket"))?;
                edits::edit_tags(self.change, ticket, &tags, &[]).await?;
                Ok(ticket)
            }
            Act::Status(status) => {
                let ticket = ticket.ok_or(WriteError::Missing("a ticket"))?;
                self.choose_status(ticket, status).await?;
                Ok(ticket)
            }
            Act::Assign(colleague) => {
                let ticket = ticket.ok_or(WriteError::Missing("a ticket"))?;
                let edit = edits::Edit {
                    field: shouwen_core::ticket::Field::Assignee,
                    old: None,
                    new: Some(self.shop.staff[*colleague].to_string()),
                };
                edits::edit(self.change, ticket, &[edit]).await?;
                Ok(ticket)
            }
        }
    }

    async fn say(
        &mut self,
        ticket: Option<TicketId>,
        said: &Said,
        files: &[FileRef],
    ) -> Result<TicketId, WriteError> {
        let workspace = self.change.workspace();
        let customer = self.shop.customers[self.opening.customer];
        let inbox = self.shop.inbox(self.opening);
        let mut row = if let Some(id) = ticket {
            let locked = tickets::lock(self.change.tx(), workspace, id).await?;
            locked.ok_or(WriteError::Missing("a ticket"))?
        } else {
            let new = NewTicket {
                subject: self.opening.subject.clone(),
                customer,
                inbox,
                channel: self.opening.channel,
                team: Some(self.shop.teams[self.opening.team]),
                assignee: None,
                priority: self.opening.priority,
                follow_up_of: None,
            };
            opening::open(self.change, &new).await?
        };
        let author = match self.step.by {
            Some(colleague) => Author::Agent(self.shop.staff[colleague]),
            None => Author::Customer(customer),
        };
        let id: MessageId = self.change.next_id();
        let mut message = NewMessage::plain(
            id,
            self.opening.channel,
            author,
            inbox,
            said.text.clone(),
            self.step.at,
        );
        message.html = said.html.as_deref().map(sanitise);
        message.files = files.to_vec();
        if self.opening.channel == Channel::Email {
            self.address(&mut message, row.last_position, said.delivery);
        }
        if self.opening.channel == Channel::Chat && self.step.by.is_none() {
            // Who writes has read what was written before.
            row.customer_seen = row.last_position;
        }
        let (row, _) = adding::add(self.change, row, &message).await?;
        if self.opening.channel == Channel::Email && self.step.by.is_some() {
            self.deliver(row.clone(), id, said.delivery).await?;
        }
        Ok(row.id)
    }

    /// Gives the message the envelope of a mail.
    fn address(&self, message: &mut NewMessage, answered: i64, delivery: Delivery) {
        let desk = if self.opening.language == "zh" {
            SERVICE_ZH
        } else {
            SUPPORT
        }
        .to_owned();
        let customer = self.plan.customers[self.opening.customer].person.address.clone();
        let mail_id = |position: i64| format!("demo.{}.{position}@lamp-tea.example", self.step.ticket);
        let out = self.step.by.is_some();
        let (from, to) = if out { (desk, customer) } else { (customer, desk) };
        let first = answered == 0;
        message.mail = Some(MailDetails {
            from: Some(from),
            to: vec![to],
            subject: Some(if first {
                self.opening.subject.clone()
            } else {
                format!("Re: {}", self.opening.subject)
            }),
            message_id: Some(mail_id(answered + 1)),
            in_reply_to: (!first).then(|| mail_id(answered)),
            references: (1..=answered).map(mail_id).collect(),
            ..MailDetails::default()
        });
        message.mail_ids = vec![mail_id(answered + 1)];
        if out {
            message.delivery = delivery;
        }
    }

    /// Notes what became of the mail.
    async fn deliver(
        &mut self,
        mut ticket: tickets::TicketRow,
        message: MessageId,
        state: Delivery,
    ) -> Result<(), WriteError> {
        let (workspace, at) = (self.change.workspace(), self.step.at);
        let recipient = self.plan.customers[self.opening.customer].person.address.clone();
        messages::add_deliveries(
            self.change.tx(),
            workspace,
            message,
            std::slice::from_ref(&recipient),
            at,
        )
        .await?;
        let response = match state {
            Delivery::Failed => "550 5.1.1 Recipient address rejected: User unknown",
            Delivery::Uncertain => "the connection broke while the mail was on its way",
            _ => "250 2.0.0 Ok: queued",
        };
        let row = DeliveryRow {
            message_id: message,
            recipient,
            state,
            response: Some(response.to_owned()),
            reason: (state == Delivery::Failed).then(|| BounceReason::NoSuchAddress.to_string()),
            code: (state == Delivery::Failed).then(|| "5.1.1".to_owned()),
        };
        messages::save_delivery(self.change.tx(), workspace, &row, at).await?;
        if state != Delivery::Sent {
            messages::set_delivery(self.change.tx(), workspace, message, state, Some(response)).await?;
            ticket.failed = true;
            tickets::save(self.change.tx(), workspace, &ticket).await?;
        }
        self.change
            .record(ticket.id, Event::MessageDelivery { message, state });
        Ok(())
    }

    async fn note(&mut self, ticket: TicketId, text: &str, mention: Option<usize>) -> Result<(), WriteError> {
        let workspace = self.change.workspace();
        let row = tickets::lock(self.change.tx(), workspace, ticket).await?;
        let row = row.ok_or(WriteError::Missing("a ticket"))?;
        let author = self.shop.staff[self.step.by.ok_or(WriteError::Missing("an author"))?];
        let id: MessageId = self.change.next_id();
        let (channel, inbox) = (self.opening.channel, self.shop.inbox(self.opening));
        let mut message = NewMessage::plain(
            id,
            channel,
            Author::Agent(author),
            inbox,
            text.to_owned(),
            self.step.at,
        );
        message.visibility = Visibility::Note;
        adding::add(self.change, row, &message).await?;
        if let Some(colleague) = mention {
            let row = NotificationRow {
                id: self.change.next_id::<NotificationId>(),
                agent_id: self.shop.staff[colleague],
                kind: NotificationKind::Mention,
                ticket_id: ticket,
                message_id: Some(id),
                by_id: Some(author),
                created_at: self.step.at,
                read_at: None,
            };
            notifications::add(self.change.tx(), workspace, &row).await?;
        }
        Ok(())
    }

    async fn call(&mut self, ticket: Option<TicketId>) -> Result<TicketId, WriteError> {
        let Act::Call {
            text,
            direction,
            outcome,
            seconds,
        } = &self.step.act
        else {
            return Err(WriteError::Missing("a call"));
        };
        let agent = self.shop.staff[self.step.by.ok_or(WriteError::Missing("an agent"))?];
        let id: MessageId = self.change.next_id();
        let call = LoggedCall {
            id,
            client_id: id.to_string(),
            inbox: self.shop.phone,
            number: self.plan.customers[self.opening.customer].phone.clone(),
            direction: *direction,
            text: text.clone(),
            outcome: *outcome,
            duration_s: *seconds,
            follow_up_at: None,
            ticket,
            customer: Some(self.shop.customers[self.opening.customer]),
            customer_name: None,
            solved: false,
        };
        let id = calls::log_call(self.change, agent, &call).await?;
        if ticket.is_none() {
            let workspace = self.change.workspace();
            if let Some(mut row) = tickets::lock(self.change.tx(), workspace, id).await? {
                row.team_id = Some(self.shop.teams[self.opening.team]);
                row.priority = self.opening.priority;
                tickets::save(self.change.tx(), workspace, &row).await?;
            }
        }
        Ok(id)
    }

    async fn choose_status(&mut self, ticket: TicketId, word: &str) -> Result<(), WriteError> {
        let workspace = self.change.workspace();
        let status = *self
            .shop
            .statuses
            .get(word)
            .ok_or(WriteError::Missing("a status"))?;
        let row = tickets::lock(self.change.tx(), workspace, ticket).await?;
        let mut row = row.ok_or(WriteError::Missing("a ticket"))?;
        opening::choose_status(self.change, &mut row, status)
            .await?
            .ok_or(WriteError::Missing("a status"))?;
        row.updated_at = self.step.at;
        tickets::save(self.change.tx(), workspace, &row).await?;
        Ok(())
    }
}

/// Everybody has read what is older; the visited agents find the newest unread. The name says that all is there.
async fn finish(
    change: &mut Change,
    shop: &Shop,
    known: &HashMap<usize, TicketId>,
    now: Timestamp,
) -> Result<(), WriteError> {
    let workspace = change.workspace();
    for ticket in known.values() {
        let row = tickets::find(change.tx(), workspace, *ticket).await?;
        let row = row.ok_or(WriteError::Missing("a ticket"))?;
        let fresh =
            row.category.is_active() && row.last_direction == "in" && row.last_message_at > now.minus(FRESH);
        for (place, agent) in shop.staff.iter().enumerate() {
            let visited = VISITED.contains(&place);
            let read = if fresh && (visited || row.assignee_id != Some(*agent)) {
                row.last_position - 1
            } else {
                row.last_position
            };
            if read > 0 {
                tickets::mark_read(change.tx(), workspace, *ticket, *agent, read).await?;
            }
            if !(visited && row.category.is_active()) {
                notifications::mark_ticket_read(change.tx(), workspace, *agent, *ticket, now).await?;
            }
        }
    }
    workspaces::rename(change.tx(), workspace, SHOP).await?;
    Ok(())
}

/// A customer of the demo: found by their address and their number.
async fn add_customer(
    change: &mut Change,
    customer: &plan::Customer,
) -> Result<shouwen_core::id::CustomerId, WriteError> {
    let workspace = change.workspace();
    let id = people::create(change, &customer.person.name, Some(customer.language.to_owned())).await?;
    if let Some(mut row) = customers::find(change.tx(), workspace, id).await? {
        row.tier.clone_from(&customer.person.tier);
        customers::save(change.tx(), workspace, &row).await?;
    }
    for (kind, value, verified) in [
        (IdentityKind::Email, &customer.person.address, Verified::Claimed),
        (IdentityKind::Phone, &customer.phone, Verified::Agent),
    ] {
        let known = Known {
            kind,
            value: value.clone(),
            folded: fold(value),
            verified,
        };
        people::add_identity(change, id, &known).await?;
    }
    Ok(id)
}
