//! Signing in to mailboxes at Google and Microsoft: the authorization code flow (RFC 6749, with PKCE, RFC 7636), and
//! access tokens that are renewed before they end.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::FutureExt;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shouwen_channels::Secret;
use shouwen_core::actor::Actor;
use shouwen_core::id::{AgentId, InboxId, WorkspaceId};
use shouwen_core::time::{Length, Timestamp};

use crate::actions::administration::AdminError;
use crate::actions::oauth::{self as actions, Refusal, Tokens};
use crate::app::App;
use crate::config::OauthConfig;
use crate::db;
use crate::secrets::new_token;
use crate::store::oauth::{self, OauthProvider, OauthRow, OauthState};

/// What tokens are sealed for.
const SEALED_FOR: &str = "oauth token";
const STATE_SEALED_FOR: &str = "oauth state";
/// How long somebody may take at the provider.
const STATE_LASTS: Length = Length::minutes(30);
/// A token that ends sooner is renewed before it is used.
const SOON: Length = Length::minutes(5);
const LONGEST_ANSWER: usize = 100_000;
/// How often, and how long apart, whoever waits for another server's renewing looks.
const LOOKS: u32 = 40;
const APART: Duration = Duration::from_millis(250);

/// What a token request is refused with for good (RFC 6749, section 5.2).
const FINAL: [&str; 4] = [
    "invalid_grant",
    "invalid_client",
    "unauthorized_client",
    "interaction_required",
];

/// Where a provider is asked, and as whom.
pub struct Provider<'c> {
    pub authorize_url: &'c str,
    pub token_url: &'c str,
    client_id: &'c str,
    client_secret: &'c str,
    scope: &'static str,
}

/// The provider as it is configured; `None`: nobody has registered this desk there.
pub fn provider(config: &OauthConfig, which: OauthProvider) -> Option<Provider<'_>> {
    let found = match which {
        OauthProvider::Google => Provider {
            authorize_url: &config.google_authorize_url,
            token_url: &config.google_token_url,
            client_id: &config.google_client_id,
            client_secret: &config.google_client_secret,
            scope: "https://mail.google.com/",
        },
        OauthProvider::Microsoft => Provider {
            authorize_url: &config.microsoft_authorize_url,
            token_url: &config.microsoft_token_url,
            client_id: &config.microsoft_client_id,
            client_secret: &config.microsoft_client_secret,
            scope: "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
        },
    };
    (!found.client_id.is_empty()).then_some(found)
}

