//! The lists and weights in the program are those whose figures `data/desk/REPORT.md` gives.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    dead_code,
    reason = "a test, with a part of a program for the maker of the rules"
)]

#[path = "../examples/judge_desk/measure.rs"]
mod measure;

const MESSAGES: &str = include_str!("../data/desk/messages.jsonl");
const REPORT: &str = include_str!("../data/desk/REPORT.md");

#[test]
fn the_report_gives_the_figures_of_these_lists_and_weights() {
    let report = measure::report(&measure::labelled(MESSAGES));
    assert!(
        report == REPORT,
        "run scripts/train-tone, or the example judge_desk alone when only words changed"
    );
}

#[test]
fn messages_that_nobody_tuned_by_are_read_about_as_well_as_was_measured() {
    let all = measure::labelled(MESSAGES);
    for (lang, what, floor) in [
        ("en", "topic", 0.57),
        ("zh", "topic", 0.62),
        ("en", "kind", 0.67),
        ("zh", "kind", 0.63),
        ("en", "tone", 0.55),
        ("zh", "tone", 0.48),
    ] {
        let f1 = measure::macro_f1(&measure::of(&all, measure::FRESH, lang), what);
        assert!(f1 >= floor, "{what} of {lang}: {f1:.2}");
    }
}
