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

#[tokio::test]
async fn a_folder_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    keeps_what_it_is_given(&open(&[format!("data.folder={}", folder.path().display())])).await;
}

#[tokio::test]
async fn an_s3_store_keeps_files() {
    let s3 = S3::start().await;
    keeps_what_it_is_given(&open(&s3.settings(SECRET_KEY))).await;
}

#[tokio::test]
async fn a_store_that_refuses_us_is_unavailable_and_loses_nothing_in_silence() {
    let s3 = S3::start().await;
    let refused = open(&s3.settings("wrong"))
        .put(WORKSPACE, Bytes::from_static(b"x"))
        .await;
    assert!(matches!(refused, Err(BlobError::Unavailable(_))), "{refused:?}");
}
