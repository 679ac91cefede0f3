//! Two at once: nobody decides on a row that has changed since it was read.
//!
//! SQLite runs changes one after the other; on PostgreSQL each of these fails without its lock or its key.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shouwen::db::Error;
use shouwen::log::Change;
use shouwen::store::tickets;
use shouwen_core::id::TicketId;
use shouwen_core::ticket::TicketNumber;
use shouwen_core::time::Length;
use tokio::sync::Barrier;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

/// How often a race is run: each is lost on most tries, not on all.
const ROUNDS: usize = 8;

fn some_id() -> String {
    uuid::Uuid::from_u128(rand::random()).to_string()
}

fn call(inbox: &Value, number: &str) -> Value {
    json!({
        "client_id": some_id(), "inbox_id": inbox["id"], "number": number, "direction": "in",
        "text": "The parcel has not come", "outcome": "voicemail", "duration_s": 20, "solved": false,
    })
}

/// Two administrators, and tickets that nobody works on, one a round.
async fn desk_with_tickets(desk: &Desk) -> (Person, Person, Vec<String>) {
    let (ada, bao) = (desk.administrator().await, desk.agent("Bao").await);
    let inbox = ada.phone_inbox().await;
    let mut ids = Vec::new();
    for round in 0..ROUNDS {
        let logged = ada
            .post("/call-log", call(&inbox, &format!("138001380{round:02}")))
            .await;
        let id = logged["ticket"]["id"].as_str().unwrap().to_owned();
        let (freed, _) = edit(&ada, &id, "assignee", json!(ada.id), Value::Null).await;
        assert!(freed.is_success());
        ids.push(id);
    }
    (ada, bao, ids)
}

async fn edit(who: &Person, ticket: &str, field: &str, old: Value, new: Value) -> (StatusCode, Value) {
    let edits = json!({ "edits": [{ "field": field, "old": old, "new": new }] });
    who.call(Method::PATCH, &format!("/tickets/{ticket}"), Some(edits))
        .await
}

async fn lock_both(
    change: &mut Change,
    first: TicketId,
    second: TicketId,
    meet: &Meeting,
) -> Result<(), Error> {
    let workspace = change.workspace();
    tickets::lock(change.tx(), workspace, first).await?;
    if meet.runs.fetch_add(1, Ordering::SeqCst) < 2 {
        meet.barrier.wait().await;
    }
    tickets::lock(change.tx(), workspace, second).await?;
    Ok(())
}

struct Meeting {
    runs: AtomicU32,
    barrier: Barrier,
}

