//! `shouwen demo`: a believable shop on a desk of its own, so that the product can be tried without setting it up.
//!
//! Written through the desk's own actions as an import. Nothing here runs in `shouwen serve`.

mod calendar;
pub mod catcher;
mod files;
mod pages;
mod plan;
mod scenario;
mod staff;
mod words;
mod write;

use shouwen_core::time::Timestamp;

use crate::app::App;
use crate::blobs::BlobError;
use crate::db;
use crate::passwords::HashError;
use crate::store::{agents, workspaces};

pub use pages::{Demo, routes};
pub use staff::{LOGINS, PASSWORD, SUPPORT, WIDGET_KEY};

/// The name of the demo's workspace, written when everything else is.
const SHOP: &str = "灯与茶 / Lamp & Tea";

#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error(
        "the data folder holds half a demo (it was stopped while it was made): delete the folder and start again"
    )]
    Half,
    #[error("the data folder holds a desk that is no demo: choose another with --folder")]
    NotADemo,
    #[error(transparent)]
    Password(#[from] HashError),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Write(#[from] write::WriteError),
    #[error(transparent)]
    Store(#[from] db::Error),
}

/// Fills an empty desk; leaves one that was filled as it is. True when it was filled now.
pub async fn seed(app: &App, now: Timestamp) -> Result<bool, SeedError> {
    let mut conn = app.db.read().await?;
    let name = workspaces::name(&mut conn, app.workspace).await?;
    let people = agents::count(&mut conn, app.workspace).await?;
    drop(conn);
    match (people, name.as_str()) {
        (0, _) => {
            write::write(app, now).await?;
            Ok(true)
        }
        (_, SHOP) => Ok(false),
        (_, "") => Err(SeedError::Half),
        (_, _) => Err(SeedError::NotADemo),
    }
}
