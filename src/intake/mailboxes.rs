//! Which IMAP mailboxes are watched: those of the active inboxes, each anew when its settings change.

use std::collections::HashMap;
use std::time::Duration;

use shouwen_core::id::InboxId;
use tokio_util::sync::CancellationToken;

use super::mailbox::watch;
use crate::app::App;
use crate::db;
use crate::store::inboxes::{self, InboxRow};

/// How soon a changed inbox is noticed.
const LOOK: Duration = Duration::from_secs(5);

/// Watches every mailbox until `stop`.
pub async fn run(app: &App, stop: CancellationToken) -> Result<(), db::Error> {
    let mut watched: HashMap<InboxId, (InboxRow, CancellationToken)> = HashMap::new();
    // Whatever ends this task ends the watching, which begins anew with it.
    let all = stop.child_token();
    let _guard = all.clone().drop_guard();
    while !stop.is_cancelled() {
        let wanted = mailboxes(app).await?;
        watched.retain(|id, (row, token)| {
            let stays = wanted.iter().any(|inbox| inbox.id == *id && is_same(inbox, row));
            if !stays {
                token.cancel();
            }
            stays
        });
        for inbox in wanted {
            watched.entry(inbox.id).or_insert_with(|| {
                let token = all.child_token();
                let watching = watch(app.clone(), inbox.clone(), token.clone());
                app.supervisor.run("mailbox", watching);
                (inbox, token)
            });
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

async fn mailboxes(app: &App) -> Result<Vec<InboxRow>, db::Error> {
    let all = inboxes::all(&mut app.db.read().await?, app.workspace).await?;
    let has_mailbox = |inbox: &InboxRow| {
        let email = inbox.settings.0.email.as_ref();
        inbox.active && email.is_some_and(|email| email.imap.is_some())
    };
    Ok(all.into_iter().filter(has_mailbox).collect())
}

fn is_same(one: &InboxRow, other: &InboxRow) -> bool {
    one.settings == other.settings && one.secrets == other.secrets && one.address == other.address
}
