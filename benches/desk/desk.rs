//! A server in a process of its own on an empty folder, set up through its own API.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

pub(crate) struct Desk {
    process: Child,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) http: String,
    pub(crate) smtp: String,
    pub(crate) client: reqwest::Client,
    pub(crate) cookie: String,
}

const PASSWORD: &str = "a long enough passphrase";

impl Desk {
    pub(crate) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), true).await
    }

    /// Starts on a folder; `fresh` makes the first administrator, else signs in as the one that is there.
    pub(crate) async fn start_in(folder: tempfile::TempDir, fresh: bool) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_shouwen"))
            .args([
                "serve",
                "--set",
                "http.listen=127.0.0.1:0",
                "--set",
                "smtp.listen=127.0.0.1:0",
            ])
            .args(["--set", "log.level=error", "--set"])
            .arg(format!("data.folder={}", folder.path().display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (mut http, mut smtp, mut token) = (None, None, None);
        for line in lines.map_while(Result::ok) {
            for word in line.split_whitespace() {
                if let Some(url) = word.strip_prefix("http=") {
                    http = Some(url.to_owned());
                } else if let Some(address) = word.strip_prefix("smtp=") {
                    smtp = Some(address.to_owned());
                } else if let Some((_, value)) = word.split_once("token=") {
                    token = Some(value.to_owned());
                }
            }
            if http.is_some() && (token.is_some() || !fresh) {
                break;
            }
        }
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(64)
            .build()
            .unwrap();
        let mut desk = Self {
            process,
            folder,
            http: http.unwrap(),
            smtp: smtp.unwrap_or_default(),
            client,
            cookie: String::new(),
        };
        desk.sign_in(token.filter(|_| fresh)).await;
        desk
    }

    async fn sign_in(&mut self, token: Option<String>) {
        let (path, body) = match token {
            Some(token) => (
                "setup",
                json!({ "token": token, "workspace_name": "Bench", "name": "Bench", "email": "bench@desk.example",
                        "password": PASSWORD, "locale": "en" }),
            ),
            None => (
                "session",
                json!({ "email": "bench@desk.example", "password": PASSWORD }),
            ),
        };
        let answer = self
            .client
            .post(format!("{}/api/v1/{path}", self.http))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/api/v1{path}", self.http);
        let answer = self
            .client
            .post(url)
            .header("cookie", &self.cookie)
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let url = format!("{}{path}", self.http);
        let answer = self
            .client
            .get(url)
            .header("cookie", &self.cookie)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    /// A number of `/metrics`.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let text = self.get("/metrics").await;
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
            .unwrap_or_default()
    }

    /// Resident memory in MiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    pub(crate) fn database(&self) -> String {
        format!(
            "sqlite://{}?mode=ro",
            self.folder.path().join("shouwen.db").display()
        )
    }

    /// Stops the server and gives its folder back.
    pub(crate) fn stop(mut self) -> tempfile::TempDir {
        let _ = self.process.kill();
        let _ = self.process.wait();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
