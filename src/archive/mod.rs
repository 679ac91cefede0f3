//! Backups: the rows and files of a desk in one tar, the same for both engines, so that a shop can also grow out of
//! one machine by it.
//!
//! `manifest.json` comes first, then `rows/<table>.jsonl` in the order of the manifest, `secret.key` when it was
//! asked for, `blobs/<workspace>/<sha256>`, and at last `end.json`, without which the archive is not whole.

mod backup;
mod restore;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::blobs::BlobError;
use crate::db;

pub use backup::{Made, backup};
pub use restore::{Restored, restore};

/// The version of this layout.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const END: &str = "end.json";
const KEY: &str = "secret.key";

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// Of the program.
    version: String,
    /// The last migration.
    schema: i64,
    created_at: String,
    tables: Vec<Part>,
    blobs: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Part {
    table: String,
    columns: Vec<String>,
    rows: u64,
    sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    blobs: u64,
    /// Used by a row, but not in the store when it was copied.
    missing: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0} exists already: choose another name, or move it away")]
    Exists(PathBuf),
    #[error("there is no desk here: {0} does not exist")]
    NoDesk(PathBuf),
    #[error("the database's schema ({0}) is newer than this program's ({1}): use the release that wrote it")]
    NewerSchema(i64, i64),
    #[error("{0} is not a backup of this program: {1}")]
    NotABackup(PathBuf, String),
    #[error("{0} is damaged or not whole: {1}")]
    Damaged(PathBuf, String),
    #[error(
        "the backup has schema {backup} (made by version {version}), this program has {ours}: restore it with the release that made it, then start the newer one on it"
    )]
    OtherSchema { backup: i64, ours: i64, version: String },
    #[error(
        "there is a desk already where this is to be restored: give it an empty folder and an empty database"
    )]
    NotEmpty,
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Connect(#[from] db::ConnectError),
    #[error(transparent)]
    Start(#[from] crate::app::StartError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // a String takes it
        hex
    })
}
