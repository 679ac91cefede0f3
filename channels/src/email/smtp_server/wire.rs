//! The bytes of a session: lines in, replies out. Replies to pipelined commands leave in one write.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// RFC 5321, section 4.5.3.1.4 asks for 512 octets; extensions need more.
const LONGEST_LINE: usize = 4096;
const READ_SIZE: usize = 16 * 1024;

pub(super) struct Wire<S> {
    stream: S,
    input: Vec<u8>,
    /// Bytes of `input` already used.
    used: usize,
    output: Vec<u8>,
    /// A too long line is being skipped.
    skipping: bool,
}

pub(super) enum Line {
    /// With its line break.
    Complete(Vec<u8>),
    TooLong,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Wire {
            stream,
            input: Vec::new(),
            used: 0,
            output: Vec::new(),
            skipping: false,
        }
    }

    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    pub(super) fn reply(&mut self, text: &str) {
        self.output.extend_from_slice(text.as_bytes());
        self.output.extend_from_slice(b"\r\n");
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        if !self.output.is_empty() {
            let output = std::mem::take(&mut self.output);
            self.stream.write_all(&output).await?;
            self.stream.flush().await?;
        }
        Ok(())
    }

    /// The next line if it is here already.
    pub(super) fn buffered_line(&mut self) -> Option<Line> {
        let rest = &self.input[self.used..];
        let Some(length) = rest.iter().position(|&b| b == b'\n').map(|at| at + 1) else {
            if rest.len() > LONGEST_LINE {
                self.skipping = true;
                self.discard_input();
            }
            return None;
        };
        let line = rest[..length].to_vec();
        self.used += length;
        let too_long = std::mem::take(&mut self.skipping) || length > LONGEST_LINE;
        Some(if too_long {
            Line::TooLong
        } else {
            Line::Complete(line)
        })
    }

    /// Reads more; false at the end of the stream. Losing this future loses nothing.
    pub(super) async fn fill(&mut self) -> io::Result<bool> {
        if self.used > 0 {
            self.input.drain(..self.used);
            self.used = 0;
        }
        self.input.reserve(READ_SIZE);
        Ok(self.stream.read_buf(&mut self.input).await? > 0)
    }

    pub(super) fn buffered(&self) -> &[u8] {
        &self.input[self.used..]
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.used += count;
    }

    fn discard_input(&mut self) {
        self.input.clear();
        self.used = 0;
    }
}