both_engines! {
    async fn a_change_that_loses_a_deadlock_is_run_again(desk: Desk) {
        let (_, _, ids) = desk_with_tickets(&desk).await;
        let (a, b): (TicketId, TicketId) = (ids[0].parse().unwrap(), ids[1].parse().unwrap());
        // SQLite has nothing to meet for: there the second waits for the first.
        let meeting = if desk.app.db.is_sqlite() { 1 } else { 2 };
        let meet = Arc::new(Meeting { runs: AtomicU32::new(0), barrier: Barrier::new(meeting) });
        let lock = |first: TicketId, second: TicketId| {
            let (app, input) = (desk.app.clone(), (first, second, meet.clone()));
            async move {
                app.change(&app.system(), input, |change, (first, second, meet)| {
                    lock_both(change, *first, *second, meet).boxed()
                }).await
            }
        };
        let (one, other) = tokio::join!(lock(a, b), lock(b, a));
        one.unwrap();
        other.unwrap();
        let expected = if desk.app.db.is_sqlite() { 2 } else { 3 };
        assert_eq!(meet.runs.load(Ordering::SeqCst), expected, "exactly the loser ran again");
    }

    async fn ticket_numbers_are_never_given_twice_and_can_be_read_aloud(desk: Desk) {
        let ada = desk.administrator().await;
        let inbox = ada.phone_inbox().await;
        let calls = (10..40).map(|tail| ada.post("/call-log", call(&inbox, &format!("138001380{tail}"))));
        let logged = join_all(calls.map(|call| call.map(drop))).await;
        let numbers: BTreeSet<String> = ada.get("/tickets?view=all&limit=100").await["items"].as_array().unwrap()
            .iter().map(|ticket| ticket["number"].as_str().unwrap().to_owned()).collect();
        assert_eq!(numbers.len(), logged.len());
        for number in &numbers {
            assert!(TicketNumber::parse(number).is_ok(), "{number} has a check digit");
        }
        let first = numbers.first().unwrap();
        assert_eq!(ada.get(&format!("/tickets/{first}")).await["ticket"]["number"], json!(first));
        let mut misheard = first.clone().into_bytes();
        misheard[1] = if misheard[1] == b'9' { b'0' } else { misheard[1] + 1 };
        let (status, _) = ada.call(Method::GET, &format!("/tickets/{}", String::from_utf8(misheard).unwrap()), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "one wrong digit is no other ticket");
    }

    async fn of_two_who_take_a_ticket_one_has_it_and_the_other_is_told(desk: Desk) {
        let (ada, bao, ids) = desk_with_tickets(&desk).await;
        for id in ids {
            let (one, other) = tokio::join!(
                edit(&ada, &id, "assignee", Value::Null, json!(ada.id)),
                edit(&bao, &id, "assignee", Value::Null, json!(bao.id)),
            );
            let (winner, loser) = if one.0.is_success() { (one, other) } else { (other, one) };
            assert_eq!((winner.0.as_u16(), loser.0.as_u16()), (200, 409), "{winner:?} {loser:?}");
            assert_eq!(loser.1["type"], "/problems/edit-conflict");
            assert_eq!(loser.1["conflicts"][0]["current"], winner.1["assignee_id"]);
            assert_eq!(ada.get(&format!("/tickets/{id}")).await["ticket"]["assignee_id"], winner.1["assignee_id"]);
        }
    }

    async fn edits_of_different_fields_both_hold(desk: Desk) {
        let (ada, bao, ids) = desk_with_tickets(&desk).await;
        for id in ids {
            let (one, other) = tokio::join!(
                edit(&ada, &id, "priority", json!("normal"), json!("high")),
                edit(&bao, &id, "assignee", Value::Null, json!(bao.id)),
            );
            assert!(one.0.is_success() && other.0.is_success(), "{one:?} {other:?}");
            let ticket = &ada.get(&format!("/tickets/{id}")).await["ticket"];
            assert_eq!((&ticket["priority"], &ticket["assignee_id"]), (&json!("high"), &json!(bao.id)));
        }
    }

    async fn edits_of_different_fields_of_a_customer_both_hold(desk: Desk) {
        let (ada, bao, ids) = desk_with_tickets(&desk).await;
        for id in ids {
            let customer = ada.get(&format!("/tickets/{id}")).await["customer"]["id"].as_str().unwrap().to_owned();
            let path = format!("/customers/{customer}");
            tokio::join!(
                ada.patch(&path, json!({ "name": "Wang Fang" })),
                bao.patch(&path, json!({ "notes": "likes green lamps" })),
            );
            let holds = ada.get(&path).await;
            assert_eq!((&holds["name"], &holds["notes"]), (&json!("Wang Fang"), &json!("likes green lamps")));
        }
    }

    async fn an_answer_sent_twice_at_once_is_written_once(desk: Desk) {
        let (ada, _, ids) = desk_with_tickets(&desk).await;
        for id in ids {
            let note = json!({ "client_id": some_id(), "visibility": "note", "text": "Asked the courier", "seen_position": 1 });
            let path = format!("/tickets/{id}/messages");
            let (one, other) = tokio::join!(ada.post(&path, note.clone()), ada.post(&path, note.clone()));
            assert_eq!(one["id"], other["id"]);
            assert_eq!(ada.get(&format!("/tickets/{id}")).await["messages"].as_array().unwrap().len(), 2);
        }
    }

    async fn a_new_number_that_calls_twice_at_once_is_one_customer(desk: Desk) {
        let (ada, bao) = (desk.administrator().await, desk.agent("Bao").await);
        let inbox = ada.phone_inbox().await;
        for round in 0..ROUNDS {
            let number = format!("139001390{round:02}");
            let (one, other) = tokio::join!(
                ada.post("/call-log", call(&inbox, &number)),
                bao.post("/call-log", call(&inbox, &number)),
            );
            assert_ne!(one["ticket"]["id"], other["ticket"]["id"]);
            assert_eq!(one["customer"]["id"], other["customer"]["id"]);
        }
        let (customers,): (i64,) = desk.app.db.read().await.unwrap()
            .sql("SELECT CAST(COUNT(*) AS BIGINT) FROM customer WHERE workspace_id = $1")
            .bind(desk.app.workspace).one().await.unwrap();
        assert_eq!(customers, i64::try_from(ROUNDS).unwrap(), "whoever came second left nobody behind");
    }

    async fn messages_of_many_at_once_have_positions_without_gaps(desk: Desk) {
        let (ada, bao, ids) = desk_with_tickets(&desk).await;
        let path = format!("/tickets/{}/messages", ids[0]);
        let notes = (0..12).map(|number| {
            let who = if number % 2 == 0 { &ada } else { &bao };
            let note = json!({ "client_id": some_id(), "visibility": "note", "text": "seen", "seen_position": 1 });
            who.post(&path, note)
        });
        join_all(notes).await;
        let ticket = ada.get(&format!("/tickets/{}", ids[0])).await;
        let positions: Vec<i64> = ticket["messages"].as_array().unwrap().iter()
            .map(|message| message["position"].as_i64().unwrap()).collect();
        assert_eq!(positions, (1..=13).collect::<Vec<_>>());
    }

    async fn a_follow_up_that_many_look_at_reminds_once(desk: Desk) {
        let (ada, bao) = (desk.administrator().await, desk.agent("Bao").await);
        let (inbox, due) = (ada.phone_inbox().await, desk.app.now().plus(Length::hours(1)));
        for round in 0..ROUNDS {
            let mut body = call(&inbox, &format!("138001380{round:02}"));
            body["follow_up_at"] = json!(due);
            bao.post("/call-log", body).await;
        }
        desk.clock.advance(Length::hours(2));
        for looked in join_all((0..4).map(|_| shouwen::timers::step(&desk.app))).await {
            looked.unwrap();
        }
        desk.settle().await;
        assert_eq!(bao.get("/notifications").await["items"].as_array().unwrap().len(), ROUNDS);
    }

    async fn a_call_that_ended_stays_so_whatever_comes_late(desk: Desk) {
        let ada = desk.administrator().await;
        for round in 0..ROUNDS {
            let told = |state: &str| json!({ "external_id": format!("pbx-{round}"), "state": state,
                "number": "013800138000", "direction": "in" });
            ada.post("/calls", told("ringing")).await;
            tokio::join!(ada.post("/calls", told("ended")), ada.post("/calls", told("answered")));
            let last = ada.post("/calls", told("ringing")).await;
            assert_eq!(last["state"], "ended");
        }
    }
}
