//! Sweeping what is past its time, in batches small enough that nobody waits for them.

use shouwen_core::id::WorkspaceId;

use crate::app::App;
use crate::jobs::JobError;

/// Sweeps one workspace.
pub async fn run(_app: &App, _workspace: WorkspaceId) -> Result<(), JobError> {
    Ok(())
}
