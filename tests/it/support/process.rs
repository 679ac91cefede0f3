//! The program itself in a process of its own, that can be killed and started again on its folder and ports.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use shouwen::db::{Db, Options};

use super::desk::postgres_database;
use super::servers;

/// With this set what the program logs is kept for the story; else it goes where the story's own words go.
pub(crate) const AS_JSON: &str = "log.format=json";
const LOG: &str = "program.log";

pub(crate) struct Program {
    child: Child,
    /// Held open: the program ends when there is nobody to tell.
    output: BufReader<ChildStdout>,
    folder: Arc<tempfile::TempDir>,
    disk: Disk,
    part: Part,
    /// Keys of the configuration, as on the command line.
    sets: Vec<String>,
    pub(crate) http: SocketAddr,
    pub(crate) smtp: SocketAddr,
}

/// What the data folder lies on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Disk {
    /// Where temporary files lie.
    Usual,
    /// A file system of so many MiB that only the program sees.
    Small(u32),
}

/// What of the server runs in the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    /// It listens, and leaves jobs and timers to others.
    Doors,
    /// It does jobs and timers, and listens to nobody.
    Workers,
}

impl Part {
    fn command(self) -> &'static [&'static str] {
        match self {
            Self::All => &["serve"],
            Self::Doors => &["serve", "--no-workers"],
            Self::Workers => &["work"],
        }
    }

    /// How the line begins that says that it runs.
    fn ready(self) -> &'static str {
        if self == Self::Workers {
            "working"
        } else {
            "listening "
        }
    }
}

/// Whether [`Disk::Small`] can be had: a mount of one's own needs the rights of the kernel, or its user namespaces.
pub(crate) fn has_small_disks() -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "true"])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

impl Program {
    /// Starts on an empty folder; the session cookie of the first administrator comes with it.
    pub(crate) async fn start() -> (Self, String) {
        Self::start_on(Disk::Usual).await
    }

    pub(crate) async fn start_on(disk: Disk) -> (Self, String) {
        Self::spawn(disk, fresh_folder(), Part::All, Vec::new())
            .set_up()
            .await
    }

    /// As [`Program::start`], with keys of the configuration set.
    pub(crate) async fn start_with(part: Part, sets: &[String]) -> (Self, String) {
        Self::spawn(Disk::Usual, fresh_folder(), part, sets.to_vec())
            .set_up()
            .await
    }

    /// One more process of a desk that is set up, with a folder of its own: `sets` say what it shares.
    pub(crate) fn join(part: Part, sets: &[String]) -> Self {
        let mut program = Self::spawn(Disk::Usual, fresh_folder(), part, sets.to_vec());
        program.wait_for(part.ready());
        program
    }

    async fn set_up(self) -> (Self, String) {
        let mut program = self;
        let http = program.http;
        let line = program.wait_for("setup ");
        let token = line.split("token=").nth(1).unwrap().trim().to_owned();
        let body = json!({ "token": token, "workspace_name": "Shop", "name": "Ada", "email": "ada@desk.example",
            "password": "a long enough passphrase", "locale": "en" });
        let url = format!("http://{http}/api/v1/setup");
        let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (program, cookie)
    }

    /// Starts on the folder of a desk that is set up.
    pub(crate) fn start_in(folder: Arc<tempfile::TempDir>, sets: &[String]) -> Self {
        let mut program = Self::spawn(Disk::Usual, folder, Part::All, sets.to_vec());
        program.wait_for("listening ");
        program
    }

    fn spawn(disk: Disk, folder: Arc<tempfile::TempDir>, part: Part, sets: Vec<String>) -> Self {
        shouwen::serve::install_tls_provider();
        let (http, smtp) = (free_port(), free_port());
        let (child, output) = spawn(disk, &folder, part, &sets, (http, smtp));
        Self {
            child,
            output,
            folder,
            disk,
            part,
            sets,
            http,
            smtp,
        }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn wait_for(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the program ended");
            if line.starts_with(start) {
                return line;
            }
        }
    }

