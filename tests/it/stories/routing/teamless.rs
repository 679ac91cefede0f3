//! Tickets of no team: given to whoever sees them, once the desk is told to.

use reqwest::Method;
use serde_json::{Value, json};
use shouwen_core::actor::BuiltInRole;
use shouwen_core::id::TeamId;

use super::giving::{codes, passed_over};
use super::{Floor, automatic, edit, is, mail, put};
use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

/// A mailbox and a telephone of no team.
async fn open(desk: &Desk) -> Floor {
    let admin = desk.administrator().await;
    admin.email_inbox(super::INBOX).await;
    let phone = admin.phone_inbox().await;
    let team: TeamId = desk.team("Others", &[]).await;
    Floor { admin, team, phone }
}

async fn give_out(floor: &Floor, more: &Value) -> Value {
    put(&floor.admin, "/teamless-routing", automatic(more)).await
}

async fn sees_only_their_own(desk: &Desk, admin: &Person, name: &str) -> Person {
    let person = desk.hire(name, BuiltInRole::Agent).await;
    let permissions = json!(["ticket.read", "ticket.reply", "ticket.edit"]);
    let role = admin
        .post(
            "/roles",
            json!({ "name": "Own", "permissions": permissions, "scope": "assigned" }),
        )
        .await;
    admin
        .patch(
            &format!("/agents/{}", person.id),
            json!({ "role_id": role["id"] }),
        )
        .await;
    person
}

both_engines! {
    async fn a_ticket_of_no_team_goes_to_whoever_sees_it(desk: Desk) {
        let floor = open(&desk).await;
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let own = sees_only_their_own(&desk, &floor.admin, "Own").await;
        for who in [&li, &own] {
            is(&desk, who, "online").await;
        }
        let ticket = mail(&desk, &floor, "anna", "Hello").await;
        assert_eq!(floor.assignee(&ticket).await, json!(null), "nobody has said that it should be given out");
        assert_eq!(floor.admin.get("/teamless-routing").await["auto_assign"], false);
        let set = give_out(&floor, &json!({})).await;
        assert_eq!((&set["team_id"], &set["auto_assign"]), (&Value::Null, &json!(true)));
        desk.settle().await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id), "what waited is given out");
        let why = floor.why(&ticket).await;
        assert_eq!((&why["how"], passed_over(&why["decision"], &json!(bo.id))), (&json!("routed"), "offline"));
        // Somebody who comes gets what waits, and somebody who has room again.
        floor.set(&li, &json!({ "capacity": 1 })).await;
        let second = mail(&desk, &floor, "berta", "Hello").await;
        assert_eq!(floor.assignee(&second).await, json!(null), "who sees only what is theirs is not asked");
        assert_eq!(codes(&floor.why(&second).await["waits"]["reasons"]), ["nobody_is_free"]);
        floor.answer(&desk, &li, &ticket, true).await;
        assert_eq!(floor.assignee(&second).await, json!(li.id));
        let third = mail(&desk, &floor, "clara", "Hello").await;
        is(&desk, &bo, "online").await;
        assert_eq!(floor.assignee(&third).await, json!(bo.id));
    }

    async fn a_team_that_does_not_give_out_keeps_its_tickets_from_everybody(desk: Desk) {
        let floor = open(&desk).await;
        let li = desk.agent("Li Na").await;
        let ticket = mail(&desk, &floor, "anna", "Hello").await;
        edit(&floor.admin, &ticket, "team", json!(null), json!(floor.team)).await;
        give_out(&floor, &json!({})).await;
        is(&desk, &li, "online").await;
        assert_eq!(floor.assignee(&ticket).await, json!(null));
        edit(&floor.admin, &ticket, "team", json!(floor.team), json!(null)).await;
        desk.settle().await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id));
        let wrong = automatic(&json!({ "weights": { "chat": -1, "email": 1, "phone": 1 } }));
        let (status, problem) = floor.admin.call(Method::PUT, "/teamless-routing", Some(wrong)).await;
        assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!("/weights")), "{problem}");
        assert_eq!(li.call(Method::GET, "/teamless-routing", None).await.0, 403);
    }
}
