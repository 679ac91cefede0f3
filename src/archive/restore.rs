//! Reading a backup into an empty desk: checked as a whole first, then its rows in one transaction.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use super::{ArchiveError, END, End, FORMAT, KEY, MANIFEST, Manifest, hex};
use crate::app::lock_folder;
use crate::blobs::Blobs;
use crate::config::Config;
use crate::db::{self, Db, Table, Tx};
use crate::store::{messages, schedules, workspaces};

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    pub rows: u64,
    pub blobs: u64,
    pub missing: Vec<String>,
    pub with_key: bool,
}

type Archive = tar::Archive<BufReader<File>>;

/// Restores into the empty folder and database of this configuration.
pub async fn restore(
    config: &Config,
    file: &Path,
    now: Timestamp,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Restored, ArchiveError> {
    tell("checking the archive");
    let (manifest, end) = check(file)?;
    let ours = db::schema_version();
    if manifest.schema != ours {
        return Err(ArchiveError::OtherSchema {
            backup: manifest.schema,
            ours,
            version: manifest.version,
        });
    }
    let folder = &config.data.folder;
    if config.database.url.is_empty() && folder.join("shouwen.db").exists() {
        return Err(ArchiveError::NotEmpty);
    }
    let _lock = lock_folder(folder)?;
    let options = db::Options {
        url: (!config.database.url.is_empty()).then(|| config.database.url.clone()),
        connections: 2,
    };
    let db = Db::open(&options, folder).await?;
    let restored = load(&db, config, file, &manifest, now, tell).await;
    db.close().await;
    let with_key = restored?;
    Ok(Restored {
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        blobs: end.blobs,
        missing: end.missing,
        with_key,
    })
}

async fn load(
    db: &Db,
    config: &Config,
    file: &Path,
    manifest: &Manifest,
    now: Timestamp,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<bool, ArchiveError> {
    let tables = db::tables().await?;
    for table in &tables {
        if !db.read().await?.rows_after(table, None).await?.is_empty() {
            return Err(ArchiveError::NotEmpty);
        }
    }
    let blobs = Blobs::open(config)?;
    let mut tx = db.begin().await?;
    let (mut with_key, mut files) = (false, 0);
    let mut archive = open(file)?;
    for entry in archive.entries().map_err(|error| damaged(file, &error))? {
        let mut entry = entry.map_err(|error| damaged(file, &error))?;
        let name = entry_name(&entry, file)?;
        if let Some(table) = name
            .strip_prefix("rows/")
            .and_then(|name| name.strip_suffix(".jsonl"))
        {
            let table = tables.iter().find(|known| known.name == table);
            let table = table.ok_or_else(|| damaged(file, &format!("there is no table for {name}")))?;
            add_rows(&mut tx, table, entry, file).await?;
        } else if let Some(name) = name.strip_prefix("blobs/") {
            let workspace = name.split('/').next().unwrap_or_default().parse::<WorkspaceId>();
            let workspace = workspace.map_err(|error| damaged(file, &error))?;
            let mut bytes = Vec::new();
            entry
                .read_to_end(&mut bytes)
                .map_err(|error| damaged(file, &error))?;
            blobs.put(workspace, bytes.into()).await?;
            files += 1;
            if files % 200 == 0 {
                tell(&format!("files: {files} of {}", manifest.blobs));
            }
        } else if name == KEY {
            write_key(config, entry)?;
            with_key = true;
        }
    }
    // The desk that was backed up may have sent what waited then: a person decides whether it goes once more.
    if let Some(workspace) = workspaces::first(&mut tx).await? {
        messages::doubt_waiting_deliveries(&mut tx, workspace).await?;
        schedules::doubt_due(&mut tx, workspace, now).await?;
    }
    tell("committing");
    tx.commit().await?;
    Ok(with_key)
}

async fn add_rows(tx: &mut Tx, table: &Table, rows: impl Read, file: &Path) -> Result<(), ArchiveError> {
    let mut page: Vec<Vec<Value>> = Vec::with_capacity(db::PAGE);
    for line in BufReader::new(rows).lines() {
        let line = line.map_err(|error| damaged(file, &error))?;
        page.push(serde_json::from_str(&line).map_err(|error| damaged(file, &error))?);
        if page.len() == db::PAGE {
            tx.add_rows(table, &page).await?;
            page.clear();
        }
    }
    tx.add_rows(table, &page).await?;
    Ok(())
}

/// The key is configured, or it stands in the folder as a server would have made it.
fn write_key(config: &Config, mut key: impl Read) -> Result<(), ArchiveError> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = config.data.folder.join(KEY);
    let mut write = || {
        let mut out = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&file)?;
        std::io::copy(&mut key, &mut out)?;
        out.flush()?;
        out.sync_all()
    };
    write().map_err(|error| ArchiveError::File(file.clone(), error))
}

