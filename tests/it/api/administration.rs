//! Who may make whom what, and what becomes of tickets, sessions and roles.

use futures_util::FutureExt;
use serde_json::{Value, json};
use shouwen::actions::customers::{self, Known};
use shouwen::actions::tickets;
use shouwen::db;
use shouwen_core::channel::Channel;
use shouwen_core::customer::{IdentityKind, Verified};
use shouwen_core::id::{AgentId, InboxId, TicketId};
use shouwen_core::ticket::Priority;

use super::office::{ADMIN_EMAIL, Office, PASSWORD, address_of, id};
use crate::support::desk::{Desk, both_engines};

both_engines! {
    async fn an_administrator_always_remains(desk: Desk) {
        let admin = desk.set_up().await;
        let (own, agent_role) = (admin.agent_id().await, admin.role("agent").await);
        for change in [json!({ "active": false }), json!({ "role_id": agent_role })] {
            let refused = admin.patch(&format!("/agents/{own}"), change).await.expect(409);
            assert!(refused["detail"].as_str().unwrap().contains("last administrator"));
            assert_eq!((&refused["code"], &refused["params"]), (&json!("last_administrator"), &json!({})));
        }
        let second = admin.hire(&desk, "administrator", "Second").await;
        admin.patch(&format!("/agents/{own}"), json!({ "role_id": agent_role })).await.expect(200);
        let other = second.agent_id().await;
        second.patch(&format!("/agents/{other}"), json!({ "active": false })).await.expect(409);
    }

    async fn of_two_administrators_who_let_each_other_go_one_remains(desk: Desk) {
        let one = desk.set_up().await;
        let other = one.hire(&desk, "administrator", "Other").await;
        let (one_path, other_path) =
            (format!("/agents/{}", one.agent_id().await), format!("/agents/{}", other.agent_id().await));
        let gone = json!({ "active": false });
        let (first, second) =
            futures_util::future::join(one.patch(&other_path, gone.clone()), other.patch(&one_path, gone)).await;
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        // The slower one either meets the rule or is signed out by the faster one already.
        assert_eq!(statuses[0], 200, "{statuses:?}");
        assert!([401, 409].contains(&statuses[1]), "{statuses:?}");
        let active = u8::from(one.get("/me").await.status == 200) + u8::from(other.get("/me").await.status == 200);
        assert_eq!(active, 1);
    }

    async fn nobody_gives_out_more_than_they_hold(desk: Desk) {
        let admin = desk.set_up().await;
        let permissions = json!(["ticket.read", "admin.roles", "admin.agents"]);
        let role = admin
            .post("/roles", json!({ "name": "Office", "permissions": permissions, "scope": "teams" }))
            .await
            .expect(201);
        let clerk = admin.hire_in_role(&desk, &id(&role), "Clerk").await;
        let own_role = format!("/roles/{}", id(&role));
        let more = json!({ "permissions": ["ticket.read", "admin.roles", "admin.agents", "admin.keys"] });
        clerk.patch(&own_role, more.clone()).await.expect(403);
        clerk.patch(&own_role, json!({ "scope": "all" })).await.expect(403);
        let wide = json!({ "name": "Wide", "permissions": ["raw.read"], "scope": "teams" });
        clerk.post("/roles", wide).await.expect(403);
        let administrator = admin.role("administrator").await;
        clerk.patch(&format!("/roles/{administrator}"), json!({ "name": "Boss" })).await.expect(403);
        let own = clerk.agent_id().await;
        clerk.patch(&format!("/agents/{own}"), json!({ "role_id": administrator })).await.expect(403);
        let chief = admin.agent_id().await;
        // Another address would let the clerk have a reset link mailed.
        let taken_over = json!({ "email": "clerk2@shop.example" });
        clerk.patch(&format!("/agents/{chief}"), taken_over).await.expect(403);
        clerk.post(&format!("/agents/{chief}/sign-out"), json!({})).await.expect(403);
        let narrow = json!({ "name": "Narrow", "permissions": ["ticket.read"], "scope": "assigned" });
        clerk.post("/roles", narrow).await.expect(201);
    }

    async fn a_role_stays_while_it_is_built_in_or_held(desk: Desk) {
        let admin = desk.set_up().await;
        for key in ["administrator", "supervisor", "agent"] {
            let path = format!("/roles/{}", admin.role(key).await);
            admin.delete(&path).await.expect(409);
        }
        let administrator = format!("/roles/{}", admin.role("administrator").await);
        admin.patch(&administrator, json!({ "permissions": ["ticket.read"] })).await.expect(409);
        let role = admin.post("/roles", json!({ "name": "Night", "permissions": [], "scope": "assigned" })).await;
        let role = id(&role.expect(201));
        let path = format!("/roles/{role}");
        let night = admin.hire_in_role(&desk, &role, "Night Owl").await;
        admin.delete(&path).await.expect(409);
        assert_eq!(night.get("/tickets?view=all").await.status, 403);
        admin.patch(&path, json!({ "permissions": ["ticket.read"] })).await.expect(200);
        assert_eq!(night.get("/tickets?view=all").await.status, 200, "felt at once");
        let agent_role = admin.role("agent").await;
        admin.patch(&format!("/agents/{}", night.agent_id().await), json!({ "role_id": agent_role })).await.ok();
        admin.delete(&path).await.expect(204);
        admin.delete(&path).await.expect(404);
        let unknown = json!({ "name": "X", "permissions": ["time.travel"], "scope": "all" });
        assert_eq!(admin.post("/roles", unknown).await.expect(422)["errors"][0]["pointer"], "/permissions/0");
    }

    async fn whoever_leaves_is_out_at_once_and_their_open_work_is_free(desk: Desk) {
        let admin = desk.set_up().await;
        let leaver = admin.hire(&desk, "agent", "Leaver").await;
        let agent = leaver.agent_id().await;
        let tickets = assigned_tickets(&desk, agent.parse().unwrap(), 130).await;
        admin.patch(&format!("/agents/{agent}"), json!({ "active": false })).await.ok();
        assert_eq!(leaver.get("/me").await.status, 401);
        let credentials = json!({ "email": address_of("Leaver"), "password": PASSWORD });
        assert_eq!(desk.nobody().post("/session", credentials).await.status, 401);
        desk.nobody().post("/password-resets", json!({ "email": address_of("Leaver") })).await.expect(202);
        assert_eq!(desk.jobs("send_desk_mail").await, Vec::<Value>::new());
        let left: Vec<(i64,)> = desk
            .app
            .db
            .read()
            .await
            .unwrap()
            .sql("SELECT number FROM ticket WHERE assignee_id IS NOT NULL")
            .all()
            .await
            .unwrap();
        assert_eq!(left, []);
        let detail = admin.get(&format!("/tickets/{}", tickets[0])).await.ok();
        let told = detail["activities"].as_array().unwrap().iter().any(|activity| activity["field"] == "assignee");
        assert!(told, "the history says so");
        admin.patch(&format!("/agents/{agent}"), json!({ "active": true })).await.ok();
        desk.sign_in(&address_of("Leaver"), PASSWORD).await;
    }

    async fn an_invited_agent_chooses_a_password(desk: Desk) {
        let admin = desk.set_up().await;
        let body = json!({ "name": "New", "email": "New@Shop.example", "role_id": admin.role("agent").await, "locale": "en" });
        let agent = admin.post("/agents", body.clone()).await.expect(201);
        assert_eq!((&agent["team_ids"], &agent["active"]), (&json!([]), &json!(true)));
        assert_eq!(admin.post("/agents", body).await.expect(409)["type"], "/problems/conflict");
        let mails = desk.jobs("send_desk_mail").await;
        assert_eq!((mails.len(), &mails[0]["to"]), (1, &json!("New@Shop.example")));
        let text = mails[0]["text"].as_str().unwrap();
        let token = text.split("/reset?token=").nth(1).unwrap().split_whitespace().next().unwrap();
        let body = json!({ "token": token, "password": PASSWORD });
        desk.nobody().post("/password-resets/confirm", body).await.expect(204);
        desk.sign_in("new@shop.example", PASSWORD).await;
    }

    async fn teams_have_members_and_stay_while_they_are_used(desk: Desk) {
        let admin = desk.set_up().await;
        let li = admin.hire(&desk, "agent", "Li").await;
        let body = json!({ "name": "Day", "agent_ids": [li.agent_id().await] });
        let team = admin.post("/teams", body).await.expect(201);
        let path = format!("/teams/{}", id(&team));
        assert_eq!(li.get("/me").await.ok()["agent"]["team_ids"], json!([id(&team)]));
        admin.post("/teams", json!({ "name": " day " })).await.expect(409);
        let inbox = json!({ "name": "Line", "channel": "phone", "team_id": id(&team) });
        let inbox = admin.post("/inboxes", inbox).await.expect(201);
        admin.delete(&path).await.expect(409);
        admin.patch(&format!("/inboxes/{}", id(&inbox)), json!({ "team_id": null })).await.ok();
        admin.patch(&path, json!({ "agent_ids": [] })).await.ok();
        assert_eq!(li.get("/me").await.ok()["agent"]["team_ids"], json!([]));
        admin.delete(&path).await.expect(204);
    }

    async fn tags_and_statuses_are_kept(desk: Desk) {
        let admin = desk.set_up().await;
        let tag = admin.post("/tags", json!({ "name": "VIP", "color": "red" })).await.expect(201);
        admin.post("/tags", json!({ "name": "vip", "color": "blue" })).await.expect(409);
        let ticket = assigned_tickets(&desk, admin.agent_id().await.parse().unwrap(), 1).await[0];
        admin.post(&format!("/tickets/{ticket}/tags"), json!({ "add": [id(&tag)], "remove": [] })).await.ok();
        admin.delete(&format!("/tags/{}", id(&tag))).await.expect(204);
        let detail = admin.get(&format!("/tickets/{ticket}")).await.ok();
        assert_eq!(detail["ticket"]["tag_ids"], json!([]));

        let statuses = admin.get("/statuses").await.ok();
        let built_in = statuses["items"].as_array().unwrap().iter().find(|status| status["key"] == "open").unwrap();
        let path = format!("/statuses/{}", id(built_in));
        admin.patch(&path, json!({ "archived": true })).await.expect(409);
        assert_eq!(admin.patch(&path, json!({ "name": "In work" })).await.ok()["name"], "In work");
        assert_eq!(admin.patch(&path, json!({ "name": "" })).await.ok()["name"], "");
        let own = admin.post("/statuses", json!({ "name": "At the workshop", "category": "on_hold" })).await.expect(201);
        let path = format!("/statuses/{}", id(&own));
        admin.patch(&path, json!({ "category": "solved" })).await.expect(409);
        assert_eq!(admin.patch(&path, json!({ "archived": true })).await.ok()["archived"], true);
    }

    async fn a_key_does_what_its_scopes_say_until_it_is_revoked(desk: Desk) {
        let admin = desk.set_up().await;
        let key = admin.make_key(&desk, &["tickets:read"]).await;
        assert_eq!(key.get("/tickets?view=all").await.status, 200);
        assert_eq!(key.get("/agents").await.status, 403);
        assert_eq!(key.get("/me").await.status, 403, "a key has no account");
        let keys = admin.get("/api-keys").await.ok();
        assert_eq!(keys["items"][0].get("key"), None, "shown once");
        assert!(keys["items"][0]["last_used_at"].is_string());
        admin.delete(&format!("/api-keys/{}", id(&keys["items"][0]))).await.expect(204);
        assert_eq!(key.get("/tickets?view=all").await.status, 401);
        let role = json!({ "name": "Keys", "permissions": ["admin.keys"], "scope": "all" });
        let role = admin.post("/roles", role).await.expect(201);
        let clerk = admin.hire_in_role(&desk, &id(&role), "Clerk").await;
        clerk.post("/api-keys", json!({ "name": "x", "scopes": ["tickets:read"] })).await.expect(403);
    }

    async fn a_screen_begins_with_all_of_it(desk: Desk) {
        let admin = desk.set_up().await;
        let start = admin.get("/bootstrap").await.ok();
        assert_eq!(start["me"]["agent"]["email"], ADMIN_EMAIL);
        assert_eq!(start["statuses"].as_array().unwrap().len(), 6);
        assert_eq!(start["roles"].as_array().unwrap().len(), 3);
        assert_eq!(start["unread_notifications"], 0);
        assert!(start["seq"].as_i64().unwrap() > 0);
    }
}

