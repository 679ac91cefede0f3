//! Who really wrote a mail: SPF, DKIM and DMARC of what was delivered to us, or what the mail server in front of us,
//! which we trust, wrote down of them.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use shouwen_channels::email::authenticity::{Envelope, Outcome, Verdict, check as ask, reported};
use shouwen_core::threading::{CheckedBy, Proof, from_trust};

use crate::app::App;
use crate::config::CheckSenders;
use crate::network::is_public;
use crate::store::mail_details::Authenticity;
use crate::store::raw_mails::RawMailRow;

/// How long a mail waits for DNS in all; what has not answered by then is `temp_error`.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the checks say; `None` when there is nothing to check by. Never fails: whatever DNS does, the mail goes on.
pub(super) async fn check(app: &App, raw: &RawMailRow, bytes: &Bytes) -> Option<Authenticity> {
    let trusted = app.config.mail.trusted_authserv.trim();
    if !trusted.is_empty()
        && let Some(verdict) = reported(bytes, trusted)
    {
        return Some(in_words(&verdict, CheckedBy::Upstream));
    }
    let peer: IpAddr = raw.peer.as_deref()?.parse().ok()?;
    let asks = match app.config.mail.check_senders {
        CheckSenders::Never => false,
        CheckSenders::Always => true,
        // A mail server of the same network hands on what others sent: its address says nothing of them.
        CheckSenders::Auto => is_public(peer),
    };
    let resolver = app.resolver.as_ref().filter(|_| asks)?;
    let envelope = Envelope {
        peer,
        helo: raw.helo.as_deref().unwrap_or_default(),
        sender: &raw.envelope_from,
        receiver: &app.config.smtp.hostname,
    };
    let verdict = ask(resolver, bytes, &envelope, PATIENCE).await;
    Some(in_words(&verdict, CheckedBy::Us))
}

fn in_words(verdict: &Verdict, by: CheckedBy) -> Authenticity {
    let (spf, dkim, dmarc) = (proof(verdict.spf), proof(verdict.dkim), proof(verdict.dmarc));
    Authenticity {
        spf,
        dkim,
        dmarc,
        from: from_trust(verdict.proves_from(), spf, dkim, dmarc),
        by,
    }
}

fn proof(outcome: Outcome) -> Proof {
    match outcome {
        Outcome::Pass => Proof::Pass,
        Outcome::Fail => Proof::Fail,
        Outcome::SoftFail => Proof::SoftFail,
        Outcome::Neutral => Proof::Neutral,
        Outcome::None => Proof::None,
        Outcome::TempError => Proof::TempError,
        Outcome::PermError => Proof::PermError,
    }
}
