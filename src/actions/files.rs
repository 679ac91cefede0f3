//! Uploads: stored at once, attached when the message is sent, swept when it never is.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};
use shouwen_core::actor::Actor;
use shouwen_core::id::{AttachmentId, MessageId, WorkspaceId};
use uuid::Uuid;

use crate::app::App;
use crate::blobs::{BlobError, SpoolError, Spooled, hash};
use crate::db;
use crate::log::Change;
use crate::store::files::{self, AttachmentRow};

/// How many bytes tell what a file is.
const TELLING: usize = 8 * 1024;

/// Most files with one message.
pub const MOST_FILES: usize = 20;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the file is empty")]
    Empty,
    #[error("a file has at most {0} bytes")]
    TooLarge(usize),
    #[error("the file did not come to its end: upload it again")]
    BrokenOff,
    #[error("too many files are coming in just now: try again in a minute")]
    NoRoom,
    #[error("at most {MOST_FILES} files fit one message")]
    TooMany,
    #[error("one of the files is gone: upload it again")]
    Gone,
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

impl From<SpoolError> for FileError {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::NoRoom => Self::NoRoom,
            SpoolError::Blob(error) => Self::Blob(error),
        }
    }
}

/// Stores an upload of at most `most` bytes, without ever holding it in memory. Its type is what the bytes are, not what
/// the sender says; what cannot be told is told by the name, and never as something that a browser would run.
pub async fn store_upload<E>(
    app: &App,
    actor: &Actor,
    uploader: Uuid,
    name: &str,
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    most: usize,
) -> Result<AttachmentRow, FileError> {
    let mut spool = app.blobs.spool(app.ids.next(app.now()));
    let (mut size, mut head) = (0, Vec::new());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| FileError::BrokenOff)?;
        size += piece.len();
        if size > most {
            return Err(FileError::TooLarge(most));
        }
        let missing = TELLING - head.len();
        head.extend_from_slice(&piece[..piece.len().min(missing)]);
        spool.write(&piece).await?;
    }
    if size == 0 {
        return Err(FileError::Empty);
    }
    let row = AttachmentRow {
        id: app.ids.next(app.now()),
        message_id: None,
        uploader_id: Some(uploader),
        position: 0,
        name: safe_name(name),
        media_type: media_type(name, &head),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        sha256: store_spooled(app, actor.workspace, spool.finish().await?).await?,
        inline: false,
        content_id: None,
        created_at: app.now(),
        link_until: None,
    };
    app.change(actor, row, |change, row| keep(change, row).boxed())
        .await
}

/// How often, and how long apart, whoever stores bytes asks whether their removal has ended.
const ASKED: u32 = 50;
const APART: Duration = Duration::from_millis(100);

/// Stores bytes on which a row will stand soon, and returns their hash. A blob that nothing stands on may be swept at
/// any moment: it is renewed before, so that the sweep passes it over; one that is being removed is waited for.
pub async fn store_bytes(app: &App, workspace: WorkspaceId, bytes: Bytes) -> Result<String, BlobError> {
    let sha256 = hash(&bytes);
    wait_for_sweep(app, workspace, &sha256).await?;
    app.blobs.put_as(workspace, &sha256, bytes).await?;
    Ok(sha256)
}

/// As [`store_bytes`], of what came in pieces.
pub async fn store_spooled(app: &App, workspace: WorkspaceId, spooled: Spooled) -> Result<String, BlobError> {
    let sha256 = spooled.sha256.clone();
    wait_for_sweep(app, workspace, &sha256).await?;
    app.blobs.put_spooled(workspace, spooled).await?;
    Ok(sha256)
}

async fn wait_for_sweep(app: &App, workspace: WorkspaceId, sha256: &str) -> Result<(), BlobError> {
    for _ in 0..ASKED {
        if is_safe(app, workspace, sha256)
            .await
            .map_err(|error| away(&error))?
        {
            return Ok(());
        }
        tokio::time::sleep(APART).await;
    }
    Err(BlobError::Unavailable(
        "the same file is being removed; try again later".to_owned(),
    ))
}