    /// SIGKILL: nothing of the program runs any more.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: the program stops in order. Whether it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        self.terminate();
        self.ended_well()
    }

    /// Waits for the end. Whether it was a good one.
    pub(crate) fn ended_well(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// SIGTERM, without waiting.
    pub(crate) fn terminate(&self) {
        let pid = self.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// The most memory that the program ever had, in MiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let kibibytes = line.split_whitespace().nth(1).unwrap();
        kibibytes.parse::<u64>().unwrap() / 1024
    }

    /// What it logged so far, when [`AS_JSON`] is set.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(LOG)).unwrap()
    }

    /// Starts again on the same folder and ports.
    pub(crate) fn start_again(&mut self) {
        let places = (self.http, self.smtp);
        (self.child, self.output) = spawn(self.disk, &self.folder, self.part, &self.sets, places);
        self.wait_for(self.part.ready());
    }

    /// The program's rows, to be read while it runs.
    pub(crate) async fn rows(&self) -> Db {
        let url = self.sets.iter().find_map(|set| set.strip_prefix("database.url="));
        let options = Options {
            url: url.map(ToOwned::to_owned),
            connections: 2,
        };
        Db::open_as_it_is(&options, self.folder.path()).await.unwrap()
    }

    /// Where the embedded database is.
    pub(crate) fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("shouwen.db")
    }

    /// The data folder as the running program sees it.
    pub(crate) fn seen_folder(&self) -> std::path::PathBuf {
        let root = std::path::PathBuf::from(format!("/proc/{}/root", self.child.id()));
        root.join(self.folder.path().strip_prefix("/").unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs one of the program's commands to its end.
pub(crate) async fn run(words: &[&str]) -> std::process::Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_shouwen"));
    command.args(words).kill_on_drop(true).output().await.unwrap()
}

/// The program's command, which becomes the program itself: its process is the one that was started.
fn command(disk: Disk, folder: &tempfile::TempDir) -> Command {
    let program = env!("CARGO_BIN_EXE_shouwen");
    let Disk::Small(mebibytes) = disk else {
        return Command::new(program);
    };
    let mut command = Command::new("unshare");
    let mount = format!("mount -t tmpfs -o size={mebibytes}m small \"$0\" && exec \"$@\"");
    command
        .args(["-rm", "sh", "-c", &mount])
        .arg(folder.path())
        .arg(program);
    command
}

fn spawn(
    disk: Disk,
    folder: &tempfile::TempDir,
    part: Part,
    sets: &[String],
    (http, smtp): (SocketAddr, SocketAddr),
) -> (Child, BufReader<ChildStdout>) {
    let mut child = command(disk, folder)
        .args(part.command())
        .args(["--set", &format!("data.folder={}", folder.path().display())])
        .args([
            "--set",
            &format!("http.listen={http}"),
            "--set",
            &format!("smtp.listen={smtp}"),
        ])
        .args(["--set", "workers.grace_seconds=10", "--set", "log.level=error"])
        .args(["--set", "http.drain_seconds=0"])
        .args(sets.iter().flat_map(|set| ["--set", set]))
        .stdout(Stdio::piped())
        .stderr(log_of(folder, sets))
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, output)
}

fn log_of(folder: &tempfile::TempDir, sets: &[String]) -> Stdio {
    if !sets.iter().any(|set| set == AS_JSON) {
        return Stdio::inherit();
    }
    let mut file = std::fs::File::options();
    Stdio::from(
        file.create(true)
            .append(true)
            .open(folder.path().join(LOG))
            .unwrap(),
    )
}

fn fresh_folder() -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What several processes of one desk share: a PostgreSQL, a Redis, and the key of their secrets. `None` where the
/// programs are not installed.
pub(crate) async fn shared_by_servers() -> Option<Vec<String>> {
    let (url, redis) = (postgres_database().await?, servers::redis()?);
    Some(vec![
        format!("database.url={url}"),
        format!("bus.redis_url={}", redis.url),
        format!("secrets.key={}", shouwen::blobs::hash(url.as_bytes())),
    ])
}

/// A caller that is not surprised when the program is away: `None` then.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) url: String,
    pub(crate) cookie: String,
    client: reqwest::Client,
}

impl Caller {
    pub(crate) fn new(http: SocketAddr, cookie: String) -> Self {
        let client = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(10))
            .build()
            .unwrap();
        Self {
            url: format!("http://{http}"),
            cookie,
            client,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Option<Value> {
        let request = self
            .client
            .get(format!("{}/api/v1{path}", self.url))
            .header("cookie", &self.cookie);
        let answer = request.send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.json().await.ok()
    }

    /// The status and the body, when there is an answer at all.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self
            .client
            .post(format!("{}/api/v1{path}", self.url))
            .header("cookie", &self.cookie);
        let answer = request.json(body).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }
}
