//! Many tickets whose first answer is due in one moment, and what became of their clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use serde_json::json;
use shouwen::actions::customers::Known;
use shouwen::actions::messages::{self, Author, NewMessage};
use shouwen::actions::tickets::{self, NewTicket};
use shouwen::db::{self, Db, Options};
use shouwen::log::Change;
use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified};
use shouwen_core::id::{InboxId, WorkspaceId};
use shouwen_core::ticket::Priority;
use shouwen_core::time::{Length, Timestamp};

use super::desk::Desk;
use super::person::Person;

/// How many share a change.
const TOGETHER: usize = 50;

/// Promises a first answer within an hour, of whose breach the supervisors are told, and opens so many tickets.
pub(crate) async fn open_many(desk: &Desk, count: usize) -> Person {
    let admin = desk.administrator().await;
    let inbox = admin.email_inbox("help@shop.example").await;
    let default = admin.get("/sla-policies").await["items"][0].clone();
    let body = json!({
        "name": "", "version": default["version"], "conditions": [], "calendar_id": null, "first_response_s": 3600,
        "next_response_s": null, "resolution_s": null, "notify_calendar_id": null,
        "levels": [{ "metric": "first_response", "when": "breach", "value": 0, "to": ["supervisors"] }],
    });
    let path = format!("/sla-policies/{}", default["id"].as_str().unwrap());
    let (status, changed) = admin.call(reqwest::Method::PUT, &path, Some(body)).await;
    assert!(status.is_success(), "{changed}");
    desk.settle().await;
    let inbox: InboxId = inbox["id"].as_str().unwrap().parse().unwrap();
    for _ in 0..count / TOGETHER {
        let system = desk.app.system();
        let opened: Result<(), db::Error> = desk
            .app
            .change(&system, inbox, |change, inbox| open_some(change, *inbox).boxed())
            .await;
        opened.unwrap();
    }
    admin
}

async fn open_some(change: &mut Change, inbox: InboxId) -> Result<(), db::Error> {
    let known = Known {
        kind: IdentityKind::Email,
        value: "wang@example.com".to_owned(),
        folded: "wang@example.com".to_owned(),
        verified: Verified::Claimed,
    };
    let customer = shouwen::actions::customers::find_or_create(change, &known, "Wang").await?;
    for _ in 0..TOGETHER {
        let new = NewTicket {
            subject: "Lamp".to_owned(),
            customer,
            inbox,
            channel: Channel::Email,
            team: None,
            assignee: None,
            priority: Priority::Normal,
            follow_up_of: None,
        };
        let ticket = tickets::open(change, &new).await?;
        let (id, at) = (change.next_id(), change.now());
        let text = "Where is it?".to_owned();
        let message = NewMessage::plain(id, Channel::Email, Author::Customer(customer), inbox, text, at);
        messages::add(change, ticket, &message).await?;
    }
    Ok(())
}

/// Moves the tickets' past, so that all of them fall due at `due`, by the time of the world.
pub(crate) async fn fall_due(desk: &Desk, due: Timestamp) {
    let by = due.since(desk.app.now().plus(Length::hours(1)));
    let moved: Result<(), db::Error> = desk
        .app
        .change(&desk.app.system(), by.millis(), |change, by| {
            async move {
                let workspace = change.workspace();
                for statement in [
                    "UPDATE event SET happened_at = happened_at + $2 WHERE workspace_id = $1",
                    "UPDATE sla_clock SET started_at = started_at + $2, due_at = due_at + $2, warn_at = warn_at + $2
                     WHERE workspace_id = $1",
                    "UPDATE ticket SET sla_due_at = sla_due_at + $2, sla_next_at = sla_next_at + $2 WHERE workspace_id = $1",
                    "UPDATE timer SET due_at = due_at + $2 WHERE workspace_id = $1",
                ] {
                    change.tx().sql(statement).bind(workspace).bind(*by).run().await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await;
    moved.unwrap();
}

/// What the world's clock shows.
#[expect(
    clippy::disallowed_methods,
    reason = "the servers are processes of their own, and read it themselves"
)]
pub(crate) fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap())
}

/// What became of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Fired {
    pub(crate) events: i64,
    pub(crate) tickets: i64,
}

/// Looks at a desk's store from outside.
pub(crate) struct Watch {
    pub(crate) db: Db,
    workspace: WorkspaceId,
}

impl Watch {
    pub(crate) async fn on(desk: &Desk) -> Self {
        let config = &desk.app.config;
        let options = Options {
            url: (!config.database.url.is_empty()).then(|| config.database.url.clone()),
            connections: 2,
        };
        Self {
            db: Db::open_as_it_is(&options, &config.data.folder).await.unwrap(),
            workspace: desk.app.workspace,
        }
    }

    pub(crate) async fn fired(&self) -> Fired {
        let mut conn = self.db.read().await.unwrap();
        conn.sql(
            "SELECT CAST(COUNT(*) AS BIGINT) AS events, CAST(COUNT(DISTINCT ticket_id) AS BIGINT) AS tickets
             FROM event
             WHERE workspace_id = $1 AND kind = 'clock_fired'",
        )
        .bind(self.workspace)
        .one()
        .await
        .unwrap()
    }

    /// Of how many breaches people were told.
    pub(crate) async fn told(&self) -> i64 {
        let mut conn = self.db.read().await.unwrap();
        let (count,): (i64,) = conn
            .sql("SELECT CAST(COUNT(*) AS BIGINT) FROM notification WHERE workspace_id = $1 AND kind = 'sla_breach'")
            .bind(self.workspace)
            .one()
            .await
            .unwrap();
        count
    }

    /// How long after it was due each step fired.
    pub(crate) async fn lateness(&self, due: Timestamp) -> Vec<Duration> {
        let mut conn = self.db.read().await.unwrap();
        let rows: Vec<(Timestamp,)> = conn
            .sql("SELECT written_at FROM event WHERE workspace_id = $1 AND kind = 'clock_fired'")
            .bind(self.workspace)
            .all()
            .await
            .unwrap();
        let late = rows.into_iter().map(|(at,)| at.since(due).millis());
        late.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap()))
            .collect()
    }

    /// Waits until the clocks of so many tickets have fired.
    pub(crate) async fn until_fired(&self, wanted: i64, patience: Duration) -> Fired {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let so_far = self.fired().await;
            if so_far.tickets >= wanted {
                return so_far;
            }
            assert!(tokio::time::Instant::now() < deadline, "only {so_far:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
