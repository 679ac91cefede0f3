//! Private PostgreSQL, Redis and Dovecot for the tests: started on first use, on free ports of the loopback,
//! in temporary folders, one of each per test process; gone with the process, however it ends.
//!
//! Where the programs are not installed, the functions here return `None` and say so past the capture of
//! the test runner; with `CI` or `SHOUWEN_TEST_ALL` set that is a failure instead.
mod dovecot;
mod kept;
mod postgres;
mod redis;

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub(crate) use dovecot::Dovecot;
pub(crate) use postgres::Postgres;
pub(crate) use redis::Redis;

/// The PostgreSQL that all stories share, or the one at `TEST_POSTGRES_URL` (a superuser's URL).
pub(crate) fn postgres() -> Option<&'static Postgres> {
    static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
    SHARED
        .get_or_init(|| Postgres::at_test_url().or_else(|| Postgres::start(&["fsync=off"])))
        .as_ref()
}

/// The Redis that all stories share. A story that kills it starts its own: [`Redis::start`].
pub(crate) fn redis() -> Option<&'static Redis> {
    static SHARED: OnceLock<Option<Redis>> = OnceLock::new();
    SHARED.get_or_init(Redis::start).as_ref()
}

/// The Dovecot that all stories share: give each story users of its own, any name exists.
pub(crate) fn dovecot() -> Option<&'static Dovecot> {
    static SHARED: OnceLock<Option<Dovecot>> = OnceLock::new();
    SHARED.get_or_init(Dovecot::start).as_ref()
}

/// Another program that a story needs, or `None` where it is not installed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let found = installed(name, None);
    if found.is_none() {
        missing(name);
    }
    found
}

/// Waits for what another process does, a minute at most.
pub(crate) fn eventually(question: impl Fn() -> bool) {
    assert!(kept::comes_true(question), "it did not come true in time");
}

/// Where `program` is: in `folder` if given there, else on the path or among the system's programs.
fn installed(program: &str, folder: Option<&Path>) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let system = [PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")];
    folder
        .map(Path::to_path_buf)
        .into_iter()
        .chain(env::split_paths(&path))
        .chain(system)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Says that the stories of `server` (or of another program) are left out, or refuses to leave them out.
pub(crate) fn missing(server: &str) {
    let required = env::var_os("CI").is_some() || env::var_os("SHOUWEN_TEST_ALL").is_some();
    assert!(!required, "{server} is not installed: run scripts/setup test");
    // eprintln! would be swallowed with the output of a passing test.
    let words =
        format!("\n#### {server} is not installed, ITS STORIES ARE SKIPPED: run scripts/setup test ####\n");
    std::io::stderr()
        .write_all(words.as_bytes())
        .expect("stderr can be written");
}
