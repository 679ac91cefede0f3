//! Whether a domain's records let its mail arrive: SPF, DKIM, DMARC, MX and the reverse names of the hosts
//! that send, each with a code for the interface and the exact record to publish. It changes nothing
//! and remembers nothing: whoever has just published a record sees it.

mod addresses;
mod dkim;
mod dmarc;
mod provider;
mod spf;

use std::net::IpAddr;
use std::time::Duration;

use mail_auth::MessageAuthenticator;
use serde::{Deserialize, Serialize};

use crate::email::dns::{self, Resolver, Unanswered, ascii_name};

/// Addresses and keys beyond this number are not looked at.
const MAX_EACH: usize = 4;

/// What to look at.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The domain of our From.
    pub domain: &'a str,
    /// Selectors, each with the record that our key needs if we hold it.
    pub dkim: &'a [(&'a str, Option<String>)],
    /// The host that our mail leaves from: the relay, or ourselves.
    pub sending_host: Option<&'a str>,
    /// Its addresses towards the world; empty: what its name says.
    pub sending_ips: &'a [IpAddr],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub domain: String,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub check: Check,
    pub state: State,
    pub code: Code,
    /// The name that was asked for.
    pub name: String,
    /// The records that are there.
    pub found: Vec<String>,
    /// What to publish, where that would help.
    pub wanted: Option<Record>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    Spf,
    Dkim,
    Dmarc,
    Mx,
    ReverseDns,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Good,
    /// Mail arrives, but less surely than it could.
    Weak,
    Wrong,
    Missing,
    /// The name servers did not tell.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Ok,
    DomainInvalid,
    SpfMissing,
    SpfSeveral,
    SpfInvalid,
    SpfTooManyLookups,
    SpfHostNotAllowed,
    SpfAllowsAll,
    SpfWithoutEnd,
    DkimMissing,
    DkimInvalid,
    DkimRevoked,
    DkimOtherKey,
    DkimWeakKey,
    DkimTestMode,
    DmarcMissing,
    DmarcSeveral,
    DmarcInvalid,
    DmarcOnlyWatches,
    MxMissing,
    MxRefusesMail,
    MxUnresolvable,
    ReverseMissing,
    ReverseMismatch,
    HostUnknown,
    DnsFailed,
}

/// A record of DNS, as one types it into a provider's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub name: String,
    /// TXT, MX or PTR.
    pub kind: String,
    pub value: String,
}

/// Looks at everything at once, for at most `limit`; what is open then is [`Code::DnsFailed`].
pub async fn check(resolver: &Resolver, asked: &Asked<'_>, limit: Duration) -> Report {
    let Some(domain) = ascii_name(asked.domain).filter(|domain| domain.contains('.')) else {
        return Report {
            domain: asked.domain.to_owned(),
            findings: vec![Finding::new(
                Check::Spf,
                State::Wrong,
                Code::DomainInvalid,
                asked.domain,
            )],
        };
    };
    let with = resolver.fresh();
    let host = asked.sending_host.and_then(ascii_name);
    let senders = async {
        let known = asked
            .sending_ips
            .iter()
            .copied()
            .take(MAX_EACH)
            .collect::<Vec<_>>();
        let senders = addresses::senders(with, host.as_deref(), known, limit).await;
        futures_util::join!(
            spf::check(with, &domain, &senders, limit),
            addresses::reverse(with, &senders, limit)
        )
    };
    let keys = asked.dkim.iter().take(MAX_EACH);
    let keys = keys.map(|(selector, record)| dkim::check(with, &domain, selector, record.as_deref(), limit));
    let ((spf, reverse), dkim, dmarc, mx) = futures_util::join!(
        senders,
        futures_util::future::join_all(keys),
        dmarc::check(with, &domain, limit),
        addresses::exchanges(with, &domain, limit)
    );
    let findings = std::iter::once(spf).chain(dkim).chain([dmarc, mx]).chain(reverse);
    Report {
        findings: findings.collect(),
        domain,
    }
}

impl Finding {
    fn new(check: Check, state: State, code: Code, name: &str) -> Finding {
        Finding {
            check,
            state,
            code,
            name: name.to_owned(),
            found: Vec::new(),
            wanted: None,
        }
    }

    fn unknown(check: Check, name: &str) -> Finding {
        Finding::new(check, State::Unknown, Code::DnsFailed, name)
    }

    fn found(self, found: Vec<String>) -> Finding {
        Finding { found, ..self }
    }

    fn wanting(self, kind: &str, name: &str, value: impl Into<String>) -> Finding {
        let wanted = Record {
            name: name.to_owned(),
            kind: kind.to_owned(),
            value: value.into(),
        };
        Finding {
            wanted: Some(wanted),
            ..self
        }
    }
}

/// The answer within the time that is left for it.
async fn within<T>(
    limit: Duration,
    asking: impl Future<Output = Result<T, Unanswered>>,
) -> Result<T, Unanswered> {
    tokio::time::timeout(limit, asking)
        .await
        .unwrap_or(Err(Unanswered::Failed))
}

/// The texts at a name that begin with a version; none is no failure.
async fn records(
    with: &MessageAuthenticator,
    name: &str,
    version: &str,
    limit: Duration,
) -> Result<Vec<String>, Unanswered> {
    match within(limit, dns::texts(with, name)).await {
        Ok(mut texts) => {
            texts.retain(|text| begins_with(text, version));
            Ok(texts)
        }
        Err(Unanswered::Absent) => Ok(Vec::new()),
        Err(Unanswered::Failed) => Err(Unanswered::Failed),
    }
}

fn begins_with(text: &str, version: &str) -> bool {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(version.len())
        .collect();
    text.eq_ignore_ascii_case(version)
}
