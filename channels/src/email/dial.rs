//! Opens connections to mail servers, plain or with TLS, and says in stable codes why it could not.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::email::mail_stream::MailStream;

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// For a relay on the same machine or network only.
    None,
    /// Plain first, then upgraded; never falls back to plain.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// Whose certificates are believed: the system's roots (Mozilla's where the system has none), and
/// those of a company's own authority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Trust {
    /// DER.
    pub extra_roots: Vec<Vec<u8>>,
}

#[derive(Debug, thiserror::Error)]
pub enum DialError {
    #[error("the name {0} is not known")]
    UnknownHost(String),
    #[error("the server refuses connections on this port")]
    Refused,
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    #[error("the server did not answer in time")]
    Timeout,
    #[error("the server's certificate is not trusted: {0}")]
    Certificate(String),
    #[error("no encrypted connection could be agreed on: {0}")]
    Tls(String),
}

impl DialError {
    /// For the interface, which has the words in the agent's language.
    pub fn code(&self) -> &'static str {
        match self {
            DialError::UnknownHost(_) => "unknown_host",
            DialError::Refused => "refused",
            DialError::Unreachable(_) => "unreachable",
            DialError::Timeout => "timeout",
            DialError::Certificate(_) => "certificate",
            DialError::Tls(_) => "tls",
        }
    }
}

pub(crate) async fn connect(host: &str, port: u16, limit: Duration) -> Result<TcpStream, DialError> {
    let dialling = async {
        let addresses: Vec<_> = tokio::net::lookup_host((host, port))
            .await
            .map_err(|_| DialError::UnknownHost(host.to_owned()))?
            .collect();
        let mut last = DialError::UnknownHost(host.to_owned());
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    // Small commands and answers must not wait for each other's acknowledgement.
                    stream
                        .set_nodelay(true)
                        .map_err(|error| DialError::Unreachable(error.to_string()))?;
                    return Ok(stream);
                }
                Err(error) => last = unreachable(&error),
            }
        }
        Err(last)
    };
    tokio::time::timeout(limit, dialling)
        .await
        .unwrap_or(Err(DialError::Timeout))
}

fn unreachable(error: &io::Error) -> DialError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => DialError::Refused,
        io::ErrorKind::TimedOut => DialError::Timeout,
        _ => DialError::Unreachable(error.to_string()),
    }
}

pub(crate) async fn encrypt(
    stream: TcpStream,
    host: &str,
    trust: &Trust,
    limit: Duration,
) -> Result<MailStream, DialError> {
    let config = client_config(trust).map_err(|error| DialError::Tls(error.to_string()))?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| DialError::Tls(format!("{host} is no name a certificate can bear")))?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream);
    match tokio::time::timeout(limit, handshake).await {
        Ok(Ok(stream)) => Ok(MailStream::Encrypted(Box::new(stream))),
        Ok(Err(error)) => Err(tls_failure(&error)),
        Err(_) => Err(DialError::Timeout),
    }
}

fn client_config(trust: &Trust) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra: Vec<CertificateDer<'static>> = trust
        .extra_roots
        .iter()
        .map(|der| CertificateDer::from(der.clone()))
        .collect();
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    if let Ok(verifier) = Verifier::new_with_extra_roots(extra.clone(), provider) {
        let dangerous = builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        return Ok(dangerous.with_no_client_auth());
    }
    // No roots on this system, as in bare containers.
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    roots.add_parsable_certificates(extra);
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn tls_failure(error: &io::Error) -> DialError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(reason)) => DialError::Certificate(format!("{reason}")),
        Some(other) => DialError::Tls(other.to_string()),
        None => DialError::Tls(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn failures_have_stable_codes() {
        let limit = Duration::from_secs(5);
        let closed = {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        assert_eq!(
            connect("127.0.0.1", closed, limit).await.unwrap_err().code(),
            "refused"
        );
        let unknown = connect("no-such-host.invalid", 25, limit).await.unwrap_err();
        assert!(matches!(unknown.code(), "unknown_host" | "timeout"));
    }
}
