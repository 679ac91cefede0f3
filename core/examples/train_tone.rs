//! Trains the tone classifier: `cargo run --release -p shouwen-core --example train_tone -- SOURCES DATA`, which
//! `scripts/train-tone` calls once it has fetched what stands in `data/tone/SOURCES.md`.
//!
//! Reads the reviews under SOURCES and the hand-written messages under DATA, writes `en.weights`, `zh.weights` and
//! `REPORT.md` into `DATA/tone`. The same input gives the same weights.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a program for the maker of the weights, not a part of the server"
)]

#[path = "train_tone/lexicon.rs"]
mod lexicon;
#[path = "train_tone/read.rs"]
mod read;
#[path = "train_tone/report.rs"]
mod report;
#[path = "train_tone/train.rs"]
mod train;

use std::path::{Path, PathBuf};

use shouwen_core::tone::Language;

fn main() {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(sources), Some(data)) = (arguments.next(), arguments.next()) else {
        panic!("usage: train_tone SOURCES DATA");
    };
    let mut text = report::head();
    for language in [Language::English, Language::Chinese] {
        text.push_str(&make(language, &sources, &data));
    }
    std::fs::write(data.join("tone/REPORT.md"), text).unwrap();
}

fn make(language: Language, sources: &Path, data: &Path) -> String {
    let texts = read::all(language, sources, data);
    let trained = train::train(language, &texts.train, &texts.tune);
    let bytes = trained.bytes();
    std::fs::write(data.join(format!("tone/{language}.weights")), &bytes).unwrap();
    let lexicon = lexicon::read(language, sources, data);
    report::of(language, &texts, &bytes, &lexicon, trained.chosen)
}
