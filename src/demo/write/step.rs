//! Writing one step of the plan through the desk's actions, as it would have been done then.

use shouwen_core::channel::Channel;
use shouwen_core::id::{MessageId, NotificationId, TicketId};
use shouwen_core::message::Visibility;
use shouwen_core::ticket::Field;

use super::WriteError;
use super::shop::Shop;
use crate::actions::calls::{self, LoggedCall};
use crate::actions::edits;
use crate::actions::messages::{self as adding, Author, FileRef, NewMessage};
use crate::actions::tickets::{self as opening, NewTicket};
use crate::demo::plan::{Act, Opening, Plan, Said, Step};
use crate::log::Change;
use crate::store::notifications::{self, NotificationKind, NotificationRow};
use crate::store::tickets;
use shouwen_channels::email::html::sanitise;

/// Writes one step.
pub(super) struct Writer<'a> {
    pub(super) change: &'a mut Change,
    pub(super) shop: &'a Shop,
    pub(super) plan: &'a Plan,
    pub(super) opening: &'a Opening,
    pub(super) step: &'a Step,
}

impl Writer<'_> {
    pub(super) async fn write(
        &mut self,
        ticket: Option<TicketId>,
        files: &[FileRef],
    ) -> Result<TicketId, WriteError> {
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
            Act::Case(act) => {
                let ticket = ticket.ok_or(WriteError::Missing("a ticket"))?;
                self.case(ticket, act).await?;
                Ok(ticket)
            }
            Act::Assign(colleague) => {
                let ticket = ticket.ok_or(WriteError::Missing("a ticket"))?;
                let edit = edits::Edit {
                    field: Field::Assignee,
                    old: None,
                    new: Some(self.shop.staff[*colleague].to_string()),
                    reason: None,
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
        let status = opening::usable_status(self.change, status).await?;
        let status = status.ok_or(WriteError::Missing("a status"))?;
        opening::choose_status(self.change, &mut row, &status, None).await?;
        row.updated_at = self.step.at;
        tickets::save(self.change.tx(), workspace, &row).await?;
        Ok(())
    }
}
