//! What the variables of signatures and macros stand for, in a ticket and for its reader.

use shouwen_core::id::WorkspaceId;
use shouwen_core::routing::language_of;
use shouwen_core::template;

use crate::db::{Conn, Error};
use crate::store::agents::AgentRow;
use crate::store::customers::CustomerRow;
use crate::store::inboxes::InboxRow;
use crate::store::messages;
use crate::store::tickets::TicketRow;

/// Every variable, but the agent's own signature, which inboxes' signatures alone have.
pub const NAMES: &[&str] = &[
    "customer.name",
    "ticket.number",
    "ticket.subject",
    "agent.name",
    "agent.email",
    "inbox.name",
    "inbox.address",
];

/// Who and what stands behind the variables; what there is not is not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variables<'a> {
    pub agent: Option<&'a AgentRow>,
    pub inbox: Option<&'a InboxRow>,
    pub ticket: Option<&'a TicketRow>,
    pub customer: Option<&'a CustomerRow>,
}

impl Variables<'_> {
    pub fn fill(&self, template: &str) -> String {
        template::fill(template, |name| self.value(name))
    }

    /// `None` for what is no variable; empty when it is not known.
    pub fn value(&self, name: &str) -> Option<String> {
        let found = match name {
            "agent.name" => self.agent.map(|agent| agent.name.clone()),
            "agent.email" => self.agent.map(|agent| agent.email.clone()),
            "inbox.name" => self.inbox.map(|inbox| inbox.name.clone()),
            "inbox.address" => self.inbox.and_then(|inbox| inbox.address.clone()),
            "ticket.number" => self.ticket.map(|ticket| ticket.number.to_string()),
            "ticket.subject" => self.ticket.map(|ticket| ticket.subject.clone()),
            "customer.name" => self.customer.and_then(|customer| greeted_by(&customer.name)),
            _ => return None,
        };
        Some(on_one_line(&found.unwrap_or_default()))
    }
}

/// A name by which somebody can be greeted: who was never named is kept under an address or a number.
fn greeted_by(name: &str) -> Option<String> {
    let is_word = |c: char| c.is_alphabetic();
    let is_name = name.chars().any(is_word) && (name.contains(char::is_whitespace) || !name.contains('@'));
    is_name.then(|| name.to_owned())
}

/// Words of a customer stay on their line, and turn nobody else's around.
pub fn on_one_line(words: &str) -> String {
    let turns = |c: &char| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain = words.chars().filter(turns);
    let plain: String = plain.map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

/// The customer's language: as the desk knows it, else as they write.
pub async fn spoken_in(
    conn: &mut Conn,
    workspace: WorkspaceId,
    ticket: &TicketRow,
    customer: Option<&CustomerRow>,
) -> Result<String, Error> {
    let known = customer.and_then(|customer| customer.locale.clone());
    if let Some(known) = known.filter(|known| !known.is_empty()) {
        return Ok(known);
    }
    let last = messages::last_inbound(conn, workspace, ticket.id).await?;
    let words = last.map_or_else(
        || ticket.subject.clone(),
        |row| format!("{} {}", ticket.subject, row.reply_text.unwrap_or(row.text)),
    );
    Ok(language_of(&words).unwrap_or("en").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_stay_on_their_line() {
        for (words, wanted) in [
            (" Wang\r\nFang ", "Wang  Fang"),
            ("evil\u{202e}txt", "eviltxt"),
            ("王芳", "王芳"),
            ("\u{7}", ""),
        ] {
            assert_eq!(on_one_line(words), wanted);
        }
    }

    #[test]
    fn nobody_is_greeted_by_an_address_or_a_number() {
        for (name, greeted) in [
            ("王芳", true),
            ("Jane Moore", true),
            ("Jane @ Moore Ltd", true),
            ("wang.fang@mail.example", false),
            ("+86 138 0013 8000", false),
            ("", false),
        ] {
            assert_eq!(greeted_by(name).is_some(), greeted, "{name}");
        }
    }

    #[test]
    fn every_name_is_a_variable_and_none_is_known_without_anything() {
        for name in NAMES {
            assert_eq!(Variables::default().value(name).as_deref(), Some(""), "{name}");
        }
        assert_eq!(Variables::default().value("agent.signature"), None);
    }
}
