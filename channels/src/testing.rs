//! For tests of the server: a mailbox in memory to send to, and a client that delivers raw bytes and
//! shows every reply. Nothing of it is used in operation.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::email::smtp_server::{DropError, Envelope, MailDrop, RawStream, Recipient, read_whole};

/// Takes mail for everybody and keeps it. Serve it with [`crate::email::smtp_server::serve_session`].
#[derive(Debug, Default)]
pub struct Mailbox {
    taken: Mutex<Vec<(Envelope, Bytes)>>,
    arrived: Notify,
}

impl Mailbox {
    /// All messages so far, oldest first.
    pub fn messages(&self) -> Vec<(Envelope, Bytes)> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns once so many messages have arrived.
    pub async fn wait_for(&self, count: usize) -> Vec<(Envelope, Bytes)> {
        loop {
            let arrival = self.arrived.notified();
            let messages = self.messages();
            if messages.len() >= count {
                return messages;
            }
            arrival.await;
        }
    }
}

#[async_trait]
impl MailDrop for Mailbox {
    async fn recipient(&self, _address: &str) -> Result<Recipient, DropError> {
        Ok(Recipient::Known)
    }

    async fn store(&self, envelope: &Envelope, raw: &mut dyn RawStream) -> Result<(), DropError> {
        let raw = read_whole(raw).await?;
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((envelope.clone(), raw));
        self.arrived.notify_waiters();
        Ok(())
    }
}

/// Delivers one message by SMTP as a stranger's server would; gives the last line of each reply,
/// the last one being that to the content (or to the step that was refused).
pub async fn deliver(server: SocketAddr, from: &str, to: &[&str], raw: &[u8]) -> io::Result<Vec<String>> {
    let mut stream = BufReader::new(TcpStream::connect(server).await?);
    let mut replies = vec![reply(&mut stream).await?];
    let mut commands = vec!["EHLO client.example".to_owned(), format!("MAIL FROM:<{from}>")];
    commands.extend(to.iter().map(|address| format!("RCPT TO:<{address}>")));
    commands.push("DATA".to_owned());
    for command in commands {
        stream.write_all(format!("{command}\r\n").as_bytes()).await?;
        replies.push(reply(&mut stream).await?);
    }
    if replies.last().is_some_and(|reply| reply.starts_with("354")) {
        let text = String::from_utf8_lossy(raw).replace("\r\n.", "\r\n..");
        // Lossy only for what is not UTF-8, which is sent as it is.
        let stuffed = if std::str::from_utf8(raw).is_ok() {
            text.into_bytes()
        } else {
            raw.to_vec()
        };
        stream.write_all(&stuffed).await?;
        stream
            .write_all(if stuffed.ends_with(b"\r\n") {
                b".\r\n"
            } else {
                b"\r\n.\r\n"
            })
            .await?;
        replies.push(reply(&mut stream).await?);
    }
    Ok(replies)
}

async fn reply(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line.trim_end().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::email::smtp_server::{Protocol, SessionSettings, serve_session};

    #[tokio::test]
    async fn what_is_delivered_is_taken() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let settings = SessionSettings {
            hostname: "mx.example".into(),
            protocol: Protocol::Smtp,
            max_bytes: 1000,
            tls: None,
            idle_timeout: Duration::from_secs(5),
            content_timeout: Duration::from_secs(5),
            session_timeout: Duration::from_secs(5),
            max_recipients: 10,
        };
        let mailbox = Mailbox::default();
        let serving = async {
            let (stream, peer) = listener.accept().await.unwrap();
            serve_session(stream, Some(peer), &settings, &mailbox, CancellationToken::new())
                .await
                .unwrap();
        };
        let delivering = deliver(server, "a@b.c", &["d@e.f"], b"Subject: x\r\n\r\n.dot\r\n");
        let ((), replies) = tokio::join!(serving, delivering);
        assert!(replies.unwrap().last().unwrap().starts_with("250"));
        let taken = mailbox.wait_for(1).await;
        assert_eq!(&taken[0].1[..], b"Subject: x\r\n\r\n.dot\r\n");
    }
}
