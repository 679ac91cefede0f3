//! First asked, responsible until it is solved: what moves the owner and what does not, and what the owner hears.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Floor, edit, is, mail, some_id, told, told_of};
use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

/// A ticket that Li answers for and works on.
async fn owned(desk: &Desk, floor: &Floor, li: &Person) -> String {
    is(desk, li, "online").await;
    let ticket = mail(desk, floor, "anna", "Hello").await;
    floor.answer(desk, li, &ticket, false).await;
    assert_eq!(floor.ticket(&ticket).await["owner_id"], json!(li.id));
    ticket
}

async fn offer(by: &Person, ticket: &str, to: &Person) -> (StatusCode, Value) {
    let body = json!({ "agent_id": to.id, "note": "You know lamps" });
    by.call(
        Method::POST,
        &format!("/tickets/{ticket}/owner-offers"),
        Some(body),
    )
    .await
}

async fn settle(by: &Person, offer: &Value, how: &str) -> (StatusCode, Value) {
    let (ticket, id) = (
        offer["ticket_id"].as_str().unwrap(),
        offer["id"].as_str().unwrap(),
    );
    by.call(
        Method::POST,
        &format!("/tickets/{ticket}/owner-offers/{id}/{how}"),
        None,
    )
    .await
}

both_engines! {
    async fn the_owner_moves_when_the_other_accepts(desk: Desk) {
        let (li, bo, cai) = (desk.agent("Li Na").await, desk.agent("Bo").await, desk.agent("Cai").await);
        let floor = Floor::open(&desk, &[&li, &bo, &cai]).await;
        let ticket = owned(&desk, &floor, &li).await;
        assert_eq!(offer(&bo, &ticket, &cai).await.0, 403, "only who has it can offer it");
        assert_eq!(offer(&li, &ticket, &li).await.0, 422);
        let (status, first) = offer(&li, &ticket, &bo).await;
        assert_eq!((status.as_u16(), &first["state"]), (201, &json!("open")));
        assert_eq!(offer(&li, &ticket, &cai).await.0, 409, "one at a time");
        assert!(told(&bo).await.contains(&("owner_offered".to_owned(), ticket.clone())));
        assert_eq!(bo.get("/me/owner-offers").await["items"][0]["subject"], "Lamp of anna");
        assert_eq!(settle(&cai, &first, "accept").await.0, 403);
        let (_, refused) = settle(&bo, &first, "refuse").await;
        assert_eq!(refused["state"], "refused");
        assert_eq!(floor.ticket(&ticket).await["owner_id"], json!(li.id));
        assert_eq!(settle(&bo, &first, "accept").await.0, 409, "settled is settled");

        let (_, second) = offer(&li, &ticket, &bo).await;
        let (_, accepted) = settle(&bo, &second, "accept").await;
        assert_eq!(accepted["state"], "accepted");
        let now = floor.ticket(&ticket).await;
        assert_eq!((&now["owner_id"], &now["assignee_id"]), (&json!(bo.id), &json!(bo.id)));
        assert_eq!((told_of(&li, "owner_refused").await, told_of(&li, "owner_accepted").await), (1, 1));
        assert_eq!(bo.get("/me/owner-offers").await["items"], json!([]));
    }

    async fn an_offer_accepted_twice_at_once_or_withdrawn_moves_the_owner_once(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        let ticket = owned(&desk, &floor, &li).await;
        for _ in 0..4 {
            let (_, made) = offer(&li, &ticket, &bo).await;
            let (accepted, withdrawn) = tokio::join!(settle(&bo, &made, "accept"), settle(&li, &made, "withdraw"));
            assert_ne!(accepted.0.is_success(), withdrawn.0.is_success(), "{accepted:?} {withdrawn:?}");
            let owner = floor.ticket(&ticket).await["owner_id"].clone();
            let expected = if accepted.0.is_success() { bo.id } else { li.id };
            assert_eq!(owner, json!(expected));
            if accepted.0.is_success() {
                edit(&floor.admin, &ticket, "owner", json!(bo.id), json!(li.id)).await;
            }
        }
    }

    async fn a_supervisor_moves_the_owner_and_an_agent_does_not(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        let ticket = owned(&desk, &floor, &li).await;
        let (status, _) = edit(&bo, &ticket, "owner", json!(li.id), json!(bo.id)).await;
        assert_eq!(status, 403);
        let (_, made) = offer(&li, &ticket, &bo).await;
        let boss = desk.hire("Sun", shouwen_core::actor::BuiltInRole::Supervisor).await;
        let (status, _) = edit(&boss, &ticket, "owner", json!(li.id), json!(null)).await;
        assert_eq!(status, 422, "somebody answers for it");
        let (status, after) = edit(&boss, &ticket, "owner", json!(li.id), json!(bo.id)).await;
        assert_eq!((status.as_u16(), &after["owner_id"], &after["assignee_id"]), (200, &json!(bo.id), &json!(li.id)));
        assert_eq!(told_of(&bo, "owner_changed").await, 1);
        let path = format!("/tickets/{ticket}/owner-offers");
        assert_eq!(boss.get(&path).await["items"][0]["state"], "overtaken", "{made}");
    }

    async fn a_deactivated_agent_answers_for_nothing(desk: Desk) {
        let (li, bo, cai) = (desk.agent("Li Na").await, desk.agent("Bo").await, desk.agent("Cai").await);
        let floor = Floor::open(&desk, &[&li, &bo, &cai]).await;
        let (first, second) = (owned(&desk, &floor, &li).await, mail(&desk, &floor, "berta", "Hello").await);
        let solved = mail(&desk, &floor, "clara", "Hello").await;
        floor.answer(&desk, &li, &second, false).await;
        floor.answer(&desk, &li, &solved, true).await;
        edit(&floor.admin, &first, "assignee", json!(li.id), json!(floor.admin.id)).await;
        let wrong = json!({ "active": false, "hand_over_to": li.id });
        let path = format!("/agents/{}", li.id);
        let (status, problem) = floor.admin.call(Method::PATCH, &path, Some(wrong)).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["code"]), (422, &json!("no_such_agent")));
        let customer = floor.admin.get(&format!("/tickets/{first}")).await["customer"]["id"].clone();
        let customer = format!("/customers/{}", customer.as_str().unwrap());
        floor.admin.patch(&customer, json!({ "dedicated_agent_id": li.id })).await;
        let team = floor.admin.get("/teams").await["items"][0]["id"].clone();
        let team = format!("/teams/{}", team.as_str().unwrap());
        floor.admin.patch(&team, json!({ "lead_id": li.id })).await;
        let work = floor.admin.get(&format!("{path}/work")).await;
        assert_eq!(work, json!({ "assigned": 1, "owned": 2, "customers": 1, "counted_to": 1000 }));
        floor.admin.patch(&path, json!({ "active": false, "hand_over_to": bo.id })).await;
        desk.settle().await;
        let (one, other) = (floor.ticket(&first).await, floor.ticket(&second).await);
        assert_eq!((&one["owner_id"], &one["assignee_id"]), (&json!(bo.id), &json!(floor.admin.id)));
        assert_eq!((&other["owner_id"], &other["assignee_id"]), (&json!(bo.id), &json!(bo.id)));
        assert_eq!(told_of(&bo, "owner_changed").await, 2);
        assert_eq!(floor.admin.get(&customer).await["dedicated_agent_id"], json!(bo.id));
        let led = floor.admin.get("/teams").await["items"][0]["lead_id"].clone();
        assert_eq!(led, json!(bo.id), "the team is led by the heir");

        floor.admin.patch(&format!("/agents/{}", bo.id), json!({ "active": false })).await;
        desk.settle().await;
        let other = floor.ticket(&second).await;
        assert_eq!((&other["owner_id"], &other["assignee_id"]), (&json!(null), &json!(null)), "back to the team");
        floor.customer_calls(&desk, &solved).await;
        let woken = floor.ticket(&solved).await;
        assert_eq!((&woken["category"], &woken["owner_id"]), (&json!("open"), &json!(null)), "whoever answers next owns it");
        floor.answer(&desk, &cai, &solved, false).await;
        assert_eq!(floor.ticket(&solved).await["owner_id"], json!(cai.id));
    }

    async fn the_owner_hears_of_every_later_contact_on_any_channel(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        let others = desk.team("Others", &[]).await;
        let ticket = owned(&desk, &floor, &li).await;
        assert_eq!(told_of(&li, "owner_contact").await, 0, "one's own conversation is no news");
        let customer = floor.admin.get(&format!("/tickets/{ticket}")).await["customer"]["id"].clone();
        let call = |outcome: &str| json!({ "customer_id": customer, "number": "13900139000", "outcome": outcome });
        // Another ticket, another channel, another agent.
        let other = floor.call(&bo, call("answered")).await["ticket"]["id"].clone();
        let contact = |ticket: &str| ("owner_contact".to_owned(), ticket.to_owned());
        assert!(told(&li).await.contains(&contact(other.as_str().unwrap())));
        assert_eq!(told_of(&li, "owner_contact").await, 1, "once");
        // On their own ticket too; and Bo, who owns the other matter of the customer, hears of it as well.
        floor.customer_calls(&desk, &ticket).await;
        assert_eq!((told_of(&li, "owner_contact").await, told_of(&bo, "owner_contact").await), (2, 1));
        // On a ticket that they may not see they are told at their own.
        let line = json!({ "name": "Other phone", "channel": "phone", "team_id": others, "settings": {} });
        let line = floor.admin.post("/inboxes", line).await;
        let mut hidden = call("voicemail");
        hidden["inbox_id"] = line["id"].clone();
        floor.call(&floor.admin, hidden).await;
        assert_eq!(told_of(&li, "owner_contact").await, 3);
        let own = told(&li).await.into_iter().filter(|one| *one == contact(&ticket)).count();
        assert_eq!(own, 2, "what is hidden stays so");
        // Solved, the matter is over.
        floor.answer(&desk, &li, &ticket, true).await;
        floor.call(&floor.admin, call("voicemail")).await;
        assert_eq!(told_of(&li, "owner_contact").await, 3);
        assert_eq!(told_of(&bo, "owner_contact").await, 4, "Bo's is not");
    }

    async fn nobody_is_given_or_told_of_what_they_could_not_see(desk: Desk) {
        let (li, dan) = (desk.agent("Li Na").await, desk.agent("Dan").await);
        let floor = Floor::open(&desk, &[&li]).await;
        let ticket = owned(&desk, &floor, &li).await;
        for (field, old) in [("assignee", json!(li.id)), ("owner", json!(li.id))] {
            let (status, problem) = edit(&floor.admin, &ticket, field, old, json!(dan.id)).await;
            assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!(format!("/edits/{field}"))), "{problem}");
        }
        assert_eq!(offer(&li, &ticket, &dan).await.0, 422);
        for (text, mentions) in [("@Dan look", json!([])), ("@ look", json!([dan.id]))] {
            let note = json!({ "client_id": some_id(), "visibility": "note", "text": text, "mention_ids": mentions, "seen_position": 9 });
            let (status, problem) = li.call(Method::POST, &format!("/tickets/{ticket}/messages"), Some(note)).await;
            assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/mention_ids")), "{problem}");
        }
        assert_eq!(floor.admin.get(&format!("/tickets/{ticket}")).await["messages"].as_array().unwrap().len(), 2, "no note stayed");
        assert_eq!(dan.get("/notifications").await["items"], json!([]));
    }
}
