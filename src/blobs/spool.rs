//! Bytes that come in pieces, hashed while they come: in memory while they are few, then in a file beside the blobs,
//! so that what strangers send at once is bounded by the disk's share that is set aside for it, never by memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{BlobError, hex, unavailable};

/// More than this goes to a file.
const IN_MEMORY: usize = 64 * 1024;

/// Where unfinished files lie, and how much room is left for them.
pub(super) struct SpoolFolder {
    pub(super) path: PathBuf,
    left: AtomicU64,
}

#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    #[error("too much is being received at once")]
    NoRoom,
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// One content on its way in. Dropped before [`Spool::finish`], nothing of it stays.
pub struct Spool {
    folder: Arc<SpoolFolder>,
    name: Uuid,
    hasher: Sha256,
    size: u64,
    memory: BytesMut,
    file: Option<(File, Unfinished)>,
}

/// A whole content, not yet kept.
pub struct Spooled {
    pub sha256: String,
    pub size: u64,
    pub(super) content: Content,
}

pub(super) enum Content {
    Memory(Bytes),
    /// Its bytes are on the disk.
    File(Unfinished),
}

/// A file that is removed, and its room given back, unless it was taken over.
pub(super) struct Unfinished {
    pub(super) path: PathBuf,
    folder: Arc<SpoolFolder>,
    room: u64,
}

impl SpoolFolder {
    /// The folder is made when it is needed.
    pub(super) fn new(path: PathBuf, room: u64) -> Self {
        Self {
            path,
            left: AtomicU64::new(room),
        }
    }

    /// Removes what a server that was killed left behind. Only whoever holds the data folder may.
    pub(super) fn clear(&self) -> std::io::Result<()> {
        if !self.path.exists() {
            return Ok(());
        }
        for entry in std::fs::read_dir(&self.path)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    fn take(&self, bytes: u64) -> bool {
        let less = |left: u64| left.checked_sub(bytes);
        self.left
            .try_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok()
    }
}

impl Spool {
    pub(super) fn new(folder: Arc<SpoolFolder>, name: Uuid) -> Self {
        Self {
            folder,
            name,
            hasher: Sha256::new(),
            size: 0,
            memory: BytesMut::new(),
            file: None,
        }
    }

    pub async fn write(&mut self, piece: &[u8]) -> Result<(), SpoolError> {
        self.hasher.update(piece);
        self.size += piece.len() as u64;
        if self.file.is_none() && self.memory.len() + piece.len() <= IN_MEMORY {
            self.memory.extend_from_slice(piece);
            return Ok(());
        }
        if self.file.is_none() {
            let file = self.begin_file().await?;
            self.file = Some(file);
            let before = std::mem::take(&mut self.memory);
            self.append(&before).await?;
        }
        self.append(piece).await
    }

    /// The whole; what lies in a file is on the disk then.
    pub async fn finish(mut self) -> Result<Spooled, SpoolError> {
        let content = match self.file.take() {
            None => Content::Memory(std::mem::take(&mut self.memory).freeze()),
            Some((mut file, unfinished)) => {
                file.flush().await.map_err(unavailable)?;
                file.sync_all().await.map_err(unavailable)?;
                Content::File(unfinished)
            }
        };
        Ok(Spooled {
            sha256: hex(&self.hasher.finalize_reset()),
            size: self.size,
            content,
        })
    }

    async fn begin_file(&self) -> Result<(File, Unfinished), BlobError> {
        let path = self.folder.path.join(self.name.simple().to_string());
        tokio::fs::create_dir_all(&self.folder.path)
            .await
            .map_err(unavailable)?;
        let mut file = File::create_new(&path).await.map_err(unavailable)?;
        file.set_max_buf_size(IN_MEMORY);
        let unfinished = Unfinished {
            path,
            folder: self.folder.clone(),
            room: 0,
        };
        Ok((file, unfinished))
    }

    async fn append(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        let Some((file, unfinished)) = &mut self.file else {
            return Ok(());
        };
        let size = bytes.len() as u64;
        if !self.folder.take(size) {
            return Err(SpoolError::NoRoom);
        }
        unfinished.room += size;
        file.write_all(bytes).await.map_err(unavailable)?;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.folder.left.fetch_add(self.room, Ordering::SeqCst);
        let _ = std::fs::remove_file(&self.path); // taken over, or removed at the next start
    }
}

/// The name of a file below the folder that holds the spool.
pub(super) fn name_below(root: &Path, file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root).ok()?;
    inside.to_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(folder: &Arc<SpoolFolder>, number: u128) -> Spool {
        Spool::new(folder.clone(), Uuid::from_u128(number))
    }

    #[tokio::test]
    async fn much_at_once_finds_no_room_and_leaves_it_to_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(SpoolFolder::new(dir.path().join("incoming"), 300_000));
        let (mut first, mut second) = (spool(&folder, 1), spool(&folder, 2));
        first.write(&vec![b'x'; 200_000]).await.unwrap();
        let refused = second.write(&vec![b'y'; 200_000]).await;
        assert!(matches!(refused, Err(SpoolError::NoRoom)));
        drop(first);
        drop(second);
        assert_eq!(
            std::fs::read_dir(&folder.path).unwrap().count(),
            0,
            "nothing is left behind"
        );
        let mut third = spool(&folder, 3);
        third.write(&vec![b'z'; 250_000]).await.unwrap();
        assert_eq!(third.finish().await.unwrap().size, 250_000);
    }

    #[tokio::test]
    async fn the_hash_is_that_of_all_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(SpoolFolder::new(dir.path().to_owned(), 1 << 20));
        for size in [0, 5, IN_MEMORY, IN_MEMORY + 1, 300_000] {
            let bytes: Vec<u8> = (0..=255).cycle().take(size).collect();
            let mut spool = spool(&folder, size as u128);
            for piece in bytes.chunks(7_000) {
                spool.write(piece).await.unwrap();
            }
            let whole = spool.finish().await.unwrap();
            assert_eq!(whole.sha256, super::super::hash(&bytes), "{size}");
            let kept = match &whole.content {
                Content::Memory(bytes) => bytes.to_vec(),
                Content::File(file) => std::fs::read(&file.path).unwrap(),
            };
            assert!(kept == bytes, "{size}");
        }
    }
}
