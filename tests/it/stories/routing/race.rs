//! Two at once: no ticket goes to two agents, nobody gets more than they can have, nobody who left gets anything.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shouwen::actions::routing::assign::give_out;
use shouwen::db::Error;
use shouwen_core::id::TeamId;

use super::{Floor, automatic, edit, is, mail, put};
use crate::support::desk::{Desk, Engine, both_engines};
use crate::support::person::Person;

/// Gives out what waits, as a job does.
async fn give(desk: &Desk, team: TeamId) {
    let team = Some(team);
    let done: Result<bool, Error> = desk
        .app
        .change(&desk.app.system(), team, |change, team| {
            give_out(change, *team).boxed()
        })
        .await;
    done.unwrap();
}

/// Three agents with room for two each, and eight tickets that wait.
async fn crowded(desk: &Desk) -> (Floor, Vec<Person>, Vec<String>) {
    let mut agents = Vec::new();
    for name in ["Li Na", "Bo", "Cai"] {
        agents.push(desk.agent(name).await);
    }
    let floor = Floor::open(desk, &agents.iter().collect::<Vec<_>>()).await;
    let off = automatic(&json!({ "auto_assign": false }));
    put(&floor.admin, &format!("/teams/{}/routing", floor.team), off).await;
    let mut tickets = Vec::new();
    for number in 0..8 {
        tickets.push(mail(desk, &floor, &format!("anna{number}"), "Hello").await);
    }
    for agent in &agents {
        floor.set(agent, &json!({ "capacity": 2 })).await;
        is(desk, agent, "online").await;
    }
    (floor, agents, tickets)
}

/// How many tickets each has, and how often any was given to somebody.
async fn given(floor: &Floor, agents: &[Person], tickets: &[String]) -> (BTreeMap<String, usize>, usize) {
    let (mut each, mut times) = (BTreeMap::new(), 0);
    for ticket in tickets {
        let shown = floor.admin.get(&format!("/tickets/{ticket}")).await;
        if let Some(agent) = shown["ticket"]["assignee_id"].as_str() {
            *each.entry(agent.to_owned()).or_default() += 1;
        }
        let lines = shown["activities"].as_array().unwrap();
        times += lines
            .iter()
            .filter(|line| line["field"] == "assignee" && line["to"] != Value::Null)
            .count();
    }
    assert!(
        each.keys()
            .all(|agent| agents.iter().any(|one| json!(one.id) == json!(agent)))
    );
    (each, times)
}

async fn race(first: &Desk, second: &Desk) {
    let (floor, agents, tickets) = crowded(first).await;
    // Set on without settling: the one job stays for later.
    put(
        &floor.admin,
        &format!("/teams/{}/routing", floor.team),
        automatic(&json!({})),
    )
    .await;
    join_all((0..8).map(|turn| give(if turn % 2 == 0 { first } else { second }, floor.team))).await;
    let (each, times) = given(&floor, &agents, &tickets).await;
    assert_eq!(each.values().copied().collect::<Vec<_>>(), [2, 2, 2], "{each:?}");
    assert_eq!(times, 6, "each was given once");

    // Everybody leaves while room is made: what is left goes to nobody.
    let one = agents
        .iter()
        .find(|agent| each.contains_key(&agent.id.to_string()))
        .unwrap();
    let leave = agents
        .iter()
        .map(|agent| put(agent, "/me/presence", json!({ "presence": "away_and_reassign" })));
    tokio::join!(
        join_all(leave),
        join_all((0..4).map(|_| give(second, floor.team)))
    );
    first.settle().await;
    let (each, _) = given(&floor, &agents, &tickets).await;
    assert!(each.is_empty(), "{each:?} after {} left", one.id);
}

both_engines! {
    async fn two_who_give_out_at_once_give_each_ticket_once(desk: Desk) {
        race(&desk, &desk).await;
    }

    async fn a_ticket_taken_by_hand_is_not_given_to_another(desk: Desk) {
        let (floor, agents, tickets) = crowded(&desk).await;
        put(&floor.admin, &format!("/teams/{}/routing", floor.team), automatic(&json!({}))).await;
        let taking = tickets.iter().take(4).map(|ticket| {
            edit(&floor.admin, ticket, "assignee", Value::Null, json!(floor.admin.id))
        });
        let (taken, ()) = tokio::join!(join_all(taking), give(&desk, floor.team));
        desk.settle().await;
        for (ticket, (status, answer)) in tickets.iter().zip(taken) {
            let holder = floor.assignee(ticket).await;
            if status.is_success() {
                assert_eq!(holder, json!(floor.admin.id), "{answer}");
            } else {
                assert_eq!((status.as_u16(), &answer["conflicts"][0]["current"]), (409, &holder));
            }
        }
        drop(agents);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_give_each_ticket_once() {
    let Some(first) = Desk::start(Engine::Postgres).await else {
        return;
    };
    let second = first.another(&[]).await;
    race(&first, &second).await;
    first.stop().await;
    second.stop().await;
}
