//! Where names are looked up: the system's name servers or a given one. What the answers mean for mail
//! is decided by `authenticity` and `dns_check`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::proto::rr::{Name, RData, RecordType};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::{DnsError, Error, MessageAuthenticator};

/// How long one question may take before it is asked again.
const QUESTION: Duration = Duration::from_secs(3);
const ATTEMPTS: usize = 2;

/// Cheap to clone; one per process, since it remembers answers for as long as they hold.
#[derive(Clone)]
pub struct Resolver {
    remembering: Arc<MessageAuthenticator>,
    /// Forgets every answer at once, for whoever has just changed a record and looks again.
    fresh: Arc<MessageAuthenticator>,
}

#[derive(Debug, thiserror::Error)]
#[error("the name servers of this system cannot be used: {0}")]
pub struct ResolverError(String);

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// There is no such record.
    Absent,
    /// Nobody could say.
    Failed,
}

impl Resolver {
    /// The name servers in `/etc/resolv.conf`.
    pub fn system() -> Result<Resolver, ResolverError> {
        let (config, options) = read_system_conf().map_err(|error| ResolverError(error.to_string()))?;
        Resolver::with(&config, &options)
    }

    /// One name server, by UDP and TCP.
    pub fn at(nameserver: SocketAddr) -> Result<Resolver, ResolverError> {
        let mut server = NameServerConfig::udp_and_tcp(nameserver.ip());
        for connection in &mut server.connections {
            connection.port = nameserver.port();
        }
        let config = ResolverConfig::from_name_servers(vec![server]);
        Resolver::with(&config, &ResolverOpts::default())
    }

    fn with(config: &ResolverConfig, options: &ResolverOpts) -> Result<Resolver, ResolverError> {
        let mut options = options.clone();
        options.timeout = QUESTION;
        options.attempts = ATTEMPTS;
        options.edns0 = true;
        options.use_hosts_file = ResolveHosts::Never;
        let mut forgetting = options.clone();
        forgetting.cache_size = 0;
        Ok(Resolver {
            remembering: build(config, options)?,
            fresh: build(config, forgetting)?,
        })
    }

    pub(crate) fn remembering(&self) -> &MessageAuthenticator {
        &self.remembering
    }

    pub(crate) fn fresh(&self) -> &MessageAuthenticator {
        &self.fresh
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Resolver")
    }
}

fn build(config: &ResolverConfig, options: ResolverOpts) -> Result<Arc<MessageAuthenticator>, ResolverError> {
    TokioResolver::builder_with_config(config.clone(), TokioRuntimeProvider::default())
        .with_options(options)
        .build()
        .map(|resolver| Arc::new(MessageAuthenticator(resolver)))
        .map_err(|error| ResolverError(error.to_string()))
}

/// The name as DNS writes it, in lower case and with punycode; without the last dot.
pub(crate) fn ascii_name(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches('.');
    let parsed = Name::from_utf8(name).ok().filter(|_| !name.is_empty())?;
    Some(parsed.to_lowercase().to_ascii().trim_end_matches('.').to_owned())
}

/// The texts at a name, each joined from its pieces.
pub(crate) async fn texts(asked: &MessageAuthenticator, name: &str) -> Result<Vec<String>, Unanswered> {
    let lookup = lookup(asked, name, RecordType::TXT).await?;
    let texts = lookup.into_iter().filter_map(|answer| match answer {
        RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
        _ => None,
    });
    Ok(texts.collect())
}

/// The hosts that take mail for a name, best first.
pub(crate) async fn exchanges(
    asked: &MessageAuthenticator,
    name: &str,
) -> Result<Vec<(u16, String)>, Unanswered> {
    let lookup = lookup(asked, name, RecordType::MX).await?;
    let mut exchanges: Vec<(u16, String)> = lookup
        .into_iter()
        .filter_map(|answer| match answer {
            RData::MX(mx) => Some((mx.preference, mx.exchange.to_lowercase().to_ascii())),
            _ => None,
        })
        .collect();
    exchanges.sort();
    Ok(exchanges)
}

/// The addresses of a host, of both kinds.
pub(crate) async fn addresses(
    asked: &MessageAuthenticator,
    host: &str,
) -> Result<Vec<std::net::IpAddr>, Unanswered> {
    let (four, six) = futures_util::join!(
        lookup(asked, host, RecordType::A),
        lookup(asked, host, RecordType::AAAA)
    );
    let failed = matches!(four, Err(Unanswered::Failed)) && matches!(six, Err(Unanswered::Failed));
    let found: Vec<std::net::IpAddr> = [four, six]
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|answer| answer.ip_addr())
        .collect();
    match (found.is_empty(), failed) {
        (false, _) => Ok(found),
        (true, true) => Err(Unanswered::Failed),
        (true, false) => Err(Unanswered::Absent),
    }
}

async fn lookup(
    asked: &MessageAuthenticator,
    name: &str,
    kind: RecordType,
) -> Result<Vec<RData>, Unanswered> {
    let name = Name::from_utf8(format!("{}.", name.trim_end_matches('.'))).map_err(|_| Unanswered::Absent)?;
    let lookup = asked.0.lookup(name, kind).await;
    let lookup = lookup.map_err(|error| unanswered(&Error::from(error)))?;
    let answers = lookup
        .answers()
        .iter()
        .filter(|record| record.record_type() == kind);
    Ok(answers.map(|record| record.data.clone()).collect())
}

pub(crate) fn unanswered(error: &Error) -> Unanswered {
    match error {
        Error::Dns(DnsError::RecordNotFound(_) | DnsError::InvalidRecordType) => Unanswered::Absent,
        _ => Unanswered::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_dns_does() {
        for (name, wanted) in [
            ("Example.ORG.", Some("example.org")),
            ("müller.de", Some("xn--mller-kva.de")),
            ("例え.jp", Some("xn--r8jz45g.jp")),
            ("_dmarc.example.org", Some("_dmarc.example.org")),
            ("", None),
            ("a..b", None),
        ] {
            assert_eq!(ascii_name(name).as_deref(), wanted, "{name}");
        }
    }
}
