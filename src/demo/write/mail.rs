//! What a mail of the demo carries besides its words: an envelope, and what became of it.

use shouwen_core::event::Event;
use shouwen_core::id::MessageId;
use shouwen_core::message::{BounceReason, Delivery};

use super::WriteError;
use super::step::Writer;
use crate::actions::messages::NewMessage;
use crate::demo::staff::{SERVICE_ZH, SUPPORT};
use crate::store::messages::{self, DeliveryRow, MailDetails};
use crate::store::tickets;

impl Writer<'_> {
    /// Gives the message the envelope of a mail.
    pub(super) fn address(&self, message: &mut NewMessage, answered: i64, delivery: Delivery) {
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
    pub(super) async fn deliver(
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
}
