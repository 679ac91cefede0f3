//! Hosts and addresses: where our mail comes from, whether its addresses have names that lead back, and
//! who takes mail for the domain.

use std::net::IpAddr;
use std::time::Duration;

use mail_auth::MessageAuthenticator;

use super::{Check, Code, Finding, MAX_EACH, State, provider, within};
use crate::email::dns::{self, Unanswered, unanswered};

/// Where our mail comes from.
#[derive(Debug, Clone)]
pub(super) struct Senders {
    pub(super) host: Option<String>,
    pub(super) addresses: Vec<IpAddr>,
    /// The addresses are only those that the host's name says; a relay may send from others.
    pub(super) guessed: bool,
    /// What allows the provider that the host belongs to.
    pub(super) mechanism: Option<&'static str>,
    failure: Option<Unanswered>,
}

pub(super) async fn senders(
    with: &MessageAuthenticator,
    host: Option<&str>,
    known: Vec<IpAddr>,
    limit: Duration,
) -> Senders {
    let mechanism = host.and_then(provider::mechanism);
    let mut senders = Senders {
        host: host.map(str::to_owned),
        guessed: known.is_empty(),
        addresses: known,
        mechanism,
        failure: None,
    };
    if let (Some(host), true, None) = (host, senders.guessed, mechanism) {
        match within(limit, dns::addresses(with, host)).await {
            Ok(found) => senders.addresses = found.into_iter().take(MAX_EACH).collect(),
            Err(failure) => senders.failure = Some(failure),
        }
    }
    senders
}

/// One finding an address. A provider's addresses are its own matter.
pub(super) async fn reverse(with: &MessageAuthenticator, senders: &Senders, limit: Duration) -> Vec<Finding> {
    if senders.mechanism.is_some() && senders.guessed {
        return Vec::new();
    }
    let host = senders.host.as_deref().unwrap_or_default();
    match senders.failure {
        Some(Unanswered::Absent) => {
            vec![Finding::new(
                Check::ReverseDns,
                State::Missing,
                Code::HostUnknown,
                host,
            )]
        }
        Some(Unanswered::Failed) => vec![Finding::unknown(Check::ReverseDns, host)],
        None => {
            let each = senders.addresses.iter().filter(|address| is_public(address));
            let each = each.map(|address| reverse_of(with, *address, senders.host.as_deref(), limit));
            futures_util::future::join_all(each).await
        }
    }
}

async fn reverse_of(
    with: &MessageAuthenticator,
    address: IpAddr,
    host: Option<&str>,
    limit: Duration,
) -> Finding {
    let name = address.to_string();
    let finding = |state, code| Finding::new(Check::ReverseDns, state, code, &name);
    let with_wish = |finding: Finding| match host {
        Some(host) => finding.wanting("PTR", &name, format!("{host}.")),
        None => finding,
    };
    let none = None::<&mail_auth::common::cache::NoCache<IpAddr, mail_auth::RecordSet<Box<str>>>>;
    let asking = async {
        with.ptr_lookup(address, none)
            .await
            .map_err(|error| unanswered(&error))
    };
    let names = match within(limit, asking).await {
        Ok(names) => names
            .rrset
            .iter()
            .take(MAX_EACH)
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        Err(Unanswered::Absent) => Vec::new(),
        Err(Unanswered::Failed) => return finding(State::Unknown, Code::DnsFailed),
    };
    if names.is_empty() {
        return with_wish(finding(State::Missing, Code::ReverseMissing));
    }
    for name in &names {
        let forward = within(limit, dns::addresses(with, name)).await;
        if forward.is_ok_and(|addresses| addresses.contains(&address)) {
            return finding(State::Good, Code::Ok).found(names);
        }
    }
    with_wish(finding(State::Wrong, Code::ReverseMismatch)).found(names)
}

/// Behind a translation of addresses nobody outside sees this one.
fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_private() || address.is_loopback() || address.is_link_local()),
        IpAddr::V6(address) => {
            !(address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local())
        }
    }
}

/// Who takes mail for the domain; answers and bounces come there.
pub(super) async fn exchanges(with: &MessageAuthenticator, domain: &str, limit: Duration) -> Finding {
    let finding = |state, code| Finding::new(Check::Mx, state, code, domain);
    let exchanges = match within(limit, dns::exchanges(with, domain)).await {
        Ok(exchanges) => exchanges,
        Err(Unanswered::Absent) => Vec::new(),
        Err(Unanswered::Failed) => return finding(State::Unknown, Code::DnsFailed),
    };
    let found: Vec<String> = exchanges
        .iter()
        .map(|(rank, host)| format!("{rank} {host}"))
        .collect();
    if exchanges.is_empty() {
        return without_exchange(with, domain, limit).await;
    }
    if exchanges.iter().all(|(_, host)| host == ".") {
        return finding(State::Wrong, Code::MxRefusesMail).found(found);
    }
    let hosts = exchanges.iter().take(MAX_EACH);
    let asking = hosts.map(|(_, host)| within(limit, dns::addresses(with, host)));
    let answers = futures_util::future::join_all(asking).await;
    let verdict = if answers.iter().all(Result::is_ok) {
        finding(State::Good, Code::Ok)
    } else if answers
        .iter()
        .any(|answer| matches!(answer, Err(Unanswered::Absent)))
    {
        let state = if answers.iter().any(Result::is_ok) {
            State::Weak
        } else {
            State::Wrong
        };
        finding(state, Code::MxUnresolvable)
    } else {
        finding(State::Unknown, Code::DnsFailed)
    };
    verdict.found(found)
}

/// RFC 5321 then takes the domain for the host itself.
async fn without_exchange(with: &MessageAuthenticator, domain: &str, limit: Duration) -> Finding {
    let (state, found) = match within(limit, dns::addresses(with, domain)).await {
        Ok(found) => (State::Weak, found),
        Err(_) => (State::Missing, Vec::new()),
    };
    Finding::new(Check::Mx, state, Code::MxMissing, domain)
        .found(found.iter().map(ToString::to_string).collect())
}