#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    #[error("this provider is not set up: an administrator of the server gives oauth.{0}_client_id")]
    NotConfigured(OauthProvider),
    #[error("this sign-in is too old or was begun by somebody else: begin it again")]
    WrongState,
    #[error("the provider did not agree: {0}")]
    Refused(String),
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    #[error(transparent)]
    Admin(#[from] AdminError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// What comes back from the provider, sealed, so that nothing about a sign-in is kept here meanwhile.
#[derive(Serialize, Deserialize)]
struct State {
    inbox: InboxId,
    agent: AgentId,
    provider: OauthProvider,
    username: String,
    verifier: String,
    until: Timestamp,
}

/// Where the browser goes to agree.
pub fn begin(
    app: &App,
    agent: AgentId,
    inbox: InboxId,
    which: OauthProvider,
    username: &str,
) -> Result<String, OauthError> {
    let provider = provider(&app.config.oauth, which).ok_or(OauthError::NotConfigured(which))?;
    let verifier = new_token();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let state = State {
        inbox,
        agent,
        provider: which,
        username: username.to_owned(),
        verifier,
        until: app.now().plus(STATE_LASTS),
    };
    let json = serde_json::to_string(&state).expect("a state is plain data");
    let sealed = app.secrets.seal(STATE_SEALED_FOR, &json);
    let mut url = url::Url::parse(provider.authorize_url)
        .map_err(|error| OauthError::Unreachable(error.to_string()))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", provider.client_id)
        .append_pair("redirect_uri", &redirect_uri(app))
        .append_pair("scope", provider.scope)
        .append_pair("access_type", "offline")
        .append_pair("prompt", "consent")
        .append_pair("login_hint", username)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", &sealed);
    Ok(url.into())
}

/// The inbox of a sign-in that this agent began.
pub fn inbox_of(app: &App, agent: AgentId, state: &str) -> Result<InboxId, OauthError> {
    Ok(open(app, agent, state)?.inbox)
}

/// Exchanges the code for tokens, and connects the mailbox.
pub async fn finish(
    app: &App,
    actor: &Actor,
    agent: AgentId,
    code: &str,
    state: &str,
) -> Result<InboxId, OauthError> {
    let state = open(app, agent, state)?;
    let which = state.provider;
    let provider = provider(&app.config.oauth, which).ok_or(OauthError::NotConfigured(which))?;
    let redirect = redirect_uri(app);
    let answer = ask(
        app,
        &provider,
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect),
            ("code_verifier", &state.verifier),
        ],
    )
    .await
    .map_err(|refusal| match refusal {
        Refusal::Final(words) => OauthError::Refused(words),
        Refusal::Passing(words) => OauthError::Unreachable(words),
    })?;
    let Some(refresh_token) = &answer.refresh_token else {
        return Err(OauthError::Refused("it gave no refresh token".to_owned()));
    };
    let tokens = Tokens {
        inbox: state.inbox,
        provider: which,
        username: state.username,
        refresh_token: seal(app, refresh_token),
        access_token: seal(app, &answer.access_token),
        expires_at: expiry(app, &answer),
    };
    app.change(actor, tokens, |change, tokens| {
        actions::connect(change, tokens).boxed()
    })
    .await?;
    Ok(state.inbox)
}

/// An access token that is good for some minutes at least.
pub struct Access {
    pub username: String,
    pub token: Secret,
    /// As it is kept; see [`distrust`].
    pub sealed: String,
}

/// The access token of a mailbox; `None`: it is not signed in to by OAuth.
pub async fn access(app: &App, workspace: WorkspaceId, inbox: InboxId) -> Result<Option<Access>, OauthError> {
    for _ in 0..LOOKS {
        let found = oauth::find(&mut app.db.read().await?, workspace, inbox).await?;
        let Some(row) = found else { return Ok(None) };
        if row.state == OauthState::Failed {
            return Err(OauthError::Refused(row.error.unwrap_or_default()));
        }
        if row.expires_at > app.now().plus(SOON) {
            return opened(app, row).map(Some);
        }
        let system = Actor::system(workspace);
        let claimed = app.change(&system, inbox, |change, inbox| {
            actions::claim(change, *inbox).boxed()
        });
        match claimed.await? {
            Some(row) => return renew(app, &system, row).await.map(Some),
            None if row.error.is_some() => {
                return Err(OauthError::Unreachable(row.error.unwrap_or_default()));
            }
            None => tokio::time::sleep(APART).await,
        }
    }
    Err(OauthError::Unreachable(
        "another server renews the token and does not end".to_owned(),
    ))
}

/// The mail server did not take the token although its time is not over: it is renewed before the next use.
pub async fn distrust(
    app: &App,
    workspace: WorkspaceId,
    inbox: InboxId,
    access: Access,
) -> Result<(), db::Error> {
    let system = Actor::system(workspace);
    app.change(&system, (inbox, access.sealed), |change, (inbox, sealed)| {
        actions::doubt(change, *inbox, sealed).boxed()
    })
    .await
}

