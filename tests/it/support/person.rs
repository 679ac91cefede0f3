//! Somebody signed in, who speaks with the desk over HTTP as a browser does.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen_core::id::AgentId;

#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: AgentId,
    pub(crate) cookie: String,
    url: String,
    client: reqwest::Client,
}

impl Person {
    pub(crate) fn new(url: String, id: AgentId, token: &str) -> Self {
        let cookie = format!("shouwen_session={token}");
        Self {
            id,
            cookie,
            url,
            client: reqwest::Client::new(),
        }
    }

    /// The same person at another server.
    pub(crate) fn at(&self, url: String) -> Self {
        Self { url, ..self.clone() }
    }

    /// Calls `/api/v1` + path; the status and the JSON of the answer (null when there is none).
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}/api/v1{path}", self.url));
        request = request
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (
            status,
            serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(),
        )
    }

    /// Reads what must be there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, value) = self.call(Method::GET, path, None).await;
        assert!(status.is_success(), "GET {path}: {status} {value}");
        value
    }

    /// Does what must succeed.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.call(Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "POST {path}: {status} {value}");
        value
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.call(Method::PATCH, path, Some(body)).await;
        assert!(status.is_success(), "PATCH {path}: {status} {value}");
        value
    }

    /// Tickets of a view, newest first.
    pub(crate) async fn tickets(&self, view: &str) -> Vec<Value> {
        self.get(&format!("/tickets?view={view}")).await["items"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// The only ticket of the desk that the person sees.
    pub(crate) async fn only_ticket(&self) -> Value {
        let tickets = self.tickets("all").await;
        assert_eq!(tickets.len(), 1, "{tickets:#?}");
        self.get(&format!("/tickets/{}", tickets[0]["id"].as_str().unwrap()))
            .await
    }

    /// Answers a ticket (as [`Person::only_ticket`] gives it) in public.
    pub(crate) async fn reply(&self, ticket: &Value, text: &str) -> Value {
        let id = ticket["ticket"]["id"].as_str().unwrap();
        let body = json!({
            "client_id": uuid::Uuid::from_u128(rand::random()).to_string(), "visibility": "public", "text": text,
            "seen_position": 1_000_000,
        });
        self.post(&format!("/tickets/{id}/messages"), body).await
    }

    pub(crate) async fn email_inbox(&self, address: &str) -> Value {
        self.email_inbox_sending_by(address, None).await
    }

    /// An email inbox that sends by an SMTP server without TLS or a password.
    pub(crate) async fn email_inbox_sending_by(
        &self,
        address: &str,
        smtp: Option<std::net::SocketAddr>,
    ) -> Value {
        let smtp = smtp.map(|at| {
            json!({ "host": at.ip().to_string(), "port": at.port(), "security": "none", "username": null })
        });
        let settings = json!({ "sender_name": "Lamp & Tea", "smtp": smtp, "imap": null, "signature": "" });
        let body = json!({ "name": address, "channel": "email", "address": address, "settings": settings });
        self.post("/inboxes", body).await
    }

    pub(crate) async fn chat_inbox(&self) -> Value {
        let settings = json!({
            "color": "#0f766e", "title": "Lamp & Tea", "greeting": "Hello", "allowed_origins": [], "ask_email": false,
        });
        self.post(
            "/inboxes",
            json!({ "name": "Chat", "channel": "chat", "settings": settings }),
        )
        .await
    }

    pub(crate) async fn phone_inbox(&self) -> Value {
        self.post(
            "/inboxes",
            json!({ "name": "Phone", "channel": "phone", "settings": {} }),
        )
        .await
    }
}
