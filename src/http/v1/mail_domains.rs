//! The domains that our mail is from: their keys (DKIM), and whether DNS lets their mail be believed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use shouwen_core::channel::Channel;
use shouwen_core::id::{InboxId, WorkspaceId};
use shouwen_core::time::Timestamp;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::dkim_keys::{self as actions, KeyError};
use crate::app::App;
use crate::db;
use crate::http::auth::AdminInboxes;
use crate::http::problem::PathId;
use crate::http::{Body, Can, Failure, Problem};
use crate::sending::dkim::{self, DkimError, domain_of};
use crate::store::dkim_keys::{self, DkimAlgorithm, DkimRow, DkimState};
use crate::store::inboxes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_domains))
        .routes(routes!(put_key))
        .routes(routes!(remove_key))
        .routes(routes!(sign_with_key))
        .routes(routes!(check_domain))
}

/// The public side of a domain's key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dkim {
    selector: String,
    algorithm: DkimAlgorithm,
    state: DkimState,
    /// Of the TXT record to publish.
    record_name: String,
    record_value: String,
    created_at: Timestamp,
}

impl From<DkimRow> for Dkim {
    fn from(row: DkimRow) -> Self {
        Self {
            record_name: format!("{}._domainkey.{}", row.selector, row.domain),
            record_value: row.public_key,
            selector: row.selector,
            algorithm: row.algorithm,
            state: row.state,
            created_at: row.created_at,
        }
    }
}

/// A domain that mail of ours is from.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailDomain {
    domain: String,
    inbox_ids: Vec<InboxId>,
    /// Oldest first; none that signs: its mail is not signed here.
    keys: Vec<Dkim>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DomainList {
    items: Vec<MailDomain>,
}

async fn domains(app: &App, workspace: WorkspaceId) -> Result<Vec<MailDomain>, db::Error> {
    let mut conn = app.db.read().await?;
    let all = inboxes::all(&mut conn, workspace).await?;
    let mut keys = dkim_keys::all(&mut conn, workspace).await?;
    let mut found: Vec<MailDomain> = Vec::new();
    for inbox in all.iter().filter(|inbox| inbox.channel == Channel::Email) {
        let Some(domain) = inbox.address.as_deref().and_then(domain_of) else {
            continue;
        };
        if let Some(known) = found.iter_mut().find(|known| known.domain == domain) {
            known.inbox_ids.push(inbox.id);
            continue;
        }
        let own = keys.extract_if(.., |row| row.domain == domain);
        found.push(MailDomain {
            keys: own.map(Dkim::from).collect(),
            inbox_ids: vec![inbox.id],
            domain,
        });
    }
    found.sort_by(|one, other| one.domain.cmp(&other.domain));
    Ok(found)
}

async fn domain(app: &App, workspace: WorkspaceId, name: &str) -> Result<MailDomain, Failure> {
    let all = domains(app, workspace).await?;
    let found = all.into_iter().find(|one| one.domain == name.to_lowercase());
    found.ok_or(Failure::NotFound("mail domain"))
}