async fn renew(app: &App, system: &Actor, row: OauthRow) -> Result<Access, OauthError> {
    let which = row.provider;
    let asked = match provider(&app.config.oauth, which) {
        None => Err(Refusal::Passing(OauthError::NotConfigured(which).to_string())),
        Some(provider) => match unseal(app, &row.refresh_token) {
            None => Err(Refusal::Final("wrong_key".to_owned())),
            Some(refresh) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", refresh.as_str()),
                ];
                ask(app, &provider, &form).await
            }
        },
    };
    let answer = match asked {
        Ok(answer) => answer,
        Err(refusal) => {
            let input = (row, refusal.clone());
            app.change(system, input, |change, (row, refusal)| {
                actions::refused(change, row, refusal).boxed()
            })
            .await?;
            return Err(match refusal {
                Refusal::Final(words) => OauthError::Refused(words),
                Refusal::Passing(words) => OauthError::Unreachable(words),
            });
        }
    };
    let refresh_token = match &answer.refresh_token {
        Some(rotated) => seal(app, rotated),
        None => row.refresh_token,
    };
    let tokens = Tokens {
        inbox: row.inbox_id,
        provider: which,
        username: row.username,
        refresh_token,
        access_token: seal(app, &answer.access_token),
        expires_at: expiry(app, &answer),
    };
    let access = Access {
        username: tokens.username.clone(),
        token: Secret::new(answer.access_token),
        sealed: tokens.access_token.clone(),
    };
    app.change(system, tokens, |change, tokens| {
        actions::renewed(change, tokens).boxed()
    })
    .await?;
    Ok(access)
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
    /// Seconds.
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct Complaint {
    error: String,
}

/// Asks the token endpoint. Only the code of a refusal is kept: the words may hold addresses.
async fn ask(app: &App, provider: &Provider<'_>, form: &[(&str, &str)]) -> Result<Answer, Refusal> {
    let body = form_of(provider, form);
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let posted = app
        .fetcher
        .post(provider.token_url, headers, Bytes::from(body), LONGEST_ANSWER)
        .await
        .map_err(|error| Refusal::Passing(error.to_string()))?;
    if posted.is_success() {
        return serde_json::from_slice(&posted.body)
            .map_err(|_| Refusal::Passing("its answer is not one of a token endpoint".to_owned()));
    }
    let code = serde_json::from_slice::<Complaint>(&posted.body).map(|complaint| complaint.error);
    Err(match code {
        Ok(code) if FINAL.contains(&code.as_str()) => Refusal::Final(code),
        Ok(code) => Refusal::Passing(code.chars().take(80).collect()),
        Err(_) => Refusal::Passing(format!("it answered {}", posted.status)),
    })
}

fn form_of(provider: &Provider<'_>, form: &[(&str, &str)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    body.append_pair("client_id", provider.client_id);
    if !provider.client_secret.is_empty() {
        body.append_pair("client_secret", provider.client_secret);
    }
    body.finish()
}

fn open(app: &App, agent: AgentId, state: &str) -> Result<State, OauthError> {
    let json = app
        .secrets
        .unseal(STATE_SEALED_FOR, state)
        .map_err(|_| OauthError::WrongState)?;
    let state: State = serde_json::from_str(&json).map_err(|_| OauthError::WrongState)?;
    if state.until < app.now() || state.agent != agent {
        return Err(OauthError::WrongState);
    }
    Ok(state)
}

fn opened(app: &App, row: OauthRow) -> Result<Access, OauthError> {
    let token = unseal(app, &row.access_token);
    let token = token.ok_or_else(|| OauthError::Refused("wrong_key".to_owned()))?;
    Ok(Access {
        username: row.username,
        token: Secret::new(token),
        sealed: row.access_token,
    })
}

fn seal(app: &App, token: &str) -> String {
    app.secrets.seal(SEALED_FOR, token)
}

fn unseal(app: &App, sealed: &str) -> Option<String> {
    app.secrets.unseal(SEALED_FOR, sealed).ok()
}

fn expiry(app: &App, answer: &Answer) -> Timestamp {
    let seconds = answer.expires_in.unwrap_or(3600).clamp(0, 30 * 86_400);
    app.now().plus(Length::seconds(seconds))
}

fn redirect_uri(app: &App) -> String {
    format!("{}/api/v1/oauth/callback", app.config.public_url())
}
