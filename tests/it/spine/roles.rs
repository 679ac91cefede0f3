//! What a migration gives to roles that were made before it.

use futures_util::FutureExt;
use serde_json::{Value, json};
use shouwen::db;

use crate::support::desk::{Desk, both_engines};
use crate::support::person::Person;

const MIGRATION: &str = include_str!("../../../migrations/0015_mailproof.sql");

async fn run(desk: &Desk, statements: Vec<&'static str>) {
    let done: Result<(), db::Error> = desk
        .app
        .change(&desk.app.system(), statements, |change, statements| {
            async move {
                for statement in statements {
                    change.tx().sql(statement).run().await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await;
    done.unwrap();
}

async fn permissions(admin: &Person, key: &str) -> Value {
    let roles = admin.get("/roles").await;
    let all = roles["items"].as_array().unwrap();
    all.iter().find(|role| role["key"] == key).unwrap()["permissions"].clone()
}

both_engines! {
    async fn supervisors_of_before_may_see_and_recover_mail(desk: Desk) {
        let admin = desk.administrator().await;
        let agents = permissions(&admin, "agent").await;
        run(&desk, vec!["UPDATE role SET permissions = '[\"ticket.read\",\"board.read\"]' WHERE key = 'supervisor'"]).await;
        let later: Vec<&str> = MIGRATION.split(';').filter(|statement| statement.contains("UPDATE role")).collect();
        assert_eq!(later.len(), 2);
        for _ in 0..2 {
            run(&desk, later.clone()).await;
            let mut now: Vec<String> = serde_json::from_value(permissions(&admin, "supervisor").await).unwrap();
            now.sort();
            assert_eq!(now, ["board.read", "mail.read", "mail.recover", "ticket.read"]);
        }
        assert_eq!(permissions(&admin, "agent").await, agents, "nobody else does");
        run(&desk, vec!["UPDATE role SET permissions = '[]' WHERE key = 'supervisor'"]).await;
        run(&desk, later).await;
        assert_eq!(permissions(&admin, "supervisor").await, json!([]), "who may nothing, may nothing");
    }
}
