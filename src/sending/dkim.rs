//! Signing the mail of our domains (DKIM, RFC 6376), and looking at what DNS says of them.

use std::time::Duration;

use shouwen_channels::Secret;
use shouwen_channels::email::dns_check::{self, Asked, Report};
use shouwen_channels::email::sign::{self, DkimKey, Signer};
use shouwen_core::id::WorkspaceId;

use super::accounts::smtp_account;
use crate::app::App;
use crate::db;
use crate::store::dkim_keys::{self, DkimAlgorithm, DkimRow, DkimState};
use crate::store::inboxes::{self, InboxRow};

const SEALED_FOR: &str = "dkim key";
/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(12);

#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    #[error("this is no private key in PEM that we can sign with: RSA from 2048 bits on, or Ed25519")]
    NotAKey,
    #[error("a selector has letters, digits and hyphens, such as desk1")]
    Selector,
    #[error("names cannot be looked up: give the server a nameserver (mail.nameserver)")]
    NoResolver,
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// The domain of an address, as keys are kept by it.
pub fn domain_of(address: &str) -> Option<String> {
    address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
}

/// A selector that the domain has no key under yet.
pub fn free_selector(taken: &[&str]) -> String {
    let mut names = (1..).map(|number| match number {
        1 => "desk".to_owned(),
        number => format!("desk{number}"),
    });
    names
        .find(|name| !taken.contains(&name.as_str()))
        .unwrap_or_default()
}

/// A key for a domain: the pasted one, or a new one. Whether it signs is decided when it is kept.
pub async fn make(
    app: &App,
    domain: &str,
    selector: &str,
    algorithm: Option<DkimAlgorithm>,
    pem: Option<String>,
) -> Result<DkimRow, DkimError> {
    let plain = !selector.is_empty()
        && selector.len() <= 63
        && selector
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain {
        return Err(DkimError::Selector);
    }
    let key = match (pem, algorithm) {
        (Some(pem), _) => DkimKey::from_pem(&Secret::new(pem)),
        (None, Some(DkimAlgorithm::Ed25519)) => DkimKey::generate_ed25519(),
        // A tenth of a second of arithmetic, during which others are to be served.
        (None, None | Some(DkimAlgorithm::Rsa)) => tokio::task::spawn_blocking(DkimKey::generate_rsa)
            .await
            .map_err(|_| DkimError::NotAKey)?,
    };
    let key = key.map_err(|_| DkimError::NotAKey)?;
    Signer::new(&key, domain, selector).map_err(|_| DkimError::NotAKey)?;
    Ok(DkimRow {
        domain: domain.to_owned(),
        selector: selector.to_lowercase(),
        algorithm: match key.algorithm() {
            sign::DkimAlgorithm::Rsa => DkimAlgorithm::Rsa,
            sign::DkimAlgorithm::Ed25519 => DkimAlgorithm::Ed25519,
        },
        state: DkimState::Next,
        private_key: app.secrets.seal(SEALED_FOR, key.to_pem().expose()),
        public_key: key.record(),
        created_at: app.now(),
    })
}

/// The mail with the signatures of its sender's domain, one by each key that signs. A key that does not work is said
/// loudly, and the mail goes without: that it arrives counts more.
pub(super) async fn signed(
    app: &App,
    workspace: WorkspaceId,
    from: Option<&str>,
    raw: Vec<u8>,
) -> Result<Vec<u8>, db::Error> {
    let Some(domain) = from.and_then(domain_of) else {
        return Ok(raw);
    };
    let keys = dkim_keys::of_domain(&mut app.db.read().await?, workspace, &domain).await?;
    let mut sealed = Vec::new();
    for row in keys.iter().filter(|row| row.state == DkimState::Signs) {
        match signature(app, row, &raw) {
            Ok(header) => sealed.extend_from_slice(header.as_bytes()),
            Err(error) => tracing::error!(error, "a mail goes without a DKIM signature of its domain"),
        }
    }
    sealed.extend_from_slice(&raw);
    Ok(sealed)
}

fn signature(app: &App, row: &DkimRow, raw: &[u8]) -> Result<String, String> {
    let pem = app.secrets.unseal(SEALED_FOR, &row.private_key);
    let pem = pem.map_err(|error| error.to_string())?;
    let key = DkimKey::from_pem(&Secret::new(pem)).map_err(|error| error.to_string())?;
    let signer = Signer::new(&key, &row.domain, &row.selector).map_err(|error| error.to_string())?;
    signer.sign(raw).map_err(|error| error.to_string())
}

/// What DNS says of a domain of ours: whether its mail will be believed, and what to publish.
pub async fn check(app: &App, workspace: WorkspaceId, domain: &str) -> Result<Report, DkimError> {
    let resolver = app.resolver.as_ref().ok_or(DkimError::NoResolver)?;
    let (rows, all) = {
        let mut conn = app.db.read().await?;
        let rows = dkim_keys::of_domain(&mut conn, workspace, domain).await?;
        (rows, inboxes::all(&mut conn, workspace).await?)
    };
    // What was laid down needs no record for long.
    let keys: Vec<(&str, Option<String>)> = rows
        .iter()
        .filter(|row| row.state != DkimState::Retired)
        .map(|row| (row.selector.as_str(), Some(row.public_key.clone())))
        .collect();
    let host = sending_host(app, &all, domain);
    let asked = Asked {
        domain,
        dkim: &keys,
        sending_host: host.as_deref(),
        sending_ips: &[],
    };
    Ok(dns_check::check(resolver, &asked, PATIENCE).await)
}

/// The host that the domain's mail leaves by.
fn sending_host(app: &App, all: &[InboxRow], domain: &str) -> Option<String> {
    let of_domain = |inbox: &&InboxRow| {
        let own = inbox.address.as_deref().and_then(domain_of);
        inbox.active && own.as_deref() == Some(domain)
    };
    let inbox = all.iter().find(of_domain)?;
    smtp_account(app, inbox).ok().map(|account| account.host)
}
