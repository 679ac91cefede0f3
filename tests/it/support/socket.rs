//! A WebSocket that speaks JSON, with waits that have a deadline.

use std::collections::VecDeque;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::desk::PATIENCE;
use super::person::Person;

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Read but not yet waited for.
    kept: VecDeque<Value>,
}

impl Socket {
    pub(crate) async fn connect(url: &str, path: &str, cookie: &str) -> Self {
        let mut request = format!("{}{path}", url.replacen("http", "ws", 1))
            .into_client_request()
            .unwrap();
        request.headers_mut().insert("origin", url.parse().unwrap());
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        Self {
            stream: connect_async(request).await.unwrap().0,
            kept: VecDeque::new(),
        }
    }

    /// An agent's feed, from now or from a number of the log.
    pub(crate) async fn feed(url: &str, person: &Person, after: Option<i64>) -> Self {
        let mut socket = Self::connect(url, "/api/v1/feed", &person.cookie).await;
        socket.send(json!({ "type": "hello", "after": after })).await;
        socket
    }

    /// A visitor's socket; the welcome is yet to be waited for.
    pub(crate) async fn visitor(url: &str, key: &str, token: Option<&str>, after: Option<i64>) -> Self {
        let mut socket = Self::connect(url, "/api/widget/v1/socket", "").await;
        let hello = json!({ "type": "hello", "key": key, "token": token, "after": after, "locale": "en", "page": null });
        socket.send(hello).await;
        socket
    }

    pub(crate) async fn send(&mut self, value: Value) {
        self.stream.send(Message::text(value.to_string())).await.unwrap();
    }

    /// Sends what need not be JSON, or says that the line is gone.
    pub(crate) async fn send_raw(&mut self, message: Message) -> bool {
        self.stream.send(message).await.is_ok()
    }

    /// The next frame; `None` when the socket is closed.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        if let Some(kept) = self.kept.pop_front() {
            return Some(kept);
        }
        self.read().await
    }

    async fn read(&mut self) -> Option<Value> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match next.expect("a frame in time")? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Waits for a frame that `wanted` finds something in; frames before it are passed over.
    pub(crate) async fn wait<T>(&mut self, what: &str, wanted: impl Fn(&Value) -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut passed = Vec::new();
        while tokio::time::Instant::now() < deadline {
            let Some(frame) = self.next().await else { break };
            if let Some(found) = wanted(&frame) {
                return found;
            }
            passed.push(frame);
        }
        panic!("waited for {what}; came: {passed:#?}");
    }

    /// Waits for a frame of a type.
    pub(crate) async fn wait_type(&mut self, kind: &str) -> Value {
        self.wait(kind, |frame| (frame["type"] == kind).then(|| frame.clone()))
            .await
    }

    /// Waits for a feed frame of a kind within a batch, that `wanted` accepts.
    pub(crate) async fn wait_kind(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait(kind, |frame| {
            let frames = frame["frames"].as_array()?;
            frames
                .iter()
                .find(|one| one["kind"] == kind && wanted(one))
                .cloned()
        })
        .await
    }

    /// Waits for whatever comes next, however long: whoever waits has a deadline of their own.
    pub(crate) async fn heard(&mut self) {
        if self.kept.pop_front().is_none() {
            let _ = self.stream.next().await;
        }
    }

    /// Reads until the server closes; the frames on the way.
    pub(crate) async fn until_closed(&mut self) -> Vec<Value> {
        let mut frames: Vec<Value> = self.kept.drain(..).collect();
        while let Some(frame) = self.read().await {
            frames.push(frame);
        }
        frames
    }

    /// Breaks the line without a goodbye.
    pub(crate) fn tear(self) {
        drop(self.stream);
    }
}
