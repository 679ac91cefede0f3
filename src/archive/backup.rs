//! Writing a backup while the desk goes on: all rows of one moment, then the files that they stand on.
//!
//! A file named by its hash never changes and is swept a day after its last use, so those of the moment are still
//! there when they are copied.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use shouwen_core::id::WorkspaceId;
use shouwen_core::time::Timestamp;

use super::{ArchiveError, END, End, FORMAT, KEY, MANIFEST, Manifest, Part, hex};
use crate::blobs::{BlobError, Blobs};
use crate::config::Config;
use crate::db::{self, Db, Table};

/// What a backup holds.
#[derive(Debug)]
pub struct Made {
    pub rows: u64,
    pub blobs: u64,
    pub missing: Vec<String>,
    pub bytes: u64,
}

/// Writes the desk of this configuration into `file`. The secret key goes in only when asked for.
pub async fn backup(
    config: &Config,
    file: &Path,
    with_key: bool,
    now: Timestamp,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Made, ArchiveError> {
    if file.exists() {
        return Err(ArchiveError::Exists(file.to_owned()));
    }
    let db = open(config).await?;
    let (theirs, ours) = (db.schema_version().await?, db::schema_version());
    if theirs > ours {
        return Err(ArchiveError::NewerSchema(theirs, ours));
    }
    let blobs = Blobs::open(config)?;
    let part_name = PathBuf::from(format!("{}.part", file.display()));
    let part = OpenPart::create(part_name)?;
    let made = write(&db, &blobs, config, &part, with_key, now, tell).await;
    db.close().await;
    let made = made?;
    part.keep(file)?;
    Ok(made)
}

async fn open(config: &Config) -> Result<Db, ArchiveError> {
    let folder = &config.data.folder;
    let options = db::Options {
        url: (!config.database.url.is_empty()).then(|| config.database.url.clone()),
        connections: 2,
    };
    if options.url.is_none() && !folder.join("shouwen.db").exists() {
        return Err(ArchiveError::NoDesk(folder.join("shouwen.db")));
    }
    Ok(Db::open_as_it_is(&options, folder).await?)
}

async fn write(
    db: &Db,
    blobs: &Blobs,
    config: &Config,
    part: &OpenPart,
    with_key: bool,
    now: Timestamp,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Made, ArchiveError> {
    let wrong = |error| ArchiveError::File(part.name.clone(), error);
    let tables = db::tables().await?;
    let rows = copy_rows(db, &tables, part, tell).await?;
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: db::schema_version(),
        created_at: now.to_string(),
        blobs: rows.blobs.len() as u64,
        tables: rows.parts,
    };
    let mut tar = tar::Builder::new(BufWriter::new(&part.file));
    add(&mut tar, MANIFEST, &json(&manifest), now).map_err(wrong)?;
    for (table, mut spool) in manifest.tables.iter().zip(rows.spools) {
        let size = spool.stream_position().map_err(wrong)?;
        spool.rewind().map_err(wrong)?;
        let mut header = header(size, now);
        tar.append_data(&mut header, format!("rows/{}.jsonl", table.table), spool)
            .map_err(wrong)?;
    }
    if with_key {
        add(&mut tar, KEY, key(config)?.as_bytes(), now).map_err(wrong)?;
    }
    let mut end = End {
        blobs: 0,
        missing: Vec::new(),
    };
    for (place, (workspace, sha256)) in rows.blobs.iter().enumerate() {
        if place % 200 == 0 {
            tell(&format!("files: {place} of {}", rows.blobs.len()));
        }
        match blobs.get(*workspace, sha256).await {
            Ok(bytes) => {
                add(&mut tar, &format!("blobs/{workspace}/{sha256}"), &bytes, now).map_err(wrong)?;
                end.blobs += 1;
            }
            Err(BlobError::Missing) => end.missing.push(sha256.clone()),
            Err(error) => return Err(error.into()),
        }
    }
    add(&mut tar, END, &json(&end), now).map_err(wrong)?;
    let mut out = tar.into_inner().map_err(wrong)?;
    out.flush().map_err(wrong)?;
    Ok(Made {
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        blobs: end.blobs,
        missing: end.missing,
        bytes: part.file.metadata().map_err(wrong)?.len(),
    })
}

/// The rows of one moment, each table in a file without a name.
struct Rows {
    parts: Vec<Part>,
    spools: Vec<File>,
    /// What the rows stand on.
    blobs: Vec<(WorkspaceId, String)>,
}

async fn copy_rows(
    db: &Db,
    tables: &[Table],
    part: &OpenPart,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Rows, ArchiveError> {
    let wrong = |error| ArchiveError::File(part.name.clone(), error);
    let mut snapshot = db.snapshot().await?;
    let mut rows = Rows {
        parts: Vec::new(),
        spools: Vec::new(),
        blobs: Vec::new(),
    };
    for table in tables {
        let mut spool = BufWriter::new(spool(&part.name).map_err(wrong)?);
        let (mut count, mut hash) = (0, Sha256::new());
        let mut last: Option<Vec<Value>> = None;
        loop {
            let page = snapshot.rows_after(table, last.as_deref()).await?;
            for row in &page {
                let mut line = json(row);
                line.push(b'\n');
                hash.update(&line);
                spool.write_all(&line).map_err(wrong)?;
                count += 1;
                if table.name == "blob" {
                    rows.blobs.extend(blob(table, row));
                }
            }
            let is_last = page.len() < db::PAGE;
            last = page.into_iter().next_back().or(last);
            if is_last {
                break;
            }
        }
        if count > 0 {
            tell(&format!("{}: {count} rows", table.name));
        }
        rows.parts.push(Part {
            table: table.name.clone(),
            columns: table.columns.iter().map(|column| column.name.clone()).collect(),
            rows: count,
            sha256: hex(&hash.finalize()),
        });
        let spool = spool.into_inner().map_err(|error| wrong(error.into_error()))?;
        rows.spools.push(spool);
    }
    Ok(rows)
}

/// The blob of a row, while something uses it.
fn blob(table: &Table, row: &[Value]) -> Option<(WorkspaceId, String)> {
    let cell = |name: &str| {
        let place = table.columns.iter().position(|column| column.name == name)?;
        row.get(place)
    };
    let workspace = cell("workspace_id")?.as_str()?.parse().ok()?;
    let is_used = cell("uses")?.as_i64()? > 0;
    is_used.then_some((workspace, cell("sha256")?.as_str()?.to_owned()))
}

fn key(config: &Config) -> Result<String, ArchiveError> {
    if !config.secrets.key.is_empty() {
        return Ok(config.secrets.key.clone());
    }
    let file = config.data.folder.join(KEY);
    std::fs::read_to_string(&file).map_err(|error| ArchiveError::File(file, error))
}

/// A file beside the archive that is gone when it is closed.
fn spool(beside: &Path) -> io::Result<File> {
    let name = PathBuf::from(format!("{}.rows", beside.display()));
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&name)?;
    std::fs::remove_file(&name)?;
    Ok(file)
}

/// The archive while it is not whole; removed unless kept.
struct OpenPart {
    name: PathBuf,
    file: File,
}

impl OpenPart {
    fn create(name: PathBuf) -> Result<Self, ArchiveError> {
        use std::os::unix::fs::OpenOptionsExt;
        // It holds everything that customers wrote: for its owner alone.
        let opened = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&name);
        match opened {
            Ok(file) => Ok(Self { name, file }),
            Err(error) => Err(ArchiveError::File(name, error)),
        }
    }

    /// Makes it durable under its own name.
    fn keep(&self, file: &Path) -> Result<(), ArchiveError> {
        let keep = || {
            self.file.sync_all()?;
            std::fs::rename(&self.name, file)?;
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        keep().map_err(|error| ArchiveError::File(file.to_owned(), error))
    }
}

impl Drop for OpenPart {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.name); // kept ones have another name by now
    }
}

fn add(tar: &mut tar::Builder<impl Write>, name: &str, bytes: &[u8], at: Timestamp) -> io::Result<()> {
    tar.append_data(&mut header(bytes.len() as u64, at), name, bytes)
}

fn header(size: u64, at: Timestamp) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(at.millis() / 1000).unwrap_or(0));
    header
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain data")
}
