//! Brings in older mail of a mailbox on request, beside the fetching of what is new, on a connection of its own.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use shouwen_channels::email::imap::{Cursor, ImapAccount, ImapIntake, IntakeError, backfill};
use shouwen_core::actor::Actor;
use shouwen_core::event::Origin;
use shouwen_core::time::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::actions::backfills::{self, Place};
use crate::actions::files::store_bytes;
use crate::actions::intake::NewRawMail;
use crate::app::App;
use crate::db;
use crate::store::backfills::{self as rows, BackfillRow, BackfillState};
use crate::store::inboxes::InboxRow;
use crate::store::raw_mails::Source;

/// How soon a request is noticed.
const LOOK: Duration = Duration::from_secs(3);
/// After something broke.
const REST: Duration = Duration::from_secs(30);

/// Looks for requests and carries them out, until `stop`. Only the server that reads the mailbox does.
pub(super) async fn run(app: &App, inbox: &InboxRow, account: &ImapAccount, stop: &CancellationToken) {
    let older = Older { app, inbox };
    while !stop.is_cancelled() {
        let pause = match older.carry_out(account, stop).await {
            Ok(()) => LOOK,
            Err(error) => {
                tracing::warn!(inbox.id = %inbox.id, error, "older mail cannot be brought in now");
                REST
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

struct Older<'a> {
    app: &'a App,
    inbox: &'a InboxRow,
}

impl Older<'_> {
    async fn carry_out(&self, account: &ImapAccount, stop: &CancellationToken) -> Result<(), String> {
        let (workspace, inbox) = (self.inbox.workspace_id, self.inbox.id);
        let found = async { rows::find(&mut self.app.db.read().await?, workspace, inbox).await };
        let found: Result<Option<BackfillRow>, db::Error> = found.await;
        let open = |row: &BackfillRow| matches!(row.state, BackfillState::Waiting | BackfillState::Running);
        let Some(row) = found.map_err(|error| error.to_string())?.filter(open) else {
            return Ok(());
        };
        let number = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
        let cursor = (row.uid_validity > 0).then(|| Cursor {
            uid_validity: number(row.uid_validity),
            last_uid: number(row.next_uid),
        });
        let (since, until) = (row.since.millis(), number(row.end_uid));
        match backfill(account, cursor, since, until, self, stop).await {
            Ok(true) => self.settle(BackfillState::Done, None).await,
            Ok(false) => Ok(()),
            Err(error) => {
                self.settle(BackfillState::Waiting, Some(error.code().to_owned()))
                    .await?;
                Err(error.to_string())
            }
        }
    }

    async fn settle(&self, state: BackfillState, error: Option<String>) -> Result<(), String> {
        let (system, inbox) = (Actor::system(self.inbox.workspace_id), self.inbox.id);
        let settled = self
            .app
            .change(&system, (inbox, error), move |change, (inbox, error)| {
                backfills::settle(change, *inbox, state, error.as_deref()).boxed()
            });
        settled.await.map_err(|error: db::Error| error.to_string())
    }

    async fn move_on(&self, uid_validity: u32, uid: u32, new: Option<NewRawMail>) -> Result<(), IntakeError> {
        let place = Place {
            inbox: self.inbox.id,
            uid_validity,
            uid,
        };
        let system = Actor::system(self.inbox.workspace_id);
        self.app
            .log
            .change_from(Origin::Backfill, &system, (place, new), |change, (place, new)| {
                backfills::keep(change, place, new.as_ref()).boxed()
            })
            .await
            .map_err(|error| IntakeError(error.to_string()))
    }
}

#[async_trait]
impl ImapIntake for Older<'_> {
    async fn started(&self, cursor: Cursor) -> Result<(), IntakeError> {
        self.move_on(cursor.uid_validity, cursor.last_uid, None).await
    }

    async fn store(
        &self,
        uid: u32,
        uid_validity: u32,
        internal_date_ms: Option<i64>,
        raw: Bytes,
    ) -> Result<(), IntakeError> {
        let (workspace, now) = (self.inbox.workspace_id, self.app.now());
        let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
        let blob = store_bytes(self.app, workspace, raw).await;
        let blob = blob.map_err(|error| IntakeError(error.to_string()))?;
        let new = NewRawMail {
            inboxes: vec![(self.inbox.id, self.inbox.address.iter().cloned().collect())],
            from: None,
            source: Source::Imap,
            size,
            blob,
            received_at: internal_date_ms.map_or(now, Timestamp::from_millis).min(now),
            peer: None,
            helo: None,
        };
        self.move_on(uid_validity, uid, Some(new)).await
    }

    async fn too_large(&self, uid: u32, uid_validity: u32, _bytes: u32) -> Result<(), IntakeError> {
        self.move_on(uid_validity, uid, None).await
    }

    async fn unreadable(&self, uid: u32, uid_validity: u32, _reason: &str) -> Result<(), IntakeError> {
        self.move_on(uid_validity, uid, None).await
    }

    async fn uid_validity_changed(&self, _old: u32, _new: u32) -> Result<(), IntakeError> {
        Ok(())
    }
}