/// List the domains that our mail is from
#[utoipa::path(get, path = "/mail-domains", tag = "administration",
    responses((status = 200, body = DomainList), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn list_domains(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
) -> Result<Json<DomainList>, Failure> {
    let items = domains(&app, actor.workspace).await?;
    Ok(Json(DomainList { items }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct KeyIn {
    /// Null: one that is free, such as `desk2`.
    selector: Option<String>,
    /// Of a new key. Null: RSA, which every receiver knows.
    algorithm: Option<DkimAlgorithm>,
    /// PEM, RSA from 2048 bits on or Ed25519; null: a new one is made.
    private_key: Option<String>,
}

/// Keep a key for a domain, or make one; the first of its algorithm signs at once, another waits to be published
#[utoipa::path(put, path = "/mail-domains/{domain}/dkim", tag = "administration", request_body = KeyIn, params(("domain" = String, Path)),
    responses((status = 200, body = MailDomain), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn put_key(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(name): PathId<String>,
    Body(body): Body<KeyIn>,
) -> Result<Json<MailDomain>, Failure> {
    let known = domain(&app, actor.workspace, &name).await?;
    let given = body
        .selector
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let taken: Vec<&str> = known.keys.iter().map(|key| key.selector.as_str()).collect();
    let selector = given.map_or_else(|| dkim::free_selector(&taken), ToOwned::to_owned);
    let row = dkim::make(&app, &known.domain, &selector, body.algorithm, body.private_key).await?;
    app.change(&actor, row, |change, row| actions::keep(change, row).boxed())
        .await?;
    Ok(Json(domain(&app, actor.workspace, &name).await?))
}

/// Sign the mail of a domain with this key from now on, and with no other of its algorithm
#[utoipa::path(post, path = "/mail-domains/{domain}/dkim/{selector}/sign", tag = "administration",
    params(("domain" = String, Path), ("selector" = String, Path)),
    responses((status = 200, body = MailDomain), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn sign_with_key(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId((name, selector)): PathId<(String, String)>,
) -> Result<Json<MailDomain>, Failure> {
    let key = (name.to_lowercase(), selector.to_lowercase());
    app.change(&actor, key, |change, (name, selector)| {
        actions::sign_with(change, name, selector).boxed()
    })
    .await?;
    Ok(Json(domain(&app, actor.workspace, &name).await?))
}

/// Take a key of a domain away
#[utoipa::path(delete, path = "/mail-domains/{domain}/dkim/{selector}", tag = "administration",
    params(("domain" = String, Path), ("selector" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn remove_key(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId((name, selector)): PathId<(String, String)>,
) -> Result<StatusCode, Failure> {
    let key = (name.to_lowercase(), selector.to_lowercase());
    app.change(&actor, key, |change, (name, selector)| {
        actions::remove(change, name, selector).boxed()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A record of DNS, as one types it into a provider's form.
#[derive(Debug, Serialize, ToSchema)]
pub struct DnsRecord {
    name: String,
    /// `TXT`, `MX` or `PTR`
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DomainFinding {
    /// `spf`, `dkim`, `dmarc`, `mx` or `reverse_dns`
    what: String,
    ok: bool,
    /// `good`, `weak`, `wrong`, `missing` or `unknown`
    state: String,
    /// `ok`, or what is wrong, such as `spf_missing`
    code: String,
    /// The name that was asked for.
    name: String,
    /// The records that are there.
    found: Vec<String>,
    /// What to publish, where that would help.
    record: Option<DnsRecord>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DomainReport {
    domain: String,
    checks: Vec<DomainFinding>,
}

/// Look whether DNS lets a domain's mail be believed: SPF, DKIM, DMARC, MX, reverse names
#[utoipa::path(post, path = "/mail-domains/{domain}/check", tag = "administration", params(("domain" = String, Path)),
    responses((status = 200, body = DomainReport), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn check_domain(
    State(app): State<App>,
    Can(actor, _): Can<AdminInboxes>,
    PathId(name): PathId<String>,
) -> Result<Json<DomainReport>, Failure> {
    let known = domain(&app, actor.workspace, &name).await?;
    let report = dkim::check(&app, actor.workspace, &known.domain).await?;
    let checks = report.findings.into_iter().map(|finding| {
        let state = word(&finding.state);
        DomainFinding {
            what: word(&finding.check),
            ok: state == "good",
            state,
            code: word(&finding.code),
            name: finding.name,
            found: finding.found,
            record: finding.wanted.map(|wanted| DnsRecord {
                name: wanted.name,
                kind: wanted.kind,
                value: wanted.value,
            }),
        }
    });
    Ok(Json(DomainReport {
        checks: checks.collect(),
        domain: report.domain,
    }))
}

/// The word of an enumeration.
fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

impl From<DkimError> for Failure {
    fn from(error: DkimError) -> Self {
        let words = error.to_string();
        match error {
            DkimError::NotAKey => Self::field("private_key", words),
            DkimError::Selector => Self::field("selector", words),
            DkimError::NoResolver => Self::Conflict(words.into()),
            DkimError::Store(error) => error.into(),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let words = error.to_string();
        match error {
            KeyError::SelectorTaken => Self::field("selector", words),
            KeyError::TooMany => Self::Conflict(words.into()),
            KeyError::NoSuchKey => Self::NotFound("key"),
            KeyError::Store(error) => error.into(),
        }
    }
}
