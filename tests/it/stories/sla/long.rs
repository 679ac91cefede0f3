//! A conversation of hundreds of messages: each costs what the first did, and its clocks are those of the whole story.

use futures_util::FutureExt;
use serde_json::{Value, json};
use shouwen::actions::messages::{self, Author, NewMessage};
use shouwen::db;
use shouwen::log::Change;
use shouwen::store::tickets;
use shouwen_core::channel::Channel;
use shouwen_core::id::{AgentId, CustomerId, InboxId, TicketId};
use shouwen_core::time::Length;

use super::{change_default, desk_that_promises, write};
use crate::support::desk::{Desk, Engine, both_engines};
use crate::support::person::Person;

/// So many questions and answers.
const ROUNDS: usize = 120;

/// What is said in a ticket, by whom.
#[derive(Clone, Copy)]
struct Said {
    ticket: TicketId,
    inbox: InboxId,
    author: Author,
}

async fn say(change: &mut Change, said: Said) -> Result<(), db::Error> {
    let workspace = change.workspace();
    let row = tickets::lock(change.tx(), workspace, said.ticket).await?.unwrap();
    let (id, at) = (change.next_id(), change.now());
    let text = "And another thing".to_owned();
    let message = NewMessage::plain(id, Channel::Chat, said.author, said.inbox, text, at);
    messages::add(change, row, &message).await?;
    Ok(())
}

/// How many statements it took.
async fn tell(desk: &Desk, said: Said) -> u64 {
    let before = desk.app.db.statements().get();
    let told: Result<(), db::Error> = desk
        .app
        .change(&desk.app.system(), said, |change, said| {
            say(change, *said).boxed()
        })
        .await;
    told.unwrap();
    desk.app.db.statements().get() - before
}

/// Who speaks in the only ticket: the customer, and an agent.
async fn voices(desk: &Desk, admin: &Person) -> (Said, Said) {
    let ticket = admin.only_ticket().await["ticket"].clone();
    let id = |name: &str| ticket[name].as_str().unwrap().to_owned();
    let customer: CustomerId = ticket["customer"]["id"]
        .as_str()
        .or_else(|| ticket["customer_id"].as_str())
        .unwrap()
        .parse()
        .unwrap();
    let agent: AgentId = desk.agent("Li Na").await.id;
    let by = |author| Said {
        ticket: id("id").parse().unwrap(),
        inbox: id("inbox_id").parse().unwrap(),
        author,
    };
    (by(Author::Customer(customer)), by(Author::Agent(agent)))
}

/// How many of the ticket's events would be read by the next message.
async fn unread(desk: &Desk, ticket: TicketId) -> i64 {
    let mut conn = desk.app.db.read().await.unwrap();
    let (count,): (i64,) = conn
        .sql(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE workspace_id = $1 AND ticket_id = $2
             AND seq > COALESCE((SELECT seq FROM sla_fold WHERE workspace_id = $1 AND ticket_id = $2), 0)",
        )
        .bind(desk.app.workspace)
        .bind(ticket)
        .one()
        .await
        .unwrap();
    count
}

