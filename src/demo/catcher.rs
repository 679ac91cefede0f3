//! The mail catcher: a mail server on a loopback port that takes everything the demo sends and sends none of it on.
//!
//! The newest mails are kept as files in the data folder, so that they outlive a restart.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use shouwen_channels::email::smtp_server::{
    DropError, Envelope, MailDrop, Protocol, RawStream, Recipient, SessionSettings, read_whole, serve_session,
};
use shouwen_core::time::{Clock, Timestamp};
use tokio::net::TcpListener;

use crate::app::App;

/// How many mails are kept.
const KEPT: usize = 500;
const LARGEST: usize = 64 << 20;
/// Our own line before the mail: whom it was for.
const FOR: &str = "X-Caught-For: ";

/// A mail that would have gone out.
#[derive(Debug, Clone)]
pub struct Caught {
    /// When, in milliseconds, and a number: the name of its file.
    pub id: String,
    pub at: Timestamp,
    pub recipients: Vec<String>,
    pub raw: Bytes,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Catcher(Arc<Parts>);

struct Parts {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    /// Oldest first.
    caught: Mutex<VecDeque<Caught>>,
}

impl Catcher {
    /// Opens the folder with what was caught before.
    pub fn open(folder: PathBuf, clock: Arc<dyn Clock>) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut names: Vec<PathBuf> = std::fs::read_dir(&folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        names.sort();
        let caught = names.iter().filter_map(read_back).collect();
        Ok(Self(Arc::new(Parts {
            folder,
            clock,
            caught: Mutex::new(caught),
        })))
    }

    /// Newest first.
    pub fn all(&self) -> Vec<Caught> {
        self.lock().iter().rev().cloned().collect()
    }

    pub fn find(&self, id: &str) -> Option<Caught> {
        self.lock().iter().find(|mail| mail.id == id).cloned()
    }

    /// Takes mail on the listener until the process stops.
    pub fn serve(&self, app: &App, listener: TcpListener) {
        let (catcher, listener, clients) = (self.clone(), Arc::new(listener), app.clone());
        app.supervisor.keep("mail catcher", move |stop| {
            let (catcher, listener, clients) = (catcher.clone(), listener.clone(), clients.clone());
            async move {
                loop {
                    tokio::select! {
                        () = stop.cancelled() => return Ok(()),
                        accepted = listener.accept() => {
                            let (stream, peer) = accepted?;
                            let (catcher, stop) = (catcher.clone(), stop.clone());
                            clients.supervisor.run("caught mail", async move {
                                let served = serve_session(stream, Some(peer), &settings(), &catcher, stop).await;
                                if let Err(error) = served {
                                    tracing::info!(%error, "a session of the mail catcher ended badly");
                                }
                            });
                        }
                    }
                }
            }
        });
    }

    fn keep(&self, recipients: &[String], raw: Bytes) -> io::Result<()> {
        let mut caught = self.lock();
        let at = self.0.clock.now();
        let number = caught.back().map_or(0, |last| number(&last.id) + 1);
        let mail = Caught {
            id: format!("{:014}-{number:08}", at.millis()),
            at,
            recipients: recipients.to_vec(),
            raw,
        };
        let head = format!("{FOR}{}\r\n", recipients.join(", "));
        std::fs::write(self.file(&mail.id), [head.as_bytes(), &mail.raw].concat())?;
        caught.push_back(mail);
        while caught.len() > KEPT {
            if let Some(old) = caught.pop_front() {
                std::fs::remove_file(self.file(&old.id))?;
            }
        }
        Ok(())
    }

    fn file(&self, id: &str) -> PathBuf {
        self.0.folder.join(format!("{id}.eml"))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Caught>> {
        self.0.caught.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MailDrop for Catcher {
    async fn recipient(&self, _address: &str) -> Result<Recipient, DropError> {
        Ok(Recipient::Known)
    }

    async fn store(&self, envelope: &Envelope, raw: &mut dyn RawStream) -> Result<(), DropError> {
        let raw = read_whole(raw).await?;
        self.keep(&envelope.recipients, raw)
            .map_err(|error| DropError::Temporary(error.to_string()))
    }
}

/// Binds any free port that only this machine reaches.
pub async fn bind() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn settings() -> SessionSettings {
    SessionSettings {
        hostname: "catcher.lamp-tea.example".to_owned(),
        protocol: Protocol::Smtp,
        max_bytes: LARGEST,
        tls: None,
        idle_timeout: Duration::from_mins(1),
        content_timeout: Duration::from_mins(1),
        session_timeout: Duration::from_hours(1),
        max_recipients: 500,
    }
}

/// What is no mail of ours is passed over.
fn read_back(file: &PathBuf) -> Option<Caught> {
    let id = file.file_stem()?.to_str()?.to_owned();
    let at = Timestamp::from_millis(id.split_once('-')?.0.parse().ok()?);
    let bytes = std::fs::read(file).ok()?;
    let end = bytes.windows(2).position(|two| two == b"\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?.strip_prefix(FOR)?;
    Some(Caught {
        id,
        at,
        recipients: head.split(", ").map(ToOwned::to_owned).collect(),
        raw: Bytes::copy_from_slice(&bytes[end + 2..]),
    })
}

fn number(id: &str) -> u64 {
    id.split_once('-')
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use shouwen_core::time::ManualClock;

    use super::*;

    #[test]
    fn the_newest_mails_are_kept_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let catcher = Catcher::open(folder.path().to_owned(), clock.clone()).unwrap();
        for number in 0..KEPT + 2 {
            let raw = Bytes::from(format!("Subject: {number}\r\n\r\nHello\r\n"));
            catcher
                .keep(&["a@b.example".to_owned(), "c@d.example".to_owned()], raw)
                .unwrap();
        }
        drop(catcher);
        let catcher = Catcher::open(folder.path().to_owned(), clock).unwrap();
        let all = catcher.all();
        assert_eq!(all.len(), KEPT);
        assert!(all[0].raw.starts_with(b"Subject: 501"));
        assert_eq!(all[0].recipients.len(), 2);
        assert_eq!(catcher.find(&all[0].id).unwrap().raw, all[0].raw);
    }
}
