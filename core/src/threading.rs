//! Which ticket a mail continues: how far each sign of it is trusted, and when a ticket is too old to go on.

use crate::ticket::Category;
use crate::time::{Length, Timestamp};

words! {
    /// The sign by which a mail found its ticket, in the order of trust.
    Because {
        /// It continues nothing that we know.
        New = "new",
        /// It came to an address of ours that only who got our mail can know.
        ReplyToken = "reply_token",
        InReplyTo = "in_reply_to",
        References = "references",
        SubjectNumber = "subject_number",
        /// It quotes a mark of ours.
        Marker = "marker",
        /// The same person wrote under the same subject not long ago.
        SameSender = "same_sender",
        /// Somebody of the desk put it there.
        Person = "person",
    }
}

words! {
    /// Why a sign did not hold.
    Refused {
        NotAParticipant = "not_a_participant",
        /// The mail is probably not from who it says.
        FromFailed = "from_failed",
        /// The very mail stands there already; it came to an inbox of another team as well.
        OtherTeam = "other_team",
    }
}

words! {
    /// How far the address in From is proved.
    FromTrust { Verified = "verified", Unverified = "unverified", Failed = "failed" }
}

words! {
    /// What one way of checking a mail said (RFC 8601).
    Proof {
        Pass = "pass", Fail = "fail", SoftFail = "soft_fail", Neutral = "neutral", None = "none",
        TempError = "temp_error", PermError = "perm_error",
    }
}

words! {
    /// Who checked: this desk, or the mail server in front of it that we trust.
    CheckedBy { Us = "us", Upstream = "upstream" }
}

/// What the checks together say of the From: proved when its domain stands behind it, failed when the domain denies
/// it. Without a word of the domain it is a claim, as ever.
pub fn from_trust(aligned: bool, spf: Proof, dkim: Proof, dmarc: Proof) -> FromTrust {
    if aligned && dmarc != Proof::Fail {
        FromTrust::Verified
    } else if dmarc == Proof::Fail || (spf == Proof::Fail && dkim != Proof::Pass) {
        FromTrust::Failed
    } else {
        FromTrust::Unverified
    }
}

/// What the guards look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    pub because: Because,
    /// The id or token was made and signed by us.
    pub ours: bool,
    /// The sender stands in the ticket already.
    pub takes_part: bool,
    pub from: FromTrust,
}

/// Whether a sign holds. What we signed nobody can guess; all else can be forged or quoted by strangers.
pub fn holds(sign: Sign) -> Result<(), Refused> {
    let weak = match sign.because {
        Because::ReplyToken | Because::New | Because::Person => return Ok(()),
        Because::InReplyTo | Because::References if sign.ours => return Ok(()),
        // A colleague in copy answers the customer's own mail: they need not be known.
        Because::InReplyTo | Because::References => false,
        Because::SubjectNumber | Because::Marker | Because::SameSender => true,
    };
    if sign.from == FromTrust::Failed {
        Err(Refused::FromFailed)
    } else if weak && !sign.takes_part {
        Err(Refused::NotAParticipant)
    } else {
        Ok(())
    }
}

/// Whether the matter goes on in its ticket, or in a new one that follows up on it.
pub fn goes_on(
    category: Category,
    solved_at: Option<Timestamp>,
    now: Timestamp,
    follow_up_after: Option<Length>,
) -> bool {
    match (category, solved_at, follow_up_after) {
        (Category::Closed, _, _) => false,
        (Category::Solved, Some(solved), Some(after)) => now.since(solved).millis() <= after.millis(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_holds_as_far_as_it_is_trusted() {
        use Because as B;
        let (verified, failed) = (FromTrust::Unverified, FromTrust::Failed);
        for (because, ours, takes_part, from, wanted) in [
            (B::ReplyToken, true, false, failed, Ok(())),
            (B::InReplyTo, true, false, failed, Ok(())),
            (B::InReplyTo, false, false, verified, Ok(())),
            (B::InReplyTo, false, true, failed, Err(Refused::FromFailed)),
            (B::References, false, true, failed, Err(Refused::FromFailed)),
            (B::SubjectNumber, false, true, verified, Ok(())),
            (
                B::SubjectNumber,
                false,
                false,
                verified,
                Err(Refused::NotAParticipant),
            ),
            (B::Marker, true, false, verified, Err(Refused::NotAParticipant)),
            (B::Marker, true, true, failed, Err(Refused::FromFailed)),
            (B::SameSender, false, true, verified, Ok(())),
            (B::SameSender, false, true, failed, Err(Refused::FromFailed)),
        ] {
            let sign = Sign {
                because,
                ours,
                takes_part,
                from,
            };
            assert_eq!(holds(sign), wanted, "{sign:?}");
        }
    }

    #[test]
    fn a_from_is_proved_only_by_its_own_domain() {
        use Proof::{Fail, None, Pass, SoftFail, TempError};
        for (aligned, spf, dkim, dmarc, wanted) in [
            (true, Pass, None, Pass, FromTrust::Verified),
            (true, None, Pass, None, FromTrust::Verified),
            (false, Pass, Pass, None, FromTrust::Unverified),
            (false, Pass, Pass, Fail, FromTrust::Failed),
            (false, Fail, None, None, FromTrust::Failed),
            (false, Fail, Pass, None, FromTrust::Unverified),
            (false, SoftFail, None, None, FromTrust::Unverified),
            (false, TempError, TempError, TempError, FromTrust::Unverified),
        ] {
            assert_eq!(
                from_trust(aligned, spf, dkim, dmarc),
                wanted,
                "{spf} {dkim} {dmarc}"
            );
        }
    }

    #[test]
    fn a_ticket_goes_on_until_it_is_closed_or_solved_too_long() {
        let solved = Some(Timestamp::from_millis(0));
        let week = Some(Length::days(7));
        let after = |days| Timestamp::from_millis(0).plus(Length::days(days));
        for (category, now, limit, wanted) in [
            (Category::Open, after(400), week, true),
            (Category::Closed, after(0), None, false),
            (Category::Solved, after(7), week, true),
            (Category::Solved, after(8), week, false),
            (Category::Solved, after(4000), None, true),
        ] {
            assert_eq!(goes_on(category, solved, now, limit), wanted, "{category} {now}");
        }
    }
}
