//! The content of one message while it comes: read from the wire as the desk asks for it, so that a mail waits in the
//! network rather than in memory; ended when it takes too long.

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

use super::content::Content;
use super::wire::Wire;
use super::{ContentError, RawStream, SessionSettings};

pub(super) struct Incoming<'w, S> {
    wire: &'w mut Wire<S>,
    content: Content,
    idle: Duration,
    until: Instant,
    ended: Option<Result<(), ContentError>>,
}

impl<'w, S: AsyncRead + AsyncWrite + Unpin + Send> Incoming<'w, S> {
    pub(super) fn new(wire: &'w mut Wire<S>, settings: &SessionSettings) -> Self {
        Self {
            wire,
            content: Content::new(settings.max_bytes),
            idle: settings.idle_timeout,
            until: Instant::now() + settings.content_timeout,
            ended: None,
        }
    }

    /// Passes over what nobody has read: how the content ended.
    pub(super) async fn finish(mut self) -> Result<(), ContentError> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// The end of what is on the wire already, or more of it.
    async fn fill(&mut self) -> Option<Result<(), ContentError>> {
        let patience = self
            .idle
            .min(self.until.saturating_duration_since(Instant::now()));
        match timeout(patience, self.wire.fill()).await {
            Ok(Ok(true)) => None,
            Ok(Ok(false) | Err(io::Error { .. })) => Some(Err(ContentError::Left)),
            Err(_) => Some(Err(ContentError::TooSlow)),
        }
    }
}

#[async_trait]
impl<S: AsyncRead + AsyncWrite + Unpin + Send> RawStream for Incoming<'_, S> {
    async fn next(&mut self) -> Result<Option<Bytes>, ContentError> {
        loop {
            if let Some(ended) = self.ended {
                return ended.map(|()| None);
            }
            let (taken, done) = self.content.take(self.wire.buffered());
            self.wire.consume(taken);
            let piece = self.content.piece();
            if done {
                let too_large = self.content.is_too_large();
                self.ended = Some(if too_large {
                    Err(ContentError::TooLarge)
                } else {
                    Ok(())
                });
            } else if piece.is_empty() {
                self.ended = self.fill().await;
            }
            if !piece.is_empty() {
                return Ok(Some(Bytes::from(piece)));
            }
        }
    }
}
