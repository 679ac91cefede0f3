//! Who may use whom: each room of the server uses rooms below it, and of its neighbours only what is named here.

use std::collections::BTreeSet;

use syn::UseTree;
use syn::visit::{self, Visit};

use super::source::{Source, server, under};

/// The rooms, from the ground up. A room uses what stands below it.
const FLOORS: &[&[&str]] = &[
    // What knows nothing of the desk.
    &["clock", "network", "secrets", "supervisor"],
    &[
        "config",
        "db",
        "fetch",
        "health",
        "metrics",
        "passwords",
        "setup_token",
    ],
    &["blobs", "log", "phone", "store", "telemetry"],
    // What everything above is handed; it is built of all of these.
    &["app"],
    &["actions"],
    &["housekeeping", "intake", "sending", "webhooks"],
    &["feed", "http", "jobs", "timers"],
    &["workers"],
    &["archive", "demo", "serve"],
    &["cli"],
];

/// `(who, whom, why)`, where somebody uses a neighbour or a room above.
const NEIGHBOURS: &[(&str, &str, &str)] = &[
    (
        "intake",
        "sending",
        "opens the sealed passwords of mailboxes as sending does",
    ),
    (
        "app",
        "actions",
        "opening the desk makes its workspace, which is an action",
    ),
    (
        "app",
        "feed",
        "holds the hub of open sockets, which lives as long as it",
    ),
    (
        "app",
        "sending",
        "holds the connections to mail servers, which live as long as it",
    ),
    (
        "sending",
        "intake",
        "writes the tokens of threads that intake reads",
    ),
    ("phone", "app", "adds the country's telephone numbers to App"),
    (
        "metrics",
        "app",
        "reads the numbers of the parts when it is asked",
    ),
    ("housekeeping", "jobs", "says how a job ended"),
    ("intake", "jobs", "says how a job ended"),
    ("sending", "jobs", "says how a job ended"),
    ("webhooks", "jobs", "says how a job ended"),
    ("jobs", "timers", "the stepper of tests runs both"),
    ("timers", "jobs", "a timer that is due enqueues a job"),
    (
        "feed",
        "http",
        "a socket is opened by HTTP, and shows what HTTP shows",
    ),
    ("http", "feed", "the router has the sockets' routes"),
    ("http", "jobs", "counts the jobs that were given up"),
];

/// Who may use the crate of channels; the rest of the server hears of them as rows.
const USES_CHANNELS: &[(&str, &str)] = &[
    ("intake", "reads what came in"),
    ("sending", "writes what goes out"),
    ("jobs", "is when both happen"),
    ("phone", "reads telephone numbers"),
    ("config", "checks the country of telephone numbers"),
    ("serve", "opens the listeners of mail"),
    ("app", "holds what looks up names, for whoever asks DNS"),
    (
        "actions/sla/feed.rs",
        "reads holidays from an administrator's file or feed",
    ),
    (
        "actions/inbox_test.rs",
        "tries the servers of a mailbox for whoever sets it up",
    ),
    ("cli", "hands mail over from the command line"),
    ("demo", "stands in for the world of mail"),
];

/// Who may know of axum.
const USES_AXUM: &[&str] = &["demo", "feed", "http", "serve"];

