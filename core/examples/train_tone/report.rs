//! How good the weights are, on texts that they were neither trained nor chosen with; the baseline beside them.

use std::fmt::Write;

use shouwen_core::complaint::hints;
use shouwen_core::tone::{CLASSES, Language, Model, Tone, features};

use super::lexicon::Lexicon;
use super::read::{Text, Texts};
use super::train::class_of;

pub(crate) fn head() -> String {
    "# How well the tone is read\n\nWritten by `scripts/train-tone`; do not edit. Macro-F1 is the mean of the F1 of \
     the three classes. Doubles were removed before the parting, and the held-out part (a tenth) was looked at by \
     this report alone. The baseline counts good and bad words: in English those of VADER with their ratings, in \
     Chinese a short list of our own.\n\nWhat the numbers do not say: the reviews are of books, hotels, computers, \
     films and small goods and are years old; the Chinese ones have two classes, so the neutral sentences \
     there are hand-written; and no desk message was taken from a shop. The part `fresh` was written by somebody \
     who had seen neither the sentences that were trained with nor any list.\n"
        .to_owned()
}

pub(crate) fn of(
    language: Language,
    texts: &Texts,
    bytes: &[u8],
    lexicon: &Lexicon,
    chosen: (f32, f32, f32),
) -> String {
    let model = Model::new(bytes);
    let read = |text: &Text| {
        model
            .score(&features(&text.words, language, &hints(&text.words)))
            .strongest()
            .0
    };
    let counted = |text: &Text| lexicon.tone(&text.words);
    let mut report = format!("\n## {language}\n\n");
    let _ = writeln!(
        report,
        "{} reviews read, {} doubles and contradictions removed; {} texts to learn from, {} to choose the settings \
         by, {} held out, {} desk messages held out. Chosen: rate {}, decay {}, desk weight {}.\n",
        texts.read,
        texts.doubles,
        texts.train.len(),
        texts.tune.len(),
        texts.held.len(),
        texts.desk.len(),
        chosen.0,
        chosen.1,
        chosen.2
    );
    report.push_str("| held out | texts | macro-F1 | negative | neutral | positive | right | baseline macro-F1 | baseline right |\n|---|---|---|---|---|---|---|---|---|\n");
    let mut sources: Vec<&str> = texts.held.iter().map(|text| text.source).collect();
    sources.sort_unstable();
    sources.dedup();
    line(&mut report, "all", &texts.held, read, counted);
    for source in sources {
        let own: Vec<Text> = texts
            .held
            .iter()
            .filter(|text| text.source == source)
            .cloned()
            .collect();
        let name = if source == "desk" {
            "hand-written sentences"
        } else {
            source
        };
        line(&mut report, name, &own, read, counted);
    }
    for (source, name) in [
        ("desk", "desk messages, the part `blind`"),
        ("fresh", "desk messages by somebody else, the part `fresh`"),
    ] {
        let own: Vec<Text> = texts
            .desk
            .iter()
            .filter(|text| text.source == source)
            .cloned()
            .collect();
        if !own.is_empty() {
            line(&mut report, name, &own, read, counted);
        }
    }
    report
}

fn line(
    report: &mut String,
    name: &str,
    texts: &[Text],
    read: impl Fn(&Text) -> Tone,
    counted: impl Fn(&Text) -> Tone,
) {
    let (f1, classes, right) = macro_f1(texts.iter().map(|text| (text.tone, read(text))));
    let (base, _, base_right) = macro_f1(texts.iter().map(|text| (text.tone, counted(text))));
    let cells: Vec<String> = classes
        .iter()
        .map(|class| class.map_or("–".to_owned(), |f1| format!("{f1:.3}")))
        .collect();
    let _ = writeln!(
        report,
        "| {name} | {} | {f1:.3} | {} | {:.1} % | {base:.3} | {:.1} % |",
        texts.len(),
        cells.join(" | "),
        right * 100.0,
        base_right * 100.0
    );
}

/// The mean F1 over the classes that occur, the F1 of each, and the share that is right.
pub(crate) fn macro_f1(pairs: impl Iterator<Item = (Tone, Tone)>) -> (f64, [Option<f64>; 3], f64) {
    let mut table = [[0u32; 3]; 3];
    for (is, said) in pairs {
        table[class_of(is)][class_of(said)] += 1;
    }
    let mut each = [None; 3];
    for class in 0..CLASSES.len() {
        let (hits, are): (f64, u32) = (f64::from(table[class][class]), table[class].iter().sum());
        let said: u32 = table.iter().map(|row| row[class]).sum();
        if are > 0 {
            each[class] = Some(2.0 * hits / f64::from(are + said));
        }
    }
    let known: Vec<f64> = each.iter().flatten().copied().collect();
    let all: u32 = table.iter().flatten().sum();
    let right: u32 = (0..3).map(|class| table[class][class]).sum();
    (
        known.iter().sum::<f64>() / (known.len().max(1) as f64),
        each,
        f64::from(right) / f64::from(all.max(1)),
    )
}
