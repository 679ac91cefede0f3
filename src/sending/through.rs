//! Sending a mail through an inbox's account, whose sign-in may have lost its token before its time.

use shouwen_channels::email::smtp_client::{AccountError, OutgoingEnvelope, SendReport};

use super::accounts::{AccountProblem, SignedAccount, account_of};
use super::oauth;
use crate::app::App;
use crate::db;
use crate::store::inboxes::InboxRow;

/// Why nothing was tried, or all stopped.
pub(super) enum Stopped<E> {
    Account(AccountProblem),
    /// What was to be done before the content left was not.
    Before(E),
    Store(db::Error),
}

/// Sends; a token that the server refuses is renewed and tried once more, for nothing has left then.
///
/// `first` and `again` are what is done before the content leaves, as in `SmtpPool::send`: one of them runs, at most once.
pub(super) async fn send<E>(
    app: &App,
    inbox: &InboxRow,
    envelope: &OutgoingEnvelope,
    raw: &[u8],
    first: impl AsyncFnOnce() -> Result<(), E>,
    again: impl AsyncFnOnce() -> Result<(), E>,
) -> Result<SendReport, Stopped<E>> {
    let signed = account_of(app, inbox).await.map_err(Stopped::Account)?;
    let SignedAccount { account, access } = signed;
    let pool = app.senders.pool(Some(inbox.id), account);
    let report = pool.send(envelope, raw, first).await.map_err(Stopped::Before)?;
    let (Some(AccountError::Authentication(_)), Some(access)) = (&report.account_error, access) else {
        return Ok(report);
    };
    oauth::distrust(app, inbox.workspace_id, inbox.id, access)
        .await
        .map_err(Stopped::Store)?;
    let renewed = account_of(app, inbox).await.map_err(Stopped::Account)?;
    let pool = app.senders.pool(Some(inbox.id), renewed.account);
    pool.send(envelope, raw, again).await.map_err(Stopped::Before)
}