/// The clocks as they are kept, and as the whole story tells them.
async fn kept_and_told(admin: &Person) -> (Vec<Value>, Vec<Value>) {
    let ticket = admin.only_ticket().await["ticket"].clone();
    let kept = ticket["sla"]["clocks"].as_array().unwrap().clone();
    let why = admin
        .get(&format!("/tickets/{}/sla", ticket["id"].as_str().unwrap()))
        .await;
    let told = why["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["current"] == true);
    let plain = |one: &Value| {
        let names = [
            "metric",
            "cycle",
            "state",
            "started_at",
            "due_at",
            "met_at",
            "breached_at",
            "remaining_s",
        ];
        names.iter().map(|name| one[*name].clone()).collect::<Value>()
    };
    (kept.iter().map(plain).collect(), told.map(plain).collect())
}

fn promised() -> Value {
    let level = |metric: &str, when: &str, value: i64| json!({ "metric": metric, "when": when, "value": value, "to": [] });
    json!({
        "first_response_s": 3600, "next_response_s": 1800, "resolution_s": 36_000,
        "levels": [level("next_response", "percent", 50), level("resolution", "percent", 10)],
    })
}

both_engines! {
    async fn the_work_of_a_message_does_not_grow_with_its_conversation(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, promised()).await;
        write(&desk, "1", "").await;
        let (customer, agent) = voices(&desk, &admin).await;
        let (mut statements, mut most_unread) = (Vec::new(), 0);
        for round in 0..ROUNDS {
            // Every tenth answer is late, so that steps fire in between.
            let minutes = if round % 10 == 9 { 40 } else { 3 };
            desk.advance(Length::minutes(1)).await;
            let asked = tell(&desk, customer).await;
            desk.advance(Length::minutes(minutes)).await;
            statements.push(asked + tell(&desk, agent).await);
            most_unread = most_unread.max(unread(&desk, customer.ticket).await);
        }
        println!("statements: {:?} … {:?}; most events to read: {most_unread}", &statements[..4], &statements[ROUNDS - 4..]);
        assert!(most_unread <= 40, "{most_unread} events would be read");
        let most = |some: &[u64]| some.iter().max().copied().unwrap();
        assert!(most(&statements[ROUNDS - 30..]) <= most(&statements[..30]) + 6, "{statements:?}");
        let (kept, told) = kept_and_told(&admin).await;
        assert_eq!(kept, told);
        // Each late answer once, and the solution, whatever was forgotten meanwhile.
        assert_eq!(breaches(&desk).await, i64::try_from(ROUNDS / 10).unwrap() + 1);
    }

    async fn a_long_story_is_told_anew_when_its_past_changes(desk: Desk) {
        let (admin, _outside) = desk_that_promises(&desk, promised()).await;
        write(&desk, "1", "").await;
        let (customer, agent) = voices(&desk, &admin).await;
        for _ in 0..20 {
            desk.advance(Length::minutes(1)).await;
            tell(&desk, customer).await;
            desk.advance(Length::minutes(5)).await;
            tell(&desk, agent).await;
        }
        assert_eq!(breaches(&desk).await, 0);
        // A minute would have been promised: every answer but the first, of which nothing is promised, was late.
        change_default(&desk, &admin, json!({ "next_response_s": 60 })).await;
        let (kept, told) = kept_and_told(&admin).await;
        assert_eq!(kept, told);
        assert_eq!(breaches(&desk).await, 19);
        change_default(&desk, &admin, json!({ "next_response_s": 1800 })).await;
        tell(&desk, customer).await;
        assert_eq!(standing(&desk).await, 0, "all were withdrawn");
        let (kept, told) = kept_and_told(&admin).await;
        assert_eq!(kept, told);
    }
}

async fn number(desk: &Desk, statement: &'static str) -> i64 {
    let mut conn = desk.app.db.read().await.unwrap();
    let (count,): (i64,) = conn.sql(statement).bind(desk.app.workspace).one().await.unwrap();
    count
}

async fn breaches(desk: &Desk) -> i64 {
    number(
        desk,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM sla_firing WHERE workspace_id = $1 AND kind = 'breach'",
    )
    .await
}

async fn standing(desk: &Desk) -> i64 {
    number(
        desk,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM sla_firing WHERE workspace_id = $1 AND withdrawn_at IS NULL",
    )
    .await
}

/// On SQLite changes that wait together share a commit, and the log is written at its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_one_commit_see_what_the_others_did_to_the_clocks() {
    let desk = Desk::start(Engine::Sqlite).await.unwrap();
    let (admin, _outside) = desk_that_promises(&desk, promised()).await;
    write(&desk, "1", "").await;
    let (customer, agent) = voices(&desk, &admin).await;
    tell(&desk, agent).await;
    // One change holds the writer until the others wait behind it.
    let (let_go, held) = (
        std::sync::Arc::new(tokio::sync::Notify::new()),
        std::sync::Arc::new(tokio::sync::Notify::new()),
    );
    let signals = (let_go.clone(), held.clone());
    let system = desk.app.system();
    let holder = desk.app.change(&system, signals, |_, (let_go, held)| {
        async move {
            held.notify_one();
            let_go.notified().await;
            Ok::<(), db::Error>(())
        }
        .boxed()
    });
    let story = async {
        held.notified().await;
        let asked = desk
            .app
            .change(&system, customer, |change, said| say(change, *said).boxed());
        let answered = desk
            .app
            .change(&system, agent, |change, said| say(change, *said).boxed());
        let asked_again = desk
            .app
            .change(&system, customer, |change, said| say(change, *said).boxed());
        let release = async { let_go.notify_one() };
        tokio::join!(biased; asked, answered, asked_again, release)
    };
    let (held, (asked, answered, again, ())) = tokio::join!(holder, story);
    let all: [Result<(), db::Error>; 4] = [held, asked, answered, again];
    for one in all {
        one.unwrap();
    }
    let (kept, told) = kept_and_told(&admin).await;
    assert_eq!(kept, told);
    let next = told.iter().find(|one| one[0] == "next_response").unwrap();
    assert_eq!((&next[1], &next[2]), (&json!(2), &json!("running")), "{next}");
    desk.stop().await;
}
