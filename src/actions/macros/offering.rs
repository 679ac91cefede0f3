//! Which macros somebody may read, edit and use, and how their texts look in a ticket.

use shouwen_core::actor::{Actor, Permission};
use shouwen_core::complaint::Grade;
use shouwen_core::id::{AgentId, TeamId};
use shouwen_core::macros::{MacroChanges, MacroPart, MacroText};
use shouwen_core::template::nearest;
use shouwen_core::ticket::{Field, TicketNumber};

use super::grades;
use crate::actions::edits::permission_of;
use crate::actions::variables::{Variables, spoken_in};
use crate::db::{Conn, Error};
use crate::store::agents::AgentRow;
use crate::store::inboxes::InboxRow;
use crate::store::macros::{self, MacroRow};
use crate::store::tickets::TicketRow;
use crate::store::{agents, customers, inboxes};

/// A macro as a ticket's agent chooses it.
#[derive(Debug, Clone)]
pub struct Offer {
    pub row: MacroRow,
    /// Of the text that the customer would get.
    pub locale: String,
    /// Filled in for this ticket.
    pub texts: Vec<MacroText>,
}

#[derive(Debug, Clone, Default)]
pub struct Offered {
    pub offers: Vec<Offer>,
    /// Of the ticket's complaint.
    pub grade: Option<Grade>,
    /// How many the grade does not allow.
    pub withheld: usize,
}

/// The macros that a ticket's channel, team and grade allow to somebody who sees it.
pub async fn offered(conn: &mut Conn, actor: &Actor, ticket: &TicketRow) -> Result<Offered, Error> {
    let workspace = actor.workspace;
    let mut rows = readable(conn, actor, UsedBy::Agent).await?;
    rows.retain(|row| row.active && holds(row, ticket) && may_apply(actor, &row.content.0.changes));
    let grade = grades::of_ticket(conn, workspace, ticket).await?;
    let before = rows.len();
    if let Some((_, rule)) = &grade {
        rows.retain(|row| rule.allows_macro(row.id));
    }
    let withheld = before - rows.len();
    let reader = Reader::of(conn, actor, ticket).await?;
    let offers = rows.into_iter().map(|row| reader.offer(row, ticket));
    Ok(Offered {
        offers: offers.collect(),
        grade: grade.map(|(grade, _)| grade),
        withheld,
    })
}

/// Why somebody reads macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedBy {
    /// To use them.
    Agent,
    /// To keep them: those of all teams, too.
    Keeper,
}

/// Those that the actor may use; a keeper reads the shared ones of every team.
pub async fn readable(conn: &mut Conn, actor: &Actor, used_by: UsedBy) -> Result<Vec<MacroRow>, Error> {
    let mut rows = macros::shared_and_own(conn, actor.workspace, actor.agent()).await?;
    if used_by == UsedBy::Agent || !actor.may(Permission::AdminMacros) {
        let teams = teams(conn, actor).await?;
        rows.retain(|row| may_use(row, actor.agent(), &teams));
    }
    Ok(rows)
}

/// The teams whose macros the actor uses.
pub(super) async fn teams(conn: &mut Conn, actor: &Actor) -> Result<Vec<TeamId>, Error> {
    match actor.agent() {
        Some(agent) => agents::teams_of(conn, actor.workspace, agent).await,
        None => Ok(Vec::new()),
    }
}

pub(super) fn may_use(row: &MacroRow, agent: Option<AgentId>, teams: &[TeamId]) -> bool {
    match (row.agent_id, row.team_id) {
        (Some(own), _) => agent == Some(own),
        (None, Some(team)) => teams.contains(&team),
        (None, None) => true,
    }
}

pub fn may_edit(actor: &Actor, row: &MacroRow) -> bool {
    match row.agent_id {
        Some(own) => actor.agent() == Some(own),
        None => actor.may(Permission::AdminMacros),
    }
}

pub(super) fn holds(row: &MacroRow, ticket: &TicketRow) -> bool {
    row.content.0.context.holds(ticket.channel, ticket.team_id)
}

fn may_apply(actor: &Actor, changes: &MacroChanges) -> bool {
    lacking(actor, changes).is_none()
}

/// The permission that the actor would need for what the macro changes.
pub(super) fn lacking(actor: &Actor, changes: &MacroChanges) -> Option<Permission> {
    let needed = |part| match part {
        MacroPart::Team => permission_of(Field::Team),
        MacroPart::Assignee => permission_of(Field::Assignee),
        MacroPart::Priority => permission_of(Field::Priority),
        MacroPart::Kind => permission_of(Field::Kind),
        MacroPart::Status => permission_of(Field::Status),
        MacroPart::Tags => Permission::TicketEdit,
    };
    changes
        .parts()
        .map(needed)
        .find(|permission| !actor.may(*permission))
}

/// Who reads a ticket's texts, and who writes them.
pub(super) struct Reader {
    agent: Option<AgentRow>,
    inbox: Option<InboxRow>,
    customer: Option<customers::CustomerRow>,
    locale: String,
}

impl Reader {
    pub(super) async fn of(conn: &mut Conn, actor: &Actor, ticket: &TicketRow) -> Result<Self, Error> {
        let workspace = actor.workspace;
        let customer = customers::find(conn, workspace, ticket.customer_id).await?;
        Ok(Self {
            agent: match actor.agent() {
                Some(agent) => agents::find(conn, workspace, agent).await?,
                None => None,
            },
            inbox: inboxes::find(conn, workspace, ticket.inbox_id).await?,
            locale: spoken_in(conn, workspace, ticket, customer.as_ref()).await?,
            customer,
        })
    }

    pub(super) fn offer(&self, row: MacroRow, ticket: &TicketRow) -> Offer {
        let values = Variables {
            agent: self.agent.as_ref(),
            inbox: self.inbox.as_ref(),
            ticket: Some(ticket),
            customer: self.customer.as_ref(),
        };
        let texts = &row.content.0.texts;
        // A macro without the customer's language is better than none: its first text.
        let chosen = nearest(texts, |one| &one.locale, &self.locale).or(texts.first());
        let filled = texts.iter().map(|one| MacroText {
            locale: one.locale.clone(),
            text: values.fill(&one.text),
        });
        Offer {
            locale: chosen.map_or_else(String::new, |one| one.locale.clone()),
            texts: filled.collect(),
            row,
        }
    }
}

/// A text as it would look in some ticket, for whoever writes it.
pub fn example(agent: Option<&AgentRow>, inbox: Option<&InboxRow>, text: &str, locale: &str) -> String {
    let (customer, subject) = if locale.starts_with("zh") {
        ("王芳", "台灯到货破损")
    } else {
        ("Jane Moore", "The lamp arrived broken")
    };
    let known = Variables {
        agent,
        inbox,
        ..Variables::default()
    };
    shouwen_core::template::fill(text, |name| match name {
        "customer.name" => Some(customer.to_owned()),
        "ticket.subject" => Some(subject.to_owned()),
        "ticket.number" => Some(TicketNumber::from_count(1_024).to_string()),
        name => known.value(name),
    })
}
