//! Files by the hash of their content: in a folder, or in an S3-compatible store.
//!
//! A key is `workspace/sha256`. It knows no rows: which blobs are used is counted in the database.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetResult, ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use shouwen_core::id::WorkspaceId;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::config::Config;
use spool::{Content, SpoolFolder, name_below};

mod spool;

pub use spool::{Spool, SpoolError, Spooled};

/// What is sent to an S3-compatible store at once of a large file.
const PART: usize = 8 << 20;
/// So many large files are sent to it at once.
static PARTS_AT_ONCE: Semaphore = Semaphore::const_new(4);

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the file is missing from the blob store")]
    Missing,
    #[error("the blob store is not available: {0}")]
    Unavailable(String),
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// The folder of the blobs, when they lie in one.
    root: Option<PathBuf>,
    spool: Arc<SpoolFolder>,
}

/// The hash that names a content: hex SHA-256.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

impl Blobs {
    pub fn open(config: &Config) -> Result<Self, BlobError> {
        let in_folder = config.blobs.s3_bucket.is_empty();
        let root = in_folder.then(|| config.data.folder.join("blobs"));
        let store: Arc<dyn ObjectStore> = match &root {
            None => Arc::new(s3(config)?),
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(unavailable)?;
                // Synced with the folder, so that what was acknowledged outlives a power cut.
                let files = LocalFileSystem::new_with_prefix(folder).map_err(unavailable)?;
                Arc::new(files.with_fsync(true))
            }
        };
        // Beside the blobs, so that a file becomes one by its name alone.
        let beside = root.as_ref().unwrap_or(&config.data.folder).join("incoming");
        let spool = Arc::new(SpoolFolder::new(beside, config.smtp.max_unfinished_bytes));
        Ok(Self { store, root, spool })
    }

    /// Removes unfinished files of a server that was killed. Only whoever holds the data folder may.
    pub fn clear_unfinished(&self) -> Result<(), BlobError> {
        self.spool.clear().map_err(unavailable)
    }

    /// Bytes that come in pieces; `name` is new.
    pub fn spool(&self, name: Uuid) -> Spool {
        Spool::new(self.spool.clone(), name)
    }

    /// Stores what came in pieces, durable on return.
    pub async fn put_spooled(&self, workspace: WorkspaceId, spooled: Spooled) -> Result<(), BlobError> {
        let file = match spooled.content {
            Content::Memory(bytes) => return self.put_as(workspace, &spooled.sha256, bytes).await,
            Content::File(file) => file,
        };
        let key = key(workspace, &spooled.sha256);
        match &self.root {
            Some(root) => {
                let name = name_below(root, &file.path).unwrap_or_default();
                self.store
                    .rename(&Path::from(name), &key)
                    .await
                    .map_err(unavailable)
            }
            None => self.send_file(&file.path, key).await,
        }
    }

    async fn send_file(&self, file: &std::path::Path, key: Path) -> Result<(), BlobError> {
        let _permit = PARTS_AT_ONCE.acquire().await; // never closed
        let mut file = tokio::fs::File::open(file).await.map_err(unavailable)?;
        let mut parts = BufWriter::with_capacity(self.store.clone(), key, PART).with_max_concurrency(1);
        let sent = tokio::io::copy(&mut file, &mut parts).await;
        if let Err(error) = sent {
            let _ = parts.abort().await; // what was sent of it is swept by the store
            return Err(unavailable(error));
        }
        parts.shutdown().await.map_err(unavailable)
    }

    /// Whether files can be written: writes one, always the same.
    pub async fn try_writing(&self) -> Result<(), BlobError> {
        let place = Path::from("writable");
        let written = self.store.put(&place, Bytes::from_static(b"yes").into());
        written.await.map(drop).map_err(unavailable)
    }

    /// Stores the bytes, durable on return, and returns their hash. Storing the same bytes again changes nothing.
    pub async fn put(&self, workspace: WorkspaceId, bytes: Bytes) -> Result<String, BlobError> {
        let sha256 = hash(&bytes);
        self.put_as(workspace, &sha256, bytes).await?;
        Ok(sha256)
    }

    /// As [`Blobs::put`], for bytes whose hash is known.
    pub async fn put_as(&self, workspace: WorkspaceId, sha256: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.store
            .put(&key(workspace, sha256), bytes.into())
            .await
            .map_err(unavailable)?;
        Ok(())
    }

    pub async fn get(&self, workspace: WorkspaceId, sha256: &str) -> Result<Bytes, BlobError> {
        let found = self.find(workspace, sha256).await?;
        found.bytes().await.map_err(unavailable)
    }

    /// The bytes piece by piece.
    pub async fn read(
        &self,
        workspace: WorkspaceId,
        sha256: &str,
    ) -> Result<impl Stream<Item = object_store::Result<Bytes>> + use<>, BlobError> {
        Ok(self.find(workspace, sha256).await?.into_stream())
    }

    async fn find(&self, workspace: WorkspaceId, sha256: &str) -> Result<GetResult, BlobError> {
        match self.store.get(&key(workspace, sha256)).await {
            Ok(found) => Ok(found),
            Err(object_store::Error::NotFound { .. }) => Err(BlobError::Missing),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Removes the bytes; removing what is gone is fine.
    pub async fn remove(&self, workspace: WorkspaceId, sha256: &str) -> Result<(), BlobError> {
        match self.store.delete(&key(workspace, sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

fn s3(config: &Config) -> Result<impl ObjectStore + use<>, BlobError> {
    let settings = &config.blobs;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.s3_bucket)
        .with_region(&settings.s3_region)
        .with_access_key_id(&settings.s3_access_key)
        .with_secret_access_key(&settings.s3_secret_key);
    if !settings.s3_endpoint.is_empty() {
        let plain = settings.s3_endpoint.starts_with("http://");
        builder = builder
            .with_endpoint(&settings.s3_endpoint)
            .with_allow_http(plain);
    }
    builder.build().map_err(unavailable)
}

fn unavailable(error: impl std::fmt::Display) -> BlobError {
    BlobError::Unavailable(error.to_string())
}

fn key(workspace: WorkspaceId, sha256: &str) -> Path {
    Path::from(format!(
        "{workspace}/{}/{sha256}",
        sha256.get(..2).unwrap_or("__")
    ))
}
