//! A narrow scope is walked along several indexes: page by page it gives what looking at every ticket gives.

use std::collections::BTreeSet;

use futures_util::FutureExt;
use serde_json::{Value, json};
use shouwen::db::Result;
use shouwen_core::actor::BuiltInRole;
use shouwen_core::id::{AgentId, StatusId, TeamId, TicketId};

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

/// Four categories, three of whom each: team, assignee, owner.
const CATEGORIES: [&str; 4] = ["new", "open", "waiting", "solved"];
const TICKETS: usize = 108;

/// Whose a ticket is.
#[derive(Debug, Clone)]
struct Held {
    id: TicketId,
    category: &'static str,
    team: Option<TeamId>,
    assignee: Option<AgentId>,
    owner: Option<AgentId>,
    spam: bool,
}

async fn tickets(admin: &Person) -> Vec<TicketId> {
    let inbox = admin.phone_inbox().await;
    for number in 0..TICKETS {
        let call = json!({ "client_id": format!("call-{number:04}"), "inbox_id": inbox["id"],
            "number": format!("1380013{number:04}"), "direction": "in", "text": "The lamp is broken",
            "outcome": "answered", "duration_s": 90, "solved": false });
        admin.post("/call-log", call).await;
    }
    let (mut ids, mut path) = (Vec::new(), "/tickets?view=all&limit=100".to_owned());
    loop {
        let page = admin.get(&path).await;
        ids.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_str().unwrap().parse::<TicketId>().unwrap()),
        );
        match page["next"].as_str() {
            Some(next) => path = format!("/tickets?view=all&limit=100&after={next}"),
            None => return ids,
        }
    }
}

async fn statuses(desk: &Desk) -> Vec<(String, StatusId)> {
    let mut conn = desk.app.db.read().await.unwrap();
    let query = conn.sql("SELECT category, id FROM status WHERE workspace_id = $1");
    query.bind(desk.app.workspace).all().await.unwrap()
}

/// Gives the role another scope.
async fn narrow(desk: &Desk, role: BuiltInRole, scope: &'static str) {
    let narrowed: Result<()> = desk
        .app
        .change(&desk.app.system(), (role, scope), |change, (role, scope)| {
            async move {
                let workspace = change.workspace();
                let update = change
                    .tx()
                    .sql("UPDATE role SET scope = $3 WHERE workspace_id = $1 AND key = $2");
                update
                    .bind(workspace)
                    .bind(role.as_str())
                    .bind(*scope)
                    .run()
                    .await?;
                Ok(())
            }
            .boxed()
        })
        .await;
    narrowed.unwrap();
}

/// Gives each ticket to somebody, in every combination.
async fn deal(desk: &Desk, ids: &[TicketId], teams: [TeamId; 2], agents: [AgentId; 2]) -> Vec<Held> {
    let statuses = statuses(desk).await;
    let mut held = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let of = |digit: usize| if digit == 0 { None } else { Some(digit - 1) };
        held.push(Held {
            id: *id,
            category: CATEGORIES[place % 4],
            team: of(place / 4 % 3).map(|one| teams[one]),
            assignee: of(place / 12 % 3).map(|one| agents[one]),
            owner: of(place / 36 % 3).map(|one| agents[one]),
            spam: place % 5 == 0,
        });
    }
    let dealt: Result<()> = desk
        .app
        .change(&desk.app.system(), (held.clone(), statuses), |change, (held, statuses)| {
            async move {
                let workspace = change.workspace();
                for one in held {
                    let status = statuses.iter().find(|(category, _)| category == one.category).unwrap().1;
                    change
                        .tx()
                        .sql(
                            "UPDATE ticket SET team_id = $3, assignee_id = $4, owner_id = $5, category = $6, active = $7,
                               status_id = $8, spam = $9 WHERE workspace_id = $1 AND id = $2",
                        )
                        .bind(workspace)
                        .bind(one.id)
                        .bind(one.team)
                        .bind(one.assignee)
                        .bind(one.owner)
                        .bind(one.category)
                        .bind(one.category != "solved" && !one.spam)
                        .bind(status)
                        .bind(one.spam)
                        .run()
                        .await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await;
    dealt.unwrap();
    held
}

/// Every ticket of a view, in pages of `limit`, none twice.
async fn walk(person: &Person, view: &str, limit: usize) -> BTreeSet<TicketId> {
    let (mut seen, mut path) = (BTreeSet::new(), format!("/tickets?view={view}&limit={limit}"));
    let mut newest = None;
    loop {
        let page: Value = person.get(&path).await;
        for item in page["items"].as_array().unwrap() {
            let at = item["last_message_at"].as_str().unwrap().to_owned();
            assert!(
                newest.as_ref().is_none_or(|newest| *newest >= at),
                "newest first in {view}"
            );
            newest = Some(at);
            assert!(
                seen.insert(item["id"].as_str().unwrap().parse::<TicketId>().unwrap()),
                "shown twice in {view}"
            );
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/tickets?view={view}&limit={limit}&after={next}"),
            None => return seen,
        }
    }
}

both_engines! {
    async fn a_narrow_scope_shows_page_by_page_what_may_be_seen_and_nothing_else(desk: Desk) {
        let admin = desk.administrator().await;
        let (me, other) = (desk.hire("Li Na", BuiltInRole::Agent).await, desk.agent("Zhao Lei").await);
        let (mine, theirs) = (desk.team("Mine", &[&me]).await, desk.team("Theirs", &[&other]).await);
        let ids = tickets(&admin).await;
        let held = deal(&desk, &ids, [mine, theirs], [me.id, other.id]).await;
        for scope in ["teams", "assigned"] {
            narrow(&desk, BuiltInRole::Agent, scope).await;
            for view in ["all", "open", "waiting", "solved", "spam"] {
                let categories: &[&str] = match view {
                    "all" | "spam" => &CATEGORIES,
                    "open" => &["new", "open"],
                    "waiting" => &["waiting"],
                    _ => &["solved"],
                };
                let expected: BTreeSet<TicketId> = held.iter().filter(|one| categories.contains(&one.category)).filter(|one| {
                    if one.spam != (view == "spam") {
                        return false;
                    }
                    let own = one.assignee == Some(me.id) || one.owner == Some(me.id);
                    own || (scope == "teams" && one.team.is_none_or(|team| team == mine))
                }).map(|one| one.id).collect();
                assert!(!expected.is_empty() && expected.len() < held.len());
                assert_eq!(walk(&me, view, 7).await, expected, "{scope} {view}");
            }
        }
    }
}
