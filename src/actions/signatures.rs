//! What stands below an answer: the inbox's words in the customer's language, with the agent's own above them.
//!
//! Filled in when the answer is written and kept with it, so that a later change of the template changes no mail.

use shouwen_core::id::{AgentId, WorkspaceId};
use shouwen_core::template::{fill, nearest, variables};

use super::administration::Result as AdminResult;
use super::email_settings::check_signatures;
use super::variables::{Variables, spoken_in};
use crate::db::{Conn, Error};
use crate::log::Change;
use crate::store::agents::AgentRow;
use crate::store::inboxes::{EmailSettings, InboxRow, Signature};
use crate::store::tickets::TicketRow;
use crate::store::{agents, customers, signatures};

/// Where the agent's own words stand in an inbox's template; without it they stand above it.
const AGENT_SIGNATURE: &str = "agent.signature";

/// The signature below an answer in this ticket through this inbox.
pub async fn below(
    change: &mut Change,
    agent: AgentId,
    ticket: &TicketRow,
    inbox: &InboxRow,
) -> Result<String, Error> {
    let workspace = change.workspace();
    let (signature, _) = read(change.tx(), workspace, Some(agent), ticket, inbox).await?;
    Ok(signature)
}

/// The signature, and the language that it is in.
pub async fn read(
    conn: &mut Conn,
    workspace: WorkspaceId,
    agent: Option<AgentId>,
    ticket: &TicketRow,
    inbox: &InboxRow,
) -> Result<(String, String), Error> {
    let customer = customers::find(conn, workspace, ticket.customer_id).await?;
    let locale = spoken_in(conn, workspace, ticket, customer.as_ref()).await?;
    let (mut row, mut own) = (None, Vec::new());
    if let Some(agent) = agent {
        row = agents::find(conn, workspace, agent).await?;
        own = signatures::of_agent(conn, workspace, agent).await?;
    }
    let values = Variables {
        agent: row.as_ref(),
        inbox: Some(inbox),
        ticket: Some(ticket),
        customer: customer.as_ref(),
    };
    let settings = inbox.settings.0.email.clone().unwrap_or_default();
    let template = of_inbox(&settings, &locale);
    Ok((join(template, choose(&own, &locale), &values), locale))
}

/// A template as it would look, for whoever writes it.
pub fn preview(
    agent: Option<&AgentRow>,
    own: &[Signature],
    inbox: &InboxRow,
    template: &str,
    locale: &str,
) -> String {
    let values = Variables {
        agent,
        inbox: Some(inbox),
        ..Variables::default()
    };
    join(template, choose(own, locale), &values)
}

/// The inbox's template for a language.
pub fn of_inbox<'a>(settings: &'a EmailSettings, locale: &str) -> &'a str {
    match choose(&settings.signatures, locale) {
        "" => &settings.signature,
        chosen => chosen,
    }
}

/// Puts these in the place of an agent's own.
pub async fn replace_own(change: &mut Change, agent: AgentId, given: &[Signature]) -> AdminResult<()> {
    check_signatures("signatures", given)?;
    let workspace = change.workspace();
    let kept: Vec<Signature> = given
        .iter()
        .filter(|one| !one.text.trim().is_empty())
        .cloned()
        .collect();
    signatures::replace(change.tx(), workspace, agent, &kept).await?;
    Ok(())
}

fn choose<'a>(signatures: &'a [Signature], locale: &str) -> &'a str {
    let found = nearest(signatures, |one| &one.locale, locale);
    found.map_or("", |one| one.text.as_str())
}

fn join(template: &str, own: &str, values: &Variables<'_>) -> String {
    let own = values.fill(own.trim_end());
    if variables(template).any(|name| name == AGENT_SIGNATURE) {
        let value = |name: &str| match name {
            AGENT_SIGNATURE => Some(own.clone()),
            name => values.value(name),
        };
        return fill(template, value).trim_end().to_owned();
    }
    let whole = [own, values.fill(template.trim_end())];
    let parts: Vec<&str> = whole
        .iter()
        .map(String::as_str)
        .filter(|part| !part.trim().is_empty())
        .collect();
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use shouwen_core::channel::Channel;
    use shouwen_core::id::Ids;
    use shouwen_core::time::Timestamp;

    use super::*;
    use crate::db::JsonText;
    use crate::store::inboxes::InboxSettings;

    fn inbox() -> InboxRow {
        let (ids, at) = (Ids::seeded(1), Timestamp::from_millis(1));
        InboxRow {
            workspace_id: ids.next(at),
            id: ids.next(at),
            name: "Lamp & Tea".into(),
            channel: Channel::Email,
            address: Some("help@shop.example".into()),
            widget_key: None,
            team_id: None,
            settings: JsonText(InboxSettings::default()),
            secrets: None,
            active: true,
            created_at: at,
        }
    }

    fn one(locale: &str, text: &str) -> Signature {
        Signature {
            locale: locale.into(),
            text: text.into(),
        }
    }

    #[test]
    fn variables_are_filled_in_and_empty_lines_of_them_go() {
        let inbox = inbox();
        for (template, own, wanted) in [
            (
                "{{inbox.name}} <{{inbox.address}}>",
                "",
                "Lamp & Tea <help@shop.example>",
            ),
            (
                "{{inbox.name}}\n{{ticket.number}}\n\nBye",
                "",
                "Lamp & Tea\n\nBye",
            ),
            ("{{inbox.name}}", "Li Na", "Li Na\nLamp & Tea"),
            (
                "Yours,\n{{agent.signature}}\n{{ inbox.name }}",
                "Li Na",
                "Yours,\nLi Na\nLamp & Tea",
            ),
            ("{{no.such}} {{", "", "{{no.such}} {{"),
            ("{{agent.name}}", "", ""),
        ] {
            let own = [one("", own)];
            assert_eq!(preview(None, &own, &inbox, template, "en"), wanted, "{template}");
        }
    }

    #[test]
    fn the_nearest_language_is_chosen() {
        let all = [one("zh", "简"), one("zh-TW", "繁"), one("", "any")];
        for (locale, wanted) in [("zh-TW", "繁"), ("zh-CN", "简"), ("ZH", "简"), ("fr", "any")] {
            assert_eq!(choose(&all, locale), wanted, "{locale}");
        }
        assert_eq!(choose(&all[..2], "fr"), "");
    }
}
