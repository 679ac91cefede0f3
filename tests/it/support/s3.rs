//! An S3-compatible store with signed requests, served within the test process over real HTTP.

use std::net::SocketAddr;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::sync::watch;

pub(crate) const BUCKET: &str = "desk";
pub(crate) const ACCESS_KEY: &str = "AKDESK";
pub(crate) const SECRET_KEY: &str = "a-secret-of-the-test";

pub(crate) struct S3 {
    pub(crate) address: SocketAddr,
    /// Whether the line to it is cut.
    away: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

impl S3 {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (away, cut) = watch::channel(false);
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, mut cut) = (service.clone(), cut.clone());
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    tokio::select! {
                        biased;
                        _ = cut.wait_for(|away| *away) => {}
                        _ = builder.serve_connection(TokioIo::new(socket), service) => {}
                    }
                });
            }
        });
        Self {
            address,
            away,
            _folder: folder,
        }
    }

    /// Cuts every line to it, and those to come.
    pub(crate) fn go_away(&self) {
        self.away.send_replace(true);
    }

    pub(crate) fn come_back(&self) {
        self.away.send_replace(false);
    }

    /// The `blobs` section of a configuration, as `--set` takes it.
    pub(crate) fn settings(&self, secret_key: &str) -> Vec<String> {
        vec![
            format!("blobs.s3_bucket={BUCKET}"),
            format!("blobs.s3_endpoint=http://{}", self.address),
            format!("blobs.s3_access_key={ACCESS_KEY}"),
            format!("blobs.s3_secret_key={secret_key}"),
        ]
    }
}
