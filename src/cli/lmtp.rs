//! The client's side of one LMTP conversation (RFC 2033), for handing over one mail.

use std::io;
use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// What the server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Handed {
    /// Kept for at least one recipient, and nobody has to try again.
    Kept,
    Unknown(String),
    Refused(String),
    Later(String),
}

struct Conversation(BufReader<UnixStream>);

/// Hands the mail over. An error: the server could not be reached, or broke off.
pub(super) async fn hand_over(
    socket: &Path,
    sender: Option<&str>,
    recipients: &[String],
    raw: &[u8],
) -> io::Result<Handed> {
    let mut server = Conversation(BufReader::new(UnixStream::connect(socket).await?));
    let greeting = server.reply().await?;
    if !greeting.starts_with('2') {
        return Ok(judge(&greeting));
    }
    for line in [
        "LHLO localhost".to_owned(),
        format!("MAIL FROM:<{}>", sender.unwrap_or_default()),
    ] {
        let reply = server.command(&line).await?;
        if !reply.starts_with('2') {
            return Ok(judge(&reply));
        }
    }
    let (mut accepted, mut worst) = (0_usize, None);
    for recipient in recipients {
        let reply = server.command(&format!("RCPT TO:<{recipient}>")).await?;
        if reply.starts_with('2') {
            accepted += 1;
        } else {
            worst = Some(worse(worst, judge(&reply)));
        }
    }
    match (accepted, worst) {
        // One that may come later decides: the whole mail is handed over again, and told apart then.
        (_, Some(later @ Handed::Later(_))) | (0, Some(later)) => {
            server.command("QUIT").await?;
            Ok(later)
        }
        _ => server.content(raw, accepted).await,
    }
}

impl Conversation {
    async fn content(&mut self, raw: &[u8], accepted: usize) -> io::Result<Handed> {
        let reply = self.command("DATA").await?;
        if !reply.starts_with('3') {
            return Ok(judge(&reply));
        }
        self.0.get_mut().write_all(&stuffed(raw)).await?;
        let mut worst = Handed::Kept;
        for _ in 0..accepted {
            let reply = self.reply().await?;
            if !reply.starts_with('2') {
                worst = worse(Some(worst), judge(&reply));
            }
        }
        self.command("QUIT").await?;
        Ok(worst)
    }

    async fn command(&mut self, line: &str) -> io::Result<String> {
        let clean: String = line.chars().filter(|c| !c.is_control()).collect();
        self.0
            .get_mut()
            .write_all(format!("{clean}\r\n").as_bytes())
            .await?;
        self.reply().await
    }

    /// The last line of a reply.
    async fn reply(&mut self) -> io::Result<String> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line.trim_end().to_owned());
            }
        }
    }
}

fn judge(reply: &str) -> Handed {
    let words = reply.to_owned();
    match reply.as_bytes().first() {
        Some(b'5') if reply.contains("5.1.1") => Handed::Unknown(words),
        Some(b'5') => Handed::Refused(words),
        _ => Handed::Later(words),
    }
}

fn worse(one: Option<Handed>, other: Handed) -> Handed {
    let rank = |handed: &Handed| match handed {
        Handed::Kept => 0,
        Handed::Unknown(_) => 1,
        Handed::Refused(_) => 2,
        Handed::Later(_) => 3,
    };
    match one {
        Some(one) if rank(&one) >= rank(&other) => one,
        _ => other,
    }
}

/// CRLF line ends, dots doubled, and the end (RFC 5321, section 4.5.2).
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 40 + 8);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(text);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_crlf_and_dots_are_doubled() {
        for (raw, wire) in [
            ("a\nb", "a\r\nb\r\n.\r\n"),
            (".a\r\n.\r\n", "..a\r\n..\r\n.\r\n"),
            ("", ".\r\n"),
        ] {
            assert_eq!(String::from_utf8(stuffed(raw.as_bytes())).unwrap(), wire);
        }
    }

    #[test]
    fn what_may_succeed_later_outweighs_what_never_will() {
        let (later, unknown) = (judge("451 4.3.0 no"), judge("550 5.1.1 nobody"));
        assert_eq!(unknown, Handed::Unknown("550 5.1.1 nobody".into()));
        assert_eq!(worse(Some(unknown), later), Handed::Later("451 4.3.0 no".into()));
    }
}
