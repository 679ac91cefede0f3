//! The log: numbers without gaps in the order of commits, and followers that see each event once.

use std::collections::BTreeSet;

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::json;
use shouwen::actions::notifications::notify;
use shouwen::db::{Error, Result};
use shouwen::log::{Follower, Logged, follow, last_seq, read_after};
use shouwen::store::notifications::NotificationKind;
use shouwen_core::event::{Event, Origin, Reference};
use shouwen_core::id::{AgentId, TicketId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::desk::{Desk, both_engines};

const WRITERS: usize = 40;
const EACH: usize = 25;

struct Seen(mpsc::UnboundedSender<i64>);

impl Follower for Seen {
    async fn see(&mut self, events: Vec<Logged>) -> Result<()> {
        for event in events {
            self.0.send(event.seq).unwrap();
        }
        Ok(())
    }
}

async fn record(app: &shouwen::app::App, what: Reference) -> std::result::Result<(), Error> {
    app.change(&app.system(), what, |change, what| {
        change.record_general(Event::ReferenceChanged { what: *what });
        async { Ok(()) }.boxed()
    })
    .await
}

/// As whatever tells somebody of a ticket does.
async fn tell(desk: &Desk, origin: Origin, who: AgentId, ticket: TicketId) {
    let system = desk.app.system();
    let told = desk
        .app
        .log
        .change_from(origin, &system, (who, ticket), |change, (who, ticket)| {
            notify(change, *who, NotificationKind::OwnerContact, *ticket, None).boxed()
        });
    told.await.unwrap();
}

both_engines! {
    async fn only_what_happens_live_tells_anybody(desk: Desk) {
        let ada = desk.administrator().await;
        let call = json!({ "client_id": Uuid::from_u128(7), "inbox_id": ada.phone_inbox().await["id"],
            "number": "13800138000", "direction": "in", "text": "Where is it?", "outcome": "answered",
            "duration_s": 20, "solved": false });
        let logged = ada.post("/call-log", call).await;
        let ticket: TicketId = serde_json::from_value(logged["ticket"]["id"].clone()).unwrap();
        for origin in [Origin::Backfill, Origin::Import] {
            tell(&desk, origin, ada.id, ticket).await;
        }
        assert_eq!(ada.get("/notifications").await["items"], json!([]));
        tell(&desk, Origin::Live, ada.id, ticket).await;
        assert_eq!(ada.get("/notifications").await["items"].as_array().unwrap().len(), 1);
    }

    async fn numbers_have_no_gaps_and_a_follower_sees_each_once_in_order(desk: Desk) {
        let (app, stop) = (desk.app.clone(), CancellationToken::new());
        let start = last_seq(&mut app.db.read().await.unwrap(), app.workspace).await.unwrap();
        let (tell, mut seen) = mpsc::unbounded_channel();
        let following = {
            let (app, stop) = (app.clone(), stop.clone());
            async move { follow(&app.db, &app.bus, app.workspace, start, stop, &mut Seen(tell)).await.unwrap() }
        };
        let writing = async {
            let writers = (0..WRITERS).map(|_| async {
                for _ in 0..EACH {
                    record(&app, Reference::Tags).await.unwrap();
                }
            });
            join_all(writers).await;
            let mut numbers = Vec::new();
            while numbers.len() < WRITERS * EACH {
                numbers.push(seen.recv().await.unwrap());
            }
            stop.cancel();
            numbers
        };
        let ((), numbers) = tokio::join!(following, writing);
        let last = start + i64::try_from(WRITERS * EACH).unwrap();
        assert_eq!(numbers, (start + 1..=last).collect::<Vec<_>>());
        assert!(seen.try_recv().is_err(), "nothing is seen twice");
        assert_eq!(last_seq(&mut app.db.read().await.unwrap(), app.workspace).await.unwrap(), last);
    }

    async fn kinds_and_words_of_a_newer_server_are_skipped(desk: Desk) {
        let app = &desk.app;
        let start = last_seq(&mut app.db.read().await.unwrap(), app.workspace).await.unwrap();
        for payload in [
            r#"{"kind":"ticket_teleported","where":"moon"}"#,
            r#"{"kind":"ticket_changed","field":"orbit","from":null,"to":"low"}"#,
        ] {
            let written: std::result::Result<(), Error> = app.change(&app.system(), payload, |change, payload| async move {
                let workspace = change.workspace();
                let sql = "UPDATE workspace SET last_seq = last_seq + 1 WHERE id = $1 RETURNING last_seq";
                let (seq,): (i64,) = change.tx().sql(sql).bind(workspace).one().await?;
                let insert = change.tx().sql(
                    "INSERT INTO event (workspace_id, seq, kind, actor_kind, origin, happened_at, written_at, payload)
                     VALUES ($1, $2, 'newer', 'system', 'live', 0, 0, $3)",
                );
                insert.bind(workspace).bind(seq).bind(*payload).run().await?;
                Ok(())
            }.boxed()).await;
            written.unwrap();
        }
        record(app, Reference::Teams).await.unwrap();
        let read = read_after(&mut app.db.read().await.unwrap(), app.workspace, start, 10).await.unwrap();
        let events: Vec<&Event> = read.iter().map(Logged::event).collect();
        assert_eq!(events, [&Event::Unknown, &Event::Unknown, &Event::ReferenceChanged { what: Reference::Teams }]);
    }

    async fn what_a_change_enqueues_is_there_with_its_rows_or_not_at_all(desk: Desk) {
        for holds in [true, false] {
            let told: std::result::Result<(), Error> = desk.app.change(&desk.app.system(), holds, |change, holds| async move {
                let now = change.now();
                change.enqueue("housekeeping", &(), now);
                if *holds { Ok(()) } else { Err(Error::Unavailable("on purpose".to_owned())) }
            }.boxed()).await;
            assert_eq!(told.is_ok(), holds);
        }
        let (jobs,): (i64,) = desk.app.db.read().await.unwrap()
            .sql("SELECT CAST(COUNT(*) AS BIGINT) FROM job WHERE workspace_id = $1 AND kind = 'housekeeping'")
            .bind(desk.app.workspace).one().await.unwrap();
        assert_eq!(jobs, 1);
    }

    async fn events_hold_no_words_and_no_identities(desk: Desk) {
        let (admin, agent) = (desk.administrator().await, desk.agent("Li Na").await);
        let inbox = admin.phone_inbox().await;
        let call = serde_json::json!({ "client_id": "call-0001", "inbox_id": inbox["id"], "number": "13800138000",
            "customer_name": "Wang Fang", "direction": "in", "text": "The lamp is broken", "outcome": "answered",
            "duration_s": 90, "solved": false });
        agent.post("/call-log", call).await;
        let ticket = agent.only_ticket().await;
        let id = ticket["ticket"]["id"].as_str().unwrap().to_owned();
        let edit = serde_json::json!({ "edits": [{ "field": "subject", "old": ticket["ticket"]["subject"], "new": "Refund for Wang" }] });
        agent.patch(&format!("/tickets/{id}"), edit).await;
        let rows: Vec<(String,)> = desk.app.db.read().await.unwrap()
            .sql("SELECT payload FROM event WHERE workspace_id = $1").bind(desk.app.workspace).all().await.unwrap();
        let all = rows.into_iter().map(|(payload,)| payload).collect::<BTreeSet<_>>().into_iter().collect::<String>();
        assert!(all.contains("ticket_changed") && all.contains("message_added"));
        for words in ["lamp", "Wang", "Refund", "138", "Li Na", "desk.example"] {
            assert!(!all.contains(words), "{words} stands in the log: {all}");
        }
    }
}