/// Tickets of the agent, opened as a call would open them.
async fn assigned_tickets(desk: &Desk, agent: AgentId, count: usize) -> Vec<TicketId> {
    let admin = desk.sign_in(ADMIN_EMAIL, PASSWORD).await;
    let inbox = admin
        .post("/inboxes", json!({ "name": "Line", "channel": "phone" }))
        .await
        .expect(201);
    let inbox: InboxId = id(&inbox).parse().unwrap();
    let opened: Result<Vec<TicketId>, db::Error> = desk
        .app
        .change(
            &desk.app.system(),
            (agent, inbox, count),
            |change, (agent, inbox, count)| {
                async move {
                    let known = Known {
                        kind: IdentityKind::Phone,
                        value: "13800138000".to_owned(),
                        folded: "13800138000".to_owned(),
                        verified: Verified::Claimed,
                    };
                    let customer = customers::find_or_create(change, &known, "Li").await?;
                    let new = tickets::NewTicket {
                        subject: "Lamp".to_owned(),
                        customer,
                        inbox: *inbox,
                        channel: Channel::Phone,
                        team: None,
                        assignee: Some(*agent),
                        priority: Priority::Normal,
                        follow_up_of: None,
                    };
                    let mut ids = Vec::new();
                    for _ in 0..*count {
                        ids.push(tickets::open(change, &new).await?.id);
                    }
                    Ok(ids)
                }
                .boxed()
            },
        )
        .await;
    opened.unwrap()
}
