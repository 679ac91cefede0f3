//! What a message is to the desk: who may see it, and where it is on its way.

words! {
    Visibility { Public = "public", Note = "note" }
}

words! {
    AuthorKind { Customer = "customer", Agent = "agent", System = "system" }
}

words! {
    /// Where an outgoing message, or its copy for one recipient, is on its way.
    Delivery {
        /// Needs no delivery: a note, a chat message, anything that came in.
        None = "none",
        Queued = "queued",
        /// The other side may have it already: committed before the content is sent.
        Sending = "sending",
        Sent = "sent",
        Failed = "failed",
        /// Broke off while `sending`: it may have arrived. Never retried by itself.
        Uncertain = "uncertain",
    }
}

impl Delivery {
    /// The state of a message, from those of its recipients: the one that most needs a person.
    pub fn of_all(states: impl IntoIterator<Item = Self>) -> Self {
        states
            .into_iter()
            .max_by_key(|state| state.urgency())
            .unwrap_or(Self::None)
    }

    fn urgency(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Sent => 1,
            Self::Queued => 2,
            Self::Sending => 3,
            Self::Uncertain => 4,
            Self::Failed => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_fails_when_one_recipient_fails() {
        assert_eq!(
            Delivery::of_all([Delivery::Sent, Delivery::Failed, Delivery::Sent]),
            Delivery::Failed
        );
        assert_eq!(
            Delivery::of_all([Delivery::Sent, Delivery::Queued]),
            Delivery::Queued
        );
        assert_eq!(Delivery::of_all([]), Delivery::None);
    }
}
