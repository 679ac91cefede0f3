//! Whom a note mentions.

use shouwen_core::id::AgentId;

use super::replies::{Reply, ReplyError};
use super::routing::sight::sights;
use crate::log::Change;
use crate::store::agents;
use crate::store::tickets::TicketRow;

/// Who is meant: those that the composer named, and every `@Name` in the text.
pub(super) async fn mentioned(
    change: &mut Change,
    ticket: &TicketRow,
    reply: &Reply,
) -> Result<Vec<AgentId>, ReplyError> {
    if !reply.text.contains(['@', '＠']) {
        return Ok(Vec::new());
    }
    let workspace = change.workspace();
    let active: Vec<_> = agents::all(change.tx(), workspace)
        .await?
        .into_iter()
        .filter(|agent| agent.active)
        .collect();
    let names: Vec<_> = active
        .iter()
        .map(|agent| (agent.id, agent.name.clone()))
        .collect();
    let mut found = shouwen_core::mention::mentioned(&reply.text, &names);
    for id in &reply.mentions {
        if !found.contains(id) && active.iter().any(|agent| agent.id == *id) {
            found.push(*id);
        }
    }
    let sights = sights(change.tx(), workspace, &found).await?;
    let blind = sights.iter().find(|sight| !sight.sees(ticket));
    if let Some(blind) = blind {
        let name = names.into_iter().find(|(id, _)| *id == blind.agent);
        return Err(ReplyError::MentionUnseen(
            name.map_or_else(String::new, |(_, name)| name),
        ));
    }
    Ok(found)
}
