//! What a message keeps of the mail that it came or went by: addresses, ids, why it is in its ticket, who really wrote.

use serde::{Deserialize, Serialize};
use shouwen_core::channel::Direction;
use shouwen_core::id::{MessageId, TicketId};
use shouwen_core::threading::{Because, CheckedBy, FromTrust, Proof, Refused};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;

/// The envelope of a message that came or went by email.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailDetails {
    pub from: Option<String>,
    /// Where answers are to go, when not to `from`.
    pub reply_to: Vec<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// Who gets it without standing in it; kept for the desk alone.
    pub bcc: Vec<String>,
    pub subject: Option<String>,
    /// The word of `joined`, as messages from before it kept it alone.
    pub joined_because: Option<String>,
    pub joined: Option<Joined>,
    pub authenticity: Option<Authenticity>,
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    /// What stands below an answer, as it was when it was written.
    pub signature: Option<String>,
    /// What the receiver may say no to by a click (RFC 8058); `None`: this is no such mail.
    pub unsubscribe: Option<OptOut>,
}

shouwen_core::words! {
    /// Mail that a customer may not want.
    OptOut {
        Survey = "survey",
        /// That their mail arrived.
        Acknowledgement = "acknowledgement",
    }
}

/// Why a mail is in its ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Joined {
    pub because: Because,
    /// The message that the mail continues; it may stand in another ticket by now.
    #[serde(default)]
    pub message_id: Option<MessageId>,
    /// Of that message: `out` is ours, `in` a customer's own.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// When that message was written.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// The ticket that the mail named, when that has been merged into this one.
    #[serde(default)]
    pub ticket_number: Option<String>,
    /// Its subject is not that of the ticket: perhaps another matter.
    #[serde(default)]
    pub new_topic: bool,
    /// The ticket that it continues was closed, or solved too long ago: this one follows up on it.
    #[serde(default)]
    pub follow_up_of: Option<TicketLink>,
    /// A sign led to this ticket but did not hold.
    #[serde(default)]
    pub similar: Option<TicketLink>,
    /// Why it did not hold.
    #[serde(default)]
    pub refused: Option<Refused>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketLink {
    pub ticket_id: TicketId,
    /// With its check digit.
    pub number: String,
}

/// What the checks of a mail said of its sender (RFC 7208, 6376, 7489).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Authenticity {
    pub spf: Proof,
    pub dkim: Proof,
    pub dmarc: Proof,
    /// How far the address in From is proved.
    pub from: FromTrust,
    pub by: CheckedBy,
}

impl Joined {
    /// The word of the sign; `new` when it led to a ticket of its own after all.
    pub fn word(&self) -> &'static str {
        if self.follow_up_of.is_some() {
            Because::New.as_str()
        } else {
            self.because.as_str()
        }
    }

    pub fn because(because: Because) -> Self {
        Self {
            because,
            message_id: None,
            direction: None,
            at: None,
            ticket_number: None,
            new_topic: false,
            follow_up_of: None,
            similar: None,
            refused: None,
        }
    }
}

impl Authenticity {
    /// How far a From is trusted; one that nobody checked is a claim.
    pub fn trust(checked: Option<&Self>) -> FromTrust {
        checked.map_or(FromTrust::Unverified, |checked| checked.from)
    }
}
