//! How stories of the API get their callers from a desk: all of them came in by the front door.

use serde_json::{Value, json};

use super::caller::Caller;
use crate::support::desk::Desk;

pub(crate) const ADMIN_EMAIL: &str = "wang.fang@shop.example";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) trait Office {
    /// Somebody who has not signed in.
    fn nobody(&self) -> Caller;
    /// Sets the desk up; its first administrator.
    async fn set_up(&self) -> Caller;
    async fn sign_in(&self, email: &str, password: &str) -> Caller;
    /// What waits to be done: the payloads of the jobs of this kind, the oldest first.
    async fn jobs(&self, kind: &str) -> Vec<Value>;
}

impl Office for Desk {
    fn nobody(&self) -> Caller {
        Caller::new(&self.url())
    }

    async fn set_up(&self) -> Caller {
        let caller = self.nobody();
        let body = json!({
            "token": self.app.setup_token.offer(), "workspace_name": "灯与茶", "name": "王芳",
            "email": ADMIN_EMAIL, "password": PASSWORD, "locale": "zh",
        });
        caller.post("/setup", body).await.expect(201);
        caller
    }

    async fn sign_in(&self, email: &str, password: &str) -> Caller {
        let caller = self.nobody();
        let body = json!({ "email": email, "password": password });
        caller.post("/session", body).await.ok();
        caller
    }

    async fn jobs(&self, kind: &str) -> Vec<Value> {
        let mut conn = self.app.db.read().await.unwrap();
        let query = conn
            .sql("SELECT payload FROM job WHERE kind = $1 ORDER BY created_at, id")
            .bind(kind);
        let rows: Vec<(String,)> = query.all().await.unwrap();
        rows.iter()
            .map(|(text,)| serde_json::from_str(text).unwrap())
            .collect()
    }
}

impl Caller {
    /// The id of a built-in role, asked by an administrator.
    pub(crate) async fn role(&self, key: &str) -> String {
        let roles = self.get("/roles").await.ok();
        let found = roles["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|role| role["key"] == key);
        id(found.unwrap())
    }

    /// A new agent with the built-in role of this key, signed in.
    pub(crate) async fn hire(&self, desk: &Desk, role: &str, name: &str) -> Caller {
        self.hire_in_role(desk, &self.role(role).await, name).await
    }

    pub(crate) async fn hire_in_role(&self, desk: &Desk, role_id: &str, name: &str) -> Caller {
        let email = address_of(name);
        let body = json!({
            "name": name, "email": email, "role_id": role_id, "locale": "en", "password": PASSWORD,
        });
        self.post("/agents", body).await.expect(201);
        desk.sign_in(&email, PASSWORD).await
    }

    /// A program with an API key of these scopes.
    pub(crate) async fn make_key(&self, desk: &Desk, scopes: &[&str]) -> Caller {
        let body = json!({ "name": scopes.join(" "), "scopes": scopes });
        let key = self.post("/api-keys", body).await.expect(201);
        desk.nobody().with_key(key["key"].as_str().unwrap())
    }

    /// The caller's own id as an agent.
    pub(crate) async fn agent_id(&self) -> String {
        id(&self.get("/me").await.ok()["agent"])
    }
}

pub(crate) fn address_of(name: &str) -> String {
    format!("{}@shop.example", name.to_lowercase().replace(' ', "."))
}

pub(crate) fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}
