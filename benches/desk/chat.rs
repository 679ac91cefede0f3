//! Chat: from a visitor's keyboard to an agent's open socket, with 200 conversations at once.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::ws::{Message as Frame, WebSocketUpgrade};
use axum::routing::any;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async};

use super::desk::Desk;
use super::spread::spread;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const CONVERSATIONS: usize = 200;
/// Each conversation says something every second, for this long.
const SECONDS: usize = 15;

pub(crate) async fn run() {
    println!("\nchat, {CONVERSATIONS} conversations, a message a second each");
    baseline().await;
    let desk = Desk::start().await;
    let inbox = json!({ "name": "Chat", "channel": "chat",
        "settings": { "color": "#0f766e", "title": "Shop", "greeting": "", "allowed_origins": [], "ask_email": false } });
    let key = desk.post("/inboxes", inbox).await["widget_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let sent: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let (acks, seen) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let watching = watch(&desk, sent.clone(), seen.clone()).await;
    let visitors: Vec<_> = (0..CONVERSATIONS)
        .map(|visitor| {
            let (url, key, sent, acks) = (desk.http.clone(), key.clone(), sent.clone(), acks.clone());
            tokio::task::spawn(async move { talk(&url, &key, visitor, &sent, &acks).await })
        })
        .collect();
    for visitor in visitors {
        visitor.await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    watching.abort();
    println!(
        "  to the agent's socket:  {}",
        spread(std::mem::take(&mut *seen.lock().unwrap()))
    );
    println!(
        "  acknowledged (durable): {}",
        spread(std::mem::take(&mut *acks.lock().unwrap()))
    );
    println!("  memory: {} MiB resident", desk.memory());
}

/// Opens a socket from a loopback address of its own, as visitors have: limits count by address.
async fn open_from(number: usize, url: &str, path: &str, cookie: &str) -> Socket {
    let server: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    let from = Ipv4Addr::new(
        127,
        1,
        u8::try_from(number / 250).unwrap(),
        u8::try_from(number % 250 + 1).unwrap(),
    );
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let stream = socket.connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut request = format!("ws://{server}{path}").into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", url.parse().unwrap());
    client_async(request, MaybeTlsStream::Plain(stream))
        .await
        .unwrap()
        .0
}

fn text(value: &Value) -> Message {
    Message::text(value.to_string())
}

/// An agent's socket: notes when each message is first seen as a list's preview.
async fn watch(
    desk: &Desk,
    sent: Arc<Mutex<HashMap<String, Instant>>>,
    seen: Arc<Mutex<Vec<Duration>>>,
) -> tokio::task::JoinHandle<()> {
    let mut socket = open_from(CONVERSATIONS, &desk.http, "/api/v1/feed", &desk.cookie).await;
    socket
        .send(text(&json!({ "type": "hello", "after": null })))
        .await
        .unwrap();
    tokio::task::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let Ok(frame) = serde_json::from_str::<Value>(message.to_text().unwrap_or_default()) else {
                continue;
            };
            for one in frame["frames"].as_array().into_iter().flatten() {
                let words = one["ticket"]["preview"].as_str().unwrap_or_default();
                if let Some(start) = sent.lock().unwrap().remove(words) {
                    seen.lock().unwrap().push(start.elapsed());
                }
            }
        }
    })
}

async fn talk(
    url: &str,
    key: &str,
    visitor: usize,
    sent: &Mutex<HashMap<String, Instant>>,
    acks: &Mutex<Vec<Duration>>,
) {
    // Spread over the second, as people are.
    tokio::time::sleep(Duration::from_millis(
        visitor as u64 * 1_000 / CONVERSATIONS as u64,
    ))
    .await;
    let mut socket = open_from(visitor, url, "/api/widget/v1/socket", "").await;
    let hello =
        json!({ "type": "hello", "key": key, "token": null, "after": null, "locale": "en", "page": null });
    socket.send(text(&hello)).await.unwrap();
    wait_for(&mut socket, "welcome").await;
    for number in 0..SECONDS {
        let next = Instant::now() + Duration::from_secs(1);
        let words = format!("message {number} of visitor {visitor}");
        let start = Instant::now();
        sent.lock().unwrap().insert(words.clone(), start);
        let id = format!("bench-{visitor:04}-{number:04}");
        socket
            .send(text(
                &json!({ "type": "send", "client_id": id, "text": words, "attachment_ids": [] }),
            ))
            .await
            .unwrap();
        wait_for(&mut socket, "ack").await;
        acks.lock().unwrap().push(start.elapsed());
        tokio::time::sleep_until(next.into()).await;
    }
}

async fn wait_for(socket: &mut Socket, kind: &str) {
    while let Some(Ok(message)) = socket.next().await {
        let frame: Value = serde_json::from_str(message.to_text().unwrap_or_default()).unwrap_or_default();
        assert_ne!(frame["type"], "refused", "{frame}");
        if frame["type"] == kind {
            return;
        }
    }
    panic!("the socket closed before {kind}");
}

/// The same sockets and pace against a server that only echoes.
async fn baseline() {
    let echo = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(Frame::Text(words))) = socket.recv().await {
                if socket.send(Frame::Text(words)).await.is_err() {
                    return;
                }
            }
        })
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::task::spawn(async move {
        axum::serve(listener, axum::Router::new().route("/echo", any(echo)))
            .await
            .unwrap();
    });
    let times = Arc::new(Mutex::new(Vec::new()));
    let clients: Vec<_> = (0..CONVERSATIONS)
        .map(|visitor| {
            let (url, times) = (url.clone(), times.clone());
            tokio::task::spawn(async move {
                tokio::time::sleep(Duration::from_millis(
                    visitor as u64 * 1_000 / CONVERSATIONS as u64,
                ))
                .await;
                let mut socket = open_from(visitor, &url, "/echo", "").await;
                for _ in 0..SECONDS {
                    let next = Instant::now() + Duration::from_secs(1);
                    let start = Instant::now();
                    socket
                        .send(text(&json!({ "type": "send", "text": "hello" })))
                        .await
                        .unwrap();
                    socket.next().await.unwrap().unwrap();
                    times.lock().unwrap().push(start.elapsed());
                    tokio::time::sleep_until(next.into()).await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    server.abort();
    println!(
        "  baseline, axum echo:    {}",
        spread(std::mem::take(&mut *times.lock().unwrap()))
    );
}
