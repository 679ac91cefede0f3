//! Many clocks that are due in one moment, on two servers, of which one is lost in the middle.

use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;
use shouwen::actions::messages::{self, Author, NewMessage};
use shouwen::actions::tickets::{self, NewTicket};
use shouwen::db;
use shouwen::timers;
use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified};
use shouwen_core::id::InboxId;
use shouwen_core::ticket::Priority;
use shouwen_core::time::Length;
use tokio_util::sync::CancellationToken;

use crate::support::desk::{Desk, Engine, PATIENCE};

const TICKETS: i64 = 300;

/// Tickets that all began in one moment, so that all are due in one.
async fn open_many(desk: &Desk, inbox: InboxId) {
    for _ in 0..TICKETS / 50 {
        let system = desk.app.system();
        let opened: Result<(), db::Error> = desk
            .app
            .change(&system, inbox, |change, inbox| open_fifty(change, *inbox).boxed())
            .await;
        opened.unwrap();
    }
}

async fn open_fifty(change: &mut shouwen::log::Change, inbox: InboxId) -> Result<(), db::Error> {
    let known = shouwen::actions::customers::Known {
        kind: IdentityKind::Email,
        value: "wang@example.com".to_owned(),
        folded: "wang@example.com".to_owned(),
        verified: Verified::Claimed,
    };
    let customer = shouwen::actions::customers::find_or_create(change, &known, "Wang").await?;
    for _ in 0..50 {
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
        let message = NewMessage::plain(
            id,
            Channel::Email,
            Author::Customer(customer),
            inbox,
            "Where is it?".to_owned(),
            at,
        );
        messages::add(change, ticket, &message).await?;
    }
    Ok(())
}

/// How many breaches were fired, and of how many tickets.
async fn fired(desk: &Desk) -> (i64, i64) {
    let mut conn = desk.app.db.read().await.unwrap();
    conn.sql(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(DISTINCT ticket_id) AS BIGINT) FROM event
         WHERE workspace_id = $1 AND kind = 'clock_fired'",
    )
    .bind(desk.app.workspace)
    .one()
    .await
    .unwrap()
}

async fn until_fired(desk: &Desk, wanted: i64) {
    let deadline = tokio::time::Instant::now() + 3 * PATIENCE;
    while fired(desk).await.1 < wanted {
        assert!(
            tokio::time::Instant::now() < deadline,
            "only {:?} fired",
            fired(desk).await
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_clock_fires_once_though_one_of_two_servers_is_lost() {
    let Some(here) = Desk::start(Engine::Postgres).await else {
        return;
    };
    let there = here.another(&[]).await;
    let admin = here.administrator().await;
    let inbox = admin.email_inbox("help@shop.example").await;
    let default = admin.get("/sla-policies").await["items"][0].clone();
    let body = json!({
        "name": "", "version": default["version"], "conditions": [], "calendar_id": null, "first_response_s": 3600,
        "next_response_s": null, "resolution_s": null, "levels": [], "notify_calendar_id": null,
    });
    let path = format!("/sla-policies/{}", default["id"].as_str().unwrap());
    let (status, changed) = admin.call(reqwest::Method::PUT, &path, Some(body)).await;
    assert!(status.is_success(), "{changed}");
    here.settle().await;
    open_many(&here, inbox["id"].as_str().unwrap().parse().unwrap()).await;
    here.clock.advance(Length::hours(1));
    let stop = CancellationToken::new();
    let lost = timers::run(&here.app, stop.clone());
    let going_on = timers::run(&there.app, stop.clone());
    let story = async {
        tokio::select! {
            ended = lost => ended.unwrap(),
            // Whatever it has in hand is never finished.
            () = until_fired(&there, TICKETS / 10) => {}
        }
        // What the lost server had in hand comes free.
        there.clock.advance(Length::seconds(6));
        until_fired(&there, TICKETS).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(going_on, story);
    ended.unwrap();
    there.settle().await;
    assert_eq!(fired(&there).await, (TICKETS, TICKETS));
}
