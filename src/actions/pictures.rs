//! Pictures of mails that lie elsewhere: fetched once by this server, kept for a while, and never more than a picture.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shouwen_core::actor::Actor;
use shouwen_core::id::{MessageId, WorkspaceId};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::files::store_bytes;
use crate::app::App;
use crate::blobs::{BlobError, hash};
use crate::db;
use crate::fetch::FetchError;
use crate::log::Change;
use crate::secrets::Secrets;
use crate::store::remote_pictures::{self, PictureRow};

/// In bytes; mail is not the place for larger ones.
const LARGEST: usize = 10 << 20;
/// How many are fetched at the same time.
static AT_ONCE: Semaphore = Semaphore::const_new(16);

pub struct Picture {
    /// Of the bytes themselves, whatever their sender says.
    pub media_type: &'static str,
    pub bytes: Bytes,
}

#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("is answered with {0}")]
    Status(u16),
    #[error("is no PNG, JPEG, GIF or WebP")]
    NoPicture,
    #[error("waits for too many others")]
    Busy,
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Ties an address to the message that it stands in.
pub fn sign(secrets: &Secrets, message: MessageId, url: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&secrets.key_for("remote pictures")).expect("any length is a key");
    mac.update(message.0.as_bytes());
    mac.update(url.as_bytes());
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16])
}

pub fn is_signed(secrets: &Secrets, message: MessageId, url: &str, signature: &str) -> bool {
    let ours = sign(secrets, message, url);
    ours.as_bytes().ct_eq(signature.as_bytes()).into()
}

/// The picture, from what is kept or from where it lies.
pub async fn fetch(app: &App, workspace: WorkspaceId, url: &str) -> Result<Picture, PictureError> {
    let url_hash = hash(url.as_bytes());
    if let Some(kept) = kept(app, workspace, &url_hash).await? {
        return Ok(kept);
    }
    let _permit = AT_ONCE.acquire().await.map_err(|_| PictureError::Busy)?;
    // Somebody else may have fetched it meanwhile.
    if let Some(kept) = kept(app, workspace, &url_hash).await? {
        return Ok(kept);
    }
    let fetched = app.fetcher.get(url, LARGEST).await?;
    if !fetched.is_success() {
        return Err(PictureError::Status(fetched.status));
    }
    let media_type = picture_type(&fetched.body).ok_or(PictureError::NoPicture)?;
    let row = PictureRow {
        url_hash,
        size: i64::try_from(fetched.body.len()).unwrap_or(i64::MAX),
        sha256: store_bytes(app, workspace, fetched.body.clone()).await?,
        media_type: media_type.to_owned(),
        fetched_at: app.now(),
    };
    let system = Actor::system(workspace);
    app.change(&system, row, |change, row| keep(change, row).boxed())
        .await?;
    Ok(Picture {
        media_type,
        bytes: fetched.body,
    })
}

async fn keep(change: &mut Change, row: &PictureRow) -> Result<(), db::Error> {
    let workspace = change.workspace();
    remote_pictures::keep(change.tx(), workspace, row).await
}

async fn kept(app: &App, workspace: WorkspaceId, url_hash: &str) -> Result<Option<Picture>, PictureError> {
    let found = remote_pictures::find(&mut app.db.read().await?, workspace, url_hash).await?;
    let Some(row) = found else { return Ok(None) };
    let bytes = app.blobs.get(workspace, &row.sha256).await?;
    Ok(picture_type(&bytes).map(|media_type| Picture { media_type, bytes }))
}

fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    let kind = infer::get(bytes)?.mime_type();
    ["image/png", "image/jpeg", "image/gif", "image/webp"]
        .into_iter()
        .find(|known| *known == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_that_no_browser_runs_are_pictures() {
        assert_eq!(picture_type(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        for other in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"[..],
            b"<html>",
            b"%PDF-1.4",
            b"",
        ] {
            assert_eq!(picture_type(other), None);
        }
    }
}
