//! Listening for mail: SMTP on a port, LMTP on a Unix socket for a mail server beside us.

use std::fs::Permissions;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use shouwen_channels::email::smtp_server::{Protocol, SessionSettings, serve_session};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::mail_drop::DeskMailDrop;
use crate::app::App;
use crate::config::Config;
use crate::store::raw_mails::Source;

/// More clients than this at once are asked to come back.
const MOST_SESSIONS: usize = 500;
const MOST_RECIPIENTS: usize = 100;
const IDLE: Duration = Duration::from_mins(5);
/// A mail of 50 MB takes a quarter of an hour at half a megabit a second; who is slower holds a place for too long.
const CONTENT: Duration = Duration::from_mins(15);
const SESSION: Duration = Duration::from_mins(30);
const BUSY: &[u8] = b"421 4.3.2 Too many connections, please try again\r\n";

/// Where mail is taken.
#[derive(Debug, Clone)]
pub struct Listening {
    pub smtp: Option<SocketAddr>,
    pub lmtp: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("cannot listen on smtp.listen {0}: {1}")]
    Smtp(String, io::Error),
    #[error("cannot listen on the LMTP socket {0}: {1}")]
    Lmtp(PathBuf, io::Error),
    /// Which file, and what is wrong with it.
    #[error("smtp.tls_certificate and smtp.tls_key cannot be used: {0}: {1}")]
    Tls(String, String),
}

/// Binds what is configured, and serves under the supervisor until the process stops.
pub async fn start(app: &App) -> Result<Listening, ListenError> {
    let sessions = Arc::new(Semaphore::new(MOST_SESSIONS));
    let mut smtp = None;
    let listen = &app.config.smtp.listen;
    if !listen.is_empty() {
        let wrong = |error| ListenError::Smtp(listen.clone(), error);
        let listener = TcpListener::bind(listen.as_str()).await.map_err(wrong)?;
        smtp = Some(listener.local_addr().map_err(wrong)?);
        let door = Door::new(app, Protocol::Smtp, tls(&app.config)?, sessions.clone());
        accept_tcp(app, listener, door);
    }
    let lmtp = app.config.lmtp_socket();
    let listener = bind_unix(&lmtp).map_err(|error| ListenError::Lmtp(lmtp.clone(), error))?;
    accept_unix(app, listener, Door::new(app, Protocol::Lmtp, None, sessions));
    Ok(Listening { smtp, lmtp })
}

/// What every session of a listener shares.
#[derive(Clone)]
struct Door {
    app: App,
    drop: Arc<DeskMailDrop>,
    settings: Arc<SessionSettings>,
    sessions: Arc<Semaphore>,
}

impl Door {
    fn new(
        app: &App,
        protocol: Protocol,
        tls: Option<Arc<rustls::ServerConfig>>,
        sessions: Arc<Semaphore>,
    ) -> Self {
        let source = match protocol {
            Protocol::Smtp => Source::Smtp,
            Protocol::Lmtp => Source::Lmtp,
        };
        let named = &app.config.smtp.hostname;
        let settings = SessionSettings {
            hostname: if named.is_empty() {
                app.config.host()
            } else {
                named.clone()
            },
            protocol,
            max_bytes: app.config.smtp.max_bytes,
            tls,
            idle_timeout: IDLE,
            content_timeout: CONTENT,
            session_timeout: SESSION,
            max_recipients: MOST_RECIPIENTS,
        };
        Self {
            app: app.clone(),
            drop: Arc::new(DeskMailDrop::new(app.clone(), source)),
            settings: Arc::new(settings),
            sessions,
        }
    }

    /// Serves one client in a task of its own.
    async fn admit<S>(&self, mut stream: S, peer: Option<SocketAddr>, stop: &CancellationToken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Ok(permit) = self.sessions.clone().try_acquire_owned() else {
            tracing::warn!("too many clients deliver mail at once; one was asked to come back");
            let _ = stream.write_all(BUSY).await; // it is gone already, or will come back
            return;
        };
        let (door, stop) = (self.clone(), stop.clone());
        self.app.supervisor.run("mail session", async move {
            let served = serve_session(stream, peer, &door.settings, door.drop.as_ref(), stop).await;
            if let Err(error) = served {
                tracing::info!(%error, "a mail session ended badly");
            }
            drop(permit);
        });
    }
}

fn accept_tcp(app: &App, listener: TcpListener, door: Door) {
    let listener = Arc::new(listener);
    app.supervisor.keep("smtp listener", move |stop| {
        let (listener, door) = (listener.clone(), door.clone());
        async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    accepted = listener.accept() => {
                        let (stream, peer) = accepted?;
                        stream.set_nodelay(true)?;
                        door.admit(stream, Some(peer), &stop).await;
                    }
                }
            }
        }
    });
}

fn accept_unix(app: &App, listener: UnixListener, door: Door) {
    let listener = Arc::new(listener);
    app.supervisor.keep("lmtp listener", move |stop| {
        let (listener, door) = (listener.clone(), door.clone());
        async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    accepted = listener.accept() => door.admit(accepted?.0, None, &stop).await,
                }
            }
        }
    });
}

/// Binds the socket for the owner and the group; one that a server left behind is removed first.
fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match std::fs::symlink_metadata(path) {
        // The data folder is locked, so nobody listens here any more.
        Ok(old) if old.file_type().is_socket() => std::fs::remove_file(path)?,
        Ok(_) => return Err(io::Error::other("there is a file that is no socket")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o660))?;
    Ok(listener)
}

fn tls(config: &Config) -> Result<Option<Arc<rustls::ServerConfig>>, ListenError> {
    if config.smtp.tls_certificate.is_empty() {
        return Ok(None);
    }
    let (certificate, key) = (&config.smtp.tls_certificate, &config.smtp.tls_key);
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| ListenError::Tls(certificate.clone(), error.to_string()))?;
    if chain.is_empty() {
        let words = "there is no certificate in it (-----BEGIN CERTIFICATE-----)";
        return Err(ListenError::Tls(certificate.clone(), words.to_owned()));
    }
    let opened = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| ListenError::Tls(key.clone(), error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, opened))
        .map_err(|error| ListenError::Tls(format!("{certificate} with {key}"), error.to_string()))?;
    Ok(Some(Arc::new(server)))
}
