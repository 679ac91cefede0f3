//! Mail as the outside world sees it: a client that delivers to the desk, and a server that the desk sends to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Delivers one mail in a conversation of its own; the code of the last answer, with its words.
pub(crate) async fn deliver(
    server: SocketAddr,
    from: &str,
    to: &[&str],
    raw: &str,
) -> std::io::Result<(u16, String)> {
    let mut client = match Delivery::begin(TcpStream::connect(server).await?, "EHLO", from, to).await? {
        Ok(client) => client,
        Err(refused) => return Ok(refused),
    };
    let stuffed = raw
        .replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .replace("\r\n.", "\r\n..");
    client.write(stuffed.as_bytes()).await?;
    if !stuffed.ends_with("\r\n") {
        client.write(b"\r\n").await?;
    }
    let done = client.end().await?;
    let _ = client.command("QUIT").await;
    Ok(done)
}

/// A client that was asked for the content of a mail.
pub(crate) struct Delivery<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Delivery<S> {
    /// Up to the content; the last answer when nobody of `to` was taken. `hello` is EHLO, or LHLO to LMTP.
    pub(crate) async fn begin(
        stream: S,
        hello: &str,
        from: &str,
        to: &[&str],
    ) -> std::io::Result<Result<Self, (u16, String)>> {
        let mut client = Self(BufReader::new(stream));
        client.answer().await?;
        client.command(&format!("{hello} outside.example")).await?;
        Ok(client.next(from, to).await?.map_or(Ok(client), Err))
    }

    /// The same within the conversation; `None` when the content is asked for.
    pub(crate) async fn next(&mut self, from: &str, to: &[&str]) -> std::io::Result<Option<(u16, String)>> {
        self.command(&format!("MAIL FROM:<{from}>")).await?;
        let (mut taken, mut last) = (false, (0, String::new()));
        for to in to {
            last = self.command(&format!("RCPT TO:<{to}>")).await?;
            taken |= last.0 == 250;
        }
        if !taken {
            return Ok(Some(last));
        }
        self.command("DATA").await?;
        Ok(None)
    }

    /// Content with CRLF at the ends of its lines and no dot at their start.
    pub(crate) async fn write(&mut self, content: &[u8]) -> std::io::Result<()> {
        self.0.get_mut().write_all(content).await
    }

    /// Ends the content; the answer to it.
    pub(crate) async fn end(&mut self) -> std::io::Result<(u16, String)> {
        self.command(".").await
    }

    pub(crate) async fn command(&mut self, text: &str) -> std::io::Result<(u16, String)> {
        self.write(format!("{text}\r\n").as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> std::io::Result<(u16, String)> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                let code = line.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
                return Ok((code, line.trim_end().to_owned()));
            }
        }
    }
}

/// A mail that the desk sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: String,
}

impl Sent {
    /// A header's value, unfolded.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self
            .raw
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .replace("\r\n ", " ")
            .replace("\r\n\t", " ");
        let start = format!("{}:", name.to_lowercase());
        let line = head
            .lines()
            .find(|line| line.to_lowercase().starts_with(&start))?;
        Some(line[start.len()..].trim().to_owned())
    }
}

/// What the outside world's mail server does with the desk's mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manner {
    /// The answer to RCPT TO, when not 250.
    pub(crate) to_recipient: Option<String>,
    /// The answer to the end of DATA, when not 250.
    pub(crate) to_data: Option<String>,
    /// Hangs up after it has taken the content, without an answer.
    pub(crate) hangs_up: bool,
    /// The token that it wants by XOAUTH2 before anything else; who has another is out.
    pub(crate) token: Option<String>,
}

/// The outside world's mail server.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) address: SocketAddr,
    sent: Arc<Mutex<Vec<Sent>>>,
    manner: Arc<Mutex<Manner>>,
    refused: Arc<AtomicUsize>,
}

