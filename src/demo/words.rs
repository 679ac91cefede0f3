//! Filling in the demo's texts: `[one|other]` is chosen, `{name}` is replaced.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;

/// What stands for what in one conversation.
pub(super) type Words = BTreeMap<&'static str, String>;

pub(super) fn fill(text: &str, words: &Words, dice: &mut StdRng) -> String {
    let mut filled = choose(text, dice);
    for (name, word) in words {
        filled = filled.replace(&format!("{{{name}}}"), word);
    }
    filled
}

fn choose(text: &str, dice: &mut StdRng) -> String {
    let mut chosen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        chosen.push_str(before);
        let Some((options, after)) = after.split_once(']') else {
            rest = after;
            break;
        };
        chosen.push_str(pick(&options.split('|').collect::<Vec<_>>(), dice));
        rest = after;
    }
    chosen.push_str(rest);
    chosen
}

/// One of them; there is at least one.
pub(super) fn pick<'a, T: ?Sized>(some: &[&'a T], dice: &mut StdRng) -> &'a T {
    some[dice.random_range(0..some.len())]
}

/// True so many times in a hundred.
pub(super) fn chance(percent: u32, dice: &mut StdRng) -> bool {
    dice.random_range(0..100) < percent
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_text_is_filled_in_completely() {
        let words = Words::from([("city", "Leeds".to_owned())]);
        let filled = fill("To {city}[!|?] [a]", &words, &mut StdRng::seed_from_u64(1));
        assert!(
            matches!(filled.as_str(), "To Leeds! a" | "To Leeds? a"),
            "{filled}"
        );
    }
}
