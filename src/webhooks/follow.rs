//! The follower of the log that makes a job for each call.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use shouwen_core::event::{Origin, is_public_kind};
use shouwen_core::id::WebhookId;

use super::SEND_WEBHOOK;
use crate::app::App;
use crate::db::Result;
use crate::log::{Change, Cursor, Effect, Logged};
use crate::store::webhooks;

/// One call to be made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Call {
    pub webhook: WebhookId,
    pub seq: i64,
}

#[derive(Clone)]
pub struct ToWebhooks;

impl Effect for ToWebhooks {
    const NAME: &'static str = "webhooks";

    fn apply<'c>(&'c self, change: &'c mut Change, events: &'c [Logged]) -> BoxFuture<'c, Result<()>> {
        async move {
            let workspace = change.workspace();
            let hooks = webhooks::all(change.tx(), workspace).await?;
            let now = change.now();
            for logged in events.iter().filter(|logged| is_told(logged)) {
                for hook in hooks.iter().filter(|hook| hook.wants(logged.event().kind())) {
                    let call = Call {
                        webhook: hook.id,
                        seq: logged.seq,
                    };
                    change.enqueue(SEND_WEBHOOK, &call, now);
                }
            }
            Ok(())
        }
        .boxed()
    }
}

/// What was brought in from elsewhere is history, not news.
fn is_told(logged: &Logged) -> bool {
    !matches!(logged.origin, Origin::Backfill | Origin::Import | Origin::Demo)
        && is_public_kind(logged.event().kind())
}

/// Follows the log for webhooks until the process stops.
pub fn keep_following(app: &App) {
    let of_webhooks = app.clone();
    app.supervisor.keep("webhooks", move |stop| {
        let app = of_webhooks.clone();
        async move { Ok(ToWebhooks::cursor(&app).follow(&app.bus, stop).await?) }
    });
}

impl ToWebhooks {
    pub fn cursor(app: &App) -> Cursor<Self> {
        Cursor {
            db: app.db.clone(),
            log: app.log.clone(),
            workspace: app.workspace,
            effect: Self,
        }
    }
}
