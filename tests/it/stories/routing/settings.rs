//! What is set is checked, and what is wrong says so.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Floor, automatic, put, some_id};
use crate::support::desk::both_engines;

both_engines! {
    async fn wrong_settings_are_explained(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        let whole = json!({ "capacity": 3, "skill_ids": [], "languages": ["zh"], "shift": null });
        let shift = |zone: &str, day: i64, from: &str| json!({ "zone": zone, "intervals": [{ "day": day, "from": from, "to": "18:00" }] });
        let cases: [(&str, Value); 7] = [
            ("capacity", json!(-1)), ("capacity", json!(1001)), ("languages", json!(["Chinese"])),
            ("skill_ids", json!([some_id()])), ("shift", shift("Mars/Olympus", 1, "09:00")),
            ("shift", shift("Asia/Shanghai", 8, "09:00")), ("shift", shift("Asia/Shanghai", 1, "25:00")),
        ];
        for (field, wrong) in cases {
            let mut body = whole.clone();
            body[field] = wrong.clone();
            let path = format!("/agents/{}/routing", li.id);
            let (status, problem) = floor.admin.call(Method::PUT, &path, Some(body)).await;
            assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!(format!("/{field}"))), "{wrong} {problem}");
        }
        let team = format!("/teams/{}/routing", floor.team);
        for (field, wrong) in [("weights", json!({ "chat": -3, "email": 1, "phone": 1 })), ("skill_needs", json!([{ "skill_id": some_id() }]))] {
            let mut body = automatic(&json!({}));
            body[field] = wrong;
            let (status, problem) = floor.admin.call(Method::PUT, &team, Some(body)).await;
            assert_eq!((status.as_u16(), &problem["errors"][0]["pointer"]), (422, &json!(format!("/{field}"))), "{problem}");
        }
        for path in [format!("/agents/{}/routing", some_id()), format!("/teams/{}/routing", some_id())] {
            assert_eq!(floor.admin.call(Method::GET, &path, None).await.0, 404);
        }
        assert_eq!(li.call(Method::GET, &team, None).await.0, 403);
        let tier = json!({ "name": "Gold", "rank": 1, "dedicated_agent_id": some_id() });
        assert_eq!(floor.admin.call(Method::POST, "/tiers", Some(tier)).await.0, 422);
        floor.admin.post("/skills", json!({ "name": "Invoices" })).await;
        assert_eq!(floor.admin.call(Method::POST, "/skills", Some(json!({ "name": "ＩＮＶＯＩＣＥＳ" }))).await.0, 409);
    }

    async fn an_agent_keeps_what_was_set(desk: Desk) {
        let li = desk.agent("Li Na").await;
        let floor = Floor::open(&desk, &[&li]).await;
        let path = format!("/agents/{}/routing", li.id);
        assert_eq!(floor.admin.get(&path).await["capacity"], 12);
        let skill = floor.admin.post("/skills", json!({ "name": "Invoices" })).await["id"].clone();
        let week = json!({ "zone": "Europe/Berlin", "intervals": [{ "day": 5, "from": "22:00", "to": "06:00" }] });
        let body = json!({ "capacity": 7, "skill_ids": [skill], "languages": ["zh", "en", "zh"], "shift": week });
        put(&floor.admin, &path, body).await;
        let kept = floor.admin.get(&path).await;
        assert_eq!((&kept["capacity"], &kept["languages"], &kept["shift"]), (&json!(7), &json!(["en", "zh"]), &week));
        assert_eq!(kept["skill_ids"], json!([skill]));
        let (status, _) = floor.admin.call(Method::DELETE, &format!("/skills/{}", skill.as_str().unwrap()), None).await;
        assert_eq!(status, 204);
        assert_eq!(floor.admin.get(&path).await["skill_ids"], json!([]));
        let (status, _) = floor.admin.call(Method::DELETE, &format!("/teams/{}", floor.team), None).await;
        assert_eq!(status, 409, "its inboxes hold it");
    }
}
