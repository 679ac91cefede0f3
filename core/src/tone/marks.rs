//! What a model sees of a text as a whole: how good or bad its words are, what the desk's lists found, how it is
//! punctuated. Each mark is a step: a text that has three has the first two as well.

use super::features::Language;
use super::model::{MARKS, WIDTH};
use super::valence::{self, Valence};

/// What the desk's lists found in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    /// Wordings that tell of something that went wrong.
    pub grievances: usize,
    /// Wordings of anger and disappointment.
    pub complaints: usize,
    pub praises: usize,
    /// Threats, and harm that was done.
    pub signals: usize,
    /// Topics that are named, with or without a grievance.
    pub topics: usize,
    /// Wordings that ask for a return or a repair.
    pub requests: usize,
}

/// Marks of one thing stand in a row of so many.
const ROW: usize = 12;

struct Row {
    places: Vec<u32>,
    row: usize,
}

/// Places in the weights, behind those of the words.
pub(super) fn marks(text: &str, language: Language, hints: &Hints) -> Vec<u32> {
    let valence = valence::of(text, language);
    let mut row = Row {
        places: Vec::new(),
        row: 0,
    };
    row.always();
    for sum in [valence.all, valence.frank, valence.end] {
        row.steps(level(sum));
    }
    row.steps(amount(valence.bad));
    row.steps(amount(valence.good));
    for count in [
        hints.grievances,
        hints.complaints,
        hints.praises,
        hints.signals,
        hints.topics,
        hints.requests,
    ] {
        row.steps(count.min(4));
    }
    row.steps(punctuation(text, &['!', '！']));
    row.steps(punctuation(text, &['?', '？']));
    row.steps(capitals(text));
    row.steps(length(text));
    row.steps(together(&valence, hints, text));
    row.places
}

impl Row {
    fn always(&mut self) {
        self.steps(1);
    }

    fn steps(&mut self, count: usize) {
        for step in 0..count.min(ROW) {
            let place = WIDTH - MARKS + self.row * ROW + step;
            self.places.push(u32::try_from(place).unwrap_or_default());
        }
        self.row += 1;
    }
}

/// Of a sum of ratings, however large: 0 very bad, 6 neither, 12 very good.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 12"
)]
fn level(sum: f32) -> usize {
    let share = sum / (sum * sum + 12.0).sqrt();
    ((share + 1.0) * 6.0).round().clamp(0.0, 12.0) as usize
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 12"
)]
fn amount(sum: f32) -> usize {
    (sum * 1.5).clamp(0.0, 12.0) as usize
}

fn punctuation(text: &str, marks: &[char]) -> usize {
    text.chars().filter(|one| marks.contains(one)).take(3).count()
}

/// Words in capitals among others that are not.
fn capitals(text: &str) -> usize {
    let is_loud = |word: &&str| word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase());
    if text.chars().any(|c| c.is_ascii_lowercase()) {
        text.split_whitespace().filter(is_loud).take(3).count()
    } else {
        0
    }
}

fn length(text: &str) -> usize {
    let mut characters = text.chars().take(1_000).count() / 8;
    let mut steps = 0;
    while characters > 0 {
        characters /= 2;
        steps += 1;
    }
    steps
}

/// Which of the ways a text may go: a plain question, a grievance put politely, praise with a request, and so on.
fn together(valence: &Valence, hints: &Hints, text: &str) -> usize {
    let goes_wrong = hints.grievances + hints.complaints + hints.signals > 0;
    let asks = text.contains(['?', '？', '吗', '呢']) || text.contains("请问") || text.contains("請問");
    let is_bad = valence.frank < -0.7;
    let is_good = valence.frank > 0.7 || hints.praises > 0;
    match (goes_wrong, is_bad, is_good, asks) {
        (false, false, true, false) => 0,
        (false, false, true, true) => 1,
        (false, false, false, _) => 2,
        (false, true, _, true) => 3,
        (false, true, _, false) => 4,
        (true, false, _, true) => 5,
        (true, false, _, false) => 6,
        (true, true, _, _) => 7,
    }
}
