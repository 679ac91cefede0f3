//! The passwords of an inbox, sealed by a key outside of the database.

use crate::secrets::{SecretError, Secrets};
use crate::store::inboxes::{InboxRow, InboxSecrets};

const SEALED_FOR: &str = "inbox";

/// Why the passwords of an inbox cannot be had: they must be given again.
#[derive(Debug, thiserror::Error)]
pub enum LostSecrets {
    #[error(transparent)]
    Sealed(#[from] SecretError),
    #[error("the inbox's passwords cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// The passwords; none where none were given.
pub fn open(secrets: &Secrets, inbox: &InboxRow) -> Result<InboxSecrets, LostSecrets> {
    match &inbox.secrets {
        None => Ok(InboxSecrets::default()),
        Some(sealed) => Ok(serde_json::from_str(&secrets.unseal(SEALED_FOR, sealed)?)?),
    }
}

/// Seals them for the row; `None` when there is nothing to keep.
pub fn seal(secrets: &Secrets, kept: &InboxSecrets) -> Option<String> {
    let any = kept.smtp_password.is_some() || kept.imap_password.is_some();
    let json = serde_json::to_string(kept).expect("secrets are plain data");
    any.then(|| secrets.seal(SEALED_FOR, &json))
}
