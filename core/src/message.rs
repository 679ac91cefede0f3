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
        /// The recipient's server has it, or a server on the way, and still tries to hand it on.
        Delayed = "delayed",
        Failed = "failed",
        /// Broke off while `sending`: it may have arrived. Never retried by itself.
        Uncertain = "uncertain",
    }
}

words! {
    /// Why a mail did not arrive, in the words of people rather than of servers.
    BounceReason {
        NoSuchAddress = "no_such_address", MailboxFull = "mailbox_full", MailboxDisabled = "mailbox_disabled",
        DomainUnknown = "domain_unknown", Unreachable = "unreachable", TooLarge = "too_large",
        RejectedAsSpam = "rejected_as_spam", RefusedByPolicy = "refused_by_policy",
        SenderNotAuthenticated = "sender_not_authenticated", TooMany = "too_many", ContentRefused = "content_refused",
        Expired = "expired", Other = "other",
    }
}

impl BounceReason {
    /// By the enhanced status code (RFC 3463, RFC 7372).
    pub fn of_code(code: &str) -> Self {
        let mut parts = code.split('.').map(|part| part.parse::<u16>().ok());
        let (_, Some(Some(subject)), Some(Some(detail))) = (parts.next(), parts.next(), parts.next()) else {
            return Self::Other;
        };
        match (subject, detail) {
            (1, 2 | 10) | (4, 4) => Self::DomainUnknown,
            (1, 0 | 1 | 3 | 6) => Self::NoSuchAddress,
            (1, 8) | (7, 20..=27) => Self::SenderNotAuthenticated,
            (2, 1) => Self::MailboxDisabled,
            (2, 2) | (3, 1) => Self::MailboxFull,
            (2, 3) | (3, 4) => Self::TooLarge,
            (4, 7) => Self::Expired,
            (4, 5) | (5, 3) | (7, 28) => Self::TooMany,
            (3 | 4, _) => Self::Unreachable,
            (6, _) => Self::ContentRefused,
            (7, _) => Self::RefusedByPolicy,
            _ => Self::Other,
        }
    }

    /// By what a server wrote, where its code says little.
    pub fn of_words(text: &str) -> Self {
        let text = text.to_lowercase();
        let said = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
        let known = WORDS.iter().find(|(_, signs)| said(signs));
        known.map_or(Self::Other, |(reason, _)| *reason)
    }

    /// What a full mailbox or a policy of today says nothing of: the address itself is wrong.
    pub fn condemns_address(self) -> bool {
        matches!(
            self,
            Self::NoSuchAddress | Self::MailboxDisabled | Self::DomainUnknown
        )
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
            Self::Delayed => 2,
            Self::Queued => 3,
            Self::Sending => 4,
            Self::Uncertain => 5,
            Self::Failed => 6,
        }
    }
}

/// What servers write, in lower case, the plainest first.
const WORDS: [(BounceReason, &[&str]); 9] = [
    (
        BounceReason::SenderNotAuthenticated,
        &["spf", "dkim", "dmarc", "unauthenticated", "not authenticated"],
    ),
    (
        BounceReason::RejectedAsSpam,
        &[
            "spam",
            "blacklist",
            "blocklist",
            "block list",
            "blocked using",
            "reputation",
            "垃圾",
        ],
    ),
    (
        BounceReason::MailboxFull,
        &[
            "quota",
            "mailbox full",
            "mailbox is full",
            "insufficient storage",
            "容量",
        ],
    ),
    (
        BounceReason::TooLarge,
        &["too large", "too big", "size limit", "exceeds the maximum"],
    ),
    (
        BounceReason::MailboxDisabled,
        &["disabled", "inactive", "suspended", "deactivated"],
    ),
    (
        BounceReason::TooMany,
        &["too many", "rate limit", "too much mail", "throttl"],
    ),
    (
        BounceReason::NoSuchAddress,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no mailbox",
            "not exist",
            "invalid recipient",
            "unknown recipient",
            "recipient unknown",
            "mailbox not found",
            "user not found",
            "no such recipient",
            "用户不存在",
        ],
    ),
    (
        BounceReason::DomainUnknown,
        &[
            "domain not found",
            "unknown host",
            "host not found",
            "nxdomain",
            "unrouteable",
        ],
    ),
    (
        BounceReason::Unreachable,
        &["timed out", "timeout", "connection refused", "unreachable"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_said_in_words() {
        use BounceReason as B;
        for (code, reason) in [
            ("5.1.1", B::NoSuchAddress),
            ("5.1.2", B::DomainUnknown),
            ("5.2.1", B::MailboxDisabled),
            ("4.2.2", B::MailboxFull),
            ("5.3.4", B::TooLarge),
            ("4.4.1", B::Unreachable),
            ("4.4.7", B::Expired),
            ("5.7.1", B::RefusedByPolicy),
            ("5.7.26", B::SenderNotAuthenticated),
            ("5.0.0", B::Other),
            ("nonsense", B::Other),
        ] {
            assert_eq!(B::of_code(code), reason, "{code}");
        }
        for (words, reason) in [
            ("550 user unknown", B::NoSuchAddress),
            ("554 rejected: listed as SPAM source", B::RejectedAsSpam),
            ("552 over quota", B::MailboxFull),
            ("550 no", B::Other),
        ] {
            assert_eq!(B::of_words(words), reason, "{words}");
        }
    }

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
