//! The loop of a watched folder: fetch what is new, wait until told or until it is time to look.

use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use super::session::{Session, open};
use super::{Cursor, ImapAccount, ImapError, ImapIntake, Start};

/// Sizes are asked for so many messages at once; bodies always one by one.
const BATCH: usize = 50;
/// Firewalls forget silent connections, so IDLE is renewed well before they do.
const LONGEST_IDLE: Duration = Duration::from_mins(5);

/// Watches a folder until `stop` is cancelled (then `Ok`) or something breaks.
pub async fn run(
    account: &ImapAccount,
    start: Start,
    intake: &dyn ImapIntake,
    stop: CancellationToken,
) -> Result<(), ImapError> {
    let opening = async {
        let mut session = open(account).await?;
        let cursor = position(&mut session, account, start, intake).await?;
        Ok::<_, ImapError>((session, cursor))
    };
    let (mut session, mut cursor) = tokio::select! {
        biased;
        () = stop.cancelled() => return Ok(()),
        opened = opening => opened?,
    };
    loop {
        fetch_new(&mut session, account, &mut cursor, intake, &stop).await?;
        if stop.is_cancelled() {
            session.leave().await;
            return Ok(());
        }
        intake.caught_up().await;
        session = match wait(session, account, &stop).await? {
            Some(session) => session,
            None => return Ok(()),
        };
    }
}

/// Selects the folder and finds where to read from.
async fn position(
    session: &mut Session,
    account: &ImapAccount,
    start: Start,
    intake: &dyn ImapIntake,
) -> Result<Cursor, ImapError> {
    let folder = session.select(account).await?;
    let uid_validity = folder.uid_validity.unwrap_or(0);
    match start {
        Start::After(cursor) if cursor.uid_validity == uid_validity => return Ok(cursor),
        Start::After(cursor) => {
            intake
                .uid_validity_changed(cursor.uid_validity, uid_validity)
                .await?;
        }
        Start::Now | Start::Everything => {}
    }
    let next = folder.uid_next;
    if let (Start::After(_), Some(since)) = (start, account.since_ms) {
        // What was there before is none of ours, however it is numbered now.
        let first = session.first_since(since).await?;
        let last_uid = first.or(next).map_or(0, |uid| uid.saturating_sub(1));
        let cursor = Cursor {
            uid_validity,
            last_uid,
        };
        intake.started(cursor).await?;
        return Ok(cursor);
    }
    let last_uid = match (start, next) {
        (Start::Now, Some(next)) => next.saturating_sub(1),
        (Start::Now, None) => session.uids_after(0).await?.last().copied().unwrap_or(0),
        _ => 0,
    };
    let cursor = Cursor {
        uid_validity,
        last_uid,
    };
    intake.started(cursor).await?;
    Ok(cursor)
}

async fn fetch_new(
    session: &mut Session,
    account: &ImapAccount,
    cursor: &mut Cursor,
    intake: &dyn ImapIntake,
    stop: &CancellationToken,
) -> Result<(), ImapError> {
    let uids = session.uids_after(cursor.last_uid).await?;
    fetch_all(session, account, &uids, cursor, intake, stop).await
}

/// Brings in what arrived at the server on or after an instant's day, up to the place `until`: after `cursor`, if that
/// still means something. `Ok(false)`: stopped before the end.
pub async fn backfill(
    account: &ImapAccount,
    cursor: Option<Cursor>,
    since_ms: i64,
    until: u32,
    intake: &dyn ImapIntake,
    stop: &CancellationToken,
) -> Result<bool, ImapError> {
    let mut session = open(account).await?;
    let folder = session.select(account).await?;
    let uid_validity = folder.uid_validity.unwrap_or(0);
    let known = cursor.filter(|cursor| cursor.uid_validity == uid_validity);
    let mut cursor = known.unwrap_or(Cursor {
        uid_validity,
        last_uid: 0,
    });
    // A place of a numbering that is gone bounds nothing.
    let until = if known.is_some() { until } else { u32::MAX };
    if known.is_none() {
        intake.started(cursor).await?;
    }
    let uids = session.uids_since(since_ms, cursor.last_uid, until).await?;
    fetch_all(&mut session, account, &uids, &mut cursor, intake, stop).await?;
    session.leave().await;
    Ok(!stop.is_cancelled())
}

