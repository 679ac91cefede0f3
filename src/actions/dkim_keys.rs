//! Which key of a domain signs. One key of each algorithm does; another of the same is published first, takes over when
//! a person says so, and the one before it is laid down.

use crate::db::Error;
use crate::log::Change;
use crate::store::dkim_keys::{self, DkimRow, DkimState};

/// Most keys of one domain: two of each algorithm, and what was laid down.
const MOST: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("this domain has a key under this selector: choose another, such as desk2")]
    SelectorTaken,
    #[error("at most {MOST} keys for one domain: remove one that signs no more")]
    TooMany,
    #[error("no such key")]
    NoSuchKey,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Keeps a key. The first of its algorithm signs at once; another waits until its record is published.
pub async fn keep(change: &mut Change, row: &DkimRow) -> Result<(), KeyError> {
    let workspace = change.workspace();
    let there = dkim_keys::lock(change.tx(), workspace, &row.domain).await?;
    if there.len() >= MOST {
        return Err(KeyError::TooMany);
    }
    let signs = there
        .iter()
        .any(|key| key.algorithm == row.algorithm && key.state == DkimState::Signs);
    let row = DkimRow {
        state: if signs { DkimState::Next } else { DkimState::Signs },
        ..row.clone()
    };
    if dkim_keys::add(change.tx(), workspace, &row).await? {
        Ok(())
    } else {
        Err(KeyError::SelectorTaken)
    }
}

/// From now on this key signs, and no other of its algorithm.
pub async fn sign_with(change: &mut Change, domain: &str, selector: &str) -> Result<(), KeyError> {
    let workspace = change.workspace();
    let there = dkim_keys::lock(change.tx(), workspace, domain).await?;
    let wanted = there.iter().find(|key| key.selector == selector);
    let algorithm = wanted.ok_or(KeyError::NoSuchKey)?.algorithm;
    for key in there.iter().filter(|key| key.algorithm == algorithm) {
        let state = match key.state {
            _ if key.selector == selector => DkimState::Signs,
            DkimState::Signs => DkimState::Retired,
            state => state,
        };
        dkim_keys::set_state(change.tx(), workspace, domain, &key.selector, state).await?;
    }
    Ok(())
}

/// Takes the key away for good.
pub async fn remove(change: &mut Change, domain: &str, selector: &str) -> Result<(), KeyError> {
    let workspace = change.workspace();
    if dkim_keys::remove(change.tx(), workspace, domain, selector).await? {
        Ok(())
    } else {
        Err(KeyError::NoSuchKey)
    }
}
