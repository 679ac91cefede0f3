//! One WebSocket, whoever is at its other end: frames in and out, with their limits and its end.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::limits::{Bucket, FRAME_BYTES, GARBAGE, SEND_WITHIN};
use crate::http::{Failure, Problem};

/// Refusals beyond the rate, until the connection is closed.
const PATIENCE: u32 = 120;

/// How long the other side may take to hear that the connection ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// The other side is gone, or was let go: the session ends.
#[derive(Debug)]
pub(super) struct Gone;

pub(super) struct Speaker(SplitSink<WebSocket, Message>);

pub(super) struct Listener {
    stream: SplitStream<WebSocket>,
    bucket: Bucket,
    refused: u32,
    garbage: u32,
}

/// What came in.
pub(super) enum Heard<T> {
    Frame(T),
    /// Something to be told to the client, who may go on.
    Problem(Problem),
    /// Something to be told to the client before the connection is closed.
    Enough(Problem),
    /// Nothing that concerns the session.
    Nothing,
    Gone,
}

pub(super) fn split(socket: WebSocket) -> (Speaker, Listener) {
    let (sink, stream) = socket.split();
    (
        Speaker(sink),
        Listener {
            stream,
            bucket: Bucket::of_frames(),
            refused: 0,
            garbage: 0,
        },
    )
}

/// Ends the connection in order: says why, and reads on until the other side has heard it. Closing over what was not
/// read would take the last words back (RFC 9293, 3.6.1).
pub(super) async fn close(speaker: &mut Speaker, listener: &mut Listener, code: u16, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    if speaker.send(Message::Close(Some(frame))).await.is_ok() {
        let heard = async { while let Some(Ok(_)) = listener.stream.next().await {} };
        let _ = tokio::time::timeout(FAREWELL, heard).await; // it ends either way
    }
}

impl Speaker {
    pub(super) async fn say(&mut self, frame: &impl Serialize) -> Result<(), Gone> {
        self.say_text(serde_json::to_string(frame).map_err(|_| Gone)?)
            .await
    }

    pub(super) async fn say_text(&mut self, text: String) -> Result<(), Gone> {
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(SEND_WITHIN, self.0.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}

impl Listener {
    /// The next frame. Dropping the future loses nothing.
    pub(super) async fn hear<T: DeserializeOwned>(&mut self) -> Heard<T> {
        let text = match self.stream.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_))) => {
                return self.garbage("frames are JSON text, not binary".to_owned());
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return self.measure().unwrap_or(Heard::Nothing),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Heard::Gone,
        };
        if let Some(refused) = self.measure() {
            return refused;
        }
        if text.len() > FRAME_BYTES {
            return self.garbage(format!("a frame has at most {FRAME_BYTES} bytes"));
        }
        match serde_json::from_str(&text) {
            Ok(frame) => Heard::Frame(frame),
            Err(error) => self.garbage(format!("this frame is not one that we know: {error}")),
        }
    }

    fn measure<T>(&mut self) -> Option<Heard<T>> {
        if self.bucket.take() {
            if self.bucket.is_calm() {
                self.refused = 0;
            }
            return None;
        }
        self.refused += 1;
        let problem = || Failure::Throttled(1).problem();
        Some(match self.refused {
            1 => Heard::Problem(problem()),
            count if count > PATIENCE => Heard::Enough(problem()),
            _ => Heard::Nothing,
        })
    }

    fn garbage<T>(&mut self, words: String) -> Heard<T> {
        self.garbage += 1;
        let problem = Failure::Malformed(words.into()).problem();
        if self.garbage >= GARBAGE {
            Heard::Enough(problem)
        } else {
            Heard::Problem(problem)
        }
    }
}

/// Why the server closes a connection, RFC 6455 section 7.4.1 and its registry.
pub(super) const POLICY: u16 = close_code::POLICY;
pub(super) const NORMAL: u16 = close_code::NORMAL;
/// The server goes away and comes back, or another takes over.
pub(super) const RESTART: u16 = close_code::RESTART;