impl Outside {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outside = Self {
            address: listener.local_addr().unwrap(),
            sent: Arc::default(),
            manner: Arc::default(),
            refused: Arc::default(),
        };
        let serving = outside.clone();
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move {
                    let _ = serving.converse(stream).await;
                });
            }
        });
        outside
    }

    /// What arrived so far.
    pub(crate) fn mails(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// How many tokens it refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        say(&mut stream, "220 outside.example").await?;
        let mut mail = Sent {
            from: String::new(),
            to: Vec::new(),
            raw: String::new(),
        };
        let mut token: Option<String> = None;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let manner = self.manner.lock().unwrap().clone();
            let upper = line.trim_end().to_uppercase();
            if token.is_some() && token != manner.token {
                return say(&mut stream, "421 4.7.0 this token is no longer good").await;
            }
            if upper.starts_with("EHLO") {
                let auth = if manner.token.is_some() {
                    "250-AUTH PLAIN LOGIN XOAUTH2\r\n"
                } else {
                    ""
                };
                let offers = format!("250-outside.example\r\n{auth}250-8BITMIME\r\n250 SMTPUTF8");
                say(&mut stream, &offers).await?;
            } else if upper.starts_with("AUTH ") {
                token = signed_in(&mut stream, line.trim_end(), manner.token.as_deref()).await?;
                if token.is_none() {
                    self.refused.fetch_add(1, Ordering::SeqCst);
                }
            } else if manner.token.is_some() && token.is_none() && upper != "QUIT" {
                say(&mut stream, "530 5.7.0 sign in first").await?;
            } else if upper.starts_with("MAIL FROM") {
                mail = Sent {
                    from: between(&line),
                    to: Vec::new(),
                    raw: String::new(),
                };
                say(&mut stream, "250 2.1.0 ok").await?;
            } else if upper.starts_with("RCPT TO") {
                if let Some(refusal) = manner.to_recipient {
                    say(&mut stream, &refusal).await?;
                } else {
                    mail.to.push(between(&line));
                    say(&mut stream, "250 2.1.5 ok").await?;
                }
            } else if upper == "DATA" {
                say(&mut stream, "354 go").await?;
                mail.raw = content(&mut stream).await?;
                if manner.to_data.is_none() {
                    self.sent.lock().unwrap().push(mail.clone());
                }
                if manner.hangs_up {
                    return Ok(());
                }
                say(
                    &mut stream,
                    manner.to_data.as_deref().unwrap_or("250 2.0.0 taken"),
                )
                .await?;
            } else if upper == "QUIT" {
                return say(&mut stream, "221 bye").await;
            } else {
                say(&mut stream, "250 ok").await?;
            }
        }
    }
}

/// XOAUTH2 as Google and Microsoft speak it: the reason of a refusal is a challenge, which wants an empty answer.
async fn signed_in(
    stream: &mut BufReader<TcpStream>,
    line: &str,
    wanted: Option<&str>,
) -> std::io::Result<Option<String>> {
    let given = line
        .strip_prefix("AUTH XOAUTH2 ")
        .and_then(|text| STANDARD.decode(text).ok());
    let Some(given) = given else {
        say(stream, "504 5.5.4 only XOAUTH2, with its answer at once").await?;
        return Ok(None);
    };
    if let Some(token) = wanted
        && given == format!("user=help\u{1}auth=Bearer {token}\u{1}\u{1}").into_bytes()
    {
        say(stream, "235 2.7.0 welcome").await?;
        return Ok(Some(token.to_owned()));
    }
    let reason = STANDARD.encode(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#);
    say(stream, &format!("334 {reason}")).await?;
    let mut empty = String::new();
    stream.read_line(&mut empty).await?;
    let refusal = if empty == "\r\n" {
        "535 5.7.8 not this token"
    } else {
        "501 5.5.2 an empty line was due"
    };
    say(stream, refusal).await?;
    Ok(None)
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await
}

async fn content(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut raw = Vec::new();
    loop {
        let start = raw.len();
        if stream.read_until(b'\n', &mut raw).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if &raw[start..] == b".\r\n" {
            raw.truncate(start);
            return Ok(String::from_utf8_lossy(&raw).replace("\r\n..", "\r\n."));
        }
    }
}

fn between(line: &str) -> String {
    let start = line.find('<').map_or(0, |at| at + 1);
    let end = line.find('>').unwrap_or(line.len());
    line.get(start..end).unwrap_or_default().to_owned()
}
