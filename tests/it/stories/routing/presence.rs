//! Agents come and go: the assignee moves, the owner stays.

use serde_json::json;
use shouwen_core::time::Length;

use super::{Floor, automatic, is, mail, put};
use crate::support::desk::both_engines;
use crate::support::socket::Socket;

both_engines! {
    async fn whoever_goes_away_and_reassigns_gives_their_work_to_the_others(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        is(&desk, &li, "online").await;
        let (answered, fresh) = (mail(&desk, &floor, "anna", "Hello").await, mail(&desk, &floor, "berta", "Hello").await);
        let solved = mail(&desk, &floor, "clara", "Hello").await;
        floor.answer(&desk, &li, &answered, false).await;
        floor.answer(&desk, &li, &solved, true).await;
        is(&desk, &bo, "online").await;
        is(&desk, &li, "away_and_reassign").await;
        for ticket in [&answered, &fresh] {
            assert_eq!(floor.assignee(ticket).await, json!(bo.id));
        }
        let now = floor.ticket(&answered).await;
        assert_eq!(now["owner_id"], json!(li.id), "absence moves no ownership");
        assert_eq!(floor.assignee(&solved).await, json!(li.id), "what is solved stays as it was");
        floor.customer_calls(&desk, &solved).await;
        let now = floor.ticket(&solved).await;
        assert_eq!((&now["assignee_id"], &now["owner_id"]), (&json!(bo.id), &json!(li.id)));
    }

    async fn nobody_gets_tickets_outside_their_shift(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        // The desk's clock stands at Sunday, 17:30 in Shanghai.
        let week = json!({ "zone": "Asia/Shanghai", "intervals": [{ "day": 1, "from": "09:00", "to": "18:00" }] });
        floor.set(&li, &json!({ "shift": week })).await;
        is(&desk, &li, "online").await;
        let own = li.get("/me/presence").await;
        assert_eq!((&own["on_shift"], &own["available"]), (&json!(false), &json!(false)));
        assert_eq!(own["shift_changes_at"], "2026-11-23T01:00:00.000Z");
        let ticket = mail(&desk, &floor, "anna", "Hello").await;
        assert_eq!(floor.assignee(&ticket).await, json!(null));
        assert_eq!(floor.why(&ticket).await["waits"]["passed_over"][0]["reason"]["code"], "off_shift");
        desk.advance(Length::hours(15)).await;
        assert_eq!(floor.assignee(&ticket).await, json!(null));
        desk.advance(Length::hours(1)).await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id), "the shift began, and the backlog drained");
        assert_eq!(li.get("/me/presence").await["shift_changes_at"], "2026-11-23T10:00:00.000Z");
    }

    async fn a_shift_that_ends_moves_the_assignee_where_the_team_says_so(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        let today = json!({ "zone": "Asia/Shanghai", "intervals": [{ "day": 7, "from": "09:00", "to": "18:00" }] });
        floor.set(&li, &json!({ "shift": today })).await;
        is(&desk, &li, "online").await;
        let kept = mail(&desk, &floor, "anna", "Hello").await;
        floor.answer(&desk, &li, &kept, false).await;
        desk.advance(Length::hours(1)).await;
        assert_eq!(floor.assignee(&kept).await, json!(li.id), "this team lets an agent finish");

        let strict = automatic(&json!({ "release_at_shift_end": true }));
        put(&floor.admin, &format!("/teams/{}/routing", floor.team), strict).await;
        let longer = json!({ "zone": "Asia/Shanghai", "intervals": [{ "day": 7, "from": "09:00", "to": "20:00" }] });
        floor.set(&li, &json!({ "shift": longer })).await;
        is(&desk, &bo, "online").await;
        desk.advance(Length::hours(2)).await;
        let now = floor.ticket(&kept).await;
        assert_eq!((&now["assignee_id"], &now["owner_id"]), (&json!(bo.id), &json!(li.id)));
    }

    async fn an_agent_whose_last_window_is_closed_is_away_after_five_minutes(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        let mut first = Socket::feed(&desk.url(), &li, None).await;
        first.wait_type("welcome").await;
        assert_eq!(li.get("/me/presence").await["presence"], "online", "an open window is a sign");
        drop(first);
        desk.advance(Length::minutes(4)).await;
        assert_eq!(li.get("/me/presence").await["presence"], "online");
        desk.advance(Length::minutes(2)).await;
        let own = li.get("/me/presence").await;
        assert_eq!((&own["presence"], &own["automatic"]), (&json!("away"), &json!(true)));
        let ticket = mail(&desk, &floor, "anna", "Hello").await;
        assert_eq!(floor.assignee(&ticket).await, json!(null));

        let mut watching = Socket::feed(&desk.url(), &floor.admin, None).await;
        watching.wait_type("welcome").await;
        let mut again = Socket::feed(&desk.url(), &li, None).await;
        again.wait_type("welcome").await;
        let seen = watching.wait_kind("agent_presence", |one| one["agent_id"] == json!(li.id)).await;
        assert_eq!((&seen["presence"], &seen["available"]), (&json!("online"), &json!(true)));
        desk.settle().await;
        assert_eq!(floor.assignee(&ticket).await, json!(li.id));

        // A chosen absence is not undone by a window.
        is(&desk, &li, "away").await;
        drop(again);
        let mut third = Socket::feed(&desk.url(), &li, None).await;
        third.wait_type("welcome").await;
        assert_eq!(li.get("/me/presence").await["presence"], "away");
    }
}