async fn fetch_all(
    session: &mut Session,
    account: &ImapAccount,
    uids: &[u32],
    cursor: &mut Cursor,
    intake: &dyn ImapIntake,
    stop: &CancellationToken,
) -> Result<(), ImapError> {
    for batch in uids.chunks(BATCH) {
        let list = batch.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let sizes = session
            .fetch(&list, "(UID RFC822.SIZE INTERNALDATE)", session.limit)
            .await?;
        for &uid in batch {
            if stop.is_cancelled() {
                return Ok(());
            }
            let known = sizes.iter().find(|fetch| fetch.uid == Some(uid));
            let size = known.and_then(|fetch| fetch.size).unwrap_or(0);
            let date = known
                .and_then(async_imap::types::Fetch::internal_date)
                .map(|date| date.timestamp_millis());
            if size > account.max_bytes {
                intake.too_large(uid, cursor.uid_validity, size).await?;
            } else {
                fetch_one(session, uid, cursor.uid_validity, date, intake).await?;
            }
            cursor.last_uid = uid;
        }
    }
    Ok(())
}

async fn fetch_one(
    session: &mut Session,
    uid: u32,
    uid_validity: u32,
    date: Option<i64>,
    intake: &dyn ImapIntake,
) -> Result<(), ImapError> {
    let patience = session.limit * 10;
    match session
        .fetch(&uid.to_string(), "(UID BODY.PEEK[])", patience)
        .await
    {
        Ok(fetched) => {
            let body = fetched
                .iter()
                .find(|fetch| fetch.uid == Some(uid))
                .and_then(|fetch| fetch.body());
            if let Some(body) = body {
                intake
                    .store(uid, uid_validity, date, Bytes::copy_from_slice(body))
                    .await?;
            } else {
                tracing::debug!(uid, "a message was deleted before it was fetched");
            }
            Ok(())
        }
        // The answer cannot be trusted to be in step any more, so the connection is given up too.
        Err(ImapError::Protocol(reason)) => {
            intake.unreadable(uid, uid_validity, &reason).await?;
            Err(ImapError::Protocol(reason))
        }
        Err(other) => Err(other),
    }
}

/// Until there may be something new. `None` when stopping.
async fn wait(
    session: Session,
    account: &ImapAccount,
    stop: &CancellationToken,
) -> Result<Option<Session>, ImapError> {
    if session.notifies {
        return idle(session, stop).await;
    }
    tokio::select! {
        () = stop.cancelled() => {
            session.leave().await;
            Ok(None)
        }
        () = tokio::time::sleep(account.poll) => Ok(Some(session)),
    }
}

async fn idle(session: Session, stop: &CancellationToken) -> Result<Option<Session>, ImapError> {
    let Session {
        inner,
        notifies,
        limit,
    } = session;
    let mut handle = inner.idle();
    tokio::time::timeout(limit, handle.init())
        .await
        .map_err(|_| ImapError::Timeout)??;
    let stopping = {
        let (waiting, _interrupt) = handle.wait_with_timeout(LONGEST_IDLE);
        tokio::select! {
            biased;
            () = stop.cancelled() => true,
            woken = waiting => {
                woken?;
                false
            }
        }
    };
    let inner = tokio::time::timeout(limit, handle.done())
        .await
        .map_err(|_| ImapError::Timeout)??;
    let session = Session {
        inner,
        notifies,
        limit,
    };
    if stopping {
        session.leave().await;
        return Ok(None);
    }
    Ok(Some(session))
}
