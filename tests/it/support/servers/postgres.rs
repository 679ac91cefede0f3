//! A private PostgreSQL, and fresh databases in it: migrated once into a template, cloned for each story.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use url::Url;

use super::kept::{self, Kept};
use super::{installed, missing};

const TEMPLATE: &str = "template";

pub(crate) struct Postgres {
    /// A superuser's URL of the database `postgres`.
    url: Url,
    programs: PathBuf,
    /// The server itself, or for somebody else's server just the keeper, who tidies up in it at the end.
    server: Kept,
    template: Mutex<Option<String>>,
    databases: AtomicU32,
}

impl Postgres {
    /// One of your own, stopped when it is dropped. `settings` as in `postgresql.conf`: without
    /// `"fsync=off"` it is as durable as in production, and slower.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        let programs = programs()?;
        let folder = kept::folder("postgres");
        let data = folder.join("data");
        initialise(&programs, &data);
        let port = kept::free_port();
        let own = [format!("port={port}"), "listen_addresses=127.0.0.1".to_owned()];
        let fixed = [
            "unix_socket_directories=",
            "max_connections=200",
            "logging_collector=off",
        ];
        let settings = own
            .iter()
            .map(String::as_str)
            .chain(fixed)
            .chain(settings.iter().copied());
        let mut command = as_postgres();
        command.extend([programs.join("postgres"), "-D".into(), data].map(|part| part.display().to_string()));
        command.extend(settings.flat_map(|setting| ["-c".to_owned(), setting.to_owned()]));
        // QUIT: end at once, without a checkpoint, as a crash would.
        let server = Kept::start(folder, "QUIT", &command);
        let url = Url::parse(&format!("postgres://postgres@127.0.0.1:{port}/postgres")).expect("it is a URL");
        let postgres = Self::with(url, programs, server);
        postgres.wait();
        Some(postgres)
    }

    /// The server that `TEST_POSTGRES_URL` names, if it is set. Our databases in it are dropped at the end.
    pub(super) fn at_test_url() -> Option<Self> {
        let url = std::env::var("TEST_POSTGRES_URL").ok()?;
        let url = Url::parse(&url).expect("TEST_POSTGRES_URL is a URL");
        let programs = programs()?;
        let folder = kept::folder("postgres");
        fs::write(
            folder.join("at-end"),
            drop_databases(&programs.join("psql"), &url),
        )
        .expect("it is ours");
        let server = Kept::start(folder, "KILL", &["sleep", "infinity"].map(str::to_owned));
        Some(Self::with(url, programs, server))
    }

    /// The URL of a new database: a clone of what `migrate` made of an empty one, the first time. `migrate`
    /// gets that one's URL on a thread of its own, so it may block on a runtime of its own; it closes its
    /// connections. All callers mean the same migrations.
    pub(crate) fn create_database(&self, migrate: impl FnOnce(&str) + Send) -> String {
        let template = {
            let mut template = self.template.lock().unwrap_or_else(PoisonError::into_inner);
            template
                .get_or_insert_with(|| self.create_template(migrate))
                .clone()
        };
        let name = self.next_name();
        self.execute(&format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}""#));
        self.url_of(&name)
    }

    /// The URL of a new database with nothing in it.
    pub(crate) fn create_empty_database(&self) -> String {
        let name = self.next_name();
        self.execute(&format!(r#"CREATE DATABASE "{name}" TEMPLATE template0"#));
        self.url_of(&name)
    }

    /// A database whose order of words is that of a dictionary.
    pub(crate) fn create_database_like_people(&self) -> String {
        let name = self.next_name();
        self.execute(&format!(
            r#"CREATE DATABASE "{name}" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C' ENCODING 'UTF8'"#
        ));
        self.url_of(&name)
    }

    /// As if its machine lost power. Never on the shared one: the other stories run at the same time.
    pub(crate) fn kill(&self) {
        self.server.kill();
    }

    /// Back on the same port; returns when it answers.
    pub(crate) fn restart(&self) {
        self.server.start_again();
        self.wait();
    }

    fn with(url: Url, programs: PathBuf, server: Kept) -> Self {
        Self {
            url,
            programs,
            server,
            template: Mutex::new(None),
            databases: AtomicU32::new(0),
        }
    }

    fn create_template(&self, migrate: impl FnOnce(&str) + Send) -> String {
        let name = format!("{}{TEMPLATE}", prefix());
        self.execute(&format!(r#"CREATE DATABASE "{name}" TEMPLATE template0"#));
        let url = self.url_of(&name);
        thread::scope(|scope| scope.spawn(|| migrate(&url)).join()).expect("the template can be migrated");
        // A database that somebody is connected to cannot be cloned.
        self.execute(&format!(r#"ALTER DATABASE "{name}" ALLOW_CONNECTIONS false"#));
        self.execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
        name
    }

    fn next_name(&self) -> String {
        format!("{}{}", prefix(), self.databases.fetch_add(1, Ordering::Relaxed))
    }

    fn url_of(&self, database: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(database);
        url.into()
    }

    fn execute(&self, sql: &str) {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, self.url.as_str()])
            .output()
            .expect("psql starts");
        assert!(
            output.status.success(),
            "{sql}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn wait(&self) {
        let ready = || {
            let status = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-d", self.url.as_str()])
                .status()
                .expect("pg_isready starts");
            status.success()
        };
        self.server.wait_until(ready);
    }
}

/// Debian keeps the server's programs off the path, in one folder for each version: the newest.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .map(|version| version.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .max_by_key(|folder| version_of(folder));
    let found = installed("initdb", newest.as_deref());
    if found.is_none() {
        missing("PostgreSQL");
    }
    found.and_then(|initdb| initdb.parent().map(Path::to_path_buf))
}

fn version_of(programs: &Path) -> Option<u32> {
    programs.parent()?.file_name()?.to_str()?.parse().ok()
}

/// PostgreSQL refuses to run as root: then the words that make it run as its own user.
fn as_postgres() -> Vec<String> {
    if !kept::we_are_root() {
        return Vec::new();
    }
    ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        .map(str::to_owned)
        .to_vec()
}

fn initialise(programs: &Path, data: &Path) {
    fs::create_dir(data).expect("the folder is ours");
    if kept::we_are_root() {
        let (user, group) = postgres_user();
        chown(data, Some(user), Some(group)).expect("root may give a folder away");
    }
    let mut words = as_postgres();
    words.push(programs.join("initdb").display().to_string());
    words.extend(["--auth=trust", "--username=postgres", "--encoding=UTF8"].map(str::to_owned));
    words.extend(["--locale=C.UTF-8", "--no-sync", "-D"].map(str::to_owned));
    let output = Command::new(&words[0])
        .args(&words[1..])
        .arg(data)
        .output()
        .expect("initdb starts");
    assert!(
        output.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// User and group number of the user `postgres`, which the Debian package makes.
fn postgres_user() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("there is a list of users");
    let line = users
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .expect("there is a user postgres");
    let mut numbers = line
        .split(':')
        .skip(2)
        .map(|field| field.parse().expect("it is a number"));
    (
        numbers.next().expect("a user number"),
        numbers.next().expect("a group number"),
    )
}

/// A shell script that drops what [`Postgres::next_name`] named.
fn drop_databases(psql: &Path, url: &Url) -> String {
    let psql = psql.display();
    let ours = prefix();
    format!(
        "'{psql}' -X -q '{url}' <<'SQL'\n\
         SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database\n\
         WHERE starts_with(datname, '{ours}') \\gexec\n\
         SQL\n"
    )
}

/// Ours, among the databases of a server that may be somebody else's.
fn prefix() -> String {
    format!("shouwen_test_{}_", std::process::id())
}
