//! `scripts/setup` on a machine that lacks the tests' programs, by somebody who may not install them: the one line to
//! run, and nothing was tried.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// What a machine has before anything was installed for us.
const BARE: [&str; 8] = ["cut", "dirname", "head", "paste", "printf", "sort", "tr", "cmp"];

fn program(folder: &Path, name: &str, words: &str) {
    let file = folder.join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{words}\n")).unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Sets up for the tests with nothing on the path but a bare system, Rust, Node.js and a C compiler.
fn set_up(folder: &Path) -> Output {
    for name in BARE {
        let found = ["/usr/bin", "/bin"].map(|place| Path::new(place).join(name));
        let found = found.iter().find(|file| file.exists()).unwrap();
        std::os::unix::fs::symlink(found, folder.join(name)).unwrap();
    }
    program(folder, "cargo", "echo cargo 1.99.0");
    program(folder, "node", "echo v24.0.0");
    for name in ["npm", "cc"] {
        program(folder, name, "exit 1");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/setup");
    let mut command = Command::new("/bin/bash");
    command.arg(script).arg("test").env_clear().env("PATH", folder);
    command.output().unwrap()
}

#[test]
fn whoever_may_not_install_is_given_the_one_line() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "id", "echo 1000");
    program(folder.path(), "apt-get", "touch \"$0.was-called\"");
    let ended = set_up(folder.path());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("apt-get")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(
        lines[0]
            .trim()
            .starts_with("sudo sh -c 'apt-get update && apt-get install -y"),
        "{said}"
    );
    for package in ["redis-server", "strace", "swaks", "libnet-ssleay-perl"] {
        assert!(lines[0].contains(package), "{package}: {said}");
    }
    assert!(
        !folder.path().join("apt-get.was-called").exists(),
        "nothing was tried"
    );
}

#[test]
fn where_packages_have_other_names_they_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "id", "echo 1000");
    let ended = set_up(folder.path());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains("redis-server") && said.contains("tools of your system"),
        "{said}"
    );
}
