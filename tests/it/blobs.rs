//! Files in a folder and in an S3-compatible store behave alike.

use bytes::Bytes;
use shouwen::blobs::{BlobError, Blobs, hash};
use shouwen::config::Config;
use shouwen_core::id::WorkspaceId;

use crate::support::s3::{S3, SECRET_KEY};

const WORKSPACE: WorkspaceId = WorkspaceId(uuid::Uuid::from_u128(7));

fn open(sets: &[String]) -> Blobs {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Blobs::open(&Config::read(None, std::iter::empty(), sets).unwrap()).unwrap()
}

async fn keeps_what_it_is_given(blobs: &Blobs) {
    let bytes = Bytes::from_static("灯与茶 \u{0} bytes".as_bytes());
    let sha256 = blobs.put(WORKSPACE, bytes.clone()).await.unwrap();
    assert_eq!(sha256, hash(&bytes));
    assert_eq!(
        blobs.put(WORKSPACE, bytes.clone()).await.unwrap(),
        sha256,
        "the same again changes nothing"
    );
    assert_eq!(blobs.get(WORKSPACE, &sha256).await.unwrap(), bytes);
    let other = WorkspaceId(uuid::Uuid::from_u128(8));
    assert!(
        matches!(blobs.get(other, &sha256).await, Err(BlobError::Missing)),
        "another workspace has it not"
    );
    blobs.remove(WORKSPACE, &sha256).await.unwrap();
    blobs.remove(WORKSPACE, &sha256).await.unwrap();
    assert!(matches!(
        blobs.get(WORKSPACE, &sha256).await,
        Err(BlobError::Missing)
    ));
}

/// What came in pieces is the same file: few bytes, so many that they went by the disk, and so many that they go to S3 in
/// parts.
async fn keeps_what_came_in_pieces(blobs: &Blobs) {
    for size in [10, 300_000, 20_000_000] {
        let bytes: Vec<u8> = b"lamp and tea ".iter().copied().cycle().take(size).collect();
        let mut spool = blobs.spool(uuid::Uuid::from_u128(size as u128));
        for piece in bytes.chunks(9_000) {
            spool.write(piece).await.unwrap();
        }
        let spooled = spool.finish().await.unwrap();
        let sha256 = spooled.sha256.clone();
        assert_eq!(
            (sha256.as_str(), spooled.size),
            (hash(&bytes).as_str(), size as u64)
        );
        blobs.put_spooled(WORKSPACE, spooled).await.unwrap();
        assert_eq!(blobs.get(WORKSPACE, &sha256).await.unwrap(), bytes);
    }
    blobs.try_writing().await.unwrap();
}

#[tokio::test]
async fn a_folder_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(&[format!("data.folder={}", folder.path().display())]);
    keeps_what_it_is_given(&blobs).await;
    keeps_what_came_in_pieces(&blobs).await;
    let incoming = folder.path().join("blobs/incoming");
    assert_eq!(
        std::fs::read_dir(&incoming).unwrap().count(),
        0,
        "nothing unfinished stays"
    );
    std::fs::write(incoming.join("of-a-killed-server"), "half a mail").unwrap();
    blobs.clear_unfinished().unwrap();
    assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn an_s3_store_keeps_files() {
    let s3 = S3::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut sets = s3.settings(SECRET_KEY);
    sets.push(format!("data.folder={}", folder.path().display()));
    let blobs = open(&sets);
    keeps_what_it_is_given(&blobs).await;
    keeps_what_came_in_pieces(&blobs).await;
}

#[tokio::test]
async fn a_store_that_refuses_us_is_unavailable_and_loses_nothing_in_silence() {
    let s3 = S3::start().await;
    let refused = open(&s3.settings("wrong"))
        .put(WORKSPACE, Bytes::from_static(b"x"))
        .await;
    assert!(matches!(refused, Err(BlobError::Unavailable(_))), "{refused:?}");
}
