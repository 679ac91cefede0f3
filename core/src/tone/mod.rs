//! The tone of what a customer writes, in English and Chinese: a linear model of ours that runs in-process.
//!
//! It hints and never decides: a grade is suggested with it, and a person confirms. The weights beside
//! `data/tone/REPORT.md`, which says how good they are, are made by `scripts/train-tone`.

mod features;
mod marks;
mod model;
mod valence;

pub use features::{Language, features, language};
pub use marks::Hints;
pub use model::{CLASSES, MARKS, Model, Scores, WIDTH, parted};

words! {
    Tone { Negative = "negative", Neutral = "neutral", Positive = "positive" }
}

/// The tone of a text, with how sure the model is of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub tone: Tone,
    /// In percent; about 33 is a guess.
    pub strength: u8,
    pub language: Language,
}

static ENGLISH: Model<'static> = Model::new(include_bytes!("../../data/tone/en.weights"));
static CHINESE: Model<'static> = Model::new(include_bytes!("../../data/tone/zh.weights"));

/// Reads the tone of a text, in which the desk's lists found something. A text without words is neutral.
pub fn read(text: &str, hints: &Hints) -> Reading {
    let language = language(text);
    let found = features(text, language, hints);
    if found.is_empty() {
        return Reading {
            tone: Tone::Neutral,
            strength: 100,
            language,
        };
    }
    let model = match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    let scores = model.score(&found);
    let (tone, strength) = scores.strongest();
    Reading {
        tone,
        strength,
        language,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::complaint::hints;

    /// Written for this test alone, and never trained with.
    const CASES: &[(&str, Tone)] = &[
        (
            "The grinder broke on the first morning, what a disappointment",
            Tone::Negative,
        ),
        (
            "Nobody replied to my last two messages and I am furious",
            Tone::Negative,
        ),
        ("Your driver damaged my gate and simply left", Tone::Negative),
        (
            "Could you tell me whether the desk fits into a lift?",
            Tone::Neutral,
        ),
        ("Please send the parcel to my office address", Tone::Neutral),
        ("What voltage does the adapter have?", Tone::Neutral),
        ("The chair is wonderful, thank you for your help", Tone::Positive),
        ("Excellent quality and friendly service", Tone::Positive),
        ("刚用一天就坏了，质量太差", Tone::Negative),
        ("客服一直不理人，气死我了", Tone::Negative),
        ("快递把我的东西摔坏了，没人负责", Tone::Negative),
        ("请问这个书桌可以放进电梯吗", Tone::Neutral),
        ("麻烦寄到我公司地址", Tone::Neutral),
        ("适配器的电压是多少", Tone::Neutral),
        ("椅子很舒服，谢谢你们的帮助", Tone::Positive),
        ("质量很好，服务也热情", Tone::Positive),
    ];

    #[test]
    fn most_sentences_are_read_as_a_person_reads_them() {
        let right = CASES
            .iter()
            .filter(|(text, tone)| read(text, &hints(text)).tone == *tone)
            .count();
        assert!(right * 100 >= CASES.len() * 85, "{right} of {}", CASES.len());
    }

    #[test]
    fn a_text_without_words_is_neutral() {
        for text in ["", "   ", "?!…", "\u{0}\u{200b}"] {
            assert_eq!(read(text, &Hints::default()).tone, Tone::Neutral, "{text:?}");
        }
    }

    #[test]
    fn the_weights_are_of_the_size_that_the_code_expects() {
        assert!(ENGLISH.is_whole() && CHINESE.is_whole());
    }

    proptest! {
        #[test]
        fn any_text_has_a_tone(text in "\\PC{0,300}", odd in any::<String>()) {
            prop_assert!(read(&text, &hints(&text)).strength <= 100);
            prop_assert!(read(&odd, &Hints::default()).strength <= 100);
        }
    }
}
