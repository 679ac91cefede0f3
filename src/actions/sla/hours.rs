//! In whose hours people are called for a ticket: those of the policy that holds for it.
//!
//! For what is not a clock of the ticket but is to run beside its clocks, such as the ladder of a complaint.

use shouwen_core::complaint::Grade;
use shouwen_core::event::Event;
use shouwen_core::id::{CalendarId, TicketId};
use shouwen_core::sla::policy::Terms;
use shouwen_core::sla::{Book, Hours};
use shouwen_core::time::{Length, Timestamp};

use super::book;
use super::story::policy_facts;
use crate::db::Result;
use crate::log::{self, Change};
use crate::store::sla::clocks::{self, SubjectRow};
use crate::store::tickets;

/// The hours of one ticket.
pub struct OwnHours {
    book: Book,
    calendar: Option<CalendarId>,
}

impl OwnHours {
    pub fn always() -> Self {
        Self {
            book: Book::default(),
            calendar: None,
        }
    }

    /// The hours of the policy that holds for a ticket of this confirmed grade. A policy that promises nothing and
    /// names no calendar leaves it to the default one.
    pub async fn of_ticket(change: &mut Change, ticket: TicketId, grade: Option<Grade>) -> Result<Self> {
        let (workspace, now) = (change.workspace(), change.now());
        let book = book::read(change.tx(), workspace, now).await?;
        let subjects = clocks::subjects(change.tx(), workspace, &[ticket]).await?;
        let Some(subject) = subjects.into_iter().next() else {
            return Ok(Self::always());
        };
        let terms = terms(change, &book, &subject, grade).await?;
        let usual = book.policies.last().and_then(|policy| policy.terms.calendar_id);
        let calendar = match terms {
            Some(terms) if terms.targets.is_empty() => terms.calendar_id.or(usual),
            Some(terms) => terms.calendar_id,
            None => usual,
        };
        Ok(Self { book, calendar })
    }

    /// None: around the clock.
    pub fn calendar(&self) -> Option<CalendarId> {
        self.calendar
    }

    /// When so much of these hours is over. Hours that never come would keep everybody from hearing of it: then it is
    /// around the clock.
    pub fn add(&self, from: Timestamp, length: Length) -> Timestamp {
        let hours = self.book.hours(self.calendar);
        hours
            .add(from, length)
            .or_else(|| Hours::Always.add(from, length))
            .unwrap_or(from)
    }
}

/// What was promised: by the policy that a ticket that is over keeps, or by the one that takes it now.
async fn terms(
    change: &mut Change,
    book: &Book,
    subject: &SubjectRow,
    grade: Option<Grade>,
) -> Result<Option<Terms>> {
    let workspace = change.workspace();
    let held = subject.sla_policy_id.zip(subject.sla_policy_version);
    if let Some((policy, version)) = held
        && !subject.category.is_active()
        && let Some(kept) = book::pinned(change.tx(), workspace, book, policy, version).await?
    {
        return Ok(Some(kept.terms));
    }
    let first = log::of_ticket_after(change.tx(), workspace, subject.id, 0, 1).await?;
    let logged = first.first().map(log::Logged::event).cloned();
    let recorded = change.unwritten().filter(|(ticket, _)| *ticket == subject.id);
    let opened = logged
        .into_iter()
        .chain(recorded.map(|(_, one)| one.event))
        .find_map(|event| match event {
            Event::TicketOpened { channel } => Some(channel),
            _ => None,
        });
    let tags = tickets::tags(change.tx(), workspace, &[subject.id]).await?;
    let tags = tags.into_iter().map(|(_, tag)| tag).collect();
    let facts = policy_facts(subject, opened, grade, tags);
    Ok(book.choose(&facts).map(|choice| choice.policy.terms.clone()))
}
