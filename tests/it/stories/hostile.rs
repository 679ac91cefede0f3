//! Numbers without end, lists without end, and files that are swept just when they come again.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{FutureExt, stream};
use reqwest::Method;
use serde_json::json;
use shouwen::actions::files::{store_bytes, store_upload};
use shouwen::blobs::BlobError;
use shouwen::db;
use shouwen_core::time::Length;

use crate::support::desk::{Desk, both_engines};
use crate::support::smtp::deliver;
use crate::support::socket::Socket;

/// Sets how many rows stand on a blob, as a sweep does; less than none removes its row.
async fn set_uses(desk: &Desk, sha256: &str, uses: Option<i64>) {
    let input = (sha256.to_owned(), uses);
    let system = desk.app.system();
    let set = desk.app.change(&system, input, |change, (sha256, uses)| {
        async move {
            let workspace = change.workspace();
            let statement = match uses {
                Some(_) => "UPDATE blob SET uses = $3 WHERE workspace_id = $1 AND sha256 = $2",
                None => "DELETE FROM blob WHERE workspace_id = $1 AND sha256 = $2 AND uses < COALESCE(CAST($3 AS BIGINT), 0)",
            };
            change.tx().sql(statement).bind(workspace).bind(sha256).bind(*uses).run().await
        }
        .boxed()
    });
    let _: Result<u64, db::Error> = set.await;
}

/// Moves the clock and sweeps.
async fn sweep_after(desk: &Desk, length: Length) {
    desk.clock.advance(length);
    let system = desk.app.system();
    let asked = desk.app.change(&system, (), |change, ()| {
        async move {
            let now = change.now();
            change.enqueue("housekeeping", &(), now);
            Ok(())
        }
        .boxed()
    });
    let asked: Result<(), db::Error> = asked.await;
    asked.unwrap();
    desk.settle().await;
}

both_engines! {
    async fn positions_without_end_are_no_positions(desk: Desk) {
        let admin = desk.administrator().await;
        let inbox = admin.chat_inbox().await;
        let key = inbox["widget_key"].as_str().unwrap();
        let mut visitor = Socket::visitor(&desk.url(), key, None, Some(i64::MIN)).await;
        visitor.wait_type("welcome").await;
        visitor.send(json!({ "type": "send", "client_id": "one", "text": "Hello", "attachment_ids": [] })).await;
        visitor.wait_type("ack").await;
        visitor.send(json!({ "type": "seen", "position": i64::MAX })).await;
        let ticket = admin.only_ticket().await;
        admin.reply(&ticket, "Hi").await;
        let is_second = |frame: &serde_json::Value| (frame["message"]["position"] == 2).then_some(());
        visitor.wait("the answer", is_second).await;
        let path = format!("/tickets/{}/read", ticket["ticket"]["id"].as_str().unwrap());
        for position in [i64::MIN, i64::MAX] {
            let (status, _) = admin.call(Method::PUT, &path, Some(json!({ "position": position }))).await;
            assert_eq!(status, 204);
        }
        assert_eq!(visitor.wait_type("seen").await["position"], 2);
        assert_eq!(admin.only_ticket().await["read_position"], 2);
    }

    async fn lists_without_end_are_refused_or_cut(desk: Desk) {
        let admin = desk.administrator().await;
        admin.email_inbox("help@shop.example").await;
        let to: Vec<String> = (0..1_500).map(|n| format!(",\n someone{n}@example.com")).collect();
        let to = to.concat();
        let raw = format!(
            "From: wang@example.com\nTo: help@shop.example{to}\nSubject: Lamp\nMessage-ID: <1@example.com>\n\nHello\n"
        );
        let taken = deliver(desk.bound.smtp.unwrap(), "wang@example.com", &["help@shop.example"], &raw).await;
        assert_eq!(taken.unwrap().0, 250);
        desk.settle().await;
        let ticket = admin.only_ticket().await;
        assert!(ticket["reply_defaults"]["cc"].as_array().unwrap().len() < 100);
        let path = format!("/tickets/{}", ticket["ticket"]["id"].as_str().unwrap());
        let everybody: Vec<_> = (0..200).map(|n| format!("someone{n}@example.com")).collect();
        let reply = json!({
            "client_id": "12345678", "visibility": "public", "text": "Hi", "to": everybody, "seen_position": 9,
        });
        let edits = vec![json!({ "field": "subject", "old": "Lamp", "new": "Tea" }); 101];
        for (method, path, body) in [
            (Method::POST, format!("{path}/messages"), reply),
            (Method::PATCH, path, json!({ "edits": edits })),
        ] {
            assert_eq!(admin.call(method, &path, Some(body)).await.0, 422, "{path}");
        }
        admin.get("/find?q=a%00b").await;
    }

    async fn a_file_that_comes_again_while_it_is_swept_is_kept(desk: Desk) {
        let admin = desk.administrator().await;
        let (app, bytes) = (&desk.app, Bytes::from_static(b"the same file"));
        let upload = async || {
            let pieces = stream::iter([Ok::<_, Infallible>(bytes.clone())]);
            store_upload(app, &app.system(), admin.id.0, "a.txt", pieces, bytes.len()).await.unwrap()
        };
        let row = upload().await;
        sweep_after(&desk, Length::hours(25)).await; // an upload that was never sent
        sweep_after(&desk, Length::hours(22)).await;
        store_bytes(app, app.workspace, bytes.clone()).await.unwrap();
        sweep_after(&desk, Length::hours(4)).await;
        assert_eq!(app.blobs.get(app.workspace, &row.sha256).await.unwrap(), bytes, "renewed");
        sweep_after(&desk, Length::hours(25)).await;
        assert!(matches!(app.blobs.get(app.workspace, &row.sha256).await, Err(BlobError::Missing)));

        upload().await;
        sweep_after(&desk, Length::hours(25)).await;
        set_uses(&desk, &row.sha256, Some(-1)).await;
        let sweep = async {
            app.blobs.remove(app.workspace, &row.sha256).await.unwrap();
            set_uses(&desk, &row.sha256, None).await;
        };
        let (stored, ()) = tokio::join!(store_bytes(app, app.workspace, bytes.clone()), sweep);
        assert_eq!(stored.unwrap(), row.sha256);
        assert_eq!(app.blobs.get(app.workspace, &row.sha256).await.unwrap(), bytes);
    }
}
