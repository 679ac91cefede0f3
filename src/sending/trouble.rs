//! An account that does not let us send is told as an alarm: its answers wait, and nobody would look there.

use futures_util::FutureExt;
use shouwen_channels::email::smtp_client::{AccountError, SendReport};
use shouwen_core::actor::Actor;

use crate::actions::alarms;
use crate::app::App;
use crate::db::Error;
use crate::store::alarms::{self as rows, AlarmKind};
use crate::store::inboxes::InboxRow;

/// Raises the alarm when the account is refused, clears it when a mail went.
pub(super) async fn tell(
    app: &App,
    actor: &Actor,
    inbox: &InboxRow,
    report: &SendReport,
) -> Result<(), Error> {
    let id = inbox.id;
    match &report.account_error {
        Some(error) if is_refusal(error) => {
            let raised = app.change(actor, (id, error.code()), |change, (id, code)| {
                alarms::raise(change, AlarmKind::SendingRefused, Some(*id), Some(*code)).boxed()
            });
            raised.await?;
        }
        Some(_) => {}
        None => {
            let open = rows::open(&mut app.db.read().await?, actor.workspace, 100).await?;
            let is_it =
                |row: &rows::AlarmRow| row.kind == AlarmKind::SendingRefused && row.inbox_id == Some(id);
            if open.iter().any(is_it) {
                let cleared = app.change(actor, id, |change, id| {
                    alarms::clear(change, AlarmKind::SendingRefused, Some(*id)).boxed()
                });
                cleared.await?;
            }
        }
    }
    Ok(())
}

/// Only a person can mend it; all else passes.
fn is_refusal(error: &AccountError) -> bool {
    match error {
        AccountError::NoStartTls
        | AccountError::Authentication(_)
        | AccountError::NoAuthentication
        | AccountError::AuthenticationRequired(_)
        | AccountError::SenderRefused(_) => true,
        AccountError::Dial(_) | AccountError::BrokenOff(_) | AccountError::Protocol(_) => false,
    }
}
