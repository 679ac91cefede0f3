//! The live board: what waits, since when, and who is here.

use serde_json::json;
use shouwen_core::time::Length;

use super::{Floor, is, mail};
use crate::support::desk::both_engines;

both_engines! {
    async fn the_board_shows_what_waits_and_who_is_here(desk: Desk) {
        let (li, bo) = (desk.agent("Li Na").await, desk.agent("Bo").await);
        let floor = Floor::open(&desk, &[&li, &bo]).await;
        floor.set(&li, &json!({ "capacity": 1 })).await;
        is(&desk, &li, "online").await;
        let given = mail(&desk, &floor, "anna", "Hello").await;
        let waits = mail(&desk, &floor, "berta", "Hello").await;
        desk.advance(Length::seconds(23 * 3600 + 5)).await;
        let board = floor.admin.get("/board").await;
        let counts: Vec<_> = board["buckets"].as_array().unwrap().iter()
            .map(|one| (one["code"].as_str().unwrap().to_owned(), one["count"].as_i64().unwrap()))
            .filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, [("within_1h".to_owned(), 2)], "both were promised an answer within a day");
        assert_eq!(board["queue"]["unassigned"], 1);
        assert_eq!(board["longest_wait"]["ticket_id"], json!(given));
        let team = &board["teams"][0];
        assert_eq!((&team["unassigned"], &team["available_agents"], &team["load"], &team["capacity"]),
            (&json!(1), &json!(1), &json!(1), &json!(1)));
        assert_eq!(team["oldest_waiting_since"], floor.ticket(&waits).await["waiting_since"]);
        let agents = board["agents"].as_array().unwrap();
        let shown = agents.iter().find(|one| one["agent_id"] == json!(li.id)).unwrap();
        assert_eq!((&shown["presence"], &shown["load"], &shown["tickets"]["email"]), (&json!("online"), &json!(1), &json!(1)));
        let other = agents.iter().find(|one| one["agent_id"] == json!(bo.id)).unwrap();
        assert_eq!((&other["presence"], &other["available"]), (&json!("offline"), &json!(false)));
        desk.advance(Length::hours(2)).await;
        let board = floor.admin.get("/board").await;
        assert_eq!((&board["buckets"][0]["code"], &board["buckets"][0]["count"]), (&json!("overdue"), &json!(2)));
        assert_eq!(li.call(reqwest::Method::GET, "/board", None).await.0, 403);
    }
}
