//! Beginning and ending a request that carries an Idempotency-Key.

use shouwen_core::time::Length;

use crate::db;
use crate::log::Change;
use crate::store::idempotency::{self, RequestKey};

/// Longer than any request takes: one that runs longer died with its server.
const LONGEST: Length = Length::minutes(15);

/// What is to be done with a request.
#[derive(Debug)]
pub enum Begun {
    /// It is the first: carry it out.
    First,
    /// Another one with this key is being carried out.
    Running,
    /// The key was used for something else.
    Reused,
    /// It was carried out: its status and its sealed answer.
    Done(u16, String),
}

pub async fn begin(change: &mut Change, of: &RequestKey, request_hash: &str) -> Result<Begun, db::Error> {
    let now = change.now();
    if idempotency::add(change.tx(), of, request_hash, now).await? {
        return Ok(Begun::First);
    }
    let Some(before) = idempotency::lock(change.tx(), of).await? else {
        // Swept or freed since we looked.
        return Ok(Begun::Running);
    };
    if before.request_hash != request_hash {
        return Ok(Begun::Reused);
    }
    match (before.status.map(u16::try_from), before.response) {
        (Some(Ok(status)), Some(response)) => Ok(Begun::Done(status, response)),
        _ if now.since(before.created_at) > LONGEST => {
            idempotency::remove(change.tx(), of).await?;
            idempotency::add(change.tx(), of, request_hash, now).await?;
            Ok(Begun::First)
        }
        _ => Ok(Begun::Running),
    }
}

/// Keeps the answer, or frees the key when there is none to keep.
pub async fn end(
    change: &mut Change,
    of: &RequestKey,
    answer: Option<&(u16, String)>,
) -> Result<(), db::Error> {
    match answer {
        Some((status, response)) => idempotency::settle(change.tx(), of, i64::from(*status), response).await,
        None => idempotency::remove(change.tx(), of).await,
    }
}
