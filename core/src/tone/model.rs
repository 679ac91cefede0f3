//! A linear model with three classes, its weights kept as signed bytes.
//!
//! The file: three biases, the scale of words and that of marks (little-endian `f32` each), then a row of [`WIDTH`]
//! bytes per class.

use super::Tone;

/// Weights per class; features are hashed into so many places.
pub const WIDTH: usize = 1 << 16;
/// The last of them are for what is told of a text as a whole, and count in full however long it is.
pub const MARKS: usize = 256;
/// In the order of the rows.
pub const CLASSES: [Tone; 3] = [Tone::Negative, Tone::Neutral, Tone::Positive];
const HEAD: usize = 20;

pub struct Model<'w> {
    bytes: &'w [u8],
}

/// One number per class; the greater, the likelier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores(pub [f32; 3]);

impl<'w> Model<'w> {
    pub const fn new(bytes: &'w [u8]) -> Self {
        Self { bytes }
    }

    /// Whether the bytes are as many as they must be.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() == HEAD + CLASSES.len() * WIDTH
    }

    /// What the features speak for. Each counts once, and the words of a long text no more than those of a short one.
    #[expect(
        clippy::cast_precision_loss,
        reason = "at most a few thousand features of 127 each"
    )]
    pub fn score(&self, features: &[u32]) -> Scores {
        let mut scores = [0.0; 3];
        let (words, marks) = parted(features);
        let length = (words.len().max(1) as f32).sqrt();
        for (class, score) in scores.iter_mut().enumerate() {
            let row = HEAD + class * WIDTH;
            let sum = |features: &[u32]| -> i32 {
                let each = features
                    .iter()
                    .map(|place| i32::from(self.weight(row + *place as usize)));
                each.sum()
            };
            let of_words = sum(words) as f32 / length * self.number(3);
            *score = of_words + sum(marks) as f32 * self.number(4) + self.number(class);
        }
        Scores(scores)
    }

    fn weight(&self, at: usize) -> i8 {
        self.bytes.get(at).map_or(0, |byte| byte.cast_signed())
    }

    fn number(&self, place: usize) -> f32 {
        let bytes = self.bytes.get(place * 4..place * 4 + 4);
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0.0, f32::from_le_bytes)
    }
}

/// Features of words, and marks; `features` are sorted.
pub fn parted(features: &[u32]) -> (&[u32], &[u32]) {
    features.split_at(features.partition_point(|place| (*place as usize) < WIDTH - MARKS))
}

impl Scores {
    /// The likeliest class, and its likelihood in percent.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100"
    )]
    pub fn strongest(&self) -> (Tone, u8) {
        let most = self.0.iter().copied().fold(f32::MIN, f32::max);
        let all: f32 = self.0.iter().map(|score| (score - most).exp()).sum();
        let place = self.0.iter().position(|score| *score >= most).unwrap_or(1);
        let percent = (100.0 / all).round().clamp(0.0, 100.0);
        (CLASSES[place], percent as u8)
    }
}
