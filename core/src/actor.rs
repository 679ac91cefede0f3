//! Who acts, and what they may do: permissions by name, checked in one place.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, ApiKeyId, CustomerId, WorkspaceId};

words! {
    Permission {
        TicketRead = "ticket.read", TicketReply = "ticket.reply", TicketNote = "ticket.note",
        TicketEdit = "ticket.edit", TicketAssign = "ticket.assign", TicketCreate = "ticket.create",
        CustomerRead = "customer.read", CustomerEdit = "customer.edit",
        CallLog = "call.log", RawRead = "raw.read",
        /// Every mail that came, and what became of it.
        MailRead = "mail.read",
        /// Lets mail through that was kept back, and says whose mail is kept back.
        MailRecover = "mail.recover",
        BoardRead = "board.read",
        AdminAgents = "admin.agents", AdminTeams = "admin.teams", AdminInboxes = "admin.inboxes",
        AdminTags = "admin.tags", AdminStatuses = "admin.statuses", AdminRoles = "admin.roles", AdminKeys = "admin.keys",
        ComplaintEdit = "complaint.edit",
        /// Approves or refuses what a compensation asks for.
        ComplaintApprove = "complaint.approve",
        /// Closes a case on their own word.
        ComplaintClose = "complaint.close",
        AdminComplaints = "admin.complaints", AdminSla = "admin.sla",
        /// Says who answers for a ticket without asking them.
        TicketReassignOwner = "ticket.reassign_owner",
        /// Skills, shifts, capacities, tiers, and how a team gives out its tickets.
        AdminRouting = "admin.routing",
        /// Macros that others may use; one's own need nothing.
        AdminMacros = "admin.macros",
    }
}

words! {
    /// Which tickets a role sees.
    Scope { All = "all",
        /// Those of the agent's teams, those without a team, and those assigned to or owned by the agent.
        Teams = "teams",
        /// Only those assigned to or owned by the agent.
        Assigned = "assigned" }
}

words! {
    BuiltInRole { Administrator = "administrator", Supervisor = "supervisor", Agent = "agent" }
}

impl BuiltInRole {
    pub fn permissions(self) -> PermissionSet {
        use Permission as P;
        let agent = [
            P::TicketRead,
            P::TicketReply,
            P::TicketNote,
            P::TicketEdit,
            P::TicketAssign,
            P::TicketCreate,
            P::CustomerRead,
            P::CustomerEdit,
            P::CallLog,
            P::ComplaintEdit,
        ];
        let supervisor = [
            P::RawRead,
            P::MailRead,
            P::MailRecover,
            P::BoardRead,
            P::AdminTags,
            P::ComplaintApprove,
            P::ComplaintClose,
            P::TicketReassignOwner,
            P::AdminRouting,
            P::AdminMacros,
        ];
        match self {
            Self::Administrator => Permission::ALL.iter().copied().collect(),
            Self::Supervisor => agent.into_iter().chain(supervisor).collect(),
            Self::Agent => agent.into_iter().collect(),
        }
    }

    pub fn scope(self) -> Scope {
        match self {
            Self::Administrator | Self::Supervisor => Scope::All,
            Self::Agent => Scope::Teams,
        }
    }
}

words! {
    /// What an API key may be made for.
    KeyScope {
        CallsWrite = "calls:write", TicketsRead = "tickets:read", TicketsWrite = "tickets:write",
        CustomersRead = "customers:read", CustomersWrite = "customers:write",
    }
}

impl KeyScope {
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::CallsWrite => &[P::CallLog],
            Self::TicketsRead => &[P::TicketRead],
            Self::TicketsWrite => &[
                P::TicketReply,
                P::TicketNote,
                P::TicketEdit,
                P::TicketAssign,
                P::TicketCreate,
            ],
            Self::CustomersRead => &[P::CustomerRead],
            Self::CustomersWrite => &[P::CustomerEdit],
        }
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u64);

impl PermissionSet {
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(
            permissions
                .into_iter()
                .fold(0, |set, permission| set | bit(permission)),
        )
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// Words that are not (or no longer) permissions are passed over, so that an older server reads a newer role.
impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        Ok(words
            .iter()
            .filter_map(|word| Permission::from_word(word))
            .collect())
    }
}

fn bit(permission: Permission) -> u64 {
    1 << (permission as u64)
}

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Agent(AgentId),
    Key(ApiKeyId),
    Customer(CustomerId),
    /// The desk itself: intake, timers, the demo.
    System,
}

words! {
    /// The word for [`Who`] in rows and in the API.
    ActorKind { Agent = "agent", Key = "key", Customer = "customer", System = "system" }
}

impl Who {
    pub fn kind(self) -> ActorKind {
        match self {
            Self::Agent(_) => ActorKind::Agent,
            Self::Key(_) => ActorKind::Key,
            Self::Customer(_) => ActorKind::Customer,
            Self::System => ActorKind::System,
        }
    }

    pub fn id(self) -> Option<uuid::Uuid> {
        match self {
            Self::Agent(id) => Some(id.0),
            Self::Key(id) => Some(id.0),
            Self::Customer(id) => Some(id.0),
            Self::System => None,
        }
    }
}

/// Somebody who acts in a workspace, with what they may do and see there.
#[derive(Debug, Clone)]
pub struct Actor {
    pub workspace: WorkspaceId,
    pub who: Who,
    pub permissions: PermissionSet,
    pub scope: Scope,
}

impl Actor {
    /// The desk itself: may do everything.
    pub fn system(workspace: WorkspaceId) -> Self {
        let permissions = Permission::ALL.iter().copied().collect();
        Self {
            workspace,
            who: Who::System,
            permissions,
            scope: Scope::All,
        }
    }

    /// A customer: acts on nothing but their own conversation, so holds no permission.
    pub fn customer(workspace: WorkspaceId, customer: CustomerId) -> Self {
        Self {
            workspace,
            who: Who::Customer(customer),
            permissions: PermissionSet::default(),
            scope: Scope::Assigned,
        }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    pub fn agent(&self) -> Option<AgentId> {
        match self.who {
            Who::Agent(id) => Some(id),
            Who::Key(_) | Who::Customer(_) | Who::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_holds_all_that_the_one_below_it_holds() {
        let [admin, supervisor, agent] = [
            BuiltInRole::Administrator,
            BuiltInRole::Supervisor,
            BuiltInRole::Agent,
        ]
        .map(BuiltInRole::permissions);
        assert!(agent.iter().all(|p| supervisor.contains(p)));
        assert!(supervisor.iter().all(|p| admin.contains(p)));
        assert!(!agent.contains(Permission::RawRead));
    }

    #[test]
    fn an_unknown_permission_is_passed_over() {
        let set: PermissionSet = serde_json::from_str(r#"["ticket.read","time.travel"]"#).unwrap();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Permission::TicketRead]);
    }
}
