//! The stem of an English word, so that `arrive`, `arrives` and `arrived` are one. Light: what matters is that the
//! forms of a word meet, not that the stem is a word.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Forms that no rule finds, British spellings, and what is written in chats: stem first.
const FORMS: &[(&str, &str)] = &[
    ("be", "r is are was were been being am im"),
    ("have", "has had having ive weve youve"),
    ("do", "does did done doing"),
    ("go", "goes went gone going"),
    ("get", "got gotten gets getting"),
    ("come", "came coming comes"),
    ("send", "sent sends sending"),
    ("pay", "paid pays paying payed"),
    ("break", "broke broken breaks breaking"),
    ("tear", "tore torn tears tearing"),
    ("steal", "stole stolen"),
    ("lose", "lost losing loses"),
    ("shrink", "shrank shrunk shrinks shrinking"),
    ("fall", "fell fallen falls falling"),
    ("buy", "bought buys buying"),
    ("take", "took taken takes taking"),
    ("give", "gave given gives giving"),
    ("throw", "threw thrown throws throwing"),
    ("leave", "left leaves leaving"),
    ("tell", "told tells telling"),
    ("say", "said says saying"),
    ("keep", "kept keeps keeping"),
    ("hang", "hung hangs hanging"),
    ("speak", "spoke spoken speaks speaking"),
    ("write", "wrote written writes writing"),
    ("burn", "burnt burned burns burning"),
    ("bend", "bent"),
    ("sell", "sold sells selling"),
    ("wear", "wore worn wears wearing"),
    ("eat", "ate eaten eats eating"),
    ("bleed", "bled bleeding bleeds"),
    ("choose", "chose chosen choosing"),
    ("forget", "forgot forgotten"),
    ("catch", "caught"),
    ("think", "thought"),
    ("swell", "swollen swelled"),
    ("shake", "shook shaken"),
    ("stick", "stuck"),
    ("rip", "ripped ripping"),
    ("die", "died dies dying dead"),
    ("color", "colour colours colors coloured colored"),
    ("gray", "grey"),
    ("mold", "mould mouldy moldy molded"),
    ("neighbor", "neighbour neighbours neighbors"),
    ("odor", "odour"),
    ("dispatch", "despatch despatched despatching"),
    ("jewelry", "jewellery jeweller jeweler"),
    ("please", "pls plz"),
    ("you", "u ya"),
    ("your", "ur youre yr"),
    ("thank", "thx thanks thanx ty cheers"),
    ("package", "pkg packages pkgs"),
    ("message", "msg msgs"),
    ("because", "cos cuz bc coz"),
    ("where", "wheres"),
    ("what", "whats"),
    ("and", "n"),
    ("customer", "cust"),
    ("delivery", "deliveries dilivery delivry"),
    ("counterfeit", "conterfeit counterfit"),
];

/// Words that are no form of what they look like.
const WHOLE: &[&str] = &[
    "this",
    "his",
    "its",
    "does",
    "news",
    "during",
    "nothing",
    "something",
    "anything",
    "everything",
    "thing",
    "bring",
    "string",
    "ring",
    "spring",
    "need",
    "indeed",
    "bed",
    "red",
    "speed",
    "feed",
    "always",
    "less",
    "unless",
    "us",
    "bus",
    "gas",
    "plus",
    "as",
    "address",
    "process",
    "yes",
    "clothing",
    "wedding",
    "evening",
    "morning",
    "shipping",
    "packaging",
    "building",
    "listing",
    "tracking",
    "rating",
    "setting",
    "used",
    "united",
    "charging",
    "charger",
];

static KNOWN: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let whole = WHOLE.iter().map(|word| (*word, *word));
    let forms = FORMS
        .iter()
        .flat_map(|(stem, forms)| forms.split(' ').map(move |form| (form, *stem)));
    whole
        .chain(FORMS.iter().map(|(stem, _)| (*stem, *stem)))
        .chain(forms)
        .collect()
});

/// The stem of a word in lower case without apostrophes.
pub fn stem(word: &str) -> String {
    let squeezed = squeeze(word);
    let word = squeezed.as_str();
    if let Some(stem) = KNOWN.get(word) {
        return (*stem).to_owned();
    }
    let mut short = plain(word);
    if short.len() > 4 && short.ends_with('e') {
        short.pop();
    }
    let mut last = short.chars().rev();
    if short.len() > 3 && last.next() == last.next() && !short.ends_with("ss") {
        short.pop();
    }
    // Doubles in the middle are what is most often mistyped.
    short.replace("rr", "r").replace("cc", "c")
}

/// Without the endings of plural, past and -ing.
fn plain(word: &str) -> String {
    if !word.is_ascii() || word.len() <= 3 {
        return word.to_owned();
    }
    let has_vowel = |stem: &str| stem.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let cut = |ending: &str, least: usize| {
        word.strip_suffix(ending)
            .filter(|stem| stem.len() >= least && has_vowel(stem))
    };
    if let Some(stem) = cut("ies", 2).or_else(|| cut("ied", 2)) {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    if let Some(stem) = cut("ing", 3).or_else(|| cut("ed", 3)) {
        return stem.to_owned();
    }
    match cut("s", 3) {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// `sooo` as `so`: no English word has a letter three times in a row.
fn squeeze(word: &str) -> String {
    let mut squeezed = String::with_capacity(word.len());
    let letters: Vec<char> = word.chars().collect();
    if letters.iter().all(|letter| *letter == letters[0]) {
        return word.to_owned();
    }
    let mut at = 0;
    while at < letters.len() {
        let run = letters[at..]
            .iter()
            .take_while(|letter| **letter == letters[at])
            .count();
        let kept = if run >= 3 && letters[at].is_alphabetic() {
            1
        } else {
            run
        };
        squeezed.extend(std::iter::repeat_n(letters[at], kept));
        at += run;
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_meet() {
        for forms in [
            "arrive arrives arrived arriving",
            "cancel cancelled canceled cancelling cancels",
            "box boxes",
            "refund refunded refunds refunding refundddd",
            "colour colors",
            "reply replies replied replying",
            "charge charged charges",
            "break broke broken",
            "scratch scratches scratched",
            "call calls called calling",
            "leak leaking leaked leaks",
        ] {
            let stems: Vec<String> = forms.split(' ').map(stem).collect();
            assert!(
                stems.windows(2).all(|pair| pair[0] == pair[1]),
                "{forms}: {stems:?}"
            );
        }
    }

    #[test]
    fn different_words_stay_apart() {
        for pair in [
            ("bed", "be"),
            ("thing", "the"),
            ("address", "add"),
            ("news", "new"),
            ("delivery", "deliver"),
        ] {
            assert_ne!(stem(pair.0), stem(pair.1), "{pair:?}");
        }
    }
}
