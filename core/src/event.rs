//! Everything that can happen in a workspace, as the log keeps it.
//!
//! Events hold ids, enumerations, numbers and instants, never words or identities, so the log can live as long as
//! its tickets. Additive only: a reader meets kinds that it does not know.

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Direction};
use crate::complaint::{CaseDue, CaseField, Closure, CompensationState, Grade};
use crate::id::{
    AgentId, AlarmId, CallId, CompensationId, CustomerId, InboxId, MacroId, MessageId, NotificationId,
    OwnerOfferId, SlaPolicyId, TagId, TicketId,
};
use crate::message::{AuthorKind, Delivery, Visibility};
use crate::routing::{OfferState, Presence};
use crate::sla::{LevelKind, Metric};
use crate::ticket::{Category, Field};
use crate::time::Timestamp;

words! {
    /// How a change came about. Backfill and import start no clock and send nothing; what the demo plays starts clocks
    /// and sends nothing.
    Origin { Live = "live", Backfill = "backfill", Import = "import", Rule = "rule", Undo = "undo", Demo = "demo" }
}

words! {
    /// Reference data that screens keep in memory.
    Reference {
        Agents = "agents", Teams = "teams", Roles = "roles", Inboxes = "inboxes", Statuses = "statuses",
        Tags = "tags", Workspace = "workspace", Keys = "keys", Complaints = "complaints", Kinds = "kinds",
        Sla = "sla", Calendars = "calendars",
        Routing = "routing",
        Macros = "macros",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    TicketOpened {
        channel: Channel,
    },
    MessageAdded {
        message: MessageId,
        position: i64,
        channel: Channel,
        direction: Direction,
        visibility: Visibility,
        automatic: bool,
        /// Older logs do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<AuthorKind>,
    },
    /// What the ticket's status means changed, by hand or by what happened.
    CategoryChanged {
        from: Category,
        to: Category,
    },
    /// Another promise holds for the ticket, or another version of it.
    SlaPolicyChosen {
        policy: Option<SlaPolicyId>,
        version: i64,
    },
    /// A clock reached a step of its ladder: a warning, the breach, a level after it.
    ClockFired {
        metric: Metric,
        cycle: i64,
        level: LevelKind,
        due_at: Timestamp,
    },
    /// A step that had fired would not have been reached after all.
    ClockWithdrawn {
        metric: Metric,
        cycle: i64,
        level: LevelKind,
    },
    /// The ticket's due times are others now, by nothing that happened to the ticket itself.
    ClocksChanged {},
    /// An outgoing message is somewhere else on its way.
    MessageDelivery {
        message: MessageId,
        state: Delivery,
    },
    /// A customer's message asks for no answer, or does after all.
    NoReplyNeeded {
        message: MessageId,
        needless: bool,
    },
    /// `from` and `to` are ids or words of an enumeration; a subject has neither.
    TicketChanged {
        field: Field,
        from: Option<String>,
        to: Option<String>,
    },
    TagAdded {
        tag: TagId,
    },
    TagRemoved {
        tag: TagId,
    },
    /// This ticket was joined into another: what was written here is there now.
    Merged {
        into: TicketId,
    },
    /// Another ticket was joined into this one.
    MergedIn {
        from: TicketId,
    },
    /// A merge was undone: on the ticket that is its own again.
    MergeUndone {
        from: TicketId,
    },
    /// A ticket that had been joined into this one left again.
    MergeLeft {
        into: TicketId,
    },
    /// Another matter was split off into a ticket of its own.
    SplitOff {
        into: TicketId,
    },
    /// This ticket began as a part of another.
    SplitFrom {
        from: TicketId,
    },
    /// Somebody, or a block list, said that this is spam or is not.
    SpamChanged {
        spam: bool,
    },
    /// An answer that waits was added, changed, cancelled, sent or taken back.
    ScheduleChanged {
        reply: MessageId,
    },
    /// The customer has seen the conversation up to a position.
    CustomerSeen {
        position: i64,
    },
    CustomerChanged {
        customer: CustomerId,
    },
    CallChanged {
        call: CallId,
    },
    NotificationAdded {
        notification: NotificationId,
        agent: AgentId,
    },
    ReferenceChanged {
        what: Reference,
    },
    /// What an agent may see or do changed: role, teams, active or not.
    AccessChanged {
        agent: AgentId,
    },
    /// The agent was signed out of every session.
    SignedOut {
        agent: AgentId,
    },
    /// An alarm was raised or cleared.
    AlarmChanged {
        alarm: AlarmId,
    },
    /// A mailbox's fetching failed or came back.
    MailboxChanged {
        inbox: InboxId,
    },
    /// What the customer wrote makes the desk suggest that this is a complaint of a grade.
    GradeSuggested {
        grade: Grade,
    },
    /// A person confirmed or changed the grade of a complaint.
    GradeChanged {
        from: Option<Grade>,
        to: Grade,
    },
    CaseOpened,
    CaseChanged {
        field: CaseField,
    },
    /// Somebody said "I take it".
    CaseTaken {
        level: i64,
    },
    /// Nobody took it in time: the next level must answer.
    CaseEscalated {
        level: i64,
    },
    /// The authority's time has run out, or a follow-up is to be made.
    CaseFellDue {
        what: CaseDue,
    },
    CompensationChanged {
        compensation: CompensationId,
        state: CompensationState,
    },
    CaseClosed {
        closure: Closure,
    },
    CaseReopened,
    /// An agent came, went, or their shift turned.
    PresenceChanged {
        agent: AgentId,
        presence: Presence,
        /// Gets tickets: online and on shift.
        available: bool,
    },
    /// Somebody is asked to answer for the ticket from now on.
    OwnerOffered {
        offer: OwnerOfferId,
        to: AgentId,
    },
    OwnerOfferSettled {
        offer: OwnerOfferId,
        state: OfferState,
    },
    /// An agent took a macro's text into the answer; the fields that it changed have events of their own.
    MacroApplied {
        #[serde(rename = "macro")]
        applied: MacroId,
    },
    /// Written by a newer server.
    #[serde(other)]
    Unknown,
}

/// Kinds that only move the desk's own screens: other programs never hear of them.
const OWN_KINDS: &[&str] = &[
    "customer_seen",
    "notification_added",
    "reference_changed",
    "access_changed",
    "signed_out",
];

/// Whether other programs may hear of events of this kind, by webhooks.
pub fn is_public_kind(kind: &str) -> bool {
    let read = serde_json::from_value::<Event>(serde_json::json!({ "kind": kind }));
    !matches!(read, Ok(Event::Unknown)) && !OWN_KINDS.contains(&kind)
}

impl Event {
    /// The word in the `kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TicketOpened { .. } => "ticket_opened",
            Self::MessageAdded { .. } => "message_added",
            Self::CategoryChanged { .. } => "category_changed",
            Self::SlaPolicyChosen { .. } => "sla_policy_chosen",
            Self::ClockFired { .. } => "clock_fired",
            Self::ClockWithdrawn { .. } => "clock_withdrawn",
            Self::ClocksChanged {} => "clocks_changed",
            Self::MessageDelivery { .. } => "message_delivery",
            Self::NoReplyNeeded { .. } => "no_reply_needed",
            Self::TicketChanged { .. } => "ticket_changed",
            Self::TagAdded { .. } => "tag_added",
            Self::TagRemoved { .. } => "tag_removed",
            Self::Merged { .. } => "merged",
            Self::MergedIn { .. } => "merged_in",
            Self::MergeUndone { .. } => "merge_undone",
            Self::MergeLeft { .. } => "merge_left",
            Self::SplitOff { .. } => "split_off",
            Self::SplitFrom { .. } => "split_from",
            Self::SpamChanged { .. } => "spam_changed",
            Self::ScheduleChanged { .. } => "schedule_changed",
            Self::CustomerSeen { .. } => "customer_seen",
            Self::CustomerChanged { .. } => "customer_changed",
            Self::CallChanged { .. } => "call_changed",
            Self::NotificationAdded { .. } => "notification_added",
            Self::ReferenceChanged { .. } => "reference_changed",
            Self::AccessChanged { .. } => "access_changed",
            Self::SignedOut { .. } => "signed_out",
            Self::AlarmChanged { .. } => "alarm_changed",
            Self::MailboxChanged { .. } => "mailbox_changed",
            Self::GradeSuggested { .. } => "grade_suggested",
            Self::GradeChanged { .. } => "grade_changed",
            Self::CaseOpened => "case_opened",
            Self::CaseChanged { .. } => "case_changed",
            Self::CaseTaken { .. } => "case_taken",
            Self::CaseEscalated { .. } => "case_escalated",
            Self::CaseFellDue { .. } => "case_fell_due",
            Self::CompensationChanged { .. } => "compensation_changed",
            Self::CaseClosed { .. } => "case_closed",
            Self::CaseReopened => "case_reopened",
            Self::PresenceChanged { .. } => "presence_changed",
            Self::OwnerOffered { .. } => "owner_offered",
            Self::OwnerOfferSettled { .. } => "owner_offer_settled",
            Self::MacroApplied { .. } => "macro_applied",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_from_a_newer_server_is_read_as_unknown() {
        let event: Event = serde_json::from_str(r#"{"kind":"ticket_teleported","where":"moon"}"#).unwrap();
        assert_eq!(event, Event::Unknown);
    }

    #[test]
    fn only_known_kinds_of_others_concern_are_public() {
        for (kind, public) in [
            ("message_added", true),
            ("ticket_opened", true),
            ("case_opened", true),
            ("signed_out", false),
            ("unknown", false),
            ("ticket_teleported", false),
            ("", false),
        ] {
            assert_eq!(is_public_kind(kind), public, "{kind}");
        }
        for kind in OWN_KINDS {
            let read = serde_json::from_value::<Event>(serde_json::json!({ "kind": kind }));
            assert!(!matches!(read, Ok(Event::Unknown)), "{kind}");
        }
    }

    #[test]
    fn the_kind_column_says_what_the_payload_says() {
        let event = Event::TicketChanged {
            field: Field::Subject,
            from: None,
            to: None,
        };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], event.kind());
    }
}
