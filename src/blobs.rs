//! Files by the hash of their content: in a folder, or in an S3-compatible store.
//!
//! A key is `workspace/sha256`. It knows no rows: which blobs are used is counted in the database.

use std::sync::Arc;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use shouwen_core::id::WorkspaceId;

use crate::config::Config;

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the file is missing from the blob store")]
    Missing,
    #[error("the blob store is not available: {0}")]
    Unavailable(String),
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Blobs(Arc<dyn ObjectStore>);

/// The hash that names a content: hex SHA-256.
pub fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

impl Blobs {
    pub fn open(config: &Config) -> Result<Self, BlobError> {
        let settings = &config.blobs;
        if settings.s3_bucket.is_empty() {
            let folder = config.data.folder.join("blobs");
            std::fs::create_dir_all(&folder).map_err(unavailable)?;
            // Synced with the folder, so that what was acknowledged outlives a power cut.
            let files = LocalFileSystem::new_with_prefix(folder)
                .map_err(unavailable)?
                .with_fsync(true);
            return Ok(Self(Arc::new(files)));
        }
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
        Ok(Self(Arc::new(builder.build().map_err(unavailable)?)))
    }

    /// Stores the bytes, durable on return, and returns their hash. Storing the same bytes again changes nothing.
    pub async fn put(&self, workspace: WorkspaceId, bytes: Bytes) -> Result<String, BlobError> {
        let sha256 = hash(&bytes);
        self.put_as(workspace, &sha256, bytes).await?;
        Ok(sha256)
    }

    /// As [`Blobs::put`], for bytes whose hash is known.
    pub async fn put_as(&self, workspace: WorkspaceId, sha256: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.0
            .put(&key(workspace, sha256), bytes.into())
            .await
            .map_err(unavailable)?;
        Ok(())
    }

    pub async fn get(&self, workspace: WorkspaceId, sha256: &str) -> Result<Bytes, BlobError> {
        match self.0.get(&key(workspace, sha256)).await {
            Ok(found) => found.bytes().await.map_err(unavailable),
            Err(object_store::Error::NotFound { .. }) => Err(BlobError::Missing),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Removes the bytes; removing what is gone is fine.
    pub async fn remove(&self, workspace: WorkspaceId, sha256: &str) -> Result<(), BlobError> {
        match self.0.delete(&key(workspace, sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
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
