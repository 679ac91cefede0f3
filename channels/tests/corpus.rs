//! The reader against a folder of real mail beside the repository, where there is one: nothing may
//! break it or read worse than before. Without the folder the tests say so and pass. How long it takes is the
//! bench's business (`benches/reading`).

use std::fs;
use std::io::Write as _;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use shouwen_channels::email::inspect;

/// `shared/mail/messages` beside the repository's main folder, or what `SHOUWEN_MAIL_CORPUS` names.
fn corpus() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("SHOUWEN_MAIL_CORPUS").map(PathBuf::from) {
        assert!(
            named.is_dir(),
            "SHOUWEN_MAIL_CORPUS names no folder: {}",
            named.display()
        );
        return Some(named);
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let beside = main_folder(repository).parent()?.join("shared/mail/messages");
    if beside.is_dir() {
        return Some(beside);
    }
    // To the terminal itself, past the test runner, which keeps what a passed test prints.
    let _ = writeln!(
        std::io::stderr(),
        "ABSENT: no folder of real mail beside the repository ({}); this test read nothing",
        beside.display()
    );
    None
}

/// A further working tree names the main one's folder in its file `.git`.
fn main_folder(repository: &Path) -> PathBuf {
    let link = fs::read_to_string(repository.join(".git")).unwrap_or_default();
    let within = link.trim().strip_prefix("gitdir: ").map(PathBuf::from);
    let main = within.and_then(|folder| Some(repository.join(folder).ancestors().nth(3)?.to_path_buf()));
    main.unwrap_or_else(|| repository.to_path_buf())
}

fn messages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(messages(&path));
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            found.push(path);
        }
    }
    found
}

/// Facts that can be compared without judgement; the corpus' own score covers the rest.
const FACTS: [&str; 8] = [
    "from",
    "subject",
    "message_id",
    "in_reply_to",
    "references",
    "is_bounce",
    "is_auto_reply",
    "is_forward",
];

fn comparable(value: &Value) -> String {
    value
        .to_string()
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect()
}

#[test]
fn real_mail_is_read_rightly() {
    let Some(folder) = corpus() else { return };
    let (mut right, mut asked, mut read) = (0u32, 0u32, 0u32);
    for path in messages(&folder) {
        let Ok(raw) = fs::read(&path) else { continue };
        let seen = inspect(&raw);
        read += 1;
        let expected = fs::read(path.with_extension("expect.json")).unwrap_or_default();
        let Ok(expected) = serde_json::from_slice::<Value>(&expected) else {
            continue;
        };
        for fact in FACTS {
            if let Some(wanted) = expected.get(fact) {
                asked += 1;
                right += u32::from(comparable(wanted) == comparable(&seen[fact]));
            }
        }
    }
    println!("{read} messages read, {right} of {asked} facts right");
    assert!(
        f64::from(right) >= f64::from(asked) * 0.98,
        "{right} of {asked} facts right"
    );
}

/// Cuts, doubles and overwrites a piece of a message, by a generator that gives the same every time.
fn spoiled(raw: &[u8], seed: &mut u64) -> Vec<u8> {
    let mut next = |below: usize| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).unwrap_or(0) % below.max(1)
    };
    let mut spoiled = raw.to_vec();
    for _ in 0..=next(6) {
        let from = next(spoiled.len());
        let until = (from + next(80)).min(spoiled.len());
        let piece = spoiled[from..until].to_vec();
        let at = next(spoiled.len());
        match next(4) {
            0 => drop(spoiled.drain(from..until)),
            1 => drop(spoiled.splice(at..at, piece)),
            2 => spoiled[from..until].fill(u8::try_from(next(256)).unwrap_or(0)),
            _ => spoiled.truncate(at.max(1)),
        }
    }
    spoiled
}

#[test]
fn spoiled_mail_never_breaks_the_reader() {
    let Some(folder) = corpus() else { return };
    // The reader would catch a panic of its own and go on; here it counts.
    let panics = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&panics);
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |told| {
        seen.fetch_add(1, Ordering::Relaxed);
        usual(told);
    }));
    let mut seed = 20_261_122;
    let mut read = 0;
    for path in messages(&folder) {
        let Ok(raw) = fs::read(&path) else { continue };
        if raw.len() > 60_000 {
            continue;
        }
        for _ in 0..3 {
            let _ = inspect(&spoiled(&raw, &mut seed));
            read += 1;
            assert_eq!(panics.load(Ordering::Relaxed), 0, "{}", path.display());
        }
    }
    println!("{read} spoiled messages read");
}
