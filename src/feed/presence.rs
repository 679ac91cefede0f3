//! Who is there: agents with an open socket, who looks at which ticket and types in it, visitors at their chat.
//!
//! Told over the bus by every server about its own sockets, again and again; what is not told again is forgotten.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use shouwen_core::id::{AgentId, TicketId};
use tokio::time::Instant;
use uuid::Uuid;

use super::frame::{Typing, Viewer};
use crate::log::Ephemeral;

/// How long something counts that is not told again.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);

#[derive(Default)]
pub(super) struct Presence {
    /// By socket.
    looks: HashMap<Uuid, Look>,
    here: HashMap<Uuid, Instant>,
    visitors: HashMap<TicketId, Visit>,
}

struct Look {
    agent: AgentId,
    ticket: TicketId,
    typing: Option<Typing>,
    until: Instant,
}

#[derive(Clone, Copy)]
struct Visit {
    typing: bool,
    until: Instant,
}

/// What a piece of news changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// Tickets with other viewers than before.
    pub viewers: HashSet<TicketId>,
    /// Tickets whose visitor came, went, or types.
    pub visitors: HashSet<TicketId>,
    /// Whether the first agent came or the last went.
    pub online: bool,
}

impl Presence {
    pub(super) fn hear(&mut self, news: &Ephemeral, now: Instant) -> Changed {
        let (mut changed, until, was_online) = (Changed::default(), now + FORGOTTEN_AFTER, self.is_online());
        match news {
            Ephemeral::Viewing {
                socket,
                agent,
                ticket,
                typing,
            } => {
                let typing = typing.as_deref().and_then(Typing::from_word);
                let look = ticket.map(|ticket| Look {
                    agent: *agent,
                    ticket,
                    typing,
                    until,
                });
                self.look(*socket, look, &mut changed);
            }
            Ephemeral::Present {
                socket, there: true, ..
            } => {
                self.here.insert(*socket, until);
            }
            Ephemeral::Present {
                socket, there: false, ..
            } => {
                self.here.remove(socket);
            }
            Ephemeral::Visitor {
                ticket,
                typing,
                online,
            } => {
                let visit = online.then_some(Visit {
                    typing: *typing,
                    until,
                });
                let before = match visit {
                    Some(visit) => self.visitors.insert(*ticket, visit),
                    None => self.visitors.remove(ticket),
                };
                if before.map(|visit| visit.typing) != visit.map(|visit| visit.typing) {
                    changed.visitors.insert(*ticket);
                }
            }
            Ephemeral::Read { .. } | Ephemeral::WhoIsThere => {}
        }
        changed.online = was_online != self.is_online();
        changed
    }

    /// Forgets what was not told again.
    pub(super) fn expire(&mut self, now: Instant) -> Changed {
        let (mut changed, was_online) = (Changed::default(), self.is_online());
        self.here.retain(|_, until| *until > now);
        self.looks
            .retain(|_, look| look.until > now || !changed.viewers.insert(look.ticket));
        self.visitors
            .retain(|ticket, visit| visit.until > now || !changed.visitors.insert(*ticket));
        changed.online = was_online != self.is_online();
        changed
    }

    /// Who looks at the ticket, each agent once however many tabs they have.
    pub(super) fn viewers(&self, ticket: TicketId) -> Vec<Viewer> {
        let mut viewers: BTreeMap<AgentId, Option<Typing>> = BTreeMap::new();
        for look in self.looks.values().filter(|look| look.ticket == ticket) {
            let typing = viewers.entry(look.agent).or_default();
            *typing = (*typing).max(look.typing);
        }
        viewers
            .into_iter()
            .map(|(agent_id, typing)| Viewer { agent_id, typing })
            .collect()
    }

    /// Who types an answer that the visitor will get; a note is nobody's business.
    pub(super) fn answering(&self, ticket: TicketId) -> Option<AgentId> {
        let mut typing = self
            .looks
            .values()
            .filter(|look| look.ticket == ticket && look.typing == Some(Typing::Reply));
        typing.next().map(|look| look.agent)
    }

    /// Whether the ticket's visitor is there, and whether they type.
    pub(super) fn visitor(&self, ticket: TicketId) -> (bool, bool) {
        self.visitors
            .get(&ticket)
            .map_or((false, false), |visit| (true, visit.typing))
    }

    /// Whether any agent has the inbox open.
    pub(super) fn is_online(&self) -> bool {
        !self.here.is_empty()
    }

    fn look(&mut self, socket: Uuid, look: Option<Look>, changed: &mut Changed) {
        let after = look.as_ref().map(|look| (look.ticket, look.typing));
        let before = match look {
            Some(look) => self.looks.insert(socket, look),
            None => self.looks.remove(&socket),
        };
        let before = before.map(|look| (look.ticket, look.typing));
        if before != after {
            changed
                .viewers
                .extend(before.into_iter().chain(after).map(|(ticket, _)| ticket));
        }
    }
}

#[cfg(test)]
mod tests {
    use shouwen_core::id::Ids;
    use shouwen_core::time::Timestamp;

    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1);

    fn viewing(socket: Uuid, agent: AgentId, ticket: Option<TicketId>, typing: Option<&str>) -> Ephemeral {
        Ephemeral::Viewing {
            socket,
            agent,
            ticket,
            typing: typing.map(str::to_owned),
        }
    }

    #[test]
    fn an_agent_with_two_tabs_is_one_viewer_until_both_are_closed() {
        let (ids, mut presence, now) = (Ids::seeded(1), Presence::default(), Instant::now());
        let (agent, ticket, first, second) = (ids.next(AT), ids.next(AT), ids.next(AT), ids.next(AT));
        presence.hear(&viewing(first, agent, Some(ticket), None), now);
        presence.hear(&viewing(second, agent, Some(ticket), Some("note")), now);
        assert_eq!(
            presence.viewers(ticket),
            [Viewer {
                agent_id: agent,
                typing: Some(Typing::Note)
            }]
        );
        assert_eq!(
            presence.answering(ticket),
            None,
            "a note is not shown to visitors"
        );
        presence.hear(&viewing(second, agent, None, None), now);
        assert_eq!(
            presence.viewers(ticket),
            [Viewer {
                agent_id: agent,
                typing: None
            }]
        );
        let changed = presence.hear(&viewing(first, agent, None, None), now);
        assert!(changed.viewers.contains(&ticket) && presence.viewers(ticket).is_empty());
    }

    #[test]
    fn what_is_not_told_again_is_forgotten() {
        let (ids, mut presence, mut now) = (Ids::seeded(1), Presence::default(), Instant::now());
        let (agent, ticket, socket) = (ids.next(AT), ids.next(AT), ids.next(AT));
        presence.hear(
            &Ephemeral::Present {
                socket,
                agent,
                there: true,
            },
            now,
        );
        presence.hear(&viewing(socket, agent, Some(ticket), None), now);
        now += Duration::from_secs(50);
        assert!(
            !presence
                .hear(&viewing(socket, agent, Some(ticket), None), now)
                .viewers
                .contains(&ticket),
            "nothing new"
        );
        now += Duration::from_secs(20);
        let changed = presence.expire(now);
        assert!(
            changed.online && !presence.is_online(),
            "the socket was not told again"
        );
        assert_eq!(presence.viewers(ticket).len(), 1);
        now += Duration::from_mins(1);
        assert!(presence.expire(now).viewers.contains(&ticket) && presence.viewers(ticket).is_empty());
    }
}
