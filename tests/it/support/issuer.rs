//! A provider of mailboxes by OAuth 2: its token endpoint, and the way of a browser that signs in there.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde_json::json;

use super::desk::Desk;
use super::person::Person;

/// Gives tokens that say after how many renewals they were given.
#[derive(Clone)]
pub(crate) struct Issuer {
    url: String,
    renewed: Arc<AtomicUsize>,
    revoked: Arc<AtomicBool>,
    token: Arc<dyn Fn(usize) -> String + Send + Sync>,
}

impl Issuer {
    pub(crate) async fn start(token: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            renewed: Arc::default(),
            revoked: Arc::default(),
            token: Arc::new(token),
        };
        let router = Router::new()
            .route("/token", post(give))
            .with_state(issuer.clone());
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    /// What a desk is configured with to use it as Google.
    pub(crate) fn settings(&self) -> Vec<String> {
        let url = &self.url;
        vec![
            "fetch.allowed_networks=127.0.0.1".to_owned(),
            "oauth.google_client_id=the-desk".to_owned(),
            "oauth.google_client_secret=hush".to_owned(),
            format!("oauth.google_authorize_url={url}/authorize"),
            format!("oauth.google_token_url={url}/token"),
        ]
    }

    /// How often a token was renewed, or refused to be.
    pub(crate) fn renewed(&self) -> usize {
        self.renewed.load(Ordering::SeqCst)
    }

    /// From now on it renews nothing, or does again.
    pub(crate) fn revoke(&self, revoked: bool) {
        self.revoked.store(revoked, Ordering::SeqCst);
    }
}

async fn give(State(issuer): State<Issuer>, Form(asked): Form<HashMap<String, String>>) -> Response {
    assert_eq!(
        (asked["client_id"].as_str(), asked["client_secret"].as_str()),
        ("the-desk", "hush")
    );
    if asked["grant_type"] == "authorization_code" {
        assert_eq!(asked["code"], "a-code");
        assert!(asked["code_verifier"].len() > 40);
    } else {
        issuer.renewed.fetch_add(1, Ordering::SeqCst);
        if issuer.revoked.load(Ordering::SeqCst) {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
        }
        assert!(asked["refresh_token"].starts_with("refresh-"));
    }
    let count = issuer.renewed();
    let (token, refresh) = ((issuer.token)(count), format!("refresh-{count}"));
    Json(json!({ "access_token": token, "refresh_token": refresh, "expires_in": 600 })).into_response()
}

/// Begins to sign the mailbox `help` in; what the provider is asked with.
pub(crate) async fn begin(person: &Person, inbox: &str) -> HashMap<String, String> {
    let asked = json!({ "provider": "google", "username": "help" });
    let begun = person.post(&format!("/inboxes/{inbox}/oauth"), asked).await;
    let there = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    there.query_pairs().into_owned().collect()
}

/// The browser comes back from the provider; the status, and where it is sent on.
pub(crate) async fn come_back(desk: &Desk, person: &Person, state: &str) -> (u16, String) {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let callback = format!("{}/api/v1/oauth/callback", desk.url());
    let url = url::Url::parse_with_params(&callback, [("code", "a-code"), ("state", state)]).unwrap();
    let came = client.get(url).header("cookie", &person.cookie).send().await;
    let came = came.unwrap();
    let on = came
        .headers()
        .get("location")
        .map(|value| value.to_str().unwrap().to_owned());
    (came.status().as_u16(), on.unwrap_or_default())
}
