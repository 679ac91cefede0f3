//! What travels on the agents' feed. The visitors' frames are types of their own, see [`super::conversation`].

use serde::{Deserialize, Serialize};
use shouwen_core::event::Reference;
use shouwen_core::id::{AgentId, TicketId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::v1::activity::Activity;
use crate::http::v1::calls::RingingCall;
use crate::http::v1::notifications::Notification;
use crate::http::v1::schedules::ScheduledReply;
use crate::http::v1::view::{CustomerBrief, Message, TicketSummary};

/// What an agent's client says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FeedIn {
    /// The first frame. `after`: the number reached before, to resume from; none: from now on.
    Hello {
        after: Option<i64>,
    },
    /// Full frames for this ticket from now on; counts as looking at it. Answered by `presence`.
    Open {
        ticket: Option<TicketId>,
    },
    Typing {
        ticket: TicketId,
        typing: Option<Typing>,
    },
    Ping,
}

/// What the server says to an agent's client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FeedOut {
    /// What happened after `seq` follows as batches.
    Welcome {
        seq: i64,
    },
    /// Forget everything, fetch it again, then go on from `seq`.
    Resync {
        seq: i64,
        reason: String,
    },
    /// `seq` is reached, even when there are no frames.
    Batch {
        seq: i64,
        frames: Vec<Frame>,
    },
    Presence {
        ticket: TicketId,
        viewers: Vec<Viewer>,
    },
    Visitor {
        ticket: TicketId,
        typing: bool,
        online: bool,
    },
    /// The server goes away: connect again and resume.
    Moved,
    Pong,
    Problem {
        problem: Problem,
    },
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Frame {
    /// New, changed, or come into the reader's scope.
    Ticket {
        ticket: Box<TicketSummary>,
    },
    /// Left the reader's scope.
    TicketGone {
        ticket_id: TicketId,
    },
    /// Of the open ticket: added or changed.
    Message {
        message: Box<Message>,
    },
    /// Of the open ticket.
    Activity {
        ticket_id: TicketId,
        activity: Box<Activity>,
    },
    /// Of the open ticket: messages moved in or out. Fetch the conversation again.
    Conversation {
        ticket_id: TicketId,
    },
    /// Of the open ticket: all answers that wait in it.
    Scheduled {
        ticket_id: TicketId,
        scheduled: Vec<ScheduledReply>,
    },
    Customer {
        customer: CustomerBrief,
    },
    Notification {
        notification: Box<Notification>,
    },
    Call {
        call: Box<RingingCall>,
    },
    /// For administrators: an alarm was raised or cleared. Fetch them again.
    Alarms,
    /// An agent came, went, or their shift turned: whether they get tickets now.
    AgentPresence {
        agent_id: AgentId,
        presence: shouwen_core::routing::Presence,
        since: Timestamp,
        available: bool,
    },
    /// Fetch the reference data again.
    Reference {
        what: Reference,
    },
    /// The reader has read the ticket in another tab.
    Read {
        ticket_id: TicketId,
        position: i64,
    },
}

/// Somebody who looks at a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Viewer {
    pub agent_id: AgentId,
    pub typing: Option<Typing>,
}

shouwen_core::words! {
    Typing { Note = "note", Reply = "reply" }
}
