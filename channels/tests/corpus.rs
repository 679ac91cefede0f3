//! The reader against a folder of real mail beside the repository, where there is one: nothing may
//! break it, slow it down, or read worse than before. Without the folder the test is skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use shouwen_channels::email::inspect;

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mail/messages");
    let folder = std::env::var_os("SHOUWEN_MAIL_CORPUS").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
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
fn real_mail_is_read_rightly_and_in_time() {
    let Some(folder) = corpus() else {
        println!("skipped: no folder of real mail beside the repository");
        return;
    };
    let (mut right, mut asked, mut read) = (0u32, 0u32, 0u32);
    for path in messages(&folder) {
        let Ok(raw) = fs::read(&path) else { continue };
        let start = Instant::now();
        let seen = inspect(&raw);
        let megabytes = u32::try_from(raw.len() / 1_000_000 + 1).unwrap_or(1);
        assert!(
            start.elapsed() < Duration::from_secs(2) * megabytes,
            "{}",
            path.display()
        );
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