/// Whether no sweep removes these bytes in the next hours.
async fn is_safe(app: &App, workspace: WorkspaceId, sha256: &str) -> Result<bool, db::Error> {
    match files::uses(&mut app.db.read().await?, workspace, sha256).await? {
        None | Some(1..) => return Ok(true),
        Some(..0) => return Ok(false),
        Some(0) => {}
    }
    app.change(&Actor::system(workspace), sha256.to_owned(), |change, sha256| {
        async move {
            let (workspace, now) = (change.workspace(), change.now());
            files::renew(change.tx(), workspace, sha256, now).await
        }
        .boxed()
    })
    .await
}

fn away(error: &db::Error) -> BlobError {
    BlobError::Unavailable(error.to_string())
}

async fn keep(change: &mut Change, row: &AttachmentRow) -> Result<AttachmentRow, FileError> {
    let workspace = change.workspace();
    files::add(change.tx(), workspace, std::slice::from_ref(row)).await?;
    Ok(row.clone())
}

/// Whether the uploads can be given to a message.
pub async fn check(change: &mut Change, uploader: Uuid, ids: &[AttachmentId]) -> Result<(), FileError> {
    if ids.is_empty() {
        return Ok(());
    }
    if ids.len() > MOST_FILES {
        return Err(FileError::TooMany);
    }
    let workspace = change.workspace();
    let found = files::loose(change.tx(), workspace, uploader, ids).await?;
    if ids.iter().all(|id| found.iter().any(|row| row.id == *id)) {
        Ok(())
    } else {
        Err(FileError::Gone)
    }
}

/// Gives the uploads to a message, in the order of `ids`.
pub async fn attach(
    change: &mut Change,
    uploader: Uuid,
    ids: &[AttachmentId],
    message: MessageId,
) -> Result<Vec<AttachmentRow>, FileError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if ids.len() > MOST_FILES {
        return Err(FileError::TooMany);
    }
    let workspace = change.workspace();
    let found = files::loose(change.tx(), workspace, uploader, ids).await?;
    let mut attached = Vec::with_capacity(ids.len());
    for (position, id) in (1..).zip(ids) {
        let row = found.iter().find(|row| row.id == *id).ok_or(FileError::Gone)?;
        files::attach(change.tx(), workspace, *id, message, position).await?;
        attached.push(AttachmentRow {
            message_id: Some(message),
            position,
            ..row.clone()
        });
    }
    Ok(attached)
}

/// A file name without a path and without characters that deceive; never empty.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // Bidirectional overrides make "gpj.exe" read as "exe.jpg".
    let deceives = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = last.chars().filter(|c| !deceives(*c)).take(200).collect();
    match clean.trim().trim_matches('.') {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

/// The media type of the bytes themselves, else the name's, else octets.
fn media_type(name: &str, bytes: &[u8]) -> String {
    let sniffed = infer::get(bytes).map(|kind| kind.mime_type().to_owned());
    let named = || mime_guess::from_path(name).first_raw().map(ToOwned::to_owned);
    // What has no signature but claims one (a picture, a sound) is not what it claims.
    let believable = |kind: &String| {
        !["image/", "audio/", "video/"]
            .iter()
            .any(|start| kind.starts_with(start))
    };
    sniffed
        .or_else(|| named().filter(believable))
        .unwrap_or_else(|| "application/octet-stream".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_are() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(media_type("report.pdf", png), "image/png");
        assert_eq!(media_type("cat.png", b"<script>alert(1)</script>"), "text/html");
        assert_eq!(media_type("cat.png", b"just words"), "application/octet-stream");
        assert_eq!(media_type("notes.csv", b"a,b"), "text/csv");
    }

    #[test]
    fn a_name_leads_nowhere_and_deceives_nobody() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\发票.pdf", "发票.pdf"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("..", "file"),
            ("a\r\nb.txt", "ab.txt"),
        ] {
            assert_eq!(safe_name(given), kept);
        }
    }
}
