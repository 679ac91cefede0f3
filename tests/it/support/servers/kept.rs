//! A server process that cannot outlive the tests. A shell starts it and holds the reading end of a pipe
//! whose writing end only the test process has: whatever ends the tests, the pipe ends too, and the shell
//! stops the server and removes its folder. No signal handler, no unsafe code, no stale process ids.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Arguments: folder, signal that stops the server at once, then the server's command. A script `at-end` in
/// the folder runs after the server.
const KEEPER: &str = r#"
folder=$1 signal=$2; shift 2
start() { "$@" </dev/null >>"$folder/output.log" 2>&1 & child=$!; }
stop() { kill -s "$signal" "$child" 2>/dev/null; wait "$child" 2>/dev/null; }
start "$@"
while read -r word; do
    case $word in
        kill) stop ;;
        start) start "$@" ;;
    esac
    echo "$word"
done
stop
[ ! -f "$folder/at-end" ] || sh "$folder/at-end"
rm -rf "$folder"
"#;

/// How long a server may take until it answers. Two busy cores need a few seconds at most.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) struct Kept {
    folder: PathBuf,
    keeper: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Kept {
    /// Runs `command`, whose first word is the program, and stops it with `signal` ("KILL", "QUIT", …).
    pub(super) fn place(&self) -> &Path {
        &self.folder
    }

    /// `folder` becomes the keeper's to remove.
    pub(super) fn start(folder: PathBuf, signal: &str, command: &[String]) -> Self {
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .arg(signal)
            .args(command)
            .current_dir(&folder)
            // Ctrl-C ends the tests, and only through them the servers.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts");
        let input = keeper.stdin.take().expect("stdin is piped");
        let output = BufReader::new(keeper.stdout.take().expect("stdout is piped"));
        Self {
            folder,
            keeper,
            pipes: Mutex::new(Some((input, output))),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Kills the server; returns when it is gone.
    pub(super) fn kill(&self) {
        self.tell("kill");
    }

    /// Starts the server again after [`Kept::kill`]; returns before it answers.
    pub(super) fn start_again(&self) {
        self.tell("start");
    }

    /// Returns when `answers` is true, or fails with what the server had to say.
    pub(super) fn wait_until(&self, answers: impl Fn() -> bool) {
        if !comes_true(answers) {
            let said = fs::read_to_string(self.folder.join("output.log")).unwrap_or_default();
            panic!("a server does not answer after {PATIENCE:?}: {said}");
        }
    }

    fn tell(&self, word: &str) {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let (input, output) = pipes.as_mut().expect("the pipes live as long as this");
        writeln!(input, "{word}").expect("the keeper reads");
        let mut echo = String::new();
        output.read_line(&mut echo).expect("the keeper answers");
        assert_eq!(echo.trim_end(), word, "the keeper is gone");
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // Closes the pipe, which is the word to finish.
        self.pipes
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // The keeper is our own child: that it cannot be waited for is not worth a second panic.
        let _ = self.keeper.wait();
    }
}

/// Asks until the answer is true: what other processes do has no clock that we could turn. False when
/// [`PATIENCE`] ends.
pub(super) fn comes_true(question: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if question() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

/// A temporary folder that servers running as another user can reach.
pub(super) fn folder(server: &str) -> PathBuf {
    let folder = tempfile::Builder::new()
        .prefix(&format!("shouwen-{server}-"))
        .tempdir()
        .expect("a temporary folder can be made")
        .keep();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

/// A port of the loopback that nobody listened on a moment ago.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

pub(super) fn we_are_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
