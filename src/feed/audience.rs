//! Who listens and what they may see: the scope of the store, for routing in memory.

use std::collections::BTreeSet;

use shouwen_core::actor::{Actor, Permission, PermissionSet, Scope, Who};
use shouwen_core::event::Event;
use shouwen_core::id::{AgentId, TeamId, WorkspaceId};
use shouwen_core::ticket::Field;

use crate::log::Logged;

/// An agent as the feed routes to them. Must decide as the store's scope does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Audience {
    pub agent: AgentId,
    pub permissions: PermissionSet,
    pub scope: Scope,
    pub teams: BTreeSet<TeamId>,
}

/// Whose a ticket is: all that a scope looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holders {
    pub team: Option<TeamId>,
    pub assignee: Option<AgentId>,
    pub owner: Option<AgentId>,
}

impl Audience {
    pub(super) fn sees(&self, ticket: &Holders) -> bool {
        let own = ticket.assignee == Some(self.agent) || ticket.owner == Some(self.agent);
        self.may(Permission::TicketRead)
            && match self.scope {
                Scope::All => true,
                Scope::Teams => own || ticket.team.is_none_or(|team| self.teams.contains(&team)),
                Scope::Assigned => own,
            }
    }

    pub(super) fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    /// The same agent for the store, which decides for itself.
    pub(super) fn actor(&self, workspace: WorkspaceId) -> Actor {
        Actor {
            workspace,
            who: Who::Agent(self.agent),
            permissions: self.permissions,
            scope: self.scope,
        }
    }
}

impl Holders {
    /// Whose the ticket was before these events of it, when it is now as `self` says.
    #[must_use]
    pub(super) fn before<'e>(mut self, events: impl DoubleEndedIterator<Item = &'e Logged>) -> Self {
        for logged in events.rev() {
            let Event::TicketChanged { field, from, .. } = logged.event() else {
                continue;
            };
            match field {
                Field::Team => self.team = read(from.as_deref()),
                Field::Assignee => self.assignee = read(from.as_deref()),
                Field::Owner => self.owner = read(from.as_deref()),
                _ => {}
            }
        }
        self
    }
}

fn read<T: std::str::FromStr>(id: Option<&str>) -> Option<T> {
    id.and_then(|id| id.parse().ok())
}

#[cfg(test)]
mod tests {
    use shouwen_core::id::Ids;
    use shouwen_core::time::Timestamp;

    use super::*;

    #[test]
    fn a_scope_shows_what_it_promises() {
        let (ids, at) = (Ids::seeded(1), Timestamp::from_millis(1));
        let (agent, other): (AgentId, AgentId) = (ids.next(at), ids.next(at));
        let (own_team, other_team): (TeamId, TeamId) = (ids.next(at), ids.next(at));
        let permissions = [Permission::TicketRead].into_iter().collect();
        let audience = |scope| Audience {
            agent,
            permissions,
            scope,
            teams: BTreeSet::from([own_team]),
        };
        let nobodys = Holders {
            team: None,
            assignee: None,
            owner: None,
        };
        for (holders, teams, assigned) in [
            (nobodys, true, false),
            (
                Holders {
                    team: Some(own_team),
                    ..nobodys
                },
                true,
                false,
            ),
            (
                Holders {
                    team: Some(other_team),
                    ..nobodys
                },
                false,
                false,
            ),
            (
                Holders {
                    team: Some(other_team),
                    assignee: Some(other),
                    owner: Some(other),
                },
                false,
                false,
            ),
            (
                Holders {
                    team: Some(other_team),
                    assignee: Some(agent),
                    owner: None,
                },
                true,
                true,
            ),
            (
                Holders {
                    team: Some(other_team),
                    assignee: None,
                    owner: Some(agent),
                },
                true,
                true,
            ),
        ] {
            assert!(audience(Scope::All).sees(&holders));
            assert_eq!(audience(Scope::Teams).sees(&holders), teams, "{holders:?}");
            assert_eq!(audience(Scope::Assigned).sees(&holders), assigned, "{holders:?}");
        }
        let powerless = Audience {
            permissions: PermissionSet::default(),
            ..audience(Scope::All)
        };
        assert!(!powerless.sees(&nobodys));
    }
}
