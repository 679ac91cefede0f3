//! Judges topic, kind, signals and tone on the desk messages labelled by hand and writes `desk/REPORT.md`:
//! `cargo run --release -p shouwen-core --example judge_desk -- DATA [PART]`.
//!
//! With a PART it also shows what was misread of it; to be used of parts that are no measure any more.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    dead_code,
    reason = "a program for the maker of the rules, not a part of the server"
)]

#[path = "judge_desk/measure.rs"]
mod measure;

use std::path::PathBuf;

use shouwen_core::complaint::{read, suggest_kind};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let data = PathBuf::from(arguments.next().unwrap());
    let lines = std::fs::read_to_string(data.join("desk/messages.jsonl")).unwrap();
    let all = measure::labelled(&lines);
    if let Some(part) = arguments.next() {
        all.iter().filter(|one| one.part == part).for_each(show);
    }
    std::fs::write(data.join("desk/REPORT.md"), measure::report(&all)).unwrap();
}

/// Prints a message that was misread.
fn show(message: &measure::Labelled) {
    let found = read(&message.text, "CNY");
    let kind = suggest_kind(&found);
    let topics: Vec<_> = found.topics.iter().map(|(topic, _)| *topic).collect();
    if topics != message.topics
        || kind != message.kind
        || found.tone.is_some_and(|(tone, _)| tone != message.tone)
    {
        println!(
            "{}\n    meant {} {:?} {}; read {kind} {topics:?} {:?}, words {:?}",
            message.text, message.kind, message.topics, message.tone, found.tone, found.words
        );
    }
}
