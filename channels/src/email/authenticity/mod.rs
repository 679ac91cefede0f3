//! Whether a message comes from whom it says: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989) of
//! a message as it arrived, or as a trusted server before us reported them. It judges, nothing more:
//! what becomes of a message whose sender is not proven is decided by its reader.

mod reported;

use std::net::IpAddr;
use std::time::Duration;

use mail_auth::common::crypto::Algorithm;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcOutput, DmarcResult, MessageAuthenticator, SpfOutput,
    SpfResult,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::{Instant, timeout_at};

use crate::email::address::{Mailbox, parse_list};
use crate::email::dns::{Resolver, ascii_name};
use crate::email::mime::header;

pub use reported::reported;

/// Signatures beyond this number are not looked at: each one costs a question and a calculation.
const MAX_SIGNATURES: usize = 10;
/// A header longer than this is nobody's; signatures over it would cost more than they tell.
const MAX_HEADER: usize = 1 << 20;
/// Messages from here on are hashed where nothing waits behind them.
const LONG: usize = 256 << 10;

/// What a check came to, in the words of RFC 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Pass,
    Fail,
    SoftFail,
    Neutral,
    None,
    TempError,
    PermError,
}

/// What the owner of a domain wants done with mail that fails DMARC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    None,
    Quarantine,
    Reject,
}

/// What is known of a message's sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub spf: Outcome,
    /// The domain that SPF was asked for: that of the envelope sender, else of the greeting.
    pub spf_domain: Option<String>,
    /// The best of all signatures.
    pub dkim: Outcome,
    /// Whose signatures hold.
    pub dkim_domains: Vec<String>,
    /// `None` when the From's domain publishes no DMARC record.
    pub dmarc: Outcome,
    pub policy: Option<Policy>,
    /// The domain of the From, when there is exactly one.
    pub from_domain: Option<String>,
    /// The From's domain when SPF or DKIM proves it; without it the From is only a claim.
    pub aligned_domain: Option<String>,
}

impl Verdict {
    /// Nothing was checked.
    pub fn unknown() -> Verdict {
        Verdict {
            spf: Outcome::None,
            spf_domain: None,
            dkim: Outcome::None,
            dkim_domains: Vec::new(),
            dmarc: Outcome::None,
            policy: None,
            from_domain: None,
            aligned_domain: None,
        }
    }

    pub fn proves_from(&self) -> bool {
        self.aligned_domain.is_some()
    }
}

impl Outcome {
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::SoftFail => "soft_fail",
            Outcome::Neutral => "neutral",
            Outcome::None => "none",
            Outcome::TempError => "temp_error",
            Outcome::PermError => "perm_error",
        }
    }

    /// Which of several signatures speaks for the message.
    fn rank(self) -> u8 {
        match self {
            Outcome::Pass => 0,
            Outcome::TempError => 1,
            Outcome::PermError => 2,
            Outcome::Fail | Outcome::SoftFail => 3,
            Outcome::Neutral => 4,
            Outcome::None => 5,
        }
    }
}

/// How a message came to us.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    pub peer: IpAddr,
    pub helo: &'a str,
    /// Empty for the null sender.
    pub sender: &'a str,
    /// The name of the host that received it.
    pub receiver: &'a str,
}

/// Checks a message as it arrived, asking name servers for at most `limit`; what is open then is
/// [`Outcome::TempError`]. Whatever the message, there is a verdict.
pub async fn check(resolver: &Resolver, raw: &[u8], envelope: &Envelope<'_>, limit: Duration) -> Verdict {
    let end = Instant::now() + limit;
    let asked = resolver.remembering();
    let (headers, body_start) = header::split(raw);
    let from_domain = from_domain(&headers);
    let message = (body_start <= MAX_HEADER)
        .then(|| hashed(raw))
        .flatten()
        .filter(|message| same_from(message, from_domain.as_deref()));
    let (spf, signatures) = futures_util::join!(
        timeout_at(end, spf(asked, envelope)),
        timeout_at(end, dkim(asked, message.as_ref()))
    );
    let spf = spf.unwrap_or_else(|_| SpfOutput::new(spf_domain(envelope)).with_result(SpfResult::TempError));
    let in_time = signatures.is_ok();
    let signatures = signatures.unwrap_or_default();
    let mut verdict = Verdict {
        spf: spf.result().into(),
        spf_domain: ascii_name(spf.domain()),
        dkim: if in_time {
            best(&signatures)
        } else {
            Outcome::TempError
        },
        dkim_domains: passing(&signatures),
        from_domain,
        ..Verdict::unknown()
    };
    let Some(message) = &message else {
        verdict.dkim = Outcome::PermError;
        verdict.dmarc = Outcome::PermError;
        return verdict;
    };
    let parameters = DmarcParameters {
        message,
        dkim_output: &signatures,
        dkim2_output: None,
        rfc5321_mail_from_domain: spf.domain(),
        spf_output: &spf,
    };
    match timeout_at(end, asked.verify_dmarc(parameters)).await {
        Ok(dmarc) => judge(&mut verdict, &dmarc),
        Err(_) => verdict.dmarc = Outcome::TempError,
    }
    if verdict.dmarc == Outcome::Fail && verdict.dkim == Outcome::TempError {
        verdict.dmarc = Outcome::TempError;
    }
    align(&mut verdict);
    verdict
}

