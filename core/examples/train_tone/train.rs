//! Logistic regression with three classes by stochastic descent, averaged over the last epochs, then rounded to bytes.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use shouwen_core::complaint::hints;
use shouwen_core::tone::{CLASSES, Language, MARKS, Model, Tone, WIDTH, features, parted};

use super::read::Text;
use super::report::macro_f1;

const SEED: u64 = 20_261_122;
const EPOCHS: usize = 12;
/// The averaging begins here.
const AVERAGED_FROM: usize = 6;

/// What was tried: rate of learning, decay of weights, and how much one hand-written desk message weighs.
const TRIED: &[(f32, f32, f32)] = &[
    (0.05, 1e-6, 4.0),
    (0.05, 1e-4, 8.0),
    (0.1, 1e-6, 4.0),
    (0.1, 1e-4, 8.0),
    (0.2, 1e-5, 4.0),
    (0.2, 1e-4, 8.0),
];

pub(crate) struct Trained {
    weights: Vec<f32>,
    biases: [f32; 3],
    pub(crate) chosen: (f32, f32, f32),
}

/// Each source counts the same, however many texts it has.
fn mean_over_sources(texts: &[Text], read: impl Fn(&Text) -> Tone) -> f64 {
    let mut sources: Vec<&str> = texts.iter().map(|text| text.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let of = |source: &&str| {
        let own = texts.iter().filter(|text| text.source == *source);
        macro_f1(own.map(|text| (text.tone, read(text)))).0
    };
    sources.iter().map(of).sum::<f64>() / sources.len().max(1) as f64
}

struct Example {
    features: Vec<u32>,
    class: usize,
    weight: f32,
}

pub(crate) fn train(language: Language, texts: &[Text], tune: &[Text]) -> Trained {
    let mut best: Option<(f64, Trained)> = None;
    for tried in TRIED {
        let trained = train_with(language, texts, *tried);
        let bytes = trained.bytes();
        let model = Model::new(&bytes);
        let read = |text: &Text| {
            model
                .score(&features(&text.words, language, &hints(&text.words)))
                .strongest()
                .0
        };
        let f1 = mean_over_sources(tune, read);
        eprintln!("{language} {tried:?}: macro-F1 {f1:.4} on the part for tuning");
        if best.as_ref().is_none_or(|(most, _)| f1 > *most) {
            best = Some((f1, trained));
        }
    }
    best.unwrap().1
}

fn train_with(language: Language, texts: &[Text], tried: (f32, f32, f32)) -> Trained {
    let (rate, decay, desk) = tried;
    let mut examples: Vec<Example> = texts.iter().map(|text| example(text, language, desk)).collect();
    balance(&mut examples);
    let mut rng = StdRng::seed_from_u64(SEED);
    let (mut weights, mut squares) = (vec![0f32; 3 * WIDTH], vec![1e-6f32; 3 * WIDTH]);
    let (mut biases, mut sums, mut bias_sums) = ([0f32; 3], vec![0f32; 3 * WIDTH], [0f32; 3]);
    for epoch in 0..EPOCHS {
        for place in (1..examples.len()).rev() {
            examples.swap(place, rng.random_range(0..=place));
        }
        for example in &examples {
            let chances = chances(&weights, &biases, example);
            let (words, marks) = parted(&example.features);
            let length = (words.len().max(1) as f32).sqrt();
            for class in 0..3 {
                let wanted = f32::from(u8::from(class == example.class));
                let miss = (chances[class] - wanted) * example.weight;
                biases[class] -= 0.01 * miss;
                let shares = words
                    .iter()
                    .map(|word| (word, length))
                    .chain(marks.iter().map(|mark| (mark, 1.0)));
                for (feature, length) in shares {
                    let at = class * WIDTH + *feature as usize;
                    let slope = miss / length + decay * weights[at];
                    squares[at] += slope * slope;
                    weights[at] -= rate * slope / squares[at].sqrt();
                }
            }
        }
        if epoch >= AVERAGED_FROM {
            sums.iter_mut()
                .zip(&weights)
                .for_each(|(sum, weight)| *sum += weight);
            bias_sums
                .iter_mut()
                .zip(&biases)
                .for_each(|(sum, bias)| *sum += bias);
        }
    }
    let count = (EPOCHS - AVERAGED_FROM) as f32;
    Trained {
        weights: sums.iter().map(|sum| sum / count).collect(),
        biases: bias_sums.map(|sum| sum / count),
        chosen: tried,
    }
}

fn example(text: &Text, language: Language, desk: f32) -> Example {
    Example {
        features: features(&text.words, language, &hints(&text.words)),
        class: CLASSES.iter().position(|tone| *tone == text.tone).unwrap(),
        weight: match text.source {
            "desk" => desk,
            // Far from what a shop hears.
            "film reviews" | "words" => 0.5,
            _ => 1.0,
        },
    }
}

/// Lets each class weigh as much as the others together would on average, within bounds.
fn balance(examples: &mut [Example]) {
    let mut totals = [0f32; 3];
    for example in examples.iter() {
        totals[example.class] += example.weight;
    }
    let mean = totals.iter().sum::<f32>() / 3.0;
    for example in examples.iter_mut() {
        example.weight *= (mean / totals[example.class].max(1.0)).clamp(0.5, 4.0).sqrt();
    }
}

fn chances(weights: &[f32], biases: &[f32; 3], example: &Example) -> [f32; 3] {
    let mut scores = *biases;
    let (words, marks) = parted(&example.features);
    let length = (words.len().max(1) as f32).sqrt();
    for (class, score) in scores.iter_mut().enumerate() {
        let row = &weights[class * WIDTH..(class + 1) * WIDTH];
        let sum = |features: &[u32]| features.iter().map(|place| row[*place as usize]).sum::<f32>();
        *score += sum(words) / length + sum(marks);
    }
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let likely = scores.map(|score| (score - most).exp());
    let all: f32 = likely.iter().sum();
    likely.map(|one| one / all)
}

impl Trained {
    /// As `Model` reads them.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let is_mark = |place: usize| place % WIDTH >= WIDTH - MARKS;
        // A few outliers must not cost all other words their digits.
        let words = scale(
            self.weights
                .iter()
                .enumerate()
                .filter(|(place, _)| !is_mark(*place)),
            5000,
        );
        let marks = scale(
            self.weights
                .iter()
                .enumerate()
                .filter(|(place, _)| is_mark(*place)),
            usize::MAX,
        );
        let head = self.biases.iter().chain([&words, &marks]);
        let mut bytes: Vec<u8> = head.flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend(self.weights.iter().enumerate().map(|(place, weight)| {
            let scale = if is_mark(place) { marks } else { words };
            ((weight / scale).round().clamp(-127.0, 127.0) as i8).cast_unsigned()
        }));
        bytes
    }
}

/// What one step of a byte stands for, so that all but one of `outliers` fit.
fn scale<'w>(weights: impl Iterator<Item = (usize, &'w f32)>, outliers: usize) -> f32 {
    let mut sizes: Vec<f32> = weights.map(|(_, weight)| weight.abs()).collect();
    sizes.sort_by(f32::total_cmp);
    sizes[sizes.len() - 1 - sizes.len() / outliers].max(1e-6) / 127.0
}

/// The place of a tone among the classes.
pub(crate) fn class_of(tone: Tone) -> usize {
    CLASSES.iter().position(|class| *class == tone).unwrap()
}
