//! The language that a few words are in, as far as their script tells it. Latin script tells nothing.

/// The primary subtag (ISO 639) of a language with a script of its own; `None`: the script leaves it open.
pub fn language_of(text: &str) -> Option<&'static str> {
    let (mut han, mut counts) = (0_usize, [0_usize; SCRIPTS.len()]);
    let (mut kana, mut latin) = (0_usize, 0_usize);
    for c in text.chars().take(2_000) {
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2fa1f}' => han += 1,
            c if c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) => latin += 1,
            c => {
                if let Some(place) = SCRIPTS.iter().position(|(range, _)| range.contains(&c)) {
                    counts[place] += 1;
                }
            }
        }
    }
    // Latin words among others are names and numbers of orders; a word has some four letters, a Chinese one two.
    let enough = |count: usize| count > 0 && count * 3 >= latin;
    if enough(han + kana) {
        return Some(if kana * 10 >= han + kana { "ja" } else { "zh" });
    }
    let (place, count) = (0..SCRIPTS.len())
        .map(|place| (place, counts[place]))
        .max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place)))?;
    enough(count).then(|| SCRIPTS[place].1)
}

const SCRIPTS: [(std::ops::RangeInclusive<char>, &str); 6] = [
    ('\u{ac00}'..='\u{d7a3}', "ko"),
    ('\u{400}'..='\u{52f}', "ru"),
    ('\u{600}'..='\u{6ff}', "ar"),
    ('\u{e00}'..='\u{e7f}', "th"),
    ('\u{590}'..='\u{5ff}', "he"),
    ('\u{370}'..='\u{3ff}', "el"),
];

/// `zh` of `zh-CN` or `zh_Hans`; `None` when it is no language tag (RFC 5646).
pub fn primary_subtag(tag: &str) -> Option<String> {
    let first = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    is_language(&first).then_some(first)
}

/// Two or three small letters.
pub fn is_language(word: &str) -> bool {
    matches!(word.len(), 2 | 3) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_its_own_tells_the_language() {
        for (text, language) in [
            ("我的订单 SF1234567890 还没到", Some("zh")),
            ("注文した商品がまだ届きません", Some("ja")),
            ("주문이 아직 오지 않았어요", Some("ko")),
            ("Где мой заказ?", Some("ru")),
            ("Where is my order 灯?", None),
            ("¿Dónde está mi pedido?", None),
            ("12345 !!", None),
            ("", None),
        ] {
            assert_eq!(language_of(text), language, "{text}");
        }
    }

    #[test]
    fn a_language_tag_gives_its_first_part() {
        assert_eq!(primary_subtag("zh-Hans-CN").as_deref(), Some("zh"));
        assert_eq!(primary_subtag("EN_us").as_deref(), Some("en"));
        assert_eq!(primary_subtag("中文"), None);
        assert_eq!(primary_subtag(""), None);
    }
}