#[test]
fn every_room_uses_only_what_stands_below_it() {
    let mut wrong = Vec::new();
    for source in server() {
        let room = room(&source.path);
        for used in used(source, "crate") {
            if !may_use(room, &used) {
                wrong.push(format!("{} uses crate::{used}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "see FLOORS and NEIGHBOURS in this file:\n{}",
        wrong.join("\n")
    );
}

fn may_use(room: &str, used: &str) -> bool {
    let floor = |name: &str| FLOORS.iter().position(|rooms| rooms.contains(&name));
    let known = NEIGHBOURS
        .iter()
        .any(|(who, whom, _)| (*who, *whom) == (room, used));
    match (floor(room), floor(used)) {
        _ if room == used || known => true,
        // lib.rs and main.rs stand above all.
        (None, Some(_)) => matches!(room, "lib" | "main"),
        (Some(room), Some(used)) => used < room,
        (_, None) => false,
    }
}

#[test]
fn channels_are_used_only_where_something_comes_in_or_goes_out() {
    let wrong: Vec<&str> = users("shouwen_channels")
        .filter(|path| {
            !USES_CHANNELS
                .iter()
                .any(|(who, _)| *who == room(path) || path.ends_with(who))
        })
        .collect();
    assert!(wrong.is_empty(), "these use shouwen_channels: {wrong:?}");
}

#[test]
fn axum_is_used_only_where_http_is_spoken() {
    let wrong: Vec<&str> = users("axum")
        .filter(|path| !USES_AXUM.contains(&room(path)))
        .collect();
    assert!(wrong.is_empty(), "these use axum: {wrong:?}");
}

#[test]
fn actions_and_what_is_below_them_know_nothing_of_the_web() {
    for name in ["http", "tower", "tower_http", "utoipa_axum"] {
        let wrong: Vec<&str> = users(name)
            .filter(|path| matches!(room(path), "actions" | "store" | "log" | "db"))
            .collect();
        assert!(wrong.is_empty(), "these use {name}: {wrong:?}");
    }
}

#[test]
fn core_and_channels_use_nothing_of_ours() {
    for folder in ["core", "channels"] {
        let manifest = under(folder, &["toml"])
            .into_iter()
            .find(|file| file.path == format!("{folder}/Cargo.toml"));
        let manifest: toml::Table = manifest
            .expect("a crate has one")
            .text
            .parse()
            .expect("it is TOML");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let names = manifest.get(section).and_then(toml::Value::as_table);
            let ours: Vec<&String> = names
                .into_iter()
                .flat_map(toml::Table::keys)
                .filter(|name| name.starts_with("shouwen"))
                .collect();
            assert!(ours.is_empty(), "{folder} has {ours:?} in {section}");
        }
    }
}

#[test]
fn core_never_awaits() {
    for source in under("core/src", &["rs"]) {
        let mut awaits = Awaits(false);
        awaits.visit_file(&source.parsed());
        assert!(!awaits.0, "{} awaits", source.path);
    }
}

struct Awaits(bool);

impl<'ast> Visit<'ast> for Awaits {
    fn visit_expr_await(&mut self, _: &'ast syn::ExprAwait) {
        self.0 = true;
    }
}

/// The room of a file: its first folder below `src/`, or its name.
fn room(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let first = inside.split('/').next().unwrap_or(inside);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn users(name: &'static str) -> impl Iterator<Item = &'static str> {
    let uses = move |source: &&Source| names(source, name).next().is_some();
    server().iter().filter(uses).map(|source| source.path.as_str())
}

/// What a file names right after `root::`.
fn used(source: &Source, root: &str) -> BTreeSet<String> {
    names(source, root).collect()
}

fn names(source: &Source, root: &str) -> impl Iterator<Item = String> + use<> {
    let mut paths = Paths {
        root: root.to_owned(),
        found: Vec::new(),
    };
    paths.visit_file(&source.parsed());
    paths.found.into_iter()
}

struct Paths {
    root: String,
    found: Vec<String>,
}

impl Paths {
    fn note_tree(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.found.push(path.ident.to_string()),
            UseTree::Name(name) => self.found.push(name.ident.to_string()),
            UseTree::Rename(name) => self.found.push(name.ident.to_string()),
            UseTree::Glob(_) => self.found.push("*".to_owned()),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.note_tree(item)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tests may look anywhere.
        let is_test = module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"));
        if !is_test {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        match &item.tree {
            UseTree::Path(path) if path.ident == self.root => self.note_tree(&path.tree),
            _ => {}
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter();
        if let (Some(first), Some(next)) = (segments.next(), segments.next())
            && first.ident == self.root
        {
            self.found.push(next.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}
