//! Reading customers' messages on one core: tone alone, and all that a suggested grade needs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use shouwen_core::complaint::{self, Circumstances, GradingPolicy};
use shouwen_core::customer::fold;
use shouwen_core::tone;

const MESSAGES: &str = include_str!("../../core/data/desk/messages.jsonl");
const LONG_ENOUGH: Duration = Duration::from_secs(2);

#[derive(serde::Deserialize)]
struct Message {
    lang: String,
    text: String,
}

pub(crate) fn run() {
    let all: Vec<Message> = MESSAGES
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let policy = GradingPolicy::default();
    for lang in ["en", "zh"] {
        let texts: Vec<&str> = all
            .iter()
            .filter(|one| one.lang == lang)
            .map(|one| one.text.as_str())
            .collect();
        let folded = rate(&texts, |text| drop(black_box(fold(text))));
        let tone = rate(&texts, |text| {
            black_box(tone::read(text, &complaint::hints(text)));
        });
        let graded = rate(&texts, |text| {
            let findings = complaint::read(text, &policy.currency);
            drop(black_box(complaint::suggest(
                &findings,
                &Circumstances::default(),
                &policy,
            )));
        });
        println!(
            "classify {lang}: tone {tone:.0} messages/s, suggested grade {graded:.0} messages/s on one core \
             (baseline: folding the text alone {folded:.0}/s; {} messages in turn)",
            texts.len()
        );
    }
}

/// How many texts a second `each` gets through.
fn rate(texts: &[&str], each: impl Fn(&str)) -> f64 {
    texts.iter().for_each(|text| each(text));
    let (start, mut count) = (Instant::now(), 0u32);
    while start.elapsed() < LONG_ENOUGH {
        texts.iter().for_each(|text| each(text));
        count += u32::try_from(texts.len()).unwrap();
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}
