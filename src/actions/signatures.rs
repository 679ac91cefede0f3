//! What stands below an answer: the inbox's words in the customer's language, with the agent's own above them.
//!
//! Filled in when the answer is written and kept with it, so that a later change of the template changes no mail.

use shouwen_core::id::{AgentId, WorkspaceId};

use super::administration::Result as AdminResult;
use super::inboxes::check_signatures;
use crate::db::{Conn, Error};
use crate::log::Change;
use crate::store::agents::AgentRow;
use crate::store::customers::CustomerRow;
use crate::store::inboxes::{EmailSettings, InboxRow, Signature};
use crate::store::tickets::TicketRow;
use crate::store::{agents, customers, messages, signatures};

/// Where the agent's own words stand in an inbox's template; without it they stand above it.
const AGENT_SIGNATURE: &str = "{{agent.signature}}";

/// What a template's variables stand for.
struct Values<'a> {
    agent: Option<&'a AgentRow>,
    inbox: &'a InboxRow,
    ticket: Option<&'a TicketRow>,
    customer: Option<&'a CustomerRow>,
}

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
    let locale = locale(conn, workspace, ticket, customer.as_ref()).await?;
    let (mut row, mut own) = (None, Vec::new());
    if let Some(agent) = agent {
        row = agents::find(conn, workspace, agent).await?;
        own = signatures::of_agent(conn, workspace, agent).await?;
    }
    let values = Values {
        agent: row.as_ref(),
        inbox,
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
    let values = Values {
        agent,
        inbox,
        ticket: None,
        customer: None,
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

/// The customer's language: as the desk knows it, else as they write.
async fn locale(
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
    Ok(written_in(&words).to_owned())
}

/// The language of a text, as far as its letters tell.
fn written_in(text: &str) -> &'static str {
    let looked_at = || text.chars().take(2_000);
    let any = |range: std::ops::RangeInclusive<char>| looked_at().any(|c| range.contains(&c));
    if any('\u{3040}'..='\u{30ff}') {
        "ja"
    } else if any('\u{ac00}'..='\u{d7a3}') {
        "ko"
    } else if any('\u{4e00}'..='\u{9fff}') {
        "zh"
    } else {
        "en"
    }
}

/// The one in this language, else in its main language, else for any; else nothing.
fn choose<'a>(signatures: &'a [Signature], locale: &str) -> &'a str {
    let main = locale.split('-').next().unwrap_or_default();
    let find = |wanted: &str| {
        signatures
            .iter()
            .find(|one| one.locale.eq_ignore_ascii_case(wanted))
    };
    let found = find(locale).or_else(|| find(main)).or_else(|| find(""));
    found.map_or("", |one| one.text.as_str())
}

fn join(template: &str, own: &str, values: &Values<'_>) -> String {
    let own = fill(own.trim_end(), values);
    if template.contains(AGENT_SIGNATURE) {
        return fill(&template.replace(AGENT_SIGNATURE, &own), values)
            .trim_end()
            .to_owned();
    }
    let whole = [own, fill(template.trim_end(), values)];
    let parts: Vec<&str> = whole
        .iter()
        .map(String::as_str)
        .filter(|part| !part.trim().is_empty())
        .collect();
    parts.join("\n")
}

/// Puts in what the variables stand for. A line that held nothing but what is not known goes; what is no variable stays.
fn fill(template: &str, values: &Values<'_>) -> String {
    let mut lines = Vec::new();
    for line in template.lines() {
        let (filled, knew) = fill_line(line, values);
        if knew || !filled.trim().is_empty() {
            lines.push(filled);
        }
    }
    lines.join("\n")
}

/// The line, and whether it is to stay even when it is empty.
fn fill_line(line: &str, values: &Values<'_>) -> (String, bool) {
    let (mut out, mut rest, mut any) = (String::new(), line, false);
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        match value(name.trim(), values) {
            Some(value) => {
                any = true;
                out.push_str(&value);
            }
            None => out.extend(["{{", name, "}}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    (out, !any)
}

fn value(name: &str, values: &Values<'_>) -> Option<String> {
    let Values {
        agent,
        inbox,
        ticket,
        customer,
    } = values;
    let found = match name {
        "agent.name" => agent.map(|agent| agent.name.clone()),
        "agent.email" => agent.map(|agent| agent.email.clone()),
        "agent.signature" => None,
        "inbox.name" => Some(inbox.name.clone()),
        "inbox.address" => inbox.address.clone(),
        "ticket.number" => ticket.map(|ticket| ticket.number.to_string()),
        "ticket.subject" => ticket.map(|ticket| ticket.subject.clone()),
        "customer.name" => customer.map(|customer| customer.name.clone()),
        _ => return None,
    };
    // Words of a customer stay on their line.
    let plain = found.unwrap_or_default().replace(['\r', '\n'], " ");
    Some(plain)
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

    #[test]
    fn letters_tell_the_language() {
        for (text, wanted) in [
            ("Lamp", "en"),
            ("灯坏了", "zh"),
            ("ランプ", "ja"),
            ("램프", "ko"),
            ("", "en"),
        ] {
            assert_eq!(written_in(text), wanted, "{text}");
        }
    }
}