/// Reads all of it once, so that nothing is restored from an archive that is not whole.
fn check(file: &Path) -> Result<(Manifest, End), ArchiveError> {
    let mut archive = open(file)?;
    let not_ours =
        |error: &dyn std::fmt::Display| ArchiveError::NotABackup(file.to_owned(), error.to_string());
    let mut entries = archive.entries().map_err(|error| not_ours(&error))?;
    let first = entries.next().ok_or_else(|| not_ours(&"it is empty"))?;
    let first = first.map_err(|error| not_ours(&error))?;
    if entry_name(&first, file)? != MANIFEST {
        return Err(not_ours(&"it does not begin with a manifest"));
    }
    let manifest: Manifest = serde_json::from_reader(first).map_err(|error| not_ours(&error))?;
    if manifest.format != FORMAT {
        return Err(not_ours(&format!("its format is {}", manifest.format)));
    }
    let (mut parts, mut blobs, mut end) = (manifest.tables.iter(), 0, None);
    for entry in entries {
        let mut entry = entry.map_err(|error| damaged(file, &error))?;
        let name = entry_name(&entry, file)?;
        if let Some(table) = name.strip_prefix("rows/") {
            let part = parts
                .next()
                .filter(|part| table == format!("{}.jsonl", part.table));
            let part = part.ok_or_else(|| damaged(file, &format!("{name} is not where it should be")))?;
            if digest(&mut entry, file)? != part.sha256 {
                return Err(damaged(file, &format!("{name} is not what was written")));
            }
        } else if let Some(blob) = name.strip_prefix("blobs/") {
            if blob.rsplit('/').next() != Some(digest(&mut entry, file)?.as_str()) {
                return Err(damaged(file, &format!("{name} is not what was written")));
            }
            blobs += 1;
        } else if name == END {
            let read: End = serde_json::from_reader(entry).map_err(|error| damaged(file, &error))?;
            end = Some(read);
        }
    }
    match end {
        Some(end) if end.blobs == blobs && parts.next().is_none() => Ok((manifest, end)),
        _ => Err(damaged(file, &"its end is missing")),
    }
}

fn digest(mut content: impl Read, file: &Path) -> Result<String, ArchiveError> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match content.read(&mut buffer).map_err(|error| damaged(file, &error))? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn open(file: &Path) -> Result<Archive, ArchiveError> {
    let opened = File::open(file).map_err(|error| ArchiveError::File(file.to_owned(), error))?;
    Ok(tar::Archive::new(BufReader::new(opened)))
}

fn entry_name<R: Read>(entry: &tar::Entry<'_, R>, file: &Path) -> Result<String, ArchiveError> {
    let path = entry.path().map_err(|error| damaged(file, &error))?;
    Ok(path.to_string_lossy().into_owned())
}

fn damaged(file: &Path, error: &dyn std::fmt::Display) -> ArchiveError {
    ArchiveError::Damaged(PathBuf::from(file), error.to_string())
}