/// Reads the signatures and hashes the body, away from the other tasks of the thread when it is long.
fn hashed(raw: &[u8]) -> Option<AuthenticatedMessage<'_>> {
    let threaded =
        Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    let mut message = if threaded && raw.len() > LONG {
        tokio::task::block_in_place(|| AuthenticatedMessage::parse(raw))
    } else {
        AuthenticatedMessage::parse(raw)
    }?;
    // A signature that leaves the From open proves nothing of it, and SHA-1 nothing at all (RFC 8301).
    message.dkim_headers.retain(|signature| {
        let signed = &signature.header;
        signed.a != Algorithm::RsaSha1 && signed.h.iter().any(|name| name.eq_ignore_ascii_case("from"))
    });
    message.dkim_headers.truncate(MAX_SIGNATURES);
    Some(message)
}

/// Two readers of one header may differ over where an address begins; then neither is believed.
fn same_from(message: &AuthenticatedMessage<'_>, domain: Option<&str>) -> bool {
    !message.from.is_empty()
        && message.from.iter().all(|from| {
            let theirs = from.rsplit_once('@').and_then(|(_, domain)| ascii_name(domain));
            theirs.is_some() && theirs.as_deref() == domain
        })
}

/// The one domain of all addresses in the From.
pub(super) fn from_domain(headers: &header::Headers<'_>) -> Option<String> {
    let mailboxes: Vec<Mailbox> = headers
        .raw_all("from")
        .iter()
        .flat_map(|value| parse_list(value))
        .collect();
    let mut domains = mailboxes.iter().map(|mailbox| {
        mailbox
            .address
            .rsplit_once('@')
            .and_then(|(_, domain)| ascii_name(domain))
    });
    let first = domains.next()??;
    domains
        .all(|domain| domain.as_deref() == Some(&first))
        .then_some(first)
}

async fn spf(asked: &MessageAuthenticator, envelope: &Envelope<'_>) -> SpfOutput {
    let parameters = if envelope.sender.contains('@') {
        SpfParameters::verify_mail_from(envelope.peer, envelope.helo, envelope.receiver, envelope.sender)
    } else {
        SpfParameters::verify_ehlo(envelope.peer, envelope.helo, envelope.receiver)
    };
    asked.verify_spf(parameters).await
}

fn spf_domain(envelope: &Envelope<'_>) -> String {
    let domain = envelope
        .sender
        .rsplit_once('@')
        .map_or(envelope.helo, |(_, domain)| domain);
    domain.to_owned()
}

async fn dkim<'m>(
    asked: &MessageAuthenticator,
    message: Option<&'m AuthenticatedMessage<'m>>,
) -> Vec<DkimOutput<'m>> {
    match message {
        Some(message) => asked.verify_dkim(message).await,
        None => Vec::new(),
    }
}

fn best(signatures: &[DkimOutput<'_>]) -> Outcome {
    signatures
        .iter()
        .map(|signature| Outcome::from(signature.result()))
        .min_by_key(|outcome| outcome.rank())
        .unwrap_or(Outcome::None)
}

fn passing(signatures: &[DkimOutput<'_>]) -> Vec<String> {
    let mut domains: Vec<String> = signatures
        .iter()
        .filter(|signature| *signature.result() == DkimResult::Pass)
        .filter_map(|signature| ascii_name(&signature.signature()?.d))
        .collect();
    domains.dedup();
    domains
}

fn judge(verdict: &mut Verdict, dmarc: &DmarcOutput) {
    verdict.dmarc = match dmarc.result() {
        DmarcResult::Pass => Outcome::Pass,
        DmarcResult::Fail(_) => Outcome::Fail,
        DmarcResult::TempError(_) => Outcome::TempError,
        DmarcResult::PermError(_) => Outcome::PermError,
        DmarcResult::None => Outcome::None,
    };
    if dmarc.dmarc_record().is_some() {
        verdict.policy = Some(match dmarc.policy() {
            mail_auth::dmarc::Policy::Quarantine => Policy::Quarantine,
            mail_auth::dmarc::Policy::Reject => Policy::Reject,
            _ => Policy::None,
        });
    }
}

/// DMARC decides where there is a record. Elsewhere a domain is proven by itself or by one above it;
/// who shares only an owner with it cannot be told without a record.
fn align(verdict: &mut Verdict) {
    let Some(from) = verdict.from_domain.clone() else {
        return;
    };
    let spf = verdict.spf_domain.iter().filter(|_| verdict.spf == Outcome::Pass);
    let proven = match verdict.dmarc {
        Outcome::Pass => true,
        Outcome::None => verdict
            .dkim_domains
            .iter()
            .chain(spf)
            .any(|domain| governs(domain, &from)),
        _ => false,
    };
    verdict.aligned_domain = proven.then_some(from);
}

fn governs(domain: &str, from: &str) -> bool {
    let above = from
        .strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    above && domain.contains('.')
}

impl From<SpfResult> for Outcome {
    fn from(result: SpfResult) -> Outcome {
        match result {
            SpfResult::Pass => Outcome::Pass,
            SpfResult::Fail => Outcome::Fail,
            SpfResult::SoftFail => Outcome::SoftFail,
            SpfResult::Neutral => Outcome::Neutral,
            SpfResult::TempError => Outcome::TempError,
            SpfResult::PermError => Outcome::PermError,
            SpfResult::None => Outcome::None,
        }
    }
}

impl From<&DkimResult> for Outcome {
    fn from(result: &DkimResult) -> Outcome {
        match result {
            DkimResult::Pass => Outcome::Pass,
            DkimResult::Neutral(_) => Outcome::Neutral,
            DkimResult::Fail(_) => Outcome::Fail,
            DkimResult::PermError(_) => Outcome::PermError,
            DkimResult::TempError(_) => Outcome::TempError,
            DkimResult::None => Outcome::None,
        }
    }
}
